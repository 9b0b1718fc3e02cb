package ghapi

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/google/go-github/v60/github"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// maxSnapshotPages bounds how far checks, reviews and threads are followed: a
// thousand of each.
const maxSnapshotPages = 10

var (
	//go:embed snapshot.graphql
	pullQuery string
	//go:embed issue.graphql
	issueFragment string
	//go:embed checks.graphql
	checkFragments string
	//go:embed run.graphql
	runFragment string
	//go:embed commit.graphql
	commitQuery string
)

// SnapshotQuery is the document that [TakeSnapshot] sends. By GitHub's formula
// (docs.github.com, "Rate limits and query limits for the GraphQL API") its pages
// cost 8 of the 1,000 points that a repository has in an hour, most of them for
// the checks of 20 commits and 10 force-pushes and a point for what the checks of
// the head say, and ask for some 30,000 of at most 500,000 nodes.
func SnapshotQuery() string {
	return pullQuery + "\n" + issueFragment + "\n" + checkFragments + "\n" + runFragment
}

// Snapshot is a pull request as GitHub described it at one moment. Field names
// and enumerations are those of GitHub's GraphQL schema. Fields behind a pointer
// are nil when GitHub has no value or the token may not see it; Faults tells
// which.
type Snapshot struct {
	// "owner/name" of the repository, as GitHub writes it.
	Repository string
	Private    bool
	Pull       Pull
	// What GitHub did not answer.
	Faults []Fault
	// Parts that were cut at a limit, in the reader's words.
	Cut []string
	// Slug of the app that the token belongs to, as GitHub answers; empty when it
	// is no app's or GitHub did not say.
	App string
}

// Account is an actor: a user, a bot, an organisation.
type Account struct {
	Type  string `json:"__typename"`
	Login string
}

// Pull is a pull request.
type Pull struct {
	Number                     int
	Title, URL, Body, State    string
	IsDraft, IsCrossRepository bool
	Locked                     bool
	CreatedAt                  time.Time
	Author                     *Account
	AuthorAssociation          string
	BaseRefName, BaseRefOid    string
	HeadRefName, HeadRefOid    string
	HeadRepository             *struct {
		NameWithOwner string
		DatabaseID    int64 `json:"databaseId"`
	}
	ReviewDecision   string
	MergedAt         *time.Time
	MergedBy         *Account
	MergeCommit      *MergeCommit
	AutoMergeRequest *struct {
		EnabledAt   time.Time
		MergeMethod string
		EnabledBy   *Account
	}
	MergeQueueEntry *struct {
		Position int
		State    string
	}
	Labels                  List[Label]
	BaseRef                 *BaseRef
	ClosingIssuesReferences List[Issue]
	Reviews                 List[Review]
	ReviewThreads           List[Thread]
	// Reviews that were asked for and not given. Of whom is left out: a workflow's
	// token may not see teams.
	ReviewRequests List[struct{ AsCodeOwner bool }]
	Comments       List[Comment]
	ForcePushes    List[ForcePush]
	// Who switched on that it merges by itself, or put it into the merge queue.
	Merging List[MergeRequest]
	// The commits, without what was checked on them; the latest of them with all
	// that is known of it; and the head with the latest result of each check.
	History List[struct{ Commit Commit }]
	Heads   List[struct{ Commit Commit }]
	Tip     List[struct{ Commit Commit }]
}

// Object is a git object.
type Object struct{ Oid string }

// Label is a label.
type Label struct{ Name string }

// MergeCommit is the commit that a merge left on the base branch.
type MergeCommit struct {
	Oid          string
	AuthoredDate time.Time
	Tree         Object
	Parents      List[struct {
		Oid, MessageHeadline string
		AuthoredDate         time.Time
	}]
}

// BaseRef is what rules ask of the base branch.
type BaseRef struct {
	RefUpdateRule *struct{ RequiredStatusCheckContexts []string }
	Rules         List[struct {
		Type       string
		Parameters *struct {
			RequiredStatusChecks []struct {
				Context       string
				IntegrationID int64 `json:"integrationId"`
			}
		}
	}]
}

