package gather

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/ghapi"
)

// maxResults bounds the results of one head. Failed ones are kept first.
const maxResults = 300

// heads lists what the heads of the pull request showed, oldest first. Each run
// makes the list anew from what GitHub still knows, so that nothing that was red
// can be lost on the way.
func (p Pull) heads(ctx context.Context, f *evidence.Fragment) {
	seen := map[string]bool{}
	var nodes []*ghapi.Check // of the results, for their steps
	add := func(c *ghapi.Commit) *evidence.Head {
		if c == nil || c.Oid == "" || slices.ContainsFunc(f.Heads, func(h evidence.Head) bool { return h.Commit == c.Oid }) {
			return nil
		}
		head := p.head(c, f)
		seen[c.Oid] = len(head.Results) > 0
		if len(head.Results) == 0 && !head.Current {
			return nil // it was pushed together with the next one
		}
		nodes = append(nodes, failures(c)...)
		f.Heads = append(f.Heads, head)
		return &f.Heads[len(f.Heads)-1]
	}
	for _, push := range p.Snapshot.Pull.ForcePushes.All() {
		if head := add(push.BeforeCommit); head != nil {
			head.Replaced, head.ReplacedBy = push.CreatedAt.UTC(), actor(push.Actor).Login
		}
	}
	for _, n := range p.Snapshot.Pull.Heads.All() {
		add(&n.Commit)
	}
	p.rememberedHeads(seen, f)
	slices.SortStableFunc(f.Heads, func(a, b evidence.Head) int {
		if a.Current != b.Current {
			return map[bool]int{true: 1, false: -1}[a.Current]
		}
		return a.Committed.Compare(b.Committed)
	})
	p.omittedHeads(f)
	p.runAttempts(ctx, f)
	p.failedSteps(ctx, nodes, f)
}

// rememberedHeads adds the heads that only our own comment still tells of. GitHub
// keeps checks for a while and the comment for good. What GitHub says about a
// head wins; the comment, which others with write access can edit, is believed
// only where GitHub says nothing, and no further than as a report.
func (p Pull) rememberedHeads(seen map[string]bool, f *evidence.Fragment) {
	number := p.Snapshot.Pull.Number
	for _, c := range p.Snapshot.Pull.Comments.All() {
		if !c.ViewerDidAuthor || !strings.HasPrefix(c.Body, fmt.Sprintf("<!-- mergebrief:v1 pr=%d ", number)) {
			continue
		}
		heads, dropped, ok := evidence.DecodeLedger(number, c.Body)
		if !ok {
			continue
		}
		origin := evidence.Origin{Basis: evidence.Reported, Class: evidence.FromChange, Source: "comment", URI: c.URL}
		for _, h := range heads {
			if seen[h.Commit] {
				continue
			}
			seen[h.Commit] = true
			for i := range h.Results {
				h.Results[i].Origin = origin
			}
			if at := slices.IndexFunc(f.Heads, func(x evidence.Head) bool { return x.Commit == h.Commit }); at >= 0 {
				f.Heads[at].Results = h.Results
				continue
			}
			h.Origin = origin
			f.Heads = append(f.Heads, h)
		}
		if dropped > 0 {
			f.Gaps = append(f.Gaps, evidence.MissingGap(p.Name(), "checks of earlier heads", evidence.Truncated,
				fmt.Sprintf("failures on %d earlier heads did not fit into the comment that keeps them", dropped)))
		}
	}
}

// omittedHeads says which commits were not asked about.
func (p Pull) omittedHeads(f *evidence.Fragment) {
	for _, l := range []struct {
		what         string
		total, known int
	}{
		{"commits", p.Snapshot.Pull.Heads.TotalCount, len(p.Snapshot.Pull.Heads.All())},
		{"force-pushes", p.Snapshot.Pull.ForcePushes.TotalCount, len(p.Snapshot.Pull.ForcePushes.All())},
	} {
		if l.known > 0 && l.total > l.known {
			f.Gaps = append(f.Gaps, evidence.MissingGap(p.Name(), "checks of earlier "+l.what, evidence.Truncated,
				fmt.Sprintf("of %d %s only the latest %d were looked at", l.total, l.what, l.known)))
		}
	}
}

