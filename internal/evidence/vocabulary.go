package evidence

// The words of the record that are one of a few. Types that say "others are
// possible" hold words of another's vocabulary, which may grow; all others are
// closed, and the schema lists them.

// Ending says how a session ended. Agents have words of their own beside these;
// others are possible.
type Ending string

const (
	// EndingSuccess is a run that its own log calls a success.
	EndingSuccess Ending = "success"
	// EndingFailed is a run that its own log calls a failure.
	EndingFailed Ending = "failed"
	// EndingNoResult is a log that breaks off where it should have a result.
	EndingNoResult Ending = "no-result"
)

// Role is what a session did with code.
type Role string

// The roles, the one with the largest part first.
const (
	RoleAuthored Role = "authored"
	RoleEdited   Role = "edited"
	RoleReviewed Role = "reviewed"
)

// Freshness says how the last validation of a session stands to its last edit.
type Freshness string

const (
	// ValidatedFresh means that nothing was edited after the last validation.
	ValidatedFresh Freshness = "fresh"
	// ValidatedStale means that edits followed it.
	ValidatedStale Freshness = "stale"
	// ValidatedNever means that code was edited and nothing validated it.
	ValidatedNever Freshness = "never"
)

// MentionKind is what a description names.
type MentionKind string

const (
	// MentionSession names a session.
	MentionSession MentionKind = "session"
	// MentionAgent names an agent only.
	MentionAgent MentionKind = "generated-by"
)

// AssuranceKind is what a sentence of an agent or a description states.
type AssuranceKind string

// The kinds of assurances that evidence can support or contradict.
const (
	StatesTestsPass    AssuranceKind = "tests-pass"
	StatesLintPass     AssuranceKind = "lint-pass"
	StatesBuildPass    AssuranceKind = "build-pass"
	StatesTestsAdded   AssuranceKind = "tests-added"
	StatesNoAPIChange  AssuranceKind = "no-api-change"
	StatesFilesChanged AssuranceKind = "files-changed"
)

// DriftKind is what a boundary did not allow and the agent used all the same.
type DriftKind string

// The kinds of drift.
const (
	DriftTool    DriftKind = "tool"
	DriftCommand DriftKind = "command"
	DriftHost    DriftKind = "host"
	// DriftSandbox is a command outside of the sandbox.
	DriftSandbox DriftKind = "sandbox"
	// DriftHooks is a commit or push around the hooks.
	DriftHooks DriftKind = "hooks"
)

// Mask is what hides the exit status of a command.
type Mask string

const (
	// MaskPipe is a pipe into another command.
	MaskPipe Mask = "pipe"
	// MaskOr is an alternative that always succeeds.
	MaskOr Mask = "or-true"
	// MaskSequence is a command that follows whatever became of this one.
	MaskSequence Mask = "sequence"
	// MaskBackground is a command that was left running.
	MaskBackground Mask = "background"
)

// Denier is who refused a call.
type Denier string

// Those who can refuse a call.
const (
	DeniedByUser    Denier = "user"
	DeniedByPolicy  Denier = "policy"
	DeniedBySandbox Denier = "sandbox"
)

// AccountKind is what kind of account it is on the code host. Others are possible.
type AccountKind string

// The kinds of accounts on GitHub.
const (
	AccountUser         AccountKind = "user"
	AccountBot          AccountKind = "bot"
	AccountOrganization AccountKind = "organization"
	AccountMannequin    AccountKind = "mannequin"
)

// State is the state of a pull request or ticket, in the words of the code host;
// others are possible.
type State string

// The states.
const (
	StateOpen   State = "open"
	StateClosed State = "closed"
	StateMerged State = "merged"
)

// StateReason says why a ticket was closed, in the words of GitHub; others are
// possible.
type StateReason string

// The reasons.
const (
	ClosedCompleted  StateReason = "completed"
	ClosedNotPlanned StateReason = "not_planned"
	ClosedDuplicate  StateReason = "duplicate"
	Reopened         StateReason = "reopened"
)

