package commandline

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// TestCommandLine: what a line is at heart, and what hides its status.
func TestCommandLine(t *testing.T) {
	for _, c := range []struct {
		line, family string
		class        evidence.CommandClass
		masked       evidence.Mask
		dir          string
	}{
		{"go test ./...", "go test", evidence.ClassTest, "", ""},
		{"cd sub && go test ./...", "go test", evidence.ClassTest, "", "sub"},
		{"cd /repo/sub; CGO_ENABLED=0 go test -race ./...", "go test", evidence.ClassTest, "", "/repo/sub"},
		{"go test ./... 2>&1 | tail -20", "go test", evidence.ClassTest, evidence.MaskPipe, ""},
		{"go test ./... | tee out.txt; exit ${PIPESTATUS[0]}", "go test", evidence.ClassTest, "", ""},
		{"go test ./... ; rc=$?; echo x; exit $rc", "go test", evidence.ClassTest, "", ""},
		{"go test ./... || true", "go test", evidence.ClassTest, evidence.MaskOr, ""},
		{"go test ./... || echo failed", "go test", evidence.ClassTest, evidence.MaskOr, ""},
		{"go test ./... || exit 1", "go test", evidence.ClassTest, "", ""},
		{"go test ./... || { echo no; exit 1; }", "go test", evidence.ClassTest, "", ""},
		{"go test ./... || { echo no; }", "go test", evidence.ClassTest, evidence.MaskOr, ""},
		{"go test ./... &", "go test", evidence.ClassTest, evidence.MaskBackground, ""},
		{"nohup go test ./... > out 2>&1 &", "go test", evidence.ClassTest, evidence.MaskBackground, ""},
		{"go test ./...; echo done", "go test", evidence.ClassTest, evidence.MaskSequence, ""},
		{"echo start; go test ./...", "go test", evidence.ClassTest, "", ""},
		{"set -e\ngo vet ./...\ngo test ./...", "go test", evidence.ClassTest, "", ""},
		{"go vet ./...\ngo test ./...", "go test", evidence.ClassTest, evidence.MaskSequence, ""},
		{"go build ./... && go test ./... && go vet ./...", "go test", evidence.ClassTest, "", ""},
		{"(cd web && npm test)", "npm test", evidence.ClassTest, "", "web"},
		{"for d in a b; do go test ./$d; done", "go test", evidence.ClassTest, evidence.MaskSequence, ""},
		{"if go test ./...; then echo ok; else echo bad; fi", "go test", evidence.ClassTest, evidence.MaskSequence, ""},
		{"out=$(go test ./... 2>&1)", "go test", evidence.ClassTest, "", ""},
		{"out=$(go test ./... 2>&1); echo \"$out\" | tail -3", "go test", evidence.ClassTest, evidence.MaskSequence, ""},
		{"git commit -m \"$(cat <<'EOF'\nfix; it | all\nEOF\n)\"", "git commit", evidence.ClassVCS, "", ""},
		{"bash -c 'go test ./... | tail'", "go test", evidence.ClassTest, evidence.MaskPipe, ""},
		{"bash -lc \"cd x && pytest\"", "pytest", evidence.ClassTest, "", "x"},
		{"bash -eo pipefail -c 'go test ./... | tail'", "go test", evidence.ClassTest, "", ""},
		{"timeout 60 npx jest --ci", "jest", evidence.ClassTest, "", ""},
		{"sudo -u me env A=b time go test", "go test", evidence.ClassTest, "", ""},
		{"python3 -m pytest -q tests/", "pytest", evidence.ClassTest, "", ""},
		{"uv run --with x pytest", "pytest", evidence.ClassTest, "", ""},
		{"poetry run mypy .", "mypy", evidence.ClassTypecheck, "", ""},
		{"bundle exec rspec", "rspec", evidence.ClassTest, "", ""},
		{"npm run test", "npm test", evidence.ClassTest, "", ""},
		{"npm t", "npm test", evidence.ClassTest, "", ""},
		{"npm run test:unit -- --watch=false", "npm run test:unit", evidence.ClassTest, "", ""},
		{"pnpm --filter web lint", "pnpm lint", evidence.ClassLint, "", ""},
		{"yarn tsc --noEmit", "tsc", evidence.ClassTypecheck, "", ""},
		{"npm ci", "npm ci", evidence.ClassOther, "", ""},
		{"make -C sub test", "make test", evidence.ClassTest, "", ""},
		{"make", "make", evidence.ClassBuild, "", ""},
		{"mise run lint", "mise run lint", evidence.ClassLint, "", ""},
		{"mise run fmt && mise run lint 2>&1 | tail -20", "mise run lint", evidence.ClassLint, evidence.MaskPipe, ""},
		{"./gradlew clean test --info", "gradle test", evidence.ClassTest, "", ""},
		{"mvn -q -DskipTests package", "mvn package", evidence.ClassBuild, "", ""},
		{"mvn verify", "mvn verify", evidence.ClassTest, "", ""},
		{"cargo clippy --all -- -D warnings", "cargo clippy", evidence.ClassLint, "", ""},
		{"golangci-lint run ./...", "golangci-lint", evidence.ClassLint, "", ""},
		{"/usr/local/bin/golangci-lint run", "golangci-lint", evidence.ClassLint, "", ""},
		{"gofmt -l .", "gofmt", evidence.ClassFormat, "", ""},
		{"ruff check .", "ruff check", evidence.ClassLint, "", ""},
		{"node --test", "node --test", evidence.ClassTest, "", ""},
		{"node --check src/a.js", "node --check", evidence.ClassLint, "", ""},
		{"node src/a.js", "node src/a.js", evidence.ClassOther, "", ""},
		{"bash -n run.sh", "bash -n", evidence.ClassLint, "", ""},
		{"bash run.sh", "bash", evidence.ClassOther, "", ""},
		{"php -l a.php", "php -l", evidence.ClassLint, "", ""},
		{"ruby -c a.rb", "ruby -c", evidence.ClassLint, "", ""},
		{"git diff --check", "git diff --check", evidence.ClassLint, "", ""},
		{"git diff", "git diff", evidence.ClassVCS, "", ""},
		{"nix flake check", "nix flake", evidence.ClassTest, "", ""},
		{"composer test", "composer test", evidence.ClassTest, "", ""},
		{"composer install", "composer install", evidence.ClassOther, "", ""},
		{"composer check-platform-reqs", "composer check-platform-reqs", evidence.ClassOther, "", ""},
		{"hatch run test", "hatch run test", evidence.ClassTest, "", ""},
		{"hatch run pytest -q", "pytest", evidence.ClassTest, "", ""},
		{"pixi run lint", "pixi run lint", evidence.ClassLint, "", ""},
		{"meson test -C b", "meson test", evidence.ClassTest, "", ""},
		{"npx tsx --test a.test.ts", "tsx --test", evidence.ClassTest, "", ""},
		{"dune runtest", "dune runtest", evidence.ClassTest, "", ""},
		{"./scripts/run-tests.sh", "run-tests.sh", evidence.ClassTest, "", ""},
		{"git -C sub status", "git status", evidence.ClassVCS, "", ""},
		{"git log --oneline | head -3", "git log", evidence.ClassVCS, evidence.MaskPipe, ""},
		{"ls -la", "ls", evidence.ClassOther, "", ""},
		{"ls; cat x", "ls", evidence.ClassOther, evidence.MaskSequence, ""},
		{"cat a | jq .", "cat", evidence.ClassOther, evidence.MaskPipe, ""},
		{"echo hi | cat", "cat", evidence.ClassOther, "", ""},
		{"grep -rn foo . | wc -l", "grep", evidence.ClassOther, evidence.MaskPipe, ""},
		{"! grep -q foo x", "grep", evidence.ClassOther, evidence.MaskOr, ""},
		{"cd /x", "cd", evidence.ClassOther, "", "/x"},
		{"echo 'unclosed | go test", "echo", evidence.ClassOther, evidence.MaskPipe, ""},
		{"", "", evidence.ClassOther, "", ""},
		{"# only a comment", "", evidence.ClassOther, "", ""},
		{"go test ./... |& tail", "go test", evidence.ClassTest, evidence.MaskPipe, ""},
		{"FOO=bar", "", evidence.ClassOther, "", ""},
		{"mergebrief exec -- go test ./...", "go test", evidence.ClassTest, "", ""},
		{"cat > x.go <<'EOF'\npackage x // go test ./... | tail\nEOF", "cat", evidence.ClassOther, "", ""},
	} {
		t.Run(c.line, func(t *testing.T) {
			a := NewReader().Read(c.line)
			if a.Family != c.family || a.Class != c.class || a.Masked != c.masked || a.Dir != c.dir {
				t.Errorf("got %q %s masked %q in %q; want %q %s masked %q in %q", a.Family, a.Class, a.Masked, a.Dir, c.family, c.class, c.masked, c.dir)
			}
		})
	}
}

