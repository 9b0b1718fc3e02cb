package render

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

const (
	// reportRanges bounds the ranges of lines on a page, and fileRanges those of
	// one file: with them a report of a typical pull request stays below 5 MB.
	reportRanges = 5000
	fileRanges   = 300
)

// reportRange is a run of added lines with one author. The record holds no code,
// so that a range shows its numbers and leads to the lines at the head.
type reportRange struct {
	Lines, URL, Class, Who, How, Commit, Remarks string
	Basis                                        evidence.Basis
}

// ranges returns the ranges of a file, at most room of them, and the number of
// those left out.
func (v *view) ranges(a *evidence.FileAttribution, missed []evidence.LineRange, later []*evidence.LaterEdit, room int) ([]reportRange, int) {
	shown := min(len(a.Parts), fileRanges, max(room, 0))
	all := make([]reportRange, 0, shown)
	for i := range a.Parts[:shown] {
		p := &a.Parts[i]
		place := evidence.Span{Path: a.Path, First: p.First, Last: p.Last}
		out := reportRange{
			Lines: strings.TrimPrefix(lineSuffix(place), ":"), Class: "k-" + string(p.Kind), Who: who(p), How: how(p),
			Commit: p.Commit[:min(len(p.Commit), shortSHA)], Basis: cmp.Or(p.Basis, evidence.Missing),
		}
		if p.Kind == evidence.AuthorPreexisting {
			out.Basis = evidence.Observed
		}
		if f := v.files[a.Path]; f != nil && f.Status != evidence.FileDeleted {
			out.URL = v.blob(a.Path, lineFragment(place))
		}
		for len(missed) > 0 && missed[0].Last < p.First {
			missed = missed[1:]
		}
		out.Remarks = remarks(p, missed, later)
		all = append(all, out)
	}
	return all, len(a.Parts) - shown
}

func who(p *evidence.AttributedRange) string {
	switch p.Kind {
	case evidence.AuthorAI:
		agent := cmp.Or(agentNames[p.Agent], p.Agent, "an agent")
		if p.Session != "" {
			agent += ", session " + p.Session
		}
		return agent
	case evidence.AuthorHuman:
		return cmp.Or(p.Session, "a known person")
	case evidence.AuthorPreexisting:
		return "older than the change, moved"
	}
	return "unattested"
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
		all = append(all, plural(n, "line")+" not executed by a test")
	}
	if p.Conflict {
		all = append(all, "claimed for different authors")
	}
	for _, e := range later {
		for _, r := range e.Lines {
			if r.First <= p.Last && p.First <= r.Last {
				all = append(all, fmt.Sprintf("%s agent-written lines in %.7s, by %s", e.Action, e.Commit, plain(byWhom(e))))
				break
			}
		}
	}
	return strings.Join(all, "; ")
}

// laterIn lists the later edits by file.
func (v *view) laterIn() map[string][]*evidence.LaterEdit {
	in := map[string][]*evidence.LaterEdit{}
	for i := range v.assess.Attribution.Later {
		if e := &v.assess.Attribution.Later[i]; e.By != "same-run" {
			in[e.Path] = append(in[e.Path], e)
		}
	}
	return in
}
