package agents_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/agents"
	"github.com/mergebrief/mergebrief/internal/format"
)

const githubAddress = "@users.noreply.github.com"

var keyForm = regexp.MustCompile(`^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$`)

// TestRows: each word, address, trailer, path and format of a row leads to that
// row, so that none is in two.
func TestRows(t *testing.T) {
	table := agents.Known()
	all := table.All()
	if !slices.IsSortedFunc(all, func(a, b agents.Agent) int { return strings.Compare(a.Key, b.Key) }) {
		t.Error("the rows are not in the order of their keys")
	}
	files := map[string]string{}
	for _, a := range all {
		if !keyForm.MatchString(a.Key) || a.Name == "" {
			t.Errorf("%q: a row needs a key in small letters, and a name: %q", a.Key, a.Name)
		}
		leads := func(what, word, got string) {
			t.Helper()
			if got != a.Key {
				t.Errorf("%s: the %s %q leads to %q", a.Key, what, word, got)
			}
		}
		for _, word := range slices.Concat([]string{a.Key, a.Name}, a.Aliases) {
			leads("spelling", word, table.Key(word))
		}
		for _, email := range a.Emails {
			leads("address", email, table.Signer("", email))
		}
		for _, id := range a.Accounts {
			leads("account", id, table.Signer("", id+"+renamed"+githubAddress))
		}
		for _, login := range a.Logins {
			leads("login", login, table.Signer("", login+githubAddress))
			leads("login with a foreign id", login, table.Signer("", "1+"+login+githubAddress))
			if login != strings.ToLower(login) || !strings.HasSuffix(login, "[bot]") {
				t.Errorf("%s: people can have the login %q", a.Key, login)
			}
		}
		if a.NameSuffix != "" {
			leads("suffix", a.NameSuffix, table.Signer("Ada"+a.NameSuffix, "ada@example.org"))
		}
		for _, x := range a.Trailers {
			value := x.Value
			if value == "" {
				value = "anything"
			}
			got, session := table.Trailer(strings.ToUpper(x.Key), value)
			if leads("trailer", x.Key, got); session != x.Session || !slices.Contains(table.TrailerKeys(), x.Key) {
				t.Errorf("%s: the trailer %q is read as something else", a.Key, x.Key)
			}
		}
		for _, name := range a.Formats {
			by, _ := table.Writer(name)
			leads("format", name, by.Key)
		}
		i := a.Instructions
		for _, file := range slices.Concat(i.Names, i.Paths, i.Folders, i.FoldersAnywhere, a.Workspace) {
			if files[file] != "" && files[file] != a.Key {
				t.Errorf("%s and %s both have %s", files[file], a.Key, file)
			}
			files[file] = a.Key
		}
	}
}

// TestPages: the page of each row is there, and each page about an agent has its
// row.
func TestPages(t *testing.T) {
	var want []string
	for _, a := range agents.Known().All() {
		if a.Page != "" {
			want = append(want, a.Page)
		}
	}
	files, err := filepath.Glob("../../docs/agents/*.md")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range files {
		switch name := filepath.Base(f); name {
		case "README.md", "orchestrators.md", "plain-humans.md", "cloud.md": // about no agent, or several
		default:
			got = append(got, "agents/"+name)
		}
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("pages of rows and pages in docs (-rows +docs):\n%s", diff)
	}
}

// TestStoresAreDocumented: the page about records says where each agent's
// sessions are looked for.
func TestStoresAreDocumented(t *testing.T) {
	page, err := os.ReadFile("../../docs/record.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range agents.Known().All() {
		for _, s := range a.Stores {
			place := "~/" + path.Join(s.Folder, s.Below)
			if s.Worktree {
				place = s.Globs[0]
			}
			apart := strings.Contains(string(page), "`~/"+s.Folder+"`") && s.Folder != "" && strings.Contains(string(page), "`"+s.Below+"`")
			if !strings.Contains(string(page), place) && !apart {
				t.Errorf("docs/record.md does not say that sessions of %s are in %s", a.Key, place)
			}
		}
	}
}

