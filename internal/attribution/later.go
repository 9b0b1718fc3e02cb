package attribution

import (
	"cmp"
	"slices"
	"time"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// later lists what later commits did to lines that an agent had written.
//
// The lines must be claimed where they were written, by a note, a trace, a
// checkpoint or the commit itself. Transcripts claim lines that are still there:
// where two of these stand above and below, in the commit that wrote them, a
// session is taken for the author of what stood between. An insertion counts when
// it stands between two such lines of which the lower is still there; behind the
// end of a file there is none. Edits of uncommitted work leave no trace in the
// history.
func (c *claims) later(r *evidence.Record, files []evidence.FileAttribution) []evidence.LaterEdit {
	passed := passedAt(r.Sessions)
	committed := map[string]time.Time{}
	for _, commit := range r.Commits {
		committed[commit.ID] = commit.Committed
	}
	var all []evidence.LaterEdit
	for i := range r.Files {
		f := &r.Files[i]
		for _, x := range f.Rewrites {
			e, ok := c.edit(x)
			if !ok || e.Action == evidence.LaterInserted && !stands(f, *x.Below) {
				continue
			}
			e.Path = f.Path
			at := committed[x.Commit]
			e.Validated = !at.IsZero() && slices.ContainsFunc(passed, at.Before)
			all = append(all, c.byAuthor(e, x, files[i].Parts)...)
		}
	}
	return all
}

// edit describes what was done, without who did it. It is not one if no agent
// had written the lines.
func (c *claims) edit(x evidence.Rewrite) (evidence.LaterEdit, bool) {
	e := evidence.LaterEdit{Commit: x.Commit, Action: evidence.LaterReplaced, Added: x.Count}
	touched := x.Removed
	switch {
	case len(x.Removed) == 0 && x.Above != nil && x.Below != nil:
		e.Action = evidence.LaterInserted
		touched = []evidence.WrittenLines{*x.Above, *x.Below}
	case x.Count == 0:
		e.Action = evidence.LaterDeleted
	}
	all := true
	for _, w := range touched {
		for n := w.Line; n < w.Line+w.Count; n++ {
			says, ok := c.author(w.Commit, w.Path, n)
			if !ok || says.Kind != evidence.AuthorAI {
				all = false
				continue
			}
			if e.Action != evidence.LaterInserted {
				e.Removed++
			}
			if !slices.Contains(e.Of, says.Session) {
				e.Of = append(e.Of, says.Session)
			}
		}
	}
	return e, len(e.Of) > 0 && (all || e.Action != evidence.LaterInserted)
}

// author returns who wrote one line where it was written, if anything tells.
func (c *claims) author(commit, path string, line int) (evidence.Attestation, bool) {
	s := section{LineRange: evidence.LineRange{First: line, Last: line}, commit: commit, path: path, line: line, known: true, gone: true}
	var says evidence.Attestation
	for p := range c.divide(path, s) {
		says = evidence.Attestation{Kind: p.Kind, Session: p.Session}
	}
	if says.Kind == evidence.AuthorUnattested {
		return c.around(commit, path, line)
	}
	return says, true
}

// stands reports whether a line of the change is still there at head.
func stands(f *evidence.File, w evidence.WrittenLines) bool {
	return slices.ContainsFunc(f.Origins, func(o evidence.LineOrigin) bool {
		return o.Commit == w.Commit && cmp.Or(o.Path, f.Path) == w.Path && o.Line <= w.Line && w.Line <= o.Line+o.Last-o.First
	})
}

// byAuthor divides an edit among those who wrote its lines, as far as these are
// still there. Lines that are not are nobody's.
func (c *claims) byAuthor(e evidence.LaterEdit, x evidence.Rewrite, parts []evidence.AttributedRange) []evidence.LaterEdit {
	type maker struct {
		by      evidence.LaterBy
		session string
	}
	var order []maker
	lines := map[maker][]evidence.LineRange{}
	for _, p := range parts {
		if p.Commit != x.Commit || p.OriginPath != x.Path {
			continue
		}
		first := max(p.First, p.First+x.First-p.OriginLine)
		last := min(p.Last, p.First+x.First+x.Count-1-p.OriginLine)
		if first > last {
			continue
		}
		a := maker{by(p, e.Of), p.Session}
		if lines[a] == nil {
			order = append(order, a)
		}
		lines[a] = append(lines[a], evidence.LineRange{First: first, Last: last})
	}
	if len(order) == 0 {
		e.By = evidence.LaterByNobody
		return []evidence.LaterEdit{e}
	}
	var all []evidence.LaterEdit
	for k, a := range order {
		part := e
		part.By, part.Session, part.Lines = a.by, a.session, lines[a]
		if len(order) > 1 {
			part.Added = 0
			for _, l := range part.Lines {
				part.Added += l.Last - l.First + 1
			}
		}
		if k > 0 {
			part.Removed = 0 // counted once
		}
		all = append(all, part)
	}
	return all
}

func by(p evidence.AttributedRange, of []string) evidence.LaterBy {
	switch {
	case p.Kind == evidence.AuthorHuman:
		return evidence.LaterByHuman
	case p.Kind != evidence.AuthorAI:
		return evidence.LaterByNobody
	case p.Session != "" && slices.Contains(of, p.Session):
		return evidence.LaterBySameRun
	}
	if p.Session == "" || slices.Contains(of, "") {
		return evidence.LaterBySomeRun
	}
	return evidence.LaterByOtherRun
}

// passedAt lists when validations that passed were started. One whose status is
// hidden by a pipe or the like did not pass as far as anybody knows.
func passedAt(sessions []evidence.Session) []time.Time {
	var all []time.Time
	for i := range sessions {
		for _, x := range sessions[i].Commands {
			if x.Validates() && x.Outcome == evidence.CommandOK && x.Masked == "" && !x.Started.IsZero() {
				all = append(all, x.Started)
			}
		}
	}
	return all
}