// Issue is an issue, with its latest comments and labellings.
type Issue struct {
	Number                  int
	Title, URL, Body, State string
	StateReason             string
	AuthorAssociation       string
	CreatedAt               time.Time
	LastEditedAt            *time.Time
	Author                  *Account
	Repository              struct{ NameWithOwner string }
	Labels                  List[Label]
	Milestone               *struct{ Title string }
	IssueType               *struct{ Name string }
	Assignees               List[Account]
	Comments                List[IssueComment]
	TimelineItems           List[Labelled]
	Renames                 List[Renamed]
	// The revisions of the text, the latest first. The first one of an issue that
	// was edited is the text that it was opened with, if IncludesCreatedEdit says so.
	UserContentEdits    List[Revision]
	IncludesCreatedEdit bool
}

// Revision is the text of an issue after an edit. GitHub calls it a diff and gives
// the whole text; nil when somebody deleted it from the history.
type Revision struct {
	EditedAt time.Time
	Editor   *Account
	Diff     *string
}

// Renamed says who gave an issue another title.
type Renamed struct {
	CreatedAt     time.Time
	Actor         *Account
	PreviousTitle string
}

// IssueComment is a comment on an issue.
type IssueComment struct {
	Body, URL, AuthorAssociation string
	CreatedAt                    time.Time
	Author                       *Account
}

// Labelled says who put a label on an issue.
type Labelled struct {
	CreatedAt time.Time
	Actor     *Account
	Label     Label
}

// Review is one review of a pull request.
type Review struct {
	ID, URL, State    string
	SubmittedAt       *time.Time
	AuthorAssociation string
	Author            *Account
	// The head that the reviewer looked at; nil when it is gone.
	Commit *ReviewedCommit
}

// ReviewedCommit is the head that a reviewer looked at.
type ReviewedCommit struct {
	Oid  string
	Tree Object
}

// Thread is a thread of review comments.
type Thread struct {
	ID                     string
	IsResolved, IsOutdated bool
}

// Comment is a comment on the pull request.
type Comment struct {
	// Node id.
	ID string
	// Id in REST. GraphQL's own databaseId is too small for today's ids.
	FullDatabaseID               int64 `json:",string"`
	URL, Body                    string
	IsMinimized, ViewerDidAuthor bool
}

// ForcePush replaced the head by one that does not descend from it.
type ForcePush struct {
	CreatedAt    time.Time
	Actor        *Account
	BeforeCommit *Commit
	AfterCommit  *Object
}

// MergeRequest asks GitHub to merge a pull request later, or not to. Type is that
// of the event.
type MergeRequest struct {
	Type  string `json:"__typename"`
	Actor *Account
}

// Commit is a commit of the pull request with what was checked on it.
type Commit struct {
	Oid                         string
	AuthoredDate, CommittedDate time.Time
	MessageHeadline, Message    string
	Tree                        Object
	Author, Committer           *struct{ User *Account }
	// Pull requests of the repository that contain the commit.
	AssociatedPullRequests List[struct {
		Number                         int
		State, HeadRefOid, BaseRefName string
	}]
	// The latest result of each check, whoever reports it.
	StatusCheckRollup *struct{ Contexts List[Check] }
	// Every result of every check run, and the latest statuses.
	CheckSuites List[CheckSuite]
	Status      *struct{ Contexts []*Check }
}

// Checks returns the check runs and statuses of the commit. GitHub has no rollup
// for a commit without any.
func (c *Commit) Checks() List[Check] {
	if c.StatusCheckRollup == nil {
		return List[Check]{Nodes: []*Check{}}
	}
	return c.StatusCheckRollup.Contexts
}

// Check is a check run or a commit status; Type is "CheckRun" or
// "StatusContext".
type Check struct {
	Type string `json:"__typename"`
	// Of check runs.
	DatabaseID                                 int64 `json:"databaseId"`
	Name, Status, Conclusion                   string
	StartedAt, CompletedAt                     *time.Time
	DetailsURL, Permalink, ExternalID          string
	Title                                      string
	Annotations                                List[struct{ Message string }]
	CheckSuite                                 *CheckSuite
	ID, Context, State, Description, TargetURL string // of statuses
	CreatedAt                                  time.Time
	Creator                                    *Account
	IsRequired                                 *bool
}

