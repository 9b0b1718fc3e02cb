package coverage

import (
	"bytes"
	"io"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format/lex"
)

// DetectJaCoCo knows JaCoCo by its root element and what stands in it.
func DetectJaCoCo(_ string, head []byte) bool {
	if lex.XMLRoot(head) != "report" {
		return false
	}
	text := lex.Text(head)
	return bytes.Contains(text, []byte("JACOCO")) || bytes.Contains(text, []byte("<sessioninfo")) ||
		bytes.Contains(text, []byte("<counter")) || bytes.Contains(text, []byte("<sourcefile"))
}

// DecodeJaCoCo reads the XML report of JaCoCo (report.dtd, which is not
// fetched). A line was executed when one of its instructions was. The numbers are
// those of the counter of the whole: modules may have files of one package and
// name, whose lines cannot be told apart.
func DecodeJaCoCo(r io.Reader) (evidence.Fragment, error) {
	d := jacoco{x: lex.NewXML(r), set: newLineSet()}
	err := d.set.problem(d.x.Document(d.start, nil))
	if !d.found {
		return evidence.Fragment{}, err
	}
	c := d.set.finish("jacoco")
	if stated := d.missed + d.covered; stated > 0 {
		c.Lines, c.Covered = stated, d.covered
	}
	return evidence.Fragment{Coverage: []evidence.Coverage{c}}, err
}

type jacoco struct {
	x       *lex.XML
	set     *lineSet
	pkg     string
	file    *fileLines
	missed  int
	covered int
	found   bool
}

func (d *jacoco) start(element string) error {
	x := d.x
	switch element {
	case "report":
		d.found = true
	case "group":
	case "package":
		d.pkg = lex.Slashes(x.Attr("name"))
	case "sourcefile":
		d.file = d.set.file(lex.JoinPath(d.pkg, lex.Slashes(x.Attr("name"))))
	case "line":
		d.set.add(d.file, lex.LineNumber(string(x.Raw("nr"))), positive(string(x.Raw("ci"))))
	case "counter":
		if x.Depth() == 2 && string(x.Raw("type")) == "LINE" {
			missed, _ := lex.Number(x.Attr("missed"))
			covered, _ := lex.Number(x.Attr("covered"))
			d.missed, d.covered = d.missed+missed, d.covered+covered
		}
	default:
		if x.Depth() == 1 {
			return x.Errorf(evidence.Unreadable, "the root element is <%s>, not <report>", element)
		}
		return x.Skip()
	}
	return nil
}
