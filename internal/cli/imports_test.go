package cli

import (
	"bytes"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/mergebrief/mergebrief/internal/"

// pure packages take bytes and give bytes, so that their tests need no fakes
// and their results depend on nothing else.
var (
	pure   = strings.Fields("agents assess attribution classify commandline correlate evidence format format/agentlog format/coverage format/findings format/lex format/results redact render render/brief render/comment render/page render/text sessionnote statement suggest wording workers")
	impure = strings.Fields("net net/http os os/exec os/signal path/filepath syscall")
)

// architecture reads which packages below internal each of them may import from
// the table in ARCHITECTURE.md, which argues for each line.
func architecture(t *testing.T) map[string][]string {
	t.Helper()
	text, err := os.ReadFile("../../ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	allowed := map[string][]string{}
	for _, row := range roomRow.FindAllStringSubmatch(string(text), -1) {
		allowed[row[1]] = nil
		if row[2] != nothing {
			allowed[row[1]] = strings.Split(row[2], ", ")
		}
	}
	return allowed
}

// roomRow matches a row of the table of rooms: package, what it holds, imports.
var roomRow = regexp.MustCompile(`(?m)^\| ` + "`([a-z/]+)`" + ` \|.*\| ([a-z/, ]+) \|$`)

// nothing stands in the table for a package that imports none of the others.
const nothing = "nothing"

// TestImports holds the code and the table of rooms to each other, both ways. It
// parses the files itself: a test that asked the go command would pass from the
// test cache after a new import.
func TestImports(t *testing.T) {
	allowed := architecture(t)
	used := map[string][]string{}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.Contains(path, "testdata") {
			return err
		}
		pkg := filepath.ToSlash(strings.TrimPrefix(filepath.Dir(path), ".."+string(filepath.Separator)))
		if _, known := allowed[pkg]; !known && used[pkg] == nil {
			t.Errorf("%s: package %s is not in the table of ARCHITECTURE.md", path, pkg)
		}
		used[pkg] = append(used[pkg], imports(t, path, pkg)...)
		if used[pkg] == nil {
			used[pkg] = []string{}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for pkg, deps := range used {
		for _, dep := range deps {
			if !slices.Contains(allowed[pkg], dep) {
				t.Errorf("%s must not import %s", pkg, dep)
			}
		}
	}
	for pkg, deps := range allowed {
		if used[pkg] == nil {
			t.Errorf("package %s is in ARCHITECTURE.md and not in the tree", pkg)
		}
		for _, dep := range deps {
			if !slices.Contains(used[pkg], dep) {
				t.Errorf("ARCHITECTURE.md lets %s import %s, which it does not need", pkg, dep)
			}
		}
	}
}

// maxPackageLines is how long a package without its tests may be: what is longer
// is hard to hold in mind, and nearly always holds two ideas.
const maxPackageLines = 8000

// largerPackages have a bound of their own, with the reason.
var largerPackages = map[string]int{
	// One file for each format of an agent, none of which needs another, and what all
	// of them build a session with.
	"../format/agentlog": 11_500,
}

func TestPackageSizes(t *testing.T) {
	lines := map[string]int{}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		lines[filepath.Dir(path)] += bytes.Count(text, []byte("\n"))
		return err
	})
	if err != nil || len(lines) == 0 {
		t.Fatalf("%d packages (%v)", len(lines), err)
	}
	for pkg, n := range lines {
		most := maxPackageLines
		if own, ok := largerPackages[filepath.ToSlash(pkg)]; ok {
			most = own
		}
		if n > most {
			t.Errorf("%s has %d lines without tests, want at most %d: divide it", pkg, n, most)
		}
	}
}

// imports returns the packages below internal that a file imports, and complains
// of what a pure package must not touch.
func imports(t *testing.T, path, pkg string) (deps []string) {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	for _, spec := range f.Imports {
		imp, _ := strconv.Unquote(spec.Path.Value) // parsed as a literal already
		if dep, ok := strings.CutPrefix(imp, module); ok {
			deps = append(deps, dep)
		}
		if slices.Contains(pure, pkg) && slices.Contains(impure, imp) {
			t.Errorf("%s: %s is to stay pure and imports %s", path, pkg, imp)
		}
	}
	return deps
}
