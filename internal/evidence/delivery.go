package evidence

import (
	"slices"
	"strings"
	"time"
)

// Account is an account on GitHub.
type Account struct {
	Login string `json:"login"`
	// "user", "bot", "organization" or "mannequin".
	Kind AccountKind `json:"kind,omitempty"`
}

// Deleted reports whether the account is gone: GitHub shows all of those as one.
func (a Account) Deleted() bool { return a.Login == deletedLogin && a.Kind == "" }

// PullRequest is the pull request as GitHub describes it.
type PullRequest struct {
	Origin Origin `json:"origin"`
	Number int    `json:"number"`
	URL    string `json:"url,omitempty"`
	Title  string `json:"title"`
	// "open", "closed" or "merged".
	State  State   `json:"state"`
	Draft  bool    `json:"draft,omitempty"`
	Author Account `json:"author"`
	// The author's association with the repository, in GitHub's words.
	Association string `json:"association,omitempty"`
	BaseRef     string `json:"baseRef"`
	HeadRef     string `json:"headRef"`
	// Repository of the head branch; differs from the target for a fork.
	HeadRepository string `json:"headRepository,omitempty"`
	Fork           bool   `json:"fork,omitempty"`
	// Head commit as GitHub knows it, and the tree that it records.
	Head     string `json:"head" redact:"keep"`
	HeadTree string `json:"headTree,omitempty" redact:"keep"`
	// Numbers of other open pull requests with the same head: a check run stands
	// under all of them.
	SameHead []int `json:"sameHead,omitempty"`
	// Logins that GitHub joins with the head commit's author and committer.
	HeadAuthor    string `json:"headAuthor,omitempty"`
	HeadCommitter string `json:"headCommitter,omitempty"`
	// Who pushed the head, when GitHub tells.
	LastPusher *Account `json:"lastPusher,omitempty"`
	Labels     []string `json:"labels,omitempty"`
	// GitHub's review decision: "approved", "changes_requested" or
	// "review_required"; empty when no rule asks for a review.
	ReviewDecision ReviewDecision `json:"reviewDecision,omitempty"`
	// Numbers of reviews that were asked for and not given, and of those among them
	// that code owners have to give.
	ReviewsRequested    int `json:"reviewsRequested,omitempty"`
	CodeOwnersRequested int `json:"codeOwnersRequested,omitempty"`
	// Numbers of review threads.
	Threads           int `json:"threads,omitempty"`
	UnresolvedThreads int `json:"unresolvedThreads,omitempty"`
	// Nobody but collaborators can comment.
	Locked bool `json:"locked,omitempty"`
	// Who asked GitHub to merge as soon as all rules are met.
	AutoMergeBy *Account `json:"autoMergeBy,omitempty"`
	// Names of the checks that rules of the base branch require; absent when the
	// token may not see the rules.
	RequiredChecks []RequiredCheck `json:"requiredChecks,omitempty"`
	Created        time.Time       `json:"created,omitzero"`
	// Assurances of the description that can be checked.
	Assurances []Assurance `json:"statements,omitempty"`
	// The merge decision; absent while not merged.
	Merge *Merge `json:"merge,omitempty"`

	// Logins that GitHub joins with the authors of commits, by commit. They live
	// only while facts are joined and never enter the bundle.
	Logins map[string]string `json:"-"`
}

// RequiredCheck is a check that a rule of the base branch requires.
type RequiredCheck struct {
	Name string `json:"name"`
	// Id of the app that has to report it; 0 when any may.
	AppID int64 `json:"appId,omitempty"`
	// The head commit has no check of that name and app.
	Absent bool `json:"absent,omitempty"`
}

// Merge is a merge decision.
type Merge struct {
	By     Account   `json:"by"`
	At     time.Time `json:"at"`
	Commit string    `json:"commit" redact:"keep"`
	// Tree that the merge commit records, and its parents.
	Tree    string   `json:"tree,omitempty" redact:"keep"`
	Parents []string `json:"parents,omitempty" redact:"keep"`
	// "merge", "squash", "rebase" or "fast-forward"; empty when the commits do not
	// tell.
	Method MergeMethod `json:"method,omitempty"`
	// "auto-merge" or "queue" when GitHub merged it by itself, as somebody had asked
	// it to, and who that was.
	Via   MergeVia `json:"via,omitempty"`
	ViaBy *Account `json:"viaBy,omitempty"`
}

