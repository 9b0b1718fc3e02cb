package evidence

// SchemaURI names the version of the bundle's schema. It is also the in-toto
// predicate type under which the bundle is attested.
const SchemaURI = "https://mergebrief.github.io/evidence/v1"

// Bundle is what is stored: facts and judgements, side by side. Everything
// mergebrief shows can be rendered again from it, offline.
type Bundle struct {
	// URI of the schema that the bundle follows.
	Schema string `json:"schema"`
	// The program that made the bundle.
	Collector Collector `json:"collector"`
	// The facts.
	Record Record `json:"record"`
	// The judgements made about the facts, from the facts alone.
	Assessment Assessment `json:"assessment"`
}

// Collector is the program that made a bundle.
type Collector struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// Target is the change under examination. It comes from the event, the API or
// the command line, never from anything the pull request controls.
type Target struct {
	// Repository, as on GitHub; empty for a local report without a remote.
	Repository Repository `json:"repository,omitzero"`
	// Pull request number; 0 when the change is not a pull request.
	PullRequest int `json:"pullRequest,omitempty"`
	// Full commit id of the base branch as the change is compared with it.
	Base string `json:"base" redact:"keep"`
	// Full commit id of the last commit of the change.
	Head string `json:"head" redact:"keep"`
	// Merge base of Base and Head: what the diff starts from.
	MergeBase string `json:"mergeBase,omitempty" redact:"keep"`
	// All merge bases, when there are several; MergeBase is the one that git
	// prefers.
	MergeBases []string `json:"mergeBases,omitempty" redact:"keep"`
}

// Repository is a repository on a GitHub server.
type Repository struct {
	// URL of the server, such as "https://github.com".
	Server string `json:"server,omitempty"`
	Owner  string `json:"owner"`
	Name   string `json:"name"`
}

// FullName returns "owner/name", or "" when the repository is not known.
func (r Repository) FullName() string {
	if r.Owner == "" {
		return ""
	}
	return r.Owner + "/" + r.Name
}

// URL returns the address of the repository's page, or "".
func (r Repository) URL() string {
	if r.Owner == "" || r.Server == "" {
		return ""
	}
	return r.Server + "/" + r.FullName()
}

// WorkflowRun is the workflow run in which the record was made.
type WorkflowRun struct {
	Origin Origin `json:"origin"`
	// Event that started the run, such as "pull_request".
	Event    string `json:"event"`
	Workflow string `json:"workflow,omitempty"`
	Job      string `json:"job,omitempty"`
	RunID    int64  `json:"runId,omitempty"`
	Attempt  int    `json:"attempt,omitempty"`
	URL      string `json:"url,omitempty"`
	// Login of the account on whose behalf the run acts.
	Actor string `json:"actor,omitempty"`
	// "github-hosted" or "self-hosted".
	Runner RunnerKind `json:"runner,omitempty"`
	// Pull requests of the merge group that the run is about, the one to be merged
	// first first.
	MergeGroup []int `json:"mergeGroup,omitempty"`
	// The run whose results are examined, when it is another one.
	Examined string `json:"examined,omitempty"`
}

// Fragment is what one source, or one file, contributes to a [Record].
type Fragment struct {
	// The workflow run that made the record.
	Run *WorkflowRun `json:"run,omitempty"`
	// Every file that was looked at, read or not.
	Inputs []Input `json:"inputs,omitempty"`
	// The pull request as GitHub describes it.
	PullRequest *PullRequest `json:"pullRequest,omitempty"`
	// The work requests behind the change.
	Tickets []Ticket `json:"tickets,omitempty"`
	// The agent runs.
	Sessions []Session `json:"sessions,omitempty"`
	// Instruction files of the repository, as of the base commit.
	Rules []RuleFile `json:"rules,omitempty"`
	// Test results.
	Suites []Suite `json:"suites,omitempty"`
	// Runs of linters and scanners.
	Scans []Scan `json:"scans,omitempty"`
	// Line coverage.
	Coverage []Coverage `json:"coverage,omitempty"`
	// Software bills of materials.
	Inventories []Inventory `json:"inventories,omitempty"`
	// Checks that GitHub knows for the head commit.
	Checks []Check `json:"checks,omitempty"`
	// Check runs of the head that mergebrief itself made, for this pull request or
	// another one with the same head. They say what mergebrief found before, and are no
	// validation of the change.
	OwnChecks []Check `json:"ownChecks,omitempty"`
	// The lists of which GitHub gave every entry. Of a list that is not named here
	// some may be missing, so that nothing follows from what is not in it.
	Whole []GatedList `json:"whole,omitempty"`
	// The head commits that the pull request has had, oldest first.
	Heads []Head `json:"heads,omitempty"`
	// The commits of the change, oldest first.
	Commits []Commit `json:"commits,omitempty"`
	// Number of older commits of the change that are not listed, at a limit.
	CommitsOmitted int `json:"commitsOmitted,omitempty"`
	// The files of the change, by path.
	Files []File `json:"files,omitempty"`
	// How much of the change is in the commit that merged it; absent while it is
	// not merged.
	CarryOver *CarryOver `json:"carryOver,omitempty"`
	// What agents and tools say about who wrote certain lines.
	Claims []Claim `json:"claims,omitempty"`
	// The notes and traces that the claims are from, and checkpoints.
	ClaimSources []ClaimSource `json:"claimSources,omitempty"`
	// Agents and runs that the description of the pull request names.
	Mentions []Mention `json:"mentions,omitempty"`
	// Reviews of the pull request.
	Reviews []Review `json:"reviews,omitempty"`
	// What agents did in the name of people's accounts.
	Acting []Acting `json:"acting,omitempty"`
	// Paths of the files at the head, ascending. They live only while facts are
	// joined and never enter the bundle.
	Tree []string `json:"-"`
	// Secrets that were found in the evidence and replaced, by kind.
	Secrets []Secret `json:"secrets,omitempty"`
	// What was looked for and not found, or found and not readable.
	Gaps []Gap `json:"gaps,omitempty"`
}

