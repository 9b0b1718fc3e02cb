package cli

import (
	"flag"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite generated files and golden files")

// TestGenerated compares what is generated from tables and declarations in the
// code with what stands in the files; -update rewrites the files.
func TestGenerated(t *testing.T) {
	src := readSchemaSource(t, "../evidence")
	for _, g := range []struct{ name, file, begin, end, text string }{
		{"schema", "../evidence/bundle.schema.json", "", "", string(bundleSchema(t, src))},
		{"inputs of action.yml", "../../action.yml", "# begin inputs\n", "# end inputs\n", inputsYAML()},
		{"outputs of action.yml", "../../action.yml", "# begin outputs\n", "# end outputs\n", outputsYAML()},
		{"inputs in README", "../../README.md", "<!-- begin inputs -->\n", "<!-- end inputs -->\n", inputsMarkdown()},
		{"outputs in README", "../../README.md", "<!-- begin outputs -->\n", "<!-- end outputs -->\n", outputsMarkdown()},
		{"usual names in README", "../../README.md", "<!-- begin usual names -->\n", "<!-- end usual names -->\n", usualNamesMarkdown()},
		{"formats in README", "../../README.md", "<!-- begin formats -->\n", "<!-- end formats -->\n", formatsMarkdown()},
		{"rules in docs", "../../docs/rules.md", "<!-- begin rules -->\n", "<!-- end rules -->\n", rulesMarkdown()},
		{"command line in README", "../../README.md", "<!-- begin commands -->\n", "<!-- end commands -->\n", commandsMarkdown()},
	} {
		t.Run(g.name, func(t *testing.T) { compareGenerated(t, g.file, g.begin, g.end, g.text) })
	}
}

// compareGenerated compares text with what stands between the marks, or with the
// whole file when there are none.
func compareGenerated(t *testing.T, file, begin, end, text string) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, tail := "", string(data), ""
	if begin != "" {
		var ok1, ok2 bool
		head, rest, ok1 = strings.Cut(string(data), begin)
		rest, tail, ok2 = strings.Cut(rest, end)
		if !ok1 || !ok2 {
			t.Fatalf("%s: the marks %q and %q are not there", file, begin, end)
		}
		head, tail = head+begin, end+tail
	}
	if rest == text {
		return
	}
	if !*update {
		t.Fatalf("%s is stale; run: go test ./internal/cli -run TestGenerated -update", file)
	}
	if err := os.WriteFile(file, []byte(head+text+tail), 0o644); err != nil {
		t.Fatal(err)
	}
}
