package evidence

import (
	"slices"
	"time"
)

// Span is a range of lines of a file at the head commit, 1-based, inclusive.
type Span struct {
	Path  string `json:"path"`
	First int    `json:"first"`
	Last  int    `json:"last"`
}

// Lines is the number of lines in the span.
func (s Span) Lines() int { return s.Last - s.First + 1 }

// Identity is a person or machine as git names it. Anyone can write anything
// there.
type Identity struct {
	Name  string `json:"name"`
	Email string `json:"email"`
}

// Commit is one commit of the change.
type Commit struct {
	Origin  Origin   `json:"origin"`
	ID      string   `json:"id" redact:"keep"`
	Parents []string `json:"parents,omitempty" redact:"keep"`
	// Tree that the commit records.
	Tree      string   `json:"tree" redact:"keep"`
	Author    Identity `json:"author"`
	Committer Identity `json:"committer"`
	// Login that GitHub joins with the author, by the address.
	Login     string    `json:"login,omitempty"`
	Authored  time.Time `json:"authored,omitzero"`
	Committed time.Time `json:"committed,omitzero"`
	// First line of the message.
	Subject string `json:"subject"`
	// Trailers of the message, in order, keys as written.
	Trailers []Trailer `json:"trailers,omitempty"`

	// Tickets that the message says it closes, as "#12", "owner/name#12" or an
	// address. Nobody looked them up.
	Closes []string `json:"closes,omitempty"`

	// The whole message. It lives only while facts are joined and never enters
	// the bundle.
	Message string `json:"-"`
}

// Trailer is a "Key: value" line of a commit message: one of those at its end, or
// one of an agent's anywhere.
type Trailer struct {
	Key   string `json:"key"`
	Value string `json:"value"`
	// It stands outside of the lines that git takes for trailers.
	Stray bool `json:"stray,omitempty"`
}

// FileStatus says what happened to a file.
type FileStatus string

// The ways in which a change can touch a file, in git's words.
const (
	FileAdded       FileStatus = "added"
	FileModified    FileStatus = "modified"
	FileDeleted     FileStatus = "deleted"
	FileRenamed     FileStatus = "renamed"
	FileCopied      FileStatus = "copied"
	FileTypeChanged FileStatus = "type-changed"
)

// File is one file of the change, between the merge base and the head.
type File struct {
	Origin Origin     `json:"origin"`
	Path   string     `json:"path"`
	Status FileStatus `json:"status"`
	// Path before a rename or copy.
	OldPath string `json:"oldPath,omitempty"`
	// File modes in git's octal form; only when the mode changed or is special.
	OldMode string `json:"oldMode,omitempty"`
	Mode    string `json:"mode,omitempty"`
	// Git names the content binary; it has no lines.
	Binary bool `json:"binary,omitempty"`
	// The path is a submodule; its lines are commit ids.
	Submodule bool `json:"submodule,omitempty"`
	// Numbers of added and deleted lines.
	Added   int `json:"added"`
	Deleted int `json:"deleted"`
	// What the lines of a test file look like; absent for other files, and where
	// no line looks like an assertion or a skipped test.
	Tests *TestLines `json:"tests,omitempty"`
	// How the change loosens what validates it, in this file; absent where it does
	// not.
	Loosened *Loosened `json:"loosened,omitempty"`
	// What the change does to the dependencies that the file names, those with
	// signs first, and how many were left out at a limit; absent where it does
	// nothing to them.
	Dependencies        []Dependency `json:"dependencies,omitempty"`
	DependenciesOmitted int          `json:"dependenciesOmitted,omitempty"`
	// Both versions of the file were read for dependencies, so that those not
	// listed did not change.
	DependenciesRead bool `json:"dependenciesRead,omitempty"`
	// The lock file of this manifest, which the change does not touch although
	// dependencies changed.
	LockLeft string `json:"lockLeft,omitempty"`
	// What the change does to a workflow, as far as it can be told from the two
	// versions of the file; absent for other files.
	Workflow *WorkflowChange `json:"workflow,omitempty"`
	// Added lines that switch a protection off, or run with more rights.
	Hazards []Hazard `json:"hazards,omitempty"`
	// The added lines at head, ascending and disjoint.
	Spans []LineRange `json:"spans,omitempty"`
	// Which commit wrote the added lines, ascending and disjoint. Absent when the
	// history could not be read; lines in none of them are of unknown origin.
	Origins []LineOrigin `json:"origins,omitempty"`
	// What commits of the change did to lines of the file that earlier commits of
	// the change had written, the oldest first, and how many were left out at a
	// limit.
	Rewrites        []Rewrite `json:"rewrites,omitempty"`
	RewritesOmitted int       `json:"rewritesOmitted,omitempty"`

	// Hashes of the added lines, in the order of Spans. They live only while
	// claims are being made and never enter the bundle.
	Lines []LineHash `json:"-"`
}

