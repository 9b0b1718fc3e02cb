package results

import (
	"bytes"
	"io"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format/lex"
)

// DetectXUnit knows the results of xUnit.net by their root element and what only
// they have: the manifests of Windows and of Maven call their root "assembly",
// too.
func DetectXUnit(_ string, head []byte) bool {
	switch lex.XMLRoot(head) {
	case "assemblies":
		return true
	case "assembly":
		tag := lex.RootTag(head)
		own, rest, _ := bytes.Cut(tag, []byte(">"))
		return bytes.Contains(own, []byte("run-date")) || bytes.Contains(own, []byte("test-framework")) ||
			bytes.Contains(own, []byte("total=")) || bytes.Contains(rest, []byte("<collection"))
	}
	return false
}

// DecodeXUnit reads the results of xUnit.net v2 and v3 ("Format of XML Results"),
// and of v1, whose tests stand in classes instead of collections. Errors outside
// of tests, as in the cleanup of a collection, are broken parts.
func DecodeXUnit(r io.Reader) (evidence.Fragment, error) {
	d := xunit{x: lex.NewXML(r), tally: newTally("xunit", r)}
	err := d.x.Document(d.start, nil)
	if d.found == 0 && err != nil {
		return evidence.Fragment{}, err
	}
	return evidence.Fragment{Suites: []evidence.Suite{d.tally.finish(d.verdict())}}, err
}

type xunit struct {
	x        *lex.XML
	tally    *tally
	assembly string
	found    int
	declared declaration
	// Number of errors outside of tests that assemblies state.
	errors *int
}

// verdict is what the assemblies state. Errors are no tests, so that their number
// is not compared with that of errored tests.
func (d *xunit) verdict() verdict {
	v := stated(d.declared)
	if d.errors != nil && *d.errors > len(d.tally.suite.Broken) {
		v.red = evidence.Plural(*d.errors, "error") + " outside of tests stated"
	}
	return v
}

func (d *xunit) start(element string) error {
	x := d.x
	switch element {
	case "assemblies":
		d.found++
		return nil
	case "assembly":
		d.found++
		d.assembly = x.Attr("name")
		if d.tally.suite.Name == "" {
			d.tally.suite.Name = lex.Name(uriBase(d.assembly))
		}
		sum(&d.declared.total, declared(x, "total"))
		sum(&d.declared.failed, declared(x, "failed"))
		sum(&d.declared.skipped, declared(x, "skipped"))
		sum(&d.errors, declared(x, "errors"))
		return nil
	case "collection", "class", "errors":
		return nil
	case "error":
		subject := strings.TrimSpace(x.Attr("type") + " " + x.Attr("name"))
		said, err := messageAndTraceDeep(x)
		d.tally.broken(evidence.BreakageAborted, subject, said)
		return err
	case "test":
		d.found++
		return d.test()
	}
	if x.Depth() == 1 {
		return x.Errorf(evidence.Unreadable, "the root element is <%s>, not <assemblies> or <assembly>", element)
	}
	return x.Skip()
}

// messageAndTraceDeep reads the failure inside of an error.
func messageAndTraceDeep(x *lex.XML) (said string, err error) {
	err = x.Within(func(element string) (err error) {
		if element != "failure" {
			return x.Skip()
		}
		said, err = messageAndTrace(x, "message", "stack-trace")
		return err
	})
	return said, err
}

func (d *xunit) test() error {
	x := d.x
	r := record{
		name: x.Attr("name"), class: x.Attr("type"), file: x.Attr("source-file"),
		line: lex.LineNumber(x.Attr("source-line")), millis: lex.Millis(x.Attr("time")),
	}
	result := strings.ToLower(x.Attr("result"))
	failed, said, err := d.body()
	switch {
	case failed, result == "fail":
		r.outcome = evidence.Failed
		r.message, r.trace = lex.Message(said), said
	case err != nil:
		return err
	case result == "pass":
		r.outcome = evidence.Passed
	default:
		r.outcome = evidence.Skipped
		r.message = explain(r.outcome, said, result)
	}
	if r.name != "" {
		r.id = evidence.Identify(uriBase(d.assembly), r.class, r.name)
	}
	d.tally.add(r)
	return err
}

func (d *xunit) body() (failed bool, said string, err error) {
	err = d.x.Within(func(element string) (err error) {
		switch element {
		case "failure":
			failed = true
			said, err = messageAndTrace(d.x, "message", "stack-trace")
		case "reason":
			said, err = d.x.Content(lex.MaxReasonBytes)
		default:
			err = d.x.Skip()
		}
		return err
	})
	return failed, said, err
}

// uriBase is the last part of a path of any system.
func uriBase(path string) string {
	return path[strings.LastIndexAny(path, `/\`)+1:]
}
