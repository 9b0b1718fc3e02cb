package local

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/agents"
)

// TestNewRow: a row of the table is all that the folders of a new agent need.
func TestNewRow(t *testing.T) {
	top := t.TempDir()
	stores := []agents.Store{
		{Variable: "NEWCOMER_HOME", Folder: ".newcomer", Below: "a/b", Globs: []string{"*.log"}},
		{Folder: ".newcomer", Globs: []string{"*.log"}},
		{Worktree: true, Globs: []string{".newcomer.md"}},
	}
	table := agents.New([]agents.Agent{{Key: "newcomer", Name: "The Newcomer", Stores: stores}}, agents.Instructions{})
	for name, c := range map[string]struct {
		variables map[string]string
		want      []string
	}{
		"home":          {map[string]string{"HOME": top}, []string{".newcomer/a/b", ".newcomer", "tree"}},
		"variable":      {map[string]string{"HOME": top, "NEWCOMER_HOME": filepath.Join(top, "x")}, []string{"x/a/b", ".newcomer/a/b", ".newcomer", "tree"}},
		"no home":       {map[string]string{}, []string{"tree"}},
		"several":       {map[string]string{"HOME": top, "NEWCOMER_HOME": filepath.Join(top, "x") + ", " + filepath.Join(top, "y")}, []string{"x/a/b", "y/a/b", ".newcomer/a/b", ".newcomer", "tree"}},
		"variable only": {map[string]string{"NEWCOMER_HOME": filepath.Join(top, "x")}, []string{"x/a/b", "tree"}},
	} {
		t.Run(name, func(t *testing.T) {
			h := Home{Getenv: func(variable string) string { return c.variables[variable] }}
			var got []string
			for _, p := range h.places(table, []string{filepath.Join(top, "tree")}) {
				dir, err := filepath.Rel(top, p.dir)
				if err != nil || p.agent != "newcomer" || !slices.ContainsFunc(stores, func(s agents.Store) bool { return slices.Equal(s.Globs, p.Globs) }) {
					t.Fatalf("%+v: %v", p, err)
				}
				got = append(got, filepath.ToSlash(dir))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
