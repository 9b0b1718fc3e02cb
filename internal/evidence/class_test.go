package evidence

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func classes() []Class {
	return []Class{FromService, FromBase, FromWorkspace, FromArtifact, FromNote, FromChange, ""}
}

// Only what the author of a change cannot write confirms what the author can, in
// either order; a class by itself, and one that nobody knows, confirms nothing.
func TestThreatClassesApart(t *testing.T) {
	outside := []Class{FromService, FromBase}
	authors := []Class{FromWorkspace, FromArtifact, FromNote, FromChange}
	for _, a := range classes() {
		for _, b := range classes() {
			want := slices.Contains(outside, a) && slices.Contains(authors, b) || slices.Contains(outside, b) && slices.Contains(authors, a)
			if got := a.Apart(b); got != want {
				t.Errorf("%q and %q apart: %t", a, b, got)
			}
			for _, basis := range []Basis{Observed, Verified, Reported, Missing, "alleged"} {
				for _, by := range []Basis{Observed, Verified, Reported, Missing, "alleged"} {
					o := Origin{Basis: basis, Class: a}
					verified := o.ConfirmedBy(Origin{Basis: by, Class: b}, "b").Basis == Verified && basis != Verified
					if verified != (want && basis == Reported && by.Certain()) {
						t.Errorf("%s %q confirmed by %s %q: %t", basis, a, by, b, verified)
					}
				}
			}
		}
	}
}

// What is put together from two facts is no better than the worse one.
func TestThreatOriginWith(t *testing.T) {
	for _, a := range classes() {
		for _, b := range classes() {
			for _, x := range grades {
				for _, y := range grades {
					got := Origin{Basis: x, Class: a, Confirmed: "c"}.With(Origin{Basis: y, Class: b})
					class := a
					if a != b {
						class = ""
					}
					if got.Basis != Weakest(x, y) || got.Class != class {
						t.Errorf("%s %q with %s %q is %+v", x, a, y, b, got)
					}
				}
			}
		}
	}
}

func TestReadFrom(t *testing.T) {
	f := Fragment{
		PullRequest: &PullRequest{Number: 1}, Checks: []Check{{Name: "a"}, {Name: "b", Origin: Origin{Class: FromChange}}},
		Heads: []Head{{Results: []CheckResult{{Check: Check{Name: "c"}}}}},
	}
	f.ReadFrom(FromService)
	got := fmt.Sprint(f.PullRequest.Origin.Class, f.Checks[0].Origin.Class, f.Checks[1].Origin.Class, f.Heads[0].Origin.Class, f.Heads[0].Results[0].Origin.Class)
	if diff := cmp.Diff("serviceservicechangeserviceservice", got); diff != "" {
		t.Error(diff)
	}
}
