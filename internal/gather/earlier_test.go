package gather

import (
	"testing"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/ghapi"
)

// A record that calls itself one of this pull request is read only if a run of it, or
// of the base branch, uploaded it.
func TestThreatT2ForeignRecords(t *testing.T) {
	const here, fork, other = 1, 2, 3
	of := func(sha, branch string, head int64) (a ghapi.Artifact) {
		a.Run.HeadSHA, a.Run.HeadBranch, a.Run.HeadRepositoryID, a.Run.RepositoryID = sha, branch, head, here
		return a
	}
	tests := map[string]struct {
		artifact ghapi.Artifact
		from     int64
		want     bool
	}{
		"of the head":                             {of(headSHA, "topic", here), here, true},
		"of the head, from the fork":              {of(headSHA, "topic", fork), fork, true},
		"of the head in another fork":             {of(headSHA, "topic", other), fork, false},
		"of the head, of whom is not known":       {of(headSHA, "topic", fork), 0, false},
		"of the base branch":                      {of(baseSHA, "main", here), fork, true},
		"of a branch of that name in a fork":      {of(baseSHA, "main", fork), fork, false},
		"of another pull request of a fork":       {of(earlier, "topic", fork), fork, false},
		"of another pull request here":            {of(earlier, "other", here), here, false},
		"of another pull request of another fork": {of(earlier, "topic", other), fork, false},
	}
	for name, tt := range tests {
		e := Earlier{HeadRepositoryID: tt.from, BaseBranch: "main"}
		if got := e.believes(tt.artifact, evidence.Target{Head: headSHA}); got != tt.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}
