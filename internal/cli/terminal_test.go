package cli

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// hostile is a name that makes lines of its own, colours the terminal and turns the
// direction of the text. Git and Unix take it as a name.
const hostile = "a\nFORGED:4-11  human  Alice\r\x1b[31mred\x1b]0;t\x07\u202egnp.\u009b1m\u2028z"

// hostileRepo is a repository all of whose names are hostile: files, their folders, the
// author, the subject, trailers, a branch, an agent's session and what it did, test
// results and the policy. It returns its folder.
func hostileRepo(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	git := func(args ...string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), "git", args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1",
			"GIT_AUTHOR_NAME=Ada \x1b[31m\u202e", "GIT_AUTHOR_EMAIL=ada@example.com", "GIT_COMMITTER_NAME=Ada", "GIT_COMMITTER_EMAIL=ada@example.com")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("git %v: %v: %s", args, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	write := func(name, content string) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	quoted := strings.NewReplacer("\n", `\n`, "\r", `\r`, "\x1b", `\u001b`, "\x07", `\u0007`, "\u202e", `\u202e`, "\u009b", `\u009b`, "\u2028", `\u2028`).Replace(hostile)
	git("init", "-q", "-b", "main")
	write(".github/mergebrief.yml", "areas:\n  - name: \""+quoted+"\"\n    paths: [\"**\"]\nchecks:\n  required: [\""+quoted+"\"]\naccepted:\n  - {id: tests-flaky, reason: \""+quoted+"\", owner: \""+quoted+"\"}\n")
	write("broken.yml", "\""+quoted+"\": 1\nrules:\n  \""+quoted+"\": error\n")
	git("add", "-A")
	git("commit", "-qm", "base")
	git("checkout", "-qb", "change")
	write(hostile+"/"+hostile+".go", "package a\n\nfunc A() {}\n")
	git("add", "-A")
	git("commit", "-qm", "subject \x1b[31m\u202e\u009b\n\nCo-authored-by: Claude "+"\u202e"+" <noreply@anthropic.com>")
	write(hostile+".xml", `<testsuite name="FORGED&#10;FORGED&#x202e;"><testcase classname="c&#10;FORGED" name="t&#10;FORGED&#x9b;&#x202e;"><failure message="m&#10;FORGED&#x202e;"/></testcase></testsuite>`)
	write("agent-run.json", `{"schema": "https://mergebrief.github.io/agent-run/v1", "agent": {"name": "`+quoted+`", "version": "`+quoted+`"}, "model": "`+quoted+`", "session": "`+quoted+`",
 "commands": [{"line": "go test `+quoted+`", "exit": 1}], "edits": [{"path": "`+quoted+`/`+quoted+`.go", "added": 3}], "ticket": {"key": "`+quoted+`", "requester": "`+quoted+`"}, "commits": ["`+git("rev-parse", "HEAD")+`"]}`)
	return dir
}

// inert complains of what a terminal obeys, and of lines that a name made.
func inert(t *testing.T, what, out string) {
	t.Helper()
	if !utf8.ValidString(out) {
		t.Errorf("%s prints invalid text: %q", what, out)
	}
	for line := range strings.SplitSeq(out, "\n") {
		if at := strings.IndexFunc(line, func(r rune) bool { return r != '\t' && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) }); at >= 0 {
			t.Errorf("%s prints %q", what, line[at:min(len(line), at+40)])
		}
		if strings.HasPrefix(strings.TrimSpace(line), "FORGED") {
			t.Errorf("%s prints a line that a name made: %q", what, line)
		}
	}
}

