package findings

import (
	"io"
	"strconv"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format/lex"
)

// DetectPMD knows PMD by its root element.
func DetectPMD(_ string, head []byte) bool { return lex.XMLRoot(head) == "pmd" }

// DecodePMD reads the XML of PMD (report_2_0_0.xsd). Files that could not be
// looked at mean that the scan is not whole.
func DecodePMD(r io.Reader) (evidence.Fragment, error) {
	x, s := lex.NewXML(r), newScan("pmd", "PMD", r)
	found, file := false, ""
	err := x.Document(func(element string) error {
		switch element {
		case "pmd":
			found = true
			s.Tool = lex.Name("PMD " + x.Attr("version"))
		case "file":
			file = lex.URIPath(x.Attr("name"))
		case "violation":
			r := evidence.Result{
				Rule: x.Attr("rule"), Level: pmdPriorities.of(x.Attr("priority")).level, Path: file,
				Line: lex.LineNumber(x.Attr("beginline")), EndLine: lex.LineNumber(x.Attr("endline")),
			}
			text, err := x.Content(lex.MaxCapture)
			r.Message = text
			s.add(r, "")
			return err
		case "suppressedviolation":
			s.suppressed()
			return x.Skip()
		case "error", "configerror":
			s.didNotRun(lex.URIPath(x.Attr("filename")) + x.Attr("rule") + ": " + x.Attr("msg"))
			return x.Skip()
		default:
			if x.Depth() == 1 {
				return x.Errorf(evidence.Unreadable, "the root element is <%s>, not <pmd>", element)
			}
			return x.Skip()
		}
		return nil
	}, nil)
	return findingsOf(s, found, err)
}

// DetectCPD knows PMD's copy and paste detector by its root element.
func DetectCPD(_ string, head []byte) bool { return lex.XMLRoot(head) == "pmd-cpd" }

// DecodeCPD reads the XML of PMD's copy and paste detector. A duplication is one
// result, at the first of its places.
func DecodeCPD(r io.Reader) (evidence.Fragment, error) {
	x, s, found := lex.NewXML(r), newScan("cpd", "CPD", r), false
	err := x.Document(func(element string) error {
		switch element {
		case "pmd-cpd":
			found = true
			return nil
		case "duplication":
			return duplication(x, s)
		case "error":
			s.didNotRun(lex.URIPath(x.Attr("filename")) + ": " + x.Attr("msg"))
		}
		if x.Depth() == 1 {
			return x.Errorf(evidence.Unreadable, "the root element is <%s>, not <pmd-cpd>", element)
		}
		return x.Skip()
	}, nil)
	return findingsOf(s, found, err)
}

func duplication(x *lex.XML, s *scan) error {
	lines, tokens := lex.LineNumber(x.Attr("lines")), lex.LineNumber(x.Attr("tokens"))
	r := evidence.Result{Rule: "duplication", Level: evidence.LevelWarning}
	also := ""
	err := x.Within(func(element string) error {
		if element == "file" {
			file, at := lex.URIPath(x.Attr("path")), lex.LineNumber(x.Attr("line"))
			switch {
			case r.Path == "":
				r.Path, r.Line = file, at
				r.EndLine = max(lex.LineNumber(x.Attr("endline")), at+lines-1)
			case len(also) < lex.MaxReasonBytes:
				also += ", again at " + file + ":" + strconv.Itoa(at)
			}
		}
		return x.Skip()
	})
	if err != nil && r.Path == "" {
		return err
	}
	r.Message = evidence.Plural(lines, "duplicated line") + " of " + evidence.Plural(tokens, "token") + also
	s.add(r, also)
	return err
}
