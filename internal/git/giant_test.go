package git_test

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/git"
)

// giant is a pull request of the size at which costs show: files that it adds,
// edits and renames, merges from main, and their numbers of lines.
type giant struct {
	baseFiles, baseLines int
	touched              int // base files that are edited
	commits, merges      int
	added, addedLines    int // files in all, lines of each
	edited, editedLines  int // in each commit, lines of each edit
}

// fullSize changes some 3,000 files and 500,000 lines in 190 commits.
var fullSize = giant{
	baseFiles: 4000, baseLines: 150, commits: 190, merges: 10, touched: 1400,
	added: 1600, addedLines: 110, edited: 90, editedLines: 30,
}

// make writes the repository, with branches main and pr.
func (g giant) make(t testing.TB) string {
	t.Helper()
	s := newSandbox(t)
	in, out := io.Pipe()
	go func() {
		w := &giantWriter{Writer: bufio.NewWriter(out), rand: rand.New(rand.NewPCG(5, 9)), giant: g}
		w.write()
		out.CloseWithError(w.Flush())
	}()
	s.fastImport(in)
	return s.dir
}

type giantWriter struct {
	*bufio.Writer
	giant
	rand *rand.Rand
	mark int
	next int
	main map[string][]string
	pr   map[string][]string
	name []string // of the files of pr that are edited
}

func (w *giantWriter) write() {
	w.main, w.pr = map[string][]string{}, map[string][]string{}
	w.begin("main", 0, 0)
	for i := range w.baseFiles {
		name := fmt.Sprintf("dir%d/sub%d/base%d.go", i%40, i%7, i)
		w.main[name] = w.lines(w.baseLines)
		w.pr[name] = w.main[name]
		if i < w.touched {
			w.name = append(w.name, name)
		}
		w.file(name, w.main[name])
	}
	mainHead, prHead := w.mark, w.mark
	for n := range w.commits {
		if n%(w.commits/w.merges) == w.commits/w.merges-1 {
			w.begin("main", mainHead, 0)
			mainHead = w.mark
			changed := map[string][]string{}
			for range 20 {
				name := w.name[w.rand.IntN(len(w.name))]
				if old := w.main[name]; old != nil {
					w.main[name] = w.edit(old)
					changed[name] = w.main[name]
					w.file(name, w.main[name])
				}
			}
			w.begin("pr", prHead, mainHead)
			prHead = w.mark
			for name, text := range changed {
				// What pr did not touch comes from main, the rest stays.
				if len(w.pr[name]) == w.baseLines {
					w.pr[name] = text
					w.file(name, text)
				}
			}
			continue
		}
		w.begin("pr", prHead, 0)
		prHead = w.mark
		w.work(n)
	}
}

// work is one commit of the pull request.
func (w *giantWriter) work(n int) {
	for i := n * w.added / w.commits; i < (n+1)*w.added/w.commits; i++ {
		name := fmt.Sprintf("new%d/added%d.go", i%30, i)
		w.pr[name] = w.lines(w.addedLines)
		w.name = append(w.name, name)
		w.file(name, w.pr[name])
	}
	for range w.edited {
		name := w.name[w.rand.IntN(len(w.name))]
		w.pr[name] = w.edit(w.pr[name])
		w.file(name, w.pr[name])
	}
	if n%4 == 0 {
		at := w.rand.IntN(len(w.name))
		from := w.name[at]
		to := fmt.Sprintf("moved/%d/%s", n, from[strings.LastIndex(from, "/")+1:])
		w.pr[to] = w.edit(w.pr[from])
		delete(w.pr, from)
		w.name[at] = to
		fmt.Fprintf(w, "D %s\n", from)
		w.file(to, w.pr[to])
	}
}

func (w *giantWriter) begin(branch string, from, merge int) {
	w.mark++
	fmt.Fprintf(w, "commit refs/heads/%s\nmark :%d\ncommitter C <c@example.org> %d +0000\ndata 1\nx\n", branch, w.mark, 1700000000+60*w.mark)
	if from != 0 {
		fmt.Fprintf(w, "from :%d\n", from)
	}
	if merge != 0 {
		fmt.Fprintf(w, "merge :%d\n", merge)
	}
}