// ReviewDecision is what the reviews together amount to, in the words of GitHub;
// others are possible.
type ReviewDecision string

// The decisions.
const (
	DecisionApproved         ReviewDecision = "approved"
	DecisionChangesRequested ReviewDecision = "changes_requested"
	DecisionReviewRequired   ReviewDecision = "review_required"
)

// ReviewState is the state of one review, in the words of GitHub; others are
// possible.
type ReviewState string

// The states of a review.
const (
	ReviewApproved         ReviewState = "approved"
	ReviewChangesRequested ReviewState = "changes_requested"
	ReviewCommented        ReviewState = "commented"
	ReviewDismissed        ReviewState = "dismissed"
)

// CheckStatus says how far a check is, in the words of GitHub; others are
// possible.
type CheckStatus string

// The statuses. All but the first mean that there is no result yet.
const (
	CheckCompleted  CheckStatus = "completed"
	CheckInProgress CheckStatus = "in_progress"
	CheckQueued     CheckStatus = "queued"
	CheckPending    CheckStatus = "pending"
)

// Conclusion is how a check ended, in the words of GitHub. Others are possible, and
// none of them is a pass.
type Conclusion string

// The conclusions of check runs, and of commit statuses.
const (
	ConclusionSuccess        Conclusion = "success"
	ConclusionFailure        Conclusion = "failure"
	ConclusionNeutral        Conclusion = "neutral"
	ConclusionCancelled      Conclusion = "cancelled"
	ConclusionSkipped        Conclusion = "skipped"
	ConclusionTimedOut       Conclusion = "timed_out"
	ConclusionActionRequired Conclusion = "action_required"
	ConclusionStale          Conclusion = "stale"
	ConclusionStartupFailure Conclusion = "startup_failure"
	// ConclusionError is of commit statuses only.
	ConclusionError Conclusion = "error"
)

// DefinitionState says whether a change could have written what defines a check.
type DefinitionState string

const (
	// DefinitionUnchanged is a workflow that is, with all that it uses of the
	// repository, at the head as at the merge base.
	DefinitionUnchanged DefinitionState = "unchanged"
	// DefinitionElsewhere is a workflow of another repository, or one that GitHub
	// runs as the base branch has it.
	DefinitionElsewhere DefinitionState = "elsewhere"
	// DefinitionChanged is a workflow that the change adds or edits, or one that uses
	// something of the repository that the change adds or edits.
	DefinitionChanged DefinitionState = "changed"
	// DefinitionAuthor is a status that an author of the change set.
	DefinitionAuthor DefinitionState = "author"
	// DefinitionUnknown means that nothing tells.
	DefinitionUnknown DefinitionState = "unknown"
)

// MergeMethod is how a pull request was merged.
type MergeMethod string

// The methods.
const (
	MergeCommit      MergeMethod = "merge"
	MergeSquash      MergeMethod = "squash"
	MergeRebase      MergeMethod = "rebase"
	MergeFastForward MergeMethod = "fast-forward"
)

// MergeVia is what merged by itself, as somebody had asked it to.
type MergeVia string

// What merges by itself.
const (
	ViaAutoMerge MergeVia = "auto-merge"
	ViaQueue     MergeVia = "queue"
)

// Act is what an agent did in somebody's name.
type Act string

// The acts.
const (
	ActCommit      Act = "commit"
	ActPush        Act = "push"
	ActPullRequest Act = "pull-request"
	ActReview      Act = "review"
	ActMerge       Act = "merge"
	// ActOnBehalf is an agent with an account of its own that names the person it
	// worked for.
	ActOnBehalf Act = "on-behalf"
)

// Because is what says that an agent acted in somebody's name.
type Because string

// What can say so.
const (
	BecauseRun         Because = "run"
	BecauseTrailer     Because = "trailer"
	BecauseDescription Because = "description"
)

