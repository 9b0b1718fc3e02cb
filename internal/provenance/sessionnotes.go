package provenance

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/mergebrief/mergebrief/internal/correlate"
	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/git"
	"github.com/mergebrief/mergebrief/internal/sessionnote"
)

const (
	// maxReplaced bounds the heads that force-pushes replaced and whose commits
	// are looked at for session notes, the latest of them.
	maxReplaced = 20
	// maxPastCommits bounds the commits of such heads.
	maxPastCommits = 500
	// maxSearched bounds the notes that are searched for a commit whose history
	// is not known when they have to be fetched. Notes have 8 KB each.
	maxSearched = 1000
	// maxSearchedHere bounds them where they are at hand: some 80 MB.
	maxSearchedHere = 10_000
)

// SessionNotes keeps what `mergebrief record` left in git notes on the
// commits of the change, or on commits that a rebase, an amendment or a squash
// made them of. Whoever may push can write notes, so all of it is reported. A
// repository without such notes is no gap.
type SessionNotes struct {
	Repo *git.Repo
	// Fetch the notes from origin first.
	Fetch bool
	// Heads that force-pushes replaced, the oldest first.
	Replaced []string
}

// Name returns "record".
func (SessionNotes) Name() string { return "record" }

// Class returns the class of notes.
func (SessionNotes) Class() evidence.Class { return evidence.FromNote }

// Of reads the session notes on every commit of the change.
func (r SessionNotes) Of(ctx context.Context, c Change) (evidence.Fragment, error) {
	var out evidence.Fragment
	if len(c.Commits) == 0 {
		return out, nil
	}
	s := noteSearch{SessionNotes: r, out: &out, ref: sessionnote.Ref, target: c.Target, about: map[string]bool{}}
	if err := s.open(ctx); err != nil || len(s.noted) == 0 {
		return out, err
	}
	if err := s.here(ctx, c.Commits); err != nil {
		return out, err
	}
	s.lacking = slices.DeleteFunc(slices.Clone(c.Commits), func(c evidence.Commit) bool { return s.about[c.ID] || len(c.Parents) != 1 })
	return out, s.further(ctx)
}

// noteSearch reads the session notes of one change.
type noteSearch struct {
	SessionNotes
	out    *evidence.Fragment
	ref    string
	target evidence.Target
	// The blobs of all notes, by the commit that they are on.
	noted map[string]string
	// Commits of the change that a session note is about, and those without one.
	about   map[string]bool
	lacking []evidence.Commit
	// Documents about other commits, and the inputs that they are from.
	old    []sessionnote.Document
	inputs []int
}

// open finds the notes, without their content.
func (s *noteSearch) open(ctx context.Context) error {
	if s.Fetch {
		switch err := fetchNoteTree(ctx, s.Repo, s.ref); {
		case err == nil:
			s.ref = fetched(s.ref)
		case evidence.ReasonOf(err, evidence.Unavailable) == evidence.NotFound: // not at origin
		default:
			g := evidence.MissingGap(s.Name(), "records under "+sessionnote.Ref, evidence.ReasonOf(err, evidence.Unavailable), err.Error())
			g.Hint = "fetch them in an earlier step: git fetch origin " + sessionnote.Ref + ":" + sessionnote.Ref
			s.out.Gaps = append(s.out.Gaps, g)
		}
	}
	noted, err := notedCommits(ctx, s.Repo, s.ref, func(string) bool { return true })
	if evidence.ReasonOf(err, evidence.Unreadable) == evidence.NotFound {
		return nil
	}
	s.noted = noted
	return err
}

// notes returns the notes on commits, fetched if they have to be.
func (s *noteSearch) notes(ctx context.Context, commits []string) ([]git.Note, error) {
	commits = slices.DeleteFunc(slices.Clone(commits), func(id string) bool { return s.noted[id] == "" })
	if len(commits) == 0 {
		return nil, nil
	}
	if s.Fetch {
		var blobs []string
		for _, id := range commits {
			blobs = append(blobs, s.noted[id])
		}
		if err := fetchNoteBlobs(ctx, s.Repo, blobs); err != nil {
			return nil, err
		}
	}
	return s.Repo.Notes(ctx, s.ref, commits, sessionnote.MaxBytes)
}

