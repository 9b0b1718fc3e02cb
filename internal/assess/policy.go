package assess

import (
	"slices"

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
	// Checks that must pass on the head, by name, beside those that GitHub
	// requires.
	RequiredChecks []string
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
	// Limits; 0 for the defaults, or none.
	MaxLines   int
	MaxFiles   int
	MaxCostUSD float64
	// Findings that are known and do not count.
	Accepted []Accepted
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

// Requirement asks for items of the checklist.
type Requirement struct {
	// Ids of the items.
	Items []string
	// Patterns of paths and labels of the pull request of which one must match;
	// without any, the items are always asked for.
	Paths  []string
	Labels []string
}

// Accepted is a finding that is known and does not count.
type Accepted struct {
	// Id of a rule or of a finding.
	ID string
	// Patterns of the paths to which it is limited, all of the finding's places.
	Paths  []string
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
		return defaultArea(defaultAreas(), path)
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

func (r Requirement) applies(f *facts) bool {
	if len(r.Paths)+len(r.Labels) == 0 {
		return true
	}
	if f.PullRequest != nil && slices.ContainsFunc(f.PullRequest.Labels, func(l string) bool { return slices.Contains(r.Labels, l) }) {
		return true
	}
	return slices.ContainsFunc(f.Files, func(file evidence.File) bool { return matchesAny(r.Paths, file.Path) })
}

// accept marks a finding that the policy accepts, or accepted once.
func (p *Policy) accept(x *evidence.Finding) {
	for i := range p.Accepted {
		a := &p.Accepted[i]
		if x.Accepted != nil || a.ID != x.ID && (a.ID != x.Rule || len(x.Also) > 0) || !a.within(x) {
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

func (a *Accepted) within(x *evidence.Finding) bool {
	if len(a.Paths) == 0 {
		return true
	}
	return len(x.Spans) > 0 && x.SpansOmitted == 0 && !slices.ContainsFunc(x.Spans, func(s evidence.Span) bool { return !matchesAny(a.Paths, s.Path) })
}
