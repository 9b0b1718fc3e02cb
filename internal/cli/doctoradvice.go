package cli

import (
	"slices"

	"github.com/mergebrief/mergebrief/internal/agents"
	"github.com/mergebrief/mergebrief/internal/attribution"
	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/local"
	"github.com/mergebrief/mergebrief/internal/render/comment"
)

// advice says what would capture each item of the checklist, for items that do
// not depend on the agent.
var advice = map[string]struct{ change, recipe string }{
	"ticket":       {"name the ticket in the pull request, as in Fixes #12, or in the run manifest", "run-manifest.md"},
	"approval":     {"state requester and approval in the run manifest, or approve the ticket on GitHub, where the action reads it", "run-manifest.md"},
	"branch":       {"run the action on pull requests: the event names both branches", "workflows/pull-request.yml"},
	"validation":   {"leave the result file of the test runner in the workspace, or run the command under mergebrief exec --", "agents/plain-humans.md"},
	"pull-request": {"run the action on pull requests", "workflows/pull-request.yml"},
	"review":       {"run the action with pull-requests: read, also when a review is submitted", "workflows/pull-request.yml"},
}

// fromSessions are the items that a session tells about.
var fromSessions = []string{"context", "environment", "repairs", "attribution", "cost"}

// advise adds to each item that is not captured the one change that would
// capture it.
func advise(items []evidence.ChecklistItem, rec *evidence.Record, here *local.Collection) []doctorItem {
	unsent := unrecorded(rec, here)
	shown := agentsOf(rec, here)
	var out []doctorItem
	for _, i := range items {
		d := doctorItem{ChecklistItem: i}
		switch {
		case i.State == evidence.ItemCaptured || i.State == evidence.ItemNotApplicable:
		case slices.Contains(fromSessions, i.ID) && unsent:
			d.Change, d.Recipe = "run mergebrief record --push origin: sessions of this branch are on this machine and in no record yet", "record.md"
		case slices.Contains(fromSessions, i.ID) && len(rec.Sessions) > 0:
			d.Change, d.Recipe = "state what the transcript leaves out in a run manifest", "run-manifest.md"
		case slices.Contains(fromSessions, i.ID):
			d.Change, d.Recipe = carryAlong(shown)
		case i.ID == "review" && rec.PullRequest != nil:
			d.Change, d.Recipe = "have the pull request reviewed, and run the action when a review is submitted", advice[i.ID].recipe
		default:
			d.Change, d.Recipe = advice[i.ID].change, advice[i.ID].recipe
		}
		if d.Change != "" {
			d.Recipe = comment.Documentation + d.Recipe
		}
		out = append(out, d)
	}
	return out
}

// unrecorded reports whether a session on this machine that wrote lines of the
// commits is not in the record.
func unrecorded(rec *evidence.Record, here *local.Collection) bool {
	for _, d := range here.Documents {
		for _, r := range d.Entries {
			if !slices.ContainsFunc(rec.Sessions, func(s evidence.Session) bool { return s.ID == r.Session.ID && s.Agent == r.Session.Agent }) {
				return true
			}
		}
	}
	return false
}

// agentsOf lists the agents that show anywhere, the surest first.
func agentsOf(rec *evidence.Record, here *local.Collection) (keys []string) {
	for _, s := range slices.Concat(rec.Sessions, here.Read) {
		keys = append(keys, s.Agent)
	}
	for _, c := range rec.Commits {
		for _, m := range attribution.Marks(c) {
			keys = append(keys, m.Agent)
		}
	}
	return keys
}

// carryAlong is the change that brings the session of the first agent that has a
// page of its own.
func carryAlong(keys []string) (change, recipe string) {
	for _, a := range keys {
		if page := agents.Known().Page(a); page != "" {
			return "carry the session of " + agents.Known().Name(a) + " along: run mergebrief record where it worked, or leave its transcript in the workspace", page
		}
	}
	return "carry the session of the agent along, if there was one: run mergebrief record where it worked, or leave its transcript in the workspace", "agents/README.md"
}
