package ghtest

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
	gqlrules "github.com/vektah/gqlparser/v2/validator/rules"

	"github.com/mergebrief/mergebrief/internal/ghapi"
)

// Environment variables that name GitHub's own descriptions.
const (
	CorpusVariable = "MERGEBRIEF_CORPUS"
	SchemaVariable = "MERGEBRIEF_GRAPHQL_SCHEMA"
)

// descriptionFile is GitHub's OpenAPI description, cut to what is in use, inside
// the corpus.
const descriptionFile = "github/subset.json.gz"

// laterSchema is what GitHub's schema has since the published one was made
// (docs.github.com, "Managing issue types in an organization").
const laterSchema = `
type IssueType { name: String! }
extend type Issue { issueType: IssueType }
`

// rules are GitHub's own descriptions, as far as they are at hand. They take a
// quarter of a second to read and are the same for all servers.
type rules struct {
	router routers.Router
	schema *ast.Schema
}

var (
	readRouter = sync.OnceValues(newRouter)
	readSchema = sync.OnceValues(Schema)
	sayOnce    sync.Once
)

func loadRules(t T) *rules {
	t.Helper()
	router, err := readRouter()
	if err != nil {
		t.Fatalf("ghtest: %s: %v", CorpusVariable, err)
	}
	schema, err := readSchema()
	if err != nil {
		t.Fatalf("ghtest: %s: %v", SchemaVariable, err)
	}
	for name, there := range map[string]bool{CorpusVariable: router != nil, SchemaVariable: schema != nil} {
		if !there {
			sayOnce.Do(func() { t.Logf("ghtest: %s is not set: traffic is not held against GitHub's own description", name) })
		}
	}
	return &rules{router, schema}
}

// newRouter reads the OpenAPI description; nil when there is none to read.
func newRouter() (routers.Router, error) {
	corpus := os.Getenv(CorpusVariable) //nolint:forbidigo // for tests only, which are told by the environment
	if corpus == "" {
		return nil, nil
	}
	f, err := os.Open(filepath.Join(corpus, filepath.FromSlash(descriptionFile)))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(z)
	if err != nil {
		return nil, err
	}
	doc, err := openapi3.NewLoader().LoadFromData(data)
	if err != nil {
		return nil, err
	}
	// The server's own address is an accident of the test. The document is not
	// validated as such: GitHub's has paths that conflict by the letter.
	doc.Servers = openapi3.Servers{{URL: "/"}}
	return gorillamux.NewRouter(doc)
}

// Schema reads GitHub's GraphQL schema from the file that MERGEBRIEF_GRAPHQL_SCHEMA
// names; nil when there is none. The published one defines a field of one type
// twice, which no reader accepts; the repetition is dropped. It has no types of
// issues either, which github.com answers: they are added.
func Schema() (*ast.Schema, error) {
	path := os.Getenv(SchemaVariable) //nolint:forbidigo // for tests only, which are told by the environment
	if path == "" {
		return nil, nil
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	doc, err := parser.ParseSchemas(validator.Prelude, &ast.Source{Name: "schema.graphql", Input: string(data)})
	if err != nil {
		return nil, err
	}
	for _, d := range doc.Definitions {
		seen := map[string]bool{}
		d.Fields = slices.DeleteFunc(d.Fields, func(f *ast.FieldDefinition) bool {
			again := seen[f.Name]
			seen[f.Name] = true
			return again
		})
	}
	later, err := parser.ParseSchema(&ast.Source{Name: "later.graphql", Input: laterSchema})
	if err != nil {
		return nil, err
	}
	if doc.Definitions.ForName("IssueType") == nil {
		doc.Merge(later)
	}
	return validator.ValidateSchemaDocument(doc)
}

// input prepares a request for validation.
func (ru *rules) input(r *http.Request, body []byte) (*openapi3filter.RequestValidationInput, error) {
	req := r.Clone(r.Context())
	req.Body = io.NopCloser(bytes.NewReader(body))
	req.URL = &url.URL{Path: r.URL.Path, RawPath: r.URL.RawPath, RawQuery: r.URL.RawQuery}
	found, params, err := ru.router.FindRoute(req)
	if err != nil {
		return nil, err
	}
	return &openapi3filter.RequestValidationInput{
		Request: req, PathParams: params, Route: found,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, MultiError: true},
	}, nil
}

// undescribed reports whether a request is beyond the OpenAPI description:
// GraphQL, and paths of files, whose slashes its router does not take for part
// of a parameter.
func undescribed(r *http.Request) bool {
	return r.URL.Path == "/graphql" || r.PathValue("path") != ""
}

func (ru *rules) request(t T, r *http.Request, body []byte) {
	if ru.router == nil || undescribed(r) {
		return
	}
	in, err := ru.input(r, body)
	if err == nil {
		err = openapi3filter.ValidateRequest(r.Context(), in)
	}
	if err != nil {
		t.Errorf("ghtest: GitHub would not take %s %s: %s", r.Method, r.URL, short(err))
	}
}

func (ru *rules) answer(t T, r *http.Request, a answer) {
	if ru.router == nil || undescribed(r) || a.status >= 300 {
		return
	}
	if _, isRaw := a.body.(raw); isRaw {
		return
	}
	in, err := ru.input(r, nil)
	if err != nil {
		return // reported with the request
	}
	data, err := json.Marshal(a.body)
	if err != nil {
		t.Errorf("ghtest: %v", err)
		return
	}
	out := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: in, Status: a.status, Header: http.Header{"Content-Type": {"application/json; charset=utf-8"}}, Options: in.Options,
	}
	if err := openapi3filter.ValidateResponse(r.Context(), out.SetBodyBytes(data)); err != nil {
		t.Errorf("ghtest: GitHub would not answer %s %s like this: %s", r.Method, r.URL, short(err))
	}
}

func short(err error) string {
	const maxBytes = 1200
	text := err.Error()
	return text[:min(len(text), maxBytes)]
}

// document holds a query against the schema, and returns it with the types of
// its fields.
func (ru *rules) document(vars map[string]any, doc *ast.QueryDocument) (*ast.QueryDocument, error) {
	if ru.schema == nil {
		return doc, nil
	}
	if errs := validator.ValidateWithRules(ru.schema, doc, gqlrules.NewDefaultRules()); len(errs) > 0 {
		return doc, errs
	}
	if _, err := validator.VariableValues(ru.schema, doc.Operations[0], vars); err != nil {
		return doc, err
	}
	return doc, nil
}

// conforms holds a value without fields of its own against its type.
func conforms(t *ast.Type, v any) error {
	if v == nil {
		if t.NonNull {
			return fmt.Errorf("%s may not be null", t)
		}
		return nil
	}
	if list, ok := v.([]string); ok && t.Elem != nil {
		for _, item := range list {
			if err := conforms(t.Elem, item); err != nil {
				return err
			}
		}
		return nil
	}
	kinds := map[string]string{"Int": "int int64", "Boolean": "bool", "String": "string", "ID": "string", "BigInt": "string", "URI": "string"}
	if want, known := kinds[t.Name()]; known && !slices.Contains(strings.Fields(want), fmt.Sprintf("%T", v)) {
		return fmt.Errorf("%v (%T) is no %s", v, v, t)
	}
	return nil
}

// Config returns how to reach the server.
func (s *Server) Config() ghapi.Config {
	return ghapi.Config{Token: s.state.Token, APIURL: s.URL(), GraphQLURL: s.GraphQLURL(), Sleep: noSleep}
}

// noSleep lets no time pass.
func noSleep(ctx context.Context, _ time.Duration) error { return ctx.Err() }
