package ghtest

import (
	"archive/zip"
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
)

// State is what GitHub knows. A fixture is its JSON form; unknown fields are
// refused. Times are RFC 3339 text. What a fixture leaves out has a value that
// GitHub could give.
type State struct {
	// Token that requests have to carry; empty lets any pass.
	Token string `json:"token"`
	// Whom the token acts for; the app of GitHub Actions by default.
	Viewer Account `json:"viewer"`
	// Permissions of the token by GitHub's names, such as "pull-requests", each
	// "read", "write" or "none". Absent means everything; in a map, what is not
	// named is "none".
	Permissions map[string]string `json:"permissions"`
	Repository  Repository        `json:"repository"`
	Pulls       []*Pull           `json:"pulls"`
	Issues      []*Issue          `json:"issues"`
	Commits     []*Commit         `json:"commits"`
	Checks      []*Check          `json:"checks"`
	Statuses    []*Status         `json:"statuses"`
	// Comments on pull requests.
	Comments  []*Comment  `json:"comments"`
	Runs      []*Run      `json:"runs"`
	Artifacts []*Artifact `json:"artifacts"`
	// Files in the repository, for reading by path and ref.
	Contents []*Content `json:"contents"`
	// Entries of the merge queue of a branch, first to be merged first.
	Queue []*QueueEntry `json:"queue"`
	// Time of everything that is made.
	Now string `json:"now"`
	// Id of the next thing that is made.
	NextID int64 `json:"nextId"`
}

// Account is a user or bot. Kind is "User" (the default), "Bot", "Mannequin" or
// "Organization".
type Account struct {
	Login string `json:"login"`
	Kind  string `json:"kind"`
}

// Repository is the one repository of a server.
type Repository struct {
	Owner         string `json:"owner"`
	Name          string `json:"name"`
	ID            int64  `json:"id"`
	Private       bool   `json:"private"`
	DefaultBranch string `json:"defaultBranch"`
}

// Pull is a pull request. State is "OPEN", "CLOSED" or "MERGED".
type Pull struct {
	Number      int       `json:"number"`
	Title       string    `json:"title"`
	Body        string    `json:"body"`
	State       string    `json:"state"`
	Draft       bool      `json:"draft"`
	Locked      bool      `json:"locked"`
	Author      *Account  `json:"author"`
	Association string    `json:"association"`
	CreatedAt   string    `json:"createdAt"`
	Base        Branch    `json:"base"`
	Head        Branch    `json:"head"`
	Labels      []string  `json:"labels"`
	Closes      []string  `json:"closes"` // "#1" or "owner/name#1"
	Commits     []string  `json:"commits"`
	Reviews     []*Review `json:"reviews"`
	// One for each review that was asked for: whether it is a code owner's.
	Requested []bool `json:"requested"`
	// One for each thread: whether it is resolved.
	Threads        []bool       `json:"threads"`
	ForcePushes    []*ForcePush `json:"forcePushes"`
	Merging        []*Merging   `json:"merging"`
	ReviewDecision string       `json:"reviewDecision"`
	ClosedAt       string       `json:"closedAt"`
	UpdatedAt      string       `json:"updatedAt"`
	MergedAt       string       `json:"mergedAt"`
	MergedBy       *Account     `json:"mergedBy"`
	MergeCommit    string       `json:"mergeCommit"`
	// Contexts that branch protection requires.
	Required []string `json:"required"`
	// Contexts that a ruleset requires of the app of GitHub Actions.
	Rules []string `json:"rules"`
}

// Branch is an end of a pull request. Repository is "owner/name"; "-" means that
// it was deleted.
type Branch struct {
	Ref        string `json:"ref"`
	SHA        string `json:"sha"`
	Repository string `json:"repository"`
	// Id of the repository; made up when 0.
	RepositoryID int64 `json:"repositoryId"`
}

// Review is a review.
type Review struct {
	Author      *Account `json:"author"`
	State       string   `json:"state"`
	Association string   `json:"association"`
	SubmittedAt string   `json:"submittedAt"`
	Commit      string   `json:"commit"`
}

