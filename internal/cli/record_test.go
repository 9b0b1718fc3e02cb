package cli

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/klauspost/compress/zstd"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// place writes a file of the script somewhere, with the variables in it and the
// folders above it, as an agent leaves a session in its folder:
//
//	place FILE PATH [DIR]
//
// SLUG in the path and SHA256 in the file stand for what agents make of the path
// of DIR. A path that ends in .zst gets a compressed file.
func place(ts *testscript.TestScript, _ bool, args []string) {
	name, text := ts.MkAbs(args[1]), expanded(ts, args[0])
	if len(args) > 2 {
		dir, err := filepath.EvalSymlinks(ts.MkAbs(args[2]))
		ts.Check(err)
		sum := sha256.Sum256([]byte(dir))
		text = strings.ReplaceAll(text, "SHA256", hex.EncodeToString(sum[:]))
		name = strings.ReplaceAll(name, "SLUG", strings.Trim(strings.NewReplacer("/", "-", ".", "-", "_", "-").Replace(dir), "-"))
	}
	data := []byte(text)
	if strings.HasSuffix(name, ".zst") {
		enc, err := zstd.NewWriter(nil)
		ts.Check(err)
		data = enc.EncodeAll(data, nil)
	}
	ts.Check(os.MkdirAll(filepath.Dir(name), 0o755))
	ts.Check(os.WriteFile(name, data, 0o600))
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

// workflow writes the last commands of the workflow on a page about an agent into a
// file:
//
//	workflow PAGE FILE
func workflow(ts *testscript.TestScript, _ bool, args []string) {
	page, err := os.ReadFile("../../docs/agents/" + args[0] + ".md")
	ts.Check(err)
	_, rest, found := strings.Cut(string(page), "\n```yaml\nname: ")
	text, _, ended := strings.Cut(rest, "```")
	if !found || !ended {
		ts.Fatalf("%s shows no workflow", args[0])
	}
	var w struct {
		Jobs map[string]struct{ Steps []struct{ Run string } }
	}
	ts.Check(yaml.Unmarshal([]byte("name: "+text), &w))
	for _, job := range w.Jobs {
		ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(job.Steps[len(job.Steps)-1].Run), 0o600))
	}
}
