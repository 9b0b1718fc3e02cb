package local

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// situation is a machine on which an agent wrote pkg/a.go of the commit of the
// worktree, with the session where and as the agent left it.
type situation struct {
	*machine
	file string // of the worktree
	env  map[string]string
}

func (s *situation) claude(id, dir, file string) {
	s.Helper()
	s.write(filepath.Join(s.home, ".claude", "projects", "-x", id+".jsonl"), claudeRows(id, dir, file, code("a")))
}

// situations are how real life departs from one agent in one folder that is still
// there.
var situations = map[string]struct {
	place func(s *situation)
	want  string // the session on the commit, "" for none
}{
	"the worktree itself": {func(s *situation) { s.claude("s-1", s.tree, s.file) }, "s-1"},
	"a subfolder":         {func(s *situation) { s.claude("s-1", filepath.Join(s.tree, "pkg"), s.file) }, "s-1"},
	"a folder above":      {func(s *situation) { s.claude("s-1", filepath.Dir(s.tree), s.file) }, "s-1"},
	"a worktree that is removed": {func(s *situation) {
		s.claude("s-1", filepath.Join(filepath.Dir(s.tree), "agent-7"), filepath.Join(filepath.Dir(s.tree), "agent-7", "pkg", "a.go"))
	}, "s-1"},
	"a worktree of Claude's that is removed": {func(s *situation) {
		dir := filepath.Join(s.repo, ".claude", "worktrees", "eager-fox")
		s.claude("s-1", dir, filepath.Join(dir, "pkg", "a.go"))
	}, "s-1"},
	"the repository before it was renamed": {func(s *situation) { s.claude("s-1", "/srv/old/shop", "/srv/old/shop/pkg/a.go") }, "s-1"},
	"a subfolder of it then":               {func(s *situation) { s.claude("s-1", "/srv/old/shop/pkg", "/srv/old/shop/pkg/a.go") }, "s-1"},
	"a dev container":                      {func(s *situation) { s.claude("s-1", "/workspaces/shop", "/workspaces/shop/pkg/a.go") }, "s-1"},
	"Windows":                              {func(s *situation) { s.claude("s-1", `C:\Users\ada\shop`, `C:\Users\ada\shop\pkg\a.go`) }, "s-1"},
	"another clone of the remote": {func(s *situation) {
		dir := filepath.Join(filepath.Dir(s.repo), "second")
		s.git(s.repo, "init", "-q", dir)
		s.git(dir, "remote", "add", "origin", "https://github.com/acme/shop.git")
		s.claude("s-1", dir, filepath.Join(dir, "pkg", "a.go"))
	}, "s-1"},
	"a path through a link": {func(s *situation) {
		link := filepath.Join(filepath.Dir(s.tree), "link")
		if err := os.Symlink(s.tree, link); err != nil {
			s.Fatal(err)
		}
		s.claude("s-1", link, filepath.Join(link, "pkg", "a.go"))
	}, "s-1"},
	"another repository's session that edits here": {func(s *situation) {
		dir := filepath.Join(filepath.Dir(s.repo), "other")
		s.git(s.repo, "init", "-q", dir)
		s.claude("s-1", dir, s.file)
	}, "s-1"},
	"a session that moves here": {func(s *situation) {
		dir := filepath.Join(filepath.Dir(s.repo), "other")
		s.git(s.repo, "init", "-q", dir)
		first := `{"type":"user","sessionId":"s-1","uuid":"u0","cwd":"` + dir + `","timestamp":"2026-11-02T06:59:00.000Z","message":{"role":"user","content":"go"}}` + "\n"
		s.write(filepath.Join(s.home, ".claude", "projects", "-x", "s-1.jsonl"), first+claudeRows("s-1", s.tree, s.file, code("a")))
	}, "s-1"},
	"a folder beside the default one": {func(s *situation) {
		s.env["CLAUDE_CONFIG_DIR"] = filepath.Join(s.home, "work")
		s.claude("s-1", s.tree, s.file)
	}, "s-1"},
	"the second of two configured folders": {func(s *situation) {
		s.env["CLAUDE_CONFIG_DIR"] = filepath.Join(s.home, "one") + "," + filepath.Join(s.home, "two")
		s.write(filepath.Join(s.home, "two", "projects", "-x", "s-1.jsonl"), claudeRows("s-1", s.tree, s.file, code("a")))
	}, "s-1"},
	"a home of Copilot": {func(s *situation) {
		s.env["COPILOT_HOME"] = filepath.Join(s.home, "cp")
		s.write(filepath.Join(s.home, "cp", "session-state", "s", "events.jsonl"), s.copilot("s-1", fmt.Sprintf(`,"context":{"cwd":%q}`, s.tree)))
	}, "s-1"},
	"VS Code": {func(s *situation) {
		at := filepath.Join(s.home, ".config", "Code", "User", "workspaceStorage", "0f")
		s.write(filepath.Join(at, "workspace.json"), `{"folder":"file://`+s.tree+`"}`)
		s.write(filepath.Join(at, "GitHub.copilot-chat", "transcripts", "s-1.jsonl"), s.copilot("s-1", ""))
	}, "s-1"},
	"Gemini in a folder below": {func(s *situation) {
		s.gemini(".gemini", filepath.Join(s.tree, "pkg"), true)
	}, "s-1"},
	"Gemini in a folder above": {func(s *situation) { s.gemini(".gemini", filepath.Dir(s.tree), false) }, "s-1"},
	"a home of Gemini": {func(s *situation) {
		s.env["GEMINI_CLI_HOME"] = filepath.Join(s.home, "gm")
		s.gemini("gm/.gemini", s.tree, false)
	}, "s-1"},
	"Cursor":                       {func(s *situation) { s.cursor(slug(s.tree)) }, "s-1"},
	"Cursor, each character":       {func(s *situation) { s.cursor(strings.NewReplacer("/", "-", ".", "-", "_", "-").Replace(s.tree)) }, "s-1"},
	"Cursor in a folder below":     {func(s *situation) { s.cursor(slug(filepath.Join(s.tree, "pkg"))) }, "s-1"},
	"Cursor in a folder above":     {func(s *situation) { s.cursor(slug(filepath.Dir(s.tree))) }, "s-1"},
	"Cursor's worktree":            {func(s *situation) { s.cursor("home-ada-cursor-worktrees-shop-x1") }, "s-1"},
	"Cursor in another repository": {func(s *situation) { s.cursor("home-ada-elsewhere") }, ""},
	"a copy that sorts before the writer": {func(s *situation) {
		s.claude("s-9", s.tree, s.file)
		copied := strings.ReplaceAll(claudeRows("s-1", s.tree, s.file, code("a")), `"sessionId":"s-1"`, `"sessionId":"s-1","forkedFrom":{"sessionId":"s-9","messageUuid":"u1"}`)
		copied = strings.ReplaceAll(copied, `"t-s-1"`, `"t-s-9"`) // the calls keep their ids
		s.write(filepath.Join(s.home, ".claude", "projects", "-x", "s-1.jsonl"), copied)
	}, "s-9"},
	"a folder that is not there, of another name and branch": {func(s *situation) {
		rows := strings.ReplaceAll(claudeRows("s-1", "/srv/elsewhere", "/srv/elsewhere/pkg/a.go", code("a")), `"gitBranch":"feature"`, `"gitBranch":"main"`)
		s.write(filepath.Join(s.home, ".claude", "projects", "-x", "s-1.jsonl"), rows)
	}, ""},
	"a file of the same name and other lines": {func(s *situation) {
		s.write(filepath.Join(s.home, ".claude", "projects", "-x", "s-1.jsonl"), claudeRows("s-1", "/workspaces/shop", "/workspaces/shop/pkg/a.go", "package other\n\nvar x = 1\n"))
	}, ""},
	"another repository": {func(s *situation) {
		dir := filepath.Join(filepath.Dir(s.repo), "other")
		s.git(s.repo, "init", "-q", dir)
		s.claude("s-1", dir, filepath.Join(dir, "pkg", "a.go"))
	}, ""},
}

