package gather

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/go-github/v60/github"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/ghapi"
	"github.com/mergebrief/mergebrief/internal/git"
)

// Pull is the source of what GitHub says about the pull request: the pull request
// itself, its tickets, the checks of its heads, its reviews and its merge. All of
// it is observed, but the text in it was written by anyone.
type Pull struct {
	// What GitHub answered to the one query.
	Snapshot *ghapi.Snapshot
	// Client and address of GraphQL for what the query cannot know: tickets that
	// are only named, and earlier attempts of workflow runs. Without a client
	// those are left out, and gaps say so.
	Client  *github.Client
	GraphQL string
	// Repository with the commits of the change, which tells whether the change
	// edits what made its checks; nil when there is none.
	Repo *git.Repo
	// Name of our check run.
	CheckName string
	// Other trackers, whose tickets are found by their keys and never fetched.
	Trackers []Tracker
	// Labels on an issue that mean that it is approved, "approved" when empty.
	ApprovalLabels []string
	// Labels of priorities, the most urgent first; without any, labels that name a
	// priority as is usual.
	Priorities []Priority
}

// Name returns "github".
func (Pull) Name() string { return "github" }

// Class returns the class of GitHub's answers.
func (Pull) Class() evidence.Class { return evidence.FromService }

// Gather maps the snapshot to facts. What GitHub left out of it is a gap, with
// the reason.
func (p Pull) Gather(ctx context.Context, t evidence.Target) (evidence.Fragment, error) {
	if p.Snapshot == nil {
		return evidence.Fragment{}, evidence.Errorf(evidence.Unavailable, "GitHub did not answer about the pull request")
	}
	var f evidence.Fragment
	p.again(ctx, &f)
	f.PullRequest = p.pullRequest()
	f.PullRequest.Assurances, f.Mentions = readBody(f.PullRequest.Origin, p.Snapshot.Pull.Body)
	f.Reviews = p.reviews()
	f.Checks, f.OwnChecks = p.checks(ctx, t)
	p.required(&f)
	p.tickets(ctx, t, &f)
	p.heads(ctx, &f)
	f.Gaps = append(f.Gaps, p.faults(len(f.Tickets) > 0)...)
	if head := p.Snapshot.Pull.HeadRefOid; t.Head != "" && head != t.Head {
		g := evidence.MissingGap(p.Name(), "checks of the head", evidence.NotFound,
			"the pull request is at "+evidence.ShortID(head)+" now, the record is about "+evidence.ShortID(t.Head))
		g.Hint = "the run for the newer head replaces this one"
		f.Gaps = append(f.Gaps, g)
		// They say nothing about the commit of the record. The ledger has them.
		f.Checks, f.OwnChecks, f.PullRequest.RequiredChecks = nil, nil, nil
		f.Whole = slices.DeleteFunc(f.Whole, func(l evidence.GatedList) bool { return l == evidence.GatedChecks })
	}
	return f, nil
}

func (p Pull) observed(uri string) evidence.Origin {
	return evidence.Origin{Basis: evidence.Observed, Source: p.Name(), URI: cmp.Or(uri, p.Snapshot.Pull.URL)}
}

