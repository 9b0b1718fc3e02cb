package results

import (
	"bytes"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/mergebrief/mergebrief/internal/format/lex"
)

// goEvent is a line of "go test -json" (go doc test2json). The values of strings
// are as they stand in the file, with quotes and escapes; most are never looked
// at.
type goEvent struct {
	action, pkg, test, output         []byte
	importPath, failedBuild           []byte
	elapsed                           []byte
	actionText, pkgText, testText     []byte
	scratchAction, scratchPkg, scTest []byte
}

// parse reads a line and reports whether it is an event. Lines of other shapes
// are what the tests or the go command wrote to the same stream.
func (e *goEvent) parse(line []byte) bool {
	line = bytes.TrimLeft(line, " \t")
	if len(line) < 2 || line[0] != '{' {
		return false
	}
	e.action, e.pkg, e.test, e.output, e.importPath, e.failedBuild, e.elapsed = nil, nil, nil, nil, nil, nil, nil
	if !e.scan(line[1:]) && !e.parseAny(line) {
		return false
	}
	if e.action == nil {
		return false
	}
	e.scratchAction = lex.Unquoted(e.scratchAction, e.action)
	e.scratchPkg = lex.Unquoted(e.scratchPkg, e.pkg)
	e.scTest = lex.Unquoted(e.scTest, e.test)
	e.actionText, e.pkgText, e.testText = e.scratchAction, e.scratchPkg, e.scTest
	return true
}

// scan reads a flat object of strings, numbers and literals, which is all that
// go test writes, without the cost of a general parser. b follows the brace.
func (e *goEvent) scan(b []byte) bool {
	for {
		b = bytes.TrimLeft(b, " \t")
		if len(b) < 2 || b[0] != '"' {
			return len(b) > 0 && b[0] == '}'
		}
		end := bytes.IndexByte(b[1:], '"') + 1
		if end == 0 {
			return false
		}
		key := b[1:end]
		b = bytes.TrimLeft(b[end+1:], " \t")
		if len(b) < 2 || b[0] != ':' {
			return false
		}
		b = bytes.TrimLeft(b[1:], " \t")
		n := flatValue(b)
		if n <= 0 || n >= len(b) {
			return false
		}
		e.set(key, b[:n])
		b = bytes.TrimLeft(b[n:], " \t")
		switch {
		case len(b) == 0:
			return false
		case b[0] == ',':
			b = b[1:]
		case b[0] == '}':
			return len(bytes.TrimSpace(b[1:])) == 0
		default:
			return false
		}
	}
}

// flatValue is the length of the string, number or literal at the start of b,
// -1 when there is something else.
func flatValue(b []byte) int {
	switch {
	case len(b) == 0, b[0] == '{', b[0] == '[':
		return -1
	case b[0] != '"':
		return bytes.IndexAny(b, ",} \t")
	}
	for i := 1; ; {
		end := bytes.IndexByte(b[i:], '"')
		if end < 0 {
			return -1
		}
		i += end
		slashes := 0
		for b[i-1-slashes] == '\\' {
			slashes++
		}
		i++
		if slashes%2 == 0 {
			return i
		}
	}
}

func (e *goEvent) set(key, value []byte) {
	var to *[]byte
	switch string(key) {
	case "Action":
		to = &e.action
	case "Package":
		to = &e.pkg
	case "Test":
		to = &e.test
	case "Output":
		to = &e.output
	case "ImportPath":
		to = &e.importPath
	case "FailedBuild":
		to = &e.failedBuild
	case "Elapsed":
		e.elapsed = value
		return
	default:
		return
	}
	if value[0] == '"' {
		*to = value
	}
}

// parseAny reads any JSON object.
func (e *goEvent) parseAny(line []byte) bool {
	var members map[string]jsontext.Value
	if err := json.Unmarshal(line, &members, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)); err != nil {
		return false
	}
	for _, key := range []string{"Action", "Package", "Test", "Output", "ImportPath", "FailedBuild", "Elapsed"} {
		if value := members[key]; len(value) > 0 {
			e.set([]byte(key), value)
		}
	}
	return true
}
