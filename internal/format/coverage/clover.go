package coverage

import (
	"bytes"
	"io"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format/lex"
)

// DetectClover knows Clover by its root element and its project.
func DetectClover(_ string, head []byte) bool {
	return lex.XMLRoot(head) == "coverage" && isClover(head)
}

func isClover(head []byte) bool {
	tag := lex.RootTag(head)
	own, rest, _ := bytes.Cut(tag, []byte(">"))
	return bytes.Contains(own, []byte("clover=")) || bytes.Contains(rest, []byte("<project")) && !bytes.Contains(own, []byte("line-rate"))
}

// DecodeClover reads Clover XML, as OpenClover, PHPUnit and Istanbul write it.
// Statements and conditions are lines; methods are not, and test projects are
// left out. A condition was executed when it came out either way.
func DecodeClover(r io.Reader) (evidence.Fragment, error) {
	d := clover{x: lex.NewXML(r), set: newLineSet()}
	err := d.set.problem(d.x.Document(d.start, nil))
	if !d.found {
		return evidence.Fragment{}, err
	}
	return evidence.Fragment{Coverage: []evidence.Coverage{d.set.finish("clover")}}, err
}

type clover struct {
	x     *lex.XML
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
		at := x.Attr("path")
		if at == "" {
			at = x.Attr("name")
		}
		d.file = d.set.file(lex.Slashes(at))
	case "line":
		d.line()
	default:
		if x.Depth() == 1 {
			return x.Errorf(evidence.Unreadable, "the root element is <%s>, not <coverage>", element)
		}
		return x.Skip()
	}
	return nil
}

func (d *clover) line() {
	x := d.x
	kind := x.Attr("type")
	if kind != "stmt" && kind != "cond" {
		return
	}
	executed := positive(x.Attr("count"))
	if kind == "cond" && !x.Has("count") {
		executed = positive(x.Attr("truecount")) || positive(x.Attr("falsecount"))
	}
	d.set.add(d.file, lex.LineNumber(x.Attr("num")), executed)
}
