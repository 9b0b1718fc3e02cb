package results

import (
	"io"
	"strconv"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format/lex"
)

// DetectPMD knows PMD by its root element.
func DetectPMD(_ string, head []byte) bool { return xmlRoot(head) == "pmd" }

// DecodePMD reads the XML of PMD (report_2_0_0.xsd). Files that could not be
// looked at mean that the scan is not whole.
func DecodePMD(r io.Reader) (evidence.Fragment, error) {
	x, s := newXMLReader(r), newScan("pmd", "PMD", r)
	found, file := false, ""
	err := x.document(func(element string) error {
		switch element {
		case "pmd":
			found = true
			s.Tool = lex.Name("PMD " + x.attr("version"))
		case "file":
			file = uriPath(x.attr("name"))
		case "violation":
			r := evidence.Result{
				Rule: x.attr("rule"), Level: pmdPriorities.of(x.attr("priority")).level, Path: file,
				Line: lex.LineNumber(x.attr("beginline")), EndLine: lex.LineNumber(x.attr("endline")),
			}
			text, err := x.content(lex.MaxCapture)
			r.Message = text
			s.add(r, "")
			return err
		case "suppressedviolation":
			s.suppressed()
			return x.skip()
		case "error", "configerror":
			s.didNotRun(uriPath(x.attr("filename")) + x.attr("rule") + ": " + x.attr("msg"))
			return x.skip()
		default:
			if x.depth() == 1 {
				return x.errorf(evidence.Unreadable, "the root element is <%s>, not <pmd>", element)
			}
			return x.skip()
		}
		return nil
	}, nil)
	return findingsOf(s, found, err)
}

// DetectCPD knows PMD's copy and paste detector by its root element.
func DetectCPD(_ string, head []byte) bool { return xmlRoot(head) == "pmd-cpd" }

// DecodeCPD reads the XML of PMD's copy and paste detector. A duplication is one
// result, at the first of its places.
func DecodeCPD(r io.Reader) (evidence.Fragment, error) {
	x, s, found := newXMLReader(r), newScan("cpd", "CPD", r), false
	err := x.document(func(element string) error {
		switch element {
		case "pmd-cpd":
			found = true
			return nil
		case "duplication":
			return duplication(x, s)
		case "error":
			s.didNotRun(uriPath(x.attr("filename")) + ": " + x.attr("msg"))
		}
		if x.depth() == 1 {
			return x.errorf(evidence.Unreadable, "the root element is <%s>, not <pmd-cpd>", element)
		}
		return x.skip()
	}, nil)
	return findingsOf(s, found, err)
}

func duplication(x *xmlReader, s *scan) error {
	lines, tokens := lex.LineNumber(x.attr("lines")), lex.LineNumber(x.attr("tokens"))
	r := evidence.Result{Rule: "duplication", Level: evidence.LevelWarning}
	also := ""
	err := x.within(func(element string) error {
		if element == "file" {
			file, at := uriPath(x.attr("path")), lex.LineNumber(x.attr("line"))
			switch {
			case r.Path == "":
				r.Path, r.Line = file, at
				r.EndLine = max(lex.LineNumber(x.attr("endline")), at+lines-1)
			case len(also) < lex.MaxReasonBytes:
				also += ", again at " + file + ":" + strconv.Itoa(at)
			}
		}
		return x.skip()
	})
	if err != nil && r.Path == "" {
		return err
	}
	r.Message = evidence.Plural(lines, "duplicated line") + " of " + evidence.Plural(tokens, "token") + also
	s.add(r, also)
	return err
}
