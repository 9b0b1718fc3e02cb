package sessionnote

import (
	"cmp"
	"slices"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// Fragment returns what a document that is attached to commit tells, with the
// origin o. Whoever may push notes can have written it: all of it is reported,
// and no claim counts for more than that until the lines themselves are
// compared, which [evidence.Claim.Hashes] allow. A session that another tool
// holds is left to the reader of that.
func Fragment(d Document, commit string, o evidence.Origin) evidence.Fragment {
	o.Basis = evidence.Reported
	var f evidence.Fragment
	for _, r := range d.Entries {
		if r.SessionIn != "" {
			continue
		}
		s := r.Session
		s.Origin, s.Format = o, Format
		// Whether prompts are shown is decided where the entry is made.
		s.Prompts.Undisclosed, s.Prompts.Texts = s.Prompts.Texts, nil
		if r.Join == JoinCommit && !slices.Contains(s.Links.Commits, commit) && d.Commit == commit {
			s.Links.Commits = append(s.Links.Commits, commit)
		}
		f.Sessions = append(f.Sessions, s)
		for _, l := range r.Files {
			ranges, hashes := l.Split()
			f.Claims = append(f.Claims, evidence.Claim{
				Origin: o, Author: evidence.AuthorAI, Session: s.ID, Agent: s.Agent, Commit: commit, Path: l.Path, Ranges: ranges,
				Method: evidence.MethodRecord, Confidence: confidence(r, d.Commit == commit), Hashes: hashes,
			})
		}
	}
	return f
}

// confidence is how well the lines are joined with the session if the lines are
// the ones that the entry speaks of.
func confidence(r Entry, same bool) evidence.Confidence {
	if r.Join == JoinCommit && r.Carried == "" && same {
		return evidence.Strong
	}
	return evidence.Likely
}

// Once makes one session of the copies that the documents of several commits
// have of it: the one that was taken last, with the commands, edits and links of
// all. Sessions of other formats stay as they are, and stand for the copies when
// they are of the same run.
func Once(sessions []evidence.Session) []evidence.Session {
	type key struct{ agent, id string }
	at := map[key]int{}
	known := map[key]bool{}
	for _, s := range sessions {
		if s.Format != Format {
			known[key{s.Agent, s.ID}] = true
		}
	}
	var out []evidence.Session
	for _, s := range sessions {
		k := key{s.Agent, s.ID}
		i, seen := at[k]
		switch {
		case s.Format != Format || s.ID == "":
			out = append(out, s)
		case known[k]:
		case seen:
			out[i] = both(out[i], s)
		default:
			at[k] = len(out)
			out = append(out, s)
		}
	}
	return out
}

// both joins two copies of a session. The lists of commands differ only in what
// was left out; indexes into them are dropped, since they no longer hold.
func both(a, b evidence.Session) evidence.Session {
	if cmp.Or(a.Ended.Compare(b.Ended), a.CommandCounts.Total-b.CommandCounts.Total) < 0 {
		a, b = b, a
	}
	same := func(x, y evidence.Command) bool {
		return x.Line == y.Line && x.Started.Equal(y.Started) && x.Outcome == y.Outcome
	}
	before := len(a.Commands)
	for _, c := range b.Commands {
		if !slices.ContainsFunc(a.Commands, func(have evidence.Command) bool { return same(have, c) }) {
			a.Commands = append(slices.Clip(a.Commands), c)
		}
	}
	if len(a.Commands) > before {
		slices.SortStableFunc(a.Commands, func(x, y evidence.Command) int { return x.Started.Compare(y.Started) })
		a.CommandsOmitted = max(0, a.CommandCounts.Total-len(a.Commands))
		a.Repairs = slices.Clone(a.Repairs)
		for i := range a.Repairs {
			a.Repairs[i].FirstFailure, a.Repairs[i].LastRun = nil, nil
		}
	}
	edits := len(a.Edits) + a.EditsOmitted
	for _, e := range b.Edits {
		if !slices.ContainsFunc(a.Edits, func(have evidence.Edit) bool { return have.Path == e.Path && have.Time.Equal(e.Time) }) {
			a.Edits = append(slices.Clip(a.Edits), e)
		}
	}
	a.EditsOmitted = max(0, edits-len(a.Edits))
	for _, id := range b.Links.Commits {
		if !slices.Contains(a.Links.Commits, id) {
			a.Links.Commits = append(slices.Clip(a.Links.Commits), id)
		}
	}
	return a
}

// Confirm compares the lines that entries claim with the lines of the change
// and keeps those that are the same. Claims of other methods stay as they are.
// It returns the claims and, by commit, how many lines the change has otherwise.
func Confirm(claims []evidence.Claim, files []evidence.File) ([]evidence.Claim, map[string]int) {
	written := contentAt(files)
	other := map[string]int{}
	out := claims[:0:0]
	for _, c := range claims {
		if c.Method != evidence.MethodRecord {
			out = append(out, c)
			continue
		}
		if len(c.Hashes) == 0 {
			c.Confidence = evidence.Stated
			out = append(out, c)
			continue
		}
		ranges, lost := agreeing(c, written)
		if other[c.Commit] += lost; other[c.Commit] == 0 {
			delete(other, c.Commit)
		}
		if c.Hashes, c.Ranges = nil, ranges; len(ranges) > 0 {
			out = append(out, c)
		}
	}
	return out, other
}

// spot is a line of a file as a commit wrote it.
type spot struct {
	commit, path string
	line         int
}

// contentAt returns the hashes of the added lines by the place where they were
// written.
func contentAt(files []evidence.File) map[spot]uint32 {
	written := map[spot]uint32{}
	for i := range files {
		f := &files[i]
		hash := map[int]uint32{}
		next := 0
		for _, s := range f.Spans {
			for n := s.First; n <= s.Last && next < len(f.Lines); n++ {
				hash[n] = Fold(f.Lines[next])
				next++
			}
		}
		for _, o := range f.Origins {
			for n := o.First; n <= o.Last && o.Commit != ""; n++ {
				if h, ok := hash[n]; ok {
					written[spot{o.Commit, cmp.Or(o.Path, f.Path), o.Line + n - o.First}] = h
				}
			}
		}
	}
	return written
}

// agreeing returns the lines of a claim that are in the change as the claim has
// them, and the number of those that are there otherwise. Lines that later
// commits took away are neither.
func agreeing(c evidence.Claim, written map[spot]uint32) (ranges []evidence.LineRange, lost int) {
	next := 0
	for _, r := range c.Ranges {
		for n := r.First; n <= r.Last && next < len(c.Hashes); n++ {
			want := c.Hashes[next]
			next++
			have, there := written[spot{c.Commit, c.Path, n}]
			switch {
			case !there:
			case have != want:
				lost++
			default:
				ranges = evidence.AppendLine(ranges, n)
			}
		}
	}
	return ranges, lost
}
