package evidence_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// A record that has forgotten is the one that its JSON gives back.
func TestForget(t *testing.T) {
	var r evidence.Record
	n := fill(reflect.ValueOf(&r).Elem())
	before, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	r.Forget()
	var stored evidence.Record
	if err := json.Unmarshal(before, &stored); err != nil {
		t.Fatal(err)
	}
	if n == 0 {
		t.Error("no field of the record is working memory: Forget has nothing to do")
	}
	if diff := cmp.Diff(stored, r, cmp.Comparer(func(a, b evidence.Ref) bool { return a == b })); diff != "" {
		t.Errorf("stored against remembered (-want +got):\n%s", diff)
	}
}

// fill gives each field a value, lists one element, and counts the fields that
// are not stored.
func fill(v reflect.Value) (unstored int) {
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		return fill(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		return fill(v.Index(0))
	case reflect.Map:
		key := reflect.New(v.Type().Key()).Elem()
		value := reflect.New(v.Type().Elem()).Elem()
		unstored = fill(key) + fill(value)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				unstored += fill(v.Field(i))
				if f.Tag.Get("json") == "-" {
					unstored++
				}
			}
		}
	case reflect.String:
		v.SetString("x")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64, reflect.Int32:
		v.SetInt(1)
	case reflect.Uint64, reflect.Uint32, reflect.Uint8:
		v.SetUint(1)
	case reflect.Float64:
		v.SetFloat(1)
	}
	return unstored
}
