package evidence

import (
	"slices"
	"strings"
	"time"
)

// Session is one agent run, normalised from whatever the agent left behind.
type Session struct {
	Origin Origin `json:"origin"`
	Format string `json:"format"`
	// The agent's own id of the session.
	ID string `json:"id"`
	// Key of the agent, such as "claude-code"; what the log calls it, when it is
	// one that mergebrief does not know.
	Agent        string   `json:"agent"`
	AgentVersion string   `json:"agentVersion,omitempty"`
	Provider     string   `json:"provider,omitempty"`
	Models       []string `json:"models,omitempty"`
	// Times of the first and last event of the session.
	Started time.Time `json:"started,omitzero"`
	Ended   time.Time `json:"ended,omitzero"`
	// How the run ended, when the log tells: "success", "failed", a word of the
	// agent such as "error_max_turns", or "no-result" when the log should have a
	// result and breaks off before it.
	Ending Ending `json:"ending,omitempty"`
	// What the run did with code: "authored", "edited" or "reviewed".
	Role Role `json:"role,omitempty"`
	// The prompts, without their text.
	Prompts Prompts `json:"prompts,omitzero"`
	// Digest and length of the instructions that the agent was started with,
	// when the log holds them.
	InstructionsDigest string `json:"instructionsDigest,omitempty" redact:"keep"`
	InstructionsBytes  int64  `json:"instructionsBytes,omitempty"`
	// Numbers of subagent runs and of context compactions in the session.
	Subagents   int `json:"subagents,omitempty"`
	Compactions int `json:"compactions,omitempty"`
	// Commands in the order in which they were started.
	Commands []Command `json:"commands,omitempty"`
	// Number of commands left out at a limit; failed and masked ones are kept.
	CommandsOmitted int `json:"commandsOmitted,omitempty"`
	// Numbers over all commands, also those left out.
	CommandCounts CommandCounts `json:"commandCounts,omitzero"`
	// Edits, one for each time the agent changed a file.
	Edits []Edit `json:"edits,omitempty"`
	// Number of edits left out at a limit.
	EditsOmitted int `json:"editsOmitted,omitempty"`
	// Calls that may have changed files without a trace of what: scripts, code
	// generators, sed -i, formatters, as "tool" or family of the command.
	Untracked []External `json:"untracked,omitempty"`
	// Tool calls that mergebrief did not understand: it does not know the tool, or the
	// log does not tell what became of the call. What they did is not part of the
	// commands and edits.
	NotUnderstood []ToolCalls `json:"notUnderstood,omitempty"`
	// How the last validation stands to the last edit: "fresh", "stale" when
	// edits followed it, "never" when code was edited and nothing validated it;
	// absent when there were no edits.
	Freshness Freshness `json:"freshness,omitempty"`
	// Number of edits after the last validation that ran.
	EditsAfterValidation int `json:"editsAfterValidation,omitempty"`
	// Repository files that the agent read, each once, sorted.
	FilesRead []string `json:"filesRead,omitempty"`
	// Number of different files outside the repository that the agent read.
	FilesReadOutside int `json:"filesReadOutside,omitempty"`
	// Sources outside the repository that the agent used.
	External []External `json:"external,omitempty"`
	// Context that the agent wanted and did not get.
	Unavailable []MissingContext `json:"unavailable,omitempty"`
	// Execution boundaries, in order; a later one replaces the one before.
	Boundaries []Boundary `json:"boundaries,omitempty"`
	// Tool calls that a person or the policy refused.
	Denied []DeniedCall `json:"denied,omitempty"`
	// Failing validations that the agent worked on.
	Repairs []Repair `json:"repairs,omitempty"`
	// Tokens and cost, when something recorded them.
	Usage *Usage `json:"usage,omitempty"`
	// Commits and pull requests that the transcript itself names.
	Links Links `json:"links,omitzero"`
	// Assurances of the agent's last message that can be checked.
	Assurances []Assurance `json:"statements,omitempty"`
	// What joins the run with the change, the strongest first. A run that nothing
	// joins may have been about something else.
	Joins []SessionJoin `json:"joins,omitempty"`
	// Use that the boundaries in force did not allow.
	Drift []Drift `json:"drift,omitempty"`
	// Id of the subagent when the file is the transcript of one; ID is then
	// that of the session that started it.
	SubagentID string `json:"subagentId,omitempty"`

	// Number of messages in which the decoder found nothing of what such messages
	// hold. It never enters the bundle.
	Unread int `json:"-"`
	// Id of the session from which this one was forked: it begins with a copy of the
	// conversation, which is not part of the numbers here.
	ParentID string `json:"parentId,omitempty"`
	// Ids of the sessions that went on with this one, of which they held a copy; all
	// that they did is here.
	Continued []string `json:"continued,omitempty"`

	// Usage of each answer of the model, kept only while sessions are being
	// joined: an answer that two files repeat is paid once.
	Answers []Answer `json:"-"`
	// Ids of the subagents, and files outside the repository that were read,
	// for the same purpose.
	SubagentIDs []string `json:"-"`
	ReadOutside []string `json:"-"`
}

