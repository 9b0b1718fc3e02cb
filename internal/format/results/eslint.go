package results

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
	if startsWith(head, '[') {
		if hasKeys(head, "filePath", "messages") {
			return true
		}
		return len(bytes.Trim(head, "[] \t\r\n")) == 0 && strings.Contains(strings.ToLower(path), "eslint")
	}
	return startsWith(head, '{') && hasKeys(head, "results", "filePath", "messages")
}

// DecodeESLint reads the output of "eslint --format json", also that of the tools
// that write the same. A message without a rule is a file that could not be
// parsed, and an error.
func DecodeESLint(r io.Reader) (evidence.Fragment, error) {
	d := eslint{j: newJSONReader(r), scan: newScan("eslint", "ESLint", r)}
	found := false
	for d.j.more() {
		if d.j.peek() == '[' {
			found = d.j.array(d.file) || found
			continue
		}
		d.j.object(func(member string) {
			if member != "results" {
				d.j.skip()
				return
			}
			found = d.j.array(d.file) || found
		})
	}
	err := d.j.problem()
	if err == nil && !found {
		err = evidence.Errorf(evidence.Unreadable, "no list of files")
	}
	if d.files == 0 && err != nil {
		return evidence.Fragment{}, err
	}
	return evidence.Fragment{Scans: []evidence.Scan{d.scan.finish()}}, err
}

type eslint struct {
	j     *jsonReader
	scan  *scan
	files int
}

// file reads the messages of one file. The path may stand behind them.
func (d *eslint) file() {
	first, held := len(d.scan.Results), ""
	d.j.object(func(member string) {
		switch member {
		case "filePath":
			held = uriPath(d.j.text())
			d.files++
		case "messages":
			d.j.array(func() { d.message(held) })
		case "suppressedMessages":
			d.j.array(func() {
				d.j.skip()
				if !d.j.stopped() {
					d.scan.Counts.Total++
					d.scan.Counts.Suppressed++
				}
			})
		default:
			d.j.skip()
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
	ok := d.j.object(func(member string) {
		switch member {
		case "ruleId":
			r.Rule = d.j.text()
		case "severity":
			r.Level = eslintLevel(d.j.scalar())
		case "fatal":
			fatal, _ = d.j.truth()
		case "message":
			r.Message = d.j.text()
		case "line":
			r.Line, _ = d.j.integer()
		case "endLine":
			r.EndLine, _ = d.j.integer()
		default:
			d.j.skip()
		}
	})
	if !ok || d.j.stopped() {
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