// Acting is something that an agent did, as the evidence has it, in the name of a
// person's account.
type Acting struct {
	Origin Origin `json:"origin"`
	// Login of the account, or the name that git has where no login is known.
	Account string `json:"account"`
	Agent   string `json:"agent"`
	Session string `json:"session,omitempty"`
	// "commit", "push", "pull-request", "review" or "merge"; "on-behalf" where the
	// agent used an account of its own and names the person it worked for.
	Act Act `json:"act"`
	// Commits that it made, or pushed, and the number of those left out at a limit.
	Commits        []string `json:"commits,omitempty" redact:"keep"`
	CommitsOmitted int      `json:"commitsOmitted,omitempty"`
	// What says so: the "run" itself, a "trailer" of the commits, the "description" of
	// the pull request.
	Because Because `json:"because"`
	// Credential that the run says it used.
	Credential string `json:"credential,omitempty"`
}

// SameLogin reports whether two logins are those of one account. A deleted account,
// which GitHub calls "ghost", is like no other.
func SameLogin(a, b string) bool {
	return a != "" && a != deletedLogin && strings.EqualFold(a, b)
}

// deletedLogin is how GitHub shows accounts that are gone.
const deletedLogin = "ghost"

// What an account can have to do with a change beside reviewing it.
const (
	RoleAuthor    = "author"
	RoleRequester = "requester"
	// RoleOperator is of an account in whose name an agent acted.
	RoleOperator = "operator"
	RolePusher   = "last pusher"
	// RoleCommitter is of who committed the head, where the pusher is not known.
	RoleCommitter = "committer of the head"
)

// Said reports whether nothing but what the author of the pull request brought along
// says that an agent acted in the name of somebody else: a file, a note, a commit. It
// is shown as that and counts nothing, since anybody can say anything about others.
func (r *Record) Said(a Acting) bool { return r.saidOf(a.Account, a.Origin.Basis) }

func (r *Record) ticketSaid(t Ticket) bool { return r.saidOf(t.Requester, t.Origin.Basis) }

func (r *Record) saidOf(login string, basis Basis) bool {
	return r.PullRequest != nil && !basis.Certain() && !SameLogin(login, r.PullRequest.Author.Login)
}

// SaidRoles are the roles that nothing but what the author brought along gives an
// account; see [Record.Said].
func (r *Record) SaidRoles(login string) []string {
	var roles []string
	known := r.Roles(login)
	if slices.ContainsFunc(r.Tickets, func(t Ticket) bool { return SameLogin(t.Requester, login) && r.ticketSaid(t) }) && !slices.Contains(known, RoleRequester) {
		roles = append(roles, RoleRequester)
	}
	if slices.ContainsFunc(r.Acting, func(a Acting) bool { return SameLogin(a.Account, login) && r.Said(a) }) && !slices.Contains(known, RoleOperator) {
		roles = append(roles, RoleOperator)
	}
	return roles
}

// Roles says what an account has to do with the change beside reviewing it. What
// only the author's own files say about others is not among it; see [Record.Said].
func (r *Record) Roles(login string) []string {
	var roles []string
	add := func(is bool, role string) {
		if is {
			roles = append(roles, role)
		}
	}
	p := r.PullRequest
	add(p != nil && SameLogin(p.Author.Login, login), RoleAuthor)
	add(slices.ContainsFunc(r.Tickets, func(t Ticket) bool { return SameLogin(t.Requester, login) && !r.ticketSaid(t) }), RoleRequester)
	add(slices.ContainsFunc(r.Acting, func(a Acting) bool { return SameLogin(a.Account, login) && !r.Said(a) }), RoleOperator)
	switch {
	case p == nil:
	case p.LastPusher != nil:
		add(SameLogin(p.LastPusher.Login, login), RolePusher)
	default:
		add(SameLogin(p.HeadCommitter, login), RoleCommitter)
	}
	return roles
}

// The ways in which what was merged can relate to the head.
const (
	// MergedIdentical is the same tree.
	MergedIdentical = "identical"
	// MergedSamePatch is the same patch, onto a base that had moved on.
	MergedSamePatch = "same-patch"
	// MergedSameLines adds and deletes the same lines, beside others that the base
	// had changed.
	MergedSameLines = "same-lines"
	// MergedResidual is something else than the head.
	MergedResidual = "residual"
	// MergedUnknown could not be compared.
	MergedUnknown = "unknown"
)

// Merged says how what was merged relates to the head that was checked and
// reviewed; it is empty while nothing is merged.
func (r *Record) Merged() string {
	if r.PullRequest == nil || r.PullRequest.Merge == nil {
		return ""
	}
	m, tree, c := r.PullRequest.Merge, r.PullRequest.HeadTree, r.CarryOver
	switch {
	case m.Tree != "" && m.Tree == tree, c != nil && c.SameTree:
		return MergedIdentical
	case c != nil && c.SamePatch:
		return MergedSamePatch
	case c != nil && c.SameLines:
		return MergedSameLines
	case c != nil:
		return MergedResidual
	case m.Tree == "" || tree == "" || len(m.Parents) == 0 || m.Parents[0] != r.Target.MergeBase:
		return MergedUnknown
	}
	return MergedResidual // another tree, although the base had not moved on
}