// SessionKey identifies a session: agents choose their ids independently.
type SessionKey struct{ Agent, ID string }

// Named reports whether the id is one of the session.
func (s *Session) Named(id string) bool {
	return id != "" && (s.ID == id || slices.Contains(s.Continued, id))
}

// CallsNotUnderstood returns the number of calls of which it is not known what they
// did.
func (s *Session) CallsNotUnderstood() int {
	n := 0
	for _, odd := range s.NotUnderstood {
		n += odd.Count
	}
	return n
}

// Empty reports whether the log told nothing of what was asked, done or spent.
func (s *Session) Empty() bool {
	return s.Prompts.Count+s.CommandCounts.Total+len(s.Edits)+s.EditsOmitted+len(s.FilesRead)+s.FilesReadOutside+len(s.External)+len(s.Unavailable)+
		len(s.Denied)+len(s.Answers)+len(s.NotUnderstood)+len(s.Links.Commits)+len(s.Links.PullRequests)+s.Subagents+s.Compactions+len(s.Models) == 0 &&
		s.Usage == nil && s.Ending == "" && s.InstructionsDigest == ""
}

// Key returns what identifies the session. Sessions without an id have no key of
// their own: theirs is that of all such sessions of the agent.
func (s *Session) Key() SessionKey { return SessionKey{s.Agent, s.ID} }

// SessionJoin is one reason to take a run for one behind the change.
type SessionJoin struct {
	// Commit of the change; absent when the run is joined with the pull request.
	Commit string     `json:"commit,omitempty" redact:"keep"`
	Method JoinMethod `json:"method"`
	// How far the reason carries, in the words of an attribution.
	Confidence Confidence `json:"confidence"`
}

// Joined reports whether something joins a session of the record with the change.
// Without a change there is nothing to be joined with, and every session speaks.
func (r *Record) Joined(s *Session) bool {
	return len(s.Joins) > 0 || len(r.Commits)+len(r.Files) == 0
}

// JoinMethod says how a run was joined with a change.
type JoinMethod string

// The methods, the strongest first.
const (
	// JoinPullLink is a link in the transcript to the pull request.
	JoinPullLink JoinMethod = "pull-request-link"
	// JoinCommitOutput is a commit that the transcript shows being made.
	JoinCommitOutput JoinMethod = "commit-output"
	// JoinNote is a git note, a trace or a manifest that names the run.
	JoinNote     JoinMethod = "git-note"
	JoinTrace    JoinMethod = "agent-trace"
	JoinManifest JoinMethod = "manifest"
	// JoinCheckpoint is a checkpoint that the commit names and that holds the run.
	JoinCheckpoint JoinMethod = "checkpoint"
	// JoinTrailer is a trailer of the commit that names the run, JoinDescription
	// the description of the pull request.
	JoinTrailer     JoinMethod = "trailer"
	JoinDescription JoinMethod = "description"
	// JoinContent are added lines that the run wrote to the same path.
	JoinContent JoinMethod = "content-match"
	// JoinTime is a commit made while the run went on, of a file that it edited.
	JoinTime JoinMethod = "time"
	// JoinBranch is the branch of the pull request, on which the run worked.
	JoinBranch JoinMethod = "branch"
	// JoinParent is the run from which this one was forked, and which is joined.
	JoinParent JoinMethod = "parent-run"
	// JoinWorkspace is a record that mergebrief exec made in the workspace.
	JoinWorkspace JoinMethod = "workspace"
)

// Mention is a place in the description of the pull request that names an agent
// or a run. Anyone who can edit the description can write it.
type Mention struct {
	Origin Origin `json:"origin"`
	// "session" when it names a run, "generated-by" when it names the agent only.
	Kind MentionKind `json:"kind"`
	// Key of the agent.
	Agent string `json:"agent"`
	// Id of the run and its address at the agent's maker.
	Session string `json:"session,omitempty"`
	URL     string `json:"url,omitempty"`
}