// ForcePush is a force-push to the head branch.
type ForcePush struct {
	At     string   `json:"at"`
	Actor  *Account `json:"actor"`
	Before string   `json:"before"`
	After  string   `json:"after"`
}

// Merging is an event of the timeline by which somebody asks GitHub to merge, such
// as "AutoSquashEnabledEvent" or "AddedToMergeQueueEvent".
type Merging struct {
	Event string   `json:"event"`
	Actor *Account `json:"actor"`
}

// Issue is an issue, of any repository.
type Issue struct {
	Repository  string          `json:"repository"`
	Number      int             `json:"number"`
	Title       string          `json:"title"`
	Body        string          `json:"body"`
	State       string          `json:"state"`
	StateReason string          `json:"stateReason"`
	Author      *Account        `json:"author"`
	Association string          `json:"association"`
	CreatedAt   string          `json:"createdAt"`
	EditedAt    string          `json:"editedAt"`
	Labels      []string        `json:"labels"`
	Milestone   string          `json:"milestone"`
	Assignees   []string        `json:"assignees"`
	Comments    []*IssueComment `json:"comments"`
	Labelled    []*Labelled     `json:"labelled"`
	Type        string          `json:"type"`
	// Texts it has had, the first one and the current one among them, the oldest
	// first; none for an issue that was never edited.
	Revisions []*Revision `json:"revisions"`
	Renames   []*Rename   `json:"renames"`
	// The token may not see it.
	Hidden bool `json:"hidden"`
}

// Revision is the text of an issue after an edit.
type Revision struct {
	At     string   `json:"at"`
	Editor *Account `json:"editor"`
	Body   string   `json:"body"`
	// Somebody deleted it from the history.
	Deleted bool `json:"deleted"`
}

// Rename is the event of an issue being given another title.
type Rename struct {
	At    string   `json:"at"`
	Actor *Account `json:"actor"`
	From  string   `json:"from"`
}

// IssueComment is a comment on an issue.
type IssueComment struct {
	Author      *Account `json:"author"`
	Association string   `json:"association"`
	Body        string   `json:"body"`
	At          string   `json:"at"`
}

// Labelled is the event of a label being put on an issue.
type Labelled struct {
	Label string   `json:"label"`
	Actor *Account `json:"actor"`
	At    string   `json:"at"`
}

// Commit is a git commit.
type Commit struct {
	SHA       string   `json:"sha"`
	Tree      string   `json:"tree"`
	Parents   []string `json:"parents"`
	Message   string   `json:"message"`
	At        string   `json:"at"`
	Author    string   `json:"author"`
	Committer string   `json:"committer"`
	Pusher    *Account `json:"pusher"`
	// Numbers of the pull requests that contain it.
	Pulls []int `json:"pulls"`
}

// Check is a check run. Status and Conclusion are in REST's lower case.
type Check struct {
	ID          int64  `json:"id"`
	Name        string `json:"name"`
	HeadSHA     string `json:"headSha"`
	App         string `json:"app"`
	AppID       int64  `json:"appId"`
	ExternalID  string `json:"externalId"`
	Status      string `json:"status"`
	Conclusion  string `json:"conclusion"`
	StartedAt   string `json:"startedAt"`
	CompletedAt string `json:"completedAt"`
	DetailsURL  string `json:"detailsUrl"`
	Title       string `json:"title"`
	Summary     string `json:"summary"`
	Text        string `json:"text"`
	Required    bool   `json:"required"`
	Run         int64  `json:"run"` // of GitHub Actions
	// It is no job of the run: a request made it, and GitHub filed it there.
	Made        bool         `json:"made"`
	Annotations []Annotation `json:"annotations"`
}

// Annotation is an annotation of a check run, in REST's field names.
type Annotation struct {
	Path    string `json:"path"`
	Start   int    `json:"start_line"`
	End     int    `json:"end_line"`
	Level   string `json:"annotation_level"`
	Title   string `json:"title"`
	Message string `json:"message"`
}

