package classify

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

func TestPaths(t *testing.T) {
	kinds := func(p string) string {
		var all []string
		for name, is := range map[string]func(string) bool{"test": IsTestPath, "doc": IsDoc, "judges": IsJudge, "manifest": IsManifest, "lock": IsLock, "generated": IsGenerated} {
			if is(p) {
				all = append(all, name)
			}
		}
		slices.Sort(all)
		return strings.Join(all, " ")
	}
	for path, want := range map[string]string{
		"a/b_test.go": "test", "tests/x.py": "test", "src/Latest.java": "", "src/CartTest.java": "test", "a/contest.go": "", "web/x.spec.ts": "test", "README.md": "doc",
		".github/workflows/ci.yml": "judges", "x/.eslintrc.json": "judges", "go.mod": "manifest", "web/package.json": "manifest", "yarn.lock": "lock", "api/x.pb.go": "generated", "requirements-dev.txt": "doc manifest",
	} {
		if got := kinds(path); got != want {
			t.Errorf("%s is %q, want %q", path, got, want)
		}
	}
	if diff := cmp.Diff([]string{"internal", "http", "auth", "handler", "go"}, Words("internal/http/authHandler.go")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"go", "test"}, Words("/go--test/")); diff != "" {
		t.Error(diff)
	}
}

func TestLens(t *testing.T) {
	var l Lens
	for _, path := range []string{"a_test.go", "b_test.go", "main.go", "Makefile"} {
		look := l.Look(path)
		look([]byte("\tassert.True(t, a) //nolint"), path == "a_test.go" || path == "main.go")
		look([]byte("\tgo test ./... || true"), path == "Makefile")
	}
	if l.Look("README.md") != nil {
		t.Error("documentation is looked at")
	}
	files := []evidence.File{{Path: "README.md"}, {Path: "main.go"}, {Path: "a_test.go"}, {Path: "Makefile"}, {Path: "b_test.go"}, {Path: "unseen.go"}}
	l.Settle(files)
	want := []evidence.File{
		{Path: "README.md"},
		{Path: "main.go", Loosened: &evidence.Loosened{Silenced: 1}},
		{Path: "a_test.go", Loosened: &evidence.Loosened{Silenced: 1}},
		{Path: "Makefile", Loosened: &evidence.Loosened{Settings: []string{"|| true"}}},
		{Path: "b_test.go", Tests: &evidence.TestLines{Moved: 1}},
		{Path: "unseen.go"},
	}
	if diff := cmp.Diff(want, files); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