func (s *situation) copilot(id, context string) string {
	return fmt.Sprintf(`{"type":"session.start","data":{"sessionId":%[1]q,"version":1,"copilotVersion":"1.0.45","startTime":"2026-11-02T07:00:00Z"%[2]s},"id":"e1","timestamp":"2026-11-02T07:00:00Z"}
{"type":"tool.execution_start","data":{"toolCallId":"c1","toolName":"create","arguments":{"path":%[3]q,"file_text":%[4]s}},"id":"e2","timestamp":"2026-11-02T07:00:01Z"}
{"type":"tool.execution_complete","data":{"toolCallId":"c1","success":true,"result":{"content":"ok"}},"id":"e3","timestamp":"2026-11-02T07:00:02Z"}
`, id, context, s.file, text(code("a")))
}

func (s *situation) gemini(home, dir string, told bool) {
	s.Helper()
	sum := sha256.Sum256([]byte(dir))
	at := filepath.Join(s.home, filepath.FromSlash(home), "tmp", "p")
	if told {
		s.write(filepath.Join(at, ".project_root"), dir+"\n")
	}
	s.write(filepath.Join(at, "chats", "session-1.json"), fmt.Sprintf(
		`{"sessionId":"s-1","projectHash":%q,"startTime":"2026-11-02T07:00:00Z","messages":[{"id":"a1","timestamp":"2026-11-02T07:00:05Z","type":"gemini","content":"","model":"gemini-2.5-pro",`+
			`"toolCalls":[{"id":"g1","name":"write_file","args":{"file_path":%q,"content":%s},"status":"success"}]}]}`, hex.EncodeToString(sum[:]), s.file, text(code("a"))))
}