// Ticket is a work request behind the change.
type Ticket struct {
	Origin Origin `json:"origin"`
	// "#482" for an issue of the repository, else "owner/name#482" or the key
	// that the tracker uses.
	Key string `json:"key"`
	URL string `json:"url,omitempty"`
	// How it was found: "closing-reference", "keyword" in the description,
	// "commit" message, "trailer" of a commit, "branch" name, "pattern" of a
	// configured tracker, or "manifest".
	FoundBy FoundBy `json:"foundBy"`
	Title   string  `json:"title,omitempty"`
	// "open" or "closed", and why it was closed, in GitHub's words.
	State       State       `json:"state,omitempty"`
	StateReason StateReason `json:"stateReason,omitempty"`
	Requester   string      `json:"requester,omitempty"`
	// Repository that the ticket asks to be changed, when it names one.
	Repository string   `json:"repository,omitempty"`
	Labels     []string `json:"labels,omitempty"`
	Milestone  string   `json:"milestone,omitempty"`
	Assignees  []string `json:"assignees,omitempty"`
	// Type of the issue as its organisation names it, such as "Bug"; empty when it
	// has none or the server has no types.
	Type string `json:"type,omitempty"`
	// Priority in the policy's words, or else in those of the label, and the label
	// that says so; absent when something else does.
	Priority      string `json:"priority,omitempty"`
	PriorityLabel string `json:"priorityLabel,omitempty"`
	// When it was opened, and when its text was last edited.
	Created time.Time `json:"created,omitzero"`
	Edited  time.Time `json:"edited,omitzero"`
	// Edits of its title and text, as far as GitHub keeps them, the oldest first.
	Edits []TicketEdit `json:"edits,omitempty"`
	// Number of earlier edits that are not listed.
	EditsOmitted int `json:"editsOmitted,omitempty"`
	// Approval of the request; absent when nothing tells.
	Approval *Approval `json:"approval,omitempty"`
	// Acceptance criteria in the order of the ticket.
	Criteria []Criterion `json:"criteria,omitempty"`
	// Number of criteria left out at a limit.
	CriteriaOmitted int `json:"criteriaOmitted,omitempty"`
	// What others say about the ticket that is known worse than the ticket itself.
	Reports []TicketReport `json:"reports,omitempty"`
}

// TicketReport is what a file says about a ticket that the code host describes.
type TicketReport struct {
	Origin     Origin `json:"origin"`
	Requester  string `json:"requester,omitempty"`
	Repository string `json:"repository,omitempty"`
	Type       string `json:"type,omitempty"`
	Priority   string `json:"priority,omitempty"`
}

// Says reports whether it says anything.
func (r TicketReport) Says() bool {
	return r.Requester != "" || r.Repository != "" || r.Type != "" || r.Priority != ""
}

// TicketEdit is one edit of a ticket.
type TicketEdit struct {
	At time.Time `json:"at"`
	By string    `json:"by,omitempty"`
	// Title before, when the title was edited.
	OldTitle string `json:"oldTitle,omitempty"`
	// What became of the criteria, and the number of edits to them left out at a
	// limit.
	Criteria        []CriterionEdit `json:"criteria,omitempty"`
	CriteriaOmitted int             `json:"criteriaOmitted,omitempty"`
	// More of the text was edited than the boxes of items.
	Text bool `json:"text,omitempty"`
	// What it changed is not known: the text before or after it is gone.
	Unknown bool `json:"unknown,omitempty"`
}

// CriterionEdit is what an edit did to one criterion.
type CriterionEdit struct {
	// "added", "removed", "reworded", "checked" or "unchecked".
	Kind CriterionChange `json:"kind"`
	Text string          `json:"text"`
	// The text before, when it was reworded.
	Before string `json:"before,omitempty"`
}

// EditsSince returns the edits made after a moment, and whether there were others
// of which nothing is known.
func (t Ticket) EditsSince(moment time.Time) (edits []TicketEdit, others bool) {
	if moment.IsZero() {
		return nil, false
	}
	text := false
	for _, e := range t.Edits {
		if e.At.After(moment) {
			edits, text = append(edits, e), text || e.OldTitle == ""
		}
	}
	unlisted := t.EditsOmitted > 0 && len(edits) == len(t.Edits)
	return edits, unlisted || t.Edited.After(moment) && !text
}

