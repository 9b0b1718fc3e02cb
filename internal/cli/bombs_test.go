//go:build bombs && linux

package cli

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Inputs that are made to cost memory, and what a report on them may take. The short
// form, a tenth of each and more, is what .ci/run does; MERGEBRIEF_BOMBS=full is the
// whole of it.

const (
	// maxPeak is the memory in MiB that a report may take for itself: what the smallest
	// runners leave beside a build. What git takes is git's own.
	maxPeak = 200
	// maxBundle is the size of a bundle in bytes that a browser and an upload still bear.
	maxBundle = 32 << 20
)

// bomb writes one such input below a folder, n times as large as its unit.
type bomb struct {
	unit        int
	short, full int
	write       func(w io.Writer, n int)
	// Name of the file that write makes; empty for a stream of git fast-import.
	file string
	// What the comment must still say.
	says string
	// Where more than maxPeak or maxBundle is taken today, what it may not exceed.
	peak   int
	bundle int64
}

var bombs = map[string]bomb{
	"commits": {unit: 10_000, short: 3, full: 10, says: "older commits of the change", write: func(w io.Writer, n int) {
		for i := range n {
			fmt.Fprintf(w, "commit refs/heads/pr\nmark :%d\ncommitter A <a@example.com> %d +0000\ndata 9\nA-%07d\nfrom :%d\nM 100644 inline d%d/f%d\ndata 9\n%08d\n\n", i+2, 1_700_000_000+i, i, i+1, i%50, i%500, i)
		}
	}},
	"files": {unit: 10_000, short: 1, full: 10, peak: 1_100, bundle: 96 << 20, says: "A large change", write: func(w io.Writer, n int) {
		fmt.Fprint(w, "commit refs/heads/pr\nmark :2\ncommitter A <a@example.com> 1700000000 +0000\ndata 4\nmany\nfrom :1\n")
		for i := range n {
			fmt.Fprintf(w, "M 100644 inline d%d/f%d\ndata 9\n%08d\n\n", i%100, i, i)
		}
	}},
	"a long line": {unit: 10 << 20, short: 2, full: 10, peak: 550, says: "1 file", write: func(w io.Writer, n int) {
		fmt.Fprintf(w, "commit refs/heads/pr\nmark :2\ncommitter A <a@example.com> 1700000000 +0000\ndata 4\nlong\nfrom :1\nM 100644 inline f\ndata %d\n", n)
		repeat(w, "x", n)
	}},
	"tests": {unit: 1_000_000, short: 2, full: 10, file: "r.xml", says: "1 of", write: func(w io.Writer, n int) {
		fmt.Fprint(w, "<testsuite>")
		for i := range n {
			fmt.Fprintf(w, "<testcase classname=\"pkg.T\" name=\"t[%d]\"/>", i)
		}
		fmt.Fprint(w, `<testcase classname="pkg.T" name="last"><failure message="boom"/></testcase></testsuite>`)
	}},
	"findings": {unit: 100_000, short: 1, full: 10, file: "r.sarif", says: "", write: func(w io.Writer, n int) {
		fmt.Fprint(w, `{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"t"}},"results":[`)
		for i := range n {
			fmt.Fprintf(w, `{"ruleId":"r%d","level":"error","message":{"text":"m %d"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"d/f%d"},"region":{"startLine":%d}}}]},`, i, i, i, i+1)
		}
		fmt.Fprint(w, `{"ruleId":"last","message":{"text":"m"}}]}]}`)
	}},
	"a transcript": {unit: 100_000, short: 1, full: 6, peak: 350, file: "s.jsonl", says: "", write: func(w io.Writer, n int) {
		const at = `"sessionId":"11111111-1111-4111-8111-111111111111","version":"2.1.0","cwd":"/r","timestamp":"2026-01-01T00:00:00.000Z"`
		fmt.Fprintf(w, "{\"type\":\"user\",\"uuid\":\"u\",\"message\":{\"role\":\"user\",\"content\":\"go\"},%s}\n", at)
		for i := range n {
			fmt.Fprintf(w, "{\"type\":\"assistant\",\"uuid\":\"a%d\",\"message\":{\"id\":\"m%d\",\"role\":\"assistant\",\"content\":[{\"type\":\"tool_use\",\"id\":\"t%d\",\"name\":\"Bash\",\"input\":{\"command\":\"go test ./p%d\"}}]},%s}\n", i, i, i, i, at)
			fmt.Fprintf(w, "{\"type\":\"user\",\"uuid\":\"r%d\",\"message\":{\"role\":\"user\",\"content\":[{\"type\":\"tool_result\",\"tool_use_id\":\"t%d\",\"content\":\"ok\",\"is_error\":false}]},%s}\n", i, i, at)
		}
	}},
	"deep XML": {unit: 1 << 20, short: 1, full: 5, file: "r.xml", says: "", write: func(w io.Writer, n int) { fmt.Fprint(w, "<testsuite>"); repeat(w, "<a>", n) }},
	"deep JSON": {unit: 1 << 20, short: 5, full: 50, file: "r.sarif", says: "", write: func(w io.Writer, n int) {
		fmt.Fprint(w, `{"version":"2.1.0","runs":`)
		repeat(w, "[", n)
	}},
	"a long name": {unit: 1 << 20, short: 10, full: 100, file: "r.xml", says: "", write: func(w io.Writer, n int) {
		fmt.Fprint(w, `<testsuite><testcase name="`)
		repeat(w, "n", n)
		fmt.Fprint(w, `"/></testsuite>`)
	}},
	"coverage": {unit: 10_000, short: 2, full: 10, peak: 280, file: "lcov.info", says: "", write: func(w io.Writer, n int) {
		for i := range n {
			fmt.Fprintf(w, "SF:d/f%d.js\n", i)
			for l := range 50 {
				fmt.Fprintf(w, "DA:%d,%d\n", l+1, l%2)
			}
			fmt.Fprint(w, "end_of_record\n")
		}
	}},
}

