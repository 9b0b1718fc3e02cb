package ghapi

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/google/go-github/v60/github"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// Again asks once more, by REST, for the lists on which a gate may rest and which
// GraphQL did not answer in full. What cannot be had this way either leaves its
// list as it was, and is in the error.
type Again struct {
	Client      *github.Client
	Owner, Repo string
}

// Checks completes the checks of the head. What GraphQL alone knows of a check,
// such as whether it is required, stays.
func (a Again) Checks(ctx context.Context, s *Snapshot) error {
	head := s.Head()
	if head == nil {
		return evidence.Errorf(evidence.NotFound, "checks of the head: GitHub left the head out")
	}
	what := "checks of commit " + evidence.ShortID(head.Oid)
	runs, err := all(func(page int) ([]*github.CheckRun, *github.Response, error) {
		list, resp, err := a.Client.Checks.ListCheckRunsForRef(ctx, a.Owner, a.Repo, head.Oid, &github.ListCheckRunsOptions{
			Filter: github.String("latest"), ListOptions: github.ListOptions{PerPage: perPage, Page: page},
		})
		if err != nil {
			return nil, resp, err
		}
		return list.CheckRuns, resp, nil
	})
	if err != nil {
		return Explain(withoutAddress(err), what)
	}
	statuses, err := all(func(page int) ([]*github.RepoStatus, *github.Response, error) {
		list, resp, err := a.Client.Repositories.GetCombinedStatus(ctx, a.Owner, a.Repo, head.Oid, &github.ListOptions{PerPage: perPage, Page: page})
		if err != nil {
			return nil, resp, err
		}
		return list.Statuses, resp, nil
	})
	if err != nil {
		return Explain(withoutAddress(err), "statuses of commit "+evidence.ShortID(head.Oid))
	}
	known := head.Checks().All()
	found := []*Check{}
	for _, r := range runs {
		found = append(found, checkOf(r, known))
	}
	a.workflows(ctx, head.Oid, runs, found)
	for _, x := range statuses {
		found = append(found, statusOf(x, known))
	}
	head.StatusCheckRollup = &struct{ Contexts List[Check] }{List[Check]{TotalCount: len(found), Nodes: found}}
	return nil
}

// checkOf is a check run as GraphQL has it. What REST says counts, since something
// of the other answer was lost.
func checkOf(r *github.CheckRun, known []*Check) *Check {
	c := Check{}
	for _, k := range known {
		if k.Type == "CheckRun" && k.DatabaseID == r.GetID() {
			c = *k
		}
	}
	c.Type, c.ID, c.DatabaseID, c.Name, c.ExternalID = "CheckRun", r.GetNodeID(), r.GetID(), r.GetName(), r.GetExternalID()
	c.Status, c.Conclusion, c.Title = strings.ToUpper(r.GetStatus()), strings.ToUpper(r.GetConclusion()), r.GetOutput().GetTitle()
	c.StartedAt, c.CompletedAt = moment(r.StartedAt), moment(r.CompletedAt)
	c.DetailsURL, c.Permalink = r.GetDetailsURL(), r.GetHTMLURL()
	c.Annotations.TotalCount = r.GetOutput().GetAnnotationsCount()
	if c.CheckSuite == nil {
		c.CheckSuite = &CheckSuite{}
	}
	c.CheckSuite.App = &App{DatabaseID: r.GetApp().GetID(), Slug: r.GetApp().GetSlug()}
	return &c
}

func statusOf(x *github.RepoStatus, known []*Check) *Check {
	c := Check{}
	for _, k := range known {
		if k.Type == "StatusContext" && k.Context == x.GetContext() {
			c = *k
		}
	}
	c.Type, c.ID, c.Context, c.State, c.Description, c.TargetURL = "StatusContext", x.GetNodeID(), x.GetContext(), strings.ToUpper(x.GetState()), x.GetDescription(), x.GetTargetURL()
	if x.CreatedAt != nil {
		c.CreatedAt = x.CreatedAt.Time
	}
	if x.Creator != nil {
		c.Creator = accountOf(x.Creator)
	}
	return &c
}

func moment(t *github.Timestamp) *time.Time {
	if t == nil {
		return nil
	}
	return &t.Time
}

// accountOf is an account as GraphQL has it, which leaves the ending of the names
// of apps out.
func accountOf(u *github.User) *Account {
	if u == nil {
		return nil
	}
	return &Account{Type: u.GetType(), Login: strings.TrimSuffix(u.GetLogin(), "[bot]")}
}

