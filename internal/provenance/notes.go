package provenance

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format"
	"github.com/mergebrief/mergebrief/internal/git"
)

// noteRefs are the refs under which tools keep who wrote the lines of a commit:
// git-ai, and several that write Agent Trace records.
var noteRefs = []string{"refs/notes/ai", "refs/notes/agent-trace"}

const (
	// maxNoteBytes bounds one note. The largest of 10,685 in git-ai's own
	// repository, which embed whole transcripts, has 3.2 MB.
	maxNoteBytes = 16 << 20
	// maxNotes bounds the notes that are fetched for one change.
	maxNotes = 2000
	// maxNoteNames bounds the notes of a ref, of which only the names are read:
	// 50 MB of memory, for 25 times as many as the repository of git-ai has.
	maxNoteNames = 1 << 18
	// fetchBudget bounds the time for fetching notes or checkpoints. The trees of
	// 10,000 notes are some megabytes; a server that cannot leave out the notes
	// themselves may send hundreds.
	fetchBudget = time.Minute
)

// fetched is where refs go that were fetched, apart from those of the checkout,
// which may be older.
func fetched(ref string) string { return "refs/mergebrief/" + strings.TrimPrefix(ref, "refs/") }

// Notes is the source of what git notes on the commits of the change say. A
// repository without such notes is no gap: nobody said that there are any.
type Notes struct {
	Repo *git.Repo
	// Fetch the notes from origin first; a clone has none of its own accord.
	Fetch bool
}

// Name returns "notes".
func (Notes) Name() string { return "notes" }

// Class returns the class of notes.
func (Notes) Class() evidence.Class { return evidence.FromNote }

// Of reads the notes on every commit of the change.
func (n Notes) Of(ctx context.Context, c Change) (evidence.Fragment, error) {
	var out evidence.Fragment
	if len(c.Commits) == 0 {
		return out, nil
	}
	ids := make([]string, len(c.Commits))
	for i, c := range c.Commits {
		ids[i] = c.ID
	}
	var errs []error
	for _, ref := range noteRefs {
		errs = append(errs, n.read(ctx, ref, ids, &out))
	}
	return out, errors.Join(errs...)
}

func (n Notes) read(ctx context.Context, ref string, commits []string, out *evidence.Fragment) error {
	from := ref
	if n.Fetch {
		switch err := n.fetch(ctx, ref, commits); {
		case err == nil:
			from = fetched(ref)
		case evidence.ReasonOf(err, evidence.Unavailable) == evidence.NotFound: // not at origin
		default:
			g := evidence.MissingGap(n.Name(), "notes under "+ref, evidence.ReasonOf(err, evidence.Unavailable), err.Error())
			g.Hint = "fetch them in an earlier step: git fetch origin " + ref + ":" + ref
			out.Gaps = append(out.Gaps, g)
		}
	}
	notes, err := n.Repo.Notes(ctx, from, commits, maxNoteBytes)
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

// fetch gets the notes on the commits and no others: the names of all, then the
// files of a few.
func (n Notes) fetch(ctx context.Context, ref string, commits []string) error {
	if err := fetchNoteTree(ctx, n.Repo, ref); err != nil {
		return err
	}
	wanted := make(map[string]bool, len(commits))
	for _, c := range commits {
		wanted[c] = true
	}
	noted, err := notedCommits(ctx, n.Repo, fetched(ref), func(id string) bool { return wanted[id] })
	if err != nil {
		return err
	}
	return fetchNoteBlobs(ctx, n.Repo, slices.Collect(maps.Values(noted)))
}

// fetchNoteTree gets which commits a ref of origin has notes on.
func fetchNoteTree(ctx context.Context, repo *git.Repo, ref string) error {
	short, done := context.WithTimeout(ctx, fetchBudget)
	defer done()
	return overdue(ctx, short, repo.FetchTrees(short, "+"+ref+":"+fetched(ref)))
}

// fetchNoteBlobs gets the notes themselves.
func fetchNoteBlobs(ctx context.Context, repo *git.Repo, blobs []string) error {
	if len(blobs) > maxNotes {
		return evidence.Errorf(evidence.Truncated, "%d commits of the change have notes, more than %d are not fetched", len(blobs), maxNotes)
	}
	short, done := context.WithTimeout(ctx, fetchBudget)
	defer done()
	slices.Sort(blobs)
	return overdue(ctx, short, repo.FetchObjects(short, slices.Compact(blobs)...))
}

// notedCommits returns the blobs of the notes of a ref by the commit that each is
// on, for the commits that are wanted. What is named otherwise is no note.
func notedCommits(ctx context.Context, repo *git.Repo, ref string, wanted func(string) bool) (map[string]string, error) {
	noted := map[string]string{}
	tip, err := repo.Resolve(ctx, ref)
	if err != nil {
		return nil, err
	}
	for e, err := range repo.Tree(ctx, tip) {
		if err != nil {
			return nil, err
		}
		id := strings.ReplaceAll(e.Path, "/", "")
		if !noteName.MatchString(id) || !wanted(id) {
			continue
		}
		if len(noted) == maxNoteNames {
			return nil, evidence.Errorf(evidence.Truncated, "%s has more than %d notes; they are not read", ref, maxNoteNames)
		}
		noted[id] = e.Blob
	}
	return noted, nil
}

// noteName is a full object name in either hash function.
var noteName = regexp.MustCompile(`^(?:[0-9a-f]{40}|[0-9a-f]{64})$`)

// overdue says that time ran out for one step, not for the run.
func overdue(run, step context.Context, err error) error {
	if err != nil && step.Err() != nil && run.Err() == nil {
		return evidence.Errorf(evidence.Unavailable, "origin did not send them within %s", fetchBudget)
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
