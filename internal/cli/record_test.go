package cli

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// place writes a file of the script somewhere, with the variables in it and the
// folders above it, as an agent leaves a session in its folder:
//
//	place FILE PATH
func place(ts *testscript.TestScript, _ bool, args []string) {
	name := ts.MkAbs(args[1])
	ts.Check(os.MkdirAll(filepath.Dir(name), 0o755))
	ts.Check(os.WriteFile(name, []byte(expanded(ts, args[0])), 0o600))
}

// lines prints who wrote the added lines of a file, by a bundle:
//
//	lines BUNDLE PATH
func lines(ts *testscript.TestScript, _ bool, args []string) {
	b, err := evidence.ParseBundle([]byte(ts.ReadFile(args[0])))
	ts.Check(err)
	for _, f := range b.Assessment.Attribution.Files {
		if f.Path != args[1] {
			continue
		}
		for _, p := range f.Parts {
			_, err := fmt.Fprintf(ts.Stdout(), "%d-%d %s %s %s %s %s\n", p.First, p.Last, p.Kind,
				cmp.Or(p.Session, "-"), cmp.Or(string(p.Method), "-"), cmp.Or(string(p.Confidence), "-"), cmp.Or(string(p.Basis), "-"))
			ts.Check(err)
		}
	}
}
