package redact

import (
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

const (
	// maxString is the length in bytes of a string in the record. It is Linux's
	// PATH_MAX, so that no path that git can check out is ever cut.
	maxString = 4096
	// maxScanned is the length from which the middle of a string is dropped
	// before it is looked at. What maxString leaves lies far from that cut, so
	// that half a token at its edges never comes out.
	maxScanned = 256 << 10
)

// Fragment replaces the secrets in every string of the fragment, makes the
// strings inert, and cuts those over 4,096 bytes in the middle. It appends one
// [evidence.Secret] for each kind that it replaced, sorted by kind. Fields
// tagged `redact:"keep"` are left alone while they look like the ids and digests
// that the tag is for, and go the way of all others when they do not. A secret
// that was found in one string is taken out of all: facts are cut out of texts,
// and what is cut out no longer says what it is.
func (r *Redactor) Fragment(f *evidence.Fragment) {
	w := walker{r: r, counts: map[string]int{}}
	w.change = w.text
	w.value(reflect.ValueOf(f).Elem(), false)
	if known := w.found.redactor(); known != nil {
		again := walker{r: known, counts: w.counts}
		again.change = again.forget
		again.value(reflect.ValueOf(f).Elem(), false)
	}
	for _, kind := range slices.Sorted(maps.Keys(w.counts)) {
		f.Secrets = append(f.Secrets, evidence.Secret{
			Origin: evidence.Origin{Basis: evidence.Observed, Source: "redact"},
			Kind:   kind,
			Count:  w.counts[kind],
		})
	}
}

// Value is [Redactor.Fragment] for what v points to, without an account of what
// was replaced: for what is printed and is no record.
func (r *Redactor) Value(v any) {
	w := walker{r: r, counts: map[string]int{}}
	w.change = w.text
	w.value(reflect.ValueOf(v).Elem(), false)
}

type walker struct {
	r      *Redactor
	counts map[string]int
	// What becomes of a string.
	change func(s string, keep bool) string
	// Secrets that were found anywhere, and in the fields of the structure at hand.
	found learned
	here  *learned
}

// value redacts what v holds, in place. v is settable wherever it is a string.
func (w *walker) value(v reflect.Value, keep bool) {
	switch v.Kind() {
	case reflect.String:
		if s := v.String(); s != "" && v.CanSet() {
			v.SetString(w.change(s, keep))
		}
	case reflect.Pointer:
		if !v.IsNil() {
			w.value(v.Elem(), keep)
		}
	case reflect.Slice, reflect.Array:
		if kind := v.Type().Elem().Kind(); reflect.Bool <= kind && kind <= reflect.Complex128 {
			return // no strings in it, and a file may have a million line hashes
		}
		for i := range v.Len() {
			w.value(v.Index(i), keep)
		}
	case reflect.Map:
		w.mapping(v, keep)
	case reflect.Struct:
		w.structure(v, keep)
	}
}

// structure redacts the fields of a structure, and takes what was found in one of
// its strings out of its other strings.
func (w *walker) structure(v reflect.Value, keep bool) {
	outer, here := w.here, learned{}
	w.here = &here
	t := v.Type()
	for i := range v.NumField() {
		if field := t.Field(i); field.IsExported() {
			w.value(v.Field(i), keep || field.Tag.Get("redact") == "keep")
		}
	}
	w.here = outer
	known := here.redactor()
	if known == nil {
		return
	}
	again := walker{r: known, counts: w.counts}
	for i := range v.NumField() {
		field := t.Field(i)
		if f := v.Field(i); field.IsExported() && f.Kind() == reflect.String {
			f.SetString(again.forget(f.String(), keep || field.Tag.Get("redact") == "keep"))
		}
	}
}

// mapping redacts the keys and values of a map. Keys that become equal are told
// apart by a number, in the order of the original keys.
func (w *walker) mapping(v reflect.Value, keep bool) {
	if v.IsNil() {
		return
	}
	fresh := reflect.MakeMapWithSize(v.Type(), v.Len())
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int {
		if a.String() < b.String() {
			return -1
		}
		return 1
	})
	for _, k := range keys {
		key, value := settable(k), settable(v.MapIndex(k))
		w.value(key, keep)
		w.value(value, keep)
		for n, base := 2, key.String(); key.Kind() == reflect.String && fresh.MapIndex(key).IsValid(); n++ {
			key.SetString(base + "~" + strconv.Itoa(n))
		}
		fresh.SetMapIndex(key, value)
	}
	v.Set(fresh)
}

// settable returns a copy of v that can be changed.
func settable(v reflect.Value) reflect.Value {
	c := reflect.New(v.Type()).Elem()
	c.Set(v)
	return c
}

// id is the shape of what `redact:"keep"` protects: an object name, or a digest
// with its algorithm.
var id = regexp.MustCompile(`^(?:[a-z][a-z0-9-]{0,15}:)?[0-9a-fA-F]{7,128}$`)

func (w *walker) text(s string, keep bool) string {
	if keep && id.MatchString(s) {
		return s
	}
	s = w.r.replaced(clean(evidence.ClipMiddle(s, maxScanned)), func(kind, secret string) string {
		w.counts[kind]++
		w.found.add(kind, secret, minTelling)
		if w.here != nil {
			w.here.add(kind, secret, minLearned)
		}
		return mark(kind)
	})
	return evidence.ClipMiddle(s, maxString)
}