// Record is the union of all fragments for a target. It is not changed after
// gathering ends.
type Record struct {
	Target Target `json:"target"`
	Fragment
}

// Add appends the facts of g to f. What can be there once, and f already has,
// stays.
func (f *Fragment) Add(g Fragment) {
	if f.Run == nil {
		f.Run = g.Run
	}
	if f.PullRequest == nil {
		f.PullRequest = g.PullRequest
	}
	if f.CarryOver == nil {
		f.CarryOver = g.CarryOver
	}
	f.Inputs = append(f.Inputs, g.Inputs...)
	f.Tickets = append(f.Tickets, g.Tickets...)
	f.Sessions = append(f.Sessions, g.Sessions...)
	f.Rules = append(f.Rules, g.Rules...)
	f.Suites = append(f.Suites, g.Suites...)
	f.Scans = append(f.Scans, g.Scans...)
	f.Coverage = append(f.Coverage, g.Coverage...)
	f.Inventories = append(f.Inventories, g.Inventories...)
	f.Checks = append(f.Checks, g.Checks...)
	f.OwnChecks = append(f.OwnChecks, g.OwnChecks...)
	f.Whole = append(f.Whole, g.Whole...)
	f.Heads = append(f.Heads, g.Heads...)
	f.Commits = append(f.Commits, g.Commits...)
	f.CommitsOmitted += g.CommitsOmitted
	f.Files = append(f.Files, g.Files...)
	f.Claims = append(f.Claims, g.Claims...)
	f.ClaimSources = append(f.ClaimSources, g.ClaimSources...)
	f.Mentions = append(f.Mentions, g.Mentions...)
	f.Reviews = append(f.Reviews, g.Reviews...)
	f.Acting = append(f.Acting, g.Acting...)
	f.Tree = append(f.Tree, g.Tree...)
	f.Secrets = append(f.Secrets, g.Secrets...)
	f.Gaps = append(f.Gaps, g.Gaps...)
}

// Status says what became of an input.
type Status string

const (
	// Parsed inputs were read to their end.
	Parsed Status = "parsed"
	// Partial inputs broke off; what was read before counts.
	Partial Status = "partial"
	// Recognised inputs are of a known format that mergebrief does not read.
	Recognised Status = "recognised"
	// Unknown inputs are of no known format.
	Unknown Status = "unknown"
	// Unchanged inputs are in git as the base has them: no evidence about the
	// change, whatever they hold.
	Unchanged Status = "unchanged"
	// Rejected inputs are malformed, too large, or not to be opened.
	Rejected Status = "rejected"
)

// Input is one file that was looked at.
type Input struct {
	Origin Origin `json:"origin"`
	// Path relative to the workspace, or "<artifact>/<path>" for a file of an
	// artifact.
	Path string `json:"path"`
	// Size in bytes.
	Bytes  int64  `json:"bytes"`
	Status Status `json:"status"`
	// Name of the format, when one was recognised.
	Format string `json:"format,omitempty"`
	// Why the file was not, or not wholly, read.
	Detail string `json:"detail,omitempty"`
	// Id and name of the artifact that the file is from, and the workflow run that
	// uploaded it.
	Artifact string `json:"artifact,omitempty"`
	RunID    int64  `json:"runId,omitempty"`
}

// Secret counts replacements of one kind of secret in the gathered evidence.
// Neither the value nor a digest of it is kept.
type Secret struct {
	Origin Origin `json:"origin"`
	// Rule that matched, such as "github-token".
	Kind  string `json:"kind"`
	Count int    `json:"count"`
}
