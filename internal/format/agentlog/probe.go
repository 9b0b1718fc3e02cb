package agentlog

import (
	"bytes"
	"slices"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

const (
	// maxProbed is the number of values that vote on the format of a file. The
	// first rows of a transcript are often bookkeeping.
	maxProbed = 50
	// maxProbeKeys bounds the members looked at in one value.
	maxProbeKeys = 200
)

// probe is the outline of one value: its members and those of its objects, by
// path, with the text of those that are strings.
type probe map[string]string

// is reports whether the member is a string equal to one of want.
func (p probe) is(key string, want ...string) bool {
	v, ok := p[key]
	return ok && slices.Contains(want, v)
}

// all reports whether every member is there.
func (p probe) all(keys ...string) bool {
	for _, k := range keys {
		if _, ok := p[k]; !ok {
			return false
		}
	}
	return true
}

// any reports whether one of the members is there.
func (p probe) any(keys ...string) bool {
	for _, k := range keys {
		if _, ok := p[k]; ok {
			return true
		}
	}
	return false
}

// sample is the outline of the start of a file.
type sample struct {
	probes []probe
	// array: the values are elements of one array.
	array bool
}

// sampleOf outlines the first values of head, which may be cut anywhere.
func sampleOf(head []byte) sample {
	head = bytes.TrimPrefix(head, []byte("\uFEFF"))
	trimmed := bytes.TrimLeft(head, " \t\r\n")
	var s sample
	switch {
	case len(trimmed) == 0:
	case opensArray(trimmed):
		s.array = true
		s.stream(trimmed)
	case trimmed[0] == '{' && spreadOut(trimmed):
		s.stream(trimmed)
	default:
		for line := range bytes.Lines(trimmed) {
			if len(s.probes) >= maxProbed {
				break
			}
			if line = bytes.TrimSpace(line); len(line) > 0 && line[0] == '{' && !deep(line) {
				s.stream(line)
			}
		}
	}
	return s
}

// opensArray reports whether text begins with an array of objects. A line of another
// program, such as "[entrypoint] started", begins with a bracket, too.
func opensArray(text []byte) bool {
	rest, ok := bytes.CutPrefix(text, []byte("["))
	rest = bytes.TrimLeft(rest, " \t\r\n")
	return ok && (len(rest) == 0 || rest[0] == '{' || rest[0] == ']')
}

// spreadOut reports whether the first line is nothing but an opening brace.
func spreadOut(head []byte) bool {
	line, _, cut := bytes.Cut(head, []byte("\n"))
	return cut && string(bytes.TrimSpace(line)) == "{"
}

// stream outlines values until text ends or is no JSON.
func (s *sample) stream(text []byte) {
	dec := jsontext.NewDecoder(bytes.NewBuffer(text), rowOptions)
	if s.array {
		if _, err := dec.ReadToken(); err != nil {
			return
		}
	}
	for len(s.probes) < maxProbed && dec.PeekKind() == '{' {
		p := probe{}
		err := p.object(dec, "", 2)
		s.probes = append(s.probes, p)
		if err != nil {
			return
		}
	}
}

// object outlines an object up to a depth.
func (p probe) object(dec *jsontext.Decoder, prefix string, depth int) error {
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	for dec.PeekKind() == '"' {
		tok, err := dec.ReadToken()
		if err != nil {
			return err
		}
		if err := p.member(dec, prefix+tok.String(), depth); err != nil {
			return err
		}
	}
	_, err := dec.ReadToken()
	return err
}

func (p probe) member(dec *jsontext.Decoder, key string, depth int) error {
	room := len(p) < maxProbeKeys
	if room {
		p[key] = ""
	}
	switch kind := dec.PeekKind(); {
	case kind == '{' && depth > 1 && room:
		return p.object(dec, key+".", depth-1)
	case kind == '"' && room:
		tok, err := dec.ReadToken()
		if err == nil {
			p[key] = evidence.ClipValid(tok.String(), maxNameBytes)
		}
		return err
	case kind == '[' && room:
		v, err := dec.ReadValue()
		if err == nil && len(bytes.Trim(v, "[] \t\r\n")) > 0 {
			p[key] = "[…]"
		}
		return err
	}
	return dec.SkipValue()
}
