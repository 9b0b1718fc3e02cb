package results

import (
	"bytes"
	"errors"
	"io"
	"math"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format/lex"
)

// jsonReader is a pull reader of JSON that forgives a member of another type
// than expected: it is skipped and leaves the zero value. Names may repeat,
// strings may hold invalid UTF-8. It never looks back, so that a file is read in
// one pass however large it is.
//
// The first error stays and makes all later calls return at once; callers ask
// for it once, at the end.
type jsonReader struct {
	dec *jsontext.Decoder
	in  *shortStrings
	err error
}

func newJSONReader(r io.Reader) *jsonReader {
	in := &shortStrings{r: lex.NewText(r)}
	return &jsonReader{in: in, dec: jsontext.NewDecoder(in,
		jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))}
}

// fail keeps the first error.
func (j *jsonReader) fail(err error) {
	if j.err == nil && err != nil {
		j.err = err
	}
}

// stopped reports whether an error has ended the reading.
func (j *jsonReader) stopped() bool { return j.err != nil }

// peek is the kind of the next value, 0 when there is none.
func (j *jsonReader) peek() jsontext.Kind {
	if j.err != nil {
		return 0
	}
	return j.dec.PeekKind()
}

// depth is the number of objects and arrays around the next value.
func (j *jsonReader) depth() int { return j.dec.StackDepth() }

// problem is what ended the reading, with its reason and place; nil at the end
// of a complete document.
func (j *jsonReader) problem() error {
	var known *evidence.Problem
	switch {
	case j.err == nil, errors.Is(j.err, errStop):
		return nil
	case errors.As(j.err, &known):
		return j.err
	case errors.Is(j.err, io.ErrUnexpectedEOF), errors.Is(j.err, io.EOF):
		return evidence.Errorf(evidence.Truncated, "byte %d: the document ends before its end", j.dec.InputOffset())
	}
	return evidence.Errorf(evidence.Unreadable, "byte %d: %w", j.dec.InputOffset(), bare(j.err))
}

// bare strips the wrapping of a syntax error, which repeats the offset.
func bare(err error) error {
	var syntactic *jsontext.SyntacticError
	if errors.As(err, &syntactic) && syntactic.Err != nil {
		return syntactic.Err
	}
	return err
}

// errStop ends a document early.
var errStop = errors.New("stop")

// more reports whether another document follows.
func (j *jsonReader) more() bool {
	if j.err != nil {
		return false
	}
	switch j.dec.PeekKind() {
	case 0:
		if _, err := j.dec.ReadToken(); !errors.Is(err, io.EOF) {
			j.fail(err)
		}
		return false
	default:
		return true
	}
}

// object reads an object, calling member for the value of each of its names.
// member must read the value. It reports whether there was an object.
func (j *jsonReader) object(member func(name string)) bool {
	if j.err != nil || j.dec.PeekKind() != '{' {
		j.skip()
		return false
	}
	j.token()
	for j.err == nil && j.dec.PeekKind() != '}' {
		name, err := j.dec.ReadValue()
		if err != nil {
			j.fail(err)
			return true
		}
		member(intern(name))
	}
	j.token()
	return true
}

// array reads an array, calling element for each of its values, which must read
// it. It reports whether there was an array.
func (j *jsonReader) array(element func()) bool {
	if j.err != nil || j.dec.PeekKind() != '[' {
		j.skip()
		return false
	}
	j.token()
	for j.err == nil && j.dec.PeekKind() != ']' {
		element()
	}
	j.token()
	return true
}

// token reads a token and forgets it.
func (j *jsonReader) token() {
	if j.err == nil {
		_, err := j.dec.ReadToken()
		j.fail(err)
	}
}

// skip reads a value and forgets it.
func (j *jsonReader) skip() {
	if j.err == nil {
		j.fail(j.dec.SkipValue())
	}
}

// text reads a string.
func (j *jsonReader) text() string {
	if j.err != nil || j.dec.PeekKind() != '"' {
		j.skip()
		return ""
	}
	tok, err := j.dec.ReadToken()
	if err != nil {
		j.fail(err)
		return ""
	}
	return tok.String()
}

// word reads a string of a small set without allocating one for the common
// case.
func (j *jsonReader) word() string {
	if j.err != nil || j.dec.PeekKind() != '"' {
		j.skip()
		return ""
	}
	value, err := j.dec.ReadValue()
	if err != nil {
		j.fail(err)
		return ""
	}
	return intern(value)
}

// scalar reads a string, number or boolean as text.
func (j *jsonReader) scalar() string {
	if j.err != nil {
		return ""
	}
	switch j.dec.PeekKind() {
	case '"', '0', 't', 'f':
		tok, err := j.dec.ReadToken()
		if err != nil {
			j.fail(err)
			return ""
		}
		return tok.String()
	}
	j.skip()
	return ""
}

// real reads a number; it is not ok when there is none.
func (j *jsonReader) real() (float64, bool) {
	if j.err != nil || j.dec.PeekKind() != '0' {
		j.skip()
		return 0, false
	}
	tok, err := j.dec.ReadToken()
	if err != nil {
		j.fail(err)
		return 0, false
	}
	f, err := tok.Float()
	return f, err == nil
}

// integer reads a whole number that is not negative; it is not ok when there is
// none.
func (j *jsonReader) integer() (int, bool) {
	f, ok := j.real()
	if !ok || f < 0 || f > math.MaxInt32 || f != math.Trunc(f) {
		return 0, false
	}
	return int(f), true
}

// truth reads a boolean; it is not ok when there is none.
func (j *jsonReader) truth() (value, ok bool) {
	if j.err != nil {
		return false, false
	}
	switch j.dec.PeekKind() {
	case 't', 'f':
		tok, err := j.dec.ReadToken()
		if err != nil {
			j.fail(err)
			return false, false
		}
		return tok.Bool(), true
	}
	j.skip()
	return false, false
}

// null skips a null and reports whether there was one.
func (j *jsonReader) null() bool {
	if j.err != nil || j.dec.PeekKind() != 'n' {
		return false
	}
	j.skip()
	return true
}

// intern decodes a JSON string. The names of members are few, and comparing
// them must not allocate.
func intern(quoted []byte) string {
	n := len(quoted)
	if n < 2 {
		return ""
	}
	if s, ok := words[string(quoted[1:n-1])]; ok {
		return s
	}
	if bytes.IndexByte(quoted, '\\') < 0 {
		return string(quoted[1 : n-1])
	}
	return string(unquoted(nil, quoted))
}

// maxJoined is the number of strings of an array that are kept: the lines of a
// message or the names of the suites around a test.
const maxJoined = 20

// joined reads an array of strings as one, of at most maxJoined of them.
func (j *jsonReader) joined(separator string) string {
	var parts []string
	j.array(func() {
		if part := j.text(); len(parts) < maxJoined {
			parts = append(parts, part)
		}
	})
	return strings.Join(parts, separator)
}
