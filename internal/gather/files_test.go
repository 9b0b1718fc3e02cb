package gather

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/redact"
)

const junit = `<testsuite name="a"><testcase name="T" classname="a"/></testsuite>`

// tree makes files in a new folder; a value that starts with "->" is a link.
func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, content := range files {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		var err error
		if target, link := strings.CutPrefix(content, "->"); link {
			err = os.Symlink(target, path)
		} else {
			err = os.WriteFile(path, []byte(content), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func statuses(f evidence.Fragment) map[string]evidence.Status {
	m := map[string]evidence.Status{}
	for _, in := range f.Inputs {
		m[in.Path] = in.Status
	}
	return m
}

func TestFiles(t *testing.T) {
	outside := filepath.Join(tree(t, map[string]string{"secret.xml": junit}), "secret.xml")
	root := tree(t, map[string]string{
		"a/junit.xml":                junit,
		"a/junit-2.xml":              `<testsuite><testcase name="U"/></testsuite>`,
		"b/notes.xml":                "hello",
		"node_modules/x/junit.xml":   junit,
		"mergebrief-out/junit.xml":   junit,
		"links/junit-in.xml":         "->../a/junit.xml",
		"links/junit-out.xml":        "->" + outside,
		"links/junit-none.xml":       "->nowhere",
		"folder/junit.xml/inner.txt": "a folder with the name of a report",
	})
	f := Files{Root: root, Patterns: []string{"**/junit*.xml", "a/*.xml", "b/*", "none/**", "../x", "["}, Explicit: true, Except: []string{"mergebrief-out"}}
	got, err := f.Gather(t.Context(), evidence.Target{})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]evidence.Status{
		"a/junit.xml": evidence.Parsed, "a/junit-2.xml": evidence.Parsed, "b/notes.xml": evidence.Unknown,
		"links/junit-in.xml": evidence.Parsed, "links/junit-out.xml": evidence.Rejected, "links/junit-none.xml": evidence.Rejected,
	}
	if diff := cmp.Diff(want, statuses(got)); diff != "" {
		t.Errorf("inputs (-want +got):\n%s", diff)
	}
	if !slices.IsSortedFunc(got.Inputs, func(a, b evidence.Input) int { return strings.Compare(a.Path, b.Path) }) {
		t.Error("the inputs are not in the order of their paths")
	}
	var gaps []string
	for _, g := range got.Gaps {
		gaps = append(gaps, g.Subject+": "+string(g.Origin.Reason))
		if strings.Contains(g.Detail, root) {
			t.Errorf("a path of the machine in %q", g.Detail)
		}
	}
	slices.Sort(gaps)
	wantGaps := []string{"files ../x: unsupported", "files [: unsupported", "files none/**: not-found"}
	for _, w := range wantGaps {
		if !slices.Contains(gaps, w) {
			t.Errorf("no gap %q in %q", w, gaps)
		}
	}
}

func TestFilesNamedFolders(t *testing.T) {
	root := tree(t, map[string]string{"node_modules/x/junit.xml": junit})
	got, err := Files{Root: root, Patterns: []string{"node_modules/**/junit.xml"}}.Gather(t.Context(), evidence.Target{})
	if err != nil || len(got.Inputs) != 1 {
		t.Errorf("%v, %+v", err, got.Inputs)
	}
}

func TestFilesNoFolder(t *testing.T) {
	_, err := Files{Root: filepath.Join(t.TempDir(), "none"), Patterns: DefaultPatterns()}.Gather(t.Context(), evidence.Target{})
	if evidence.ReasonOf(err, "") != evidence.NotFound {
		t.Errorf("error = %v", err)
	}
}

func TestFilesCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := Files{Root: tree(t, map[string]string{"junit.xml": junit}), Patterns: []string{"*"}}.Gather(ctx, evidence.Target{})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error = %v", err)
	}
}

func TestDefaultPatternsAreValid(t *testing.T) {
	f := Files{Patterns: DefaultPatterns()}
	if _, gaps := f.match(t.Context(), os.DirFS(t.TempDir())); len(gaps) > 0 {
		t.Errorf("%+v", gaps)
	}
}

// source is one that says what it is told to.
type source struct {
	name string
	f    evidence.Fragment
	err  error
}

func (s source) Name() string { return s.name }

func (source) Class() evidence.Class { return evidence.FromWorkspace }
func (s source) Gather(context.Context, evidence.Target) (evidence.Fragment, error) {
	return s.f, s.err
}

