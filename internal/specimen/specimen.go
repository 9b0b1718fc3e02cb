// Package specimen makes records for tests out of files as tools write them.
//
// It hides the way from a set of named files to an [evidence.Record], which is that
// of a real run: files are decoded by [format.Read], facts are joined by
// [correlate.Join] and pass the redactor. It promises that a record holds no word
// that nothing writes: what code hosts and git say stands in JSON, in which an
// unknown member or a word outside of the schema is an error.
package specimen

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/mergebrief/mergebrief/internal/correlate"
	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format"
	"github.com/mergebrief/mergebrief/internal/redact"
)

// The files that are no evidence. All others are, under their names.
const (
	// TargetFile is an [evidence.Target].
	TargetFile = "target.json"
	// GitHubFile and GitFile are an [evidence.Fragment] each: what the two say of the
	// change. Facts without an origin are observed, in the one that is named so. What
	// GitHub says is whole, unless it says what of it is.
	GitHubFile = "github.json"
	GitFile    = "git.json"
	// MoreGitHubFile and MoreGitFile are further such fragments.
	MoreGitHubFile = "github.more.json"
	MoreGitFile    = "git.more.json"
	// PolicyFile is a policy file, which is left to the caller.
	PolicyFile = "policy.yml"
	// WithoutFile lists files that a set does not have after all, one a line.
	WithoutFile = "without"
)

// manifestFile is the run manifest, which is JSON and can be changed in part.
const manifestFile = "agent-run.json"

// Set is a set of files by their names.
type Set struct {
	files map[string][]byte
}

// New returns the set of the files.
func New(files ...txtar.File) (Set, error) { return Set{}.With(files...) }

// With returns the set with files added or replaced. Of git.json, github.json,
// target.json and agent-run.json the new one is a merge patch (RFC 7396): members
// replace members, lists replace lists, null takes away.
func (s Set) With(files ...txtar.File) (Set, error) {
	out := Set{files: maps.Clone(s.files)}
	if out.files == nil {
		out.files = map[string][]byte{}
	}
	for _, f := range files {
		if err := out.put(f); err != nil {
			return Set{}, fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	return out, nil
}

func (s Set) put(f txtar.File) error {
	old, known := s.files[f.Name]
	switch f.Name {
	case WithoutFile:
		for name := range strings.FieldsSeq(string(f.Data)) {
			if _, known := s.files[name]; !known {
				return fmt.Errorf("there is no file %q to leave out", name)
			}
			delete(s.files, name)
		}
		return nil
	case TargetFile, GitHubFile, GitFile, manifestFile:
		if known {
			patched, err := mergePatch(old, f.Data)
			s.files[f.Name] = patched
			return err
		}
	}
	s.files[f.Name] = f.Data
	return nil
}

// File returns the bytes of a file and whether the set has it.
func (s Set) File(name string) ([]byte, bool) {
	data, known := s.files[name]
	return data, known
}

// Record reads and joins the files, and checks every word against the schema.
func (s Set) Record() (*evidence.Record, error) {
	rec, err := s.read()
	if err != nil {
		return nil, err
	}
	correlate.Join(rec)
	redact.New(nil).Fragment(&rec.Fragment)
	return rec, checkSchema(rec)
}

// read adds the facts of the files in the order in which a run asks its sources:
// the code host, git, files. The tree at the head is the files of the change.
func (s Set) read() (*evidence.Record, error) {
	rec := &evidence.Record{}
	if data, known := s.files[TargetFile]; known {
		if err := decode(data, &rec.Target); err != nil {
			return nil, fmt.Errorf("%s: %w", TargetFile, err)
		}
	}
	for _, name := range []string{GitHubFile, MoreGitHubFile, GitFile, MoreGitFile} {
		if data, known := s.files[name]; known {
			f, err := fragment(name, data, rec.Target.Head)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			f.ReadFrom(map[bool]evidence.Class{true: evidence.FromChange, false: evidence.FromService}[name == GitFile || name == MoreGitFile])
			rec.Add(f)
		}
	}
	for _, f := range rec.Files {
		if f.Status != evidence.FileDeleted {
			rec.Tree = append(rec.Tree, f.Path)
		}
	}
	slices.Sort(rec.Tree)
	for _, name := range s.evidence() {
		f := format.Read("files", name, bytes.NewReader(s.files[name]))
		f.ReadFrom(evidence.FromWorkspace)
		rec.Add(f)
	}
	return rec, nil
}

func (s Set) evidence() []string {
	names := slices.Sorted(maps.Keys(s.files))
	return slices.DeleteFunc(names, func(name string) bool {
		switch name {
		case TargetFile, GitHubFile, GitFile, MoreGitHubFile, MoreGitFile, PolicyFile:
			return true
		}
		return false
	})
}
