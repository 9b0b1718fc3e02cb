package local

import (
	"bytes"
	"cmp"
	"context"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/mergebrief/mergebrief/internal/correlate"
	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format"
	"github.com/mergebrief/mergebrief/internal/format/agentlog"
	"github.com/mergebrief/mergebrief/internal/git"
	"github.com/mergebrief/mergebrief/internal/provenance"
	"github.com/mergebrief/mergebrief/internal/redact"
	"github.com/mergebrief/mergebrief/internal/sessionnote"
	"github.com/mergebrief/mergebrief/internal/workers"
)

const (
	// window is how long before its first commit a session may have ended and
	// still have written for the change.
	window = 14 * 24 * time.Hour
	// slack is how far the clocks of an agent and of a commit may differ.
	slack = time.Minute
	// maxCommits bounds the commits of one run: a branch, not a history.
	maxCommits = 500
	// maxDocument is the size from which hashes are left out: 60,000 lines.
	maxDocument = sessionnote.MaxBytes / 3
	// maxTracked bounds the paths that are known of the repository.
	maxTracked = 2_000_000
)

// Options say what to record.
type Options struct {
	// Where the commits begin and end.
	MergeBase, Head string
	// Sessions that ended before are not read; the zero time leaves it to the
	// commits.
	Since time.Time
	// Ids of the only sessions to record, when there are some.
	Sessions []string
	// Keep the beginnings of prompts.
	Prompts bool
	// Version of the program: another one may find more.
	Version string
	// How to go on where the run before ended; nil looks at all commits and writes
	// nothing.
	Resume *Resume
	// Key of the digests in documents, see [Repository.Key].
	Key []byte
	// What must not be in a document wherever it came from: values of variables
	// that are secrets.
	Secrets []string
}

// Collection is what was found.
type Collection struct {
	Commits []evidence.Commit
	// Documents by commit.
	Documents map[string]sessionnote.Document
	// Sessions of this repository that were read, and those of them that are in
	// none of the commits.
	Read, Unused []evidence.Session
	// Files that were not, or not wholly, read, with the reason.
	Skipped []Candidate
	// Numbers of session files of other repositories, and of those too old.
	Elsewhere, Old int
	// Records of commits that are gone and were not found in others.
	Lost []string
	// The stores of agents on this machine, when they were asked for.
	Stores []StoreState
	// Commits whose notes were written, and why notes of others were left as they
	// are.
	Changed []string
	Left    []error

	copies    map[evidence.SessionKey]bool // sessions that began as copies of others
	ours      []Candidate                  // the files that may hold sessions of the commits
	headFiles map[string]bool              // the files of the head, when folders of sessions are not of this machine
	inputs    string                       // digest of what the documents depend on
	resuming  bool                         // documents are written as they are made
	here      map[string]sessionnote.Note
	carried   map[string]sessionnote.Document
}

// Recorded is the number of commits that have a document or a note.
func (out *Collection) Recorded() int {
	n := 0
	for _, c := range out.Commits {
		if _, made := out.Documents[c.ID]; made || out.here[c.ID].Commit != "" {
			n++
		}
	}
	return n
}

// Collect finds the sessions that had part in the commits and makes their
// documents.
func Collect(ctx context.Context, repo *git.Repo, r *Repository, candidates []Candidate, o Options) (*Collection, error) {
	commits, older, err := repo.NewestCommits(ctx, o.MergeBase, o.Head, git.MaxCommits)
	if err != nil {
		return nil, err
	}
	commits = slices.DeleteFunc(commits, func(c evidence.Commit) bool { return len(c.Parents) != 1 })
	if over := older + len(commits) - maxCommits; over > 0 {
		return nil, evidence.Errorf(evidence.Truncated, "%d commits are more than the %d of one run; name a nearer --base", older+len(commits), maxCommits)
	}
	out := &Collection{Commits: commits, Documents: map[string]sessionnote.Document{}}
	out.choose(r, candidates, o)
	left := out.resumed(ctx, o)
	if len(left) == 0 && o.Resume != nil {
		return out, nil
	}
	if err := out.foreigners(ctx, repo, r, o); err != nil {
		return out, err
	}
	sessions := out.read(ctx, r, o)
	c := &collector{Collection: out, repo: repo, options: o, repository: r, sessions: sessions, redactor: redact.New(o.Secrets), left: left}
	return out, c.collect(ctx)
}

