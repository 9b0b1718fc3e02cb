package agentlog

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

type decoder = func(io.Reader) (evidence.Fragment, error)

// decodeOne reads a text and returns its one session.
func decodeOne(t *testing.T, decode decoder, text string) evidence.Session {
	t.Helper()
	f, err := decode(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Sessions) != 1 {
		t.Fatalf("%d sessions", len(f.Sessions))
	}
	return f.Sessions[0]
}

// TestSeveralValuesOnALine: appends that raced leave two values on one line.
func TestSeveralValuesOnALine(t *testing.T) {
	s := decodeClaude(t, bashRow("t1", 1, "go test ./...")+bashRow("t2", 2, "go vet ./..."), bashRow("t3", 3, "ls"))
	if s.CommandCounts.Total != 3 {
		t.Errorf("%d commands", s.CommandCounts.Total)
	}
}

// TestResyncAfterGarbage: a cut row costs its line, and is named.
func TestResyncAfterGarbage(t *testing.T) {
	text := bashRow("t1", 1, "go test ./...") + "\n{\"type\":\"assis\n\x00\xff garbage\n" + bashRow("t2", 2, "ls") + "\n"
	f, err := DecodeClaude(strings.NewReader(text))
	if len(f.Sessions) != 1 || f.Sessions[0].CommandCounts.Total != 2 {
		t.Errorf("%+v", f)
	}
	if err == nil || !strings.Contains(err.Error(), "line 2") || evidence.ReasonOf(err, "") != evidence.Unreadable {
		t.Errorf("error %v", err)
	}
}

// TestCutFile: a file that breaks off counts as far as it goes.
func TestCutFile(t *testing.T) {
	row := bashRow("t1", 1, "go test ./...")
	f, err := DecodeClaude(strings.NewReader(row + "\n" + row[:100]))
	if len(f.Sessions) != 1 || evidence.ReasonOf(err, "") != evidence.Truncated {
		t.Errorf("%d sessions, %v", len(f.Sessions), err)
	}
}

// TestLongLines: rows of nearly a megabyte are ordinary; one over the limit is
// skipped and named.
func TestLongLines(t *testing.T) {
	long := strings.Repeat("x", 960_000)
	s := decodeClaude(t, callRow("w1", 1, "Write", `{"file_path":"/repo/a","content":"`+long+`"}`), resultRow("w1", 2, false, "ok", ""), bashRow("t1", 3, "ls"))
	if len(s.Edits) != 1 || s.CommandCounts.Total != 1 {
		t.Errorf("%d edits, %d commands", len(s.Edits), s.CommandCounts.Total)
	}
	f, err := DecodeClaude(strings.NewReader(`{"x":"` + strings.Repeat("x", maxLineBytes) + "\"}\n" + bashRow("t1", 1, "ls")))
	if len(f.Sessions) != 1 || evidence.ReasonOf(err, "") != evidence.Truncated {
		t.Errorf("%d sessions, %v", len(f.Sessions), err)
	}
}

// TestDeepRow: nesting over the limit costs the row.
func TestDeepRow(t *testing.T) {
	deep := `{"type":"user","x":` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + "}\n"
	f, err := DecodeClaude(strings.NewReader(deep + bashRow("t1", 1, "ls")))
	if len(f.Sessions) != 1 || err == nil {
		t.Errorf("%d sessions, %v", len(f.Sessions), err)
	}
}

// TestRedactedTranscript: marks of an earlier redaction stand where ids and
// numbers were, and whole members are missing.
func TestRedactedTranscript(t *testing.T) {
	s := decodeClaude(t,
		`{"type":"assistant","sessionId":"REDACTED","uuid":"u","timestamp":"REDACTED","message":{"id":7,"model":null,"content":[{"type":"tool_use","id":"t1","name":"Bash","input":"REDACTED"}],"usage":"REDACTED"}}`,
		`{"type":"user","sessionId":"s","message":{"content":[{"type":"tool_result","tool_use_id":"t1","content":null}]},"toolUseResult":["REDACTED"]}`)
	if s.CommandCounts.Total != 1 || s.Usage != nil {
		t.Errorf("%+v %+v", s.CommandCounts, s.Usage)
	}
}