func TestRecord(t *testing.T) {
	suite := func(uri, digest string) evidence.Fragment {
		o := evidence.Origin{Basis: evidence.Reported, Source: "files", URI: uri, Digest: digest}
		return evidence.Fragment{
			Inputs: []evidence.Input{{Origin: o, Path: uri, Bytes: 1, Status: evidence.Parsed}},
			Suites: []evidence.Suite{{Origin: o, Name: "s\u202e"}},
		}
	}
	rec := Record(t.Context(), evidence.Target{Head: "h"}, redact.New(nil), []Source{
		source{"files", suite("a.xml", "sha256:1"), nil},
		source{"artifacts", suite("artifact/a.xml", "sha256:1"), nil},
		source{"pull", evidence.Fragment{}, evidence.Errorf(evidence.Denied, "403")},
		source{"more", suite("b.xml", "sha256:2"), errors.New("broke off")},
	})
	if len(rec.Inputs) != 3 || len(rec.Suites) != 2 || rec.Suites[0].Name != "s" {
		t.Errorf("%d inputs, suites %+v", len(rec.Inputs), rec.Suites)
	}
	if want := "the same bytes as a.xml, counted there"; rec.Inputs[1].Detail != want {
		t.Errorf("detail = %q, want %q", rec.Inputs[1].Detail, want)
	}
	var gaps []string
	for _, g := range rec.Gaps {
		gaps = append(gaps, g.Subject+" "+string(g.Origin.Reason)+" "+g.Detail)
	}
	if diff := cmp.Diff([]string{"pull denied 403", "more unavailable broke off"}, gaps); diff != "" {
		t.Errorf("gaps (-want +got):\n%s", diff)
	}
}

// The names that tools are usually told to write: found without configuration, and
// read as what they hold.
func TestUsualNames(t *testing.T) {
	const (
		lcov    = "SF:src/a.ts\nDA:1,1\nend_of_record\n"
		cover   = "mode: set\nexample.com/a/a.go:1.1,2.2 1 1\n"
		bom     = `{"bomFormat":"CycloneDX","specVersion":"1.5","components":[]}`
		spdx    = `{"spdxVersion":"SPDX-2.3","packages":[]}`
		copilot = `{"type":"session.start","data":{"sessionId":"s"},"id":"e","timestamp":"2026-01-01T00:00:00Z"}`
		gemini  = `{"sessionId":"s","projectHash":"h","startTime":"2026-01-01T00:00:00Z","messages":[{"type":"user","content":"x"}]}`
	)
	files := map[string]struct{ content, format string }{
		"report.xml": {junit, "junit"}, "test-results.xml": {junit, "junit"}, "a/results.xml": {junit, "junit"},
		"pytest.xml": {junit, "junit"}, "py/unit-tests.xml": {junit, "junit"}, "coverage.txt": {cover, "gocover"},
		"c.out": {cover, "gocover"}, "go/profile.cov": {cover, "gocover"}, "web/app.lcov": {lcov, "lcov"},
		"bom.json": {bom, "cyclonedx"}, "x.cdx.json": {bom, "cyclonedx"}, "y.spdx.json": {spdx, "spdx"},
		"s/events.jsonl": {copilot, "copilot-events"}, ".gemini/tmp/h/chats/session-1.json": {gemini, "gemini-session"},
	}
	content, want := map[string]string{}, map[string]string{}
	for name, f := range files {
		content[name], want[name] = f.content, f.format
	}
	found, err := Files{Root: tree(t, content), Patterns: DefaultPatterns()}.Gather(t.Context(), evidence.Target{})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, in := range found.Inputs {
		got[in.Path] = in.Format
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("formats by name (-want +got):\n%s", diff)
	}
}

// A usual name with other contents is no fault of the change; a file that was
// asked for is.
func TestUsualNamesOtherContents(t *testing.T) {
	root := tree(t, map[string]string{
		"results.xml": "<results/>", "report.xml": "PK\x03\x04", "coverage.txt": "TOTAL 93%", "bom.json": "{}", "events.jsonl": "{}\n", "profile.cov": "\x1f\x8b\b",
	})
	got, err := Files{Root: root, Patterns: DefaultPatterns()}.Gather(t.Context(), evidence.Target{})
	if err != nil || len(got.Inputs) != 6 || len(got.Gaps) != 0 {
		t.Errorf("%v, %d inputs, gaps %+v", err, len(got.Inputs), got.Gaps)
	}
	for _, in := range got.Inputs {
		if in.Status != evidence.Unknown {
			t.Errorf("%s is %s: %s", in.Path, in.Status, in.Detail)
		}
	}
	for _, name := range []string{"report.xml", "results.xml"} {
		asked, _ := Files{Root: root, Patterns: []string{name}, Explicit: true}.Gather(t.Context(), evidence.Target{})
		if len(asked.Gaps) != 1 || statuses(asked)[name] != evidence.Rejected {
			t.Errorf("%s, asked for and not read: gaps %+v, %v", name, asked.Gaps, statuses(asked))
		}
	}
}

// A pattern tells of what it found and cannot be read: of files that look like a
// report of another kind, and of itself when nothing is of a known format.
func TestFilesOfPatterns(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{
		"a/junit.xml": `<testsuite><testcase name="a"/></testsuite>`, "a/testng-results.xml": "<testng-results/>", "a/index.html": "<html></html>",
		"b/notes.txt": "nothing", "b/page.html": "<html></html>", "c.txt": "nothing",
	} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	tests := map[string]struct {
		pattern string
		want    []string
	}{
		"one is read":           {"a/*", []string{"the contents of a/testng-results.xml"}},
		"none is read":          {"b/*", []string{"files b/*"}},
		"pointed at":            {"c.txt", []string{"the contents of c.txt"}},
		"pointed at, of no use": {"a/index.html", []string{"the contents of a/index.html"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f, err := Files{Root: dir, Patterns: []string{tt.pattern}, Explicit: true}.Gather(t.Context(), evidence.Target{})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, g := range f.Gaps {
				got = append(got, g.Subject)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
