package findings

import (
	"io"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format/lex"
)

// DetectCheckstyle knows the Checkstyle format by its root element.
func DetectCheckstyle(_ string, head []byte) bool { return lex.XMLRoot(head) == "checkstyle" }

// DecodeCheckstyle reads the XML of Checkstyle, which PHP_CodeSniffer, ktlint,
// detekt, golangci-lint and others write too. Every error element counts,
// duplicates as well; the severity is "error" where none is given, as in
// Checkstyle.
func DecodeCheckstyle(r io.Reader) (evidence.Fragment, error) {
	d := checkstyle{x: lex.NewXML(r), scan: newScan("checkstyle", "checkstyle", r)}
	err := d.x.Document(d.start, nil)
	if !d.found {
		return evidence.Fragment{}, err
	}
	return evidence.Fragment{Scans: []evidence.Scan{d.scan.finish()}}, err
}

type checkstyle struct {
	x     *lex.XML
	scan  *scan
	file  string
	found bool
}

func (d *checkstyle) start(element string) error {
	x := d.x
	switch element {
	case "checkstyle":
		d.found = true
		return nil
	case "file":
		d.file = lex.URIPath(x.Attr("name"))
		return nil
	case "error":
		d.result()
		return nil
	case "exception":
		text, err := x.Content(lex.MaxCapture)
		d.scan.DidNotRun = true
		if d.scan.Message == "" {
			d.scan.Message = lex.Message(text)
		}
		return err
	}
	if x.Depth() == 1 {
		return x.Errorf(evidence.Unreadable, "the root element is <%s>, not <checkstyle>", element)
	}
	return x.Skip()
}

func (d *checkstyle) result() {
	x := d.x
	level := evidence.LevelError
	if severity := x.Attr("severity"); severity != "" {
		level = levelOf(severity)
		if strings.EqualFold(severity, "ignore") {
			level = evidence.LevelNone
		}
	}
	d.scan.add(evidence.Result{
		Rule: x.Attr("source"), Level: level, Message: x.Attr("message"), Path: d.file, Line: lex.LineNumber(x.Attr("line")),
	}, "")
}
