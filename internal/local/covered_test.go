package local

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mergebrief/mergebrief/internal/git"
	"github.com/mergebrief/mergebrief/internal/sessionnote"
)

// TestResume goes on where the run before ended, and looks again at commits whose
// note is gone or whose session went on.
func TestResume(t *testing.T) {
	m := newMachine(t)
	ctx := context.Background()
	var ids []string
	rows := ""
	session := filepath.Join(m.home, ".claude", "projects", "-x", "ours.jsonl")
	for i := range 4 {
		name := filepath.Join(m.tree, fmt.Sprintf("f%d.go", i))
		m.write(name, code(fmt.Sprintf("f%d", i)))
		m.git(m.tree, "add", "-A")
		m.git(m.tree, "commit", "-q", "-m", name)
		ids = append(ids, m.git(m.tree, "rev-parse", "HEAD"))
		written := claudeRows("ours", m.tree, name, code(fmt.Sprintf("f%d", i)))
		rows += strings.NewReplacer(`"t-ours"`, fmt.Sprintf(`"t-%d"`, i), `"m-ours"`, fmt.Sprintf(`"m-%d"`, i)).Replace(written)
	}
	m.write(session, rows)
	base := m.git(m.tree, "rev-parse", "main")
	run := func(head string) *Collection {
		t.Helper()
		repo, err := git.Open(ctx, m.tree, git.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer repo.Close()
		r, err := OpenRepository(ctx, m.tree)
		if err != nil {
			t.Fatal(err)
		}
		candidates, err := Home{Getenv: m.getenv}.Sessions(ctx, r.Roots)
		if err != nil {
			t.Fatal(err)
		}
		found, err := Collect(ctx, repo, r, candidates, Options{MergeBase: base, Head: head, Resume: &Resume{Covered: r.Covered(ctx), Notes: NewNotes(repo)}})
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	expect := func(what string, found *Collection, made, changed, recorded, read int) {
		t.Helper()
		if len(found.Documents) != made || len(found.Changed) != changed || found.Recorded() != recorded || len(found.Read) != read {
			t.Errorf("%s: %d made, %d changed, %d recorded, %d sessions read; want %d, %d, %d, %d", what,
				len(found.Documents), len(found.Changed), found.Recorded(), len(found.Read), made, changed, recorded, read)
		}
	}
	expect("the first half", run(ids[1]), 2, 2, 2, 1)
	expect("the rest", run(ids[3]), 2, 2, 4, 1)
	expect("nothing new", run(ids[3]), 0, 0, 4, 0)

	m.git(m.tree, "notes", "--ref=mergebrief", "remove", ids[2])
	expect("a note that is gone", run(ids[3]), 1, 1, 4, 1)
	m.git(m.tree, "notes", "--ref=mergebrief", "add", "-f", "-m", "words", ids[0])
	found := run(ids[3])
	expect("a note of somebody", found, 1, 0, 4, 1)
	if len(found.Left) != 1 {
		t.Errorf("left alone: %v", found.Left)
	}
	m.git(m.tree, "notes", "--ref=mergebrief", "remove", ids[0])

	later := time.Now().Add(time.Minute)
	if err := os.Chtimes(session, later, later); err != nil {
		t.Fatal(err)
	}
	expect("a session that went on", run(ids[3]), 4, 1, 4, 1)

	// What a later commit added is known in it and not in the one before.
	m.write(session, rows+strings.ReplaceAll(fmt.Sprintf(`{"type":"assistant","sessionId":"ours","uuid":"r9","cwd":%[1]q,"timestamp":"2026-11-02T07:00:12.000Z","requestId":"q9","message":{"id":"m9","role":"assistant","model":"claude","content":[{"type":"tool_use","id":"t9","name":"Read","input":{"file_path":"%[1]s/f3.go"}}]}}
{"type":"user","sessionId":"ours","uuid":"r10","cwd":%[1]q,"timestamp":"2026-11-02T07:00:13.000Z","message":{"role":"user","content":[{"type":"tool_result","tool_use_id":"t9","content":"x"}]},"toolUseResult":{"type":"text","file":{"filePath":"%[1]s/f3.go","content":"x","numLines":1,"startLine":1,"totalLines":1}}}
`, m.tree), "\\", "/"))
	found = run(ids[3])
	for i, id := range ids {
		data, err := sessionnote.Encode(found.Documents[id])
		if err != nil || strings.Contains(string(data), "f3.go") != (i == 3) {
			t.Errorf("the note on commit %d: %s %v", i, data, err)
		}
	}
}