// severally are the formats of runs that no single agent writes.
var severally = strings.Fields("agent-run commands mergebrief-record atif entire-context entire-hash specstory otlp gh-aw")

// TestFormats: the formats that rows name exist, and each that tells of runs has
// its writer.
func TestFormats(t *testing.T) {
	table := agents.Known()
	exists := map[string]bool{}
	for _, f := range format.All() {
		exists[f.Name] = true
		_, written := table.Writer(f.Name)
		if want := f.Kind == "agent run" && !slices.Contains(severally, f.Name); written != want {
			t.Errorf("%s: an agent writes it: %v, want %v", f.Name, written, want)
		}
	}
	for _, a := range table.All() {
		for _, name := range a.Formats {
			if !exists[name] {
				t.Errorf("%s: there is no format %q", a.Key, name)
			}
		}
	}
}

func TestKey(t *testing.T) {
	for word, want := range map[string]string{
		"Claude Code":            "claude-code",
		"claude_code":            "claude-code",
		"ClaudeCode":             "claude-code",
		"claude":                 "claude-code",
		"Gemini":                 "gemini-cli",
		"GEMINI CLI":             "gemini-cli",
		" claude\n":              "claude-code",
		"claude\tcode":           "claude-code",
		"github-copilot":         "copilot",
		"Sourcegraph":            "Sourcegraph",
		"  My  Own\nAgent ":      "My Own Agent",
		"Gemini Code Assist":     "Gemini Code Assist",
		"Claude, but not so":     "Claude, but not so",
		"mini-swe-agent":         "mini-swe-agent",
		"":                       "",
		" ":                      "",
		"--":                     "--",
		"**Claude** [Code](x)":   "**Claude** [Code](x)",
		"cla\u200bude":           "cla\u200bude",
		"sʷe-agent":              "sʷe-agent",
		"claude-code claude-cod": "claude-code claude-cod",
	} {
		if got := agents.Known().Key(word); got != want {
			t.Errorf("Key(%q) = %q, want %q", word, got, want)
		}
	}
}

// FuzzKey: a key stands for itself, and the name that people see leads back to it.
func FuzzKey(f *testing.F) {
	for _, a := range agents.Known().All() {
		f.Add(a.Key)
		f.Add(a.Name)
	}
	f.Add(" a\x00 - b\t")
	f.Fuzz(func(t *testing.T, word string) {
		table := agents.Known()
		key := table.Key(word)
		if again := table.Key(key); again != key {
			t.Errorf("Key(%q) = %q, of which the key is %q", word, key, again)
		}
		if back := table.Key(table.Name(key)); back != key {
			t.Errorf("%q has the name %q, which leads to %q", key, table.Name(key), back)
		}
	})
}

func TestInstruction(t *testing.T) {
	for p, want := range map[string]bool{
		"AGENTS.md":                               true,
		"services/api/CLAUDE.md":                  true,
		".claude/skills/review/SKILL.md":          true,
		".agents/skills/review/notes.md":          true,
		"pkg/.cursor/rules/style.mdc":             true,
		".cursor/rules/style.mdc":                 true,
		"my.cursor/rules/style.mdc":               false,
		".roo/rules-code/a.md":                    true,
		".github/instructions/go.instructions.md": true,
		".github/mergebrief.yml":                  false,
		"memory-bank/brief.md":                    true,
		"docs/memory-bank/brief.md":               false,
		".github/workflows/ci.yml":                false,
		"docs/agents.md":                          false,
		"src/CONVENTIONS.md":                      false,
		"CLAUDE.md.bak":                           false,
		".claude/projects/x.jsonl":                false,
		"":                                        false,
	} {
		if got := agents.Known().Instruction(p); got != want {
			t.Errorf("Instruction(%q) = %v, want %v", p, got, want)
		}
	}
}