// choose finds the files that may hold sessions of the commits.
func (out *Collection) choose(r *Repository, candidates []Candidate, o Options) {
	since := o.Since
	if since.IsZero() && len(out.Commits) > 0 {
		since = slices.MinFunc(out.Commits, func(a, b evidence.Commit) int { return a.Authored.Compare(b.Authored) }).Authored.Add(-window)
	}
	for _, c := range candidates {
		named := slices.ContainsFunc(o.Sessions, func(id string) bool { return c.Header.ID == id || strings.Contains(c.Path, id) })
		switch {
		case !c.Asked && !named && !r.Has(c.Header) && (c.Skip == nil || !c.Header.none()):
			out.Elsewhere++
		case c.Skip != nil:
			out.Skipped = append(out.Skipped, c)
		case len(o.Sessions) > 0 && !named && !c.Many:
		case !c.Asked && !named && c.Modified.Before(since):
			out.Old++
		default:
			out.ours = append(out.ours, c)
		}
	}
}

// foreigners lists the files of the head when a session worked in a folder that is
// none of this machine: they tell which folder was the repository.
func (out *Collection) foreigners(ctx context.Context, repo *git.Repo, r *Repository, o Options) error {
	if !slices.ContainsFunc(out.ours, func(c Candidate) bool { return r.foreign(c.Header) }) {
		return nil
	}
	out.headFiles = map[string]bool{}
	for e, err := range repo.Tree(ctx, o.Head) {
		if err != nil {
			return err
		}
		if len(out.headFiles) < maxTracked {
			out.headFiles[e.Path] = true
		}
	}
	return nil
}

// read reads the sessions of this repository, each once, from all its files.
func (out *Collection) read(ctx context.Context, r *Repository, o Options) []evidence.Session {
	var all []evidence.Session
	out.copies = map[evidence.SessionKey]bool{}
	for i, f := range workers.Map(out.ours, func(c Candidate) evidence.Fragment { return readSession(ctx, c) }) {
		all = append(all, out.take(r, out.ours[i], f)...)
	}
	all = out.join(all)
	if len(o.Sessions) > 0 {
		all = slices.DeleteFunc(all, func(s evidence.Session) bool { return !slices.ContainsFunc(o.Sessions, s.Named) })
	}
	out.Read = all
	return all
}

// join joins the parts of sessions. What two sessions have under the same calls is
// the earlier one's; of a copy and its original, which begin at the same moment,
// that is the original.
func (out *Collection) join(all []evidence.Session) []evidence.Session {
	const later = time.Nanosecond // less than any log tells
	shift := func(all []evidence.Session, d time.Duration) {
		for i := range all {
			if out.copies[all[i].Key()] && !all[i].Started.IsZero() {
				all[i].Started = all[i].Started.Add(d)
			}
		}
	}
	shift(all, later)
	all = agentlog.Join(all)
	shift(all, -later)
	return all
}

// take returns the sessions of a file, with the paths of the repository, and
// notes why the file, or the rest of it, was not read.
func (out *Collection) take(r *Repository, c Candidate, f evidence.Fragment) []evidence.Session {
	for _, in := range f.Inputs {
		if in.Status != evidence.Parsed {
			c.Skip = evidence.Errorf(cmp.Or(in.Origin.Reason, evidence.Unreadable), "%s", in.Detail)
			out.Skipped = append(out.Skipped, c)
		}
	}
	for i := range f.Sessions {
		s := &f.Sessions[i]
		if s.ID == "" && i == 0 {
			s.ID = strings.TrimSuffix(filepath.Base(c.Path), filepath.Ext(c.Path))
		}
		dir := c.Header.Dir
		if dir == "" && c.Header.Project != "" && len(r.Roots) > 0 {
			dir = r.Roots[0]
		}
		if c.Header.Fork != "" {
			out.copies[s.Key()] = true
		}
		top := ""
		if r.foreign(c.Header) {
			top = r.standIn(*s, dir, out.headFiles)
		}
		r.relocate(s, dir, top)
	}
	return f.Sessions
}

