package results

import (
	"fmt"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// verdict is what a file itself says about the run that it reports, beside the
// tests that it lists. No suite can be finished without one, so that a decoder
// cannot leave it out; [silent] is the verdict of a format that has none.
type verdict struct {
	// Numbers that the file states. Its failed tests include the errored ones.
	declaration
	together bool
	// How the file says that the run failed, such as "the summary says Failed";
	// empty when it does not.
	red string
	// What else it says about that.
	said string
}

// silent is the verdict of a file that does not say how the run as a whole ended,
// or whose verdicts are about its parts and were settled one by one.
func silent() verdict { return verdict{} }

// stated is the verdict of a file that states numbers only.
func stated(d declaration) verdict { return verdict{declaration: d} }

// mark is how much was listed at some place of a file.
type mark struct {
	// Numbers of failures, those of attempts included, and of tests and parts that
	// are bad.
	failures, bad int
}

func (t *tally) mark() mark {
	return mark{t.accounted, t.suite.Counts.Bad() + t.suite.BrokenParts()}
}

// settle compares the verdict about a part of a file, or about the whole of it,
// with what was listed since it began. A part that is called failed and lists
// nothing bad becomes a broken part, so that what a file calls red is never green.
// Where something bad is listed, a difference of numbers is no further failure:
// writers count attempts and assertions.
func (t *tally) settle(subject string, v verdict, since mark) {
	now := t.mark()
	listed := now.failures - since.failures
	missing := v.bad() - listed
	if now.bad > since.bad || missing <= 0 && v.red == "" {
		return
	}
	var why []string
	if missing > 0 {
		why = append(why, fmt.Sprintf("%s stated, %d listed", evidence.Plural(v.bad(), "failure"), listed))
	}
	for _, s := range []string{v.red, v.said} {
		if s = strings.TrimSpace(s); s != "" {
			why = append(why, s)
		}
	}
	t.broken(evidence.BreakageUnlisted, subject, strings.Join(why, "; "))
	t.accounted += max(missing-1, 0)
}

// bad is the number of failures that a file states, 0 when it states none.
func (d *declaration) bad() int {
	n := 0
	for _, p := range []*int{d.failed, d.errored} {
		if p != nil {
			n += *p
		}
	}
	return n
}
