package sessionnote

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// maxDocuments bounds the documents of a file: commits of a branch.
const maxDocuments = 10_000

// DetectFile reports whether a file holds documents, one a line, as `mergebrief
// record --out` writes them.
func DetectFile(_ string, head []byte) bool {
	return bytes.HasPrefix(bytes.TrimLeft(head, " \t\r\n"), []byte(`{"schema":"https://mergebrief.github.io/record/`))
}

// DecodeFile reads the documents of a file. What was read before one that is
// none counts.
func DecodeFile(r io.Reader) (evidence.Fragment, error) {
	var f evidence.Fragment
	in := bufio.NewReaderSize(r, MaxBytes+1)
	for n := 1; ; n++ {
		line, err := in.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			return f, evidence.Errorf(evidence.Truncated, "line %d: a record of more than %d bytes", n, MaxBytes)
		}
		if err != nil && err != io.EOF {
			return f, evidence.Errorf(evidence.Unreadable, "line %d: %w", n, err)
		}
		if line = bytes.TrimSpace(line); len(line) > 0 {
			d, err := Decode(line)
			if err != nil {
				return f, evidence.Errorf(evidence.ReasonOf(err, evidence.Unreadable), "line %d: %w", n, err)
			}
			if n > maxDocuments {
				return f, evidence.Errorf(evidence.Truncated, "more than %d records", maxDocuments)
			}
			f.Add(Fragment(d, d.Commit, evidence.Origin{}))
		}
		if err == io.EOF {
			return f, nil
		}
	}
}
