package evidence

import "time"

// Outcome is the result of one test case or one attempt at it.
type Outcome string

// The outcomes of a test case. Failed is an assertion that did not hold,
// errored is anything else that kept the test from passing.
const (
	Passed  Outcome = "passed"
	Failed  Outcome = "failed"
	Errored Outcome = "errored"
	Skipped Outcome = "skipped"
)

// Counts are numbers of test cases. Total is the sum of Passed, Failed, Errored
// and Skipped; Flaky ones passed at last and are counted under Passed too.
type Counts struct {
	Total   int `json:"total"`
	Passed  int `json:"passed"`
	Failed  int `json:"failed"`
	Errored int `json:"errored"`
	Skipped int `json:"skipped"`
	Flaky   int `json:"flaky"`
}

// Count adds one case with the outcome.
func (c *Counts) Count(o Outcome, flaky bool) {
	c.Total++
	switch o {
	case Passed:
		c.Passed++
	case Failed:
		c.Failed++
	case Errored:
		c.Errored++
	case Skipped:
		c.Skipped++
	}
	if flaky {
		c.Flaky++
	}
}

// Add adds d to c.
func (c *Counts) Add(d Counts) {
	c.Total += d.Total
	c.Passed += d.Passed
	c.Failed += d.Failed
	c.Errored += d.Errored
	c.Skipped += d.Skipped
	c.Flaky += d.Flaky
}

// Remove takes back what [Counts.Count] added.
func (c *Counts) Remove(o Outcome, flaky bool) {
	var d Counts
	d.Count(o, flaky)
	c.Total -= d.Total
	c.Passed -= d.Passed
	c.Failed -= d.Failed
	c.Errored -= d.Errored
	c.Skipped -= d.Skipped
	c.Flaky -= d.Flaky
}

// BrokenParts is the number of parts that did not run as planned, listed or not.
func (s *Suite) BrokenParts() int { return len(s.Broken) + s.BrokenOmitted }

// Bad is the number of cases that did not pass and were not skipped.
func (c Counts) Bad() int { return c.Failed + c.Errored }

// Suite is a set of test results from one file.
type Suite struct {
	Origin Origin `json:"origin"`
	Format string `json:"format"`
	Name   string `json:"name,omitempty"`
	// Numbers of cases listed, each counted once however often it was tried.
	Counts Counts `json:"counts"`
	// Numbers that the file states about itself, when they differ.
	Declared *Counts `json:"declared,omitempty"`
	// What kept the suite from running as planned: a failed build, an aborted
	// run, cases that were planned and never ran.
	Broken []Breakage `json:"broken,omitempty"`
	// Number of broken parts left out at a limit.
	BrokenOmitted int `json:"brokenOmitted,omitempty"`
	// The cases that did not simply pass: failed and errored first, then flaky,
	// then skipped.
	Cases []Case `json:"cases,omitempty"`
	// Number of cases that belong in Cases and were left out at a limit.
	CasesOmitted int `json:"casesOmitted,omitempty"`
	// Number of cases that the file of a rerun replaced; they are no longer counted
	// here.
	Replaced int `json:"replaced,omitempty"`
	// Sum of the cases' durations, in milliseconds.
	DurationMs int64     `json:"durationMs,omitempty"`
	Started    time.Time `json:"started,omitzero"`

	// Identities of the cases that simply passed. They live only while the files
	// of reruns are joined and never enter the bundle.
	Passing []CaseID `json:"-"`
}

// CaseID identifies a test case across files and runs by its suite, class and
// name. It is a 64-bit FNV-1a hash: good enough to join the reruns of one pull
// request, and never stored.
type CaseID uint64

// Identify returns the identity that the parts make up. It is never 0.
func Identify(parts ...string) CaseID {
	h := uint64(fnvOffset)
	for _, part := range parts {
		for i := range len(part) {
			h = (h ^ uint64(part[i])) * uint64(fnvPrime)
		}
		h = (h ^ 0xff) * uint64(fnvPrime)
	}
	return CaseID(max(h, 1))
}

// In returns the identity of the case as part of another, such as its suite.
func (c CaseID) In(whole CaseID) CaseID {
	h := (uint64(fnvOffset) ^ uint64(whole)) * uint64(fnvPrime)
	h = (h ^ h>>32 ^ uint64(c)) * uint64(fnvPrime)
	return CaseID(max(h^h>>29, 1))
}

