package format

import (
	"bytes"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// repeat is a stream of head, then unit over and over up to size bytes, then
// tail: a large input that takes no memory.
func repeat(head, unit string, size int, tail string) io.Reader {
	// Copied in pieces that are not too small.
	unit = strings.Repeat(unit, 4096/len(unit)+1)
	return io.MultiReader(strings.NewReader(head), &repeater{unit: unit, left: size}, strings.NewReader(tail))
}

type repeater struct {
	unit     string
	at, left int
}

func (r *repeater) Read(p []byte) (int, error) {
	if r.left <= 0 {
		return 0, io.EOF
	}
	n := 0
	for n < len(p) && r.left > 0 {
		c := copy(p[n:], r.unit[r.at:])
		r.at = (r.at + c) % len(r.unit)
		n, r.left = n+c, r.left-c
	}
	return n, nil
}

// watch samples the size of the heap while it is read through.
type watch struct {
	r    io.Reader
	next int
	read int
	peak uint64
}

func (w *watch) Read(p []byte) (int, error) {
	n, err := w.r.Read(p)
	if w.read += n; w.read >= w.next || err != nil {
		w.next = w.read + 1<<20
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		w.peak = max(w.peak, m.HeapAlloc)
	}
	return n, err
}

// maxHeap is what reading may take on top of what was there before, garbage
// included, whatever the input.
const maxHeap = 100 << 20

// TestHostile reads what only attacks and broken tools write: memory stays
// bounded and the entry says why.
func TestHostile(t *testing.T) {
	const big = 50 << 20
	deepJSON := strings.Repeat("[", 15<<20)
	tests := []struct {
		name   string
		path   string
		in     io.Reader
		status evidence.Status
		reason evidence.Reason
		detail string
	}{
		{
			"entity bomb", "a.xml", strings.NewReader(`<?xml version="1.0"?><!DOCTYPE t [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><testsuite name="&b;"><testcase name="x"/></testsuite>`),
			evidence.Rejected, evidence.Unreadable, "internal subset",
		},
		{
			"external entity", "a.xml", strings.NewReader(`<!DOCTYPE t [<!ENTITY x SYSTEM "file:///etc/passwd">]><testsuite><testcase name="&x;"/></testsuite>`),
			evidence.Rejected, evidence.Unreadable, "internal subset",
		},
		{
			"external document type", "a.xml", strings.NewReader(`<!DOCTYPE testsuite SYSTEM "http://example.com/a.dtd"><testsuite><testcase name="a"/></testsuite>`),
			evidence.Parsed, "", "",
		},
		{
			"deep elements", "a.xml", repeat("<testsuites>", "<a>", 15<<20, ""),
			evidence.Partial, evidence.Unreadable, "nested deeper than 100",
		},
		{
			"large attribute", "a.xml", repeat(`<testsuite name="`, "a", big, `"/>`),
			evidence.Rejected, evidence.Unreadable, "longer than",
		},
		{
			"large attribute name", "a.xml", repeat(`<testsuite `, "a", big, `=""/>`),
			evidence.Rejected, evidence.Unreadable, "longer than",
		},
		{
			"many attributes", "a.xml", repeat(`<testsuite `, `a="" `, 1<<20, `/>`),
			evidence.Rejected, evidence.Unreadable, "more than 256 attributes",
		},
		{
			"large text", "a.xml", repeat(`<testsuite><testcase name="a"><failure>`, "x&amp;", big, `</failure></testcase></testsuite>`),
			evidence.Parsed, "", "",
		},
		{
			"large CDATA", "a.xml", repeat(`<testsuite><testcase name="a"><system-out><![CDATA[`, "<x>]]", big, `]]></system-out></testcase></testsuite>`),
			evidence.Parsed, "", "",
		},
		{
			"large comment", "a.xml", repeat(`<testsuite><!--`, "- <testcase>", big, `--></testsuite>`),
			evidence.Parsed, "", "",
		},
		{
			"many failures", "a.xml", repeat(`<testsuite>`, `<testcase name="a" classname="b"><failure>bad</failure></testcase>`, 66*(big/66), `</testsuite>`),
			evidence.Parsed, "", "",
		},
		{
			"zeros in XML", "a.xml", strings.NewReader("<testsuite>\x00<testcase name=\"a\x00b\"/>\x00</testsuite>\x00\x00"),
			evidence.Parsed, "", "",
		},
		{
			"invalid UTF-8 in XML", "a.xml", strings.NewReader("<testsuite><testcase name=\"a\xff\xfeb\"><failure>\xc3\x28</failure></testcase></testsuite>"),
			evidence.Parsed, "", "",
		},
		{
			"deep JSON", "a.sarif", io.MultiReader(strings.NewReader(`{"version":"2.1.0","$schema":"sarif","runs":`), strings.NewReader(deepJSON)),
			evidence.Rejected, evidence.Unreadable, "depth",
		},
		{
			"large string in JSON", "a.sarif", repeat(`{"version":"2.1.0","$schema":"sarif","runs":[{"tool":{"driver":{"name":"x"}},"results":[{"message":{"text":"`, `a\"\u00e4`, big, `"}}]}]}`),
			evidence.Parsed, "", "",
		},
		{
			"large number in JSON", "a.sarif", repeat(`{"version":"2.1.0","$schema":"sarif","runs":[{"tool":{"driver":{"name":"x"}},"results":[{"rank":1`, "1", big, `}]}]}`),
			evidence.Partial, evidence.Unreadable, "without structure",
		},
		{
			"many results", "a.sarif", repeat(`{"version":"2.1.0","$schema":"sarif","runs":[{"results":[{}`, `,{"ruleId":"x"}`, 15*(big/15), `]}]}`),
			evidence.Parsed, "", "",
		},
		{
			"zeros in JSON", "a.sarif", strings.NewReader("{\"version\":\"2.1.0\",\"runs\":[{\"tool\":{\"driver\":{\"name\":\"a\x00b\"}},\"results\":[]}]}"),
			evidence.Parsed, "", "",
		},
		{
			"long line of go test", "a.json", repeat(`{"Action":"output","Package":"p","Output":"`, "a", big, "\"}\n{\"Action\":\"pass\",\"Package\":\"p\"}\n"),
			evidence.Parsed, "", "",
		},
		{
			"many open tests of go test", "a.json", repeat(`{"Action":"start","Package":"p"}`+"\n", `{"Action":"run","Package":"p","Test":"`+strings.Repeat("T", 300)+`"}`+"\n", big, ""),
			evidence.Partial, evidence.Truncated, "",
		},
		{"zip", "report.xml", strings.NewReader("PK\x03\x04\x14\x00\x00\x00"), evidence.Rejected, evidence.Unsupported, "zip archive"},
		{"gzip", "report.xml", strings.NewReader("\x1f\x8b\x08\x00"), evidence.Rejected, evidence.Unsupported, "gzip"},
		{"empty", "report.xml", strings.NewReader(""), evidence.Rejected, evidence.Unreadable, "empty"},
		{"blank", "report.xml", strings.NewReader("\xef\xbb\xbf \n"), evidence.Rejected, evidence.Unreadable, "empty"},
		{"other XML", "pom.xml", strings.NewReader(`<project/>`), evidence.Unknown, evidence.Unsupported, "no known format"},
		{"wrong root", "junit.xml", strings.NewReader(`<suites><suite><case name="a"/></suite></suites>`), evidence.Unknown, evidence.Unsupported, "no known format"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			runtime.GC()
			var before runtime.MemStats
			runtime.ReadMemStats(&before)
			w := &watch{r: tt.in}
			in := Read("files", tt.path, w).Inputs[0]
			if in.Status != tt.status || in.Origin.Reason != tt.reason || !strings.Contains(in.Detail, tt.detail) {
				t.Errorf("got %s, %s, %q; want %s, %s, %q", in.Status, in.Origin.Reason, in.Detail, tt.status, tt.reason, tt.detail)
			}
			if w.peak > before.HeapAlloc+maxHeap {
				t.Errorf("heap grew by %d MB", (w.peak-before.HeapAlloc)>>20)
			}
		})
	}
}