// readSession reads a file as far as it was long when it was found: the agent
// may be writing to it.
func readSession(ctx context.Context, c Candidate) evidence.Fragment {
	refuse := func(err error) evidence.Fragment {
		return evidence.Fragment{Inputs: []evidence.Input{{
			Origin: evidence.Origin{Basis: evidence.Missing, Source: "record", Reason: evidence.ReasonOf(err, evidence.Unreadable)},
			Status: evidence.Rejected, Detail: err.Error(),
		}}}
	}
	if ctx.Err() != nil {
		return refuse(ctx.Err())
	}
	root, err := os.OpenRoot(c.root)
	if err != nil {
		return refuse(reasonFor(err))
	}
	defer root.Close()
	f, err := root.Open(c.name)
	if err != nil {
		return refuse(reasonFor(err))
	}
	defer f.Close()
	return format.Read("record", filepath.ToSlash(c.Path), io.LimitReader(f, c.Size))
}

// collector makes the documents of commits.
type collector struct {
	*Collection
	repo       *git.Repo
	repository *Repository
	options    Options
	sessions   []evidence.Session
	redactor   *redact.Redactor
	scope      sessionnote.Scope
	known      map[string]bool // files and folders up to the commit in hand
	ids        []string
	left       []string // the commits that are to be looked at
	others     map[string]keptByTools
	used       map[evidence.SessionKey]bool
}

func (c *collector) collect(ctx context.Context) error {
	c.used = map[evidence.SessionKey]bool{}
	for _, commit := range c.Commits {
		c.ids = append(c.ids, commit.ID)
	}
	from := len(c.ids) // the commits from the first to be looked at
	if len(c.left) > 0 {
		from = slices.Index(c.ids, c.left[0])
	}
	known, err := c.tracked(ctx, from)
	if err != nil {
		return err
	}
	c.known = known
	c.scope = sessionnote.Scope{
		Repository: c.repository.FullName(), Commits: c.ids[:from], Prompts: c.options.Prompts, Key: c.options.Key,
		Tracked: func(p string) bool { return known[p] },
		Path:    func(p string) (string, bool) { return p, p != "" && filepath.IsLocal(p) },
	}
	others, err := c.keptByTools(ctx)
	if err != nil {
		return err
	}
	c.others = others
	for part := range slices.Chunk(c.ids[from:], flushEvery) {
		if err := c.documents(ctx, part); err != nil {
			return err
		}
		looked := slices.DeleteFunc(slices.Clone(part), func(id string) bool { return !slices.Contains(c.left, id) })
		if err := c.flush(ctx, c.options, looked); err != nil {
			return err
		}
	}
	for _, s := range c.sessions {
		if !c.used[s.Key()] {
			c.Unused = append(c.Unused, s)
		}
	}
	return nil
}

// tracked lists the files and folders from before the nth commit. Those that a
// commit adds are known from it on: the notes of a commit may go where later ones
// do not.
func (c *collector) tracked(ctx context.Context, n int) (map[string]bool, error) {
	known := map[string]bool{}
	before := c.options.MergeBase
	if n > 0 && n < len(c.Commits) {
		before = c.Commits[n].Parents[0]
	}
	for e, err := range c.repo.Tree(ctx, before) {
		if err != nil {
			return nil, err
		}
		if len(known) > maxTracked {
			break
		}
		track(known, e.Path)
	}
	return known, nil
}

// track adds a file and the folders above it.
func track(known map[string]bool, name string) {
	for p := name; p != "." && !known[p]; p = path.Dir(p) {
		known[p] = true
	}
}

// keptByTools is what other tools keep of the sessions that wrote a commit.
type keptByTools struct {
	// Paths of which a note of git-ai says which lines a session wrote.
	lines map[string][]string
	// Where a checkpoint of Entire holds a session.
	sessions map[string]string
}

