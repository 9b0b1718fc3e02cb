package provenance

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/git"
)

// testRepo is a repository in a folder of the test's own.
type testRepo struct {
	t   *testing.T
	dir string
}

func newTestRepo(t *testing.T) testRepo {
	t.Helper()
	r := testRepo{t, t.TempDir()}
	r.git("init", "-q", "-b", "main")
	r.git("config", "uploadpack.allowFilter", "true")
	return r
}

// ask asks one keeper about a change, as a run does.
func ask(t *testing.T, k Keeper, about evidence.Target) (evidence.Fragment, error) {
	t.Helper()
	var repo *git.Repo
	switch k := k.(type) {
	case Notes:
		repo = k.Repo
	case Checkpoints:
		repo = k.Repo
	case Traces:
		repo = k.Repo
	case SessionNotes:
		repo = k.Repo
	}
	return Sources(repo, k)[0].Gather(t.Context(), about)
}

func (r testRepo) git(args ...string) string {
	r.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = r.dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1",
		// No second process after each commit, no waiting for the disk.
		"GIT_CONFIG_COUNT=2", "GIT_CONFIG_KEY_0=maintenance.auto", "GIT_CONFIG_VALUE_0=false", "GIT_CONFIG_KEY_1=core.fsync", "GIT_CONFIG_VALUE_1=none",
		"GIT_AUTHOR_NAME=Ada", "GIT_AUTHOR_EMAIL=ada@example.org", "GIT_AUTHOR_DATE=2026-11-02T08:00:00Z",
		"GIT_COMMITTER_NAME=Ada", "GIT_COMMITTER_EMAIL=ada@example.org", "GIT_COMMITTER_DATE=2026-11-02T08:00:00Z")
	out, err := cmd.Output()
	if err != nil {
		if e, ok := errors.AsType[*exec.ExitError](err); ok {
			r.t.Fatalf("git %v: %s", args, e.Stderr)
		}
		r.t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

func (r testRepo) write(files map[string]string) {
	r.t.Helper()
	for name, text := range files {
		full := filepath.Join(r.dir, name)
		if err := os.MkdirAll(filepath.Dir(full), 0o700); err != nil {
			r.t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o600); err != nil {
			r.t.Fatal(err)
		}
	}
}

// commit commits all files and returns the id.
func (r testRepo) commit(message string) string {
	r.t.Helper()
	r.git("add", "-A")
	r.git("commit", "-q", "--allow-empty", "-m", message)
	return r.git("rev-parse", "HEAD")
}

func (r testRepo) open() *git.Repo {
	r.t.Helper()
	repo, err := git.Open(r.t.Context(), r.dir, git.Options{})
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { repo.Close() })
	return repo
}

// clone has the branch main of r and nothing else.
func (r testRepo) clone() testRepo {
	r.t.Helper()
	c := testRepo{r.t, r.t.TempDir()}
	c.git("clone", "-q", "--single-branch", "--branch", "main", "file://"+r.dir, ".")
	return c
}

const (
	hexCheckpoint  = "0123456789ab"
	ulidCheckpoint = "01CKPTABCDEFGH0123456789JV"
	transcript     = `{"type":"user","sessionId":"run-1","uuid":"u1","timestamp":"2026-11-02T07:00:00Z","cwd":"/src","message":{"role":"user","content":"do it"}}
{"type":"assistant","sessionId":"run-1","uuid":"u2","timestamp":"2026-11-02T07:00:01Z","cwd":"/src","requestId":"r1","message":{"id":"m1","model":"claude-opus-4-5","role":"assistant","content":[{"type":"tool_use","id":"t1","name":"Bash","input":{"command":"go test ./..."}}],"usage":{"input_tokens":1,"output_tokens":2}}}
`
)

func checkpointFiles(dir, id, session, text, digest string) map[string]string {
	// Some versions put the date before the agent's own id.
	meta := `{"checkpoint_id":"` + id + `","session_id":"2026-11-02-` + session + `","agent":"Claude Code","created_at":"2026-11-02T07:00:02Z","files_touched":["a.go"]}`
	return map[string]string{
		dir + "metadata.json":           `{"cli_version":"0.4","checkpoint_id":"` + id + `","sessions":[{"metadata":"/0/metadata.json","transcript":"/0/full.jsonl"}]}`,
		dir + "0/metadata.json":         meta,
		dir + "0/full.jsonl":            text,
		dir + "0/prompt.txt":            "the secret prompt",
		dir + "0/content_hash.txt":      digest,
		dir + "3/metadata.json":         strings.Replace(meta, session, "run-2", 1),
		dir + "unrelated/metadata.json": "{}",
	}
}

