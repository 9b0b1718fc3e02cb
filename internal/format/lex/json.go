package lex

import (
	"bytes"
	"errors"
	"io"
	"math"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// JSON is a pull reader of JSON that forgives a member of another type
// than expected: it is skipped and leaves the zero value. Names may repeat,
// strings may hold invalid UTF-8. It never looks back, so that a file is read in
// one pass however large it is.
//
// The first error stays and makes all later calls return at once; callers ask
// for it once, at the end.
type JSON struct {
	dec *jsontext.Decoder
	in  *shortStrings
	err error
}

// NewJSON returns a reader of a document, or of several in a row.
func NewJSON(r io.Reader) *JSON {
	in := &shortStrings{r: newText(r)}
	return &JSON{in: in, dec: jsontext.NewDecoder(in,
		jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))}
}

// fail keeps the first error.
func (j *JSON) fail(err error) {
	if j.err == nil && err != nil {
		j.err = err
	}
}

// Stopped reports whether an error has ended the reading.
func (j *JSON) Stopped() bool { return j.err != nil }

// Peek is the kind of the next value, 0 when there is none.
func (j *JSON) Peek() jsontext.Kind {
	if j.err != nil {
		return 0
	}
	return j.dec.PeekKind()
}

// depth is the number of objects and arrays around the next value.
func (j *JSON) depth() int { return j.dec.StackDepth() }

// Problem is what ended the reading, with its reason and place; nil at the end
// of a complete document.
func (j *JSON) Problem() error {
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

// More reports whether another document follows.
func (j *JSON) More() bool {
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

// Object reads an object, calling member for the value of each of its names.
// member must read the value. It reports whether there was an object.
func (j *JSON) Object(member func(name string)) bool {
	if j.err != nil || j.dec.PeekKind() != '{' {
		j.Skip()
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

// Array reads an array, calling element for each of its values, which must read
// it. It reports whether there was an array.
func (j *JSON) Array(element func()) bool {
	if j.err != nil || j.dec.PeekKind() != '[' {
		j.Skip()
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
func (j *JSON) token() {
	if j.err == nil {
		_, err := j.dec.ReadToken()
		j.fail(err)
	}
}

// Skip reads a value and forgets it.
func (j *JSON) Skip() {
	if j.err == nil {
		j.fail(j.dec.SkipValue())
	}
}

// Text reads a string.
func (j *JSON) Text() string {
	if j.err != nil || j.dec.PeekKind() != '"' {
		j.Skip()
		return ""
	}
	tok, err := j.dec.ReadToken()
	if err != nil {
		j.fail(err)
		return ""
	}
	return tok.String()
}

// Word reads a string of a small set without allocating one for the common
// case.
func (j *JSON) Word() string {
	if j.err != nil || j.dec.PeekKind() != '"' {
		j.Skip()
		return ""
	}
	value, err := j.dec.ReadValue()
	if err != nil {
		j.fail(err)
		return ""
	}
	return intern(value)
}

// Scalar reads a string, number or boolean as text.
func (j *JSON) Scalar() string {
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
	j.Skip()
	return ""
}

// Real reads a number; it is not ok when there is none.
func (j *JSON) Real() (float64, bool) {
	if j.err != nil || j.dec.PeekKind() != '0' {
		j.Skip()
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

// Integer reads a whole number that is not negative; it is not ok when there is
// none.
func (j *JSON) Integer() (int, bool) {
	f, ok := j.Real()
	if !ok || f < 0 || f > math.MaxInt32 || f != math.Trunc(f) {
		return 0, false
	}
	return int(f), true
}

// Truth reads a boolean; it is not ok when there is none.
func (j *JSON) Truth() (value, ok bool) {
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
	j.Skip()
	return false, false
}

// Null skips a null and reports whether there was one.
func (j *JSON) Null() bool {
	if j.err != nil || j.dec.PeekKind() != 'n' {
		return false
	}
	j.Skip()
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
	return string(Unquoted(nil, quoted))
}

// maxJoined is the number of strings of an array that are kept: the lines of a
// message or the names of the suites around a test.
const maxJoined = 20

// Joined reads an array of strings as one, of at most maxJoined of them.
func (j *JSON) Joined(separator string) string {
	var parts []string
	j.Array(func() {
		if part := j.Text(); len(parts) < maxJoined {
			parts = append(parts, part)
		}
	})
	return strings.Join(parts, separator)
}

// Members reads an object: what a name has in the table, and skips the others.
func (j *JSON) Members(read map[string]func()) bool {
	return j.Object(func(member string) {
		if f := read[member]; f != nil {
			f()
			return
		}
		j.Skip()
	})
}
