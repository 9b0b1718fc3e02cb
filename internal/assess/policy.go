package assess

import (
	"path"
	"slices"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/mergebrief/mergebrief/internal/classify"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

const (
	failOnNone = "none"
	// defaultMaxLines and defaultMaxFiles are where reviews are known to find
	// less: several times the 400 lines that are the usual advice, so that only
	// changes stand out that everybody calls large.
	defaultMaxLines = 2000
	defaultMaxFiles = 100
)

// Policy is what a team asks of a change. It comes from the base branch or from
// the inputs of the action, never from the change. The zero value reports and
// fails nothing.
type Policy struct {
	// Level from which on findings fail the check: "error", "warning", or "none"
	// (also when empty) to report only.
	FailOn string
	// Levels of rules by id, where they differ; "none" switches a rule off.
	Levels map[string]evidence.Level
	// High-risk areas; without any, those that are recognised by name.
	Areas []Area
	// Checks that must pass on the head, beside those that GitHub requires.
	RequiredChecks []RequiredCheck
	// Commands that every agent run must have run.
	RequiredCommands []string
	// Commands and hosts that agents may use; empty lists leave it to what the
	// runs themselves record.
	AllowedCommands []string
	AllowedHosts    []string
	// Paths to which changes by agents are confined; empty for no limit.
	AllowedPaths []string
	// Items of the checklist that must not be missing.
	Required []Requirement
	// Validations that a check of the head must show to have passed.
	RequiredValidation []ValidationRequirement
	// What reviews must be there.
	Reviews ReviewPolicy
	// Other trackers whose tickets count, the labels on an issue that mean that it
	// is approved, and those of priorities, the most urgent one first. They say where
	// to look and are used while facts are gathered.
	Trackers       []Tracker
	ApprovalLabels []string
	Priorities     []Priority
	// Limits; 0 for the defaults, or none.
	MaxLines   int
	MaxFiles   int
	MaxCostUSD float64
	MaxTokens  int64
	// Findings that are known and do not count.
	Accepted []Accepted
	// Where the level of a rule, or "fail-on", was set: "preset strict", or the file
	// with the line. What is not in it has its default.
	From map[string]string
	// Why the policy file could not be used; empty when it could, or when there
	// is none. What it asks for is not known then.
	Broken string
	// The day on which the policy is applied, as "2006-01-02"; acceptances that
	// ended before it count no more. Empty when no day is known: then every
	// acceptance with an end has ended.
	Today string
}

// Area is a high-risk area.
type Area struct {
	Name string
	// Patterns of paths.
	Paths []string
}

// RequiredCheck is a check that must pass.
type RequiredCheck struct {
	Name string
	// Path of the workflow's file that has to make it, with "owner/name/" before it
	// when it is of another repository; empty for any.
	Workflow string
	// Slug of the app that has to make it, or login of who has to set the status;
	// empty for any.
	App string
}

// is reports whether a check is the required one, whoever may have written what it
// does.
func (r RequiredCheck) is(c evidence.Check) bool {
	file := ""
	if d := c.Definition; d != nil && d.Path != "" {
		file = path.Join(d.Repository, d.Path)
	}
	return c.Name == r.Name && (r.App == "" || c.App == r.App) && (r.Workflow == "" || file == r.Workflow)
}

// Requirement asks for items of the checklist.
type Requirement struct {
	// Ids of the items.
	Items []string
	// Patterns of paths and labels of the pull request of which one must match;
	// without any, the items are always asked for.
	Paths  []string
	Labels []string
}

// ValidationRequirement asks for validations, as [Requirement] does for items.
type ValidationRequirement struct {
	Classes []evidence.CommandClass
	Paths   []string
	Labels  []string
}

// ReviewPolicy asks for reviews of the head.
type ReviewPolicy struct {
	// How many people other than the author must have approved.
	Approvals int
	// Approvals of earlier commits count, too.
	AllowStale bool
	// The approval of who requested the work does not count.
	ExceptRequester bool
	// The approval of a person in whose name an agent acted does not count.
	ExceptOperator bool
}

// Tracker is a ticket system whose keys are found by a pattern.
type Tracker struct {
	// Regular expression of the keys, such as "SHOP-[0-9]+".
	Pattern string
	// Address of a ticket, with {key} in the place of the key and {number} in that
	// of the digits at its end.
	URL string
}

// Priority is a priority of tickets.
type Priority struct {
	Name string
	// Labels of issues that mean it.
	Labels []string
}

// Accepted is a finding that is known and does not count.
type Accepted struct {
	// Id of a rule or of a finding.
	ID string
	// Patterns of the paths to which it is limited: all places of the finding, or
	// all files of the change when it has none.
	Paths []string
	// Labels of the pull request, of which one must be there.
	Labels []string
	Reason string
	Owner  string
	// Last day on which it holds, as "2006-01-02".
	Expires string
}

func (p *Policy) failOn() string {
	if p.FailOn == "" {
		return failOnNone
	}
	return p.FailOn
}

func (p *Policy) level(r Rule) evidence.Level {
	if l, ok := p.Levels[r.ID]; ok {
		return l
	}
	return r.Level
}

// overrides reports whether the policy sets the level of a rule, so that no
// finding may choose another.
func (p *Policy) overrides(r Rule) bool {
	_, ok := p.Levels[r.ID]
	return ok
}

// area returns the name of the high-risk area that a path is in, or "".
func (p *Policy) area(path string) string {
	if len(p.Areas) == 0 {
		return classify.Area(path)
	}
	for _, a := range p.Areas {
		if matchesAny(a.Paths, path) {
			return a.Name
		}
	}
	return ""
}

func (p *Policy) maxLines() int { return orDefault(p.MaxLines, defaultMaxLines) }
func (p *Policy) maxFiles() int { return orDefault(p.MaxFiles, defaultMaxFiles) }

func orDefault(n, fallback int) int {
	if n > 0 {
		return n
	}
	return fallback
}

// requires reports whether the policy asks for an item of the checklist here.
func (p *Policy) requires(f *facts, item string) bool {
	return slices.ContainsFunc(p.Required, func(r Requirement) bool {
		return slices.Contains(r.Items, item) && r.applies(f)
	})
}

func (r Requirement) applies(f *facts) bool { return f.matches(r.Paths, r.Labels) }

// matches reports whether the change touches one of the paths or has one of the
// labels, or none is given.
func (f *facts) matches(paths, labels []string) bool {
	if len(paths)+len(labels) == 0 || f.labelled(labels) {
		return true
	}
	return slices.ContainsFunc(f.Files, func(file evidence.File) bool { return matchesAny(paths, file.Path) })
}

// labelled reports whether the pull request has one of the labels.
func (f *facts) labelled(labels []string) bool {
	return f.PullRequest != nil && slices.ContainsFunc(f.PullRequest.Labels, func(l string) bool { return slices.Contains(labels, l) })
}

// accept marks a finding that the policy accepts, or accepted once.
func (f *facts) accept(x *evidence.Finding) {
	p := &f.policy
	for i := range p.Accepted {
		a := &p.Accepted[i]
		if x.Accepted != nil || a.ID != x.ID && (a.ID != x.Rule || len(x.Also) > 0) || !a.within(f, x) {
			continue
		}
		if !a.holds(p.Today) {
			x.Lapsed = a.Expires
			continue
		}
		x.Accepted, x.Lapsed = &evidence.Acceptance{Reason: a.Reason, Owner: a.Owner, Until: a.Expires}, ""
	}
}

// holds reports whether an acceptance has not ended.
func (a *Accepted) holds(today string) bool {
	return a.Expires == "" || today != "" && today <= a.Expires
}

// within reports whether a finding lies in the scope of an acceptance.
func (a *Accepted) within(f *facts, x *evidence.Finding) bool {
	if len(a.Labels) > 0 && !f.labelled(a.Labels) {
		return false
	}
	if len(a.Paths) == 0 {
		return true
	}
	if len(x.Spans) == 0 {
		return len(f.Files) > 0 && !slices.ContainsFunc(f.Files, func(file evidence.File) bool { return !matchesAny(a.Paths, file.Path) })
	}
	return x.SpansOmitted == 0 && !slices.ContainsFunc(x.Spans, func(s evidence.Span) bool { return !matchesAny(a.Paths, s.Path) })
}

// matchesAny reports whether a path matches one of several patterns, in the
// language of doublestar: "**" stands for any number of folders. A pattern that
// is malformed matches nothing.
func matchesAny(patterns []string, name string) bool {
	for _, p := range patterns {
		if doublestar.MatchUnvalidated(p, name) {
			return true
		}
	}
	return false
}
