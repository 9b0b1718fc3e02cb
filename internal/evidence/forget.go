package evidence

import "reflect"

// Forget empties the fields of the record that are not stored (tag json:"-"):
// hashes of lines, answers to calls and whatever else sources need only to be
// joined. What is judged and shown afterwards is what the bundle holds, so that a
// bundle read from a file gives the same.
func (r *Record) Forget() { forget(reflect.ValueOf(r).Elem()) }

func forget(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			forget(v.Elem())
		}
	case reflect.Slice:
		if !holds(v.Type().Elem()) {
			return
		}
		for i := range v.Len() {
			forget(v.Index(i))
		}
	case reflect.Struct:
		if !holds(v.Type()) {
			return
		}
		for i := range v.NumField() {
			switch f := v.Type().Field(i); {
			case f.Tag.Get("json") == "-":
				v.Field(i).SetZero()
			case f.IsExported():
				forget(v.Field(i))
			}
		}
	}
}

// holds reports whether values of a type can have fields to forget. Types of
// other packages, such as times, have none.
func holds(t reflect.Type) bool {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	return t.Kind() == reflect.Struct && t.PkgPath() == reflect.TypeFor[Record]().PkgPath()
}
