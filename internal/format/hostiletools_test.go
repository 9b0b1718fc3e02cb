package format

import (
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// TestHostileTools reads what makes decoders hold much: what a record belongs to
// stands behind it, or everything has the same place. Memory stays bounded and
// no failure is lost.
func TestHostileTools(t *testing.T) {
	const big = 50 << 20
	long := strings.Repeat("x", 10<<10)
	cucumber := `{"name":"` + long + `","type":"scenario","steps":[{"result":{"status":"failed","error_message":"` + long + `"}}]}`
	jest := `{"title":"` + long + `","status":"failed","failureMessages":["` + long + `"]}`
	playwright := `{"status":"unexpected","results":[{"status":"failed","error":{"message":"` + long + `"}}]}`
	tests := map[string]struct {
		in     io.Reader
		status evidence.Status
		// Number of failed tests at least.
		failed int
	}{
		"Jest cases before the name of their file": {
			repeat(`{"numTotalTests":1,"numFailedTests":1,"numPassedTests":0,"testResults":[{"assertionResults":[`+jest, ","+jest, (len(jest)+1)*1000, `],"name":"a"}]}`),
			evidence.Parsed, 1000,
		},
		"Cucumber scenarios before the path of their feature": {
			repeat(`[{"keyword":"Feature","line":1,"elements":[`+cucumber, ","+cucumber, (len(cucumber)+1)*1000, `],"uri":"a"}]`),
			evidence.Parsed, 1000,
		},
		"Playwright runs of one test": {
			repeat(`{"config":{"rootDir":"/r"},"suites":[{"specs":[{"title":"x","tests":[`+playwright, ","+playwright, (len(playwright)+1)*1000, `]}]}]}`),
			evidence.Parsed, 1000,
		},
		"Playwright suites nested without end": {
			repeat(`{"config":{"rootDir":"/r"},`, `"suites":[{"title":"`+strings.Repeat("x", 300)+`",`, big, ""),
			evidence.Partial, 0,
		},
		"Istanbul statements without end": {
			repeat(`{"a.js":{"path":"a.js","statementMap":{"0":{"start":{"line":1}}`, `,"1":{"start":{"line":2}}`, 25*(big/25), `},"s":{}}}`),
			evidence.Parsed, 0,
		},
		"LLVM segments without end": {
			repeat(`{"data":[{"files":[{"filename":"a","segments":[[1,1,1,true,true,false]`, `,[1,1,1,true,true,false]`, 24*(big/24), `]}]}]}`),
			evidence.Partial, 0,
		},
		"diagnostics on a line without end": {
			repeat("a.c:1:1: error: x\na.c:2:1: error: ", "x", big, "\n"),
			evidence.Parsed, 0,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			runtime.GC()
			var before runtime.MemStats
			runtime.ReadMemStats(&before)
			w := &watch{r: tt.in}
			f := Read("files", "report", w)
			if in := f.Inputs[0]; in.Status != tt.status {
				t.Errorf("got %s (%s), want %s", in.Status, in.Detail, tt.status)
			}
			if got := sumsOf(f).tests.Failed; got < tt.failed {
				t.Errorf("%d failed tests, want %d at least", got, tt.failed)
			}
			if w.peak > before.HeapAlloc+maxHeap {
				t.Errorf("heap grew by %d MB", (w.peak-before.HeapAlloc)>>20)
			}
		})
	}
}
