package render_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/mergebrief/mergebrief/internal/assess"
	"github.com/mergebrief/mergebrief/internal/render/page"
)

// TestReportInBrowser opens some reports in Chromium, in light and dark, at 768
// pixels: nothing is loaded, nothing of the data runs, keyboard, theme, filter,
// links and printing work, nothing unseen stands in the text, and axe finds
// nothing. The largest one opens and filters too. MERGEBRIEF_BROWSER names a folder with the npm
// packages playwright-core and axe-core, CHROMIUM the browser.
func TestReportInBrowser(t *testing.T) {
	folder := os.Getenv("MERGEBRIEF_BROWSER")
	if folder == "" {
		t.Skip("MERGEBRIEF_BROWSER names no folder with playwright-core and axe-core")
	}
	dir := t.TempDir()
	args := []string{"testdata/browser/check.mjs", folder}
	all := situations(t)
	all["largest"] = situation{*large(t), assess.Policy{}}
	names := []string{"repair", "hostile", "boundaries", "said-and-shown", "largest"}
	for _, name := range names {
		file := filepath.Join(dir, name+".html")
		if err := os.WriteFile(file, []byte(report(t, judged(all[name]))), 0o644); err != nil {
			t.Fatal(err)
		}
		args = append(args, file)
	}
	alone := judged(all["repair"])
	page, err := page.HTML(alone, options(alone), nil)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "without-lines.html")
	if err := os.WriteFile(file, []byte(page), 0o644); err != nil {
		t.Fatal(err)
	}
	args = append(args, file)
	cmd := exec.CommandContext(t.Context(), "node", args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	var results []struct {
		File, Scheme string
		Noticed      []string
	}
	if err := json.Unmarshal(out, &results); err != nil {
		t.Fatal(err)
	}
	if len(results) != 2*(len(names)+1) {
		t.Errorf("%d results", len(results))
	}
	for _, r := range results {
		for _, n := range r.Noticed {
			t.Errorf("%s in %s: %s", r.File, r.Scheme, n)
		}
	}
}
