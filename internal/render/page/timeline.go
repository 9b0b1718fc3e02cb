package page

import (
	"fmt"
	"slices"
	"time"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/render/brief"
	"github.com/mergebrief/mergebrief/internal/render/text"
)

const (
	// maxLanes and maxEvents bound the drawing; the tables have the rest.
	maxLanes  = 12
	maxEvents = 1500

	laneHeight    = 34
	timelineWidth = 1040
	timelineLeft  = 150
	// maxLabel is as much of a name as fits in the room before the first bar, with
	// the widest letters.
	maxLabel = 16
	// timelineEdge keeps signs at both ends in the picture.
	timelineEdge = 8
)

// timeline is a drawing of when things happened: one lane for each agent run,
// and one each for commits, pushes, checks, and reviews with the merge.
type timeline struct {
	Width, Height, Left, Foot int
	From, To, Summary         string
	Lanes                     []lane
	Breaks                    []timeBreak
	Bars, Marks, Legend       []timeMark
	Events                    []string
}

type lane struct {
	Name             string
	Label, Y, X1, X2 int
}

// timeBreak is where the drawing leaves out time in which nothing happened.
type timeBreak struct {
	Text      string
	X, Y1, Y2 int
	Foot      int
}

// timeMark is a sign in the drawing, or a bar of a width.
type timeMark struct {
	Class, Title, Path string
	X, Y, W, H         int
}

// Classes of what is drawn.
const (
	markOK      = "t-ok"
	markFailed  = "t-failed"
	markUnknown = "t-unknown"
	markEdit    = "t-edit"
	markCommit  = "t-commit"
	markPush    = "t-push"
	markReview  = "t-review"
	barRun      = "t-run"
	barRepair   = "t-repair"
)

// signs are the shapes of marks, as paths of SVG around their point: the colour
// alone tells nothing.
var signs = map[string]string{
	markOK:      "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0",
	markFailed:  "M-4-4L4 4M4-4L-4 4",
	markUnknown: "M0-5L5 0L0 5L-5 0Z",
	markEdit:    "M0 5V11",
	markCommit:  "M-4-4H4V4H-4Z",
	markPush:    "M0-5L5 4H-5Z",
	markReview:  "M-5-4H5V3H1L-2 6V3H-5Z",
}

// event is one thing that happened, or went on until its end.
type event struct {
	at, end      time.Time
	lane         int
	class, title string
}

func (p *filesPage) timeline() *timeline {
	names, events := p.events()
	events = slices.DeleteFunc(events, func(e event) bool { return e.at.IsZero() })
	total := len(events)
	events = mostTelling(events)
	names = usedLanes(names, events)
	scale := newTimeScale(events)
	if scale == nil {
		return nil
	}
	bottom := laneHeight * len(names)
	t := &timeline{
		Width: timelineWidth, Height: bottom + 34, Left: timelineLeft, Foot: bottom + 30,
		From: text.Instant(scale.times[0]), To: text.Instant(scale.times[len(scale.times)-1]), Summary: evidence.Plural(total, "event") + " in " + evidence.Plural(len(names), "lane"),
		Breaks: scale.breaks(bottom), Legend: timelineLegend(),
	}
	for i, name := range names {
		t.Lanes = append(t.Lanes, lane{name, i*laneHeight + 21, i*laneHeight + 17, timelineLeft, timelineWidth})
	}
	for _, e := range events {
		t.draw(e, scale)
	}
	if n := total - len(events); n > 0 {
		t.Events = append(t.Events, evidence.Count(n)+" more are not shown")
	}
	joined, apart := p.Runs()
	if n := len(joined) - min(len(joined), maxLanes) + len(apart); n > 0 {
		t.Events = append(t.Events, evidence.Plural(n, "more agent run")+" not shown: beyond the limit, or not joined with the change")
	}
	return t
}

func (t *timeline) draw(e event, scale *timeScale) {
	x, y := scale.x(e.at), e.lane*laneHeight+17
	switch e.class {
	case barRun:
		t.Bars = append(t.Bars, timeMark{Class: e.class, Title: e.title, X: x, Y: y - 9, W: max(2, scale.x(e.end)-x), H: 18})
	case barRepair:
		t.Bars = append(t.Bars, timeMark{Class: e.class, Title: e.title, X: x, Y: y - 14, W: max(2, scale.x(e.end)-x), H: 3})
	default:
		t.Marks = append(t.Marks, timeMark{Class: e.class, Title: e.title, Path: signs[e.class], X: x, Y: y})
	}
	when := text.Instant(e.at)
	if !e.end.IsZero() && e.end.After(e.at) {
		when += " for " + text.Duration(e.end.Sub(e.at))
	}
	t.Events = append(t.Events, when+" "+e.title)
}

func timelineLegend() []timeMark {
	return []timeMark{
		{Class: markOK, Title: "validation or check ok", Path: signs[markOK]},
		{Class: markFailed, Title: "failed", Path: signs[markFailed]},
		{Class: markUnknown, Title: "unknown", Path: signs[markUnknown]},
		{Class: markEdit, Title: "edit", Path: "M0-4V4"},
		{Class: barRepair, Title: "repair", W: 14, H: 4, X: -7, Y: -2},
		{Class: barRun, Title: "agent run", W: 14, H: 10, X: -7, Y: -5},
		{Class: markCommit, Title: "commit", Path: signs[markCommit]},
		{Class: markPush, Title: "push", Path: signs[markPush]},
		{Class: markReview, Title: "review or merge", Path: signs[markReview]},
	}
}

