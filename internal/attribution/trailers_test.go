package attribution

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

func TestStrays(t *testing.T) {
	message := "Subject\n\n* first\n\n  Entire-Checkpoint: 0123456789ab\n\n* second\n\nEntire-Checkpoint: ba9876543210\nCo-authored-by: Ada <ada@example.org>\n\nNote: not an agent's\nEntire-Checkpoint:\n"
	known := []evidence.Trailer{{Key: "co-authored-by", Value: "Ada <ada@example.org>"}}
	want := []evidence.Trailer{
		{Key: "Entire-Checkpoint", Value: "0123456789ab", Stray: true},
		{Key: "Entire-Checkpoint", Value: "ba9876543210", Stray: true},
	}
	if diff := cmp.Diff(want, StrayTrailers(message, known)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestStraysBound(t *testing.T) {
	var message strings.Builder
	for n := range maxStray + 1 {
		fmt.Fprintf(&message, "Entire-Checkpoint: %012d\n\n", n)
	}
	if n := len(StrayTrailers(message.String(), nil)); n != maxStray {
		t.Errorf("%d trailers, want %d", n, maxStray)
	}
}
