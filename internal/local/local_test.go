package local

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/git"
	"github.com/mergebrief/mergebrief/internal/sessionnote"
)

// machine is a home folder and a repository with a worktree, as a developer has
// them.
type machine struct {
	testing.TB
	home, repo, tree string
	env              map[string]string
}

func newMachine(t testing.TB) *machine {
	t.Helper()
	dir := resolved(t.TempDir())
	m := &machine{t, filepath.Join(dir, "home"), filepath.Join(dir, "shop"), filepath.Join(dir, "shop-tree"), nil}
	m.write(filepath.Join(m.repo, "README"), "shop\n")
	m.git(m.repo, "init", "-q", "-b", "main")
	m.git(m.repo, "add", "-A")
	m.git(m.repo, "commit", "-q", "-m", "base")
	m.git(m.repo, "remote", "add", "origin", "git@github.com:acme/shop.git")
	m.git(m.repo, "worktree", "add", "-q", "-b", "feature", m.tree)
	return m
}

func (m *machine) git(dir string, args ...string) string {
	m.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull,
		// No second process after each commit, no waiting for the disk.
		"GIT_CONFIG_COUNT=2", "GIT_CONFIG_KEY_0=maintenance.auto", "GIT_CONFIG_VALUE_0=false", "GIT_CONFIG_KEY_1=core.fsync", "GIT_CONFIG_VALUE_1=none",
		"GIT_AUTHOR_NAME=Ada", "GIT_AUTHOR_EMAIL=ada@example.com",
		"GIT_COMMITTER_NAME=Ada", "GIT_COMMITTER_EMAIL=ada@example.com", "GIT_AUTHOR_DATE=2026-11-02T08:00:00Z", "GIT_COMMITTER_DATE=2026-11-02T08:00:00Z")
	out, err := cmd.CombinedOutput()
	if err != nil {
		m.Fatalf("git %v: %v: %s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

func (m *machine) write(name, content string) {
	m.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		m.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		m.Fatal(err)
	}
}

func (m *machine) getenv(name string) string {
	if name == "HOME" {
		return m.home
	}
	return m.env[name]
}

func code(agent string) string {
	return fmt.Sprintf("package %s\n\nfunc Of%s() string { return %q }\n", agent, strings.ToUpper(agent), agent)
}

func text(s string) string {
	quoted, _ := json.Marshal(s)
	return string(quoted)
}

// claudeRows is a session of Claude Code that writes one file.
func claudeRows(id, dir, file, content string) string {
	return fmt.Sprintf(`{"type":"file-history-snapshot","messageId":"m","snapshot":{}}
{"type":"user","sessionId":%[1]q,"uuid":"u1","cwd":%[2]q,"gitBranch":"feature","version":"2.1.37","timestamp":"2026-11-02T07:00:00.000Z","message":{"role":"user","content":"do it"}}
{"type":"assistant","sessionId":%[1]q,"uuid":"u2","cwd":%[2]q,"timestamp":"2026-11-02T07:00:10.000Z","requestId":"r1","message":{"id":"m-%[1]s","role":"assistant","model":"claude","content":[{"type":"tool_use","id":"t-%[1]s","name":"Write","input":{"file_path":%[3]q,"content":%[4]s}}],"usage":{"input_tokens":1,"output_tokens":2}}}
{"type":"user","sessionId":%[1]q,"uuid":"u3","cwd":%[2]q,"timestamp":"2026-11-02T07:00:11.000Z","message":{"role":"user","content":[{"type":"tool_result","tool_use_id":"t-%[1]s","content":"ok"}]},"toolUseResult":{"type":"create","filePath":%[3]q,"content":%[4]s,"structuredPatch":[]}}
`, id, dir, file, text(content))
}

// codexRows is a rollout of Codex that adds one file by a patch.
func codexRows(id, dir, file, content, repository string) string {
	patch := "*** Begin Patch\n*** Add File: " + file + "\n+" + strings.ReplaceAll(strings.TrimSuffix(content, "\n"), "\n", "\n+") + "\n*** End Patch"
	return fmt.Sprintf(`{"timestamp":"2026-11-02T07:10:00.000Z","type":"session_meta","payload":{"id":%q,"timestamp":"2026-11-02T07:10:00.000Z","cwd":%q,"originator":"codex_cli_rs","cli_version":"0.99.0","git":{"branch":"feature","repository_url":%q}}}
{"timestamp":"2026-11-02T07:10:02.000Z","type":"response_item","payload":{"type":"custom_tool_call","name":"apply_patch","call_id":"c-%[1]s","input":%[4]s}}
{"timestamp":"2026-11-02T07:10:03.000Z","type":"response_item","payload":{"type":"custom_tool_call_output","call_id":"c-%[1]s","output":"{\"output\":\"Success.\",\"metadata\":{\"exit_code\":0}}"}}
`, id, dir, repository, text(patch))
}

// fill puts a session of every agent into its default place, each of which wrote
// a file of its own, and returns the commit that holds all of them.
func (m *machine) fill() string {
	m.Helper()
	sum := sha256.Sum256([]byte(m.tree))
	at := func(parts ...string) string { return filepath.Join(append([]string{m.home}, parts...)...) }
	in := func(agent string) string { return filepath.Join(m.tree, agent+".go") }
	m.write(at(".claude", "projects", "-x", "claude-1.jsonl"), claudeRows("claude-1", m.tree, in("claude"), code("claude")))
	m.write(at(".claude", "projects", "-x", "claude-1", "subagents", "agent-7.jsonl"),
		strings.ReplaceAll(claudeRows("claude-1", m.tree, in("subagent"), code("subagent")), "t-claude-1", "t-sub"))
	m.write(at(".codex", "sessions", "2026", "11", "02", "rollout-codex-1.jsonl"), codexRows("codex-1", m.tree, "codex.go", code("codex"), ""))
	m.write(at(".codex", "archived_sessions", "rollout-codex-2.jsonl"), codexRows("codex-2", "/gone/clone", "clone.go", code("clone"), "https://github.com/acme/shop"))
	enc, _ := zstd.NewWriter(nil)
	m.write(at(".codex", "sessions", "2026", "11", "02", "rollout-codex-3.jsonl.zst"),
		string(enc.EncodeAll([]byte(codexRows("codex-3", m.tree, "packed.go", code("packed"), "")), nil)))
	m.write(at(".gemini", "tmp", "p", "chats", "session-1.json"), fmt.Sprintf(
		`{"sessionId":"gemini-1","projectHash":%q,"startTime":"2026-11-02T07:00:00Z","messages":[{"id":"a1","timestamp":"2026-11-02T07:00:05Z","type":"gemini","content":"","model":"gemini-2.5-pro",`+
			`"toolCalls":[{"id":"g1","name":"write_file","args":{"file_path":%q,"content":%s},"status":"success"}]}]}`, hex.EncodeToString(sum[:]), in("gemini"), text(code("gemini"))))
	m.write(at(".copilot", "session-state", "s", "events.jsonl"), fmt.Sprintf(`{"type":"session.start","data":{"sessionId":"copilot-1","version":1,"copilotVersion":"1.0.45","startTime":"2026-11-02T07:00:00Z","context":{"cwd":%[1]q,"gitRoot":%[1]q,"branch":"feature"}},"id":"e1","timestamp":"2026-11-02T07:00:00Z"}
{"type":"tool.execution_start","data":{"toolCallId":"c1","toolName":"create","arguments":{"path":%[2]q,"file_text":%[3]s}},"id":"e2","timestamp":"2026-11-02T07:00:01Z"}
{"type":"tool.execution_complete","data":{"toolCallId":"c1","success":true,"result":{"content":"ok"}},"id":"e3","timestamp":"2026-11-02T07:00:02Z"}
`, m.tree, in("copilot"), text(code("copilot"))))
	m.write(at(".local", "share", "amp", "threads", "T-1.json"), fmt.Sprintf(`{"v":220,"id":"T-1","created":1772241173221,"messages":[{"role":"assistant","messageId":1,"content":[{"type":"tool_use","id":"a1","name":"create_file","input":{"path":%q,"content":%s}}]},`+
		`{"role":"user","messageId":2,"content":[{"type":"tool_result","toolUseID":"a1","run":{"status":"done","result":{}}}]}],"env":{"initial":{"trees":[{"uri":"file://%s"}]}}}`, in("amp"), text(code("amp")), m.tree))
	m.write(at(".windsurf", "transcripts", "wind-1.jsonl"), fmt.Sprintf(`{"status":"done","type":"view_file","view_file":{"path":"file://%[1]s/README"}}
{"status":"done","type":"code_action","code_action":{"acknowledgement_type":"ACKNOWLEDGEMENT_TYPE_ACCEPT","path":"file://%[1]s/windsurf.go","new_content":%[2]s}}
`, m.tree, text(code("windsurf"))))
	m.write(at(".cursor", "projects", slug(m.tree), "agent-transcripts", "cursor-1", "cursor-1.jsonl"), `{"role":"user","message":{"content":[{"type":"text","text":"<user_query>\ndo it\n</user_query>"}]}}
`+fmt.Sprintf(`{"role":"assistant","message":{"content":[{"type":"tool_use","name":"Write","input":{"path":%q,"contents":%s}}]}}`, in("cursor"), text(code("cursor")))+"\n")
	for _, agent := range []string{"claude", "subagent", "codex", "clone", "packed", "gemini", "copilot", "amp", "windsurf", "cursor"} {
		m.write(in(agent), code(agent))
	}
	m.write(filepath.Join(m.tree, "person.go"), "package person\n")
	m.git(m.tree, "add", "-A")
	m.git(m.tree, "commit", "-q", "-m", "all agents")
	commit := m.git(m.tree, "rev-parse", "HEAD")
	m.write(filepath.Join(m.tree, ".aider.chat.history.md"), "\n# aider chat started at 2026-11-02 08:00:00\n\n#### write it\n\n> Applied edit to aider.go\n> Commit "+commit[:7]+" all agents\n")
	return commit
}

func (m *machine) collect(o Options) *Collection {
	m.Helper()
	ctx := context.Background()
	repo, err := git.Open(ctx, m.tree, git.Options{})
	if err != nil {
		m.Fatal(err)
	}
	m.Cleanup(func() { repo.Close() })
	r, err := OpenRepository(ctx, m.tree)
	if err != nil {
		m.Fatal(err)
	}
	candidates, err := Home{Getenv: m.getenv, Cache: filepath.Join(m.home, ".cache")}.Sessions(ctx, r.Roots)
	if err != nil {
		m.Fatal(err)
	}
	o.MergeBase, o.Head = m.git(m.tree, "rev-parse", "main"), m.git(m.tree, "rev-parse", "HEAD")
	found, err := Collect(ctx, repo, r, candidates, o)
	if err != nil {
		m.Fatal(err)
	}
	return found
}

// TestEveryAgent finds each agent's session in its own place and joins it with
// the file that it wrote, in a worktree beside the repository.
func TestEveryAgent(t *testing.T) {
	m := newMachine(t)
	commit := m.fill()
	found := m.collect(Options{})
	got := map[string]string{}
	for _, r := range found.Documents[commit].Entries {
		var paths []string
		for _, l := range r.Files {
			paths = append(paths, l.Path)
		}
		got[r.Session.Agent+" "+r.Session.ID] = string(r.Join) + " " + strings.Join(paths, " ")
	}
	want := map[string]string{
		"claude-code claude-1": "content claude.go subagent.go", "codex codex-1": "content codex.go", "codex codex-2": "content clone.go",
		"codex codex-3": "content packed.go", "gemini-cli gemini-1": "content gemini.go", "copilot copilot-1": "content copilot.go",
		"amp T-1": "content amp.go", "windsurf wind-1": "content windsurf.go", "cursor cursor-1": "content cursor.go", "aider aider 2026-11-02 08:00:00": "commit-id ",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if len(found.Skipped) > 0 {
		t.Errorf("skipped: %v", found.Skipped)
	}
}

// TestSkips has what must not be read: sessions of another repository and of a
// clone inside the worktree, links, unfinished files, old ones.
func TestSkips(t *testing.T) {
	m := newMachine(t)
	m.write(filepath.Join(m.tree, "a.go"), code("a"))
	m.git(m.tree, "add", "-A")
	m.git(m.tree, "commit", "-q", "-m", "a")
	inner := filepath.Join(m.tree, "vendor", "inner")
	m.git(m.repo, "init", "-q", inner)
	at := func(name string) string { return filepath.Join(m.home, ".claude", "projects", "-x", name) }
	rows := claudeRows("s-1", m.tree, filepath.Join(m.tree, "a.go"), code("a"))
	m.write(at("ours.jsonl"), rows)
	m.write(at("half.jsonl"), strings.ReplaceAll(rows, "s-1", "s-2")+`{"type":"assistant","sessionId":"s-2","uu`)
	m.write(at("elsewhere.jsonl"), strings.ReplaceAll(claudeRows("s-3", "/srv/other", "/srv/other/a.go", code("a")), `"gitBranch":"feature"`, `"gitBranch":"main"`))
	m.write(at("inner.jsonl"), claudeRows("s-4", inner, filepath.Join(inner, "a.go"), code("a")))
	m.write(at("old.jsonl"), strings.ReplaceAll(rows, "s-1", "s-5"))
	long := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	if err := os.Chtimes(at("old.jsonl"), long, long); err != nil {
		t.Fatal(err)
	}
	m.write(filepath.Join(m.home, "outside.jsonl"), strings.ReplaceAll(rows, "s-1", "s-6"))
	for link, to := range map[string]string{"link.jsonl": filepath.Join(m.home, "outside.jsonl"), "folder": m.home} {
		if err := os.Symlink(to, at(link)); err != nil {
			t.Fatal(err)
		}
	}
	found := m.collect(Options{})
	var read []string
	for _, s := range found.Read {
		read = append(read, s.ID)
	}
	slices.Sort(read)
	if diff := cmp.Diff([]string{"s-1", "s-2"}, read); diff != "" {
		t.Errorf("read: %s", diff)
	}
	if found.Elsewhere != 2 || found.Old != 1 {
		t.Errorf("%d elsewhere and %d old, want 2 and 1", found.Elsewhere, found.Old)
	}
	reasons := map[string]evidence.Reason{}
	for _, s := range found.Skipped {
		reasons[filepath.Base(s.Path)] = evidence.ReasonOf(s.Skip, "")
	}
	if diff := cmp.Diff(map[string]evidence.Reason{"link.jsonl": evidence.Denied, "folder": evidence.Denied, "half.jsonl": evidence.Truncated}, reasons); diff != "" {
		t.Errorf("skipped: %s", diff)
	}
}

// TestReadsOtherRepositoriesByHeader makes the rest of a foreign session
// unreadable: it does not matter, because nobody reads it.
func TestReadsOtherRepositoriesByHeader(t *testing.T) {
	head := claudeRows("s-3", "/srv/other", "/srv/other/a.go", code("a"))
	for len(head) < headerBytes {
		head += head
	}
	h := parseHeader([]byte(head[:headerBytes]))
	if h.ID != "s-3" || h.Dir != "/srv/other" || h.Branch != "feature" {
		t.Errorf("header is %+v", h)
	}
	if h := parseHeader([]byte(`{"content":"{\"cwd\":\"/elsewhere\"}"}`)); h.Dir != "" {
		t.Errorf("text inside of a string was taken for the folder: %q", h.Dir)
	}
}

// TestIndex reads no header twice, and does without the index when it is
// damaged.
func TestIndex(t *testing.T) {
	m := newMachine(t)
	m.fill()
	ctx := context.Background()
	h := Home{Getenv: m.getenv, Cache: filepath.Join(m.home, ".cache")}
	first, err := h.Sessions(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(h.Cache, indexName)
	stored, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	m.write(name, strings.ReplaceAll(string(stored), `"claude-1"`, `"from the index"`))
	second, err := h.Sessions(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(second, func(c Candidate) bool { return c.Header.ID == "from the index" }) {
		t.Error("the index was not used")
	}
	m.write(name, "{")
	third, err := h.Sessions(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	headers := func(list []Candidate) (all []Header) {
		for _, c := range list {
			all = append(all, c.Header)
		}
		return all
	}
	if diff := cmp.Diff(headers(first), headers(third)); diff != "" {
		t.Errorf("with a damaged index: %s", diff)
	}
}

// TestGitAI leaves the lines of a file to the note of git-ai that has them, and
// stores those of a file that the note says nothing about.
func TestGitAI(t *testing.T) {
	m := newMachine(t)
	commit := m.fill()
	m.git(m.tree, "notes", "--ref=ai", "add", "-m", "claude.go\n  s_0::t_0 1-3\n---\n"+`{"schema_version":"authorship/3.0.0","sessions":{"s_0":{"agent_id":{"tool":"claude","id":"claude-1"}}}}`, commit)
	for _, r := range m.collect(Options{}).Documents[commit].Entries {
		var paths []string
		for _, l := range r.Files {
			paths = append(paths, l.Path)
		}
		switch r.Session.ID {
		case "claude-1":
			if diff := cmp.Diff([]string{"subagent.go"}, paths); diff != "" || r.LinesIn != gitAIRef {
				t.Errorf("lines in %q, and here: %s", r.LinesIn, diff)
			}
		default:
			if r.LinesIn != "" || len(paths) != 1 && r.Join == sessionnote.JoinContent {
				t.Errorf("%s: lines in %q, and here of %v", r.Session.ID, r.LinesIn, paths)
			}
		}
	}
}

// checkpoint makes a commit's checkpoint on the branch of Entire, with a session.
func (m *machine) checkpoint(branch, id, session, transcript string) {
	m.Helper()
	dir := m.TempDir()
	m.git(m.repo, "worktree", "add", "-q", "--detach", dir, "main")
	m.git(dir, "checkout", "-q", "--orphan", "checkpoints")
	m.git(dir, "rm", "-q", "-rf", ".")
	at := filepath.Join(dir, id[:2], id[2:])
	m.write(filepath.Join(at, "metadata.json"), fmt.Sprintf(`{"checkpoint_id":%q,"sessions":[{"metadata":"/0/metadata.json"}]}`, id))
	m.write(filepath.Join(at, "0", "metadata.json"), fmt.Sprintf(`{"checkpoint_id":%q,"session_id":%q,"agent":"Claude Code","created_at":"2026-11-02T07:30:00Z"}`, id, session))
	if transcript != "" {
		m.write(filepath.Join(at, "0", "full.jsonl"), transcript)
	}
	m.git(dir, "add", "-A")
	m.git(dir, "commit", "-q", "-m", "Checkpoint: "+id)
	m.git(dir, "update-ref", branch, "HEAD")
	m.git(m.repo, "worktree", "remove", "--force", dir)
	m.git(m.repo, "branch", "-q", "-D", "checkpoints")
}

// TestEntire stores no session again that the checkpoint of a commit holds where
// others find it, and every session that it does not hold.
func TestEntire(t *testing.T) {
	const (
		pushed = "refs/remotes/origin/entire/checkpoints/v1"
		here   = "refs/heads/entire/checkpoints/v1"
	)
	for name, c := range map[string]struct {
		branches            []string
		session, transcript string
		want                string
	}{
		"a checkpoint at origin":         {[]string{pushed}, "ours", "{}\n", "entire/checkpoints/v1:0a/1b2c3d4e5f/0"},
		"one that is about to be pushed": {[]string{pushed, here}, "ours", "{}\n", "entire/checkpoints/v1:0a/1b2c3d4e5f/0"},
		"a branch that is only here":     {[]string{here}, "ours", "{}\n", ""},
		"another session's":              {[]string{pushed}, "theirs", "{}\n", ""},
		"without the transcript":         {[]string{pushed}, "ours", "", ""},
		"none":                           {nil, "", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			m := newMachine(t)
			for i, branch := range c.branches {
				if i+1 < len(c.branches) {
					m.checkpoint(branch, "ffffffffffff", c.session, c.transcript) // an earlier one
					continue
				}
				m.checkpoint(branch, "0a1b2c3d4e5f", c.session, c.transcript)
			}
			m.write(filepath.Join(m.tree, "a.go"), code("a"))
			m.write(filepath.Join(m.home, ".claude", "projects", "-x", "ours.jsonl"), claudeRows("ours", m.tree, filepath.Join(m.tree, "a.go"), code("a")))
			m.git(m.tree, "add", "-A")
			m.git(m.tree, "commit", "-q", "-m", "a\n\nEntire-Checkpoint: 0a1b2c3d4e5f")
			found := m.collect(Options{})
			records := found.Documents[m.git(m.tree, "rev-parse", "HEAD")].Entries
			if len(records) != 1 || records[0].Session.ID != "ours" || records[0].SessionIn != c.want {
				t.Fatalf("records are %+v", records)
			}
			if kept := len(records[0].Files) > 0 && records[0].Session.Usage != nil; kept != (c.want == "") {
				t.Errorf("lines and usage stored: %v", kept)
			}
		})
	}
}

// TestCoincidence has two sessions that wrote the same line of a file. The one
// with the rest of the file is joined with the commit; a commit of that line
// alone is explained by it.
func TestCoincidence(t *testing.T) {
	m := newMachine(t)
	at := func(name string) string { return filepath.Join(m.home, ".claude", "projects", "-x", name) }
	name := filepath.Join(m.tree, "a.go")
	m.write(at("whole.jsonl"), claudeRows("whole", m.tree, name, code("a")+"\nvar shared = 1\n"))
	m.write(at("other.jsonl"), claudeRows("other", m.tree, name, "package other\n\nvar shared = 1\n"))
	m.write(name, code("a")+"\nvar shared = 1\n")
	m.git(m.tree, "add", "-A")
	m.git(m.tree, "commit", "-q", "-m", "a")
	found := m.collect(Options{})
	for _, d := range found.Documents {
		if len(d.Entries) != 1 || d.Entries[0].Session.ID != "whole" {
			t.Errorf("%d records, the first of %s", len(d.Entries), d.Entries[0].Session.ID)
		}
	}
	if len(found.Documents) != 1 || len(found.Unused) != 1 {
		t.Errorf("%d documents, %d sessions unused", len(found.Documents), len(found.Unused))
	}
}