func (p Pull) pullRequest() *evidence.PullRequest {
	g := &p.Snapshot.Pull
	out := &evidence.PullRequest{
		Origin: p.observed(g.URL), Number: g.Number, URL: g.URL, Title: g.Title, State: evidence.State(strings.ToLower(g.State)), Draft: g.IsDraft,
		Author: actor(g.Author), Association: strings.ToLower(g.AuthorAssociation), BaseRef: g.BaseRefName, HeadRef: g.HeadRefName,
		Fork: g.IsCrossRepository, Head: g.HeadRefOid, Labels: labelNames(g.Labels), ReviewDecision: evidence.ReviewDecision(strings.ToLower(g.ReviewDecision)),
		Threads: max(g.ReviewThreads.TotalCount, len(g.ReviewThreads.All())), Locked: g.Locked, Created: g.CreatedAt.UTC(),
	}
	if g.HeadRepository != nil {
		out.HeadRepository = g.HeadRepository.NameWithOwner
	}
	if head := p.Snapshot.Head(); head != nil && head.Oid == g.HeadRefOid {
		out.HeadTree, out.HeadAuthor, out.HeadCommitter = head.Tree.Oid, login(head.Author), login(head.Committer)
		for _, other := range head.AssociatedPullRequests.All() {
			if other.Number != g.Number && other.State == "OPEN" && other.HeadRefOid == head.Oid {
				out.SameHead = append(out.SameHead, other.Number)
			}
		}
	}
	out.ReviewsRequested = max(g.ReviewRequests.TotalCount, len(g.ReviewRequests.All()))
	for _, r := range g.ReviewRequests.All() {
		if r.AsCodeOwner {
			out.CodeOwnersRequested++
		}
	}
	for _, thread := range g.ReviewThreads.All() {
		if !thread.IsResolved {
			out.UnresolvedThreads++
		}
	}
	if g.AutoMergeRequest != nil {
		by := actor(g.AutoMergeRequest.EnabledBy)
		out.AutoMergeBy = &by
	}
	out.Merge, out.LastPusher, out.Logins = merge(g), p.lastPusher(), map[string]string{}
	for _, n := range g.History.All() {
		if l := login(n.Commit.Author); l != "" {
			out.Logins[n.Commit.Oid] = l
		}
	}
	return out
}

// lastPusher is who pushed the head: the push that started its checks names them,
// or the force-push that put it there.
func (p Pull) lastPusher() *evidence.Account {
	g := &p.Snapshot.Pull
	if head := p.Snapshot.Head(); head != nil && head.Oid == g.HeadRefOid {
		for _, suite := range head.CheckSuites.All() {
			if suite.Push != nil && suite.Push.Pusher != nil {
				by := actor(suite.Push.Pusher)
				return &by
			}
		}
	}
	for _, f := range slices.Backward(g.ForcePushes.All()) {
		if f.AfterCommit != nil && f.AfterCommit.Oid == g.HeadRefOid && f.Actor != nil {
			by := actor(f.Actor)
			return &by
		}
	}
	return nil
}

func login(a *struct{ User *ghapi.Account }) string {
	if a == nil || a.User == nil {
		return ""
	}
	return a.User.Login
}

// actor maps an account; one that was deleted has none and is GitHub's "ghost".
func actor(a *ghapi.Account) evidence.Account {
	if a == nil {
		return evidence.Account{Login: "ghost"}
	}
	kind := strings.ToLower(a.Type)
	if kind == "enterpriseuseraccount" {
		kind = "user"
	}
	return evidence.Account{Login: a.Login, Kind: evidence.AccountKind(kind)}
}

func labelNames(l ghapi.List[ghapi.Label]) []string {
	var names []string
	for _, n := range l.All() {
		names = append(names, n.Name)
	}
	return names
}

func merge(g *ghapi.Pull) *evidence.Merge {
	if g.MergedAt == nil {
		return nil
	}
	m := &evidence.Merge{By: actor(g.MergedBy), At: g.MergedAt.UTC()}
	m.Via, m.ViaBy = mergedVia(g)
	if c := g.MergeCommit; c != nil {
		m.Commit, m.Tree = c.Oid, c.Tree.Oid
		for _, parent := range c.Parents.All() {
			m.Parents = append(m.Parents, parent.Oid)
		}
		m.Method = mergeMethod(g)
	}
	return m
}

// mergedVia says whether GitHub merged by itself, as somebody had asked it to. The
// latest such event counts.
func mergedVia(g *ghapi.Pull) (via evidence.MergeVia, by *evidence.Account) {
	for _, e := range g.Merging.All() {
		asked := actor(e.Actor)
		switch e.Type {
		case "AutoMergeEnabledEvent", "AutoSquashEnabledEvent", "AutoRebaseEnabledEvent":
			via, by = evidence.ViaAutoMerge, &asked
		case "AddedToMergeQueueEvent":
			via, by = evidence.ViaQueue, &asked
		case "AutoMergeDisabledEvent":
			via, by = "", nil
		}
	}
	return via, by
}

