package local

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/mergebrief/mergebrief/internal/git"
)

// manySessions fills the default folder of Claude Code with n sessions of other
// repositories, size bytes each, with the rest after the first rows as a hole,
// and one of this repository.
func manySessions(b *testing.B, n int, size int64) *machine {
	b.Helper()
	m := newMachine(b)
	for i := range n {
		name := filepath.Join(m.home, ".claude", "projects", fmt.Sprintf("-p%d", i%40), fmt.Sprintf("s-%d.jsonl", i))
		m.write(name, claudeRows(fmt.Sprintf("s-%d", i), fmt.Sprintf("/srv/other%d", i%40), fmt.Sprintf("/srv/other%d/a.go", i%40), code("other")))
		if err := os.Truncate(name, size); err != nil {
			b.Fatal(err)
		}
	}
	m.write(filepath.Join(m.tree, "a.go"), code("a"))
	m.git(m.tree, "add", "-A")
	m.git(m.tree, "commit", "-q", "-m", "a")
	m.write(filepath.Join(m.home, ".claude", "projects", "-x", "ours.jsonl"), claudeRows("ours", m.tree, filepath.Join(m.tree, "a.go"), code("a")))
	return m
}

// peakMB is the most memory that this process ever had, in megabytes, or 0 where
// that is not told.
func peakMB(b *testing.B) float64 {
	b.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		if kb, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			n, err := strconv.Atoi(strings.Fields(kb)[0])
			if err != nil {
				b.Fatal(err)
			}
			return float64(n) / 1024
		}
	}
	return 0
}

// walkFloor is the least that finding files takes: a walk over the folders with
// the size and time of each.
func walkFloor(b *testing.B, dir string) time.Duration {
	b.Helper()
	start := time.Now()
	err := filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err == nil {
			_, err = d.Info()
		}
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return time.Since(start)
}

// BenchmarkSessions finds one session among a thousand of 4 MB, with and without
// the index, beside a plain walk over the same folders.
func BenchmarkSessions(b *testing.B) {
	m := manySessions(b, 1000, 4<<20)
	for _, c := range []struct {
		name  string
		cache string
	}{{"cold", ""}, {"warm", filepath.Join(m.home, ".cache")}} {
		b.Run(c.name, func(b *testing.B) {
			h := Home{Getenv: m.getenv, Cache: c.cache}
			if _, err := h.Sessions(context.Background(), nil); err != nil {
				b.Fatal(err)
			}
			var floor, took time.Duration
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			for b.Loop() {
				floor += walkFloor(b, m.home)
				start := time.Now()
				found, err := h.Sessions(context.Background(), nil)
				if err != nil || len(found) != 1001 {
					b.Fatalf("%d files, %v", len(found), err)
				}
				took += time.Since(start)
			}
			runtime.ReadMemStats(&after)
			b.ReportMetric(peakMB(b), "MB-peak")
			b.ReportMetric(float64(took)/float64(floor), "walks")
			b.ReportMetric(took.Seconds()*1000/float64(b.N), "ms/find")
			b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/float64(b.N)/(1<<20), "MB-allocated")
		})
	}
}

// BenchmarkRecord is the whole of mergebrief record on a branch of ten commits,
// beside the git commands that such a branch cannot do without: one diff a
// commit.
func BenchmarkRecord(b *testing.B) {
	m := newMachine(b)
	rows := ""
	for i := range 10 {
		name := fmt.Sprintf("f%d.go", i)
		m.write(filepath.Join(m.tree, name), code(fmt.Sprintf("f%d", i)))
		m.git(m.tree, "add", "-A")
		m.git(m.tree, "commit", "-q", "-m", name)
		written := claudeRows("ours", m.tree, filepath.Join(m.tree, name), code(fmt.Sprintf("f%d", i)))
		rows += strings.NewReplacer(`"t-ours"`, fmt.Sprintf(`"t-%d"`, i), `"m-ours"`, fmt.Sprintf(`"m-%d"`, i)).Replace(written)
	}
	m.write(filepath.Join(m.home, ".claude", "projects", "-x", "ours.jsonl"), rows)
	ctx := context.Background()
	base, head := m.git(m.tree, "rev-parse", "main"), m.git(m.tree, "rev-parse", "HEAD")
	var floor, took time.Duration
	for b.Loop() {
		start := time.Now()
		for i := range 10 {
			m.git(m.tree, "diff", "--raw", fmt.Sprintf("HEAD~%d", i+1), fmt.Sprintf("HEAD~%d", i))
		}
		floor += time.Since(start)
		start = time.Now()
		repo, err := git.Open(ctx, m.tree, git.Options{})
		if err != nil {
			b.Fatal(err)
		}
		r, err := OpenRepository(ctx, m.tree)
		if err != nil {
			b.Fatal(err)
		}
		candidates, err := Home{Getenv: m.getenv}.Sessions(ctx, r.Roots)
		if err != nil {
			b.Fatal(err)
		}
		found, err := Collect(ctx, repo, r, candidates, Options{MergeBase: base, Head: head, Resume: &Resume{Covered: &Covered{}, Notes: NewNotes(repo)}})
		if err != nil || len(found.Documents) != 10 {
			b.Fatalf("%d documents, %v", len(found.Documents), err)
		}
		repo.Close()
		took += time.Since(start)
	}
	b.ReportMetric(float64(took)/float64(floor), "diffs")
	b.ReportMetric(took.Seconds()*1000/float64(b.N), "ms/record")
}