// head maps a commit with every result on it.
func (p Pull) head(c *ghapi.Commit, f *evidence.Fragment) evidence.Head {
	head := evidence.Head{
		Origin: p.observed(p.commitURL(c.Oid)), Commit: c.Oid, Tree: c.Tree.Oid, Subject: c.MessageHeadline,
		Current: c.Oid == p.Snapshot.Pull.HeadRefOid, Committed: c.CommittedDate.UTC(),
	}
	omitted := c.CheckSuites.TotalCount - len(c.CheckSuites.All())
	for _, suite := range c.CheckSuites.All() {
		omitted += suite.CheckRuns.TotalCount - len(suite.CheckRuns.All())
		for _, run := range suite.CheckRuns.All() {
			if run.Type, run.CheckSuite = "CheckRun", suite; !p.own(run, c.Oid) {
				head.Results = append(head.Results, evidence.CheckResult{Check: p.check(run)})
			}
		}
	}
	if c.Status != nil {
		for _, s := range c.Status.Contexts {
			s.Type = "StatusContext"
			head.Results = append(head.Results, evidence.CheckResult{Check: p.check(s)})
		}
	}
	number(head.Results)
	slices.SortStableFunc(head.Results, byEnd)
	head.Results, head.ResultsOmitted = keepFailed(head.Results, maxResults)
	if omitted > 0 {
		f.Gaps = append(f.Gaps, evidence.MissingGap(p.Name(), "checks of "+evidence.ShortID(c.Oid), evidence.Truncated, fmt.Sprintf("%d suites or results were not read", omitted)))
	}
	return head
}

func (p Pull) commitURL(sha string) string {
	repository, _, _ := strings.Cut(p.Snapshot.Pull.URL, "/pull/")
	return repository + "/commit/" + sha
}

// number counts the results of each check. Results that ran at the same time are
// two jobs of one name, which have no order.
func number(results []evidence.CheckResult) {
	slices.SortStableFunc(results, func(a, b evidence.CheckResult) int { return a.Started.Compare(b.Started) })
	for i := range results {
		last := -1
		for j := range results[:i] {
			if results[j].Same(results[i]) {
				last = j
			}
		}
		switch {
		case last < 0:
			results[i].Attempt = 1
		case results[last].Attempt == 0 || results[last].Completed.IsZero() || results[i].Started.Before(results[last].Completed):
			results[last].Attempt, results[i].Attempt = 0, 0
		default:
			results[i].Attempt = results[last].Attempt + 1
		}
	}
}

// byEnd orders results as they ended, unfinished ones last.
func byEnd(a, b evidence.CheckResult) int {
	if a.Completed.IsZero() != b.Completed.IsZero() {
		return map[bool]int{true: 1, false: -1}[a.Completed.IsZero()]
	}
	return cmp.Or(a.Completed.Compare(b.Completed), cmp.Compare(a.Name, b.Name), cmp.Compare(a.URL, b.URL))
}

// keepFailed cuts a list to n results. What failed goes last.
func keepFailed(results []evidence.CheckResult, n int) ([]evidence.CheckResult, int) {
	omitted := len(results) - n
	if omitted <= 0 {
		return results, 0
	}
	drop := omitted
	kept := slices.DeleteFunc(results, func(r evidence.CheckResult) bool {
		if r.Failed() || drop == 0 {
			return false
		}
		drop--
		return true
	})
	return kept[:min(len(kept), n)], omitted
}

// failures are the failed check runs of a commit.
func failures(c *ghapi.Commit) []*ghapi.Check {
	var all []*ghapi.Check
	for _, suite := range c.CheckSuites.All() {
		for _, run := range suite.CheckRuns.All() {
			if run.ID != "" && (run.Conclusion == "FAILURE" || run.Conclusion == "TIMED_OUT") {
				all = append(all, run)
			}
		}
	}
	return all
}

// failedSteps names the steps that failed, in the newest failed jobs first. That
// they cannot be had takes nothing from the failures.
func (p Pull) failedSteps(ctx context.Context, nodes []*ghapi.Check, f *evidence.Fragment) {
	if p.Client == nil || len(nodes) == 0 {
		return
	}
	slices.SortStableFunc(nodes, func(a, b *ghapi.Check) int { return cmp.Compare(b.DatabaseID, a.DatabaseID) })
	var ids []string
	for _, n := range nodes {
		ids = append(ids, n.ID)
	}
	failed, err := ghapi.FailedSteps(ctx, p.Client, p.GraphQL, ids)
	if err != nil {
		f.Gaps = append(f.Gaps, evidence.MissingGap(p.Name(), "failed steps", evidence.ReasonOf(err, evidence.Unavailable), err.Error()))
		return
	}
	for _, n := range nodes {
		for h := range f.Heads {
			for r := range f.Heads[h].Results {
				if result := &f.Heads[h].Results[r]; result.URL == cmp.Or(n.Permalink, n.DetailsURL) {
					result.FailedSteps = failed[n.ID]
				}
			}
		}
	}
}