// FoundBy is how a ticket was found.
type FoundBy string

const (
	// FoundByClosing is a reference that closes the ticket, as the host knows it.
	FoundByClosing FoundBy = "closing-reference"
	// FoundByKeyword is a keyword in the description.
	FoundByKeyword FoundBy = "keyword"
	// FoundByCommit is the message of a commit.
	FoundByCommit FoundBy = "commit"
	// FoundByTrailer is a trailer of a commit.
	FoundByTrailer FoundBy = "trailer"
	// FoundByBranch is the name of the branch.
	FoundByBranch FoundBy = "branch"
	// FoundByPattern is the pattern of a configured tracker.
	FoundByPattern FoundBy = "pattern"
	// FoundByManifest is a manifest of the run.
	FoundByManifest FoundBy = "manifest"
)

// CriterionChange is what an edit did to an acceptance criterion.
type CriterionChange string

// The changes.
const (
	CriterionAdded     CriterionChange = "added"
	CriterionRemoved   CriterionChange = "removed"
	CriterionReworded  CriterionChange = "reworded"
	CriterionChecked   CriterionChange = "checked"
	CriterionUnchecked CriterionChange = "unchecked"
)

// LaterAction is what a later commit did to lines that an agent had written.
type LaterAction string

// The actions.
const (
	LaterReplaced LaterAction = "replaced"
	LaterDeleted  LaterAction = "deleted"
	LaterInserted LaterAction = "inserted"
)

// LaterBy is who made a later edit, as far as anything tells.
type LaterBy string

const (
	// LaterBySameRun is the session that had written the lines.
	LaterBySameRun LaterBy = "same-run"
	// LaterByOtherRun is another session.
	LaterByOtherRun LaterBy = "other-run"
	// LaterBySomeRun is an agent, and nothing tells in which session.
	LaterBySomeRun LaterBy = "some-run"
	// LaterByHuman is a person on record.
	LaterByHuman LaterBy = "human"
	// LaterByNobody means that nothing tells who made it.
	LaterByNobody LaterBy = "unattested"
)

// BreakageKind is what kept a suite from running as planned.
type BreakageKind string

// The kinds of breakage.
const (
	BreakageBuildFailed   BreakageKind = "build-failed"
	BreakageAborted       BreakageKind = "aborted"
	BreakagePlannedNotRun BreakageKind = "planned-not-run"
	// BreakageUnlisted is a failure that the file states and no listed case shows.
	BreakageUnlisted BreakageKind = "failure-not-listed"
)

// Severity is how grave a scanner calls a vulnerability, after the
// security-severity of its rule.
type Severity string

// The severities, the gravest first.
const (
	SeverityCritical Severity = "critical"
	SeverityHigh     Severity = "high"
	SeverityMedium   Severity = "medium"
	SeverityLow      Severity = "low"
)

// Mode says where an agent ran. Others are possible.
type Mode string

// The modes.
const (
	ModeCloud      Mode = "cloud"
	ModeSelfHosted Mode = "self-hosted"
	ModeLocal      Mode = "local"
)

// RunnerKind says who owns the machine of a workflow run. Others are possible.
type RunnerKind string

// The kinds of runners.
const (
	RunnerGitHub     RunnerKind = "github-hosted"
	RunnerSelfHosted RunnerKind = "self-hosted"
)

// ExternalKind is what kind of source outside of the repository it is. Others
// are possible.
type ExternalKind string

// The kinds of sources.
const (
	ExternalURL        ExternalKind = "url"
	ExternalMCP        ExternalKind = "mcp"
	ExternalSearch     ExternalKind = "search"
	ExternalDocument   ExternalKind = "document"
	ExternalRepository ExternalKind = "repository"
	// ExternalTool and ExternalCommand are calls that may have changed files.
	ExternalTool    ExternalKind = "tool"
	ExternalCommand ExternalKind = "command"
)
