package action

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// maxEventBytes is above what GitHub delivers (25 MB for a webhook), so that a
// larger file is something else.
const maxEventBytes = 32 << 20

// Event is what started the workflow, from the payload that GitHub wrote. What
// the event does not say is zero, and has to come from the API.
type Event struct {
	// Name of the event and of the activity, such as "pull_request" and
	// "opened".
	Name, Action string
	// Repository as "owner/name".
	Repository string
	// Number of the pull request. For merge_group, the last one of the group,
	// which may hold more.
	Number int
	// Full id of the last commit of the change, its branch, and the repository
	// that the branch is in; that one is "" when it was deleted.
	Head, HeadRef, HeadRepository string
	// Id of that repository; 0 when it is not known.
	HeadRepositoryID int64
	// Full id of the commit that the change is compared with, and its branch.
	Base, BaseRef string
	// The head is in another repository. The token then may write nothing
	// unless the event runs in the base repository.
	Fork bool
	// The pull request is a draft; it was merged, as this commit.
	Draft, Merged bool
	MergeCommit   string
	// The run whose end started this one; only for workflow_run.
	Run *TriggeringRun
}

// TriggeringRun is the workflow run that a workflow_run event is about. Its head
// is Event.Head.
type TriggeringRun struct {
	ID      int64
	Attempt int
	// Name of the workflow, the event that started the run, and how it ended.
	Workflow, Event, Conclusion string
	// Owner of the head repository, by which the API finds the pull requests of
	// a branch.
	HeadOwner string
}

// ErrNoPullRequest says that an event and the inputs name no pull request.
var ErrNoPullRequest = errors.New("no pull request")

// parsers are the events that are understood.
var parsers = []struct {
	name  string
	parse func(*Event, payload) error
}{
	{"pull_request", fromPull},
	{"pull_request_target", fromPull},
	{"pull_request_review", fromPull},
	{"merge_group", fromMergeGroup},
	{"workflow_run", fromWorkflowRun},
	{"push", fromPush},
	{"workflow_dispatch", fromDispatch},
	{"schedule", func(*Event, payload) error { return nil }},
}

// ParseEvent reads the payload of the event with the name. It looks at nothing
// but what it needs: a field that GitHub adds or changes is no error. Commit ids
// and numbers are checked for their form.
func ParseEvent(name string, data []byte) (Event, error) {
	if len(data) > maxEventBytes {
		return Event{}, fmt.Errorf("event %s: the payload has %d bytes, more than %d", shorten(name), len(data), maxEventBytes)
	}
	var known []string
	for _, p := range parsers {
		if p.name != name {
			known = append(known, p.name)
			continue
		}
		var in payload
		if err := json.Unmarshal(data, &in); err != nil {
			return Event{}, fmt.Errorf("event %s: the payload cannot be read: %w", name, err)
		}
		e := Event{Name: name, Action: in.Action, Repository: in.Repository.FullName}
		if err := p.parse(&e, in); err != nil {
			return Event{}, fmt.Errorf("event %s: %w", name, err)
		}
		return e, nil
	}
	return Event{}, fmt.Errorf("event %q is not supported; run on %s", shorten(name), strings.Join(known, ", "))
}

// ForPull returns the event for the pull request that the input pull-request
// names, 0 for none. The input never overrules an event that names another one,
// and gives no event without a pull request a head: that comes from the API.
// Events that leave it to the API which pull requests they are about pass.
func (e Event) ForPull(number int) (Event, error) {
	switch {
	case number == 0 && e.Number == 0 && e.Name == "workflow_dispatch":
		return e, fmt.Errorf("event %s: %w: name it by the input pull-request", e.Name, ErrNoPullRequest)
	case number == 0 || number == e.Number:
		return e, nil
	case e.Number != 0:
		return e, fmt.Errorf("input pull-request: %d is not allowed: the event %s is about pull request %d", number, e.Name, e.Number)
	}
	e.Number = number
	return e, nil
}

// payload holds the fields of all events that are read. go-github's types have
// hundreds more, and one that has changed since would fail the run.
type payload struct {
	Action      string
	Repository  repository
	PullRequest *pullPayload `json:"pull_request"`
	MergeGroup  *struct {
		HeadSHA string `json:"head_sha"`
		HeadRef string `json:"head_ref"`
		BaseSHA string `json:"base_sha"`
		BaseRef string `json:"base_ref"`
	} `json:"merge_group"`
	WorkflowRun *runPayload `json:"workflow_run"`
	Inputs      map[string]json.RawMessage
	Ref         string
	Before      string
	After       string
	Deleted     bool
}

type repository struct {
	ID       int64
	FullName string `json:"full_name"`
	Owner    struct{ Login string }
}

type side struct {
	SHA, Ref string
	Repo     *repository
}

type pullPayload struct {
	Number      int
	Head, Base  side
	Draft       bool
	Merged      bool
	MergeCommit string `json:"merge_commit_sha"`
}

type runPayload struct {
	ID             int64
	Name           string
	Attempt        int `json:"run_attempt"`
	Event          string
	Conclusion     string
	HeadSHA        string      `json:"head_sha"`
	HeadBranch     string      `json:"head_branch"`
	HeadRepository *repository `json:"head_repository"`
	PullRequests   []struct {
		Number int
		Head   side
		Base   side
	} `json:"pull_requests"`
}

