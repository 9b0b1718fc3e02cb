package local

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/gather"
	"github.com/mergebrief/mergebrief/internal/git"
	"github.com/mergebrief/mergebrief/internal/record"
)

const (
	// maxLost bounds the commits that are looked at for records: those that
	// rebases and amendments of some weeks left behind.
	maxLost = 5000
	// minCarried is the number of lines from which on a record is taken to be
	// about a commit because of them; fewer can be alike by chance, unless they
	// are half of all that the record has.
	minCarried = 3
)

// Follow carries the records of commits that were rebased, amended or squashed
// away to the commits that have their changes now: by the patch id, else by the
// lines. Documents that were made anew for a commit stay as they are. What finds
// no commit is listed in Lost.
func (out *Collection) Follow(ctx context.Context, repo *git.Repo, notes Notes) error {
	lost, err := notes.lost(ctx)
	if err != nil || len(lost) == 0 || notes.tip(ctx, record.Ref) == "" {
		return err
	}
	docs, _ := notes.Documents(ctx, record.Ref, lost) // what is no record cannot be carried
	if len(docs) == 0 {
		return nil
	}
	f := follower{Collection: out, repo: repo, docs: docs, found: map[string]bool{}}
	for _, c := range out.Commits {
		if err := f.commit(ctx, c); err != nil {
			return err
		}
	}
	for _, id := range lost {
		if d, known := docs[id]; known && !f.found[id] && !f.recordedAnew(d) {
			out.Lost = append(out.Lost, id)
		}
	}
	return nil
}

// lost returns the commits that this clone remembers and no ref leads to.
func (n Notes) lost(ctx context.Context) ([]string, error) {
	out, err := n.git.run(ctx, nil, "rev-list", "--reflog", fmt.Sprintf("--max-count=%d", maxLost), "--not", "--branches", "--tags", "--remotes", "HEAD")
	return strings.Fields(out), err
}

type follower struct {
	*Collection
	repo  *git.Repo
	docs  map[string]record.Document
	found map[string]bool
}

// recordedAnew reports whether all sessions of a document are in documents that
// were made now.
func (f *follower) recordedAnew(d record.Document) bool {
	return !slices.ContainsFunc(d.Records, func(r record.Record) bool {
		for _, have := range f.Documents {
			if slices.ContainsFunc(have.Records, func(x record.Record) bool { return sameSession(x, r) }) {
				return false
			}
		}
		return true
	})
}

func sameSession(a, b record.Record) bool {
	return a.Session.Agent == b.Session.Agent && a.Session.ID == b.Session.ID
}

// commit looks for records that are about the changes of a commit.
func (f *follower) commit(ctx context.Context, c evidence.Commit) error {
	patch, err := f.repo.PatchID(ctx, c.Parents[0], c.ID)
	if err != nil {
		return err
	}
	files, err := f.repo.Diff(ctx, c.Parents[0], c.ID)
	if err != nil {
		return err
	}
	var carried []record.Record
	for id, d := range f.docs {
		for _, r := range d.Records {
			method := "patch-id"
			lines, n := relocated(r, files, c.ID)
			switch {
			case d.Patch != "" && d.Patch == patch:
			case n >= minCarried || n > 0 && 2*n >= total(r):
				method = "line-hashes"
			default:
				continue
			}
			f.found[id] = true
			r.From, r.Carried, r.Files = origin(r, d), method, lines
			carried = append(carried, r)
		}
	}
	f.add(c.ID, patch, carried)
	return nil
}

func origin(r record.Record, d record.Document) string {
	if r.From != "" {
		return r.From
	}
	return d.Commit
}

func total(r record.Record) (n int) {
	for _, l := range r.Files {
		n += l.Count()
	}
	return n
}

// add adds the carried records of sessions that the document of the commit does
// not have yet.
func (f *follower) add(commit, patch string, carried []record.Record) {
	have := f.Documents[commit].Records
	slices.SortFunc(carried, func(a, b record.Record) int { return strings.Compare(a.From+a.ID, b.From+b.ID) })
	all := slices.Clone(have)
	for _, r := range carried {
		if !slices.ContainsFunc(all, func(x record.Record) bool { return sameSession(x, r) }) {
			all = append(all, r)
		}
	}
	if len(all) > len(have) {
		f.Documents[commit] = record.NewDocument(commit, patch, all)
	}
}

// relocated finds the lines of a record in the files of a commit by their
// hashes, as the edits of a transcript are found, and counts them.
func relocated(r record.Record, files []evidence.File, commit string) ([]record.Lines, int) {
	blank, _ := evidence.HashLine(nil)
	folded := make([]evidence.File, len(files))
	for i, f := range files {
		folded[i] = f
		folded[i].Lines = make([]evidence.LineHash, len(f.Lines))
		for j, h := range f.Lines {
			if folded[i].Lines[j] = blank; h != blank {
				folded[i].Lines[j] = evidence.LineHash(record.Fold(h))
			}
		}
	}
	s := evidence.Session{ID: r.Session.ID, Agent: r.Session.Agent}
	for _, l := range r.Files {
		e := evidence.Edit{Path: l.Path}
		_, stored := l.Split()
		for _, h := range stored {
			if h != record.Fold(blank) {
				e.Lines = append(e.Lines, evidence.LineHash(h))
			}
		}
		s.Edits = append(s.Edits, e)
	}
	var out []record.Lines
	n := 0
	for _, x := range gather.TranscriptClaims([]evidence.Session{s}, folded, commit) {
		i := slices.IndexFunc(files, func(f evidence.File) bool { return f.Path == x.Path })
		l := record.NewLines(x.Path, x.Ranges, hashes(files[i], x.Ranges))
		out, n = append(out, l), n+l.Count()
	}
	return out, n
}
