package findings

import (
	"bytes"
	"io"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format/lex"
)

// DetectESLint knows the output of ESLint's formatters json and
// json-with-metadata. A run without files is "[]", which only the name tells.
func DetectESLint(path string, head []byte) bool {
	head = lex.Text(head)
	if lex.StartsWith(head, '[') {
		if lex.HasKeys(head, "filePath", "messages") {
			return true
		}
		return len(bytes.Trim(head, "[] \t\r\n")) == 0 && strings.Contains(strings.ToLower(path), "eslint")
	}
	return lex.StartsWith(head, '{') && lex.HasKeys(head, "results", "filePath", "messages")
}

// DecodeESLint reads the output of "eslint --format json", also that of the tools
// that write the same. A message without a rule is a file that could not be
// parsed, and an error.
func DecodeESLint(r io.Reader) (evidence.Fragment, error) {
	d := eslint{j: lex.NewJSON(r), scan: newScan("eslint", "ESLint", r)}
	found := false
	for d.j.More() {
		if d.j.Peek() == '[' {
			found = d.j.Array(d.file) || found
			continue
		}
		d.j.Object(func(member string) {
			if member != "results" {
				d.j.Skip()
				return
			}
			found = d.j.Array(d.file) || found
		})
	}
	err := d.j.Problem()
	if err == nil && !found {
		err = evidence.Errorf(evidence.Unreadable, "no list of files")
	}
	if d.files == 0 && err != nil {
		return evidence.Fragment{}, err
	}
	return evidence.Fragment{Scans: []evidence.Scan{d.scan.finish()}}, err
}

type eslint struct {
	j     *lex.JSON
	scan  *scan
	files int
}

// file reads the messages of one file. The path may stand behind them.
func (d *eslint) file() {
	first, held := len(d.scan.Results), ""
	d.j.Object(func(member string) {
		switch member {
		case "filePath":
			held = lex.URIPath(d.j.Text())
			d.files++
		case "messages":
			d.j.Array(func() { d.message(held) })
		case "suppressedMessages":
			d.j.Array(func() {
				d.j.Skip()
				if !d.j.Stopped() {
					d.scan.Counts.Total++
					d.scan.Counts.Suppressed++
				}
			})
		default:
			d.j.Skip()
		}
	})
	for i := first; i < len(d.scan.Results); i++ {
		if r := &d.scan.Results[i]; r.Path == "" {
			r.Path = lex.Path(held)
		}
	}
}

func (d *eslint) message(file string) {
	r := evidence.Result{Path: file, Level: evidence.LevelWarning}
	fatal := false
	ok := d.j.Object(func(member string) {
		switch member {
		case "ruleId":
			r.Rule = d.j.Text()
		case "severity":
			r.Level = eslintLevel(d.j.Scalar())
		case "fatal":
			fatal, _ = d.j.Truth()
		case "message":
			r.Message = d.j.Text()
		case "line":
			r.Line, _ = d.j.Integer()
		case "endLine":
			r.EndLine, _ = d.j.Integer()
		default:
			d.j.Skip()
		}
	})
	if !ok || d.j.Stopped() {
		return
	}
	if fatal {
		r.Level = evidence.LevelError
	}
	d.scan.add(r, "")
}

func eslintLevel(severity string) evidence.Level {
	switch strings.ToLower(severity) {
	case "2", "error":
		return evidence.LevelError
	case "0", "off", "info":
		return evidence.LevelNote
	}
	return evidence.LevelWarning
}
