package results

import (
	"bytes"
	"io"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format/lex"
)

// DetectClover knows Clover by its root element and its project.
func DetectClover(_ string, head []byte) bool {
	return xmlRoot(head) == "coverage" && isClover(head)
}

func isClover(head []byte) bool {
	tag := rootTag(head)
	own, rest, _ := bytes.Cut(tag, []byte(">"))
	return bytes.Contains(own, []byte("clover=")) || bytes.Contains(rest, []byte("<project")) && !bytes.Contains(own, []byte("line-rate"))
}

// DecodeClover reads Clover XML, as OpenClover, PHPUnit and Istanbul write it.
// Statements and conditions are lines; methods are not, and test projects are
// left out. A condition was executed when it came out either way.
func DecodeClover(r io.Reader) (evidence.Fragment, error) {
	d := clover{x: newXMLReader(r), set: newLineSet()}
	err := d.set.problem(d.x.document(d.start, nil))
	if !d.found {
		return evidence.Fragment{}, err
	}
	return evidence.Fragment{Coverage: []evidence.Coverage{d.set.finish("clover")}}, err
}

type clover struct {
	x     *xmlReader
	set   *lineSet
	file  *fileLines
	found bool
}

func (d *clover) start(element string) error {
	x := d.x
	switch element {
	case "coverage":
		d.found = true
	case "project", "package":
	case "file":
		at := x.attr("path")
		if at == "" {
			at = x.attr("name")
		}
		d.file = d.set.file(uriSlashes(at))
	case "line":
		d.line()
	default:
		if x.depth() == 1 {
			return x.errorf(evidence.Unreadable, "the root element is <%s>, not <coverage>", element)
		}
		return x.skip()
	}
	return nil
}

func (d *clover) line() {
	x := d.x
	kind := x.attr("type")
	if kind != "stmt" && kind != "cond" {
		return
	}
	executed := positive(x.attr("count"))
	if kind == "cond" && !x.has("count") {
		executed = positive(x.attr("truecount")) || positive(x.attr("falsecount"))
	}
	d.set.add(d.file, lex.LineNumber(x.attr("num")), executed)
}
