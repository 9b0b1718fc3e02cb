package cli

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/mergebrief/mergebrief/internal/assess"
	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format"
)

// ownVerdicts read from the bytes of a file, and from nothing that a decoder says,
// why the file itself calls its run failed; "" when it does not. They know no more
// than the one place in which a format says so.
var ownVerdicts = map[string]func(data []byte) string{
	"junit":      junitRed,
	"gotest":     goRed,
	"tap":        tapRed,
	"trx":        attributeRed("ResultSummary", "outcome", "Failed", "Error", "Aborted", "Timeout"),
	"nunit":      anyRed(attributeRed("test-run", "result", "Failed"), numberRed("test-results", "failures", "errors"), numberRed("test-run", "failed")),
	"xunit":      numberRed("assembly", "failed", "errors"),
	"robot":      numberRed("stat", "fail"),
	"ctest":      attributeRed("Test", "Status", "failed"),
	"ctrf":       jsonRed("results.summary.failed"),
	"mocha":      jsonRed("stats.failures"),
	"jest":       jsonRed("numFailedTests", "numRuntimeErrorTestSuites", "numFailedTestSuites", "!success"),
	"playwright": jsonRed("stats.unexpected", "errors"),
	"rspec":      jsonRed("summary.failure_count", "summary.errors_outside_of_examples_count"),
	"cucumber":   jsonRed("[].elements.[].steps.[].result.status=failed", "[].elements.[].before.[].result.status=failed", "[].elements.[].after.[].result.status=failed"),
	"allure":     jsonRed("status=failed", "status=broken"),
	"dart":       jsonRed("!success"),
	"sarif":      jsonRed("runs.[].invocations.[].!executionSuccessful"),
	"golangci":   jsonRed("Report.Error"),
	"npm-audit":  jsonRed("error"),
}

func anyRed(all ...func([]byte) string) func([]byte) string {
	return func(data []byte) string {
		for _, red := range all {
			if why := red(data); why != "" {
				return why
			}
		}
		return ""
	}
}

// notMarkup is what looks like elements of XML and is none.
var notMarkup = regexp.MustCompile(`(?s)<!--.*?-->|<!\[CDATA\[.*?\]\]>`)

// elements returns the start tags of a name.
func elements(data []byte, name string) []string {
	data = bytes.ReplaceAll(notMarkup.ReplaceAll(data, nil), []byte{0}, nil) // UTF-16
	return regexp.MustCompile(`<(?:\w+:)?`+name+`(?:\s[^>]*)?>`).FindAllString(string(data), -1)
}

// attribute is the value of an attribute in a start tag.
func attribute(tag, name string) string {
	m := regexp.MustCompile(`\s` + name + `\s*=\s*(?:"([^"]*)"|'([^']*)')`).FindStringSubmatch(tag)
	if m == nil {
		return ""
	}
	return m[1] + m[2]
}

func attributeRed(element, name string, red ...string) func([]byte) string {
	return func(data []byte) string {
		for _, tag := range elements(data, element) {
			if slices.Contains(red, attribute(tag, name)) {
				return tag
			}
		}
		return ""
	}
}

func numberRed(element string, names ...string) func([]byte) string {
	return func(data []byte) string {
		for _, tag := range elements(data, element) {
			for _, name := range names {
				if n, _ := strconv.Atoi(attribute(tag, name)); n > 0 { // 0 where it states none
					return tag
				}
			}
		}
		return ""
	}
}

// junitRed believes the numbers of a suite unless each failure is one of an attempt
// that a further one made good.
func junitRed(data []byte) string {
	for _, element := range []string{"testsuites", "testsuite"} {
		if why := numberRed(element, "failures", "errors")(data); why != "" {
			return why
		}
	}
	return ""
}

// goRed looks at the last result of each package.
func goRed(data []byte) string {
	last := map[string]string{}
	for line := range bytes.Lines(data) {
		var e struct{ Action, Package, Test, ImportPath string }
		if json.Unmarshal(line, &e) != nil {
			continue
		}
		switch {
		case e.Action == "build-fail":
			return string(line)
		case e.Package != "" && e.Test == "" && slices.Contains([]string{"pass", "fail", "skip"}, e.Action):
			last[e.Package] = e.Action
		}
	}
	for pkg, action := range last {
		if action == "fail" {
			return pkg + " fails"
		}
	}
	return ""
}

var tapFailed = regexp.MustCompile(`(?im)^not ok\b(?:[^#\n\\]|\\.|#\s*(?:[^tsTS\s]|t[^oO]|s[^kK]))*$|^bail out!`)

func tapRed(data []byte) string {
	return strings.TrimSpace(string(tapFailed.Find(bytes.ReplaceAll(data, []byte("\r"), nil))))
}