// CheckSuite says whose a check run is.
type CheckSuite struct {
	CheckRuns List[Check]
	// The push that started it.
	Push        *struct{ Pusher *Account }
	App         *App
	WorkflowRun *WorkflowRun
}

// App is who makes check runs.
type App struct {
	DatabaseID int64 `json:"databaseId"`
	Slug       string
}

// WorkflowRun is a run of GitHub Actions.
type WorkflowRun struct {
	DatabaseID int64 `json:"databaseId"`
	Event      string
	// The file that defines it, and "owner/name" of the repository that has it; nil
	// when GitHub does not tell.
	File     *WorkflowFile
	Workflow struct {
		Name       string
		DatabaseID int64 `json:"databaseId"`
	}
}

// WorkflowFile is the file that defines a workflow.
type WorkflowFile struct{ Path, RepositoryName string }

// TakeSnapshot asks GraphQL at address for a pull request: one request, and
// more only for the parts that have over a hundred entries, and for a history of
// more than 20 commits or 10 force-pushes. What GitHub leaves
// out is in Snapshot.Faults; the error is for when there is no pull request to
// speak of.
func TakeSnapshot(ctx context.Context, client *github.Client, address, owner, name string, number int) (*Snapshot, error) {
	what := fmt.Sprintf("pull request %s/%s#%d", owner, name, number)
	vars := map[string]any{"owner": owner, "name": name, "number": number}
	s, err := askPull(ctx, client, address, vars)
	if err != nil {
		return nil, Explain(err, what)
	}
	for page := 1; s.incomplete(vars); page++ {
		if page == maxSnapshotPages {
			s.Cut = append(s.Cut, fmt.Sprintf("checks, reviews or threads after the first %d", 100*maxSnapshotPages))
			break
		}
		next, err := askPull(ctx, client, address, vars)
		if err != nil {
			s.Cut = append(s.Cut, fmt.Sprintf("checks, reviews or threads after the first %d: %s", 100*page, err))
			break
		}
		if next.Pull.HeadRefOid != s.Pull.HeadRefOid {
			s.Cut = append(s.Cut, "checks, reviews or threads after the first hundred: the head moved while they were read")
			break
		}
		s.join(next, vars)
	}
	s.olderHeads(ctx, client, address, map[string]any{"owner": owner, "name": name, "number": number})
	return s, nil
}

func askPull(ctx context.Context, client *github.Client, address string, vars map[string]any) (*Snapshot, error) {
	var answer struct {
		Viewer     *Viewer
		Repository *struct {
			NameWithOwner string
			IsPrivate     bool
			PullRequest   *Pull
		}
	}
	s := &Snapshot{}
	var err error
	s.Faults, err = askOlder(ctx, client, address, SnapshotQuery(), vars, &answer)
	if partial, ok := asPartial(err); ok && answer.Repository != nil && answer.Repository.PullRequest != nil {
		s.Faults, err = append(s.Faults, partial.Faults...), nil
	}
	if err != nil {
		return nil, err
	}
	if answer.Repository == nil || answer.Repository.PullRequest == nil {
		return nil, evidence.Errorf(evidence.NotFound, "GitHub shows no such pull request to this token")
	}
	s.Repository, s.Private = answer.Repository.NameWithOwner, answer.Repository.IsPrivate
	s.Pull, s.App = *answer.Repository.PullRequest, answer.Viewer.app()
	s.Pull.flaw(s.Faults)
	return s, nil
}

// Head returns the last commit of the pull request, nil when GitHub left it out.
func (s *Snapshot) Head() *Commit {
	for _, n := range s.Pull.Tip.All() {
		if n.Commit.Oid != "" {
			return &n.Commit
		}
	}
	return nil
}

// ExternalIDs returns the external ids of the check runs on a commit, nil unless
// GitHub told of them all.
func (s *Snapshot) ExternalIDs(commit string) []string {
	for _, n := range s.Pull.Heads.All() {
		suites := n.Commit.CheckSuites
		if n.Commit.Oid != commit || suites.Nodes == nil || suites.TotalCount > len(suites.All()) {
			continue
		}
		ids := []string{}
		for _, suite := range suites.All() {
			if suite.CheckRuns.Nodes == nil || suite.CheckRuns.TotalCount > len(suite.CheckRuns.All()) {
				return nil
			}
			for _, run := range suite.CheckRuns.All() {
				ids = append(ids, run.ExternalID)
			}
		}
		return ids
	}
	return nil
}