// here reads the session notes on the commits of the change.
func (s *noteSearch) here(ctx context.Context, commits []evidence.Commit) error {
	var ids []string
	for _, c := range commits {
		ids = append(ids, c.ID)
	}
	notes, err := s.notes(ctx, ids)
	for _, n := range notes {
		read, in, err := s.read(n)
		if err != nil {
			s.reject(n, in, err)
			continue
		}
		if read.Commit != "" {
			s.about[n.Commit] = true
			s.out.Add(sessionnote.Fragment(read.Document, n.Commit, in.Origin))
		}
		s.out.Inputs = append(s.out.Inputs, in)
		s.remember(read.Copied)
	}
	return err
}

// read reads one note and makes an entry of it.
func (s *noteSearch) read(n git.Note) (sessionnote.Note, evidence.Input, error) {
	path := sessionnote.Ref + "/" + n.Commit
	in := evidence.Input{
		Origin: evidence.Origin{Basis: evidence.Reported, Source: s.Name(), URI: path},
		Path:   path, Bytes: int64(len(n.Data)), Status: evidence.Parsed, Format: sessionnote.Format,
	}
	if n.Err != nil {
		return sessionnote.Note{}, in, n.Err
	}
	in.Origin.Digest = evidence.Digest(n.Data)
	read, err := sessionnote.DecodeNote(n.Data, n.Commit)
	return read, in, err
}

func (s *noteSearch) reject(n git.Note, in evidence.Input, err error) {
	in.Status, in.Detail = evidence.Rejected, err.Error()
	in.Origin.Reason = evidence.ReasonOf(err, evidence.Unreadable)
	s.out.Inputs = append(s.out.Inputs, in)
	s.out.Gaps = append(s.out.Gaps, evidence.MissingGap(s.Name(), "record on commit "+n.Commit, in.Origin.Reason, err.Error()))
}

// remember keeps documents about other commits, of the input that was added last.
func (s *noteSearch) remember(docs []sessionnote.Document) {
	for _, d := range docs {
		s.old = append(s.old, d)
		s.inputs = append(s.inputs, len(s.out.Inputs)-1)
	}
}

// further looks for the session notes of commits that have none: where git copied
// notes, on the commits that force-pushes replaced, and, when nothing tells which
// these were, among all notes, by the patch id and the lines.
func (s *noteSearch) further(ctx context.Context) error {
	if len(s.lacking) == 0 {
		return nil
	}
	past, missing := s.past(ctx)
	if err := s.gone(ctx, past); err != nil {
		return err
	}
	if err := s.carry(ctx); err != nil || len(s.lacking) == 0 {
		return err
	}
	if s.Fetch && missing == nil {
		return nil
	}
	return s.search(ctx, missing)
}

// past returns the commits that led to the replaced heads, and why some are not
// known.
func (s *noteSearch) past(ctx context.Context) (ids []string, missing error) {
	heads := s.Replaced[max(0, len(s.Replaced)-maxReplaced):]
	within, done := context.WithTimeout(ctx, fetchBudget)
	defer done()
	var known []string
	for _, head := range heads {
		_, err := s.Repo.Resolve(ctx, head)
		if err != nil && s.Fetch {
			if err = overdue(ctx, within, s.Repo.FetchCommits(within, maxPastCommits, head)); err == nil {
				_, err = s.Repo.Resolve(ctx, head)
			}
		}
		if err != nil {
			missing = cmp.Or(missing, fmt.Errorf("%s: %w", evidence.ShortID(head), err))
			continue
		}
		known = append(known, head)
	}
	if len(known) == 0 {
		return nil, missing
	}
	ids, err := s.Repo.Ahead(ctx, known, []string{s.target.Head, s.target.MergeBase}, maxPastCommits)
	return ids, cmp.Or(missing, err)
}