// mostTelling returns the events to draw, in the order of time. With too many,
// edits are left out first, then validations and checks that went well.
func mostTelling(events []event) []event {
	weight := func(e event) int { return map[string]int{markEdit: 2, markOK: 1}[e.class] }
	inTime := func(a, b event) int { return a.at.Compare(b.at) }
	slices.SortStableFunc(events, inTime)
	if len(events) > maxEvents {
		slices.SortStableFunc(events, func(a, b event) int { return weight(a) - weight(b) })
		events = events[:maxEvents]
		slices.SortStableFunc(events, inTime)
	}
	return events
}

// usedLanes returns the names of the lanes in which something happened, and
// numbers the events accordingly: an empty lane would look like a statement.
func usedLanes(names []string, events []event) []string {
	used := make([]bool, len(names))
	for _, e := range events {
		used[e.lane] = true
	}
	var kept []string
	moved := make([]int, len(names))
	for i, name := range names {
		moved[i] = len(kept)
		if used[i] {
			kept = append(kept, name)
		}
	}
	for i := range events {
		events[i].lane = moved[events[i].lane]
	}
	return kept
}

// events collects what happened, with the names of the lanes.
func (p *filesPage) events() ([]string, []event) {
	var names []string
	var all []event
	joined, _ := p.Runs()
	for _, s := range joined[:min(len(joined), maxLanes)] {
		all = append(all, sessionEvents(s, len(names))...)
		names = append(names, p.runSign(s.ID)+" "+evidence.ClipMiddle(brief.AgentName(s.Agent), maxLabel))
	}
	first := len(names)
	for _, c := range p.Record.Commits {
		all = append(all, event{at: c.Committed, lane: first, class: markCommit, title: fmt.Sprintf("commit %.7s %s", c.ID, c.Subject)})
	}
	all = append(all, p.pushes(first+1)...)
	for _, r := range p.checkResults() {
		all = append(all, event{at: r.Completed, lane: first + 2, class: checkClass(r.Check), title: r.Name + " " + text.Plain(brief.CheckState(r.Check))})
	}
	for _, r := range p.Record.Reviews {
		all = append(all, event{at: r.Submitted, lane: first + 3, class: markReview, title: "review by " + r.Reviewer.Login + ": " + string(r.State)})
	}
	if pull := p.Record.PullRequest; pull != nil && pull.Merge != nil {
		all = append(all, event{at: pull.Merge.At, lane: first + 3, class: markReview, title: "merged by " + pull.Merge.By.Login})
	}
	return append(names, "commits", "pushes", "checks", "reviews, merge"), all
}

// pushes tells when heads came to the server. GitHub states the time of a
// force-push only; of others is known that they came before the first check of
// the head began.
func (v *view) pushes(lane int) []event {
	var all []event
	if p := v.Record.PullRequest; p != nil && !p.Created.IsZero() {
		all = append(all, event{at: p.Created, lane: lane, class: markPush, title: "pull request opened"})
	}
	for i := range v.Record.Heads {
		h := &v.Record.Heads[i]
		if !h.Replaced.IsZero() {
			all = append(all, event{at: h.Replaced, lane: lane, class: markPush, title: fmt.Sprintf("force-push by %s replaced %.7s", h.ReplacedBy, h.Commit)})
		}
		var began time.Time
		for k := range h.Results {
			if s := h.Results[k].Started; !s.IsZero() && (began.IsZero() || s.Before(began)) {
				began = s
			}
		}
		if !began.IsZero() {
			all = append(all, event{at: began, lane: lane, class: markPush, title: fmt.Sprintf("%.7s had been pushed: its first check began", h.Commit)})
		}
	}
	return all
}

// checkResults returns the results of all heads, else those of the head.
func (v *view) checkResults() []evidence.CheckResult {
	var all []evidence.CheckResult
	for i := range v.Record.Heads {
		all = append(all, v.Record.Heads[i].Results...)
	}
	for i := range v.Record.Checks {
		if len(v.Record.Heads) == 0 {
			all = append(all, evidence.CheckResult{Check: v.Record.Checks[i]})
		}
	}
	return all
}

func checkClass(c evidence.Check) string {
	switch {
	case c.Failed():
		return markFailed
	case c.Conclusion == evidence.ConclusionSuccess:
		return markOK
	}
	return markUnknown
}

func sessionEvents(s *evidence.Session, lane int) []event {
	all := []event{{at: s.Started, end: s.Ended, lane: lane, class: barRun, title: brief.Agent(*s) + ", session " + s.ID}}
	for _, c := range s.Commands {
		if c.Validates() {
			class := map[evidence.CommandOutcome]string{evidence.CommandOK: markOK, evidence.CommandFailed: markFailed}[c.Outcome]
			if class == "" {
				class = markUnknown
			}
			all = append(all, event{at: c.Started, lane: lane, class: class, title: c.Family + " " + brief.Outcome(c.Outcome)})
		}
	}
	for _, e := range s.Edits {
		all = append(all, event{at: e.Time, lane: lane, class: markEdit, title: fmt.Sprintf("edit of %s (+%d -%d)", e.Path, e.Added, e.Removed)})
	}
	for _, r := range s.Repairs {
		first, last := commandAt(s, r.FirstFailure), commandAt(s, r.LastRun)
		if first != nil && last != nil {
			all = append(all, event{at: first.Started, end: last.Started, lane: lane, class: barRepair, title: fmt.Sprintf("repair of %s: failed %d times, last run %s", r.Family, r.Attempts, brief.Outcome(r.Outcome))})
		}
	}
	return all
}

func commandAt(s *evidence.Session, i *int) *evidence.Command {
	if i == nil || *i < 0 || *i >= len(s.Commands) {
		return nil
	}
	return &s.Commands[*i]
}
