package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/mergebrief/mergebrief/internal/assess"
	"github.com/mergebrief/mergebrief/internal/correlate"
	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format"
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
	data := map[string][]byte{"demo": demoBundle(t)}
	if err := validateBundle(t, schema, data["demo"]); err != nil {
		t.Error(err)
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

// bundlesFollow validates every bundle that a script left in its folder.
func bundlesFollow(t *testing.T, schema *jsonschema.Schema, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.Name() != pipeline.BundleFile || d.IsDir() {
			return nil //nolint:nilerr // scripts leave folders that nobody may read
		}
		data, err := os.ReadFile(path)
		if err == nil && bytes.Contains(data, []byte(evidence.SchemaURI)) {
			if err := validateBundle(t, schema, data); err != nil {
				t.Errorf("%s: %v", path, err)
			}
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// Bundles of what decoders make of real files follow the schema: of every
// specimen, and of the corpus where there is one.
func TestDecodedBundlesFollowTheSchema(t *testing.T) {
	schema := strictSchema(t)
	roots := []string{"../format/testdata"}
	if corpus := os.Getenv("MERGEBRIEF_CORPUS"); corpus != "" {
		roots = append(roots, filepath.Join(corpus, "validation"), filepath.Join(corpus, "agents"), filepath.Join(corpus, "cases"))
	}
	read := 0
	for _, root := range roots {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			read++
			file, err := os.Open(path)
			if err != nil {
				return err
			}
			defer file.Close()
			if err := validateBundle(t, schema, bundleOf(t, format.Read("files", filepath.Base(path), file))); err != nil {
				t.Errorf("%s: %v", path, err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if read < 100 {
		t.Errorf("only %d files were read", read)
	}
}

// bundleOf is the bundle of a record that holds nothing but the fragment.
func bundleOf(t *testing.T, f evidence.Fragment) []byte {
	t.Helper()
	f.Normalise()
	rec := &evidence.Record{Fragment: f}
	correlate.Join(rec)
	b := evidence.Bundle{Schema: evidence.SchemaURI, Record: *rec, Assessment: assess.Assess(rec, assess.Policy{})}
	data, err := b.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	return data
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
