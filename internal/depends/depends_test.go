package depends_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/mergebrief/mergebrief/internal/depends"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

// Each archive in testdata has a file as it was and as it is, and what became of
// its dependencies: a line for each, with its signs.
func TestCompare(t *testing.T) {
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatal("no archives", err)
	}
	for _, name := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			var path string
			files := map[string][]byte{}
			for _, f := range a.Files {
				side, rest, _ := strings.Cut(f.Name, " ")
				files[side] = f.Data
				if side != "want" {
					path = rest
				}
			}
			got, omitted := depends.Compare(path, files["before"], files["after"])
			if diff := cmp.Diff(strings.TrimSpace(string(files["want"])), strings.TrimSpace(words(got))); diff != "" || omitted != 0 {
				t.Errorf("omitted %d (-want +got):\n%s", omitted, diff)
			}
			if same, _ := depends.Compare(path, files["after"], files["after"]); len(same) != 0 {
				t.Errorf("a file differs from itself: %v", same)
			}
		})
	}
}

func words(all []evidence.Dependency) string {
	var b strings.Builder
	for _, d := range all {
		b.WriteString(string(d.Change) + " " + d.Words())
		for _, s := range d.Signs {
			b.WriteString(" " + string(s))
		}
		b.WriteString("\n")
	}
	return b.String()
}

// Every reader that the table names has an archive.
func TestArchives(t *testing.T) {
	for _, name := range []string{
		"go.mod", "package.json", "package-lock.json", "yarn.lock", "pnpm-lock.yaml", "pyproject.toml", "Pipfile", "uv.lock", "requirements.txt", "Cargo.toml", "Gemfile", "Gemfile.lock",
		"composer.json", "composer.lock", "pom.xml", "build.gradle", "libs.versions.toml", "app.csproj", "Dockerfile", "action.yml", ".pre-commit-config.yaml", "mise.toml", ".tool-versions", "a.gemspec",
	} {
		if !depends.Reads(name) {
			t.Errorf("%s is not read", name)
		}
		if _, err := os.Stat(filepath.Join("testdata", name+".txtar")); err != nil {
			t.Errorf("no archive for %s", name)
		}
	}
	for _, name := range []string{"main.go", "README.md", "web/.github/workflows/ci.yml", "docs/requirements.md"} {
		if depends.Reads(name) {
			t.Errorf("%s is read", name)
		}
	}
}

func TestMany(t *testing.T) {
	var b strings.Builder
	for i := range 300 {
		b.WriteString("pkg" + strconv.Itoa(i) + "==1\n")
	}
	got, omitted := depends.Compare("requirements.txt", nil, []byte(b.String()))
	if len(got)+omitted != 300 || omitted == 0 {
		t.Errorf("%d told, %d left out", len(got), omitted)
	}
}

// Whatever a file holds, reading it ends and does not panic.
func FuzzCompare(f *testing.F) {
	archives, _ := filepath.Glob("testdata/*.txtar")
	for _, name := range archives {
		a, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range a.Files {
			_, path, _ := strings.Cut(file.Name, " ")
			f.Add(path, file.Data)
		}
	}
	f.Fuzz(func(t *testing.T, path string, data []byte) {
		for i := range min(len(data), 64) {
			depends.Compare(path, data[:i], data)
		}
		if same, _ := depends.Compare(path, data, data); len(same) != 0 {
			t.Errorf("a file differs from itself: %v", same)
		}
	})
}