// gone reads the session notes on commits that are not of the change any more.
func (s *noteSearch) gone(ctx context.Context, commits []string) error {
	notes, err := s.notes(ctx, commits)
	for _, n := range notes {
		read, in, err := s.read(n)
		if err != nil {
			s.reject(n, in, err)
			continue
		}
		s.out.Inputs = append(s.out.Inputs, in)
		if read.Commit != "" {
			s.remember([]sessionnote.Document{read.Document})
		}
		s.remember(read.Copied)
	}
	return err
}

// carry finds the old documents in the commits that have no session note of their own,
// and says of each what became of it.
func (s *noteSearch) carry(ctx context.Context) error {
	carried, err := Follow(ctx, s.Repo, s.lacking, s.old)
	if err == nil {
		s.place(carried)
	}
	return err
}

// place adds carried entries, and says of each old document what became of it.
func (s *noteSearch) place(carried []correlate.CarriedEntry) {
	fits := map[int][]string{}
	for _, c := range carried {
		at := slices.IndexFunc(s.old, func(d sessionnote.Document) bool { return d.Commit == c.Of })
		in := s.inputs[at]
		s.about[c.Commit] = true
		s.out.Add(sessionnote.Fragment(sessionnote.NewDocument(c.Commit, c.Patch, []sessionnote.Entry{c.Entry}), c.Commit, s.out.Inputs[in].Origin))
		word := fmt.Sprintf("%s by its %s", evidence.ShortID(c.Commit), c.Carried)
		if !slices.Contains(fits[in], word) {
			fits[in] = append(fits[in], word)
		}
	}
	for i, d := range s.old {
		in := &s.out.Inputs[s.inputs[i]]
		in.Detail = "about " + evidence.ShortID(d.Commit) + ", which is not of the change any more; it fits none of its commits"
		if words := fits[s.inputs[i]]; len(words) > 0 {
			slices.Sort(words)
			in.Detail = "about " + evidence.ShortID(d.Commit) + ", which is not of the change any more; carried to " + strings.Join(words, ", ")
		}
	}
	s.old, s.inputs = nil, nil
	s.lacking = slices.DeleteFunc(s.lacking, func(c evidence.Commit) bool { return s.about[c.ID] })
}

// search looks through all notes for ones about the changes of a commit that has
// none: with its patch, or with its lines. A squash of several commits has the
// patch of none of them, and nothing in git says of which it was made.
func (s *noteSearch) search(ctx context.Context, missing error) error {
	others := slices.Sorted(maps.Keys(s.noted))
	others = slices.DeleteFunc(others, func(id string) bool { return s.about[id] })
	if len(others) <= s.searchable() {
		if err := s.among(ctx, others); err != nil {
			return err
		}
	}
	if missing != nil && len(s.lacking) > 0 {
		g := evidence.MissingGap(s.Name(), "records of commits before a force-push", evidence.ReasonOf(missing, evidence.Unavailable), missing.Error())
		g.Hint = "run mergebrief record --push origin again where the agent worked"
		s.out.Gaps = append(s.out.Gaps, g)
	}
	return nil
}

func (s *noteSearch) searchable() int {
	if s.Fetch {
		return maxSearched
	}
	return maxSearchedHere
}

// among looks through the notes on commits, and keeps those that fit.
func (s *noteSearch) among(ctx context.Context, commits []string) error {
	notes, err := s.notes(ctx, commits)
	if err != nil {
		return err
	}
	var docs []sessionnote.Document
	inputs := map[string]evidence.Input{}
	for _, n := range notes {
		if read, in, err := s.read(n); err == nil && read.Commit != "" {
			docs, inputs[read.Commit] = append(docs, read.Document), in
		}
	}
	carried, err := Follow(ctx, s.Repo, s.lacking, docs)
	if err != nil {
		return err
	}
	found := correlate.Found{Docs: docs, Commits: s.lacking}
	carried = slices.DeleteFunc(carried, func(c correlate.CarriedEntry) bool { return !found.Convincing(c) })
	for _, d := range docs {
		if slices.ContainsFunc(carried, func(c correlate.CarriedEntry) bool { return c.Of == d.Commit }) {
			s.out.Inputs = append(s.out.Inputs, inputs[d.Commit])
			s.remember([]sessionnote.Document{d})
		}
	}
	s.place(carried)
	return nil
}
