package render

import (
	"fmt"
	"slices"
	"time"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

const (
	// maxLanes and maxEvents bound the drawing; the tables have the rest.
	maxLanes  = 12
	maxEvents = 1500

	laneHeight    = 28
	timelineWidth = 1040
	timelineLeft  = 150
	markWidth     = 4
)

// timeline is a drawing of when things happened: one lane for each agent run,
// one for commits, one for checks, one for reviews and the merge.
type timeline struct {
	Width, Height, Left, Right, Foot int
	From, To, Summary                string
	Lanes                            []lane
	Marks, Legend                    []shape
	Events                           []string
}

type lane struct {
	Name             string
	Label, Y, X1, X2 int
}

// event is one thing that happened.
type event struct {
	at           time.Time
	lane         int
	class, title string
}

func (v *view) timeline() *timeline {
	names, events := v.events()
	events = slices.DeleteFunc(events, func(e event) bool { return e.at.IsZero() })
	if len(events) < 2 {
		return nil
	}
	slices.SortStableFunc(events, func(a, b event) int { return a.at.Compare(b.at) })
	total := len(events)
	events = events[:min(total, maxEvents)]
	first, last := events[0].at, events[len(events)-1].at
	t := &timeline{
		Width: timelineWidth, Height: laneHeight*len(names) + 30, Left: timelineLeft, Right: timelineWidth - markWidth, Foot: laneHeight*len(names) + 22,
		From: instant(first), To: instant(last), Summary: plural(total, "event") + " in " + plural(len(names), "lane"),
		Legend: []shape{{Class: "t-ok", Title: "validation or check ok"}, {Class: "t-failed", Title: "failed"}, {Class: "t-unknown", Title: "unknown"}, {Class: "t-edit", Title: "edit"}, {Class: "t-commit", Title: "commit"}, {Class: "t-review", Title: "review or merge"}},
	}
	for i, name := range names {
		t.Lanes = append(t.Lanes, lane{name, i*laneHeight + 18, i*laneHeight + 14, timelineLeft, timelineWidth})
	}
	whole := max(last.Sub(first), time.Second)
	for _, e := range events {
		x := timelineLeft + int(float64(e.at.Sub(first))/float64(whole)*float64(timelineWidth-timelineLeft-markWidth))
		height := 18
		if e.class == "t-edit" {
			height = 8
		}
		t.Marks = append(t.Marks, shape{Class: e.class, Title: e.title, X: x, Y: e.lane*laneHeight + 14 - height/2, W: markWidth, H: height})
		t.Events = append(t.Events, instant(e.at)+" "+e.title)
	}
	if n := total - len(events); n > 0 {
		t.Events = append(t.Events, count(n)+" more are not shown")
	}
	return t
}

// events collects what happened, with the names of the lanes.
func (v *view) events() ([]string, []event) {
	var names []string
	var all []event
	for _, s := range v.record.Sessions[:min(len(v.record.Sessions), maxLanes)] {
		all = append(all, sessionEvents(s, len(names))...)
		names = append(names, evidence.ClipMiddle(agent(s), 22))
	}
	for _, c := range v.record.Commits {
		all = append(all, event{c.Committed, len(names), "t-commit", fmt.Sprintf("commit %.7s %s", c.ID, c.Subject)})
	}
	for _, h := range v.record.Heads {
		if !h.Replaced.IsZero() {
			all = append(all, event{h.Replaced, len(names), "t-unknown", fmt.Sprintf("commit %.7s replaced by %s", h.Commit, h.ReplacedBy)})
		}
	}
	for _, r := range v.checkResults() {
		all = append(all, event{r.Completed, len(names) + 1, checkClass(r.Check), r.Name + " " + checkWord(r.Check)})
	}
	for _, r := range v.record.Reviews {
		all = append(all, event{r.Submitted, len(names) + 2, "t-review", "review by " + r.Reviewer.Login + ": " + r.State})
	}
	if p := v.record.PullRequest; p != nil && p.Merge != nil {
		all = append(all, event{p.Merge.At, len(names) + 2, "t-review", "merged by " + p.Merge.By.Login})
	}
	return append(names, "commits", "checks", "reviews, merge"), all
}

// checkResults returns the results of all heads, else those of the head.
func (v *view) checkResults() []evidence.CheckResult {
	var all []evidence.CheckResult
	for i := range v.record.Heads {
		all = append(all, v.record.Heads[i].Results...)
	}
	for i := range v.record.Checks {
		if len(v.record.Heads) == 0 {
			all = append(all, evidence.CheckResult{Check: v.record.Checks[i]})
		}
	}
	return all
}

func checkClass(c evidence.Check) string {
	switch {
	case c.Failed():
		return "t-failed"
	case c.Conclusion == "success":
		return "t-ok"
	}
	return "t-unknown"
}

func sessionEvents(s evidence.Session, lane int) []event {
	var all []event
	for _, c := range s.Commands {
		if c.Validates() {
			class := map[evidence.CommandOutcome]string{evidence.CommandOK: "t-ok", evidence.CommandFailed: "t-failed"}[c.Outcome]
			if class == "" {
				class = "t-unknown"
			}
			all = append(all, event{c.Started, lane, class, c.Family + " " + outcome(c.Outcome)})
		}
	}
	for _, e := range s.Edits {
		all = append(all, event{e.Time, lane, "t-edit", fmt.Sprintf("edit of %s (+%d -%d)", e.Path, e.Added, e.Removed)})
	}
	return all
}
