package format

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// claudeTranscript generates a session file of about size bytes with the shape
// that was measured: rows repeated while an answer streams in, results of reads
// with the file twice, edits with the file before and its patch.
func claudeTranscript(size int) []byte {
	var out bytes.Buffer
	file := strings.Repeat("\tif err := s.store.Put(ctx, key, value); err != nil {\n\t\treturn fmt.Errorf(\"put %q: %w\", key, err)\n\t}\n", 120)
	for i := 0; out.Len() < size; i++ {
		agentStep(&out, i, "Read", map[string]any{"file_path": fmt.Sprintf("/repo/internal/store/file%d.go", i%40)},
			map[string]any{"type": "text", "file": map[string]any{"filePath": "/repo/a.go", "content": file, "numLines": 360}}, file)
		agentStep(&out, i, "Edit", map[string]any{"file_path": fmt.Sprintf("/repo/internal/store/file%d.go", i%40), "old_string": "a", "new_string": "b"},
			map[string]any{"filePath": "/repo/a.go", "oldString": "a", "newString": "b", "originalFile": file, "structuredPatch": []any{
				map[string]any{"oldStart": 1, "lines": []string{" func f() {", "-\ta", "+\tb", " }"}},
			}}, "The file has been updated.")
		agentStep(&out, i, "Bash", map[string]any{"command": "cd /repo && go test ./... 2>&1 | tail -20"},
			map[string]any{"stdout": strings.Repeat("ok  \tgithub.com/example/repo/internal/store\t0.212s\n", 20), "stderr": "", "interrupted": false}, "ok")
	}
	return out.Bytes()
}

func agentStep(out *bytes.Buffer, i int, tool string, input, result any, text string) {
	id := fmt.Sprintf("toolu_%s_%d", tool, i)
	row := map[string]any{
		"parentUuid": "p", "isSidechain": false, "userType": "external", "cwd": "/repo", "sessionId": "s", "version": "2.1.37",
		"gitBranch": "main", "type": "assistant", "requestId": "req" + id, "uuid": "a" + id, "timestamp": "2026-02-09T19:16:20.764Z",
	}
	usage := map[string]any{"input_tokens": 3, "cache_creation_input_tokens": 500, "cache_read_input_tokens": 20000, "output_tokens": 50}
	for _, content := range []any{
		map[string]any{"type": "thinking", "thinking": strings.Repeat("thinking about it ", 30), "signature": strings.Repeat("Ab+/", 100)},
		map[string]any{"type": "tool_use", "id": id, "name": tool, "input": input},
	} {
		row["message"] = map[string]any{"model": "claude-opus-4-6", "id": "msg" + id, "role": "assistant", "content": []any{content}, "usage": usage}
		agentLine(out, row)
	}
	row["type"], row["uuid"] = "user", "u"+id
	row["message"] = map[string]any{"role": "user", "content": []any{map[string]any{"tool_use_id": id, "type": "tool_result", "content": text}}}
	row["toolUseResult"] = result
	agentLine(out, row)
}

func agentLine(out *bytes.Buffer, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	out.Write(append(b, '\n'))
}

// watchedReader notes the most memory that is in use while it is read.
type watchedReader struct {
	r     io.Reader
	reads int
	peak  uint64
}

func (w *watchedReader) Read(p []byte) (int, error) {
	if w.reads++; w.reads%64 == 0 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		w.peak = max(w.peak, m.HeapInuse)
	}
	return w.r.Read(p)
}

// BenchmarkAgentRead reads a transcript from detection to the accounted fragment.
// The floor is one pass of encoding/json's scanner over the same bytes, which
// only checks them; the ratio says how many times the floor reading takes.
func BenchmarkAgentRead(b *testing.B) {
	data := claudeTranscript(48 << 20)
	var before runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	var floor time.Duration
	var peak uint64
	for b.Loop() {
		b.StopTimer()
		start := time.Now()
		for line := range bytes.Lines(data) {
			_ = json.Valid(line)
		}
		floor += time.Since(start)
		b.StartTimer()
		w := &watchedReader{r: bytes.NewReader(data)}
		f := Read("files", "session.jsonl", w)
		if f.Inputs[0].Status != evidence.Parsed || len(f.Sessions) != 1 {
			b.Fatal(f.Inputs[0])
		}
		peak = max(peak, w.peak-min(w.peak, before.HeapInuse))
	}
	b.SetBytes(int64(len(data)))
	b.ReportMetric(float64(b.Elapsed())/float64(floor), "x-floor")
	b.ReportMetric(float64(peak)/(1<<20), "MB-peak")
}
