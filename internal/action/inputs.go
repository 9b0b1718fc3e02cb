package action

// Input is one setting of the action.
type Input struct {
	// Name as in a workflow; also the name of the flag on the command line.
	Name string
	// Default as in action.yml. Only the runner evaluates an expression;
	// elsewhere it counts as no value.
	Default string
	// What the input is for, in Markdown without line breaks.
	Doc string
	// The values that are allowed, when the input is an enumeration.
	Values []string
	// The value may not be shown.
	Secret bool

	// set stores a value that is not empty.
	set func(*Settings, string) error
}

// Inputs are the settings, in the order in which they are documented.
var Inputs = []Input{
	{
		Name: "github-token", Default: "${{ github.token }}", Secret: true, set: setToken,
		Doc: "Token for the GitHub API. Needs `pull-requests: write` for the comment, `checks: write` for the check run, and `contents: read`, `actions: read` and `issues: read` to gather evidence.",
	},
	{
		Name: "evidence", set: setEvidence,
		Doc: "Files to read: globs relative to the workspace, one per line, `**` crosses folders. Empty: the usual places of test results, reports and agent transcripts.",
	},
	{
		Name: "artifacts", Default: "*", set: setArtifacts,
		Doc: "Artifacts to read: name patterns, one per line, or `none`. Those of this workflow run or of the one that ended; on reviews, merges, pushes, schedules and by hand those of the runs on the head.",
	},
	{
		Name: "config", Default: ".github/mergebrief.yml", set: setConfig,
		Doc: "Path of the configuration in the repository. It is read from the base branch and may be absent.",
	},
	{
		Name: "comment", Default: "on", Values: []string{"on", "off"}, set: setComment,
		Doc: "Whether to keep a comment on the pull request.",
	},
	{
		Name: "comment-key", set: setCommentKey,
		Doc: "Tells apart several records of one pull request, such as those of the jobs of a matrix: each key has its own comment, check run and artifact. Letters, digits, `.`, `_` and `-`.",
	},
	{
		Name: "check-name", Default: "mergebrief", set: setCheckName,
		Doc: "Name of the check run. GitHub may list it under any workflow, so it should say whose it is.",
	},
	{
		Name: "include-prompts", Default: "off", Values: []string{"on", "off"}, set: setIncludePrompts,
		Doc: "Whether the record holds the beginnings of the prompts that agents were given, secrets replaced. Off: only their number, lengths and digest.",
	},
	{
		Name: "report-code", Default: "on", Values: []string{"on", "off"}, set: setReportCode,
		Doc: "Whether `report.html`, which is part of the artifact, shows the lines of the diff, secrets replaced. Off: only which lines they are. The bundle holds no code either way.",
	},
	{
		Name: "fail-on", Values: []string{"none", "warning", "error"}, set: setFailOn,
		Doc: "Lowest level of a finding that fails the check run and the step. Empty: as configured, else `none`.",
	},
	{
		Name: "artifact-name", Default: "mergebrief", set: setArtifactName,
		Doc: "Beginning of the name of the uploaded artifact; pull request, key and attempt follow.",
	},
	{
		Name: "ledger", Default: "off", set: setLedger,
		Doc: "Where a lasting record of each merged pull request is kept: `off`, `git` (the ref `refs/mergebrief/ledger`), `git:REF`, or a folder. Needs `contents: write` for a ref; written on merges, pushes, schedules and by hand, never by the run of a fork. See [docs/ledger.md](docs/ledger.md).",
	},
	{
		Name: "retention-days", set: setRetention,
		Doc: "Days to keep the artifact, at most what the repository allows. Empty: the repository's setting.",
	},
	{
		Name: "pull-request", set: setPullRequest,
		Doc: "Number of the pull request, for events that are not about one, such as `workflow_dispatch`.",
	},
}

// Output is one output of the action.
type Output struct {
	Name string
	// What the value is, in Markdown without line breaks.
	Doc string

	value func(Result) string
}

// Outputs are the outputs, in the order in which they are documented.
var Outputs = []Output{
	{"bundle", "Path of the evidence bundle, relative to the workspace when it lies there.", func(r Result) string { return r.Bundle }},
	{"bundle-sha256", "SHA-256 of the evidence bundle, in hexadecimal.", func(r Result) string { return r.BundleSHA256 }},
	{"artifact-id", "Id of the uploaded artifact; empty when there is none.", func(r Result) string { return r.ArtifactID }},
	{"artifact-url", "Address of the uploaded artifact; empty when there is none.", func(r Result) string { return r.ArtifactURL }},
	{"check-url", "Address of the check run; empty when there is none.", func(r Result) string { return r.CheckURL }},
	{"comment-url", "Address of the comment; empty when there is none.", func(r Result) string { return r.CommentURL }},
	{"conclusion", "Conclusion of the assessment: `success`, `failure` or `neutral`.", func(r Result) string { return r.Conclusion }},
	{"published", "`true` when every place that was asked for has the record, else `false`; the log and the job summary say which has not, and why.", func(r Result) string { return truth(r.Published) }},
	{"gaps", "Number of things that were looked for and not found.", func(r Result) string { return count(r.Gaps) }},
}