// checkpointed is a repository with two commits, the first one of which names two
// checkpoints, one of them outside of its trailers, and the second one a
// checkpoint of the first and one that does not exist.
func checkpointed(t *testing.T) (testRepo, evidence.Target) {
	t.Helper()
	r := newTestRepo(t)
	base := r.commit("base")
	sum := sha256.Sum256([]byte(transcript))
	r.git("checkout", "-q", "--orphan", "entire/checkpoints/v1")
	r.write(checkpointFiles("01/23456789ab/", hexCheckpoint, "run-1", transcript, "sha256:"+hex.EncodeToString(sum[:])))
	r.commit("checkpoint")
	r.git("checkout", "-q", "--orphan", "one")
	r.git("rm", "-rfq", ".")
	r.write(checkpointFiles("", ulidCheckpoint, "run-1", transcript+"{}\n", "sha256:00"))
	r.git("update-ref", "refs/entire/checkpoints/JV/"+ulidCheckpoint, r.commit("checkpoint"))
	r.git("checkout", "-qf", "main")
	r.write(map[string]string{"a.go": "package a\n"})
	r.commit("first\n\nEntire-Checkpoint: " + hexCheckpoint + "\n\nNot a trailer block.\n\nEntire-Checkpoint: " + ulidCheckpoint)
	r.write(map[string]string{"a.go": "package a\n\nvar A int\n"})
	head := r.commit("second\n\nEntire-Checkpoint: " + hexCheckpoint + "\nEntire-Checkpoint: ffffffffffff")
	return r, evidence.Target{Base: base, MergeBase: base, Head: head}
}