func fromPull(e *Event, in payload) error {
	p := in.PullRequest
	if p == nil || p.Number <= 0 {
		return fmt.Errorf("the payload names %w", ErrNoPullRequest)
	}
	e.Number, e.Draft, e.Merged = p.Number, p.Draft, p.Merged
	e.Head, e.HeadRef, e.Base, e.BaseRef = p.Head.SHA, p.Head.Ref, p.Base.SHA, p.Base.Ref
	if p.Merged {
		// Until then it is a trial merge, which says nothing.
		e.MergeCommit = p.MergeCommit
	}
	if p.Head.Repo != nil {
		e.HeadRepository, e.HeadRepositoryID = p.Head.Repo.FullName, p.Head.Repo.ID
	}
	e.Fork = !sameRepository(p.Head.Repo, p.Base.Repo)
	return errors.Join(commit("pull_request.head.sha", e.Head), commit("pull_request.base.sha", e.Base))
}

// sameRepository is false when either is not known: a deleted repository can
// only have been a fork.
func sameRepository(a, b *repository) bool {
	return a != nil && b != nil && a.ID == b.ID && a.FullName == b.FullName
}

// queueRef is the branch of a merge queue, which names the last pull request of
// the group.
var queueRef = regexp.MustCompile(`^refs/heads/gh-readonly-queue/.+/pr-([0-9]+)-[0-9a-f]{40,64}$`)

func fromMergeGroup(e *Event, in payload) error {
	g := in.MergeGroup
	if g == nil {
		return errors.New("the payload has no merge_group")
	}
	e.Head, e.HeadRef, e.HeadRepository = g.HeadSHA, branch(g.HeadRef), e.Repository
	e.Base, e.BaseRef = g.BaseSHA, branch(g.BaseRef)
	if m := queueRef.FindStringSubmatch(g.HeadRef); m != nil {
		number, err := pullNumber(m[1])
		if err != nil {
			return fmt.Errorf("merge_group.head_ref: %q names no pull request", shorten(g.HeadRef))
		}
		e.Number = number
	}
	return errors.Join(commit("merge_group.head_sha", e.Head), commit("merge_group.base_sha", e.Base))
}

func fromWorkflowRun(e *Event, in payload) error {
	r := in.WorkflowRun
	if r == nil || r.ID == 0 {
		return errors.New("the payload has no workflow_run")
	}
	e.Head, e.HeadRef = r.HeadSHA, r.HeadBranch
	e.Run = &TriggeringRun{ID: r.ID, Attempt: r.Attempt, Workflow: r.Name, Event: r.Event, Conclusion: r.Conclusion}
	if r.HeadRepository != nil {
		e.HeadRepository, e.HeadRepositoryID = r.HeadRepository.FullName, r.HeadRepository.ID
		e.Run.HeadOwner = r.HeadRepository.Owner.Login
	}
	e.Fork = !sameRepository(r.HeadRepository, &in.Repository)
	// The list is empty for forks, and names the pull requests of the branch in
	// whatever repository, with the heads that they have now.
	for _, p := range r.PullRequests {
		if p.Head.SHA != r.HeadSHA || p.Base.Repo == nil || p.Base.Repo.ID != in.Repository.ID {
			continue
		}
		if e.Number != 0 {
			e.Number, e.Base, e.BaseRef = 0, "", ""
			break
		}
		e.Number, e.Base, e.BaseRef = p.Number, p.Base.SHA, p.Base.Ref
	}
	return commit("workflow_run.head_sha", e.Head)
}

func fromPush(e *Event, in payload) error {
	if in.Deleted {
		return fmt.Errorf("%s was deleted, there is no commit to report on", shorten(in.Ref))
	}
	if !strings.HasPrefix(in.Ref, "refs/heads/") {
		return fmt.Errorf("%q is no branch; run on pushes to branches", shorten(in.Ref))
	}
	e.Head, e.HeadRef, e.HeadRepository = in.After, branch(in.Ref), e.Repository
	e.BaseRef = branch(in.Ref)
	// Zeros stand for a branch that did not exist before.
	if strings.Trim(in.Before, "0") != "" {
		e.Base = in.Before
	}
	return commit("after", e.Head)
}

func fromDispatch(e *Event, in payload) error {
	raw := in.Inputs["pull-request"]
	if len(raw) == 0 || slices.Contains([]string{`null`, `""`}, string(raw)) {
		return nil
	}
	value := string(raw)
	if text, err := strconv.Unquote(value); err == nil {
		value = text
	}
	number, err := pullNumber(strings.TrimSpace(value))
	if err != nil {
		return &InputError{Input: "pull-request", Value: value, Allowed: err.Error()}
	}
	e.Number = number
	return nil
}

func branch(ref string) string { return strings.TrimPrefix(ref, "refs/heads/") }

// commitID is the form of a full commit id, SHA-1 or SHA-256.
var commitID = regexp.MustCompile(`^([0-9a-f]{40}|[0-9a-f]{64})$`)

func commit(field, id string) error {
	if !commitID.MatchString(id) || strings.Trim(id, "0") == "" {
		return fmt.Errorf("the payload's %s is %q, which is no commit id", field, shorten(id))
	}
	return nil
}