// TestStreamTotals: totals are those of the last result, subagents included.
func TestStreamTotals(t *testing.T) {
	init := `{"type":"system","subtype":"init","session_id":"s","tools":["Bash"],"permissionMode":"default","claude_code_version":"2.1"}`
	result := func(cost float64, in int, more string) string {
		return fmt.Sprintf(`{"type":"result","subtype":"success","session_id":"s","total_cost_usd":%v,"usage":{"input_tokens":1},"modelUsage":{"m":{"inputTokens":%d,"outputTokens":5}}%s}`, cost, in, more)
	}
	s := decodeOne(t, DecodeClaude, init+"\n"+result(0.1, 10, "")+"\n"+result(0.3, 30, `,"is_error":true`))
	cost := 0.3
	if diff := cmp.Diff(&evidence.Usage{InputTokens: 30, OutputTokens: 5, CostUSD: &cost, CostBasis: evidence.CostReported}, s.Usage); diff != "" {
		t.Error(diff)
	}
	if s.Ending != evidence.EndingFailed {
		t.Errorf("a result that is an error ends %q", s.Ending)
	}
	if cut := decodeOne(t, DecodeClaude, init); cut.Ending != evidence.EndingNoResult {
		t.Errorf("a stream without a result ends %q", cut.Ending)
	}
}

// TestCodexTotals: the total is cumulative, may start above zero in a resumed
// session, and starts again in a new process.
func TestCodexTotals(t *testing.T) {
	row := func(total, last int) string {
		return fmt.Sprintf(`{"type":"event_msg","payload":{"type":"token_count","info":{"total_token_usage":{"input_tokens":%d,"cached_input_tokens":0,"output_tokens":0},"last_token_usage":{"input_tokens":%d,"cached_input_tokens":0,"output_tokens":0}}}}`, total, last)
	}
	null := `{"type":"event_msg","payload":{"type":"token_count","info":null}}`
	for name, c := range map[string]struct {
		rows []string
		want int64
	}{
		"fresh":       {[]string{row(10, 10), null, row(30, 20)}, 30},
		"resumed":     {[]string{row(1010, 10), row(1030, 20)}, 30},
		"new process": {[]string{row(10, 10), row(30, 20), row(5, 5)}, 35},
	} {
		s := decodeOne(t, DecodeCodexRollout, strings.Join(c.rows, "\n"))
		if s.Usage == nil || s.Usage.InputTokens != c.want {
			t.Errorf("%s: %+v, want %d", name, s.Usage, c.want)
		}
	}
	if s := decodeOne(t, DecodeCodexRollout, null); s.Usage != nil {
		t.Errorf("no numbers became %+v", s.Usage)
	}
}

// TestCodexExit: the status stands inside a text, in several forms, and a command
// that still runs has none.
func TestCodexExit(t *testing.T) {
	for name, c := range map[string]struct {
		output, outcome string
		exit            int
	}{
		"metadata":          {`"{\"output\":\"x\",\"metadata\":{\"exit_code\":2,\"duration_seconds\":0.1}}"`, "failed", 2},
		"shell_command":     {`"Exit code: 0\nWall time: 0.1 seconds\nOutput:\nok"`, "ok", 0},
		"exec_command":      {`"Chunk ID: 1\nWall time: 0.2 seconds\nProcess exited with code 101\nOutput:\nx"`, "failed", 101},
		"parts":             {`[{"type":"input_text","text":"Exit code: 1\nOutput:\n"}]`, "failed", 1},
		"in the output":     {`"Wall time: 0.2 seconds\nOutput:\nExit code: 1\n"`, "unknown", -1},
		"still running":     {`"Wall time: 1.0 seconds\nProcess running with session ID 7\nOutput:\n"`, "background", -1},
		"timed out":         {`"command timed out after 1000 milliseconds\nx"`, "failed", -1},
		"refused":           {`"exec command rejected by user"`, "not-run", -1},
		"nothing":           {`""`, "unknown", -1},
		"object without ok": {`{"content":"x","success":false}`, "failed", -1},
	} {
		t.Run(name, func(t *testing.T) {
			s := decodeOne(t, DecodeCodexRollout, `{"type":"response_item","payload":{"type":"function_call","name":"exec_command","arguments":"{\"cmd\":\"make x\"}","call_id":"c"}}
{"type":"response_item","payload":{"type":"function_call_output","call_id":"c","output":`+c.output+`}}`)
			got := s.Commands[0]
			if string(got.Outcome) != c.outcome || (got.Exit == nil) != (c.exit < 0) || got.Exit != nil && *got.Exit != c.exit {
				t.Errorf("%s, exit %v", got.Outcome, got.Exit)
			}
		})
	}
}

