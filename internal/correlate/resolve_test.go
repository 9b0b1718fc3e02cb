package correlate

import (
	"fmt"
	"maps"
	"math/rand/v2"
	pathpkg "path"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// monorepo has packages and modules whose files are named alike.
var monorepo = []string{
	"README.md", "azure/src/main/java/acme/W.java", "docs/README.md", "docs/guide.md", "go.mod", "main.go", "mq/src/main/java/acme/W.java",
	"mq/src/test/java/acme/WTest.java", "node/lib/a.js", "node/node_modules/dep/index.js", "packages/bar/src/index.ts", "packages/bar/src/onlybar.ts",
	"packages/foo/src/index.ts", "packages/foo/src/onlyfoo.ts", "pkg/store.go", "services/api/go.mod", "services/api/pkg/store.go",
	"shared/util.ts", "src/app.py", "src/index.ts", "stdio.h", "tools/gen.go", "vector", "web/app.py",
}

func TestResolve(t *testing.T) {
	tests := map[string]struct {
		report   string
		roots    []string
		reported []string
		// The file that each path means; "?" where it is not clear, "" where it is none.
		want []string
	}{
		"folder of the report":              {"packages/foo/coverage/lcov.info", nil, []string{"src/index.ts"}, []string{"packages/foo/src/index.ts"}},
		"report in the root":                {"lcov.info", nil, []string{"src/index.ts"}, []string{"src/index.ts"}},
		"report in a folder of the root":    {"coverage/lcov.info", nil, []string{"src/index.ts"}, []string{"src/index.ts"}},
		"paths from the root":               {"packages/foo/coverage/lcov.info", nil, []string{"packages/bar/src/index.ts"}, []string{"packages/bar/src/index.ts"}},
		"paths out of the folder":           {"packages/foo/coverage/lcov.info", nil, []string{"src/index.ts", "../../shared/util.ts"}, []string{"packages/foo/src/index.ts", "shared/util.ts"}},
		"report under coverage of the root": {"coverage/packages/foo/lcov.info", nil, []string{"src/index.ts"}, []string{"packages/foo/src/index.ts"}},
		"workspace around the repository":   {"checkout/packages/foo/coverage/lcov.info", nil, []string{"src/index.ts"}, []string{"packages/foo/src/index.ts"}},
		"folder of one part is a guess":     {"checkout/web/lcov.info", nil, []string{"app.py"}, []string{"web/app.py"}},
		"guess against the root":            {"foo/coverage/lcov.info", nil, []string{"src/index.ts"}, []string{"?"}},
		"guess that the root does not have": {"foo/coverage/lcov.info", nil, []string{"src/onlyfoo.ts"}, []string{"packages/foo/src/onlyfoo.ts"}},
		"other file of the package tells":   {"lcov.info", nil, []string{"src/index.ts", "src/onlyfoo.ts"}, []string{"packages/foo/src/index.ts", "packages/foo/src/onlyfoo.ts"}},
		"run in docs":                       {"lint.sarif", nil, []string{"README.md", "guide.md"}, []string{"docs/README.md", "docs/guide.md"}},
		"two packages in one report":        {"lcov.info", nil, []string{"onlyfoo.ts", "onlybar.ts", "index.ts"}, []string{"packages/foo/src/onlyfoo.ts", "packages/bar/src/onlybar.ts", "?"}},
		"package beside that of the report": {"packages/foo/lcov.info", nil, []string{"src/index.ts", "src/onlybar.ts"}, []string{"packages/foo/src/index.ts", "?"}},

		"module of the report":        {"mq/build/reports/jacoco/jacoco.xml", nil, []string{"acme/W.java"}, []string{"mq/src/main/java/acme/W.java"}},
		"two modules and no folder":   {"jacoco.xml", nil, []string{"acme/W.java"}, []string{"?"}},
		"a file of the module tells":  {"jacoco.xml", nil, []string{"acme/WTest.java"}, []string{"mq/src/test/java/acme/WTest.java"}},
		"module of Go of the report":  {"services/api/coverage.out", nil, []string{"example.com/m/pkg/store.go"}, []string{"services/api/pkg/store.go"}},
		"module of Go in the root":    {"coverage.out", nil, []string{"example.com/m/pkg/store.go", "example.com/m/main.go"}, []string{"pkg/store.go", "main.go"}},
		"path of the module of Go":    {"services/api/c.out", nil, []string{"example.com/m/services/api/pkg/store.go", "example.com/m/main.go"}, []string{"services/api/pkg/store.go", "main.go"}},
		"package of Go that is gone":  {"coverage.out", nil, []string{"example.com/m/other/gen.go", "example.com/m/pkg/store.go"}, []string{"", "pkg/store.go"}},
		"sources":                     {"cobertura.xml", []string{"/ci/x/packages/foo", "/ci/x/shared"}, []string{"src/onlyfoo.ts", "util.ts"}, []string{"packages/foo/src/onlyfoo.ts", "shared/util.ts"}},
		"sources that have both":      {"cobertura.xml", []string{"/ci/x/packages/foo", "/ci/x/packages/bar"}, []string{"src/index.ts"}, []string{"?"}},
		"sources of another machine":  {"packages/foo/cobertura.xml", []string{"/ci/x", "/ci/y"}, []string{"src/index.ts"}, []string{"packages/foo/src/index.ts"}},
		"sources beside the report":   {"cobertura.xml", []string{"packages/foo", "web"}, []string{"app.py"}, []string{"web/app.py"}},
		"runner":                      {"packages/foo/lint.sarif", nil, []string{"/home/runner/work/r/r/src/index.ts"}, []string{"src/index.ts"}},
		"runner on Windows":           {"x/lint.sarif", nil, []string{`D:\a\r\r\src\index.ts`}, []string{"src/index.ts"}},
		"runner, one part":            {"lint.sarif", nil, []string{"/home/runner/work/r/r/main.go"}, []string{"main.go"}},
		"runner, generated":           {"lint.sarif", nil, []string{"/home/runner/work/r/r/build/gen.go", "/home/runner/work/r/r/main.go"}, []string{"", "main.go"}},
		"container, root":             {"lint.sarif", nil, []string{"/app/src/index.ts"}, []string{"src/index.ts"}},
		"container, package":          {"packages/foo/coverage/lcov.info", nil, []string{"/app/src/index.ts"}, []string{"packages/foo/src/index.ts"}},
		"container, whole repository": {"packages/foo/coverage/lcov.info", nil, []string{"/app/packages/foo/src/index.ts"}, []string{"packages/foo/src/index.ts"}},
		"container named as a folder": {"lcov.info", nil, []string{"/src/index.ts", "/src/app.py"}, []string{"src/index.ts", "src/app.py"}},
		"container, files tell":       {"lcov.info", nil, []string{"/src/src/index.ts", "/src/shared/util.ts"}, []string{"src/index.ts", "shared/util.ts"}},
		"machine":                     {"packages/foo/lcov.info", nil, []string{"/home/ada/r/src/index.ts"}, []string{"src/index.ts"}},
		"machine, prefix of the most": {"lcov.info", nil, []string{"/x/src/packages/foo/src/index.ts", "/x/src/shared/util.ts"}, []string{"packages/foo/src/index.ts", "shared/util.ts"}},
		"system":                      {"lcov.info", nil, []string{"/usr/include/stdio.h", "/usr/include/c++/12/vector", "src/index.ts"}, []string{"", "", "src/index.ts"}},
		"installed package":           {"lcov.info", nil, []string{"node_modules/x/src/index.ts", "/venv/lib/python3/site-packages/src/app.py"}, []string{"", ""}},
		"package of the repository":   {"node/lcov.info", nil, []string{"node_modules/dep/index.js"}, []string{"node/node_modules/dep/index.js"}},
		"bundler":                     {"node/lcov.info", nil, []string{"webpack://app/./lib/a.js"}, []string{"node/lib/a.js"}},
		"in the folder itself":        {"node/lcov.info", nil, []string{"./lib/a.js"}, []string{"node/lib/a.js"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := NewPaths(monorepo).Resolve(Report{tt.report, tt.roots}, tt.reported)
			got := make([]string, len(tt.reported))
			for i, path := range tt.reported {
				if got[i] = r.Files[path]; got[i] == "" && len(r.Unclear[path]) > 0 {
					got[i] = "?"
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s%v", diff, r)
			}
		})
	}
}

// A file that is found is in the repository and ends as the path does; a path is
// clear or it is not; and the order of paths changes nothing.
func TestResolveAnything(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	names := []string{"a", "b", "src", "app", "x.go", "y.go", "go.mod", "main.py"}
	some := func(front ...string) string {
		path := front[random.IntN(len(front))]
		for range random.IntN(4) {
			path = pathpkg.Join(path, names[random.IntN(4)])
		}
		return pathpkg.Join(path, names[4+random.IntN(4)])
	}
	for range 3000 {
		tree := map[string]bool{}
		for range 1 + random.IntN(12) {
			tree[some("")] = true
		}
		report := Report{URI: some("", "coverage", "repo")}
		for range random.IntN(3) {
			report.Roots = append(report.Roots, some("", "/ci", "/app"))
		}
		var reported []string
		for range 1 + random.IntN(6) {
			reported = append(reported, some("", "..", "/app", "/src", "/home/runner/work/r/r", "/usr/include", `C:\x`, "example.com/m"))
		}
		p := NewPaths(slices.Sorted(maps.Keys(tree)))
		r := p.Resolve(report, reported)
		for path, file := range r.Files {
			if !tree[file] || pathpkg.Base(strings.ReplaceAll(path, `\`, "/")) != pathpkg.Base(file) || len(r.Unclear[path]) > 0 {
				t.Fatalf("%v: %s is %s: %v", slices.Sorted(maps.Keys(tree)), path, file, r)
			}
		}
		slices.Reverse(reported)
		if diff := cmp.Diff(r, p.Resolve(report, reported)); diff != "" {
			t.Fatalf("%v %v %v (-order +reverse):\n%s", slices.Sorted(maps.Keys(tree)), report, reported, diff)
		}
	}
}

// Many files of one name take no more time than as many of different names.
func BenchmarkResolve(b *testing.B) {
	for _, name := range []string{"%d/index.ts", "f%d.ts"} {
		b.Run(name, func(b *testing.B) {
			var tree, reported []string
			for i := range 50_000 {
				file := fmt.Sprintf("packages/p%d/src/"+name, i%500, i)
				tree = append(tree, file)
				reported = append(reported, "/build/x/"+file, strings.TrimPrefix(file, "packages/"))
			}
			slices.Sort(tree)
			for b.Loop() {
				NewPaths(tree).Resolve(Report{URI: "lcov.info"}, reported)
			}
		})
	}
}