// mergeMethod tells how a pull request was merged by what is left of it: two
// parents are a merge, and a rebase keeps the date and subject of every commit,
// also of the one before the last. Of a single commit, a rebase keeps the date and
// a squash does not.
func mergeMethod(g *ghapi.Pull) evidence.MergeMethod {
	parents, commits := g.MergeCommit.Parents.All(), g.History.All()
	switch {
	case g.MergeCommit.Oid == g.HeadRefOid:
		return evidence.MergeFastForward
	case len(parents) > 1:
		return evidence.MergeCommit
	case len(parents) == 0 || len(commits) == 0:
		return ""
	case len(commits) == 1:
		authored := commits[0].Commit.AuthoredDate
		switch {
		case authored.IsZero() || g.MergeCommit.AuthoredDate.IsZero():
			return ""
		case g.MergeCommit.AuthoredDate.Equal(authored):
			return evidence.MergeRebase
		}
		return evidence.MergeSquash
	}
	before := commits[len(commits)-2].Commit
	if before.AuthoredDate.IsZero() {
		return ""
	}
	if parents[0].AuthoredDate.Equal(before.AuthoredDate) && parents[0].MessageHeadline == before.MessageHeadline {
		return evidence.MergeRebase
	}
	return evidence.MergeSquash
}

func (p Pull) reviews() []evidence.Review {
	var all []evidence.Review
	for _, r := range p.Snapshot.Pull.Reviews.All() {
		if r.State == "PENDING" {
			continue // a draft that only its author sees
		}
		out := evidence.Review{
			Origin: p.observed(r.URL), Reviewer: actor(r.Author), State: evidence.ReviewState(strings.ToLower(r.State)),
			Association: strings.ToLower(r.AuthorAssociation), Submitted: instant(r.SubmittedAt), URL: r.URL,
		}
		if r.Commit != nil {
			out.Commit, out.Tree = r.Commit.Oid, r.Commit.Tree.Oid
		}
		all = append(all, out)
	}
	return all
}

func instant(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}

// checks maps the checks of the head, by name, and those of ours apart.
func (p Pull) checks(ctx context.Context, t evidence.Target) (all, own []evidence.Check) {
	head := p.Snapshot.Head()
	if head == nil || head.Oid != p.Snapshot.Pull.HeadRefOid {
		return nil, nil
	}
	makers := p.makers(t)
	for _, c := range head.Checks().All() {
		if p.own(c, head.Oid) {
			own = append(own, p.check(c))
			continue
		}
		check := p.check(c)
		check.Definition = makers.of(ctx, c)
		all = append(all, check)
	}
	for _, list := range [][]evidence.Check{all, own} {
		slices.SortStableFunc(list, func(a, b evidence.Check) int {
			return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.App, b.App), cmp.Compare(a.Workflow, b.Workflow), cmp.Compare(a.URL, b.URL))
		})
	}
	return all, own
}

// own reports whether a check run is one that mergebrief made, for whatever key, of
// this pull request or of one with the same head. Its external id says which record
// it is of, but whoever makes a check run writes that: what GitHub says has to agree.
// The app is that of the token, and the check run is no job of a workflow, which we
// never make and whose results must not disappear. Who else has a token of this app
// that may write check runs could give any of them another conclusion anyway.
func (p Pull) own(c *ghapi.Check, head string) bool {
	app := ""
	if c.CheckSuite != nil && c.CheckSuite.App != nil {
		app = c.CheckSuite.App.Slug
	}
	return c.Type == "CheckRun" && app != "" && app == p.Snapshot.App && !isJob(c) && p.ofRecord(c.ExternalID, head)
}

// isJob reports whether a check run is a job of a workflow. GitHub puts its page
// below the one of the workflow run; those that are made by a request have pages of
// their own. The address in question is GitHub's and not that behind "Details".
func isJob(c *ghapi.Check) bool { return strings.Contains(c.Permalink, "/actions/runs/") }

