package assess

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// Explain returns what a policy amounts to, as text: what fails the check, what
// it asks for, the level of each rule and where that was set, and what is
// accepted until when.
func Explain(p Policy) string {
	var b strings.Builder
	from := func(key string) string { return cmp.Or(p.From[key], "default") }
	switch p.failOn() {
	case failOnNone:
		fmt.Fprintf(&b, "reports only: the check is neutral (%s)\n", from("fail-on"))
	default:
		fmt.Fprintf(&b, "fails on findings of level %s (%s)\n", strings.Join(failing(p.failOn()), " or "), from("fail-on"))
	}
	for _, line := range p.asks() {
		fmt.Fprintf(&b, "%s\n", oneLine(line))
	}
	for _, r := range Rules() {
		word := string(p.level(r))
		if word == string(evidence.LevelNone) {
			word = "off"
		}
		fmt.Fprintf(&b, "%-8s %-30s %s\n", word, r.ID, from(r.ID))
	}
	for _, a := range p.Accepted {
		fmt.Fprintf(&b, "%s\n", oneLine(a.explain(p.Today)))
	}
	return b.String()
}

// oneLine keeps what a file names from making lines of its own.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func failing(failOn string) []string {
	if failOn == string(evidence.LevelWarning) {
		return []string{"warning", "error"}
	}
	return []string{failOn}
}

// asks returns what the policy asks for beside the levels of rules, a line each.
func (p *Policy) asks() []string {
	var all []string
	add := func(what string, values ...string) {
		if len(values) > 0 {
			all = append(all, what+": "+strings.Join(values, ", "))
		}
	}
	for _, a := range p.Areas {
		add("high-risk area "+a.Name, a.Paths...)
	}
	checks := make([]string, 0, len(p.RequiredChecks))
	for _, c := range p.RequiredChecks {
		checks = append(checks, c.explain())
	}
	add("checks that must pass", checks...)
	for _, q := range p.RequiredValidation {
		kinds := make([]string, 0, len(q.Classes))
		for _, c := range q.Classes {
			kinds = append(kinds, string(c))
		}
		add("validation that a check must show"+scope(q.Paths, q.Labels), kinds...)
	}
	for _, q := range p.Required {
		add("items that must not be missing"+scope(q.Paths, q.Labels), q.Items...)
	}
	if n := p.Reviews.Approvals; n > 0 {
		which := "of the head"
		if p.Reviews.AllowStale {
			which = "of any commit"
		}
		if p.Reviews.ExceptRequester {
			which += ", not by who requested the work"
		}
		if p.Reviews.ExceptOperator {
			which += ", not by those in whose name an agent acted"
		}
		add("approvals", evidence.Plural(n, "approval")+" "+which)
	}
	add("commands that agents must have run", p.RequiredCommands...)
	add("commands that agents may run", p.AllowedCommands...)
	add("hosts that agents may reach", p.AllowedHosts...)
	add("paths that may change", p.AllowedPaths...)
	add("labels that approve a ticket", p.ApprovalLabels...)
	for _, x := range p.Priorities {
		add("labels of priority "+x.Name, x.Labels...)
	}
	for _, t := range p.Trackers {
		add("tickets", strings.TrimSpace(t.Pattern+" "+t.URL))
	}
	return append(all, p.limits()...)
}

func (p *Policy) limits() []string {
	all := []string{fmt.Sprintf("large from: more than %d lines or %d files", p.maxLines(), p.maxFiles())}
	if p.MaxCostUSD > 0 {
		all = append(all, fmt.Sprintf("budget: %.2f USD", p.MaxCostUSD))
	}
	if p.MaxTokens > 0 {
		all = append(all, fmt.Sprintf("budget: %d tokens", p.MaxTokens))
	}
	return all
}

func scope(paths, labels []string) string {
	var parts []string
	if len(paths) > 0 {
		parts = append(parts, "paths "+strings.Join(paths, ", "))
	}
	if len(labels) > 0 {
		parts = append(parts, "labels "+strings.Join(labels, ", "))
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, " or ") + ")"
}

// explain names a check and what has to make it.
func (r RequiredCheck) explain() string {
	var of []string
	for _, by := range []string{r.Workflow, r.App} {
		if by != "" {
			of = append(of, by)
		}
	}
	if len(of) == 0 {
		return r.Name
	}
	return r.Name + " (of " + strings.Join(of, " by ") + ")"
}

// explain says how long an acceptance holds, for what, and who answers for it.
func (a *Accepted) explain(today string) string {
	state := "accepted"
	switch {
	case !a.holds(today):
		state = "accepted until " + a.Expires + ", which is over: it counts again"
	case a.Expires != "":
		state = "accepted until " + a.Expires
	}
	line := a.ID + ": " + state
	if a.Owner != "" {
		line += ", by " + a.Owner
	}
	return line + strings.ReplaceAll(scope(a.Paths, a.Labels), " or labels", " with labels") + ": " + a.Reason
}
