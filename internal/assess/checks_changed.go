package assess

import (
	"cmp"
	"slices"
	"strings"

	"github.com/mergebrief/mergebrief/internal/classify"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

var checksChanged = Rule{
	ID: "checks-changed", Level: evidence.LevelWarning,
	Sees:   "What a change does to workflows that run on changes: jobs and steps removed, run under a new condition, or allowed to fail; events and permissions added, secrets handed on. And what became looser in the configuration of linters, type checkers, test runners and coverage, in manifests and in build files: limits, failures that are ignored, rules that are switched off. Other edits of such files are a note. Workflows that run on no change count where they get more permissions or events that anyone can cause. Data of tests is left out.",
	Why:    "A change that also changes what judges it deserves a look: a loosened limit passes everything after it.",
	Accept: "Accept the finding by its id once somebody looked.",
	check: func(f *facts) []found {
		grave, rest := checkEdits{x: found{about: "looser"}}, checkEdits{x: found{about: "edited", level: evidence.LevelNote}}
		moved := f.jobsAdded()
		for i, file := range f.Files {
			if classify.IsFixture(file.Path) {
				continue
			}
			if w := file.Workflow; w != nil {
				for _, e := range w.Edits {
					switch {
					case graveEdit(w, e, file) && !(e.Kind == evidence.JobRemoved && moved[e.Job]):
						grave.add(i, file, string(e.Kind), edited(e))
					case w.Judges && file.Status != evidence.FileAdded:
						rest.add(i, file, string(e.Kind), edited(e))
					}
				}
			}
			switch loose := file.Loosened != nil && len(file.Loosened.Settings) > 0; {
			case loose:
				grave.loosened(i, file)
			case file.Workflow == nil && strings.HasPrefix(file.Path, ".github/workflows/") && file.Status != evidence.FileRenamed:
				grave.add(i, file, "unread", file.Path)
			case classify.IsJudge(file.Path) && (file.Workflow == nil && !file.DependenciesRead):
				rest.add(i, file, "configuration", file.Path)
			case file.Workflow != nil && file.Workflow.Judges && file.Status == evidence.FileDeleted:
				grave.add(i, file, "workflow-removed", file.Path)
			}
		}
		return slices.Concat(grave.found(f), rest.found(f))
	},
}

// jobsAdded are the jobs that the change adds to some workflow: one of that name
// that goes elsewhere was moved.
func (f *facts) jobsAdded() map[string]bool {
	added := map[string]bool{}
	for i := range f.Files {
		if w := f.Files[i].Workflow; w != nil {
			for _, e := range w.Edits {
				if e.Kind == evidence.JobAdded {
					added[e.Job] = true
				}
			}
		}
	}
	return added
}

// openToAll are the events that people without rights in a repository can cause,
// and with which a workflow runs with its secrets.
var openToAll = []string{"pull_request_target", "workflow_run", "issue_comment", "issues", "discussion", "discussion_comment"}

// graveEdit reports whether an edit makes checks say less, or gives a workflow more.
func graveEdit(w *evidence.WorkflowChange, e evidence.WorkflowEdit, file evidence.File) bool {
	switch e.Kind {
	case evidence.PermissionWidened:
		return true
	case evidence.TriggerAdded:
		return slices.Contains(openToAll, e.Subject) && (file.Status != evidence.FileAdded || e.Subject == "pull_request_target" || e.Subject == "workflow_run")
	case evidence.SecretsInherited, evidence.FailureIgnored:
		return true
	case evidence.TriggerRemoved:
		return e.Subject == "push" || e.Subject == "pull_request" || e.Subject == "merge_group"
	case evidence.JobRemoved, evidence.JobConditional, evidence.StepRemoved, evidence.StepConditional:
		return w.Judges && file.Status != evidence.FileDeleted
	}
	return false
}

// edited names what was done something to.
func edited(e evidence.WorkflowEdit) string {
	switch {
	case e.Job == "" || e.Subject == "":
		return cmp.Or(e.Subject, e.Job)
	case e.Kind == evidence.JobConditional:
		return e.Job
	}
	return e.Job + ": " + e.Subject
}

// editKinds are the kinds of edits in the order in which they are told: what gives
// a workflow more, what takes a check away, what was merely edited.
var editKinds = []string{
	string(evidence.TriggerAdded), string(evidence.PermissionWidened), string(evidence.SecretsInherited), "unread", "workflow-removed", string(evidence.TriggerRemoved),
	string(evidence.JobRemoved), string(evidence.StepRemoved), string(evidence.FailureIgnored), string(evidence.JobConditional), string(evidence.StepConditional),
	string(evidence.JobAdded), string(evidence.SecretsNotInherited), string(evidence.JobChanged), "configuration",
}

// checkEdits collects edits by kind, each once, whatever files have it.
type checkEdits struct {
	x     found
	names map[string][]string
	loose []string
	files []string
}

func (c *checkEdits) add(i int, file evidence.File, kind, name string) {
	c.note(i, file)
	if c.names == nil {
		c.names = map[string][]string{}
	}
	if !slices.Contains(c.names[kind], name) {
		c.names[kind] = append(c.names[kind], name)
		c.x.about += "\x00" + kind + " " + name
	}
}

func (c *checkEdits) note(i int, file evidence.File) {
	if !slices.Contains(c.files, file.Path) {
		c.files = append(c.files, file.Path)
		c.x.name(i, file)
	}
}

func (c *checkEdits) loosened(i int, file evidence.File) {
	for _, s := range file.Loosened.Settings {
		// The workflow itself says where failures are ignored.
		if file.Workflow != nil && strings.HasPrefix(strings.ToLower(s), "continue-on-error") {
			continue
		}
		c.note(i, file)
		if !slices.Contains(c.loose, s) {
			c.loose = append(c.loose, s)
			c.x.about += "\x00" + s
		}
	}
}

func (c *checkEdits) found(f *facts) []found {
	if len(c.files) == 0 {
		return nil
	}
	for _, kind := range editKinds {
		if names := c.names[kind]; len(names) > 0 {
			c.x.says = append(c.x.says, part("checks-changed."+kind, asNames("names", names)))
		}
	}
	if len(c.loose) > 0 {
		c.x.says = append(c.x.says, part("checks-changed.looser", asNames("settings", c.loose)))
	}
	c.x.spans = f.lines.changedIn(c.files)
	return []found{c.x}
}
