package results

import (
	"io"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format/lex"
)

// DetectOpenCover knows OpenCover by its root element.
func DetectOpenCover(_ string, head []byte) bool { return xmlRoot(head) == "CoverageSession" }

// DecodeOpenCover reads the XML of OpenCover, Coverlet and AltCover. A line was
// executed when a sequence point that begins in it was. Points name their file
// by a number, which is that of one module; those without one are in the file of
// their method.
func DecodeOpenCover(r io.Reader) (evidence.Fragment, error) {
	d := openCover{x: newXMLReader(r), set: newLineSet()}
	err := d.x.document(d.start, nil)
	return coverageOf("opencover", d.set, d.found, err)
}

type openCover struct {
	x     *xmlReader
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
		if uid := x.raw("uid"); len(d.files) < maxCoverageFiles && d.files != nil && len(uid) < lex.MaxReasonBytes {
			d.files[x.attr("uid")] = d.set.file(uriSlashes(x.attr("fullPath")))
		}
	case "Method":
		d.method = ""
	case "FileRef":
		d.method = evidence.Clip(x.attr("uid"), lex.MaxReasonBytes)
	case "SequencePoint":
		file := d.method
		if x.has("fileid") {
			file = x.attr("fileid")
		}
		d.set.add(d.files[file], lex.LineNumber(string(x.raw("sl"))), positive(string(x.raw("vc"))))
	case "Modules", "Files", "Classes", "Class", "Methods", "SequencePoints":
	default:
		if x.depth() == 1 {
			return x.errorf(evidence.Unreadable, "the root element is <%s>, not <CoverageSession>", element)
		}
		return x.skip()
	}
	return nil
}