// TestScopeCovers: a narrower rerun does not clear a wider failure.
func TestScopeCovers(t *testing.T) {
	for _, c := range []struct {
		failed, rerun string
		want          bool
	}{
		{"go test ./...", "go test ./...", true},
		{"go test ./...", "go test -race -count=1 ./...", true},
		{"go test ./...", "go test ./pkg", false},
		{"go test ./...", "go test -run TestX ./...", false},
		{"go test -run TestX ./pkg", "go test ./pkg", true},
		{"go test ./a/b", "go test ./a/...", true},
		{"go test ./a ./b", "go test ./a", false},
		{"go test ./a", "go test ./b", false},
		{"pytest", "pytest tests/test_x.py", false},
		{"pytest tests/test_x.py::test_a", "pytest tests/test_x.py", true},
		{"pytest tests/test_x.py", "pytest", true},
		{"pytest -k foo", "pytest -k bar", false},
		{"npm test", "npm test -- --testNamePattern x", false},
		{"cd web && npm test", "cd api && npm test", false},
		{"mise run test -- ./redact/...", "mise run test", true},
		{"mise run test", "mise run test -- ./redact/...", false},
	} {
		t.Run(c.failed+" then "+c.rerun, func(t *testing.T) {
			lr := NewReader()
			if got := lr.Read(c.rerun).Scope.Covers(lr.Read(c.failed).Scope); got != c.want {
				t.Errorf("covers: %v", got)
			}
		})
	}
}