// Answer is the usage of one answer of a model.
type Answer struct {
	// Ids of the message and the request.
	Key   string
	Usage Usage
	// Whole marks the total of a session that the log itself states.
	Whole bool
}

// Assurance is a sentence of the agent's last message of a kind that evidence
// can support or contradict. The text itself is not kept.
type Assurance struct {
	// "tests-pass", "lint-pass", "build-pass", "tests-added", "no-api-change"
	// or "files-changed".
	Kind AssuranceKind `json:"kind"`
	// Number of tests, or of files for "files-changed", that the sentence names; 0
	// when it names none.
	Count int `json:"count,omitempty"`
	// The sentence says that these are all: "all 340 tests", "12/12".
	All bool `json:"all,omitempty"`
	// Paths that the sentence names.
	Paths []string `json:"paths,omitempty"`
	// Digest of the sentence, as "sha256:<hex>".
	Digest string `json:"digest" redact:"keep"`
}

// Drift is something that the agent used and the boundary did not allow.
type Drift struct {
	// "tool", "command" or "host".
	Kind  DriftKind `json:"kind"`
	Name  string    `json:"name"`
	Count int       `json:"count"`
}

// Prompts describes what people asked of the agent, without the text.
type Prompts struct {
	Count int `json:"count"`
	// Sum of the prompts' lengths.
	Bytes int64 `json:"bytes"`
	// Digest over the prompts in order, as "sha256:<hex>"; from a note as
	// "hmac-sha256:<hex>", with a key that stays where the agent worked.
	Digest string `json:"digest,omitempty" redact:"keep"`
	// The prompts themselves, the first ones and their beginnings; only where
	// the configuration asks for them.
	Texts []string `json:"texts,omitempty"`

	// What Disclose puts into Texts. It never enters the bundle by itself.
	Undisclosed []string `json:"-"`
}

// Disclose makes the undisclosed prompts part of the record.
func (p *Prompts) Disclose() { p.Texts, p.Undisclosed = p.Undisclosed, nil }

// CommandOutcome is what became of a command.
type CommandOutcome string

const (
	// CommandOK means that the command ended with status 0 and nothing hid it.
	CommandOK CommandOutcome = "ok"
	// CommandFailed means that the command ended with another status, or that
	// its own output says so.
	CommandFailed CommandOutcome = "failed"
	// CommandNotRun means that the call was refused or cancelled, or that the line
	// ended before it came to the command.
	CommandNotRun CommandOutcome = "not-run"
	// CommandBackground means that the command was left running.
	CommandBackground CommandOutcome = "background"
	// CommandUnknown means that nothing tells. It is never a pass.
	CommandUnknown CommandOutcome = "unknown"
)

// ExitBasis says where an outcome was read from.
type ExitBasis string

const (
	// ExitExplicit is a number that the agent recorded.
	ExitExplicit ExitBasis = "explicit"
	// ExitInferred follows from the agent's mark on the call: a zero from the
	// absence of an error mark or from the command behind it in a list, a failure
	// without a number from its presence.
	ExitInferred ExitBasis = "inferred"
	// ExitText was read from the output of the command.
	ExitText ExitBasis = "text"
	// ExitUnknown means that there is nothing to go by.
	ExitUnknown ExitBasis = "unknown"
)

// CommandClass is what a command is for.
type CommandClass string

// The classes of commands. Test, lint, build, typecheck and format are
// validations.
const (
	ClassTest      CommandClass = "test"
	ClassLint      CommandClass = "lint"
	ClassBuild     CommandClass = "build"
	ClassTypecheck CommandClass = "typecheck"
	ClassFormat    CommandClass = "format"
	ClassVCS       CommandClass = "vcs"
	ClassOther     CommandClass = "other"
)