// ofRecord reports whether an external id is that of a record of this head.
func (p Pull) ofRecord(id, head string) bool {
	rest, ok := strings.CutPrefix(id, "mergebrief:")
	of, rest, both := strings.Cut(rest, ":")
	key, same := strings.CutPrefix(rest, head)
	if !ok || !both || !same || key != "" && key[0] != ':' {
		return false
	}
	number, err := strconv.Atoi(of)
	if err != nil || number == p.Snapshot.Pull.Number {
		return err == nil
	}
	if tip := p.Snapshot.Head(); tip != nil {
		for _, other := range tip.AssociatedPullRequests.All() {
			if other.Number == number && other.HeadRefOid == head {
				return true
			}
		}
	}
	return false
}

func (p Pull) check(c *ghapi.Check) evidence.Check {
	if c.Type == "StatusContext" {
		return p.status(c)
	}
	out := evidence.Check{
		Origin: p.observed(cmp.Or(c.Permalink, c.DetailsURL)), Name: c.Name, Status: evidence.CheckStatus(strings.ToLower(c.Status)), Conclusion: evidence.Conclusion(strings.ToLower(c.Conclusion)),
		Required: c.IsRequired, Started: instant(c.StartedAt), Completed: instant(c.CompletedAt), URL: cmp.Or(c.Permalink, c.DetailsURL),
	}
	if s := c.CheckSuite; s != nil {
		if s.App != nil {
			out.App, out.AppID = s.App.Slug, s.App.DatabaseID
		}
		if run := s.WorkflowRun; run != nil {
			out.RunID, out.Workflow, out.WorkflowID = run.DatabaseID, run.Workflow.Name, run.Workflow.DatabaseID
		}
	}
	out.Annotations = max(c.Annotations.TotalCount, len(c.Annotations.All()))
	if out.Detail = said(c.Title); out.Detail == "" && len(c.Annotations.All()) > 0 {
		out.Detail = said(c.Annotations.All()[0].Message)
	}
	return out
}

// maxSaid bounds what a check says of its result, in bytes.
const maxSaid = 300

// said makes one line of what a check says, within bounds.
func said(s string) string { return evidence.Clip(strings.Join(strings.Fields(s), " "), maxSaid) }

// status maps a commit status, which knows four states instead of a status and a
// conclusion, and one more for a required one that nobody has set.
func (p Pull) status(c *ghapi.Check) evidence.Check {
	out := evidence.Check{Origin: p.observed(c.TargetURL), Name: c.Context, Required: c.IsRequired, URL: c.TargetURL, Started: c.CreatedAt.UTC(), Detail: said(c.Description)}
	if c.Creator != nil {
		out.App = c.Creator.Login
	}
	switch state := strings.ToLower(c.State); state {
	case "success", "failure", "error":
		out.Status, out.Conclusion, out.Completed = evidence.CheckCompleted, evidence.Conclusion(state), c.CreatedAt.UTC()
	default: // pending, expected
		out.Status = evidence.CheckStatus(state)
	}
	return out
}

// required compares what rules of the base branch require with what the head
// has. A required check without any result is easily taken for a pass.
func (p Pull) required(f *evidence.Fragment) {
	base := p.Snapshot.Pull.BaseRef
	if base == nil {
		return
	}
	demand := func(name string, app int64) {
		r := evidence.RequiredCheck{Name: name, AppID: app}
		if !slices.ContainsFunc(f.PullRequest.RequiredChecks, func(x evidence.RequiredCheck) bool { return x.Name == name && x.AppID == app }) {
			r.Absent = p.absent(r)
			f.PullRequest.RequiredChecks = append(f.PullRequest.RequiredChecks, r)
		}
	}
	if base.RefUpdateRule != nil {
		for _, name := range base.RefUpdateRule.RequiredStatusCheckContexts {
			demand(name, 0)
		}
	}
	for _, rule := range base.Rules.All() {
		if rule.Parameters == nil {
			continue
		}
		for _, c := range rule.Parameters.RequiredStatusChecks {
			demand(c.Context, c.IntegrationID)
		}
	}
	for _, r := range f.PullRequest.RequiredChecks {
		if r.Absent {
			g := evidence.MissingGap(p.Name(), "required check "+r.Name, evidence.NotFound, "a rule of the base branch requires it, and the head has no result of it")
			g.Hint = "see why it did not start: path filters, a workflow that waits for approval, or a renamed job"
			f.Gaps = append(f.Gaps, g)
		}
	}
}

