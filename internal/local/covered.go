package local

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/mergebrief/mergebrief/internal/sessionnote"
)

// maxCovered bounds the commits that are remembered: those of some hundred
// branches.
const maxCovered = 20_000

// Covered remembers, in a clone, which commits were looked at with which session
// files, so that a run goes on where the one before ended. It is only ever a
// saving, and may be deleted at any time. The zero value remembers nothing.
type Covered struct {
	path string
	// What each commit was looked at with.
	commits map[string]coverage
}

// coverage is what a commit was looked at with.
type coverage struct {
	// Digest of all that could change the result.
	Inputs string `json:"inputs"`
	// The commit had a document, which has to be among the notes.
	Noted bool `json:"noted,omitempty"`
}

// Covered returns what is remembered in this clone.
func (r *Repository) Covered(ctx context.Context) *Covered {
	c := &Covered{commits: map[string]coverage{}}
	c.path = r.private(ctx, "covered-v1.json")
	data, err := os.ReadFile(c.path)
	if err != nil || json.Unmarshal(data, &c.commits) != nil || len(c.commits) > maxCovered {
		c.commits = map[string]coverage{}
	}
	return c
}

// by reports whether a commit was looked at with the same inputs and has its note.
func (c *Covered) by(commit, inputs string, noted bool) bool {
	had, known := c.commits[commit]
	return known && had.Inputs == inputs && (!had.Noted || noted)
}

// add remembers commits, and stores that. Whether it can be stored does not
// matter.
func (c *Covered) add(commits []string, inputs string, noted func(string) bool) {
	if c.path == "" {
		return
	}
	for _, id := range commits {
		c.commits[id] = coverage{inputs, noted(id)}
	}
	data, err := json.Marshal(c.commits)
	if err != nil || os.MkdirAll(filepath.Dir(c.path), 0o700) != nil {
		return
	}
	f, err := os.CreateTemp(filepath.Dir(c.path), "covered.*")
	if err != nil {
		return
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Close()); err != nil || os.Rename(f.Name(), c.path) != nil {
		os.Remove(f.Name())
	}
}

// inputs is a digest of all that could change the documents of commits: the
// session files, the options, the stores of other tools and the version of the
// program.
func inputs(files []Candidate, o Options, others string) string {
	sum := sha256.New()
	for _, f := range files {
		fmt.Fprintf(sum, "%q %d %d\n", f.Path, f.Size, f.Modified.UnixNano())
	}
	fmt.Fprintf(sum, "%q %q %t %s %q %q\n", o.Version, o.Sessions, o.Prompts, o.Since.Format(time.RFC3339Nano), o.Key, others)
	return hex.EncodeToString(sum.Sum(nil)[:16])
}

// Resume says how a run goes on where the one before ended.
type Resume struct {
	// What is known already.
	Covered *Covered
	// The notes of this clone, where documents go as soon as some are made.
	Notes Notes
}

// flushEvery is the number of commits after which documents are written.
const flushEvery = 40

// resumed returns the commits that are to be looked at, and counts the others.
func (out *Collection) resumed(ctx context.Context, o Options) []string {
	var ids []string
	for _, c := range out.Commits {
		ids = append(ids, c.ID)
	}
	if o.Resume == nil {
		return ids
	}
	out.resuming = true
	n := o.Resume.Notes
	tips, _ := n.git.run(ctx, nil, "for-each-ref", "--format=%(objectname)", gitAIRef, "refs/remotes/origin/entire", "refs/heads/entire", "refs/entire")
	out.inputs = inputs(out.ours, o, tips)
	out.here, _ = n.Documents(ctx, n.tip(ctx, sessionnote.Ref), ids) // what cannot be read is no cover
	left := slices.DeleteFunc(ids, func(id string) bool { return o.Resume.Covered.by(id, out.inputs, out.here[id].Commit != "") })
	return left
}

// flush writes the documents of commits that were looked at.
func (out *Collection) flush(ctx context.Context, o Options, commits []string) error {
	if o.Resume == nil || len(commits) == 0 {
		return nil
	}
	docs := map[string]sessionnote.Document{}
	for _, id := range commits {
		if d, has := out.Documents[id]; has {
			docs[id] = d
		}
	}
	changed, kept, err := o.Resume.Notes.Write(ctx, docs)
	if err != nil {
		return err
	}
	out.changed(changed)
	out.Left = append(out.Left, kept...)
	o.Resume.Covered.add(commits, out.inputs, func(id string) bool { _, has := out.Documents[id]; return has })
	return nil
}

// changed counts commits whose notes were written, each once.
func (out *Collection) changed(commits []string) {
	for _, id := range commits {
		if !slices.Contains(out.Changed, id) {
			out.Changed = append(out.Changed, id)
		}
	}
}
