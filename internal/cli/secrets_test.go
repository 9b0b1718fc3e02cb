package cli

import (
	"bytes"
	"strings"
	"testing"
)

// What a command prints passes the redactor by line, and JSON stays JSON.
func TestPrinter(t *testing.T) {
	secret := "hunter" + "2tango"
	var out, errs bytes.Buffer
	c := &Command{Stdout: &out, Stderr: &errs, Getenv: func(string) string { return "" }, Environ: func() []string { return nil }}
	name := "postgres:/app:" + secret + "@db\x1b[31m\u202e"
	if status := c.Main(t.Context(), []string{"inspect", name}); status != ExitOK {
		t.Fatalf("status %d: %s", status, &errs)
	}
	if status := c.Main(t.Context(), []string{"inspect", "--json", name}); status != ExitOK {
		t.Fatalf("status %d: %s", status, &errs)
	}
	if status := c.Main(t.Context(), []string{"replay", "--repo", t.TempDir(), "https://app:" + secret + "@h/x"}); status != ExitUsage {
		t.Fatalf("status %d: %s", status, &errs)
	}
	if status := c.Main(t.Context(), []string{"https://app:" + secret + "@h/x"}); status != ExitUsage {
		t.Fatalf("status %d: %s", status, &errs)
	}
	for _, text := range []string{out.String(), errs.String()} {
		if strings.Contains(text, secret) || strings.ContainsAny(text, "\x1b\u202e") || text == "" {
			t.Errorf("printed: %q", text)
		}
	}
	if !strings.Contains(out.String(), `"path": "postgres:/app:[redacted:basic-auth-url]@db"`) {
		t.Errorf("printed: %s", &out)
	}
}
