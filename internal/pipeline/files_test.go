package pipeline

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// Which files each command reads, by how they are named and where its own output
// goes.
func TestFiles(t *testing.T) {
	root := t.TempDir()
	for _, name := range []string{"logs/junit.xml", "out/junit.xml", "junit.xml"} {
		if err := os.MkdirAll(filepath.Join(root, filepath.Dir(name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(root, name), []byte("<testsuite/>"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	out := filepath.Join(root, "out")
	tests := map[string]struct {
		files Files
		want  []string // paths of inputs, then subjects of gaps
	}{
		"usual places":             {Files{Out: []string{out}}, []string{"junit.xml", "logs/junit.xml"}},
		"no output":                {Files{Patterns: []string{"logs/*.xml"}}, []string{"logs/junit.xml"}},
		"empty name of the output": {Files{Patterns: []string{"logs/*.xml"}, Out: []string{""}}, []string{"logs/junit.xml"}},
		"output is the root":       {Files{Patterns: []string{"logs/*.xml"}, Out: []string{root}}, []string{"logs/junit.xml"}},
		"output not made yet":      {Files{Patterns: []string{"**/*.xml"}, Out: []string{filepath.Join(root, "new")}}, []string{"junit.xml", "logs/junit.xml", "out/junit.xml"}},
		"output elsewhere":         {Files{Patterns: []string{"*.xml"}, Out: []string{t.TempDir()}}, []string{"junit.xml"}},
		"absolute":                 {Files{Patterns: []string{root + "/logs/*.xml"}}, []string{"junit.xml"}},
		"absolute, own output":     {Files{Patterns: []string{out + "/*.xml"}, Out: []string{out}}, []string{"junit.xml"}},
		"two of one folder":        {Files{Patterns: []string{root + "/logs/j*.xml", root + "/logs/*.xml"}}, []string{"junit.xml"}},
		"nothing there":            {Files{Patterns: []string{"logs/*.json"}}, []string{"files logs/*.json"}},
		"nowhere to look": {Files{Patterns: []string{"../x"}, Place: func(string) (string, string, error) {
			return "", "", evidence.Errorf(evidence.Denied, "leads out")
		}}, []string{"files ../x"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tt.files.Root = root
			var got []string
			for _, s := range tt.files.Sources() {
				f, err := s.Gather(t.Context(), evidence.Target{})
				if err != nil {
					t.Fatal(err)
				}
				for _, in := range f.Inputs {
					got = append(got, in.Path)
				}
				for _, g := range f.Gaps {
					got = append(got, g.Subject)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