func (w *giantWriter) file(name string, lines []string) {
	text := strings.Join(lines, "")
	fmt.Fprintf(w, "M 100644 inline %s\ndata %d\n%s\n", name, len(text), text)
}

func (w *giantWriter) lines(n int) []string {
	all := make([]string, n)
	for i := range all {
		w.next++
		all[i] = fmt.Sprintf("\tresult%d := compute(%d, values[%d]) // step\n", w.next%977, w.next, w.rand.IntN(500))
	}
	return all
}

// edit replaces a block of the file by a somewhat longer one.
func (w *giantWriter) edit(old []string) []string {
	at := w.rand.IntN(len(old))
	end := min(len(old), at+w.editedLines*2/3)
	all := append([]string{}, old[:at]...)
	all = append(all, w.lines(w.editedLines)...)
	return append(all, old[end:]...)
}

// TestGiant keeps the giant pull request in the folder that MERGEBRIEF_GIANT
// names, for measuring by hand.
func TestGiant(t *testing.T) {
	dir := os.Getenv("MERGEBRIEF_GIANT")
	if dir == "" {
		t.Skip("MERGEBRIEF_GIANT names no folder")
	}
	if err := os.CopyFS(dir, os.DirFS(fullSize.make(t))); err != nil {
		t.Fatal(err)
	}
}

// cpu returns the processor time that do and its child processes use.
func cpu(t testing.TB, do func()) time.Duration {
	t.Helper()
	used := func() time.Duration {
		var sum time.Duration
		for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
			var u syscall.Rusage
			if err := syscall.Getrusage(who, &u); err != nil {
				t.Fatal(err)
			}
			sum += time.Duration(u.Utime.Nano() + u.Stime.Nano())
		}
		return sum
	}
	start := used()
	do()
	return used() - start
}

// run runs git and drops what it prints.
func run(t testing.TB, dir string, args ...string) {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir, cmd.Stderr = dir, os.Stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("git %s: %v", args[0], err)
	}
}

// BenchmarkGiant measures the diff and the origins of a giant pull request
// against two peers in the same run: the patches of its commits as git log
// prints them (x-log, at most 2.5), and one git blame for each file with added
// lines (x-blame, at most 1/6). The heap is the largest seen.
func BenchmarkGiant(b *testing.B) {
	dir := fullSize.make(b)
	r := open(b, dir, git.Options{})
	base, head := gitIn(b, dir, "merge-base", "main", "pr"), gitIn(b, dir, "rev-parse", "pr")
	var files []evidence.File
	for b.Loop() {
		peak := watchHeap()
		ours := cpu(b, func() {
			var err error
			if files, err = r.Diff(b.Context(), base, head, nil); err != nil {
				b.Fatal(err)
			}
			if err = r.Origins(b.Context(), base, head, files); err != nil {
				b.Fatal(err)
			}
		})
		heap := peak()
		log := cpu(b, func() { run(b, dir, "log", "-p", "-U0", "--first-parent", base+".."+head) })
		blamed := 0
		blame := cpu(b, func() {
			for _, f := range files {
				// One file in eight, so that the benchmark ends in a minute.
				if blamed++; f.Added > 0 && blamed%8 == 0 {
					run(b, dir, "blame", "--porcelain", base+".."+head, "--", f.Path)
				}
			}
		}) * 8
		added, deleted := 0, 0
		for _, f := range files {
			added, deleted = added+f.Added, deleted+f.Deleted
		}
		b.ReportMetric(float64(ours)/float64(log), "x-log")
		b.ReportMetric(float64(ours)/float64(blame), "x-blame")
		b.ReportMetric(float64(heap)/(1<<20), "heap-MB")
		b.ReportMetric(float64(added+deleted), "lines")
		b.ReportMetric(float64(len(files)), "files")
		b.ReportMetric(ours.Seconds(), "cpu-s")
	}
}

// watchHeap samples the heap until the returned function is called, which
// returns its largest size.
func watchHeap() func() uint64 {
	runtime.GC()
	stop, peak := make(chan struct{}), make(chan uint64)
	go func() {
		var most uint64
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapInuse)
			select {
			case <-stop:
				peak <- most
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	}()
	return func() uint64 {
		close(stop)
		return <-peak
	}
}