func (s *situation) cursor(folder string) {
	s.Helper()
	s.write(filepath.Join(s.home, ".cursor", "projects", folder, "agent-transcripts", "s-1", "s-1.jsonl"), `{"role":"user","message":{"content":[{"type":"text","text":"<user_query>\ndo it\n</user_query>"}]}}
`+fmt.Sprintf(`{"role":"assistant","message":{"content":[{"type":"tool_use","name":"Write","input":{"path":%q,"contents":%s}}]}}`, "pkg/a.go", text(code("a")))+"\n")
}

// TestSituations expects the right session on the commit, by its lines, wherever
// the agent worked, and no session of another repository.
func TestSituations(t *testing.T) {
	for _, name := range slices.Sorted(maps.Keys(situations)) {
		c := situations[name]
		t.Run(name, func(t *testing.T) {
			m := newMachine(t)
			s := &situation{m, filepath.Join(m.tree, "pkg", "a.go"), map[string]string{}}
			m.write(s.file, code("a"))
			m.git(m.tree, "add", "-A")
			m.git(m.tree, "commit", "-q", "-m", "a")
			c.place(s)
			m.env = s.env
			got := ""
			for _, d := range m.collect(Options{}).Documents {
				for _, e := range d.Entries {
					var paths []string
					for _, l := range e.Files {
						paths = append(paths, l.Path+" "+l.Ranges)
					}
					if diff := cmp.Diff([]string{"pkg/a.go 1-3"}, paths); diff != "" {
						t.Error(diff)
					}
					got += e.Session.ID
				}
			}
			if got != c.want {
				t.Errorf("session %q, want %q", got, c.want)
			}
		})
	}
}

// TestRemember finds a session by a root that an earlier run saw, whatever that was
// called, and reads none by a root that nobody saw.
func TestRemember(t *testing.T) {
	ctx := t.Context()
	m := newMachine(t)
	gone := filepath.Join(filepath.Dir(m.repo), "playground")
	open := func() *Repository {
		t.Helper()
		r, err := OpenRepository(ctx, m.repo)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	m.git(m.repo, "worktree", "add", "-q", "-b", "main2", gone)
	open().Remember(ctx)
	m.git(m.repo, "worktree", "remove", gone)
	h := Header{Dir: gone, Branch: "main"}
	if !open().Has(h) {
		t.Error("the removed worktree is not known")
	}
	if err := os.RemoveAll(filepath.Join(m.repo, ".git", "mergebrief")); err != nil {
		t.Fatal(err)
	}
	if open().Has(h) {
		t.Error("a folder of another name counts")
	}
}

// TestNamed reads a session that the user names wherever it worked.
func TestNamed(t *testing.T) {
	m := newMachine(t)
	m.write(filepath.Join(m.tree, "pkg", "a.go"), code("a"))
	m.git(m.tree, "add", "-A")
	m.git(m.tree, "commit", "-q", "-m", "a")
	rows := strings.ReplaceAll(claudeRows("s-1", "/srv/elsewhere", "/srv/elsewhere/pkg/a.go", code("a")), `"gitBranch":"feature"`, `"gitBranch":"main"`)
	m.write(filepath.Join(m.home, ".claude", "projects", "-x", "s-1.jsonl"), rows)
	if found := m.collect(Options{}); len(found.Documents) != 0 || found.Elsewhere != 1 {
		t.Errorf("without its name: %d documents, %d elsewhere", len(found.Documents), found.Elsewhere)
	}
	found := m.collect(Options{Sessions: []string{"s-1"}})
	for _, d := range found.Documents {
		if len(d.Entries) != 1 || len(d.Entries[0].Files) != 1 || d.Entries[0].Files[0].Path != "pkg/a.go" {
			t.Errorf("entries are %+v", d.Entries)
		}
	}
	if len(found.Documents) != 1 {
		t.Errorf("%d documents", len(found.Documents))
	}
}