// TestVerdict: outputs as the runners print them, each by the command named.
func TestVerdict(t *testing.T) {
	for name, c := range map[string]struct {
		family, output string
		failed, passed bool
		summary        string
	}{
		"go test -v":              {"go test", "=== RUN TestA\n    --- FAIL: TestA/x (0.00s)\nFAIL\nexit status 1\nFAIL\tx\t0.1s\n", true, false, "FAIL (3 lines)"},
		"go test":                 {"go test", "ok  \tx\t0.1s\n?   \ty\t[no test files]\n", false, true, "ok"},
		"go test, nothing to run": {"go test", "?   \ty\t[no test files]\n", false, false, ""},
		"go build":                {"go build", "# x/y\n./a.go:3:2: undefined: z\n", true, false, "compiler or vet messages (1 lines)"},
		"pytest":                  {"pytest", "FAILED tests/a.py::test_x - assert\n=========== 1 failed, 3 passed in 0.12s ===========\n", true, false, "1 failed, 3 passed"},
		"pytest -q":               {"pytest", "....\n4 passed in 0.10s\n", false, true, "4 passed"},
		"pytest, with warnings":   {"pytest", "=== 4 passed, 2 warnings in 1.10s ===\n", false, true, "4 passed, 2 warnings"},
		"pytest, errors":          {"pytest", "=== 2 errors in 0.10s ===\n", true, false, "2 errors"},
		"pytest, none":            {"pytest", "=== no tests ran in 0.10s ===\n", false, false, ""},
		"unittest":                {"unittest", "Ran 3 tests in 0.001s\n\nFAILED (failures=1)\n", true, false, "FAILED (1 lines)"},
		"jest":                    {"npm test", "Test Suites: 1 failed, 2 passed, 3 total\nTests:       1 failed, 9 passed, 10 total\n", true, false, "1 failed, 9 passed, 10 total"},
		"jest, passed":            {"jest", "Tests:       9 passed, 9 total\n", false, true, "9 passed, 9 total"},
		"vitest":                  {"vitest", " Test Files  1 failed | 2 passed (3)\n      Tests  2 failed | 5 passed (7)\n", true, false, "2 failed, 5 passed"},
		"vitest, coloured":        {"vitest", "\x1b[2m Test Files \x1b[22m \x1b[1m\x1b[32m2 passed\x1b[39m\x1b[22m\x1b[90m (2)\x1b[39m\n", false, true, "2 passed"},
		"mocha":                   {"mocha", "  3 passing (10ms)\n  1 failing\n", true, false, "1 failing"},
		"cargo":                   {"cargo test", "test result: ok. 3 passed; 0 failed; 0 ignored\ntest result: FAILED. 1 passed; 2 failed; 0 ignored\n", true, false, "1 passed, 2 failed"},
		"cargo build":             {"cargo build", "error[E0425]: cannot find value\nerror: could not compile `x`\n", true, false, "error (2 lines)"},
		"maven":                   {"mvn test", "[INFO] BUILD FAILURE\n", true, false, "BUILD FAILURE (1 lines)"},
		"gradle":                  {"gradle build", "BUILD SUCCESSFUL in 3s\n", false, true, "BUILD SUCCESSFUL"},
		"eslint":                  {"eslint", "✖ 3 problems (2 errors, 1 warning)\n", true, false, "3 problems, 2 errors, 1 warning"},
		"eslint, warnings only":   {"eslint", "✖ 1 problem (0 errors, 1 warning)\n", false, true, "1 problem, 0 errors, 1 warning"},
		"tsc":                     {"tsc", "src/a.ts(1,2): error TS2304: Cannot find name 'x'.\n", true, false, "error TS (1 lines)"},
		"golangci-lint 2":         {"golangci-lint", "0 issues.\n", false, true, "0 issues"},
		"golangci-lint 1":         {"golangci-lint", "a.go:3:2: unused variable (unused)\n", true, false, "issues (1 lines)"},
		"make":                    {"make test", "gcc: error\nmake: *** [Makefile:3: test] Error 1\n", true, false, "make: error (1 lines)"},
		"data is not a verdict":   {"eslint", "FAIL\nok  \tx\t0.1s\n3 passed in 1s\n", false, false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			v := Judge(c.family, []byte(c.output))
			if v.Failed != c.failed || v.Passed != c.passed || v.Summary != c.summary {
				t.Errorf("failed %v, passed %v, %q; want %v, %v, %q", v.Failed, v.Passed, v.Summary, c.failed, c.passed, c.summary)
			}
		})
	}
}