// Command is one command line that an agent ran.
type Command struct {
	// The line as recorded, redacted and bounded.
	Line string `json:"line"`
	// What it is at heart, wrappers and options stripped: "go test". A line of several
	// commands is listed once for each that checks something or failed; of those of
	// which one failed and nothing tells which, the families stand in a list.
	Family string       `json:"family"`
	Class  CommandClass `json:"class"`
	// Working directory, relative to the repository when inside it.
	Dir string `json:"dir,omitempty"`
	// Exit status; absent when none was recorded.
	Exit      *int           `json:"exit,omitempty"`
	ExitBasis ExitBasis      `json:"exitBasis"`
	Outcome   CommandOutcome `json:"outcome"`
	// What hides the command's own status: "pipe", "or-true", "sequence" or
	// "background"; absent when nothing does.
	Masked     Mask      `json:"masked,omitempty"`
	Started    time.Time `json:"started,omitzero"`
	DurationMs int64     `json:"durationMs,omitempty"`
	// The command ran in a subagent.
	Subagent bool `json:"subagent,omitempty"`
	// The command looked at other code than that on which the agent worked: while
	// its changes were stashed, at another commit, or in another folder.
	OtherCode bool `json:"otherCode,omitempty"`
	// What the runner's own output says, in one line.
	Summary string `json:"summary,omitempty"`
	// Numbers of tests by the runner's own output; absent when it does not tell.
	Tests *Counts `json:"tests,omitempty"`
	// Size and digest of the output.
	OutputBytes  int64  `json:"outputBytes,omitempty"`
	OutputDigest string `json:"outputDigest,omitempty" redact:"keep"`

	// The agent's id of the call. It tells copies of the call apart while
	// sessions are being joined and never enters the bundle.
	Call string `json:"-"`
}

// ListSeparator stands between the families of a command that is one of several:
// one of them failed, and nothing tells which.
const ListSeparator = " && "

// Families returns the families of which the command is one.
func (c Command) Families() []string { return strings.Split(c.Family, ListSeparator) }

// OfWork reports whether the command ran, on the code on which the agent worked.
func (c Command) OfWork() bool { return c.Outcome != CommandNotRun && !c.OtherCode }

// Validates reports whether the command is one that checks code.
func (c Command) Validates() bool {
	switch c.Class {
	case ClassTest, ClassLint, ClassBuild, ClassTypecheck, ClassFormat:
		return true
	}
	return false
}

// CommandCounts are numbers of commands by outcome; Masked ones are counted
// under their outcome too.
type CommandCounts struct {
	Total             int `json:"total"`
	OK                int `json:"ok"`
	Failed            int `json:"failed"`
	NotRun            int `json:"notRun"`
	Background        int `json:"background"`
	Unknown           int `json:"unknown"`
	Masked            int `json:"masked"`
	Validations       int `json:"validations"`
	FailedValidations int `json:"failedValidations"`
	MaskedValidations int `json:"maskedValidations"`
}

// Count adds c.
func (n *CommandCounts) Count(c Command) {
	n.Total++
	switch c.Outcome {
	case CommandOK:
		n.OK++
	case CommandFailed:
		n.Failed++
	case CommandNotRun:
		n.NotRun++
	case CommandBackground:
		n.Background++
	case CommandUnknown:
		n.Unknown++
	}
	masked := c.Masked != ""
	if masked {
		n.Masked++
	}
	if !c.Validates() {
		return
	}
	n.Validations++
	if c.Outcome == CommandFailed {
		n.FailedValidations++
	}
	if masked {
		n.MaskedValidations++
	}
}

// Subtract takes c out again, for a command whose outcome became known later.
func (n *CommandCounts) Subtract(c Command) {
	var one CommandCounts
	one.Count(c)
	n.Total -= one.Total
	n.OK -= one.OK
	n.Failed -= one.Failed
	n.NotRun -= one.NotRun
	n.Background -= one.Background
	n.Unknown -= one.Unknown
	n.Masked -= one.Masked
	n.Validations -= one.Validations
	n.FailedValidations -= one.FailedValidations
	n.MaskedValidations -= one.MaskedValidations
}

// Edit is one change that an agent made to a file.
type Edit struct {
	// Path relative to the repository when inside it.
	Path string `json:"path"`
	// Numbers of added and removed lines.
	Added   int       `json:"added"`
	Removed int       `json:"removed"`
	Time    time.Time `json:"time,omitzero"`
	// The edit was made by a subagent.
	Subagent bool `json:"subagent,omitempty"`
	// The log names the file and not the lines, which may be more than the numbers
	// say: a command changed it in place, or wrote its output there.
	LinesUnknown bool `json:"linesUnknown,omitempty"`

	// Hashes of the lines that the edit added, in order. They live only while
	// claims are being made and never enter the bundle.
	Lines []LineHash `json:"-"`
	// What the log says of the edit with line numbers, or all that the file held
	// after it, when the log has that. They live as long as Lines does.
	Hunks []EditHunk `json:"-"`
	Whole []LineHash `json:"-"`
	// The agent's id of the call, as in Command.
	Call string `json:"-"`
}

// EditHunk is a place of an edit, as in a unified diff.
type EditHunk struct {
	// Line of the file before the edit at which Lines begin.
	First int
	Lines []EditLine
}

// EditLine is a line of a hunk: kept (' '), removed ('-') or added ('+').
type EditLine struct {
	Mark byte
	Hash LineHash
}

