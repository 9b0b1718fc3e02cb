//go:build unix

package local

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// TestSkipsWhatIsNotTheUsers has files in the folder of an agent that must not be
// read, or cannot be.
func TestSkipsWhatIsNotTheUsers(t *testing.T) {
	m := newMachine(t)
	at := func(name string) string {
		return filepath.Join(m.home, ".codex", "sessions", "2026", "11", "02", "rollout-"+name+".jsonl")
	}
	rows := codexRows("codex-1", m.tree, "a.go", code("a"), "")
	want := map[string]evidence.Reason{}
	m.write(at("mine"), rows)
	m.write(filepath.Join(m.home, "elsewhere", "rollout-out.jsonl"), rows)
	if err := syscall.Mkfifo(at("pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	want[filepath.Base(at("pipe"))] = evidence.Unsupported
	if err := os.Symlink(filepath.Join(m.home, "elsewhere"), filepath.Join(filepath.Dir(at("")), "rollout-folder.jsonl")); err != nil {
		t.Fatal(err)
	}
	want["rollout-folder.jsonl"] = evidence.Denied
	m.write(at("theirs"), rows)
	if os.Getuid() == 0 {
		if err := os.Chown(at("theirs"), 4711, 4711); err != nil {
			t.Fatal(err)
		}
	} else {
		t.Log("not root: a file of another user becomes one without permissions")
		if err := os.Chmod(at("theirs"), 0); err != nil {
			t.Fatal(err)
		}
	}
	want[filepath.Base(at("theirs"))] = evidence.Denied
	found, err := Home{Getenv: m.getenv}.Sessions(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]evidence.Reason{}
	for _, c := range found {
		if c.Skip == nil {
			got[filepath.Base(c.Path)] = ""
			continue
		}
		got[filepath.Base(c.Path)] = evidence.ReasonOf(c.Skip, "")
		if !c.Header.none() {
			t.Errorf("%s was opened: %+v", c.Path, c.Header)
		}
	}
	want[filepath.Base(at("mine"))] = ""
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestReasonFor tells files without permission from damaged ones, and keeps the
// path, which is named beside it, out of the reason.
func TestReasonFor(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		want evidence.Reason
	}{
		"permission": {fs.ErrPermission, evidence.Denied},
		"disk":       {syscall.EIO, evidence.Unreadable},
	} {
		t.Run(name, func(t *testing.T) {
			err := reasonFor(&fs.PathError{Op: "open", Path: "/home/ada/secret", Err: c.err})
			if evidence.ReasonOf(err, "") != c.want || err.Error() != c.err.Error() || !errors.Is(err, c.err) {
				t.Errorf("%v, for the reason %s", err, evidence.ReasonOf(err, ""))
			}
		})
	}
}
