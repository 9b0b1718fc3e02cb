package coverage

import (
	"io"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format/lex"
)

// DetectOpenCover knows OpenCover by its root element.
func DetectOpenCover(_ string, head []byte) bool { return lex.XMLRoot(head) == "CoverageSession" }

// DecodeOpenCover reads the XML of OpenCover, Coverlet and AltCover. A line was
// executed when a sequence point that begins in it was. Points name their file
// by a number, which is that of one module; those without one are in the file of
// their method.
func DecodeOpenCover(r io.Reader) (evidence.Fragment, error) {
	d := openCover{x: lex.NewXML(r), set: newLineSet()}
	err := d.x.Document(d.start, nil)
	return coverageOf("opencover", d.set, d.found, err)
}

type openCover struct {
	x     *lex.XML
	set   *lineSet
	found bool
	// Files of the module at hand by their number, and that of the method.
	files  map[string]*fileLines
	method string
}

func (d *openCover) start(element string) error {
	x := d.x
	switch element {
	case "CoverageSession":
		d.found = true
	case "Module":
		d.files = map[string]*fileLines{}
	case "File":
		if uid := x.Raw("uid"); len(d.files) < maxCoverageFiles && d.files != nil && len(uid) < lex.MaxReasonBytes {
			d.files[x.Attr("uid")] = d.set.file(lex.Slashes(x.Attr("fullPath")))
		}
	case "Method":
		d.method = ""
	case "FileRef":
		d.method = evidence.Clip(x.Attr("uid"), lex.MaxReasonBytes)
	case "SequencePoint":
		file := d.method
		if x.Has("fileid") {
			file = x.Attr("fileid")
		}
		d.set.add(d.files[file], lex.LineNumber(string(x.Raw("sl"))), positive(string(x.Raw("vc"))))
	case "Modules", "Files", "Classes", "Class", "Methods", "SequencePoints":
	default:
		if x.Depth() == 1 {
			return x.Errorf(evidence.Unreadable, "the root element is <%s>, not <CoverageSession>", element)
		}
		return x.Skip()
	}
	return nil
}