// Breakage is a state of a suite that is neither a passed nor a failed case.
type Breakage struct {
	// "build-failed", "aborted", "planned-not-run" or "failure-not-listed".
	Kind BreakageKind `json:"kind"`
	// What it concerns: a package, a file, a number of cases.
	Subject string `json:"subject,omitempty"`
	Message string `json:"message,omitempty"`
	// File and line at which it happened, where the file tells.
	File string `json:"file,omitempty"`
	Line int    `json:"line,omitempty"`

	// As those of a [Case].
	Frames []Frame `json:"-"`
}

// Case is one test case.
type Case struct {
	Name    string  `json:"name"`
	Class   string  `json:"class,omitempty"`
	File    string  `json:"file,omitempty"`
	Line    int     `json:"line,omitempty"`
	Outcome Outcome `json:"outcome"`
	// Failed at first, passed at last.
	Flaky bool `json:"flaky,omitempty"`
	// Outcomes of the attempts in order, when there was more than one.
	Attempts []Outcome `json:"attempts,omitempty"`
	// What the runner said, bounded.
	Message string `json:"message,omitempty"`
	// Stable across runs: equal for failures of the same test with the same
	// first error line, numbers and paths aside.
	Signature string `json:"signature,omitempty" redact:"keep"`

	// Identity of the case. It lives only while the files of reruns are joined
	// and never enters the bundle.
	ID CaseID `json:"-"`
	// Places that its failure names, the innermost first. They live only until the
	// place of the case is known and never enter the bundle.
	Frames []Frame `json:"-"`
}

// Frame is a place that a trace names.
type Frame struct {
	// Path as the runtime writes it.
	Path string
	Line int
}

// Level is the severity of a result or finding, in SARIF's words.
type Level string

// The levels of SARIF 2.1.0, section 3.27.10.
const (
	LevelError   Level = "error"
	LevelWarning Level = "warning"
	LevelNote    Level = "note"
	LevelNone    Level = "none"
)

// LevelCounts are numbers of results by level. Suppressed ones are not counted
// under a level.
type LevelCounts struct {
	Total      int `json:"total"`
	Error      int `json:"error"`
	Warning    int `json:"warning"`
	Note       int `json:"note"`
	Suppressed int `json:"suppressed"`
}

// Add adds d to c.
func (c *LevelCounts) Add(d LevelCounts) {
	c.Total += d.Total
	c.Error += d.Error
	c.Warning += d.Warning
	c.Note += d.Note
	c.Suppressed += d.Suppressed
}

// Scan is one run of a linter or scanner.
type Scan struct {
	Origin Origin      `json:"origin"`
	Format string      `json:"format"`
	Tool   string      `json:"tool"`
	Counts LevelCounts `json:"counts"`
	// The tool says that it did not run to its end: its zero is not a zero.
	DidNotRun bool `json:"didNotRun,omitempty"`
	// The tool says that the run as a whole failed, not that a file of many could not
	// be looked at.
	Failed bool `json:"failed,omitempty"`
	// What the tool said about that.
	Message string `json:"message,omitempty"`
	// The active results, the gravest first.
	Results []Result `json:"results,omitempty"`
	// Number of active results left out at a limit.
	ResultsOmitted int `json:"resultsOmitted,omitempty"`
}

// Result is one active result of a scan.
type Result struct {
	Rule    string `json:"rule,omitempty"`
	Level   Level  `json:"level"`
	Message string `json:"message,omitempty"`
	Path    string `json:"path,omitempty"`
	// First and last line, 1-based; 0 when the result has no line.
	Line    int `json:"line,omitempty"`
	EndLine int `json:"endLine,omitempty"`
	// "critical", "high", "medium" or "low", from the rule's security-severity.
	Severity  Severity `json:"severity,omitempty"`
	Signature string   `json:"signature,omitempty" redact:"keep"`
	// The scan is of something else than the repository, such as an image: none of its
	// paths is in it.
	Outside bool `json:"outside,omitempty"`

	// Folder of the path, with a slash at its end, as a report gives it apart from the
	// path. It lives only until the file is found and never enters the bundle.
	Base string `json:"-"`
}

