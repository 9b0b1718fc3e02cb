package specimen

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"sync"

	strict "github.com/go-json-experiment/json"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// decode reads JSON into v and complains of members that v does not have, also of
// those in other case and of those that stand there twice.
func decode(data []byte, v any) error {
	return strict.Unmarshal(data, v, strict.RejectUnknownMembers(true))
}

// fragment reads what git or the code host says. What stands in each such file and
// would say the same every time may be left out: the origin of a fact, and the
// lines of a file, which then are its first ones and written by the head.
func fragment(name string, data []byte, head string) (evidence.Fragment, error) {
	var f evidence.Fragment
	if err := decode(data, &f); err != nil {
		return f, err
	}
	source, _, _ := strings.Cut(name, ".")
	if source == "git" {
		source = "change" // as a real run calls it
	}
	stamp(reflect.ValueOf(&f).Elem(), evidence.Origin{Basis: evidence.Observed, Source: source})
	if name == GitHubFile && f.Whole == nil {
		f.Whole = evidence.GatedLists()
	}
	for i := range f.Files {
		x := &f.Files[i]
		if x.Added == 0 || x.Spans != nil {
			continue
		}
		all := evidence.LineRange{First: 1, Last: x.Added}
		x.Spans = []evidence.LineRange{all}
		x.Origins = []evidence.LineOrigin{{LineRange: all, Commit: head, Line: 1}}
	}
	return f, nil
}

// stamp gives every fact without an origin the origin o.
func stamp(v reflect.Value, o evidence.Origin) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			stamp(v.Elem(), o)
		}
	case reflect.Slice:
		for i := range v.Len() {
			stamp(v.Index(i), o)
		}
	case reflect.Struct:
		if have, ok := reflect.TypeAssert[*evidence.Origin](v.Addr()); ok && have.Basis == "" {
			*have = o
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				stamp(v.Field(i), o)
			}
		}
	}
}

// mergePatch applies a JSON merge patch (RFC 7396).
func mergePatch(target, patch []byte) ([]byte, error) {
	var to, by any
	if err := strict.Unmarshal(target, &to); err != nil {
		return nil, err
	}
	if err := strict.Unmarshal(patch, &by); err != nil {
		return nil, err
	}
	return strict.Marshal(merged(to, by), strict.Deterministic(true))
}

func merged(to, by any) any {
	patch, ok := by.(map[string]any)
	if !ok {
		return by
	}
	object, ok := to.(map[string]any)
	if !ok {
		object = map[string]any{}
	}
	for name, value := range patch {
		if value == nil {
			delete(object, name)
			continue
		}
		object[name] = merged(object[name], value)
	}
	return object
}

// recordSchema is the part of the published schema that describes a record.
var recordSchema = sync.OnceValues(func() (*jsonschema.Schema, error) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(evidence.Schema))
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource(evidence.SchemaURI, doc); err != nil {
		return nil, err
	}
	return c.Compile(evidence.SchemaURI + "#/$defs/Record")
})

// checkSchema complains of words in the record that the schema does not list.
func checkSchema(rec *evidence.Record) error {
	schema, err := recordSchema()
	if err != nil {
		return err
	}
	data, err := json.Marshal(rec)
	if err != nil {
		return err
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		return err
	}
	return schema.Validate(doc)
}