// workflows adds the workflow runs of the check runs that GraphQL left out, which
// REST tells by their suites. Without it, nobody knows which workflow made them.
func (a Again) workflows(ctx context.Context, sha string, runs []*github.CheckRun, checks []*Check) {
	lacks := false
	for i, c := range checks {
		lacks = lacks || c.CheckSuite.WorkflowRun == nil && runs[i].GetCheckSuite().GetID() != 0
	}
	if !lacks {
		return
	}
	list, err := a.runsOf(ctx, sha)
	if err != nil {
		return
	}
	for i, c := range checks {
		for _, r := range list {
			if suite := runs[i].GetCheckSuite().GetID(); c.CheckSuite.WorkflowRun == nil && suite != 0 && r.Suite == suite {
				c.CheckSuite.WorkflowRun = r.workflowRun(a.Owner + "/" + a.Repo)
			}
		}
	}
}

// Files completes the files that define the workflows of the head's checks. Servers
// whose GraphQL does not know them tell by REST. What cannot be had stays unknown.
func (a Again) Files(ctx context.Context, s *Snapshot) {
	head := s.Head()
	if head == nil {
		return
	}
	var without []*WorkflowRun
	for _, c := range head.Checks().All() {
		if c.CheckSuite != nil && c.CheckSuite.WorkflowRun != nil && c.CheckSuite.WorkflowRun.File == nil {
			without = append(without, c.CheckSuite.WorkflowRun)
		}
	}
	if len(without) == 0 {
		return
	}
	list, err := a.runsOf(ctx, head.Oid)
	if err != nil {
		return
	}
	for _, run := range without {
		for _, r := range list {
			if r.ID == run.DatabaseID {
				run.File = r.workflowRun(a.Owner + "/" + a.Repo).File
			}
		}
	}
}

// runsOf lists the workflow runs on a commit, a hundred at most.
func (a Again) runsOf(ctx context.Context, sha string) ([]restRun, error) {
	address := fmt.Sprintf("repos/%s/%s/actions/runs?head_sha=%s&per_page=%d", url.PathEscape(a.Owner), url.PathEscape(a.Repo), url.QueryEscape(sha), perPage)
	req, err := a.Client.NewRequest(http.MethodGet, address, nil)
	var list struct {
		Runs []restRun `json:"workflow_runs"`
	}
	if err == nil {
		_, err = a.Client.Do(ctx, req, &list)
	}
	return list.Runs, err
}

// restRun is a workflow run as REST describes it. go-github's type lacks the path.
type restRun struct {
	ID       int64  `json:"id"`
	Name     string `json:"name"`
	Path     string `json:"path"` // of the workflow's file, with "@<ref>" for one of another repository
	Event    string `json:"event"`
	Suite    int64  `json:"check_suite_id"`
	Workflow int64  `json:"workflow_id"`
}

func (r restRun) workflowRun(repository string) *WorkflowRun {
	w := &WorkflowRun{DatabaseID: r.ID, Event: r.Event}
	w.Workflow.Name, w.Workflow.DatabaseID = r.Name, r.Workflow
	if r.Path != "" && !strings.Contains(r.Path, "@") {
		w.File = &WorkflowFile{Path: r.Path, RepositoryName: repository}
	}
	return w
}

// Reviews completes the reviews. REST does not tell the tree that a reviewer saw.
func (a Again) Reviews(ctx context.Context, s *Snapshot) error {
	list, err := all(func(page int) ([]*github.PullRequestReview, *github.Response, error) {
		return a.Client.PullRequests.ListReviews(ctx, a.Owner, a.Repo, s.Pull.Number, &github.ListOptions{PerPage: perPage, Page: page})
	})
	if err != nil {
		return Explain(withoutAddress(err), "reviews")
	}
	found := []*Review{}
	for _, r := range list {
		x := &Review{
			ID: r.GetNodeID(), URL: r.GetHTMLURL(), State: r.GetState(), SubmittedAt: moment(r.SubmittedAt),
			AuthorAssociation: r.GetAuthorAssociation(), Author: accountOf(r.User),
		}
		if r.GetCommitID() != "" {
			x.Commit = &ReviewedCommit{Oid: r.GetCommitID()}
		}
		found = append(found, x)
	}
	s.Pull.Reviews = List[Review]{TotalCount: len(found), Nodes: found}
	return nil
}

// Labels completes the labels.
func (a Again) Labels(ctx context.Context, s *Snapshot) error {
	pull, _, err := a.Client.PullRequests.Get(ctx, a.Owner, a.Repo, s.Pull.Number)
	if err != nil {
		return Explain(withoutAddress(err), "labels")
	}
	found := []*Label{}
	for _, l := range pull.Labels {
		found = append(found, &Label{Name: l.GetName()})
	}
	s.Pull.Labels = List[Label]{TotalCount: len(found), Nodes: found}
	return nil
}

// all reads a list to its end, up to a limit beyond which it is an error.
func all[T any](read func(page int) ([]T, *github.Response, error)) ([]T, error) {
	var all []T
	for page := 1; page != 0; {
		if page > maxListPages {
			return nil, evidence.Errorf(evidence.Truncated, "more than %d", maxListPages*perPage)
		}
		list, resp, err := read(page)
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
		page = resp.NextPage
	}
	return all, nil
}