// jsonRed looks at members of a document, or of each of several: one that is true, a
// number that is not 0, a text or a list that is not empty. "[]" is each element,
// "!name" a member that is false, "name=text" one that is a text.
func jsonRed(ways ...string) func([]byte) string {
	return func(data []byte) string {
		d := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))))
		for {
			var doc any
			if d.Decode(&doc) != nil {
				return ""
			}
			for _, way := range ways {
				if holds(doc, strings.Split(way, ".")) {
					return way
				}
			}
		}
	}
}

func holds(v any, way []string) bool {
	if len(way) == 0 {
		switch v := v.(type) {
		case bool:
			return v
		case float64:
			return v > 0
		case string:
			return v != ""
		case []any:
			return len(v) > 0
		case map[string]any:
			return len(v) > 0
		}
		return false
	}
	if way[0] == "[]" {
		list, _ := v.([]any)
		return slices.ContainsFunc(list, func(x any) bool { return holds(x, way[1:]) })
	}
	members, _ := v.(map[string]any)
	if name, text, ok := strings.Cut(way[0], "="); ok {
		return members[name] == text
	}
	if name, ok := strings.CutPrefix(way[0], "!"); ok {
		return members[name] == false
	}
	return holds(members[way[0]], way[1:])
}

// isRed reports whether a record with nothing but the file fails a gate.
func isRed(f evidence.Fragment) bool {
	rec := evidence.Record{Fragment: f}
	return assess.Assess(&rec, assess.Policy{FailOn: "error"}).Verdict.Conclusion == evidence.ConclusionFailure
}

// madeGood reports whether a green record lists, as failed attempts of tests that
// passed at last, as many failures as the suites of the file state.
func madeGood(f evidence.Fragment, data []byte) bool {
	stated, attempts := 0, 0
	for _, tag := range elements(data, "testsuite") {
		for _, name := range []string{"failures", "errors"} {
			n, _ := strconv.Atoi(attribute(tag, name)) // 0 where it states none
			stated = max(stated, n)
		}
	}
	for _, s := range f.Suites {
		for _, c := range s.Cases {
			for _, o := range c.Attempts {
				if c.Flaky && (o == evidence.Failed || o == evidence.Errored) {
					attempts++
				}
			}
		}
	}
	return attempts >= stated
}

