package results

import "testing"

func TestClock(t *testing.T) {
	if got := clock("01:02:03.5"); got != 3_723_500 {
		t.Errorf("clock: %d", got)
	}
}