// FuzzCommandLine: no line makes the analysis panic, or reads as more certain
// than it is: a line that ends in "|| true" hides every status.
func FuzzCommandLine(f *testing.F) {
	for _, line := range []string{"go test ./... | tail", "a && b || c; d &", "cat <<EOF\nx\nEOF", "bash -c 'bash -c \"x\"'", "$(`", "((((", "if if if", "x=$(y) z"} {
		f.Add(line)
	}
	lr := NewReader()
	f.Fuzz(func(t *testing.T, line string) {
		lr.Read(line)
		if a := lr.Read("{ go test ./... ; } || true"); a.Masked != evidence.MaskOr {
			t.Errorf("after %q the reader finds %q", line, a.Masked)
		}
	})
}

// TestDeepLines: lines made to exhaust the parser come out as unparsed.
func TestDeepLines(t *testing.T) {
	lr := NewReader()
	for _, part := range []string{"(", "$(", "{ ", "[", "`", "if ", "while ", "! ", "time ", "a|", "a&&", "a||", "<<E ", "$((", "${x:-", "\"$(", "case x in y) "} {
		lr.Read(strings.Repeat(part, 1<<20/len(part)))
	}
}

// TestLineFrequencies prints how the command lines of the corpus are read, for
// people who change the tables.
func TestLineFrequencies(t *testing.T) {
	list := os.Getenv("MERGEBRIEF_LINES")
	if list == "" {
		t.Skip("MERGEBRIEF_LINES does not name a file of JSON strings, one to a line")
	}
	data, err := os.ReadFile(list)
	if err != nil {
		t.Fatal(err)
	}
	lr := NewReader()
	for raw := range strings.Lines(string(data)) {
		var line string
		if json.Unmarshal([]byte(raw), &line) == nil {
			a := lr.Read(line)
			t.Logf("%-22s %-9s %-10s %.100q", a.Family, a.Class, a.Masked, line)
		}
	}
}

func TestWithoutBodies(t *testing.T) {
	for _, c := range []struct{ line, want string }{
		{"go test ./...", "go test ./..."},
		{"cat > a.go <<'EOF'\npackage a\nEOF\ngo vet .", "cat > a.go <<'EOF'\n…\nEOF\ngo vet ."},
		{"cat <<-\"END\" | tee b\n\tbody\n\tEND\n", "cat <<-\"END\" | tee b\n…\n\tEND\n"},
		{"cat > a <<EOF\nbody without an end", "cat > a <<EOF\n…\n"},
		{"apply_patch *** Begin Patch\n*** Add File: a\n+body\n*** End Patch\n", "apply_patch *** Begin Patch …\n"},
		{"apply_patch <<'EOF'\n*** Begin Patch\n+body\n*** End Patch\nEOF\n", "apply_patch <<'EOF'\n…\nEOF\n"},
		{"apply_patch *** Begin Patch\n+body", "apply_patch *** Begin Patch …"},
		{"a *** Begin Patch +x *** End Patch b *** Begin Patch +y *** End Patch c", "a *** Begin Patch … b *** Begin Patch … c"},
	} {
		if got := WithoutBodies(c.line); got != c.want {
			t.Errorf("%q became %q, want %q", c.line, got, c.want)
		}
	}
}