// BenchmarkInstruction is the cost of one path of a repository.
func BenchmarkInstruction(b *testing.B) {
	for b.Loop() {
		agents.Known().Instruction("services/payments/internal/ledger/balance_test.go")
	}
}

// newcomer is an agent that is not known.
var newcomer = agents.Agent{
	Key: "newcomer", Name: "The Newcomer", Vendor: "example", Aliases: []string{"NC"},
	Emails: []string{"bot@newcomer.example"}, Accounts: []string{"424242"}, Logins: []string{"newcomer[bot]"}, NameSuffix: " (newcomer)",
	Trailers:     []agents.Trailer{{Key: "newcomer-run", Session: true}},
	Links:        []string{`https://newcomer\.example/runs/[0-9]+`},
	Phrases:      []string{`Made by The Newcomer`},
	Instructions: agents.Instructions{Names: []string{"NEWCOMER.md"}, Paths: []string{"newcomer.toml"}, Folders: []string{"newcomer/rules/"}},
	Workspace:    []string{"**/*.newcomer"},
	Page:         "agents/newcomer.md",
	Formats:      []string{"newcomer-log"},
}

// TestNewRow: a row is all that a new agent needs. Marks of commits and folders
// are tested where they are read.
func TestNewRow(t *testing.T) {
	table := agents.New(append(agents.Known().All(), newcomer), agents.Instructions{})
	by, _ := table.Writer("newcomer-log")
	trailer, session := table.Trailer("Newcomer-Run", "7")
	got := []any{
		table.Key("nc"), table.Name("newcomer"), table.Page("newcomer"), by.Vendor, trailer, session,
		table.Signer("x", "Bot@newcomer.example"), table.Signer("x", "424242+x"+githubAddress), table.Signer("x", "newcomer[bot]"+githubAddress),
		table.Signer("Ada (newcomer)", "ada@example.org"),
		slices.Contains(table.TrailerKeys(), "newcomer-run"), slices.Contains(table.Workspace(), "**/*.newcomer"),
		table.Instruction("a/NEWCOMER.md"), table.Instruction("newcomer.toml"), table.Instruction("newcomer/rules/x"), table.Instruction("newcomer/x"),
		table.Mentions("Made by The Newcomer: https://newcomer.example/runs/12.", 10),
		agents.Known().Key("nc"), agents.Known().Instruction("newcomer.toml"),
	}
	want := []any{
		"newcomer", "The Newcomer", "agents/newcomer.md", "example", "newcomer", true,
		"newcomer", "newcomer", "newcomer", "newcomer", true, true, true, true, true, false,
		[]agents.Mention{{Agent: "newcomer", Session: "https://newcomer.example/runs/12"}, {Agent: "newcomer"}},
		"nc", false,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// speaking are the packages with the syntax of others, some words of which are
// the names of agents, too.
var speaking = []string{"../agents/", "../format/", "../commandline/"}

// TestNowhereElse: no other code names an agent.
func TestNowhereElse(t *testing.T) {
	words := map[string]string{}
	for _, a := range agents.Known().All() {
		for _, w := range slices.Concat([]string{a.Key, a.Name, strings.TrimSpace(a.NameSuffix)}, a.Aliases, a.Emails, a.Accounts, a.Logins, a.Workspace) {
			words[w] = a.Key
		}
		for _, x := range a.Trailers {
			words[x.Key] = a.Key
		}
	}
	delete(words, "")
	files, err := filepath.Glob("../*/*.go")
	if err != nil || len(files) < 100 {
		t.Fatalf("%d files: %v", len(files), err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") || slices.ContainsFunc(speaking, func(dir string) bool { return strings.HasPrefix(file, dir) }) {
			continue
		}
		code, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for n := range ast.Preorder(code) {
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				continue
			}
			if key := words[strings.Trim(lit.Value, "\"`")]; key != "" {
				t.Errorf("%s has %s, which belongs to the row %s of package agents", file, lit.Value, key)
			}
		}
	}
}
