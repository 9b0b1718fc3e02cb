package evidence

import "time"

// Account is an account on GitHub.
type Account struct {
	Login string `json:"login"`
	// "user", "bot", "organization" or "mannequin".
	Kind string `json:"kind,omitempty"`
}

// PullRequest is the pull request as GitHub describes it.
type PullRequest struct {
	Origin Origin `json:"origin"`
	Number int    `json:"number"`
	URL    string `json:"url,omitempty"`
	Title  string `json:"title"`
	// "open", "closed" or "merged".
	State  string  `json:"state"`
	Draft  bool    `json:"draft,omitempty"`
	Author Account `json:"author"`
	// The author's association with the repository, in GitHub's words.
	Association string `json:"association,omitempty"`
	BaseRef     string `json:"baseRef"`
	HeadRef     string `json:"headRef"`
	// Repository of the head branch; differs from the target for a fork.
	HeadRepository string `json:"headRepository,omitempty"`
	Fork           bool   `json:"fork,omitempty"`
	// Head commit as GitHub knows it.
	Head   string   `json:"head" redact:"keep"`
	Labels []string `json:"labels,omitempty"`
	// GitHub's review decision: "approved", "changes_requested" or
	// "review_required"; empty when no rule asks for a review.
	ReviewDecision string `json:"reviewDecision,omitempty"`
	// Numbers of review threads.
	Threads           int       `json:"threads,omitempty"`
	UnresolvedThreads int       `json:"unresolvedThreads,omitempty"`
	Created           time.Time `json:"created,omitzero"`
	// The merge decision; absent while not merged.
	Merge *Merge `json:"merge,omitempty"`
}

// Merge is a merge decision.
type Merge struct {
	By     Account   `json:"by"`
	At     time.Time `json:"at"`
	Commit string    `json:"commit" redact:"keep"`
}

// Ticket is a work request behind the change.
type Ticket struct {
	Origin Origin `json:"origin"`
	// "#482" for an issue of the repository, else "owner/name#482" or the key
	// that the tracker uses.
	Key string `json:"key"`
	URL string `json:"url,omitempty"`
	// How it was found: "closing-reference" or "manifest".
	FoundBy   string `json:"foundBy"`
	Title     string `json:"title,omitempty"`
	State     string `json:"state,omitempty"`
	Requester string `json:"requester,omitempty"`
	// Repository that the ticket asks to be changed, when it names one.
	Repository string   `json:"repository,omitempty"`
	Labels     []string `json:"labels,omitempty"`
	Milestone  string   `json:"milestone,omitempty"`
	Assignees  []string `json:"assignees,omitempty"`
	// Approval of the request; absent when nothing tells.
	Approval *Approval `json:"approval,omitempty"`
	// Acceptance criteria in the order of the ticket.
	Criteria []Criterion `json:"criteria,omitempty"`
}

// Approval is the approval of a work request.
type Approval struct {
	Basis    Basis `json:"basis"`
	Approved bool  `json:"approved"`
	// What says so: a label, a comment, the manifest.
	By string    `json:"by,omitempty"`
	At time.Time `json:"at,omitzero"`
}

// Criterion is an acceptance criterion of a ticket.
type Criterion struct {
	Text    string `json:"text"`
	Checked bool   `json:"checked"`
}

// Review is one review of the pull request.
type Review struct {
	Origin   Origin  `json:"origin"`
	Reviewer Account `json:"reviewer"`
	// GitHub's state, lower case: "approved", "changes_requested", "commented",
	// "dismissed".
	State       string    `json:"state"`
	Association string    `json:"association,omitempty"`
	Submitted   time.Time `json:"submitted,omitzero"`
	// Head commit that the reviewer looked at.
	Commit string `json:"commit,omitempty" redact:"keep"`
	URL    string `json:"url,omitempty"`
}