// Status is a commit status. State is in lower case.
type Status struct {
	SHA         string   `json:"sha"`
	Context     string   `json:"context"`
	State       string   `json:"state"`
	Description string   `json:"description"`
	TargetURL   string   `json:"targetUrl"`
	At          string   `json:"at"`
	Creator     *Account `json:"creator"`
	Required    bool     `json:"required"`
}

// Comment is a comment on a pull request.
type Comment struct {
	ID        int64    `json:"id"`
	Pull      int      `json:"pull"`
	Author    *Account `json:"author"`
	Body      string   `json:"body"`
	Minimized bool     `json:"minimized"`
}

// Run is a workflow run. Its jobs list those of all attempts.
type Run struct {
	ID         int64  `json:"id"`
	Name       string `json:"name"`
	WorkflowID int    `json:"workflowId"`
	// Path of the file that defines the workflow, ".github/workflows/ci.yml" when
	// empty, and "owner/name" of the repository that has it.
	Path           string `json:"path"`
	PathRepository string `json:"pathRepository"`
	Event          string `json:"event"`
	HeadSHA        string `json:"headSha"`
	HeadBranch     string `json:"headBranch"`
	// "owner/name" and id of the repository of the head.
	HeadRepository   string `json:"headRepository"`
	HeadRepositoryID int64  `json:"headRepositoryId"`
	Attempt          int    `json:"attempt"`
	Status           string `json:"status"`
	Conclusion       string `json:"conclusion"`
	Jobs             []*Job `json:"jobs"`
}

// Job is a job of a workflow run.
type Job struct {
	ID          int64  `json:"id"`
	Name        string `json:"name"`
	Attempt     int    `json:"attempt"`
	Status      string `json:"status"`
	Conclusion  string `json:"conclusion"`
	StartedAt   string `json:"startedAt"`
	CompletedAt string `json:"completedAt"`
	// Conclusions of the steps, by name, in order.
	Steps []Step `json:"steps"`
}

// Step is a step of a job.
type Step struct {
	Name       string `json:"name"`
	Conclusion string `json:"conclusion"`
}

// Artifact is an artifact of a run.
type Artifact struct {
	ID      int64  `json:"id"`
	Name    string `json:"name"`
	Run     int64  `json:"run"`
	Expired bool   `json:"expired"`
	// Contents by path, or the archive itself.
	Files map[string]string `json:"files"`
	Zip   []byte            `json:"zip"`
	// Digest that GitHub states; "" means the true one, "none" none at all.
	Digest string `json:"digest"`
	// Head that GitHub states; "" means that of the run.
	HeadSHA string `json:"headSha"`
	// Repository of the head that GitHub states; 0 means that of the run.
	HeadRepositoryID int64 `json:"headRepositoryId"`
	// Size that GitHub states; 0 means the true one.
	Size int64 `json:"size"`
}

// Content is a file at a ref; an empty Ref is every ref.
type Content struct {
	Path string `json:"path"`
	Ref  string `json:"ref"`
	Text string `json:"text"`
}

// QueueEntry is an entry of a merge queue.
type QueueEntry struct {
	Branch string `json:"branch"`
	Pull   int    `json:"pull"`
	Base   string `json:"base"`
	Head   string `json:"head"`
}

// Fixture reads a file with the JSON form of a state.
func Fixture(path string) (State, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return State{}, err
	}
	return Parse(path, data)
}

// Parse reads the JSON form of a state. Scripts that learn ids of commits only
// while they run put them in before. The path is for errors.
func Parse(path string, data []byte) (State, error) {
	var s State
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&s); err != nil {
		return State{}, fmt.Errorf("%s: %w", path, err)
	}
	return s, nil
}

