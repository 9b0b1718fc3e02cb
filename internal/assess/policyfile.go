package assess

import (
	"errors"
	"fmt"
	"time"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/goccy/go-yaml/ast"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// maxPolicyBytes bounds a policy file: hand-written ones have a few kilobytes.
const maxPolicyBytes = 256 << 10

// PolicyPath is where a repository keeps its policy, on the base branch.
const PolicyPath = ".github/mergebrief.yml"

// ParsePolicy reads a policy file. Name is how messages call it; today, as
// "2006-01-02", is the day on which the policy is applied. The error joins all
// that is wrong with the file, each with line and column; the policy is then the
// zero one.
func ParsePolicy(name string, data []byte, today string) (Policy, error) {
	if len(data) > maxPolicyBytes {
		return Policy{}, fmt.Errorf("%s: larger than %d bytes", name, maxPolicyBytes)
	}
	r := &policyReader{reader: reader{name: name}}
	root := r.root(data)
	r.preset(root)
	r.top(root)
	if len(r.problems) > 0 {
		return Policy{}, errors.Join(r.problems...)
	}
	r.policy.Today = today
	return r.policy, nil
}

type policyReader struct {
	reader
	policy Policy
}

// preset reads the preset before everything else, which changes it.
func (r *policyReader) preset(n ast.Node) {
	quiet := reader{name: r.name}
	name := ""
	quiet.entries(n, "", func(key string, _, v ast.Node) {
		if key == "preset" {
			r.word(&name, "preset", presetNames()...)(v)
		}
	})
	r.policy = preset(name)
}

func (r *policyReader) top(n ast.Node) {
	p := &r.policy
	var lines, files, tokens float64
	r.mapping(n, "a policy",
		field{"preset", func(ast.Node) {}},
		field{"fail-on", func(n ast.Node) {
			r.word(&p.FailOn, "fail-on", "none", "warning", "error")(n)
			p.From["fail-on"] = r.where(n.GetToken())
		}},
		field{"rules", r.levels},
		field{"areas", r.areas},
		field{"checks", func(n ast.Node) {
			r.mapping(n, "checks", field{"required", r.requiredChecks})
		}},
		field{"commands", func(n ast.Node) {
			r.mapping(n, "commands", field{"required", r.texts(&p.RequiredCommands, "commands.required")}, field{"allowed", r.texts(&p.AllowedCommands, "commands.allowed")})
		}},
		field{"hosts", func(n ast.Node) {
			r.mapping(n, "hosts", field{"allowed", r.texts(&p.AllowedHosts, "hosts.allowed")})
		}},
		field{"paths", func(n ast.Node) {
			r.mapping(n, "paths", field{"allowed", r.patterns(&p.AllowedPaths, "paths.allowed")})
		}},
		field{"required", r.requirements},
		field{"limits", func(n ast.Node) {
			r.mapping(n, "limits", field{"lines", r.number(&lines, "limits.lines")}, field{"files", r.number(&files, "limits.files")},
				field{"cost-usd", r.number(&p.MaxCostUSD, "limits.cost-usd")}, field{"tokens", r.number(&tokens, "limits.tokens")})
		}},
		field{"validation", r.validation},
		field{"reviews", r.reviews},
		field{"tickets", r.tickets},
		field{"accepted", r.accepted},
	)
	if lines > 0 {
		p.MaxLines = int(lines)
	}
	if files > 0 {
		p.MaxFiles = int(files)
	}
	p.MaxTokens = int64(tokens)
}

func (r *policyReader) levels(n ast.Node) {
	known := ruleIDs()
	r.entries(n, "rules", func(id string, k, v ast.Node) {
		level := ""
		r.word(&level, "a rule", "error", "warning", "note", "off")(v)
		if !ruleExists(id) {
			r.problem(k, "there is no rule %q%s", id, suggestion(id, known))
			return
		}
		if level == "off" {
			level = string(evidence.LevelNone)
		}
		r.policy.Levels[id], r.policy.From[id] = evidence.Level(level), r.where(k.GetToken())
	})
}

func (r *policyReader) areas(n ast.Node) {
	r.items(n, "areas", func(item ast.Node) {
		var a Area
		r.mapping(item, "an area", field{"name", r.text(&a.Name, "name")}, field{"paths", r.patterns(&a.Paths, "paths")})
		if a.Name == "" || len(a.Paths) == 0 {
			r.problem(item, "an area has a name and paths")
		}
		r.policy.Areas = append(r.policy.Areas, a)
	})
}

func (r *policyReader) requirements(n ast.Node) {
	known := itemIDs()
	r.items(n, "required", func(item ast.Node) {
		var q Requirement
		r.mapping(item, "a requirement",
			field{"items", func(n ast.Node) {
				r.items(n, "items", func(one ast.Node) {
					var id string
					r.word(&id, "items", known...)(one)
					q.Items = append(q.Items, id)
				})
			}},
			field{"paths", r.patterns(&q.Paths, "paths")}, field{"labels", r.texts(&q.Labels, "labels")})
		if len(q.Items) == 0 {
			r.problem(item, "a requirement has items")
		}
		r.policy.Required = append(r.policy.Required, q)
	})
}

func (r *policyReader) accepted(n ast.Node) {
	r.items(n, "accepted", func(item ast.Node) {
		var a Accepted
		r.mapping(item, "an acceptance",
			field{"id", r.text(&a.ID, "id")}, field{"reason", r.text(&a.Reason, "reason")}, field{"owner", r.text(&a.Owner, "owner")},
			field{"expires", r.day(&a.Expires, "expires")}, field{"paths", r.patterns(&a.Paths, "paths")}, field{"labels", r.texts(&a.Labels, "labels")})
		switch {
		case a.ID == "" || a.Reason == "":
			r.problem(item, "an acceptance has an id and a reason")
		case !ruleExists(ruleOf(a.ID)):
			r.problem(item, "no rule finds %q%s", a.ID, suggestion(ruleOf(a.ID), ruleIDs()))
		}
		r.policy.Accepted = append(r.policy.Accepted, a)
	})
}

func (r *policyReader) day(to *string, what string) func(ast.Node) {
	return func(n ast.Node) {
		var s string
		r.text(&s, what)(n)
		if _, err := time.Parse(time.DateOnly, s); s != "" && err != nil {
			r.problem(n, "%s is a day, as 2026-12-31, not %q", what, s)
			return
		}
		*to = s
	}
}

func validPattern(p string) bool { return p != "" && doublestar.ValidatePattern(p) }

func ruleIDs() []string {
	var all []string
	for _, r := range Rules() {
		all = append(all, r.ID)
	}
	return all
}

func itemIDs() []string {
	var all []string
	for _, it := range checklist(&facts{Record: &evidence.Record{}}) {
		all = append(all, it.ID)
	}
	return all
}

func ruleExists(id string) bool {
	for _, r := range Rules() {
		if r.ID == id {
			return true
		}
	}
	return false
}

// ruleOf returns the rule that an acceptance is about: its id is that of a rule
// or, with a digest of eight digits behind it, that of a finding.
func ruleOf(id string) string {
	const digest = len("-00000000")
	if !ruleExists(id) && len(id) > digest && id[len(id)-digest] == '-' {
		return id[:len(id)-digest]
	}
	return id
}