// WorkflowChange is what a change does to a workflow.
type WorkflowChange struct {
	// The workflow, before or after, runs on changes: on pushes, pull requests,
	// merge groups, or when a workflow calls it.
	Judges bool `json:"judges,omitempty"`
	// The edits in the order of the file, and how many were left out at a limit.
	Edits        []WorkflowEdit `json:"edits,omitempty"`
	EditsOmitted int            `json:"editsOmitted,omitempty"`
}

// WorkflowEditKind says what was done to a workflow.
type WorkflowEditKind string

// The kinds of edits.
const (
	JobAdded            WorkflowEditKind = "job-added"
	JobRemoved          WorkflowEditKind = "job-removed"
	JobConditional      WorkflowEditKind = "job-conditional"
	JobChanged          WorkflowEditKind = "job-changed"
	StepRemoved         WorkflowEditKind = "step-removed"
	StepConditional     WorkflowEditKind = "step-conditional"
	FailureIgnored      WorkflowEditKind = "failure-ignored"
	TriggerAdded        WorkflowEditKind = "trigger-added"
	TriggerRemoved      WorkflowEditKind = "trigger-removed"
	PermissionWidened   WorkflowEditKind = "permission-widened"
	SecretsInherited    WorkflowEditKind = "secrets-inherited"
	SecretsNotInherited WorkflowEditKind = "secrets-not-inherited"
)

// WorkflowEdit is one thing that a change does to a workflow.
type WorkflowEdit struct {
	Kind WorkflowEditKind `json:"kind"`
	// Id of the job; absent for what concerns the whole workflow.
	Job string `json:"job,omitempty"`
	// What was edited: a step, a trigger, a permission as "scope: level".
	Subject string `json:"subject,omitempty"`
}

// HazardKind is a way in which a line takes a protection away.
type HazardKind string

// The kinds, by how they are written in scripts, images, settings and code.
const (
	HazardSudo        HazardKind = "sudo"
	HazardPipedScript HazardKind = "piped-script"
	HazardTLSOff      HazardKind = "tls-off"
	HazardSandboxOff  HazardKind = "sandbox-off"
	HazardPrivileged  HazardKind = "privileged"
	HazardSocket      HazardKind = "mounted-socket"
	HazardHooksOff    HazardKind = "hooks-off"
)

// Hazard is an added line that takes a protection away.
type Hazard struct {
	Kind HazardKind `json:"kind"`
	// Line at the head, 1-based.
	Line int `json:"line"`
}

// DependencyChange says what became of a dependency.
type DependencyChange string

// The changes. [DependencyChanged] is one without an order: another source,
// other features, a commit id.
const (
	DependencyAdded      DependencyChange = "added"
	DependencyRemoved    DependencyChange = "removed"
	DependencyUpgraded   DependencyChange = "upgraded"
	DependencyDowngraded DependencyChange = "downgraded"
	DependencyChanged    DependencyChange = "changed"
)

// DependencySign is something about a dependency that a reviewer wants to know.
type DependencySign string

// The signs.
const (
	// SignIndirect: a lock file names it, or a manifest says that another needs it.
	SignIndirect DependencySign = "indirect"
	// SignToolchain: it is a compiler, an interpreter or a tool of the build.
	SignToolchain DependencySign = "toolchain"
	// SignOtherSource: it is fetched from a repository, an address or a registry
	// that is not the usual one of its kind.
	SignOtherSource DependencySign = "other-source"
	// SignInstallScript: installing it runs a script.
	SignInstallScript DependencySign = "install-script"
	// SignUnpinned: one version fitted before, now later ones do.
	SignUnpinned DependencySign = "unpinned"
	// SignPrerelease: the version is not a released one, as its name says.
	SignPrerelease DependencySign = "prerelease"
	// SignMajor: the first number of the version is another one.
	SignMajor DependencySign = "major"
)

// Dependency is what a change does to one dependency in one file.
type Dependency struct {
	Name   string           `json:"name"`
	Change DependencyChange `json:"change"`
	// Versions as the file has them, ids of commits and digests shortened; several,
	// joined by commas, in lock files that have several of one name.
	From  string           `json:"from,omitempty"`
	To    string           `json:"to,omitempty"`
	Signs []DependencySign `json:"signs,omitempty"`
}