// absent reports whether the head has no result of a required check.
func (p Pull) absent(r evidence.RequiredCheck) bool {
	head := p.Snapshot.Head()
	switch {
	case head == nil || p.unseen("statusCheckRollup"):
		return false // not known
	case r.Name == p.CheckName:
		return false // this run makes it
	}
	return !slices.ContainsFunc(head.Checks().All(), func(c *ghapi.Check) bool {
		if c.Type == "StatusContext" {
			// GitHub does not tell which app set it, but whether it is the one.
			pinned := r.AppID != 0 && (c.IsRequired == nil || !*c.IsRequired)
			return c.Context == r.Name && c.State != "EXPECTED" && !pinned
		}
		app := c.CheckSuite != nil && c.CheckSuite.App != nil && c.CheckSuite.App.DatabaseID == r.AppID
		return c.Name == r.Name && (r.AppID == 0 || app)
	})
}

// unseen reports whether GitHub left out the field, anywhere.
func (p Pull) unseen(field string) bool {
	return slices.ContainsFunc(p.Snapshot.Faults, func(f ghapi.Fault) bool { return strings.Contains("."+f.Path+".", "."+field+".") })
}

// typeSubject and editsSubject are about a ticket, and nothing without one.
const (
	typeSubject  = "type of the ticket"
	editsSubject = "edits of the ticket"
)

// subjects name what a field of the query holds, in the reader's words, and the
// permission that shows it.
var subjects = []struct{ field, subject, permission string }{
	{"issueType", typeSubject, ""},
	{"userContentEdits", editsSubject, ""},
	{"includesCreatedEdit", editsSubject, ""},
	{"closingIssuesReferences", "ticket", "issues: read"},
	{"statusCheckRollup", "checks", "checks: read and statuses: read"},
	{"checkSuites", "checks of earlier commits", "checks: read"},
	{"status", "statuses of earlier commits", "statuses: read"},
	{"reviews", "reviews", "pull-requests: read"},
	{"reviewThreads", "review threads", "pull-requests: read"},
	{"reviewRequests", "requested reviews", "pull-requests: read"},
	{"baseRef", "rules of the base branch", ""},
	{"mergeCommit", "merge commit", "contents: read"},
	{"comments", "comments", "pull-requests: read"},
	{"forcePushes", "force-pushes", "pull-requests: read"},
	{"merging", "who asked for the merge", "pull-requests: read"},
	{"history", "commits", "contents: read"},
	{"heads", "checks of earlier commits", "checks: read"},
}

// faults are gaps for what GitHub left out, each subject once. Linked issues that
// it does not show are told of with the tickets.
func (p Pull) faults(tickets bool) []evidence.Gap {
	var gaps []evidence.Gap
	seen := map[string]bool{}
	for _, f := range p.Snapshot.Faults {
		subject, hint := "part of the pull request: "+cmp.Or(f.Path, "not named"), ""
		for _, s := range subjects {
			if strings.Contains("."+f.Path+".", "."+s.field+".") {
				if subject = s.subject; s.permission != "" && f.Reason() == evidence.Denied {
					hint = "add " + s.permission + " under permissions:"
				}
				break
			}
		}
		ofTicket := subject == typeSubject || subject == editsSubject
		if !seen[subject] && (tickets || !ofTicket) && !linkedIssue.MatchString(f.Path) {
			seen[subject] = true
			g := evidence.MissingGap(p.Name(), subject, f.Reason(), f.Message)
			g.Hint = hint
			gaps = append(gaps, g)
		}
	}
	for _, what := range p.Snapshot.Cut {
		gaps = append(gaps, evidence.MissingGap(p.Name(), "part of the pull request", evidence.Truncated, what))
	}
	return gaps
}
