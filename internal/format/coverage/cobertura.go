package coverage

import (
	"bytes"
	"io"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format/lex"
)

// DetectCobertura knows Cobertura by its root element and what only it has:
// other formats call their root "coverage", too.
func DetectCobertura(_ string, head []byte) bool {
	if lex.XMLRoot(head) != "coverage" || isClover(head) {
		return false
	}
	tag := lex.RootTag(head)
	return bytes.Contains(tag, []byte("line-rate")) || bytes.Contains(tag, []byte("<packages")) || bytes.Contains(tag, []byte("<sources"))
}

// DecodeCobertura reads Cobertura (coverage-04.dtd), as coverage.py, gcovr,
// Coverlet, Istanbul and others write it. Lines are joined by file and line.
// The lines of a class count; those of its methods, which repeat them or list
// declarations beside them, only where a class has none. A file name is
// completed by the source folder when there is exactly one.
func DecodeCobertura(r io.Reader) (evidence.Fragment, error) {
	d := cobertura{x: lex.NewXML(r), set: newLineSet()}
	err := d.set.problem(d.x.Document(d.start, d.end))
	if !d.found {
		return evidence.Fragment{}, err
	}
	c := d.set.finish("cobertura")
	if len(d.sources) > 1 {
		c.Roots = d.sources
	}
	return evidence.Fragment{Coverage: []evidence.Coverage{c}}, err
}

// maxSources is the number of folders of sources that are kept. Reports of some
// hundred modules that were joined are met, and each folder is looked into.
const maxSources = 16

type cobertura struct {
	x       *lex.XML
	set     *lineSet
	sources []string
	file    *fileLines
	// In a method; whether the class has lines; those of its methods.
	inMethod bool
	listed   bool
	methods  fileLines
	found    bool
}

func (d *cobertura) start(element string) error {
	x := d.x
	switch element {
	case "coverage":
		d.found = true
	case "source":
		text, err := x.Content(lex.MaxPathBytes)
		if text = strings.TrimSpace(text); text != "" && len(d.sources) < maxSources {
			d.sources = append(d.sources, lex.Slashes(text))
		}
		return err
	case "class":
		d.file = d.set.file(d.path(x.Attr("filename")))
		d.listed, d.inMethod, d.methods.lines = false, false, d.methods.lines[:0]
	case "method":
		d.inMethod = true
	case "line":
		d.line()
	case "sources", "packages", "package", "classes", "methods", "lines":
	default:
		if x.Depth() == 1 {
			return x.Errorf(evidence.Unreadable, "the root element is <%s>, not <coverage>", element)
		}
		return x.Skip()
	}
	return nil
}

// maxMethodLines is the number of lines of methods that a class without lines of
// its own has.
const maxMethodLines = 1 << 20

func (d *cobertura) line() {
	number, executed := lex.LineNumber(string(d.x.Raw("number"))), positive(string(d.x.Raw("hits")))
	switch {
	case !d.inMethod:
		d.listed = true
		d.set.add(d.file, number, executed)
	case number > 0 && number <= maxLine && len(d.methods.lines) < maxMethodLines:
		d.methods.lines = append(d.methods.lines, lineMark(number, executed))
	}
}

func (d *cobertura) end(element string) {
	switch element {
	case "method":
		d.inMethod = false
	case "class":
		if !d.listed {
			for _, n := range d.methods.lines {
				d.set.add(d.file, int(n>>1), n&1 == 1)
			}
		}
		d.file = nil
	}
}

// path is where a file is, as far as the report says.
func (d *cobertura) path(name string) string {
	name = lex.Slashes(name)
	if len(d.sources) != 1 || lex.Rooted(name) {
		return name
	}
	source := strings.TrimSuffix(lex.Slashes(d.sources[0]), "/")
	if source == "" || source == "." || strings.Contains(source, "://") {
		return name
	}
	return source + "/" + name
}