// Has reports whether the dependency has a sign.
func (d Dependency) Has(s DependencySign) bool { return slices.Contains(d.Signs, s) }

// Words returns the name with what became of its version, as people write it.
func (d Dependency) Words() string {
	switch {
	case d.Change == DependencyRemoved || d.To == "":
		return d.Name
	case d.From != "" && d.From != d.To:
		return d.Name + " " + d.From + " → " + d.To
	}
	return d.Name + " " + d.To
}

// Names lists the paths that the file has or had in the change, ascending, each
// once: an agent may have known it under any of them.
func (f *File) Names() []string {
	names := []string{f.Path}
	for _, o := range f.Origins {
		if o.Path != "" && o.Commit != "" {
			names = append(names, o.Path)
		}
	}
	if f.OldPath != "" {
		names = append(names, f.OldPath)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Loosened is what a change does to a file that makes validations say less: more
// comments that silence them, and settings that ask for less than before.
type Loosened struct {
	// By how many lines with such comments the file grew.
	Silenced int `json:"silenced,omitempty"`
	// The settings, each in a few words: "fail_under from 90 to 80",
	// "continue-on-error: true".
	Settings []string `json:"settings,omitempty"`
}

// TestLines counts lines of a test file that a change adds or removes and that
// look like assertions, like tests being skipped, or that declare tests. Words of
// a line tell; comments and imports do not count. What the change moves, which is
// the same line or test taken out in one place and put in at another, does not
// count either. The numbers say where to look.
type TestLines struct {
	AssertionsAdded   int `json:"assertionsAdded"`
	AssertionsRemoved int `json:"assertionsRemoved"`
	SkipsAdded        int `json:"skipsAdded"`
	SkipsRemoved      int `json:"skipsRemoved"`
	// By how many tests the file grew or shrank. A test taken out and another put
	// in, in one file, is one that was renamed.
	TestsAdded   int `json:"testsAdded,omitempty"`
	TestsRemoved int `json:"testsRemoved,omitempty"`
	// Names of removed tests, the first ones; absent where others were added.
	Removed []string `json:"removed,omitempty"`
	// By how many lines that make one test many cases the file grew: subtests,
	// tables, parameters. Tests that become cases are not fewer.
	Tables int `json:"tables,omitempty"`
	// Number of lines of all kinds that were taken out here and put in
	// somewhere, here or elsewhere.
	Moved int `json:"moved,omitempty"`
}

// LineRange is a range of lines, 1-based, inclusive.
type LineRange struct {
	First int `json:"first"`
	Last  int `json:"last"`
}

// LineOrigin is a run of added lines that one commit wrote, in one place.
type LineOrigin struct {
	LineRange
	// Commit of the change that wrote the lines; absent when they are older than
	// the change and were moved by it.
	Commit string `json:"commit,omitempty" redact:"keep"`
	// Path of the file in that commit, when it had another one.
	Path string `json:"path,omitempty"`
	// Line in that commit at which First stood.
	Line int `json:"line,omitempty"`
}

// Rewrite is a place where a commit replaced, deleted or inserted into lines
// that earlier commits of the change had written.
type Rewrite struct {
	// The commit, and the path of the file there.
	Commit string `json:"commit" redact:"keep"`
	Path   string `json:"path"`
	// The lines that it put there, in its own numbers; after a mere deletion,
	// Count is 0 and First the line before.
	First int `json:"first"`
	Count int `json:"count"`
	// The lines that it took away; those that are older than the change are left
	// out.
	Removed []WrittenLines `json:"removed,omitempty"`
	// The lines just above and below an insertion.
	Above *WrittenLines `json:"above,omitempty"`
	Below *WrittenLines `json:"below,omitempty"`
}

// WrittenLines are lines of a file as one commit wrote them.
type WrittenLines struct {
	Commit string `json:"commit" redact:"keep"`
	Path   string `json:"path"`
	Line   int    `json:"line"`
	Count  int    `json:"count"`
}

// LineMap says where the lines of one version of a file are in another. Lines in
// no hunk are the same in both.
type LineMap struct {
	OldPath string `json:"oldPath"`
	// Empty when the file is gone.
	Path  string     `json:"path,omitempty"`
	Hunks []LineHunk `json:"hunks,omitempty"`
}

// LineHunk replaces lines, ascending, with the numbers of a unified diff without
// context: with OldCount 0, lines are inserted after OldFirst.
type LineHunk struct {
	OldFirst int `json:"oldFirst"`
	OldCount int `json:"oldCount"`
	First    int `json:"first"`
	Count    int `json:"count"`
}

// CarryOver says how much of a change is in the commit that merged it.
type CarryOver struct {
	Origin Origin `json:"origin"`
	// The commit that merged the change.
	Commit string `json:"commit" redact:"keep"`
	// It records the same tree as the head.
	SameTree bool `json:"sameTree"`
	// What it changed in the base is, by git's patch id, what the change is:
	// nothing was added or left out while merging.
	SamePatch bool `json:"samePatch"`
	// It adds and deletes the lines that the change does; the lines around them may
	// be others, when the base had moved on.
	SameLines bool `json:"sameLines"`
	// Numbers of lines that the change adds, and of those that are in the commit.
	Added   int `json:"added"`
	Carried int `json:"carried"`
	// The files of which lines were not carried, by path.
	Files []CarriedFile `json:"files,omitempty"`
}

// CarriedFile is the carry-over of one file.
type CarriedFile struct {
	Path string `json:"path"`
	// Path in the commit, when it is another one; absent too when the file is not
	// there.
	NewPath string `json:"newPath,omitempty"`
	Added   int    `json:"added"`
	Carried int    `json:"carried"`
}

// Method says how lines were joined with a session.
type Method string

const (
	// MethodContent compares the added lines with the lines that a transcript
	// says the agent wrote to the same path, white space aside.
	MethodContent Method = "content-match"
	// MethodManifest takes the ranges that a run manifest states.
	MethodManifest Method = "manifest"
	// MethodNote takes the ranges that a git note on the commit states.
	MethodNote Method = "git-note"
	// MethodTrace takes the ranges of an Agent Trace record. Its revision is the
	// commit or, as tools write it, the one before.
	MethodTrace Method = "agent-trace"
	// MethodReplay repeats the edits that a transcript recorded with their full
	// result, so that every line is followed to where it came to stand.
	MethodReplay Method = "state-replay"
	// MethodRecord takes the ranges that a record of mergebrief itself states in
	// a git note, and compares the lines there with the hashes it has of them.
	MethodRecord Method = "record"
	// MethodCheckpoint is a checkpoint that the commit names: a session wrote
	// the commit, or part of it.
	MethodCheckpoint Method = "checkpoint"
	// MethodTrailer is a trailer of the commit that names an agent.
	MethodTrailer Method = "trailer"
	// MethodAccount is an author or committer that is an agent's account.
	MethodAccount Method = "account"
)

// FromTranscript reports whether the method joins lines at the head with the
// edits of a transcript, whichever commit wrote them.
func (m Method) FromTranscript() bool { return m == MethodContent || m == MethodReplay }

// Confidence grades an attribution.
type Confidence string

// The grades, from the strongest down.
const (
	Exact       Confidence = "exact"
	Strong      Confidence = "strong"
	Likely      Confidence = "likely"
	Stated      Confidence = "reported"
	CommitLevel Confidence = "commit-level"
)

// Claim states that a session or a person wrote lines of a file as of a commit.
type Claim struct {
	Origin Origin `json:"origin"`
	// Who wrote the lines: [AuthorAI] or [AuthorHuman].
	Author AuthorKind `json:"author"`
	// Id of the session; for a person, how the record names them.
	Session string `json:"session"`
	// Key of the agent, and model, when the claim itself names them.
	Agent string `json:"agent,omitempty"`
	Model string `json:"model,omitempty"`
	// Commit at which Path and Ranges are valid. Without a path the claim is
	// about all lines that the commit wrote.
	Commit     string      `json:"commit" redact:"keep"`
	Path       string      `json:"path"`
	Ranges     []LineRange `json:"ranges,omitempty"`
	Method     Method      `json:"method"`
	Confidence Confidence  `json:"confidence"`

	// Short hashes of the lines in Ranges, in order, when the claim has them.
	// They live only until the lines are compared and never enter the bundle.
	Hashes []uint32 `json:"-"`
}

// RuleFile is an instruction file for agents, as it stands at the base commit.
type RuleFile struct {
	Origin Origin `json:"origin"`
	Path   string `json:"path"`
	// Git blob id at the base commit; empty when the change adds the file.
	Blob string `json:"blob,omitempty" redact:"keep"`
	// The change under examination edits the file.
	Changed bool `json:"changed,omitempty"`
	// The base has another version of the file than the commit that the change
	// started from.
	Outdated bool `json:"outdated,omitempty"`
}