// TestTooLarge cuts a file at the limit and says so; what was read counts.
func TestTooLarge(t *testing.T) {
	in := repeat("<testsuite>", `<testcase name="a"><failure/></testcase>`, 40_000, "</testsuite>")
	f := read("files", "a.xml", in, 10_000, nil)
	got := f.Inputs[0]
	if got.Status != evidence.Partial || got.Origin.Reason != evidence.Truncated || got.Bytes != 10_000 || !strings.Contains(got.Detail, "larger than 10000 bytes") {
		t.Errorf("got %+v", got)
	}
	if len(f.Suites) != 1 || f.Suites[0].Counts.Failed == 0 {
		t.Errorf("the failures before the limit are lost: %+v", f.Suites)
	}
	whole := "<testsuite/>"
	if got := read("files", "a.xml", strings.NewReader(whole), int64(len(whole)), nil).Inputs[0]; got.Status != evidence.Parsed {
		t.Errorf("a file of exactly the limit: %+v", got)
	}
}

// TestReadError keeps what was read before the error.
func TestReadError(t *testing.T) {
	in := io.MultiReader(strings.NewReader(`<testsuite><testcase name="a"><failure/></testcase>`), broken{})
	f := Read("files", "a.xml", in)
	if got := f.Inputs[0]; got.Status != evidence.Partial || got.Origin.Reason != evidence.Unreadable || !strings.Contains(got.Detail, "disk on fire") {
		t.Errorf("got %+v", got)
	}
	if len(f.Suites) != 1 || f.Suites[0].Counts.Failed != 1 {
		t.Errorf("got %+v", f.Suites)
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errDisk }

var errDisk = evidence.Errorf(evidence.Unreadable, "disk on fire")

// TestSmallReads reads each specimen a byte at a time: windows and buffers may
// end anywhere.
func TestSmallReads(t *testing.T) {
	for _, file := range specimens(t) {
		t.Run(file, func(t *testing.T) {
			path, data := readSpecimen(t, file)
			want := encoded(t, Read("files", path, bytes.NewReader(data)))
			got := encoded(t, Read("files", path, oneByte{bytes.NewReader(data)}))
			if !bytes.Equal(got, want) {
				t.Errorf("a byte at a time:\n%s\nat once:\n%s", got, want)
			}
		})
	}
}

type oneByte struct{ r io.Reader }

func (o oneByte) Read(p []byte) (int, error) { return o.r.Read(p[:min(1, len(p))]) }
