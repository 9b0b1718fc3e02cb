package agentlog

import (
	"bytes"
	"reflect"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// The types below read a member that should have a certain type and may have
// any: transcripts are written by many versions of many programs, and one
// member of another type must not cost the row. They consume exactly one value
// and leave the zero value when its type is another.

// text is a string.
type text string

// UnmarshalJSONFrom implements json.UnmarshalerFrom.
func (t *text) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	*t = ""
	if dec.PeekKind() != '"' {
		return dec.SkipValue()
	}
	tok, err := dec.ReadToken()
	if err == nil {
		*t = text(tok.String())
	}
	return err
}

// integer is a whole number; nil when absent or of another type.
type integer struct{ value *int64 }

// UnmarshalJSONFrom implements json.UnmarshalerFrom.
func (n *integer) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	n.value = nil
	if dec.PeekKind() != '0' {
		return dec.SkipValue()
	}
	tok, err := dec.ReadToken()
	if err != nil {
		return err
	}
	if v, err := tok.Int(); err == nil {
		n.value = &v
	}
	return nil
}

// amount is a token count: a whole number that is not negative and small enough
// that sums of two million of them do not overflow; else 0.
type amount int64

const maxAmount = 1 << 40

// UnmarshalJSONFrom implements json.UnmarshalerFrom.
func (n *amount) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	*n = 0
	if dec.PeekKind() != '0' {
		return dec.SkipValue()
	}
	tok, err := dec.ReadToken()
	if err != nil {
		return err
	}
	if v, err := tok.Int(); err == nil && v >= 0 && v <= maxAmount {
		*n = amount(v)
	}
	return nil
}

// decimal is a number; nil when absent or of another type.
type decimal struct{ value *float64 }

// UnmarshalJSONFrom implements json.UnmarshalerFrom.
func (d *decimal) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	d.value = nil
	if dec.PeekKind() != '0' {
		return dec.SkipValue()
	}
	tok, err := dec.ReadToken()
	if err != nil {
		return err
	}
	if v, err := tok.Float(); err == nil {
		d.value = &v
	}
	return nil
}

// flag is a boolean.
type flag bool

// UnmarshalJSONFrom implements json.UnmarshalerFrom.
func (f *flag) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	*f = false
	switch dec.PeekKind() {
	case 't':
		*f = true
	}
	return dec.SkipValue()
}

// stamp is a point in time in the form of RFC 3339.
type stamp struct{ time.Time }

// UnmarshalJSONFrom implements json.UnmarshalerFrom.
func (s *stamp) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	var t text
	s.Time = time.Time{}
	if err := t.UnmarshalJSONFrom(dec); err != nil {
		return err
	}
	if at, err := time.Parse(time.RFC3339, string(t)); err == nil && at.Year() > 1970 && at.Year() < 10000 {
		s.Time = at.UTC()
	}
	return nil
}

// span is where a value stands in the text that is being decoded. Most values
// that are large are never looked at: a span costs no copy.
type span struct{ from, to int }

// UnmarshalJSONFrom implements json.UnmarshalerFrom.
func (s *span) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	s.from = int(dec.InputOffset())
	err := dec.SkipValue()
	s.to = int(dec.InputOffset())
	return err
}

// of returns the value in text, which must be the whole input of the decoder;
// nothing when there was none.
func (s span) of(text []byte) jsontext.Value {
	if s.from >= s.to || s.to > len(text) {
		return nil
	}
	return bytes.TrimLeft(text[s.from:s.to], ":, \t\r\n")
}

// list is an array; of structures, the elements that are objects.
type list[T any] []T

// UnmarshalJSONFrom implements json.UnmarshalerFrom.
func (l *list[T]) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	*l = (*l)[:0]
	if dec.PeekKind() != '[' {
		return dec.SkipValue()
	}
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	plain := reflect.TypeFor[T]().Kind() == reflect.Struct
	if plain {
		_, lenient := any(new(T)).(json.UnmarshalerFrom)
		plain = !lenient
	}
	for dec.PeekKind() != ']' {
		if plain && dec.PeekKind() != '{' && dec.PeekKind() != 0 {
			if err := dec.SkipValue(); err != nil {
				return err
			}
			continue
		}
		var v T
		if err := json.UnmarshalDecode(dec, &v); err != nil {
			return err
		}
		*l = append(*l, v)
	}
	_, err := dec.ReadToken()
	return err
}

// object is a JSON object; ok tells whether there was one.
type object[T any] struct {
	v  T
	ok bool
}

// UnmarshalJSONFrom implements json.UnmarshalerFrom.
func (o *object[T]) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	*o = object[T]{}
	if dec.PeekKind() != '{' {
		return dec.SkipValue()
	}
	o.ok = true
	return json.UnmarshalDecode(dec, &o.v)
}

// int returns the number as an exit status; nil when it is none.
func (n integer) int() *int {
	if n.value == nil || *n.value < -1<<31 || *n.value > 1<<32 {
		return nil
	}
	v := int(*n.value)
	return &v
}

// millis returns a point in time given in milliseconds since 1970; the zero time
// for what is none.
func millis(ms *int64) time.Time {
	const tenThousand = 253402300800000 // the year 10000
	if ms == nil || *ms <= 0 || *ms >= tenThousand {
		return time.Time{}
	}
	return time.UnixMilli(*ms).UTC()
}

// unmarshalValue reads a value that was kept for later.
func unmarshalValue(v jsontext.Value, into any) error {
	return json.Unmarshal(v, into, rowOptions)
}

// localTime reads a time that may lack its zone, which is then taken as UTC.
func localTime(s string) time.Time {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05"} {
		if t, err := time.Parse(layout, s); err == nil && t.Year() > 1970 && t.Year() < 10000 {
			return t.UTC()
		}
	}
	return time.Time{}
}
