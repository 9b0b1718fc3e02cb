package findings

import (
	"io"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format/lex"
)

// DetectSpotBugs knows SpotBugs by its root element.
func DetectSpotBugs(_ string, head []byte) bool { return lex.XMLRoot(head) == "BugCollection" }

// DecodeSpotBugs reads the XML of SpotBugs and FindBugs (bugcollection.xsd). The
// line of a bug is its own, else that of the method or field in it; that of
// a class is none. Errors of the analysis mean that it is not whole.
func DecodeSpotBugs(r io.Reader) (evidence.Fragment, error) {
	d := spotBugs{x: lex.NewXML(r), scan: newScan("spotbugs", "SpotBugs", r)}
	err := d.x.Document(d.start, nil)
	return findingsOf(d.scan, d.found, err)
}

type spotBugs struct {
	x     *lex.XML
	scan  *scan
	found bool
}

func (d *spotBugs) start(element string) error {
	x := d.x
	switch element {
	case "BugCollection":
		d.found = true
		if version := x.Attr("version"); version != "" {
			d.scan.Tool = lex.Name("SpotBugs " + version)
		}
		return nil
	case "BugInstance":
		return d.bug()
	case "Errors":
		failed, said := x.Attr("errors"), ""
		err := x.Within(func(string) error {
			text, err := x.Content(lex.MaxMessageBytes)
			if said == "" {
				said = text
			}
			return err
		})
		if n, ok := lex.Number(failed); ok && n > 0 {
			d.scan.didNotRun(lex.JoinMessages(evidence.Plural(n, "error")+" of the analysis", said))
		}
		return err
	}
	if x.Depth() == 1 {
		return x.Errorf(evidence.Unreadable, "the root element is <%s>, not <BugCollection>", element)
	}
	return x.Skip()
}

func (d *spotBugs) bug() error {
	x := d.x
	r := evidence.Result{Rule: x.Attr("type"), Level: spotBugsPriorities.of(x.Attr("priority")).level}
	dead := x.Has("last") && x.Attr("last") != "-1"
	depth, best := x.Depth(), 0
	err := x.Within(func(element string) (err error) {
		switch element {
		case "LongMessage":
			r.Message, err = x.Content(lex.MaxCapture)
			return err
		case "ShortMessage":
			said, err := x.Content(lex.MaxCapture)
			if r.Message == "" {
				r.Message = said
			}
			return err
		case "SourceLine":
			rank := 1
			if x.Depth() == depth+1 {
				rank = 3
			}
			d.place(&r, rank, &best)
		case "Method", "Field", "LocalVariable", "Type":
			// What is inside may have a line; classes have that of their whole.
			return x.Within(func(element string) error {
				if element == "SourceLine" {
					d.place(&r, 2, &best)
				}
				return nil
			})
		}
		return nil
	})
	if err != nil && r.Message == "" || dead {
		return err
	}
	if r.Message == "" {
		r.Message = r.Rule
	}
	d.scan.add(r, "")
	return err
}

// place takes the source line at hand if it says more than the one before: 3 for
// a line of the bug, 2 for that of a member, 1 for that of a class.
func (d *spotBugs) place(r *evidence.Result, rank int, best *int) {
	x := d.x
	if rank <= *best {
		return
	}
	file := x.Attr("sourcepath")
	if file == "" {
		file = x.Attr("sourcefile")
	}
	if file == "" {
		return
	}
	*best, r.Path, r.Line, r.EndLine = rank, lex.Slashes(file), 0, 0
	if rank > 1 {
		r.Line, r.EndLine = lex.LineNumber(x.Attr("start")), lex.LineNumber(x.Attr("end"))
	}
}
