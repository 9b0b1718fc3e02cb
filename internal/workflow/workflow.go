// Package workflow compares two versions of a GitHub Actions workflow.
//
// It hides the syntax of workflows. It promises that an edit is told only where
// both versions could be read; that whitespace, comments and order are no edits;
// and that reading stays cheap whatever the file holds.
package workflow

import (
	"maps"
	"slices"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// maxEdits bounds the edits that are told of one file.
const maxEdits = 50

// Is reports whether GitHub would run a file of this name as a workflow.
func Is(name string) bool {
	rest, ok := strings.CutPrefix(name, ".github/workflows/")
	return ok && !strings.Contains(rest, "/") && (strings.HasSuffix(rest, ".yml") || strings.HasSuffix(rest, ".yaml"))
}

// Compare returns what a change does to a workflow. Either version may be nil: the
// file did not exist. It is nil when a version cannot be read.
func Compare(before, after []byte) *evidence.WorkflowChange {
	was, ok := parse(before)
	if !ok {
		return nil
	}
	is, ok := parse(after)
	if !ok {
		return nil
	}
	c := &evidence.WorkflowChange{Judges: judges(was.triggers()) || judges(is.triggers())}
	d := differ{was: was, is: is}
	d.triggers()
	d.permissions()
	d.jobs()
	c.Edits = d.edits
	if n := len(c.Edits) - maxEdits; n > 0 {
		c.Edits, c.EditsOmitted = c.Edits[:maxEdits], n
	}
	return c
}

// judges reports whether one of the events brings a change.
func judges(triggers []string) bool {
	return slices.ContainsFunc(triggers, func(t string) bool {
		return t == "push" || t == "pull_request" || t == "pull_request_target" || t == "merge_group" || t == "workflow_call"
	})
}

// differ collects edits.
type differ struct {
	was, is *file
	edits   []evidence.WorkflowEdit
}

func (d *differ) add(kind evidence.WorkflowEditKind, job, subject string) {
	d.edits = append(d.edits, evidence.WorkflowEdit{Kind: kind, Job: job, Subject: evidence.ClipMiddle(subject, 120)})
}

func (d *differ) triggers() {
	was, is := d.was.triggers(), d.is.triggers()
	for _, t := range is {
		if !slices.Contains(was, t) {
			d.add(evidence.TriggerAdded, "", t)
		}
	}
	for _, t := range was {
		if !slices.Contains(is, t) && len(is) > 0 {
			d.add(evidence.TriggerRemoved, "", t)
		}
	}
}

// permissions tells which scopes the workflow or one of its jobs has now and had
// nowhere before. A workflow without any setting has those of the repository,
// which nobody knows here: of such only what is never in them counts.
func (d *differ) permissions() {
	was, stated := d.was.scopes()
	is, _ := d.is.scopes()
	for _, scope := range slices.Sorted(maps.Keys(is)) {
		level := is[scope]
		if level <= max(was[scope], was[allScopes]) || level != write && stated == 0 && len(d.was.Jobs) > 0 {
			continue
		}
		if len(d.was.Jobs) > 0 && stated == 0 && scope != "id-token" {
			continue
		}
		if level == write || len(d.was.Jobs) > 0 {
			d.add(evidence.PermissionWidened, "", scope+": "+levels[level])
		}
	}
}

func (d *differ) jobs() {
	for _, id := range slices.Sorted(maps.Keys(d.was.Jobs)) {
		old := d.was.Jobs[id]
		if fresh, ok := d.is.Jobs[id]; ok {
			d.job(id, old, fresh)
		} else if !d.renamed(old, d.was.Jobs, d.is.Jobs) {
			d.add(evidence.JobRemoved, id, "")
		}
	}
	for _, id := range slices.Sorted(maps.Keys(d.is.Jobs)) {
		if _, ok := d.was.Jobs[id]; ok || len(d.was.Jobs) == 0 {
			continue
		}
		if !d.renamed(d.is.Jobs[id], d.is.Jobs, d.was.Jobs) {
			d.add(evidence.JobAdded, id, "")
		}
		if ignores(d.is.Jobs[id].ContinueOnError) {
			d.add(evidence.FailureIgnored, id, "")
		}
	}
}

// renamed reports whether a job stands on the other side under another id.
func (d *differ) renamed(j job, own, others map[string]job) bool {
	for id, x := range others {
		if _, both := own[id]; !both && slices.Equal(x.keys(), j.keys()) {
			return true
		}
	}
	return false
}

func (d *differ) job(id string, was, is job) {
	before := len(d.edits)
	if ignores(is.ContinueOnError) && !ignores(was.ContinueOnError) {
		d.add(evidence.FailureIgnored, id, "")
	}
	if condition(was.If) == "" && condition(is.If) != "" {
		d.add(evidence.JobConditional, id, condition(is.If))
	}
	switch {
	case is.Secrets == "inherit" && was.Secrets != "inherit":
		d.add(evidence.SecretsInherited, id, "")
	case is.Secrets != "inherit" && was.Secrets == "inherit":
		d.add(evidence.SecretsNotInherited, id, "")
	}
	d.steps(id, was.Steps, is.Steps)
	if len(d.edits) == before && (!slices.Equal(was.keys(), is.keys()) || !slices.Equal(was.details(), is.details())) {
		d.add(evidence.JobChanged, id, "")
	}
}

func (d *differ) steps(job string, was, is []step) {
	for _, s := range was {
		if !slices.ContainsFunc(is, s.is) {
			d.add(evidence.StepRemoved, job, s.title())
		}
	}
	for _, s := range is {
		i := slices.IndexFunc(was, s.is)
		if ignores(s.ContinueOnError) && (i < 0 || !ignores(was[i].ContinueOnError)) {
			d.add(evidence.FailureIgnored, job, s.title())
		}
		if i >= 0 && condition(was[i].If) == "" && condition(s.If) != "" && !always(condition(s.If)) {
			d.add(evidence.StepConditional, job, s.title())
		}
	}
}

// always reports whether a condition makes a step run more often, not less.
func always(condition string) bool {
	return strings.Contains(condition, "always()") || strings.Contains(condition, "!cancelled()") || strings.Contains(condition, "failure()")
}
