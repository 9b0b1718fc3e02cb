package lex

import (
	"testing"
)

// TestSignature holds apart what is different and together what only differs in
// what changes from run to run.
func TestSignature(t *testing.T) {
	same := []string{
		"dial tcp 127.0.0.1:5432: connection refused after 1.5s at 0xc000123abc in /tmp/run-17/a.go:12",
		"dial tcp 10.0.0.7:5433: connection refused after 20ms at 0xdeadbeef in /home/x/a.go:99",
		"\x1b[31mdial tcp 1.2.3.4:1: connection refused after 3m at 0x1 in C:\\run\\a.go:1\x1b[0m\nmore lines",
	}
	for _, text := range same {
		if Signature("t", "id", text) != Signature("t", "id", same[0]) {
			t.Errorf("%q: %q, want %q", text, normalize(firstLine(Clean(text))), normalize(same[0]))
		}
	}
	other := map[string]bool{
		Signature("t", "id", same[0]): true, Signature("t", "other", same[0]): true, Signature("u", "id", same[0]): true,
		Signature("t", "id", "dial tcp 1.2.3.4:1: no route to host"): true, Signature("t", "id", ""): true,
	}
	if len(other) != 5 {
		t.Errorf("%d signatures of 5 different failures", len(other))
	}
}
