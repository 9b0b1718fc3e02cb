package results

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

func suiteOf(t *testing.T, cases string) evidence.Suite {
	t.Helper()
	f, err := DecodeJUnit(strings.NewReader(`<testsuite name="s">` + cases + `</testsuite>`))
	if err != nil {
		t.Fatal(err)
	}
	return f.Suites[0]
}

func TestJoinReruns(t *testing.T) {
	const (
		pass  = `<testcase name="a"/>`
		fail  = `<testcase name="a"><failure message="no"/></testcase>`
		skip  = `<testcase name="a"><skipped/></testcase>`
		other = `<testcase name="b"/>`
	)
	tests := map[string]struct {
		files []string
		// Counts of each suite as "total passed failed skipped flaky", and the
		// cases of all.
		counts []string
		cases  []string
	}{
		"a failure that passes in the rerun is flaky": {[]string{fail + other, pass}, []string{"1 1 0 0 0", "1 1 0 0 1"}, []string{"passed a: no [failed passed]"}},
		"a pass that fails in the rerun is failed":    {[]string{pass + other, fail}, []string{"1 1 0 0 0", "1 0 1 0 0"}, []string{"failed a: no [passed failed]"}},
		"a failure that fails again":                  {[]string{fail, fail, fail}, []string{"0 0 0 0 0", "0 0 0 0 0", "1 0 1 0 0"}, []string{"failed a: no [failed failed failed]"}},
		"a pass that passes again counts once":        {[]string{pass + other, pass + other}, []string{"0 0 0 0 0", "2 2 0 0 0"}, nil},
		"a skip replaces nothing":                     {[]string{fail, skip}, []string{"1 0 1 0 0", "0 0 0 0 0"}, []string{"failed a: no"}},
		"a skip that runs at last":                    {[]string{skip, pass}, []string{"0 0 0 0 0", "1 1 0 0 0"}, nil},
		"a skip and then a failure":                   {[]string{skip, fail}, []string{"0 0 0 0 0", "1 0 1 0 0"}, []string{"failed a: no [skipped failed]"}},
		"the first outcome survives two reruns":       {[]string{fail, pass, pass}, []string{"0 0 0 0 0", "0 0 0 0 0", "1 1 0 0 1"}, []string{"passed a: no [failed passed passed]"}},
		"attempts of a file and of a rerun":           {[]string{fail + pass, fail}, []string{"0 0 0 0 0", "1 0 1 0 0"}, []string{"failed a: no [passed failed failed]"}},
		"two cases of one name":                       {[]string{pass + pass, fail}, []string{"0 0 0 0 0", "1 0 1 0 0"}, []string{"failed a: no [passed failed]"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var suites []evidence.Suite
			for _, file := range tt.files {
				suites = append(suites, suiteOf(t, file))
			}
			var counts, cases []string
			for _, s := range JoinReruns(suites) {
				c := s.Counts
				counts = append(counts, strings.Trim(fmt.Sprint([]int{c.Total, c.Passed, c.Failed, c.Skipped, c.Flaky}), "[]"))
				for _, c := range s.Cases {
					cases = append(cases, describe(c))
				}
			}
			if diff := cmp.Diff(tt.counts, counts); diff != "" {
				t.Errorf("counts (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.cases, cases); diff != "" {
				t.Errorf("cases (-want +got):\n%s", diff)
			}
		})
	}
}

// TestJoinRerunsKeepsInput joins twice from the same suites.
func TestJoinRerunsKeepsInput(t *testing.T) {
	suites := []evidence.Suite{
		suiteOf(t, `<testcase name="a"><failure/></testcase><testcase name="b"/>`),
		suiteOf(t, `<testcase name="a"/><testcase name="b"><failure/></testcase>`),
	}
	first := JoinReruns(suites)
	if diff := cmp.Diff(first, JoinReruns(suites)); diff != "" {
		t.Errorf("joining changed the input:\n%s", diff)
	}
}
