package agentlog

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
)

// claudeTranscript generates a session file of about size bytes with the shape
// that was measured: rows repeated while an answer streams in, results of reads
// with the file twice, edits with the file before and its patch.
func claudeTranscript(size int) []byte {
	var out bytes.Buffer
	file := strings.Repeat("\tif err := s.store.Put(ctx, key, value); err != nil {\n\t\treturn fmt.Errorf(\"put %q: %w\", key, err)\n\t}\n", 120)
	for i := 0; out.Len() < size; i++ {
		step(&out, i, "Read", map[string]any{"file_path": fmt.Sprintf("/repo/internal/store/file%d.go", i%40)},
			map[string]any{"type": "text", "file": map[string]any{"filePath": "/repo/a.go", "content": file, "numLines": 360}}, file)
		step(&out, i, "Edit", map[string]any{"file_path": fmt.Sprintf("/repo/internal/store/file%d.go", i%40), "old_string": "a", "new_string": "b"},
			map[string]any{"filePath": "/repo/a.go", "oldString": "a", "newString": "b", "originalFile": file, "structuredPatch": []any{
				map[string]any{"oldStart": 1, "lines": []string{" func f() {", "-\ta", "+\tb", " }"}}}}, "The file has been updated.")
		step(&out, i, "Bash", map[string]any{"command": "cd /repo && go test ./... 2>&1 | tail -20"},
			map[string]any{"stdout": strings.Repeat("ok  \tgithub.com/example/repo/internal/store\t0.212s\n", 20), "stderr": "", "interrupted": false}, "ok")
	}
	return out.Bytes()
}

func step(out *bytes.Buffer, i int, tool string, input, result any, text string) {
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
		line(out, row)
	}
	row["type"], row["uuid"] = "user", "u"+id
	row["message"] = map[string]any{"role": "user", "content": []any{map[string]any{"tool_use_id": id, "type": "tool_result", "content": text}}}
	row["toolUseResult"] = result
	line(out, row)
}

func line(out *bytes.Buffer, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	out.Write(append(b, '\n'))
}

// BenchmarkClaude reads a transcript; the floor is one pass of encoding/json's
// scanner over the same bytes, which only checks them.
func BenchmarkClaude(b *testing.B) {
	data := claudeTranscript(16 << 20)
	b.Run("decode", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		b.ReportAllocs()
		for b.Loop() {
			if _, err := DecodeClaude(bytes.NewReader(data)); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("floor", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			for line := range bytes.Lines(data) {
				if !json.Valid(line) {
					b.Fatal("invalid")
				}
			}
		}
	})
	_ = io.Discard
}

// BenchmarkLine analyses a command line of usual length.
func BenchmarkLine(b *testing.B) {
	lr := newLineReader()
	const line = "cd /repo && CGO_ENABLED=0 go test -race -count=1 ./internal/... 2>&1 | grep -v 'no test files' | tail -20"
	b.SetBytes(int64(len(line)))
	for b.Loop() {
		lr.read(line)
	}
}
