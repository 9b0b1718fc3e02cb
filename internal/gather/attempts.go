package gather

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/ghapi"
)

// maxRerunRuns bounds the workflow runs whose attempts are asked for, which takes
// a request each.
const maxRerunRuns = 3

// jobInURL is the id of a check run, which is that of its job, in the address of
// its page.
var jobInURL = regexp.MustCompile(`/(?:job|runs)/([0-9]{1,18})$`)

// runAttempts asks in which attempt of their workflow runs the results were made,
// of the newest runs that have several results of one check. Without an answer the
// order of the results is all that is known.
func (p Pull) runAttempts(ctx context.Context, f *evidence.Fragment) {
	runs := repeated(f.Heads)
	owner, name, _ := strings.Cut(p.Snapshot.Repository, "/")
	if p.Client == nil || len(runs) == 0 {
		return
	}
	if n := len(runs) - maxRerunRuns; n > 0 {
		f.Gaps = append(f.Gaps, evidence.MissingGap(p.Name(), "attempts of workflow runs", evidence.Truncated,
			fmt.Sprintf("%d workflow runs were started again, of which the latest %d were asked for", len(runs), maxRerunRuns)))
		runs = runs[:maxRerunRuns]
	}
	for _, run := range runs {
		attempts, err := ghapi.JobAttempts(ctx, p.Client, owner, name, run)
		if err != nil {
			f.Gaps = append(f.Gaps, evidence.MissingGap(p.Name(), fmt.Sprintf("attempts of workflow run %d", run), evidence.ReasonOf(err, evidence.Unavailable), err.Error()))
		}
		for h := range f.Heads {
			for i := range f.Heads[h].Results {
				if r := &f.Heads[h].Results[i]; r.RunID == run && r.RunAttempt == 0 {
					r.RunAttempt = attempts[jobOf(r.URL)]
				}
			}
		}
	}
}

// jobOf returns the id of the job that an address is of, 0 if of none.
func jobOf(url string) int64 {
	m := jobInURL.FindStringSubmatch(url)
	if m == nil {
		return 0
	}
	id, _ := strconv.ParseInt(m[1], 10, 64) // of digits, and few enough
	return id
}

// repeated returns the workflow runs that have several results of one check, the
// newest first: ids of runs ascend.
func repeated(heads []evidence.Head) []int64 {
	var runs []int64
	for _, h := range heads {
		for i, r := range h.Results {
			again := func(x evidence.CheckResult) bool { return x.Same(r) && x.URL != "" }
			if r.RunID != 0 && !slices.Contains(runs, r.RunID) && slices.ContainsFunc(h.Results[:i], again) {
				runs = append(runs, r.RunID)
			}
		}
	}
	slices.Sort(runs)
	slices.Reverse(runs)
	return runs
}
