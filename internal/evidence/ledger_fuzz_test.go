package evidence

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func hidden() string {
	failed := CheckResult{Check: Check{Name: "unit tests", App: "github-actions", Status: CheckCompleted, Conclusion: ConclusionFailure, Completed: time.Unix(1e9, 0).UTC()}, Attempt: 1}
	return EncodeLedger(7, []Head{{Commit: strings.Repeat("a1", 20), Results: []CheckResult{failed}}})
}

// What a comment hides is believed only as it was written: a change of a single byte,
// or the number of another pull request, makes it nothing.
func TestThreatHiddenState(t *testing.T) {
	line := hidden()
	if _, _, ok := DecodeLedger(7, "text\n"+line+"\ntext"); !ok {
		t.Fatal("the line itself is not read")
	}
	if _, _, ok := DecodeLedger(8, line); ok {
		t.Error("the line of another pull request is believed")
	}
	want, _, _ := DecodeLedger(7, line)
	for i := range line {
		for _, b := range []byte{'A', 'z', '0', ' ', 0xff} {
			changed := line[:i] + string([]byte{b}) + line[i+1:]
			// The filling bits of base64 can change without changing a byte.
			if got, _, ok := DecodeLedger(7, changed); ok && !cmp.Equal(want, got) {
				t.Errorf("byte %d as %q: %+v", i, b, got)
			}
		}
	}
}

// Whatever stands in a comment, reading it ends, and what is believed is what a ledger
// of ours would say.
func FuzzLedger(f *testing.F) {
	f.Add(hidden())
	f.Add(ledgerStart + Digest(nil) + " " + ledgerEnd)
	f.Add(strings.Replace(hidden(), "sha256:", "sha256:0", 1))
	f.Fuzz(func(t *testing.T, comment string) {
		heads, _, ok := DecodeLedger(7, comment)
		if !ok {
			if len(heads) > 0 {
				t.Errorf("heads of a ledger that is not believed: %+v", heads)
			}
			return
		}
		for _, h := range heads {
			for _, r := range h.Results {
				if r.Status != CheckCompleted || r.Origin.Basis.Certain() {
					t.Errorf("%+v", r)
				}
			}
		}
		again, _, ok := DecodeLedger(7, EncodeLedger(7, heads))
		failing := heads[:0:0]
		for _, h := range heads {
			if len(keep(h).Failed) > 0 {
				failing = append(failing, h)
			}
		}
		if ok && len(again) == len(failing) && len(failing) == len(heads) {
			for i := range again {
				if diff := cmp.Diff(keep(heads[i]), keep(again[i]), cmpopts.EquateEmpty()); diff != "" {
					t.Errorf("written again (-first +second):\n%s", diff)
				}
			}
		}
	})
}