// keptByTools reads what the notes of git-ai and the checkpoints of Entire hold of
// the commits.
func (c *collector) keptByTools(ctx context.Context) (map[string]keptByTools, error) {
	all := map[string]keptByTools{}
	of := func(commit string) keptByTools {
		if _, known := all[commit]; !known {
			all[commit] = keptByTools{map[string][]string{}, map[string]string{}}
		}
		return all[commit]
	}
	notes, err := c.repo.Notes(ctx, gitAIRef, c.ids, maxGitAINote)
	if err != nil && evidence.ReasonOf(err, "") != evidence.NotFound {
		return nil, err
	}
	for _, n := range notes {
		for _, x := range format.Read("record", gitAIRef, bytes.NewReader(n.Data)).Claims {
			if x.Session != "" && len(x.Ranges) > 0 {
				of(n.Commit).lines[x.Session] = append(of(n.Commit).lines[x.Session], x.Path)
			}
		}
	}
	for commit, held := range provenance.HeldSessions(ctx, c.repo, c.Commits) {
		for _, h := range held {
			of(commit).sessions[h.ID] = h.In
		}
	}
	return all, nil
}

// leave takes out of an entry what another tool has.
func (e keptByTools) leave(r *sessionnote.Entry) {
	if at := e.sessions[r.Session.ID]; at != "" {
		s := r.Session
		r.SessionIn, r.Files = at, nil
		r.Session = evidence.Session{
			Origin: s.Origin, Format: s.Format, ID: s.ID, Agent: s.Agent, AgentVersion: s.AgentVersion, Started: s.Started, Ended: s.Ended,
		}
	}
	mine := slices.DeleteFunc(slices.Clone(r.Files), func(l sessionnote.Lines) bool { return slices.Contains(e.lines[r.Session.ID], l.Path) })
	if len(mine) < len(r.Files) {
		r.Files, r.LinesIn = mine, gitAIRef
	}
}

const (
	// gitAIRef is where git-ai writes which lines a session wrote.
	gitAIRef = "refs/notes/ai"
	// maxGitAINote bounds a note of git-ai; the largest of 10,685 had 3.2 MB.
	maxGitAINote = 16 << 20
)

// documents makes the documents of some of the commits.
func (c *collector) documents(ctx context.Context, ids []string) error {
	var found []string
	err := c.repo.CommitDiffs(ctx, ids, func(id string, files []evidence.File) error {
		c.scope.Commits = append(slices.Clip(c.scope.Commits), id)
		for _, f := range files {
			track(c.known, f.Path)
		}
		if slices.Contains(c.left, id) && c.document(id, files) {
			found = append(found, id)
		}
		return ctx.Err()
	})
	if err != nil {
		return err
	}
	patches, err := c.repo.PatchIDs(ctx, found)
	if err != nil {
		return err
	}
	for _, id := range found {
		d := sessionnote.NewDocument(id, patches[id], c.Documents[id].Entries)
		if data, err := sessionnote.Encode(d); err != nil || len(data) > maxDocument {
			withoutHashes(d)
		}
		c.Documents[id] = d
	}
	return nil
}

// document makes the document of one commit, still without its patch id, and
// reports whether there is one. Sessions that the user named and that are in no
// commit go to the last.
func (c *collector) document(id string, files []evidence.File) bool {
	commit := c.Commits[slices.Index(c.ids, id)]
	last := id == c.Commits[len(c.Commits)-1].ID
	records := probable(c.joined(id, correlate.TranscriptClaims(c.until(commit.Committed, files), files, id), files, last), files)
	for i := range records {
		r := &records[i]
		c.used[r.Session.Key()] = true
		r.Session = c.reduce(*r, len(records), files)
		c.others[id].leave(r)
	}
	if len(records) > 0 {
		c.Documents[id] = sessionnote.Document{Entries: records}
	}
	return len(records) > 0
}

// joined returns the sessions that anything ties to the commit.
func (c *collector) joined(commit string, claims []evidence.Claim, files []evidence.File, last bool) (records []sessionnote.Entry) {
	for _, s := range c.sessions {
		r := sessionnote.Entry{Session: s, Join: sessionnote.JoinContent, Files: c.lines(s, claims, files)}
		switch {
		case slices.ContainsFunc(s.Links.Commits, func(id string) bool { return sessionnote.NamedIn(id, []string{commit}) != "" }):
			r.Join = sessionnote.JoinCommit
		case len(r.Files) > 0:
		case last && !c.used[s.Key()] && slices.ContainsFunc(c.options.Sessions, s.Named):
			r.Join = sessionnote.JoinNamed
		default:
			continue
		}
		records = append(records, r)
	}
	return records
}