// settle fills in what a fixture left out.
func (s *State) settle() {
	s.Repository.Owner = cmp.Or(s.Repository.Owner, "octo")
	s.Repository.Name = cmp.Or(s.Repository.Name, "demo")
	s.Repository.ID = cmp.Or(s.Repository.ID, 1)
	s.Repository.DefaultBranch = cmp.Or(s.Repository.DefaultBranch, "main")
	if s.Viewer.Login == "" {
		s.Viewer = Account{"github-actions", "Bot"}
	}
	s.Now = cmp.Or(s.Now, "2026-01-02T03:04:05Z")
	s.NextID = max(s.NextID, 1000)
	for _, c := range s.Checks {
		s.settleCheck(c)
	}
	for _, p := range s.Pulls {
		p.State = cmp.Or(p.State, "OPEN")
		p.Association = cmp.Or(p.Association, "CONTRIBUTOR")
		p.Base.Ref = cmp.Or(p.Base.Ref, s.Repository.DefaultBranch)
		p.Base.Repository = s.full()
		p.Head.Repository = cmp.Or(p.Head.Repository, s.full())
		if len(p.Commits) == 0 {
			p.Commits = []string{p.Head.SHA}
		}
	}
	for _, i := range s.Issues {
		i.Repository = cmp.Or(i.Repository, s.full())
		i.State = cmp.Or(i.State, "OPEN")
	}
	for _, r := range s.Runs {
		r.HeadRepository = cmp.Or(r.HeadRepository, s.full())
		r.Attempt = max(r.Attempt, 1)
		r.Event = cmp.Or(r.Event, "pull_request")
		r.Status = cmp.Or(r.Status, "completed")
		r.Name = cmp.Or(r.Name, "CI")
		r.Path = cmp.Or(r.Path, ".github/workflows/ci.yml")
		r.PathRepository = cmp.Or(r.PathRepository, s.full())
	}
	for _, c := range s.Comments {
		c.ID = cmp.Or(c.ID, s.id())
	}
	for _, a := range s.Artifacts {
		a.ID = cmp.Or(a.ID, s.id())
	}
}

func (s *State) settleCheck(c *Check) {
	c.ID = cmp.Or(c.ID, s.id())
	c.App, c.AppID = cmp.Or(c.App, "github-actions"), cmp.Or(c.AppID, actionsApp)
	c.Status = cmp.Or(c.Status, "completed")
	if c.Status == "completed" {
		c.Conclusion = cmp.Or(c.Conclusion, "success")
	}
}

// actionsApp is the id of the app of GitHub Actions on github.com.
const actionsApp = 15368

func (s *State) full() string { return s.Repository.Owner + "/" + s.Repository.Name }

func (s *State) id() int64 {
	s.NextID++
	return s.NextID
}

// may reports whether the token has a permission at a level.
func (s *State) may(permission, level string) bool {
	if s.Permissions == nil || permission == "" {
		return true
	}
	// Commenting takes either of two permissions.
	for name := range strings.SplitSeq(permission, "|") {
		if has := s.Permissions[name]; has == "write" || has == level {
			return true
		}
	}
	return false
}

func (s *State) pull(number int) *Pull {
	return find(s.Pulls, func(p *Pull) bool { return p.Number == number })
}

func (s *State) run(id int64) *Run {
	return find(s.Runs, func(r *Run) bool { return r.ID == id })
}

// workflow is the id of the run's workflow: one for each name unless stated.
func (r *Run) workflow() int { return cmp.Or(r.WorkflowID, int(idOf(r.Name)>>8)) }

// commit returns a commit that was listed, or one that has the id and a tree of
// its own.
func (s *State) commit(sha string) *Commit {
	if c := find(s.Commits, func(c *Commit) bool { return c.SHA == sha }); c != nil {
		return c
	}
	return &Commit{SHA: sha, Message: "commit " + sha[:min(7, len(sha))]}
}

func (c *Commit) tree() string {
	if c.Tree != "" {
		return c.Tree
	}
	sum := sha256.Sum256([]byte("tree of " + c.SHA))
	return hex.EncodeToString(sum[:20])
}

func find[T any](list []*T, is func(*T) bool) *T {
	if i := slices.IndexFunc(list, is); i >= 0 {
		return list[i]
	}
	return nil
}

// archive returns the bytes of the artifact.
func (a *Artifact) archive() []byte {
	if a.Zip != nil {
		return a.Zip
	}
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	for _, name := range slices.Sorted(maps.Keys(a.Files)) {
		entry, err := w.Create(name)
		if err == nil {
			_, err = entry.Write([]byte(a.Files[name]))
		}
		if err != nil {
			panic(err) // a buffer takes everything
		}
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return buf.Bytes()
}
