package commandline

import "testing"

// BenchmarkLine analyses a command line of usual length.
func BenchmarkLine(b *testing.B) {
	lr := NewReader()
	const line = "cd /repo && CGO_ENABLED=0 go test -race -count=1 ./internal/... 2>&1 | grep -v 'no test files' | tail -20"
	b.SetBytes(int64(len(line)))
	for b.Loop() {
		lr.Read(line)
	}
}