// minAlone is the number of lines that a session must explain on its own to be
// joined by content, unless they are half of the commit. Of 54 sessions that had
// lines of a commit of entireio/cli and were not those of its checkpoint, 36 had
// three at most: lines that many functions have.
const minAlone = 3

// probable leaves out sessions of which only a few lines are in the commit, or
// only such as a session with more lines explains as well.
func probable(records []sessionnote.Entry, files []evidence.File) []sessionnote.Entry {
	added := 0
	for _, f := range files {
		added += f.Added
	}
	rank := map[sessionnote.Join]int{sessionnote.JoinContent: 1} // those that are surely there come first
	order := slices.Clone(records)
	slices.SortStableFunc(order, func(a, b sessionnote.Entry) int {
		return cmp.Or(cmp.Compare(rank[a.Join], rank[b.Join]), b.LineCount()-a.LineCount())
	})
	type line struct {
		path string
		n    int
	}
	explained := map[line]bool{}
	keep := map[evidence.SessionKey]bool{}
	for _, r := range order {
		alone := 0
		for _, f := range r.Files {
			ranges, _ := f.Split()
			for _, x := range ranges {
				for n := x.First; n <= x.Last; n++ {
					if l := (line{f.Path, n}); !explained[l] {
						explained[l] = true
						alone++
					}
				}
			}
		}
		if r.Join != sessionnote.JoinContent || alone >= minAlone || alone > 0 && 2*alone >= added {
			keep[r.Session.Key()] = true
		}
	}
	return slices.DeleteFunc(records, func(r sessionnote.Entry) bool { return !keep[r.Session.Key()] })
}

// withoutHashes makes the document of a giant commit, mostly a generated one,
// fit: its lines are claimed and cannot be compared.
func withoutHashes(d sessionnote.Document) {
	for i := range d.Entries {
		for j := range d.Entries[i].Files {
			d.Entries[i].Files[j].Hashes = ""
		}
	}
}

// until returns the sessions with the edits of the files that had been made by
// then: later ones are in a later commit.
func (c *collector) until(then time.Time, files []evidence.File) []evidence.Session {
	touched := map[string]bool{}
	for _, f := range files {
		for _, name := range f.Names() {
			touched[name] = true
		}
	}
	var out []evidence.Session
	for _, s := range c.sessions {
		edits := s.Edits
		s.Edits = nil
		for _, e := range edits {
			if touched[e.Path] && !e.Time.After(then.Add(slack)) {
				s.Edits = append(s.Edits, e)
			}
		}
		if len(s.Edits) > 0 {
			out = append(out, s)
		}
	}
	return out
}

// lines returns the lines of the commit that the session wrote.
func (c *collector) lines(s evidence.Session, claims []evidence.Claim, files []evidence.File) []sessionnote.Lines {
	var out []sessionnote.Lines
	for _, f := range files {
		var ranges []evidence.LineRange
		for _, x := range claims {
			if x.Session == s.ID && x.Agent == s.Agent && x.Path == f.Path {
				ranges = append(ranges, x.Ranges...)
			}
		}
		if clean, _ := c.redactor.Text(f.Path); len(ranges) == 0 || clean != f.Path {
			continue // a path that looks like a secret names nothing
		}
		ranges = evidence.UnionRanges(ranges...)
		out = append(out, sessionnote.NewLines(f.Path, ranges, sessionnote.LineHashes(f, ranges)))
	}
	return out
}

// reduce makes of a session what goes into one of n entries of a document, and
// takes it through the redactor. Of a session that made the commit and tells no
// lines, as Aider's do, the edits of all files of the commit are kept.
func (c *collector) reduce(r sessionnote.Entry, n int, files []evidence.File) evidence.Session {
	var paths []string
	for _, l := range r.Files {
		paths = append(paths, l.Path)
	}
	if len(paths) == 0 && r.Join == sessionnote.JoinCommit {
		for _, f := range files {
			paths = append(paths, f.Path)
		}
	}
	s := sessionnote.Reduce(r.Session, c.scope, paths, sessionnote.Budget(n))
	f := evidence.Fragment{Sessions: []evidence.Session{s}}
	c.redactor.Fragment(&f)
	return f.Sessions[0]
}
