package render

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

const (
	stripWidth  = 160
	stripHeight = 14
)

// shape is a rectangle of a drawing.
type shape struct {
	Class, Title string
	X, Y, W, H   int
}

// strip shows the added lines of a file from left to right: who wrote them
// above, which of them no test executed below.
type strip struct {
	Label string
	// One line of strokes for each kind: a record of the largest size would
	// otherwise be a page of rectangles.
	Lines []stroke
}

// stroke is a path of SVG, drawn as thick as its row is high.
type stroke struct {
	Class, Path string
	Thick       int
	end         int // pixel up to which it is drawn
}

func kindLegend() []shape {
	return []shape{{Class: "k-ai", Title: "agent run"}, {Class: "k-human", Title: "known person"}, {Class: "k-unattested", Title: "unattested"}, {Class: "k-preexisting", Title: "moved"}, {Class: "k-missed", Title: "not executed by a test"}}
}

func (v *view) reportFiles() []reportFile {
	attributed := make(map[string]*evidence.FileAttribution, len(v.assess.Attribution.Files))
	for i := range v.assess.Attribution.Files {
		attributed[v.assess.Attribution.Files[i].Path] = &v.assess.Attribution.Files[i]
	}
	marks := v.marked()
	missed := map[string][]evidence.LineRange{}
	for _, c := range v.record.Coverage {
		for _, f := range c.Files {
			missed[f.Path] = append(missed[f.Path], f.Missed...) // ascending in each report
		}
	}
	later, room := v.laterIn(), reportRanges
	all := make([]reportFile, 0, len(v.record.Files))
	for _, f := range v.record.Files {
		out := reportFile{Path: f.Path, Added: count(f.Added), Deleted: count(f.Deleted), Origin: f.Origin, Marks: plain(strings.TrimSpace(kind(f)))}
		if a := attributed[f.Path]; a != nil {
			out.AI, out.Human, out.Unattested = count(a.Lines.AI), count(a.Lines.Human), count(a.Lines.Unattested)
			out.Strip = newStrip(a, missed[f.Path])
			var left int
			if out.Ranges, left = v.ranges(a, missed[f.Path], later[f.Path], room); left > 0 {
				out.RangesMore = count(left) + " more ranges are in the bundle."
			}
			room -= len(out.Ranges)
		}
		rules := marks[f.Path]
		out.Risk, out.Untested = slices.Contains(rules, "ai-lines-high-risk"), slices.Contains(rules, "ai-lines-untested")
		out.Marks = strings.Trim(out.Marks+", "+strings.Join(rules, ", "), ", ")
		all = append(all, out)
	}
	return all
}

// marked returns the rules that found something in each file.
func (v *view) marked() map[string][]string {
	marks := map[string][]string{}
	for _, f := range v.assess.Findings {
		for _, s := range f.Spans {
			for _, rule := range append([]string{f.Rule}, f.Also...) {
				if !slices.Contains(marks[s.Path], rule) {
					marks[s.Path] = append(marks[s.Path], rule)
				}
			}
		}
	}
	return marks
}

// newStrip draws one cell for each run of pixels with the same author: a file
// has at most as many as it has pixels.
func newStrip(a *evidence.FileAttribution, missed []evidence.LineRange) *strip {
	if len(a.Parts) == 0 || a.Lines.Added == 0 {
		return nil
	}
	s := &strip{Label: fmt.Sprintf("%s by an agent run, %s by a known person, %s unattested, %s moved", count(a.Lines.AI), count(a.Lines.Human), count(a.Lines.Unattested), count(a.Lines.Preexisting))}
	at := func(lines int) int { return lines * stripWidth / a.Lines.Added }
	done := 0
	for _, p := range a.Parts {
		n := p.Last - p.First + 1
		s.draw("k-"+string(p.Kind), at(done), at(done+n), 5, stripHeight-4)
		for len(missed) > 0 && missed[0].Last < p.First {
			missed = missed[1:]
		}
		for _, m := range missed {
			if m.First > p.Last {
				break
			}
			from := at(done + max(m.First, p.First) - p.First)
			s.draw("k-missed", from, at(done+min(m.Last, p.Last)-p.First+1), stripHeight-2, 4)
		}
		done += n
	}
	return s
}

// draw adds pixels to the line of a kind. Less than a pixel is drawn as one,
// unless the same kind has it already.
func (s *strip) draw(class string, from, to, y, thick int) {
	i := slices.IndexFunc(s.Lines, func(l stroke) bool { return l.Class == class })
	if i < 0 {
		i = len(s.Lines)
		s.Lines = append(s.Lines, stroke{Class: class, Thick: thick})
	}
	l := &s.Lines[i]
	from, to = max(from, l.end), max(to, from+1)
	if from < to {
		l.Path += fmt.Sprintf("M%d %dh%d", from, y, to-from)
		l.end = to
	}
}
