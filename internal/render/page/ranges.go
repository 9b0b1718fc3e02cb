package page

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/mergebrief/mergebrief/internal/agents"
	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/render/brief"
	"github.com/mergebrief/mergebrief/internal/render/text"
)

const (
	// reportRanges bounds the ranges of lines on a page, and fileRanges those of
	// one file: with them a report of a typical pull request stays below 5 MB.
	reportRanges = 2000
	fileRanges   = 300
)

// reportRange is a run of added lines with one author, where the lines themselves
// are not shown: its numbers lead to them at the head.
type reportRange struct {
	Sign, Lines, URL, Class, Who, How, Commit, Remarks string
	Basis                                              evidence.Basis
}

// ranges returns the ranges of a file behind the line that was shown last, at
// most room of them, and the number of those left out.
func (f *filesPage) ranges(a *evidence.FileAttribution, facts *lineFacts, behind, room int) ([]reportRange, int) {
	parts := a.Parts
	for len(parts) > 0 && parts[0].Last <= behind {
		parts = parts[1:]
	}
	shown := min(len(parts), fileRanges, max(room, 0))
	missed := facts.missed
	all := make([]reportRange, 0, shown)
	for i := range parts[:shown] {
		p := &parts[i]
		place := evidence.Span{Path: a.Path, First: p.First, Last: p.Last}
		out := reportRange{
			Sign:  f.sign(p),
			Lines: strings.TrimPrefix(text.LineSuffix(place), ":"), Class: "k-" + string(p.Kind), Who: who(p), How: how(p),
			Commit: p.Commit[:min(len(p.Commit), text.ShortSHA)], Basis: cmp.Or(p.Basis, evidence.Missing),
		}
		if p.Kind == evidence.AuthorPreexisting {
			out.Basis = evidence.Observed
		}
		if file := f.Files[a.Path]; file != nil && file.Status != evidence.FileDeleted {
			out.URL = f.Blob(a.Path, text.LineFragment(place))
		}
		for len(missed) > 0 && missed[0].Last < p.First {
			missed = missed[1:]
		}
		out.Remarks = remarks(p, missed, facts.later)
		all = append(all, out)
	}
	return all, len(parts) - shown
}

func who(p *evidence.AttributedRange) string {
	switch p.Kind {
	case evidence.AuthorAI:
		agent := cmp.Or(agents.Known().Name(p.Agent), "an agent")
		if p.Session != "" {
			agent += ", session " + p.Session
		}
		return agent
	case evidence.AuthorHuman:
		return cmp.Or(p.Session, "a known person")
	case evidence.AuthorPreexisting:
		return "older than the change, moved"
	}
	return "author unknown"
}

func how(p *evidence.AttributedRange) string {
	if p.Method == "" {
		return ""
	}
	return string(p.Method) + ", " + string(p.Confidence)
}

// remarks says what a reviewer of the lines should know beside who wrote them.
func remarks(p *evidence.AttributedRange, missed []evidence.LineRange, later []*evidence.LaterEdit) string {
	var all []string
	n := 0
	for _, m := range missed {
		if m.First > p.Last {
			break
		}
		n += max(0, min(m.Last, p.Last)-max(m.First, p.First)+1)
	}
	if n > 0 {
		all = append(all, evidence.Plural(n, "line")+" not executed by a test")
	}
	if p.Conflict {
		all = append(all, "claimed for different authors")
	}
	for _, e := range later {
		for _, r := range e.Lines {
			if r.First <= p.Last && p.First <= r.Last {
				all = append(all, fmt.Sprintf("%s agent-written lines in %.7s, by %s", e.Action, e.Commit, text.Plain(brief.EditedBy(e))))
				break
			}
		}
	}
	return strings.Join(all, "; ")
}
