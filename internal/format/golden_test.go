package format

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const (
	goldenSuffix  = ".golden.json"
	commandSuffix = ".cmd"
)

// specimens returns the files testdata/<format>/<name> that are no companions
// of another. Beside each stand <name>.golden.json and <name>.cmd, the command
// whose output it is.
func specimens(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/*/*")
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, file := range files {
		if strings.HasSuffix(file, goldenSuffix) || strings.HasSuffix(file, commandSuffix) {
			continue
		}
		if info, err := os.Stat(file); err != nil || info.IsDir() {
			continue
		}
		all = append(all, file)
	}
	return all
}

func readSpecimen(t testing.TB, file string) (path string, data []byte) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	path, err = filepath.Rel("testdata", file)
	if err != nil {
		t.Fatal(err)
	}
	return filepath.ToSlash(path), data
}

// TestSpecimens reads each specimen, expects its format, and compares what was
// read.
func TestSpecimens(t *testing.T) {
	for _, file := range specimens(t) {
		t.Run(file, func(t *testing.T) {
			path, data := readSpecimen(t, file)
			got := Read("files", path, bytes.NewReader(data))
			if want := filepath.Base(filepath.Dir(file)); got.Inputs[0].Format != want {
				t.Errorf("format is %q, want %q (%s)", got.Inputs[0].Format, want, got.Inputs[0].Detail)
			}
			compareGolden(t, file+goldenSuffix, got)
			if _, err := os.Stat(file + commandSuffix); err != nil {
				t.Errorf("no command beside the specimen: %v", err)
			}
		})
	}
}

func compareGolden(t *testing.T, golden string, got evidence.Fragment) {
	t.Helper()
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(got); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(golden, buf.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), buf.String()); diff != "" {
		t.Errorf("differs from %s (-want +got), rewrite with -update:\n%s", golden, diff)
	}
}

// TestEveryFormatHasSpecimen holds for formats that are only recognised, too.
func TestEveryFormatHasSpecimen(t *testing.T) {
	have := map[string]bool{}
	for _, file := range specimens(t) {
		have[filepath.Base(filepath.Dir(file))] = true
	}
	for _, f := range All() {
		if !have[f.Name] {
			t.Errorf("%s: no specimen in testdata/%s", f.Name, f.Name)
		}
	}
}

// TestTable checks what the generated documentation relies on.
func TestTable(t *testing.T) {
	kinds := map[string]bool{"tests": true, "findings": true, "coverage": true, "sbom": true, "agent run": true, "claims": true}
	seen := map[string]bool{}
	for _, f := range All() {
		if f.Name == "" || f.Title == "" || f.Detect == nil || !kinds[f.Kind] || !strings.HasSuffix(f.Note, ".") {
			t.Errorf("%+v: a format needs a name, a title, a known kind, a note that is a sentence, and Detect", f.Name)
		}
		if seen[f.Name] {
			t.Errorf("%s: twice in the table", f.Name)
		}
		seen[f.Name] = true
	}
}

// TestPrefixes reads prefixes of every specimen: none panics, each is accounted
// for, and none has more failures than the whole.
//
// MERGEBRIEF_PREFIXES sets the number of prefixes of each.
func TestPrefixes(t *testing.T) {
	steps := 50
	if s := os.Getenv("MERGEBRIEF_PREFIXES"); s != "" {
		var err error
		if steps, err = strconv.Atoi(s); err != nil || steps < 1 {
			t.Fatalf("MERGEBRIEF_PREFIXES: %q is no number of prefixes", s)
		}
	}
	for _, file := range specimens(t) {
		t.Run(file, func(t *testing.T) {
			path, data := readSpecimen(t, file)
			whole := sumsOf(Read("files", path, bytes.NewReader(data))).records
			step := max(1, len(data)/steps)
			for n := 0; n < len(data); n += step {
				f := Read("files", path, bytes.NewReader(data[:n]))
				checkAccounted(t, f, data[:n])
				// A point of TAP is failed until "# TODO" at its end is read.
				if got := sumsOf(f).records; got.Bad() > whole.Bad() && f.Inputs[0].Format != "tap" {
					t.Fatalf("%d of %d bytes: %d bad cases, the whole has %d", n, len(data), got.Bad(), whole.Bad())
				}
			}
		})
	}
}

// checkAccounted checks the promises of Read.
func checkAccounted(t testing.TB, f evidence.Fragment, data []byte) {
	t.Helper()
	if len(f.Inputs) != 1 {
		t.Fatalf("%d inputs, want 1", len(f.Inputs))
	}
	in := f.Inputs[0]
	if in.Origin.Digest != evidence.Digest(data) || in.Bytes != int64(len(data)) {
		t.Fatalf("digest %s and size %d are not those of the bytes", in.Origin.Digest, in.Bytes)
	}
	switch in.Status {
	case evidence.Parsed:
	case evidence.Partial, evidence.Rejected:
		if in.Detail == "" || in.Origin.Reason == "" || len(f.Gaps) == 0 {
			t.Fatalf("%s without detail, reason or gap: %+v", in.Status, in)
		}
	case evidence.Recognised, evidence.Unknown:
		if in.Detail == "" {
			t.Fatalf("%s without detail", in.Status)
		}
	default:
		t.Fatalf("status %q", in.Status)
	}
	for _, s := range f.Suites {
		if s.Origin != in.Origin {
			origin := in.Origin
			origin.Reason = ""
			if s.Origin != origin {
				t.Fatalf("suite has the origin %+v, want %+v", s.Origin, origin)
			}
		}
		if c := s.Counts; c.Total != c.Passed+c.Failed+c.Errored+c.Skipped || c.Total < 0 || c.Passed < 0 || c.Flaky > c.Passed {
			t.Fatalf("counts do not add up: %+v", c)
		}
	}
}
