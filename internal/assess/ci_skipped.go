package assess

import (
	"regexp"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

var ciSkipped = Rule{
	ID: "ci-skipped", Level: evidence.LevelWarning,
	Sees:   "Commits whose subject or trailers tell GitHub Actions or other services to run no checks, such as [skip ci].",
	Why:    "On a push with such a commit at its head no check runs: what looks green was not looked at.",
	Accept: "Push a commit without the mark, or accept the finding by its id where nothing needs to run.",
	check: func(f *facts) []found {
		x := found{}
		var ids []string
		for i, c := range f.Commits {
			if !skipsChecks(c) {
				continue
			}
			ids = append(ids, c.ID[:min(len(c.ID), 7)])
			x.about += c.Subject + "\x00"
			x.facts, x.bases = append(x.facts, evidence.RefTo(evidence.ListCommits, i)), append(x.bases, c.Origin.Basis)
		}
		if len(ids) == 0 {
			return nil
		}
		x.says = say("ci-skipped", asCount("commits", len(ids)), asNames("ids", ids))
		return []found{x}
	},
}

// skipMarks are those that GitHub documents
// (docs.github.com/actions/managing-workflow-runs/skipping-workflow-runs).
var skipMarks = regexp.MustCompile(`(?i)\[(?:skip ci|ci skip|no ci|skip actions|actions skip)\]`)

func skipsChecks(c evidence.Commit) bool {
	if skipMarks.MatchString(c.Subject) {
		return true
	}
	for _, t := range c.Trailers {
		if strings.EqualFold(t.Key, "skip-checks") && strings.EqualFold(strings.TrimSpace(t.Value), "true") {
			return true
		}
	}
	return false
}
