package format

import (
	"strings"
	"testing"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// TestDetectedByOne holds for every specimen: exactly one format takes it for
// its own, so that the order of the table decides nothing.
func TestDetectedByOne(t *testing.T) {
	for _, file := range specimens(t) {
		t.Run(file, func(t *testing.T) {
			path, data := readSpecimen(t, file)
			var got []string
			for _, f := range All() {
				if f.Detect(path, data[:min(len(data), maxHead)]) {
					got = append(got, f.Name)
				}
			}
			if len(got) != 1 {
				t.Errorf("detected as %q, want one format", got)
			}
		})
	}
}

// TestForeignRows: a file of which no message is understood is refused, and says how
// many there were; one that has only bookkeeping is read.
func TestForeignRows(t *testing.T) {
	claude := `{"type":"assistant","uuid":"u","sessionId":"s","timestamp":"2026-01-01T00:00:00Z","message":{"content":"x"}}` + "\n"
	for name, c := range map[string]struct {
		file   string
		status evidence.Status
		detail string
	}{
		"messages of another kind": {
			strings.Repeat(`{"type":"event_msg","payload":{"kind":"x"}}`+"\n", 3), evidence.Rejected,
			"none of its 3 messages was understood as one of a Codex session",
		},
		"bookkeeping":             {`{"type":"summary","leafUuid":"u","summary":"x","sessionId":"s"}` + "\n", evidence.Parsed, ""},
		"a line in front":         {"[entrypoint] started\n" + claude + claude, evidence.Partial, "line 1: not JSON"},
		"a line with JSON before": {`[info] {"a":1}` + "\n" + claude + claude, evidence.Partial, "line 1: not JSON"},
	} {
		in := Read("files", "x.jsonl", strings.NewReader(c.file)).Inputs[0]
		if in.Status != c.status || !strings.HasPrefix(in.Detail, c.detail) {
			t.Errorf("%s: %s, %q", name, in.Status, in.Detail)
		}
	}
}
