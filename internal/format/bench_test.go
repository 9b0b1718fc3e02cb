package format

import (
	"bytes"
	"crypto/sha256"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"sync"
	"testing"
	"time"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// largeReports are the reports of the benchmarks.
var largeReports = []struct {
	name     string
	size     int
	generate func(io.Writer, int)
}{
	{"junit.xml", 100 << 20, generateJUnit},
	{"scan.sarif", 50 << 20, generateSARIF},
	{"gotest.json", 100 << 20, generateGoTest},
}

// BenchmarkRead reads large files from disk. Beside the speed it reports the
// ratio to reading the same file with its digest and doing nothing, and how far
// the heap grew.
func BenchmarkRead(b *testing.B) {
	for _, report := range largeReports {
		b.Run(report.name, func(b *testing.B) {
			file := filepath.Join(b.TempDir(), report.name)
			size := writeReport(b, file, report.generate, report.size)
			b.SetBytes(size)
			var floor, took time.Duration
			for b.Loop() {
				b.StopTimer()
				start := time.Now()
				readFloor(b, file)
				floor += time.Since(start)
				b.StartTimer()
				start = time.Now()
				readWhole(b, file)
				took += time.Since(start)
			}
			b.ReportMetric(float64(took)/float64(floor), "x-floor")
			b.ReportMetric(float64(peakHeap(b, file))/(1<<20), "peak-MB")
		})
	}
}

func writeReport(b *testing.B, file string, generate func(io.Writer, int), size int) int64 {
	b.Helper()
	w, err := os.Create(file)
	if err != nil {
		b.Fatal(err)
	}
	generate(w, size)
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
	info, err := os.Stat(file)
	if err != nil {
		b.Fatal(err)
	}
	return info.Size()
}

// readFloor is what any reader must do: read, and take the digest.
func readFloor(b *testing.B, file string) {
	b.Helper()
	r, err := os.Open(file)
	if err != nil {
		b.Fatal(err)
	}
	defer r.Close()
	if _, err := io.CopyBuffer(struct{ io.Writer }{sha256.New()}, struct{ io.Reader }{r}, make([]byte, 256<<10)); err != nil {
		b.Fatal(err)
	}
}

func readWhole(b *testing.B, file string) evidence.Fragment {
	b.Helper()
	r, err := os.Open(file)
	if err != nil {
		b.Fatal(err)
	}
	defer r.Close()
	f := Read("files", filepath.Base(file), r)
	if got := f.Inputs[0]; got.Status != evidence.Parsed {
		b.Fatalf("%+v", got)
	}
	return f
}

// peakHeap is how far the heap grows, garbage included, while the file is read.
func peakHeap(b *testing.B, file string) uint64 {
	b.Helper()
	r, err := os.Open(file)
	if err != nil {
		b.Fatal(err)
	}
	defer r.Close()
	debug.FreeOSMemory()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	w := &watch{r: r}
	f := Read("files", filepath.Base(file), w)
	runtime.KeepAlive(f)
	return w.peak - min(w.peak, before.HeapAlloc)
}

// BenchmarkReadMany reads 500 files, one after the other and as many at a time
// as there are processors, and reports how much faster that is.
func BenchmarkReadMany(b *testing.B) {
	var buf bytes.Buffer
	generateJUnit(&buf, 200<<10)
	data := buf.Bytes()
	const files = 500
	b.SetBytes(int64(files * len(data)))
	var serial, parallel time.Duration
	for b.Loop() {
		b.StopTimer()
		start := time.Now()
		for range files {
			Read("files", "a.xml", bytes.NewReader(data))
		}
		serial += time.Since(start)
		b.StartTimer()
		start = time.Now()
		var wg sync.WaitGroup
		next := make(chan struct{})
		for range runtime.GOMAXPROCS(0) {
			wg.Go(func() {
				for range next {
					Read("files", "a.xml", bytes.NewReader(data))
				}
			})
		}
		for range files {
			next <- struct{}{}
		}
		close(next)
		wg.Wait()
		parallel += time.Since(start)
	}
	b.ReportMetric(float64(serial)/float64(parallel), "x-serial")
}
