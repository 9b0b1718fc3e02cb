package evidence

import (
	"reflect"
	"slices"
	"sync"
)

// Class says where a fact was read, and so who could have written it. An absent class
// is not known, and nothing follows from it.
type Class string

const (
	// FromService facts are answers of the code host or of the runner itself.
	FromService Class = "service"
	// FromBase facts are of commits that the change does not touch.
	FromBase Class = "base"
	// FromWorkspace facts are in files where the run works. Every step of the job, the
	// code of the change and its tests among them, writes there.
	FromWorkspace Class = "workspace"
	// FromArtifact facts are in artifacts of workflow runs, which jobs that run the
	// code of the change upload.
	FromArtifact Class = "artifact"
	// FromNote facts are in notes and other refs, which whoever may push writes.
	FromNote Class = "note"
	// FromChange facts are in what the change itself consists of: its commits and
	// their messages, its files, its description, and the comments below it.
	FromChange Class = "change"
)

// apart lists the pairs of classes that one person cannot both write. Who makes a
// change writes all but the answers of the service and the commits of the base: two
// files of one author are one source, wherever they lie.
var apart = [][2]Class{
	{FromService, FromWorkspace},
	{FromService, FromArtifact},
	{FromService, FromNote},
	{FromService, FromChange},
	{FromBase, FromWorkspace},
	{FromBase, FromArtifact},
	{FromBase, FromNote},
	{FromBase, FromChange},
}

// Apart reports whether no one person can write facts of both classes.
func (c Class) Apart(d Class) bool {
	return slices.Contains(apart, [2]Class{c, d}) || slices.Contains(apart, [2]Class{d, c})
}

// ConfirmedBy returns o as verified by a second source that says the same, which what
// names. It stays as it is unless it is reported by what this run read, the second
// source is certain, and no one person can write both. There is no other way for a fact to be verified.
func (o Origin) ConfirmedBy(by Origin, what string) Origin {
	if o.Basis == Reported && o.RecordedBy == "" && by.Basis.Certain() && o.Class.Apart(by.Class) {
		o.Basis, o.Confirmed = Verified, what
	}
	return o
}

// With returns the origin of a fact that is put together from two: it is no better
// known than the worse of them, and of no class that not both have.
func (o Origin) With(p Origin) Origin {
	if p.Basis.Weaker(o.Basis) {
		o.Basis, o.Confirmed = p.Basis, ""
	}
	if o.Class != p.Class {
		o.Class = ""
	}
	return o
}

// ReadFrom gives every origin of the fragment that has no class the one of the source
// that read it.
func (f *Fragment) ReadFrom(c Class) { readFrom(reflect.ValueOf(f).Elem(), c) }

func readFrom(v reflect.Value, c Class) {
	if !hasOrigin(v.Type()) {
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			readFrom(v.Elem(), c)
		}
	case reflect.Slice:
		for i := range v.Len() {
			readFrom(v.Index(i), c)
		}
	case reflect.Struct:
		if o, ok := reflect.TypeAssert[*Origin](v.Addr()); ok {
			if o.Class == "" {
				o.Class = c
			}
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				readFrom(v.Field(i), c)
			}
		}
	}
}

// Distrust leaves no grade of the fragment, wherever it stands, above reported: whoever
// wrote it could write any.
func (f *Fragment) Distrust() { distrust(reflect.ValueOf(f).Elem()) }

func distrust(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			distrust(v.Elem())
		}
	case reflect.Slice:
		if !holds(v.Type().Elem()) {
			return
		}
		for i := range v.Len() {
			distrust(v.Index(i))
		}
	case reflect.Struct:
		if !holds(v.Type()) {
			return
		}
		for i := range v.NumField() {
			if !v.Type().Field(i).IsExported() {
				continue
			}
			if b, ok := reflect.TypeAssert[*Basis](v.Field(i).Addr()); ok {
				*b = Weakest(*b, Reported)
				continue
			}
			distrust(v.Field(i))
		}
		if o, ok := reflect.TypeAssert[*Origin](v.Addr()); ok {
			o.Confirmed = ""
		}
	}
}

// origined remembers which types hold origins.
var origined sync.Map // reflect.Type → bool

func hasOrigin(t reflect.Type) bool {
	if known, ok := origined.Load(t); ok {
		return known.(bool)
	}
	has := t == reflect.TypeFor[Origin]()
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice:
		has = hasOrigin(t.Elem())
	case reflect.Struct:
		for f := range t.Fields() {
			has = has || f.IsExported() && hasOrigin(f.Type)
		}
	}
	origined.Store(t, has)
	return has
}