// Check is a check run or commit status of the head commit.
type Check struct {
	Origin Origin `json:"origin"`
	// Name of the check run, or context of the status.
	Name string `json:"name"`
	// Slug and id of the app that owns it; rules name the id.
	App   string `json:"app,omitempty"`
	AppID int64  `json:"appId,omitempty"`
	// Workflow and run that it belongs to, when GitHub Actions made it. Two
	// workflows may have one name, but not one id.
	Workflow   string `json:"workflow,omitempty"`
	WorkflowID int64  `json:"workflowId,omitempty"`
	RunID      int64  `json:"runId,omitempty"`
	// What defines it, when GitHub Actions or somebody's request made it; absent
	// for checks of other apps, which are whatever the app is trusted to be.
	Definition *Definition `json:"definition,omitempty"`
	// GitHub's status: "completed", "in_progress", "queued" and so on.
	Status CheckStatus `json:"status"`
	// GitHub's conclusion, lower case; empty while not completed.
	Conclusion Conclusion `json:"conclusion,omitempty"`
	// A rule of the base branch requires it; absent when not known.
	Required  *bool     `json:"required,omitempty"`
	Started   time.Time `json:"started,omitzero"`
	Completed time.Time `json:"completed,omitzero"`
	URL       string    `json:"url,omitempty"`
	// What the check says of its result in a line: its title, the description of a
	// status, or else the first annotation. GitHub gives no reason for a job that
	// was skipped.
	Detail string `json:"detail,omitempty"`
	// Number of annotations; known for the head only.
	Annotations int `json:"annotations,omitempty"`
}

// Definition says what a check does, and whether the change could have written that.
type Definition struct {
	State DefinitionState `json:"state"`
	// File of the workflow, and "owner/name" of the repository that has it when that
	// is another one. Absent when no file is known.
	Path       string `json:"path,omitempty"`
	Repository string `json:"repository,omitempty"`
	// With the state "changed": the files of the definition by which the change
	// differs from its merge base, ascending, and how many were left out at a limit.
	Files        []string `json:"files,omitempty"`
	FilesOmitted int      `json:"filesOmitted,omitempty"`
	// With the state "author": who set the status.
	By string `json:"by,omitempty"`
}

// Independent reports whether a result under the definition is not of the change's
// own making. Without a definition it is as the app is trusted.
func (d *Definition) Independent() bool {
	return d == nil || d.State == DefinitionUnchanged || d.State == DefinitionElsewhere
}

// OfChange reports whether the change, or who wrote it, is known to have made what
// gives the result.
func (d *Definition) OfChange() bool {
	return d != nil && (d.State == DefinitionChanged || d.State == DefinitionAuthor)
}

// SameCheck reports whether two results are of one check, on whatever commits:
// reported by one app under one name, and by one workflow where there is one. The
// name alone is owned by nobody.
func (c Check) SameCheck(x Check) bool {
	workflow := c.Workflow == x.Workflow
	if c.WorkflowID != 0 && x.WorkflowID != 0 {
		workflow = c.WorkflowID == x.WorkflowID
	}
	return c.App == x.App && c.Name == x.Name && workflow
}

// Failed reports whether the check ended in a way that is not a pass.
func (c Check) Failed() bool {
	switch c.Conclusion {
	case ConclusionFailure, ConclusionTimedOut, ConclusionStartupFailure, ConclusionActionRequired, ConclusionError:
		return true
	}
	return false
}

// Passed reports whether the check is known to have passed, and shows something about
// the change: what the change itself defines passes as it likes.
func (c Check) Passed() bool {
	return c.Conclusion == ConclusionSuccess && c.Origin.Basis.Certain() && !c.Definition.OfChange()
}

// GatedList names a list of GitHub's on which a gate may rest.
type GatedList string

// The lists on which gates rest. Those of the pull request are not asked for where
// there is none, as of a merge group.
const (
	GatedChecks  GatedList = "checks"
	GatedReviews GatedList = "reviews"
	GatedThreads GatedList = "threads"
	GatedLabels  GatedList = "labels"
)

// GatedLists returns all of them.
func GatedLists() []GatedList {
	return []GatedList{GatedChecks, GatedReviews, GatedThreads, GatedLabels}
}
