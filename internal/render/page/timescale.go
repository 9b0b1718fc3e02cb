package page

import (
	"fmt"
	"slices"
	"time"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

const (
	// maxBreaks is how often the drawing may leave time out, and breakWidth the
	// room that it takes there.
	maxBreaks  = 6
	breakWidth = 60
	// minBreak is the shortest time that is left out.
	minBreak = 5 * time.Minute
)

// timeScale maps points in time to the width of the drawing. A run takes
// minutes, and the review comes days later: time in which nothing happened is
// left out, as long as it is longer than all the rest.
type timeScale struct {
	times []time.Time // of everything that happened, each once
	at    []int       // where each is drawn
	left  []bool      // the time before it is left out
}

// newTimeScale returns nil for fewer than two points in time.
func newTimeScale(events []event) *timeScale {
	s := &timeScale{}
	for _, e := range events {
		s.times = append(s.times, e.at)
		if e.end.After(e.at) {
			s.times = append(s.times, e.end)
		}
	}
	slices.SortFunc(s.times, time.Time.Compare)
	s.times = slices.CompactFunc(s.times, time.Time.Equal)
	if len(s.times) < 2 {
		return nil
	}
	shown, breaks := s.leaveOut()
	room := float64(timelineWidth - timelineLeft - 2*timelineEdge - breaks*breakWidth)
	s.at = make([]int, len(s.times))
	x := float64(timelineLeft + timelineEdge)
	for i := range s.times {
		switch {
		case i == 0:
		case s.left[i]:
			x += breakWidth
		default:
			x += room * float64(s.gap(i)) / float64(shown)
		}
		s.at[i] = int(x)
	}
	return s
}

// gap is the time before the point i.
func (s *timeScale) gap(i int) time.Duration { return s.times[i].Sub(s.times[i-1]) }

// leaveOut chooses the time to leave out, and returns what is shown and the
// number of breaks.
func (s *timeScale) leaveOut() (shown time.Duration, breaks int) {
	shown = s.times[len(s.times)-1].Sub(s.times[0])
	s.left = make([]bool, len(s.times))
	for breaks < maxBreaks {
		longest := 0
		for i := 1; i < len(s.times); i++ {
			if !s.left[i] && (longest == 0 || s.gap(i) > s.gap(longest)) {
				longest = i
			}
		}
		if longest == 0 || s.gap(longest) < minBreak || s.gap(longest) <= shown-s.gap(longest) || shown == s.gap(longest) {
			break
		}
		shown -= s.gap(longest)
		s.left[longest] = true
		breaks++
	}
	return shown, breaks
}

// x is where a point in time is drawn.
func (s *timeScale) x(t time.Time) int {
	i, found := slices.BinarySearchFunc(s.times, t, time.Time.Compare)
	if !found {
		i = max(i-1, 0)
	}
	return s.at[i]
}

// breaks says where time is left out, and how much.
func (s *timeScale) breaks(bottom int) []timeBreak {
	var all []timeBreak
	for i := range s.times {
		if s.left[i] {
			all = append(all, timeBreak{Text: roughly(s.gap(i)), X: (s.at[i-1] + s.at[i]) / 2, Y1: 0, Y2: bottom, Foot: bottom + 14})
		}
	}
	return all
}

// roughly writes a time span in its largest unit.
func roughly(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d >= 2*day:
		return evidence.Plural(int(d/day), "day")
	case d >= 2*time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	}
	return fmt.Sprintf("%d min", int(d.Minutes()))
}
