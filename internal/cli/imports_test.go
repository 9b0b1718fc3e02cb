package cli

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/mergebrief/mergebrief/internal/"

// allowed is the architecture: which packages below internal each of them may
// import. ARCHITECTURE.md argues for each line.
var allowed = map[string]string{
	"action":              "evidence suggest",
	"assess":              "attribution evidence suggest",
	"attribution":         "evidence",
	"cli":                 "action assess attribution evidence format format/agentlog format/report gather ghapi git local publish record redact render statement",
	"evidence":            "",
	"format":              "evidence format/agentlog format/report record",
	"format/agentlog":     "evidence",
	"format/report":       "evidence",
	"gather":              "attribution evidence format format/agentlog format/report ghapi git record redact",
	"ghapi":               "evidence",
	"ghapi/ghtest":        "ghapi evidence",
	"git":                 "evidence",
	"publish":             "evidence ghapi render statement",
	"publish/resultstest": "",
	"record":              "evidence",
	"local":               "evidence format format/agentlog gather git record redact",
	"redact":              "evidence",
	"render":              "evidence",
	"statement":           "evidence",
	"suggest":             "",
}

// pure packages take bytes and give bytes, so that their tests need no fakes
// and their results depend on nothing else.
var (
	pure   = strings.Fields("assess attribution evidence format format/agentlog format/report record redact render statement suggest")
	impure = strings.Fields("net net/http os os/exec os/signal path/filepath syscall")
)

// TestImports parses the files itself: a test that asked the go command would
// pass from the test cache after a new import.
func TestImports(t *testing.T) {
	seen := map[string]bool{}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.Contains(path, "testdata") {
			return err
		}
		pkg := filepath.ToSlash(strings.TrimPrefix(filepath.Dir(path), ".."+string(filepath.Separator)))
		if _, known := allowed[pkg]; !known && !seen[pkg] {
			t.Errorf("%s: package %s is not in the architecture", path, pkg)
		}
		seen[pkg] = true
		checkImports(t, path, pkg)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for pkg := range allowed {
		if !seen[pkg] {
			t.Errorf("package %s is in the architecture and not in the tree", pkg)
		}
	}
}

func checkImports(t *testing.T, path, pkg string) {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	for _, spec := range f.Imports {
		imp, _ := strconv.Unquote(spec.Path.Value) // parsed as a literal already
		if dep, ok := strings.CutPrefix(imp, module); ok && !slices.Contains(strings.Fields(allowed[pkg]), dep) {
			t.Errorf("%s: %s must not import %s", path, pkg, dep)
		}
		if slices.Contains(pure, pkg) && slices.Contains(impure, imp) {
			t.Errorf("%s: %s is to stay pure and imports %s", path, pkg, imp)
		}
	}
}