// TestZstd: a rollout may be compressed; damage is an error, not a panic.
func TestZstd(t *testing.T) {
	var out bytes.Buffer
	w, err := zstd.NewWriter(&out)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 5000 {
		fmt.Fprintf(w, `{"type":"response_item","payload":{"type":"function_call","name":"shell_command","arguments":"{\"command\":\"make x\"}","call_id":"c%d"}}`+"\n", i)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if !DetectCodexRollout("", out.Bytes()[:min(out.Len(), 64<<10)]) {
		t.Error("not recognised")
	}
	f, err := DecodeCodexRollout(bytes.NewReader(out.Bytes()))
	if err != nil || f.Sessions[0].CommandCounts.Total != 5000 {
		t.Errorf("%v %v", err, f.Sessions)
	}
	if _, err = DecodeCodexRollout(bytes.NewReader(out.Bytes()[:out.Len()/2])); err == nil {
		t.Error("half a file is no error")
	}
}

// TestNoteTraps: what notes were seen to hold beside their specification.
func TestNoteTraps(t *testing.T) {
	for name, c := range map[string]struct {
		note string
		want evidence.ClaimSource
	}{
		"quoted path, windows lines": {
			"\"a b.go\"\r\n  abcdef0 1-2\r\n---\r\n{\"prompts\":{\"abcdef0\":{\"agent_id\":{\"tool\":\"x\",\"id\":\"i\"}}}}",
			evidence.ClaimSource{Files: 1, Ranges: 1, Lines: 2, StatedLines: 2, AILines: 2},
		},
		"overlap counts once": {
			"a\n  k 5-9,1-6\n---\n{\"prompts\":{\"k\":{}}}",
			evidence.ClaimSource{Files: 1, Ranges: 2, Lines: 9, StatedLines: 11, AILines: 9},
		},
		"session key without trace": {
			"a\n  s_1 1\n---\n{\"sessions\":{\"s_1\":{}}}",
			evidence.ClaimSource{Files: 1, Ranges: 1, Lines: 1, StatedLines: 1, AILines: 1},
		},
		"nothing defines the key": {
			"a\n  ai_agent 1-3\n  human 4\n---\n{\"prompts\":{}}",
			evidence.ClaimSource{Files: 1, Ranges: 2, Lines: 4, StatedLines: 4, UndefinedKeyCount: 2, UndefinedEntries: 2},
		},
		"reversed and huge": {
			"a\n  k 9-2,0,1-99999999999,x,7\n---\n{\"prompts\":{\"k\":{}}}",
			evidence.ClaimSource{Files: 1, Ranges: 4, Lines: 1, StatedLines: 1, AILines: 1, BadRanges: 4},
		},
		"empty": {"---\n{\"prompts\":{}}", evidence.ClaimSource{}},
		"conversation": {
			"---\n{\"prompts\":{\"k\":{\"messages\":[{\"text\":\"secret\"}]}}}",
			evidence.ClaimSource{HoldsMessages: true},
		},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := DecodeNote(strings.NewReader(c.note))
			if err != nil {
				t.Fatal(err)
			}
			got := f.ClaimSources[0]
			got.Format, got.UndefinedKeys, got.Sessions, got.Agent = "", nil, nil, ""
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
	for _, bad := range []string{"", "a\n  k 1\n", "---\n{", "---\n[]", "a\n---\n{}x"} {
		if f, err := DecodeNote(strings.NewReader(bad)); err == nil {
			t.Errorf("%q is %+v", bad, f)
		}
	}
}

// TestTraceTraps: records as the reference writer leaves them.
func TestTraceTraps(t *testing.T) {
	f, err := DecodeTrace(strings.NewReader(`{"version":"2.0-beta","id":"x","timestamp":"t","files":[]}
{"version":"1.0","id":"x","timestamp":"2026-01-01T00:00:00Z","vcs":{"revision":"abc"},"files":[{"path":".sessions","conversations":[{"ranges":[{"start_line":1,"end_line":1}]}]},{"path":"a.go","conversations":[{"contributor":{"type":"unknown"},"ranges":[{"start_line":3,"end_line":2},{"start_line":1,"end_line":4}]}]}]}`))
	if evidence.ReasonOf(err, "") != evidence.Unsupported || len(f.ClaimSources) != 1 || len(f.Claims) != 0 {
		t.Fatalf("%v %+v", err, f)
	}
	if s := f.ClaimSources[0]; s.Lines != 4 || s.Dropped != 1 || s.BadRanges != 1 || s.AILines != 0 || len(s.Remarks) != 2 {
		t.Errorf("%+v", s)
	}
}

// TestRepairs: an attempt ends with a run that covers the failure.
func TestRepairs(t *testing.T) {
	run := func(id string, second int, line string, failed bool) string {
		if failed {
			return bashRow(id, second, line) + "\n" + resultRow(id, second, true, "Exit code 1\nFAIL", `"x"`)
		}
		return bashRow(id, second, line) + "\n" + resultRow(id, second, false, "ok", `{"stdout":"ok  \tx\t0.1s"}`)
	}
	edit := func(id, path string, second int) string {
		return callRow(id, second, "Edit", `{"file_path":"/repo/`+path+`","old_string":"a","new_string":"b"}`) + "\n" + resultRow(id, second, false, "ok", "")
	}
	type repair struct {
		Family   string
		Attempts int
		Outcome  evidence.CommandOutcome
		Narrower bool
		Tests    bool
		Edited   int
	}
	for name, c := range map[string]struct {
		rows []string
		want []repair
	}{
		"repaired": {
			[]string{run("1", 1, "go test ./...", true), edit("e", "a.go", 2), run("2", 3, "go test ./...", true), edit("f", "a_test.go", 4), run("3", 5, "go test ./...", false)},
			[]repair{{"go test", 2, evidence.CommandOK, false, true, 2}},
		},
		"narrower rerun": {
			[]string{run("1", 1, "go test ./...", true), edit("e", "a.go", 2), run("2", 3, "go test ./a", false)},
			[]repair{{"go test", 1, evidence.CommandOK, true, false, 1}},
		},
		"masked rerun tells": {
			[]string{run("1", 1, "go test ./...", true), edit("e", "a.go", 2), run("2", 3, "go test ./... | tail", false)},
			[]repair{{"go test", 1, evidence.CommandOK, false, false, 1}},
		},
		"masked rerun that does not tell": {
			[]string{run("1", 1, "go test ./...", true), edit("e", "a.go", 2), run("2", 3, "go test ./... | head -3", false)},
			[]repair{{"go test", 1, evidence.CommandFailed, false, false, 1}},
		},
		"never rerun":              {[]string{run("1", 1, "go test ./...", true), edit("e", "a.go", 2)}, []repair{{"go test", 1, evidence.CommandFailed, false, false, 1}}},
		"failed and left alone":    {[]string{edit("e", "a.go", 1), run("1", 2, "go test ./...", true)}, nil},
		"another family":           {[]string{run("1", 1, "go vet ./...", true), edit("e", "a.go", 2), run("2", 3, "go test ./...", false)}, []repair{{"go vet", 1, evidence.CommandFailed, false, false, 1}}},
		"not a validation":         {[]string{run("1", 1, "ls x", true), edit("e", "a.go", 2), run("2", 3, "ls x", false)}, nil},
		"fails again after repair": {[]string{run("1", 1, "go test", true), run("2", 2, "go test", false), run("3", 3, "go test", true), run("4", 4, "go test", false)}, []repair{{"go test", 1, evidence.CommandOK, false, false, 0}, {"go test", 1, evidence.CommandOK, false, false, 0}}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []repair
			for _, r := range decodeClaude(t, strings.Join(c.rows, "\n")).Repairs {
				got = append(got, repair{r.Family, r.Attempts, r.Outcome, r.Narrower, r.EditedTests, len(r.Edited)})
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestJoin: the same session in two files, its subagent beside it, and the
// session that resumed it.
func TestJoin(t *testing.T) {
	part := func(uri string, rows ...string) evidence.Session {
		s := decodeClaude(t, rows...)
		s.Origin = evidence.Origin{URI: uri, Digest: "sha256:" + uri}
		return s
	}
	answer := assistantRow("9", "m9", 9, `{"type":"text","text":"x"}`, `"input_tokens":100,"output_tokens":7`)
	first := []string{promptRow("u1", "a", ""), bashRow("t1", 1, "go test ./..."), resultRow("t1", 2, true, "Exit code 1\nFAIL", `"x"`)}
	more := append(first[:3:3], bashRow("t2", 4, "go test ./..."), resultRow("t2", 5, false, "ok", `{"stdout":"ok"}`), answer)
	sub := strings.ReplaceAll(bashRow("t3", 3, "go vet ./..."), `"type":"assistant"`, `"type":"assistant","isSidechain":true,"agentId":"ag1"`)
	resumed := make([]string, 0, len(more)+1)
	for _, row := range more {
		resumed = append(resumed, strings.ReplaceAll(row, `"s1"`, `"s2"`))
	}
	resumed = append(resumed, strings.ReplaceAll(bashRow("t8", 20, "go build ./..."), `"s1"`, `"s2"`))

	parts := []evidence.Session{part("b/full.jsonl", more...), part("a/full.jsonl", first...), part("s1/subagents/agent-ag1.jsonl", sub), part("c/full.jsonl", resumed...)}
	before, _ := json.Marshal(parts)
	got := Join(parts)
	if after, _ := json.Marshal(parts); !bytes.Equal(before, after) {
		t.Error("Join changed its input")
	}
	if len(got) != 1 || got[0].ID != "s1" || !slices.Equal(got[0].Continued, []string{"s2"}) {
		t.Fatalf("%d sessions, %s goes on as %v", len(got), got[0].ID, got[0].Continued)
	}
	s := got[0]
	if s.CommandCounts.Total != 4 || s.CommandCounts.Failed != 1 || s.Subagents != 1 || s.Prompts.Count != 1 || len(s.Repairs) != 1 {
		t.Errorf("%+v, %d subagents, %d prompts, %d repairs", s.CommandCounts, s.Subagents, s.Prompts.Count, len(s.Repairs))
	}
	if s.Usage.InputTokens != 104 || s.Usage.OutputTokens != 11 {
		t.Errorf("%+v", s.Usage)
	}
	again := Join(append(parts, parts...))
	x, _ := json.Marshal(got)
	y, _ := json.Marshal(again)
	if !bytes.Equal(x, y) {
		t.Errorf("joining copies gives another result:\n%s\n%s", x, y)
	}
}

// TestJoinNameless: runs without an id stay apart unless the files are copies.
func TestJoinNameless(t *testing.T) {
	run := func(uri, digest, line string) evidence.Session {
		b := newBuilder(formatWindsurf)
		b.run(started{line: line})
		s := b.build()
		s.Origin = evidence.Origin{URI: uri, Digest: digest}
		return s
	}
	got := Join([]evidence.Session{run("a", "sha256:1", "ls"), run("a", "sha256:1", "go vet"), run("copy", "sha256:1", "ls"), run("copy", "sha256:1", "go vet"), run("b", "sha256:2", "ls")})
	if len(got) != 3 {
		t.Errorf("%d sessions", len(got))
	}
	for _, s := range got {
		if s.CommandCounts.Total != 1 {
			t.Errorf("%+v", s.CommandCounts)
		}
	}
}

// TestOtherValues: values that are JSON and no rows, and elements of another type,
// cost nothing.
func TestOtherValues(t *testing.T) {
	s := decodeClaude(t, "null", "[]", "1", `"x"`, `true {"type":"x"} [1,{"a":[]}]`,
		`{"type":"assistant","sessionId":"s1","message":{"content":[1,"x",null,{"type":"tool_use","id":"t1","name":"Bash","input":{"command":"ls"}}]}}`)
	if s.CommandCounts.Total != 1 {
		t.Errorf("%+v", s.CommandCounts)
	}
	one := decodeOne(t, DecodeSWEAgent, `{"trajectory":[1,null,{"action":"ls"},"x"],"history":[[]],"info":7}`)
	if one.CommandCounts.Total != 1 {
		t.Errorf("%+v", one.CommandCounts)
	}
}
