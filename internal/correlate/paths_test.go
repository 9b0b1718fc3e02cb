package correlate

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFind(t *testing.T) {
	tree := []string{"main.go", "gen.go", "src/a.go", "lib/src/a.go", "web/index.ts", "api/index.ts", "src/main/java/com/x/A.java", "pkg/deep/b.go"}
	tests := map[string]struct {
		reported []string
		want     map[string]string
	}{
		"exact":                              {[]string{"src/a.go"}, map[string]string{"src/a.go": "src/a.go"}},
		"absolute":                           {[]string{"/home/x/repo/pkg/deep/b.go"}, map[string]string{"/home/x/repo/pkg/deep/b.go": "pkg/deep/b.go"}},
		"Windows":                            {[]string{`C:\repo\pkg\deep\b.go`}, map[string]string{`C:\repo\pkg\deep\b.go`: "pkg/deep/b.go"}},
		"package of Java":                    {[]string{"com/x/A.java"}, map[string]string{"com/x/A.java": "src/main/java/com/x/A.java"}},
		"the longest end":                    {[]string{"/build/lib/src/a.go", "/build/src/a.go"}, map[string]string{"/build/lib/src/a.go": "lib/src/a.go", "/build/src/a.go": "src/a.go"}},
		"two that end alike":                 {[]string{"index.ts"}, map[string]string{}},
		"only a part of either":              {[]string{"/x/other/index.ts"}, map[string]string{}},
		"root file of a module":              {[]string{"example.com/m/main.go", "example.com/m/pkg/deep/b.go"}, map[string]string{"example.com/m/main.go": "main.go", "example.com/m/pkg/deep/b.go": "pkg/deep/b.go"}},
		"name of a root file somewhere else": {[]string{"example.com/m/other/gen.go", "example.com/m/pkg/deep/b.go"}, map[string]string{"example.com/m/pkg/deep/b.go": "pkg/deep/b.go"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, NewPaths(tree).Resolve(Report{}, tt.reported).Files); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
