package page

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/render/brief"
)

func minutes(n int) time.Time {
	return time.Unix(1_800_000_000, 0).UTC().Add(time.Duration(n) * time.Minute)
}

func eventsAt(all ...int) []event {
	var events []event
	for _, n := range all {
		events = append(events, event{at: minutes(n)})
	}
	return events
}

// Time in which nothing happened is left out when it is more than all the rest.
func TestTimeBreaks(t *testing.T) {
	for name, c := range map[string]struct {
		at   []int
		want string
	}{
		"run and review days later": {[]int{0, 1, 3, 4, 3 * 24 * 60, 3*24*60 + 2}, "2 days"},
		"run, commit and push":      {[]int{0, 1, 2, 20, 64}, "18 min, 44 min"},
		"even":                      {[]int{0, 30, 60, 90}, ""},
		"two things":                {[]int{0, 3 * 24 * 60}, ""},
		"short":                     {[]int{0, 4, 4}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := newTimeScale(eventsAt(c.at...))
			var got []string
			for _, b := range s.breaks(100) {
				got = append(got, b.Text)
			}
			if strings.Join(got, ", ") != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
	if newTimeScale(eventsAt(7, 7)) != nil || newTimeScale(nil) != nil {
		t.Error("a scale for one point in time")
	}
}

// Whatever happened when: later is further to the right, and all of it is in the
// picture.
func TestTimeScaleOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		var at []int
		for range 2 + r.IntN(30) {
			at = append(at, r.IntN(1+r.IntN(1+r.IntN(1_000_000))))
		}
		slices.Sort(at)
		s := newTimeScale(eventsAt(at...))
		if s == nil {
			continue
		}
		last := 0
		for _, n := range at {
			x := s.x(minutes(n))
			if x < last || x < timelineLeft || x > timelineWidth {
				t.Fatalf("%v: %d after %d", at, x, last)
			}
			last = x
		}
	}
}

// What is left out of a drawing is first what tells least, and is told.
func TestTimelineKeepsFailures(t *testing.T) {
	b := &evidence.Bundle{}
	s := evidence.Session{ID: "s", Agent: "codex", Started: minutes(0), Ended: minutes(9000), Joins: []evidence.SessionJoin{{Method: evidence.JoinContent}}}
	for i := range 3 * maxEvents {
		s.Edits = append(s.Edits, evidence.Edit{Path: "a", Time: minutes(i)})
	}
	s.Commands = []evidence.Command{{Family: "go test", Class: evidence.ClassTest, Outcome: evidence.CommandFailed, Started: minutes(8000)}}
	b.Record.Sessions = []evidence.Session{s}
	b.Record.Commits = []evidence.Commit{{ID: "0123456789", Subject: "x", Committed: minutes(9000)}}
	line := newView(b, brief.Options{}, nil).newFilesPage().timeline()
	all := strings.Join(line.Events, "\n")
	for _, want := range []string{"go test failed", "commit 0123456 x", "3,003 more are not shown"} {
		if !strings.Contains(all, want) {
			t.Errorf("no %q in %.300s", want, all)
		}
	}
	if len(line.Lanes) != 2 || line.Lanes[0].Name != "A1 Codex" || len(line.Marks)+len(line.Bars) != maxEvents {
		t.Errorf("lanes %v, %d marks and bars", line.Lanes, len(line.Marks)+len(line.Bars))
	}
}
