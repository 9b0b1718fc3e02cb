package gather

import (
	"bytes"
	"context"
	"errors"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format"
	"github.com/mergebrief/mergebrief/internal/git"
)

// noteRefs are the refs under which tools keep who wrote the lines of a commit:
// git-ai, and several that write Agent Trace records.
var noteRefs = []string{"refs/notes/ai", "refs/notes/agent-trace"}

// maxNoteBytes bounds one note. The largest of 10,685 in git-ai's own
// repository, which embed whole transcripts, has 3.2 MB.
const maxNoteBytes = 16 << 20

// Notes is the source of what git notes on the commits of the change say. A
// repository without such notes is no gap: nobody said that there are any.
type Notes struct {
	Repo *git.Repo
	// Fetch the notes from origin first; a clone has none of its own accord.
	Fetch bool
}

// Name returns "notes".
func (Notes) Name() string { return "notes" }

// Gather reads the notes on every commit of the change.
func (n Notes) Gather(ctx context.Context, t evidence.Target) (evidence.Fragment, error) {
	var out evidence.Fragment
	if t.MergeBase == "" {
		return out, nil // the change source says so
	}
	commits, err := n.Repo.Commits(ctx, t.MergeBase, t.Head)
	if err != nil {
		return out, nil // likewise
	}
	ids := make([]string, len(commits))
	for i, c := range commits {
		ids[i] = c.ID
	}
	var errs []error
	for _, ref := range noteRefs {
		errs = append(errs, n.read(ctx, ref, ids, &out))
	}
	return out, errors.Join(errs...)
}

func (n Notes) read(ctx context.Context, ref string, commits []string, out *evidence.Fragment) error {
	if n.Fetch {
		err := n.Repo.FetchDepth(ctx, 1, "+"+ref+":"+ref)
		if err != nil && evidence.ReasonOf(err, evidence.Unavailable) != evidence.NotFound {
			return err
		}
	}
	notes, err := n.Repo.Notes(ctx, ref, commits, maxNoteBytes)
	if err != nil && evidence.ReasonOf(err, evidence.Unreadable) == evidence.NotFound {
		return nil
	}
	for _, note := range notes {
		if note.Err != nil {
			out.Gaps = append(out.Gaps, evidence.MissingGap(n.Name(), "note on commit "+note.Commit, evidence.ReasonOf(note.Err, evidence.Unreadable), note.Err.Error()))
			continue
		}
		out.Add(readNote(n.Name(), ref, note))
	}
	return err
}

// readNote reads one note. What a git note says holds at the commit that it is
// attached to, whatever it names itself; an Agent Trace record names its own
// revision.
func readNote(source, ref string, note git.Note) evidence.Fragment {
	f := format.Read(source, ref+"/"+note.Commit, bytes.NewReader(note.Data))
	for i := range f.Claims {
		c := &f.Claims[i]
		if c.Commit == "" || c.Method == evidence.MethodNote {
			c.Commit = note.Commit
		}
	}
	return f
}
