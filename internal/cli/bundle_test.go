package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/pipeline"
)

// strictSchema is the published schema, closed: the published one lets later
// versions add fields, and a test would not see one that it does not describe.
func strictSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(evidence.Schema))
	if err != nil {
		t.Fatal(err)
	}
	closeObjects(doc)
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource(evidence.SchemaURI, doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile(evidence.SchemaURI)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func closeObjects(node any) {
	switch node := node.(type) {
	case map[string]any:
		if _, has := node["properties"].(map[string]any); has && node["type"] == "object" {
			node["additionalProperties"] = false
		}
		for _, v := range node {
			closeObjects(v)
		}
	case []any:
		for _, v := range node {
			closeObjects(v)
		}
	}
}

func validateBundle(t *testing.T, schema *jsonschema.Schema, data []byte) error {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return schema.Validate(doc)
}

// demoBundle runs the demo and returns the bundle that it stored.
func demoBundle(t *testing.T) []byte {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "demo")
	var out, log bytes.Buffer
	c := Command{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &log, Getenv: func(string) string { return "" }}
	if status := c.Main(context.Background(), []string{"demo", "--dir", dir}); status != ExitOK {
		t.Fatalf("status %d: %s", status, log.String())
	}
	data, err := os.ReadFile(filepath.Join(dir, defaultOut, pipeline.BundleFile))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestBundlesFollowTheSchema(t *testing.T) {
	schema := strictSchema(t)
	bundles, err := filepath.Glob("../render/testdata/*.json")
	if err != nil {
		t.Fatal(err)
	}
	data := map[string][]byte{"demo": demoBundle(t)}
	for _, name := range bundles {
		if data[name], err = os.ReadFile(name); err != nil {
			t.Fatal(err)
		}
	}
	for name, d := range data {
		if err := validateBundle(t, schema, d); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, bad := range map[string]string{
		"other version":   `{"schema":"https://example.com"}`,
		"unknown basis":   `{"record":{"gaps":[{"origin":{"basis":"guessed","source":"x"},"subject":"s"}]}}`,
		"undescribed key": `{"mood":"good"}`,
	} {
		if err := validateBundle(t, schema, merged(t, data["demo"], bad)); err == nil {
			t.Errorf("%s: the schema accepts it", name)
		}
	}
}

// merged lays the members of patch over those of the bundle, one level deep in
// the record.
func merged(t *testing.T, bundle []byte, patch string) []byte {
	t.Helper()
	var b, p map[string]any
	if json.Unmarshal(bundle, &b) != nil || json.Unmarshal([]byte(patch), &p) != nil {
		t.Fatal("no JSON")
	}
	for k, v := range p {
		if in, ok := v.(map[string]any); ok && k == "record" {
			maps.Copy(b["record"].(map[string]any), in)
			continue
		}
		b[k] = v
	}
	out, err := json.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