// FirstStart is when the first agent run behind the change began; zero when that
// is not known.
func (r *Record) FirstStart() time.Time {
	var first time.Time
	for i := range r.Sessions {
		s := &r.Sessions[i]
		if r.Joined(s) && !s.Started.IsZero() && (first.IsZero() || s.Started.Before(first)) {
			first = s.Started
		}
	}
	return first
}

// Approval is the approval of a work request.
type Approval struct {
	Basis    Basis `json:"basis"`
	Approved bool  `json:"approved"`
	// What says so: a label, a comment, the manifest.
	By string    `json:"by,omitempty"`
	At time.Time `json:"at,omitzero"`
	// Account that gave it, when GitHub tells.
	Login string `json:"login,omitempty"`
}

// Criterion is an acceptance criterion of a ticket.
type Criterion struct {
	Text    string `json:"text"`
	Checked bool   `json:"checked"`
	// The ticket has no box for it, so that it cannot be checked there.
	NoBox bool `json:"noBox,omitempty"`
}

// Review is one review of the pull request.
type Review struct {
	Origin   Origin  `json:"origin"`
	Reviewer Account `json:"reviewer"`
	// GitHub's state, lower case: "approved", "changes_requested", "commented",
	// "dismissed".
	State       ReviewState `json:"state"`
	Association string      `json:"association,omitempty"`
	Submitted   time.Time   `json:"submitted,omitzero"`
	// Head commit that the reviewer looked at, and the tree that it records.
	Commit string `json:"commit,omitempty" redact:"keep"`
	Tree   string `json:"tree,omitempty" redact:"keep"`
	URL    string `json:"url,omitempty"`
}

// Head is a commit that is or was the head of the pull request, with everything
// GitHub still knows about its checks. The heads together are the ledger of
// failures: what was red on one of them stays in the record when a later one is
// green.
type Head struct {
	Origin Origin `json:"origin"`
	Commit string `json:"commit" redact:"keep"`
	Tree   string `json:"tree,omitempty" redact:"keep"`
	// First line of the commit's message.
	Subject string `json:"subject,omitempty"`
	// It is the head now.
	Current bool `json:"current,omitempty"`
	// A force-push took it out of the pull request: when, and who.
	Replaced   time.Time `json:"replaced,omitzero"`
	ReplacedBy string    `json:"replacedBy,omitempty"`
	Committed  time.Time `json:"committed,omitzero"`
	// Results in the order in which they ended; those that have not ended last.
	Results []CheckResult `json:"results,omitempty"`
	// Number of results left out at a limit.
	ResultsOmitted int `json:"resultsOmitted,omitempty"`
}

// CheckResult is how one check ended in one attempt.
type CheckResult struct {
	Check
	// Which result of the check on this commit it is, counted from 1 in the order of
	// time; 0 when that is not known.
	Attempt int `json:"attempt,omitempty"`
	// GitHub's number of the attempt of the workflow run, asked for where a run has
	// several results of one check; 0 when not known.
	RunAttempt int `json:"runAttempt,omitempty"`
	// Steps of the job that failed.
	FailedSteps []string `json:"failedSteps,omitempty"`
}

// Same reports whether two results are of the same check in the same workflow run,
// when there is one: runs for two events test two trees.
func (r CheckResult) Same(x CheckResult) bool {
	return r.SameCheck(x.Check) && r.RunID == x.RunID
}

// Flaky returns the names of the checks that both failed and succeeded on this
// commit, each once, in the order of the results.
func (h Head) Flaky() []string {
	var names []string
	for i, r := range h.Results {
		for _, earlier := range h.Results[:i] {
			attempts := r.Attempt > 0 && earlier.Attempt > 0 && r.Same(earlier)
			if attempts && opposed(r, earlier) && !slices.Contains(names, r.Name) {
				names = append(names, r.Name)
			}
		}
	}
	return names
}

func opposed(a, b CheckResult) bool {
	return a.Failed() && b.Conclusion == ConclusionSuccess || a.Conclusion == ConclusionSuccess && b.Failed()
}

// FailedSteps returns the steps that failed in the latest result of a check of
// the head, as far as they are known.
func (r *Record) FailedSteps(c Check) []string {
	for i := range r.Heads {
		h := &r.Heads[i]
		if h.Commit != r.Target.Head {
			continue
		}
		for _, x := range slices.Backward(h.Results) {
			if x.SameCheck(c) && x.RunID == c.RunID && x.Conclusion == c.Conclusion {
				return x.FailedSteps
			}
		}
	}
	return nil
}
