package gather

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/redact"
)

// transcriptFiles writes files with sessions of their own, each the specimen of a
// real one with some contents of files again and again, as if it had gone on, and
// returns their size. A
// folder with real ones is read instead if MERGEBRIEF_TRANSCRIPTS names it.
func transcriptFiles(b *testing.B, files, size int) (dir string, total int64) {
	b.Helper()
	if dir = os.Getenv("MERGEBRIEF_TRANSCRIPTS"); dir != "" {
		list, err := os.ReadDir(dir)
		if err != nil {
			b.Fatal(err)
		}
		for _, e := range list {
			if info, err := e.Info(); err == nil {
				total += info.Size()
			}
		}
		return dir, total
	}
	specimen, err := os.ReadFile(filepath.FromSlash("../format/testdata/claude-session/session.jsonl"))
	if err != nil {
		b.Fatal(err)
	}
	// Rows of real transcripts have 3.7 KB on average: most of them are short, some
	// hold a file, once or twice.
	file := strings.Repeat(`\tif err := s.store.Put(ctx, key, value); err != nil {\n\t\treturn fmt.Errorf(\"put %q: %w\", key, err)\n\t}\n`, 180)
	row := `{"type":"user","sessionId":"s","uuid":"u","timestamp":"2026-02-09T19:16:20.764Z","cwd":"/repo","message":{"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_x","content":"`
	specimen = append(specimen, row+file+`"}]},"toolUseResult":{"type":"text","file":{"filePath":"/repo/a.go","content":"`+file+`"}}}`+"\n"...)
	specimen = append(specimen, row+`ok"}]},"toolUseResult":{"filePath":"/repo/a.go","oldString":"a","newString":"b","originalFile":"`+file+`","structuredPatch":[]}}`+"\n"...)
	dir = b.TempDir()
	for i := range files {
		var text bytes.Buffer
		for k := 0; text.Len() < size; k++ {
			one := bytes.ReplaceAll(specimen, []byte(`"toolu_`), fmt.Appendf(nil, `"toolu_%d_%d_`, i, k))
			one = bytes.ReplaceAll(one, []byte(`"msg_`), fmt.Appendf(nil, `"msg_%d_%d_`, i, k))
			text.Write(bytes.ReplaceAll(one, []byte(`"sessionId":"`), fmt.Appendf(nil, `"sessionId":"%d-`, i)))
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("session-%d.jsonl", i)), text.Bytes(), 0o600); err != nil {
			b.Fatal(err)
		}
		total += int64(text.Len())
	}
	return dir, total
}

// BenchmarkTranscripts goes the whole way of transcripts into a record: found,
// read on all cores, joined and redacted. It reports the megabytes for each second
// of CPU time, which other programs on the machine do not change, and how many
// times the floor that is: taking the digests of the files, which has to be done.
func BenchmarkTranscripts(b *testing.B) {
	dir, size := transcriptFiles(b, 12, 4<<20)
	var spent, floor time.Duration
	for b.Loop() {
		start := cpuTime()
		rec := Record(b.Context(), evidence.Target{}, redact.New(nil), []Source{Files{Root: dir, Patterns: []string{"*"}}})
		spent += cpuTime() - start
		if len(rec.Sessions) == 0 || rec.Inputs[0].Status != evidence.Parsed {
			b.Fatalf("%d sessions, inputs %+v", len(rec.Sessions), rec.Inputs[:1])
		}
		start = cpuTime()
		for _, in := range rec.Inputs {
			data, err := os.ReadFile(filepath.Join(dir, in.Path))
			if err != nil {
				b.Fatal(err)
			}
			_ = sha256.Sum256(data)
		}
		floor += cpuTime() - start
	}
	b.ReportMetric(float64(size)*float64(b.N)/1e6/spent.Seconds(), "MB/cpu-s")
	b.ReportMetric(float64(spent)/float64(floor), "x-floor")
}

func cpuTime() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
