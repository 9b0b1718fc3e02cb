package cli

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// schemaSource is what the Go declarations say beyond their types: comments,
// and the constants of the string types.
type schemaSource struct {
	types  map[string]string            // comment of a type
	fields map[string]map[string]string // comment of a field of a struct type
	enums  map[string][]string          // values of a string type
}

func readSchemaSource(t *testing.T, dir string) schemaSource {
	t.Helper()
	src := schemaSource{types: map[string]string{}, fields: map[string]map[string]string{}, enums: map[string][]string{}}
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: no Go files (%v)", dir, err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range f.Decls {
			if gen, ok := decl.(*ast.GenDecl); ok {
				src.declaration(gen)
			}
		}
	}
	return src
}

func (src schemaSource) declaration(gen *ast.GenDecl) {
	for _, spec := range gen.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			comment := spec.Doc.Text()
			if comment == "" {
				comment = gen.Doc.Text()
			}
			src.types[spec.Name.Name] = oneLine(comment)
			if st, ok := spec.Type.(*ast.StructType); ok {
				src.fields[spec.Name.Name] = fieldComments(st)
			}
		case *ast.ValueSpec:
			src.constants(gen, spec)
		}
	}
}

func (src schemaSource) constants(gen *ast.GenDecl, spec *ast.ValueSpec) {
	name, ok := spec.Type.(*ast.Ident)
	if gen.Tok != token.CONST || !ok {
		return
	}
	for _, v := range spec.Values {
		if lit, ok := v.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			s, _ := strconv.Unquote(lit.Value) // parsed as a literal already
			src.enums[name.Name] = append(src.enums[name.Name], s)
		}
	}
}

func fieldComments(st *ast.StructType) map[string]string {
	comments := map[string]string{}
	for _, f := range st.Fields.List {
		for _, name := range f.Names {
			comments[name.Name] = oneLine(f.Doc.Text())
		}
	}
	return comments
}

func oneLine(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	return strings.NewReplacer("[", "", "]", "").Replace(s)
}

// property keeps the order of the declaration, which a map would lose.
type property struct {
	name   string
	schema any
}

type object []property

func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, p := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		name, _ := json.Marshal(p.name) // a string always marshals
		b.Write(name)
		b.WriteByte(':')
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(p.schema); err != nil {
			return nil, err
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

type schemaWriter struct {
	src  schemaSource
	defs object
	done map[string]bool
}

// bundleSchema returns the JSON schema of a bundle, made from the declarations.
func bundleSchema(t *testing.T, src schemaSource) []byte {
	t.Helper()
	w := &schemaWriter{src: src, done: map[string]bool{}}
	root := object{
		{"$schema", "https://json-schema.org/draft/2020-12/schema"},
		{"$id", evidence.SchemaURI},
		{"title", "mergebrief evidence bundle"},
	}
	root = append(root, w.structure(reflect.TypeFor[evidence.Bundle]())...)
	root = append(root, property{"$defs", &w.defs})
	for i := range root { // the version is the one thing a reader must check
		if root[i].name == "properties" {
			props := root[i].schema.(object)
			props[0].schema = object{{"const", evidence.SchemaURI}, {"description", src.fields["Bundle"]["Schema"]}}
		}
	}
	raw, err := json.Marshal(root)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := json.Indent(&out, raw, "", "  "); err != nil {
		t.Fatal(err)
	}
	out.WriteByte('\n')
	return out.Bytes()
}

func (w *schemaWriter) structure(t reflect.Type) object {
	props, required := w.properties(t)
	out := object{{"type", "object"}, {"properties", props}}
	if len(required) > 0 {
		out = append(out, property{"required", required})
	}
	if c := w.src.types[t.Name()]; c != "" {
		out = append(object{{"description", c}}, out...)
	}
	return out
}

func (w *schemaWriter) properties(t reflect.Type) (object, []string) {
	props, required := object{}, []string(nil)
	for f := range t.Fields() {
		tag, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if tag == "-" || !f.IsExported() {
			continue
		}
		if f.Anonymous && tag == "" {
			p, r := w.properties(f.Type)
			props, required = append(props, p...), append(required, r...)
			continue
		}
		value := w.value(f.Type)
		if c := w.src.fields[t.Name()][f.Name]; c != "" {
			value = append(object{{"description", c}}, value...)
		}
		props = append(props, property{tag, value})
		if options == "" {
			required = append(required, tag)
		}
	}
	return props, required
}

func (w *schemaWriter) value(t reflect.Type) object {
	switch {
	case t == reflect.TypeFor[time.Time]():
		return object{{"type", "string"}, {"format", "date-time"}}
	case t == reflect.TypeFor[evidence.Ref]():
		return object{{"type", "string"}, {"format", "json-pointer"}}
	case t.Kind() == reflect.Pointer:
		return w.value(t.Elem())
	case t.Kind() == reflect.Slice:
		return object{{"type", "array"}, {"items", w.value(t.Elem())}}
	case t.Kind() == reflect.Map:
		return object{{"type", "object"}, {"additionalProperties", w.value(t.Elem())}}
	case t.Kind() == reflect.Struct:
		return w.reference(t, func() object { return w.structure(t) })
	case t.Kind() == reflect.String && t.PkgPath() != "":
		return w.reference(t, func() object { return w.enumeration(t) })
	}
	names := map[reflect.Kind]string{
		reflect.String: "string", reflect.Bool: "boolean", reflect.Int: "integer",
		reflect.Int64: "integer", reflect.Float64: "number",
	}
	if names[t.Kind()] == "" {
		panic("no JSON schema for " + t.String())
	}
	return object{{"type", names[t.Kind()]}}
}

func (w *schemaWriter) enumeration(t reflect.Type) object {
	out := object{{"type", "string"}}
	if c := w.src.types[t.Name()]; c != "" {
		out = append(object{{"description", c}}, out...)
	}
	values := w.src.enums[t.Name()]
	switch {
	case len(values) == 0:
	case strings.Contains(strings.ToLower(w.src.types[t.Name()]), "others are possible"): // another's vocabulary
		out = append(out, property{"examples", values})
	default:
		out = append(out, property{"enum", values})
	}
	return out
}

func (w *schemaWriter) reference(t reflect.Type, make func() object) object {
	if !w.done[t.Name()] {
		w.done[t.Name()] = true
		at := len(w.defs)
		w.defs = append(w.defs, property{t.Name(), nil})
		w.defs[at].schema = make()
	}
	return object{{"$ref", "#/$defs/" + t.Name()}}
}