// External is a source outside the repository.
type External struct {
	// "url", "mcp", "search", "document" or "repository".
	Kind ExternalKind `json:"kind"`
	// Host of the URL, name of the server or tool.
	Name  string `json:"name"`
	Count int    `json:"count"`
}

// ToolCalls are calls of one tool.
type ToolCalls struct {
	Tool  string `json:"tool"`
	Count int    `json:"count"`
}

// MissingContext is context that the agent wanted and did not get.
type MissingContext struct {
	Name   string `json:"name"`
	Reason Reason `json:"reason"`
	Detail string `json:"detail,omitempty"`
}

// Boundary is what the agent was allowed to do from a point in time on.
type Boundary struct {
	From time.Time `json:"from,omitzero"`
	// "cloud", "self-hosted" or "local".
	Mode Mode `json:"mode,omitempty"`
	// Runner, host or worker on which the agent ran.
	Worker string `json:"worker,omitempty"`
	// Kind of the credential for the repository, and its permissions.
	Credential  string   `json:"credential,omitempty"`
	Permissions []string `json:"permissions,omitempty"`
	Branch      string   `json:"branch,omitempty"`
	// Approval mode in the agent's own word, such as "acceptEdits".
	Approval string `json:"approval,omitempty"`
	// Approvals or the sandbox are switched off.
	Bypass  bool   `json:"bypass,omitempty"`
	Sandbox string `json:"sandbox,omitempty"`
	// Network policy in a word, and the hosts that it allows or blocked.
	Network      string   `json:"network,omitempty"`
	AllowedHosts []string `json:"allowedHosts,omitempty"`
	BlockedHosts []string `json:"blockedHosts,omitempty"`
	// Commands and tools that the agent may use.
	AllowedCommands []string `json:"allowedCommands,omitempty"`
	AllowedTools    []string `json:"allowedTools,omitempty"`
	// Rules for handling secrets.
	SecretRules []string `json:"secretRules,omitempty"`
}

// DeniedCall is a tool call that was refused.
type DeniedCall struct {
	Tool string `json:"tool"`
	// Command line or path that was refused.
	Subject string `json:"subject,omitempty"`
	// "user", "policy" or "sandbox".
	By Denier `json:"by,omitempty"`

	// The agent's id of the call, as in Command.
	Call string `json:"-"`
}

// Repair is a validation that failed, what was edited after it, and how its
// last rerun ended.
type Repair struct {
	Family string `json:"family"`
	// Number of failing runs; the last one counts too when it failed.
	Attempts int `json:"attempts"`
	// Indexes into the session's commands of the first failure and the last
	// rerun; absent when the session's commands are not listed.
	FirstFailure *int `json:"firstFailure,omitempty"`
	LastRun      *int `json:"lastRun,omitempty"`
	// How the last rerun ended.
	Outcome CommandOutcome `json:"outcome"`
	// The last rerun covered less than the run that failed.
	Narrower bool `json:"narrower,omitempty"`
	// Paths edited between the first failure and the last rerun.
	Edited []string `json:"edited,omitempty"`
	// At least one of them is a test.
	EditedTests bool `json:"editedTests,omitempty"`
}

// CostBasis says where a cost comes from.
type CostBasis string

// The bases of a cost. An absent cost is unknown, never 0.
const (
	CostMeasured  CostBasis = "measured"
	CostReported  CostBasis = "reported"
	CostEstimated CostBasis = "estimated"
	CostUnknown   CostBasis = "unknown"
)

// Usage is what a session consumed. Cached input tokens are not part of
// InputTokens.
type Usage struct {
	InputTokens      int64     `json:"inputTokens"`
	OutputTokens     int64     `json:"outputTokens"`
	CacheReadTokens  int64     `json:"cacheReadTokens"`
	CacheWriteTokens int64     `json:"cacheWriteTokens"`
	CostUSD          *float64  `json:"costUsd,omitempty"`
	CostBasis        CostBasis `json:"costBasis"`
	// The log states a cost and no tokens: the numbers above are not zeros.
	TokensUnknown bool `json:"tokensUnknown,omitempty"`
	// The output tokens of some answers were recorded as of their start only,
	// as Claude Code does for subagents: OutputTokens is a lower bound.
	OutputPartial bool `json:"outputPartial,omitempty"`
}

// Links are the commits and pull requests that a transcript names.
type Links struct {
	Commits      []string `json:"commits,omitempty" redact:"keep"`
	PullRequests []string `json:"pullRequests,omitempty"`
}