func repeat(w io.Writer, s string, n int) {
	block := strings.Repeat(s, 1<<10)
	for ; n >= 1<<10; n -= 1 << 10 {
		fmt.Fprint(w, block)
	}
	fmt.Fprint(w, strings.Repeat(s, n))
}

func TestBombs(t *testing.T) {
	bin := filepath.Join(t.TempDir(), "mergebrief")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", bin, "github.com/mergebrief/mergebrief/cmd/mergebrief").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for name, b := range bombs {
		t.Run(name, func(t *testing.T) {
			n := b.short
			if os.Getenv("MERGEBRIEF_BOMBS") == "full" {
				n = b.full
			}
			repo, out := t.TempDir(), t.TempDir()
			args := []string{"report", "--repo", repo, "--base", "main", "--head", "pr", "--out", out}
			const base = "commit refs/heads/main\nmark :1\ncommitter A <a@example.com> 1600000000 +0000\ndata 4\nbase\nM 100644 inline a\ndata 1\na\nreset refs/heads/pr\nfrom :1\n"
			history := func(w io.Writer) { fmt.Fprint(w, base); b.write(w, n*b.unit) }
			if b.file != "" {
				history = func(w io.Writer) {
					fmt.Fprint(w, base+"commit refs/heads/pr\nmark :2\ncommitter A <a@example.com> 1700000000 +0000\ndata 1\nx\nfrom :1\nM 100644 inline a\ndata 1\nb\n")
				}
				file := filepath.Join(t.TempDir(), b.file)
				into(t, file, func(w io.Writer) { b.write(w, n*b.unit) })
				args = append(args, "--evidence", file)
			}
			fastImport(t, repo, history)
			peak := peakOf(t, exec.CommandContext(t.Context(), bin, args...))
			info, err := os.Stat(filepath.Join(out, "evidence.json"))
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%d MiB, bundle of %d bytes", peak, info.Size())
			if most, size := cmp.Or(b.peak, maxPeak), cmp.Or(b.bundle, maxBundle); peak > most || info.Size() > size {
				t.Errorf("%d MiB of memory and %d bytes, want at most %d and %d", peak, info.Size(), most, size)
			}
			comment, err := os.ReadFile(filepath.Join(out, "comment.md"))
			if err != nil || !strings.Contains(string(comment), b.says) {
				t.Errorf("the comment does not say %q (%v):\n%s", b.says, err, comment)
			}
		})
	}
}

func into(t *testing.T, file string, write func(io.Writer)) {
	t.Helper()
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	w := bufio.NewWriterSize(f, 1<<20)
	write(w)
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// fastImport makes a repository in which main is the base and pr the change.
func fastImport(t *testing.T, dir string, write func(io.Writer)) {
	t.Helper()
	stream := filepath.Join(t.TempDir(), "stream")
	into(t, stream, write)
	in, err := os.Open(stream)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	for _, args := range [][]string{{"init", "--quiet", "--initial-branch=main"}, {"fast-import", "--quiet"}} {
		cmd := exec.CommandContext(t.Context(), "git", args...)
		cmd.Dir, cmd.Stdin = dir, in
		if args[0] == "init" {
			cmd.Stdin = nil
		}
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v: %s", args, err, out)
		}
	}
}

// peakOf runs a command that must succeed and returns the most memory in MiB that its
// own process took, which the kernel tells while it runs.
func peakOf(t *testing.T, cmd *exec.Cmd) (peak int) {
	t.Helper()
	var said strings.Builder
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case err := <-done:
			if err != nil || peak == 0 {
				t.Fatalf("peak %d: %v: %.2000s", peak, err, said.String())
			}
			return peak
		case <-tick.C:
			status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", cmd.Process.Pid)) // nothing once it has ended
			if _, rest, ok := strings.Cut(string(status), "VmHWM:"); ok {
				if kib, err := strconv.Atoi(strings.Fields(rest)[0]); err == nil {
					peak = max(peak, kib>>10)
				}
			}
		}
	}
}