func TestCheckpoints(t *testing.T) {
	r, target := checkpointed(t)
	for name, c := range map[string]struct {
		repo  testRepo
		fetch bool
	}{"at hand": {r, false}, "fetched": {r.clone(), true}} {
		t.Run(name, func(t *testing.T) {
			f, err := ask(t, Checkpoints{Repo: c.repo.open(), Fetch: c.fetch}, target)
			if err != nil {
				t.Fatal(err)
			}
			commits := map[string]string{target.Head: "second"}
			var claims, gaps, inputs []string
			for _, x := range f.Claims {
				if commits[x.Commit] == "" {
					commits[x.Commit] = "first"
				}
				claims = append(claims, commits[x.Commit]+" "+x.Session+" "+string(x.Method)+" "+x.Path)
			}
			for _, g := range f.Gaps {
				subject, _, _ := strings.Cut(g.Subject, " of commit")
				gaps = append(gaps, subject+": "+string(g.Origin.Reason))
			}
			for _, in := range f.Inputs {
				inputs = append(inputs, in.Path+" "+string(in.Status))
			}
			if diff := cmp.Diff([]string{
				"first run-1 checkpoint ", "second run-1 checkpoint ", "first run-2 checkpoint ", "second run-2 checkpoint ",
				"first run-1 checkpoint ", "first run-2 checkpoint ",
			}, claims); diff != "" {
				t.Errorf("claims (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff([]string{"checkpoint ffffffffffff: not-found", "transcript of session 3 of checkpoint " + ulidCheckpoint + ": not-found"}, gaps); diff != "" {
				t.Errorf("gaps (-want +got):\n%s", diff)
			}
			ref := "refs/entire/checkpoints/JV/" + ulidCheckpoint
			branch := "entire/checkpoints/v1:01/23456789ab/"
			if diff := cmp.Diff([]string{
				branch + "metadata.json parsed", branch + "0/metadata.json parsed", branch + "3/metadata.json parsed",
				ref + ":metadata.json parsed", ref + ":0/metadata.json parsed", ref + ":3/metadata.json parsed",
				ref + ":0/full.jsonl parsed",
			}, inputs); diff != "" {
				t.Errorf("inputs (-want +got):\n%s", diff)
			}
			if len(f.Sessions) != 1 || f.Sessions[0].ID != "run-1" || f.Sessions[0].CommandCounts.Total != 1 {
				t.Errorf("sessions = %+v", f.Sessions)
			}
			if remarks := f.ClaimSources[4].Remarks; len(remarks) != 1 || !strings.Contains(remarks[0], "not the one") {
				t.Errorf("remarks = %q", remarks)
			}
		})
	}
}

// A transcript that the checkpoint lists and nobody can read is another thing
// than a checkpoint that is not there.
func TestCheckpointsListedAndNotReadable(t *testing.T) {
	r, target := checkpointed(t)
	for _, id := range []string{"entire/checkpoints/v1:01/23456789ab", "refs/entire/checkpoints/JV/" + ulidCheckpoint + ":"} {
		blob := r.git("rev-parse", strings.TrimSuffix(id, ":")+map[bool]string{true: ":", false: "/"}[strings.HasSuffix(id, ":")]+"0/full.jsonl")
		if err := os.Remove(filepath.Join(r.dir, ".git", "objects", blob[:2], blob[2:])); err != nil {
			t.Fatal(err)
		}
	}
	f, err := ask(t, Checkpoints{Repo: r.open()}, target)
	if err != nil {
		t.Fatal(err)
	}
	g := f.Gaps[len(f.Gaps)-2]
	if g.Origin.Reason != evidence.Unreadable || !strings.Contains(g.Detail, "listed in the checkpoint, and not readable") {
		t.Errorf("gaps = %+v", f.Gaps)
	}
}

func TestCheckpointsNone(t *testing.T) {
	r := newTestRepo(t)
	base := r.commit("base")
	head := r.commit("Entire-Checkpoint: not an id")
	f, err := ask(t, Checkpoints{Repo: r.open(), Fetch: true}, evidence.Target{Base: base, MergeBase: base, Head: head})
	if err != nil || len(f.Gaps)+len(f.Claims)+len(f.Inputs) != 0 {
		t.Errorf("%+v, %v", f, err)
	}
}

const gitAINote = `a.go
  s_0123456789abcd::t_0123456789abcd 1-2
---
{"schema_version":"authorship/3.0.0","base_commit_sha":"","sessions":{"s_0123456789abcd":{"agent_id":{"tool":"claude","id":"run-1","model":"claude-opus-4-5"}}}}
`

// The notes of the change are fetched, those of other commits stay where they are.
func TestNotes(t *testing.T) {
	r := newTestRepo(t)
	base := r.commit("base")
	r.git("notes", "--ref", "ai", "add", "-m", "a note on another commit", base)
	r.write(map[string]string{"a.go": "package a\n\nvar A int\n"})
	head := r.commit("first")
	r.git("notes", "--ref", "ai", "add", "-m", gitAINote, head)
	target := evidence.Target{Base: base, MergeBase: base, Head: head}
	clone := r.clone()
	for name, c := range map[string]struct {
		repo  testRepo
		fetch bool
		want  int
	}{"at hand": {r, false, 1}, "fetched": {clone, true, 1}, "neither": {clone, false, 0}} {
		t.Run(name, func(t *testing.T) {
			repo := c.repo.open()
			f, err := ask(t, Notes{Repo: repo, Fetch: c.fetch}, target)
			if err != nil || len(f.Gaps) > 0 {
				t.Fatalf("%v, gaps %+v", err, f.Gaps)
			}
			if len(f.Claims) != c.want {
				t.Fatalf("claims = %+v", f.Claims)
			}
			if c.want > 0 && (f.Claims[0].Session != "run-1" || f.Claims[0].Commit != head) {
				t.Errorf("claim = %+v", f.Claims[0])
			}
			if !c.fetch {
				return
			}
			if notes, err := repo.Notes(t.Context(), fetched("refs/notes/ai"), []string{base}, maxNoteBytes); err == nil && len(notes) > 0 && len(notes[0].Data) > 0 {
				t.Error("a note on a commit outside of the change was fetched")
			}
		})
	}
}

// A server that does not answer is a gap, not the end.
func TestNotesOriginGone(t *testing.T) {
	r := newTestRepo(t)
	base := r.commit("base")
	head := r.commit("first")
	r.git("remote", "add", "origin", "file:///nowhere/at/all")
	f, err := ask(t, Notes{Repo: r.open(), Fetch: true}, evidence.Target{Base: base, MergeBase: base, Head: head})
	if err != nil || len(f.Gaps) != len(noteRefs) {
		t.Errorf("%+v, %v", f.Gaps, err)
	}
}

func TestTraces(t *testing.T) {
	record := func(revision string) string {
		return `{"version":"0.1.0","id":"x","timestamp":"2026-11-02T07:00:00Z","vcs":{"type":"git","revision":"` + revision + `"},"metadata":{"session_id":"run-1"},` +
			`"files":[{"path":"a.go","conversations":[{"contributor":{"type":"ai","model_id":"m"},"ranges":[{"start_line":1,"end_line":2}]}]}]}` + "\n"
	}
	r := newTestRepo(t)
	base := r.commit("base")
	r.write(map[string]string{
		".agent-trace/traces.jsonl": record(base) + record(strings.Repeat("9", 40)), ".agent-trace/README.md": "no trace", "a.go": "package a\n\nvar A int\n",
	})
	head := r.commit("first")
	f, err := ask(t, Traces{Repo: r.open()}, evidence.Target{Base: base, MergeBase: base, Head: head})
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Claims) != 1 || len(f.ClaimSources) != 1 || f.Claims[0].Commit != base {
		t.Errorf("claims = %+v", f.Claims)
	}
	if in := f.Inputs[0]; len(f.Inputs) != 1 || in.Path != head[:12]+":.agent-trace/traces.jsonl" || !strings.Contains(in.Detail, "1 of 2 records") {
		t.Errorf("inputs = %+v", f.Inputs)
	}
}