// redFiles are the files that call their run failed, at most some bytes long, by
// path.
func redFiles(t testing.TB, most int64) map[string][]byte {
	t.Helper()
	roots := []string{filepath.Join("..", "format", "testdata")}
	if corpus := os.Getenv("MERGEBRIEF_CORPUS"); corpus != "" {
		roots = append(roots, filepath.Join(corpus, "validation"), filepath.Join(corpus, "cases", "results"))
	}
	files := map[string][]byte{}
	for _, root := range roots {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || strings.HasSuffix(path, ".golden.json") || strings.HasSuffix(path, ".cmd") {
				return err
			}
			if info, err := d.Info(); err != nil || info.Size() > most {
				return err
			}
			data, err := os.ReadFile(path)
			if f := format.Read("files", path, bytes.NewReader(data)); ownVerdict(f, data) != "" {
				files[filepath.ToSlash(path)] = data
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// ownVerdict is why a file calls its run failed. Of a file that is not of a known
// format, or cannot be read at all, nothing is said.
func ownVerdict(f evidence.Fragment, data []byte) string {
	in := f.Inputs[0]
	read := ownVerdicts[in.Format]
	if read == nil || in.Status == evidence.Rejected {
		return ""
	}
	why := read(data)
	if in.Format == "junit" && madeGood(f, data) {
		return ""
	}
	return why
}

// checkRed fails when a file calls its run failed and its record does not.
func checkRed(t *testing.T, path string, data []byte) {
	t.Helper()
	f := format.Read("files", path, bytes.NewReader(data))
	if why := ownVerdict(f, data); why != "" && !isRed(f) {
		t.Errorf("%s (%s) is red: %s; the record is not: %+v\n%s", path, f.Inputs[0].Format, why, f.Suites, data[:min(len(data), 4000)])
	}
}

// TestRedStaysRed: what a file itself calls failed is a failure in the record,
// whatever it lists.
func TestRedStaysRed(t *testing.T) {
	seen := map[string]bool{}
	for path, data := range redFiles(t, 100<<20) {
		checkRed(t, path, data)
		for kind := range byte(mutations) {
			if len(data) < 64<<10 {
				m := mutable(data)
				m.step(kind, 0, 1)
				m.step(kind, 2, 0)
				checkRed(t, path, m.bytes())
			}
		}
		seen[format.Read("files", path, bytes.NewReader(data)).Inputs[0].Format] = true
	}
	for name := range ownVerdicts {
		if !seen[name] && name != "golangci" && name != "npm-audit" {
			t.Errorf("no file of the format %s is red: its verdict is not tested", name)
		}
	}
	checkRed(t, "golangci.json", []byte(`{"Issues":[],"Report":{"Error":"no go files"}}`))
	checkRed(t, "audit.json", []byte(`{"error":{"code":"ENOLOCK","summary":"no lock file"}}`))
}

// FuzzRedStaysRed renames, repeats, reorders and drops records of files that call
// their run failed: as long as they call it so, the record does, too.
func FuzzRedStaysRed(f *testing.F) {
	files := redFiles(f, 64<<10)
	paths := slices.Sorted(maps.Keys(files))
	for i := range paths {
		f.Add(uint16(i), []byte{2, 0, 1, 1, 2, 0, 0, 1, 3})
	}
	f.Fuzz(func(t *testing.T, which uint16, steps []byte) {
		path := paths[int(which)%len(paths)]
		m := mutable(files[path])
		for len(steps) >= 3 && len(m.records) < 300 {
			m.step(steps[0], int(steps[1]), int(steps[2]))
			steps = steps[3:]
		}
		checkRed(t, filepath.Base(path), m.bytes())
	})
}

// mutant is a file as its records and what stands between them.
type mutant struct {
	between [][]byte
	records [][]byte
}

var (
	// xmlRecords are the elements of tests, with what is in them.
	xmlRecords = regexp.MustCompile(`(?s)<(testcase|test-case|UnitTestResult|test|Test)\b[^>]*?(?:/>|>.*?</(?:testcase|test-case|UnitTestResult|test|Test)>)`)
	// jsonRecords are the objects of lists in a document that is indented.
	jsonRecords = regexp.MustCompile(`(?m)^( {4,12}|\t{2,5})\{\n(?:(?:\s{5,}.*)?\n)+?(?: {4,12}|\t{2,5})\},?\n`)
	lineRecords = regexp.MustCompile(`(?m)^.*\n`)
	// recordNames are the names of tests in a record.
	recordNames = regexp.MustCompile(`((?:\b(?:name|classname|fullname|testName|testId|id|executionId)=|"(?:name|title|fullTitle|fullName|full_description|id|Test|testID)":\s*)")[^"]*"`)
)

// mutable takes a file apart.
func mutable(data []byte) *mutant {
	pattern := lineRecords
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	switch {
	case bytes.HasPrefix(bytes.TrimSpace(data), []byte("<")):
		pattern = xmlRecords
	case bytes.Count(data, []byte("\n{\"")) > 1 || bytes.HasPrefix(data, []byte("{\"")) && bytes.Count(data, []byte("\n")) > 3:
	case bytes.HasPrefix(data, []byte("{")), bytes.HasPrefix(data, []byte("[")):
		var doc any
		if json.Unmarshal(data, &doc) == nil {
			if indented, err := json.MarshalIndent(doc, "", "  "); err == nil {
				data = indented // the members of objects are in another order, too
			}
		}
		pattern = jsonRecords
	}
	m := &mutant{}
	at := 0
	for _, r := range pattern.FindAllIndex(data, -1) {
		m.between, m.records = append(m.between, data[at:r[0]]), append(m.records, data[r[0]:r[1]])
		at = r[1]
	}
	m.between = append(m.between, data[at:])
	return m
}

// mutations is the number of kinds of steps.
const mutations = 6

// step changes the records a and b.
func (m *mutant) step(kind byte, a, b int) {
	n := len(m.records)
	if n == 0 {
		return
	}
	a, b = a%n, b%n
	switch kind % mutations {
	case 0: // swap
		m.records[a], m.records[b] = m.records[b], m.records[a]
	case 1: // repeat one behind another
		m.records = slices.Insert(m.records, b+1, m.records[a])
		m.between = slices.Insert(m.between, b+1, nil)
	case 2: // one name for two
		m.records[a], m.records[b] = named(m.records[a], "x"), named(m.records[b], "x")
	case 3: // no names
		m.records[a] = named(m.records[a], "")
	case 4: // one name for all
		for i := range m.records {
			m.records[i] = named(m.records[i], "x")
		}
	case 5: // to the end
		m.records = append(slices.Delete(m.records, a, a+1), m.records[a])
	}
}

func named(record []byte, name string) []byte {
	return recordNames.ReplaceAll(record, []byte("${1}"+name+`"`))
}

func (m *mutant) bytes() []byte {
	var all bytes.Buffer
	for i, r := range m.records {
		all.Write(m.between[min(i, len(m.between)-2)])
		all.Write(r)
	}
	all.Write(m.between[len(m.between)-1])
	return all.Bytes()
}
