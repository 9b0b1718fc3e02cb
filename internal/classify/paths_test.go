package classify

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPaths(t *testing.T) {
	kinds := func(p string) string {
		var all []string
		for name, is := range map[string]func(string) bool{"test": IsTestPath, "doc": IsDoc, "judges": IsJudge, "manifest": IsManifest, "lock": IsLock, "generated": IsGenerated} {
			if is(p) {
				all = append(all, name)
			}
		}
		return strings.Join(all, " ")
	}
	for path, want := range map[string]string{
		"a/b_test.go": "test", "tests/x.py": "test", "src/Latest.java": "", "src/CartTest.java": "test", "a/contest.go": "", "web/x.spec.ts": "test", "README.md": "doc",
		".github/workflows/ci.yml": "judges", "x/.eslintrc.json": "judges", "go.mod": "manifest", "web/package.json": "manifest", "yarn.lock": "lock", "api/x.pb.go": "generated", "requirements-dev.txt": "doc manifest",
	} {
		if got := kinds(path); len(got) != len(want) {
			t.Errorf("%s is %q, want %q", path, got, want)
		}
	}
	if diff := cmp.Diff([]string{"internal", "http", "auth", "handler", "go"}, Words("internal/http/authHandler.go")); diff != "" {
		t.Error(diff)
	}
}