// Every command, over names that forge lines and obey nothing: each byte that it prints
// is looked at. A command that is not in the table fails the test.
func TestThreatT5Terminal(t *testing.T) {
	dir := hostileRepo(t)
	t.Chdir(dir) // where exec leaves its log
	out := filepath.Join(t.TempDir(), "out")
	results, bundle := filepath.Join(dir, hostile+".xml"), filepath.Join(out, "evidence.json")
	repo, evidence := "--repo="+dir, "--evidence="+filepath.Join(dir, "*.xml")
	tests := map[string][][]string{
		"report":    {{"report", repo, "--base=main", evidence, "--out=" + out}, {"report", repo, "--base=" + hostile}, {"report", repo, "--base=main", "--evidence=" + hostile, "--out=" + out + "2"}},
		"inspect":   {{"inspect", results, filepath.Join(dir, "agent-run.json"), hostile}, {"inspect", "--json", results, filepath.Join(dir, "agent-run.json")}},
		"attribute": {{"attribute", repo, "--base=main"}, {"attribute", repo, "--base=main", "--json"}, {"attribute", repo, "--base=" + hostile}},
		"record": {
			{"record", repo, "--base=main", "--from=" + filepath.Join(dir, "agent-run.json"), "--dry-run"},
			{"record", repo, "--base=main", "--from=" + filepath.Join(dir, "agent-run.json"), "--out=-"},
			{"record", repo, "--base=main", "--from=" + filepath.Join(dir, "agent-run.json")},
			{"record", "show", repo},
			{"record", "show", repo, "--json"},
			{"record", "show", repo, hostile},
			{"record", repo, "--push=" + hostile},
		},
		"doctor":     {{"doctor", repo, "--base=main"}, {"doctor", repo, "--base=main", "--json"}},
		"render":     {{"render", bundle}, {"render", "--summary", bundle}, {"render", "--html", bundle}, {"render", hostile}},
		"verify":     {{"verify", bundle, filepath.Join(out, "evidence.intoto.json")}, {"verify", results, results}, {"verify", hostile, hostile}},
		"policy":     {{"policy", "check", filepath.Join(dir, "broken.yml")}, {"policy", "explain", filepath.Join(dir, ".github/mergebrief.yml")}, {"policy", "schema"}, {"policy", "check", hostile}},
		"replay":     {{"replay", repo, "main..change"}, {"replay", repo, "--json", "main..change"}, {"replay", repo, hostile}, {"replay", repo, "--policy=" + filepath.Join(dir, "broken.yml"), "main..change"}},
		"ledger":     {{"ledger", "backfill", repo, "main..change"}, {"ledger", "show", repo, "0"}, {"ledger", "show", repo, "--json", "0"}, {"ledger", "log", repo}, {"ledger", "show", repo, hostile}, {"ledger", "verify", repo}, {"ledger", "coverage", repo, hostile}, {"ledger", "backfill", repo, hostile}},
		"exec":       {{"exec", "--", hostile}, {"exec", "--log=" + filepath.Join(dir, hostile, "no", "x"), "--", "true"}},
		"why":        {{"why", repo, hostile}, {"why", repo, hostile + "/" + hostile + ".go:1"}, {"why", repo, "change"}},
		"next":       {{"next", repo, "--base=main"}, {"next", repo, "--base=main", "--json"}, {"next", repo, "--base=" + hostile}},
		"mcp":        {{"mcp", repo}},
		"demo":       {{"demo", "--dir=" + filepath.Join(t.TempDir(), "no", "x")}},
		"schema":     {{"schema"}, {"schema", hostile}},
		"completion": {{"completion", "bash"}, {"completion", "zsh"}, {"completion", "fish"}, {"completion", "powershell"}, {"completion", hostile}},
		"man":        {{"man", filepath.Join(dir, hostile)}, {"man", filepath.Join(results, "no")}},
		"formats":    {{"formats"}, {"formats", "--" + hostile}},
		"action":     {{"action", "--fail-on=" + hostile}}, // its log has a test of its own
	}
	question, err := json.Marshal(hostile + "/" + hostile + ".go:1")
	if err != nil {
		t.Fatal(err)
	}
	asked := `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}
{"jsonrpc":"2.0","method":"notifications/initialized"}
{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"why","arguments":{"question":` + string(question) + `}}}
`
	var printed int
	c := &Command{}
	for _, sub := range c.subcommands() {
		lines := tests[sub.Name()]
		if len(lines) == 0 {
			t.Errorf("%s is not in the table", sub.Name())
		}
		for _, args := range lines {
			var stdout, stderr bytes.Buffer
			c := &Command{
				Stdin: strings.NewReader(asked), Stdout: &stdout, Stderr: &stderr, Environ: func() []string { return nil },
				Getenv: func(name string) string { return map[string]string{"HOME": filepath.Join(dir, "home")}[name] },
			}
			c.Main(t.Context(), args)
			inert(t, strings.Join(args[:min(2, len(args))], " "), stdout.String())
			inert(t, strings.Join(args[:min(2, len(args))], " ")+" (stderr)", stderr.String())
			printed += stdout.Len() + stderr.Len()
			if stdout.Len()+stderr.Len() == 0 && sub.Name() != "exec" && sub.Name() != "demo" {
				t.Errorf("%q prints nothing", args)
			}
		}
	}
	if printed < 50_000 {
		t.Errorf("only %d bytes were looked at", printed)
	}
}

// Text is printed by say alone, which makes names inert.
func TestOnePrinter(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") || name == "printer.go" {
			continue
		}
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok && slices.Contains([]string{"Fprint", "Fprintf", "Fprintln", "Print", "Printf", "Println"}, s.Sel.Name) {
				if p, ok := s.X.(*ast.Ident); ok && p.Name == "fmt" {
					t.Errorf("%s: fmt.%s prints names as they are, say does not", fset.Position(s.Pos()), s.Sel.Name)
				}
			}
			return true
		})
	}
}