// incomplete reports whether a page is missing, and sets the cursors for it.
func (s *Snapshot) incomplete(vars map[string]any) bool {
	more := false
	follow := func(cursor string, has bool, end string) {
		delete(vars, cursor)
		if has && end != "" {
			vars[cursor], more = end, true
		}
	}
	follow("reviewsAfter", s.Pull.Reviews.PageInfo.HasNextPage, s.Pull.Reviews.PageInfo.EndCursor)
	follow("threadsAfter", s.Pull.ReviewThreads.PageInfo.HasNextPage, s.Pull.ReviewThreads.PageInfo.EndCursor)
	if head := s.Head(); head != nil {
		follow("checksAfter", head.Checks().PageInfo.HasNextPage, head.Checks().PageInfo.EndCursor)
	}
	return more
}

// join appends the pages of next that vars asked for.
func (s *Snapshot) join(next *Snapshot, vars map[string]any) {
	s.Faults = append(s.Faults, next.Faults...)
	if vars["reviewsAfter"] != nil {
		s.Pull.Reviews.extend(next.Pull.Reviews)
	}
	if vars["threadsAfter"] != nil {
		s.Pull.ReviewThreads.extend(next.Pull.ReviewThreads)
	}
	head, more := s.Head(), next.Head()
	if vars["checksAfter"] == nil || head == nil || head.StatusCheckRollup == nil {
		return
	}
	if more == nil {
		head.StatusCheckRollup.Contexts.lose()
		return
	}
	head.StatusCheckRollup.Contexts.extend(more.Checks())
}

// IssueRef names an issue.
type IssueRef struct {
	Owner, Name string
	Number      int
}

// Key returns "owner/name#n".
func (r IssueRef) Key() string { return fmt.Sprintf("%s/%s#%d", r.Owner, r.Name, r.Number) }

// Issues reads issues in one request. An issue that is missing from the result
// has a fault whose path is its index; one that is a pull request is missing
// without being at fault. A field that the server does not know is a fault, too.
func Issues(ctx context.Context, client *github.Client, address string, refs []IssueRef) (map[IssueRef]*Issue, []Fault, error) {
	if len(refs) == 0 {
		return nil, nil, nil
	}
	document, vars := issuesQuery(refs)
	answer := map[string]*struct{ Issue json.RawMessage }{}
	older, err := askOlder(ctx, client, address, document, vars, &answer)
	var faults []Fault
	if partial, ok := asPartial(err); ok {
		faults, err = partial.Faults, nil
	}
	if err != nil {
		return nil, nil, Explain(err, "issues")
	}
	found := map[IssueRef]*Issue{}
	for i, ref := range refs {
		r := answer[fmt.Sprintf("i%d", i)]
		var issue Issue
		if r != nil && json.Unmarshal(r.Issue, &issue) == nil && issue.Number == ref.Number {
			found[ref] = &issue
		}
	}
	for i := range faults {
		faults[i].Path, _, _ = strings.Cut(strings.TrimPrefix(faults[i].Path, "i"), ".")
	}
	return found, append(faults, older...), nil
}

// issuesQuery numbers the issues, since GraphQL cannot repeat a field.
func issuesQuery(refs []IssueRef) (string, map[string]any) {
	var head, body strings.Builder
	vars := map[string]any{}
	for i, r := range refs {
		fmt.Fprintf(&head, "$o%d: String!, $n%d: String!, $k%d: Int!, ", i, i, i)
		fmt.Fprintf(&body, "  i%d: repository(owner: $o%d, name: $n%d) { issue: issueOrPullRequest(number: $k%d) { ...issue } }\n", i, i, i, i)
		vars[fmt.Sprintf("o%d", i)], vars[fmt.Sprintf("n%d", i)], vars[fmt.Sprintf("k%d", i)] = r.Owner, r.Name, r.Number
	}
	return fmt.Sprintf("query Issues(%s) {\n%s}\n%s", strings.TrimSuffix(head.String(), ", "), body.String(), issueFragment), vars
}
