package results

import (
	"testing"

	"github.com/mergebrief/mergebrief/internal/format/lex"
)

func TestSignature(t *testing.T) {
	same := []string{
		"dial tcp 127.0.0.1:5432: connection refused after 1.5s at 0xc000123abc in /tmp/run-17/a.go:12",
		"dial tcp 10.0.0.7:5433: connection refused after 20ms at 0xdeadbeef in /home/x/a.go:99",
		"\x1b[31mdial tcp 1.2.3.4:1: connection refused after 3m at 0x1 in C:\\run\\a.go:1\x1b[0m\nmore lines",
	}
	for _, text := range same {
		if lex.Signature("t", "id", text) != lex.Signature("t", "id", same[0]) {
			t.Errorf("%q: %q, want %q", text, lex.Normalize(lex.FirstLine(lex.Clean(text))), lex.Normalize(same[0]))
		}
	}
	other := map[string]bool{
		lex.Signature("t", "id", same[0]): true, lex.Signature("t", "other", same[0]): true, lex.Signature("u", "id", same[0]): true,
		lex.Signature("t", "id", "dial tcp 1.2.3.4:1: no route to host"): true, lex.Signature("t", "id", ""): true,
	}
	if len(other) != 5 {
		t.Errorf("%d signatures of 5 different failures", len(other))
	}
}

// TestShortStrings checks that what comes out is JSON whenever what goes in is,
// that short strings stay, and that long ones become short, wherever reads end.
