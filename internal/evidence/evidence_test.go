package evidence

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestCanonical(t *testing.T) {
	b := Bundle{Schema: SchemaURI, Collector: Collector{"mergebrief", "1"}}
	b.Record.Target = Target{Head: strings.Repeat("a", 40)}
	b.Record.Gaps = []Gap{MissingGap("pull", "ticket", NotFound, "a <b> & c")}
	first, err := b.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	again, err := ParseBundle(first)
	if err != nil {
		t.Fatal(err)
	}
	second, err := again.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first, second) {
		t.Errorf("not stable:\n%s\n%s", first, second)
	}
	if !bytes.Contains(first, []byte("a <b> & c")) || !bytes.HasSuffix(first, []byte("}\n")) {
		t.Errorf("bytes = %s", first)
	}
}

func TestParseBundle(t *testing.T) {
	later := `{"schema":"` + SchemaURI + `","new":1,"record":{"target":{"head":"x","newer":[]}}}`
	if b, err := ParseBundle([]byte(later)); err != nil || b.Record.Target.Head != "x" {
		t.Errorf("a bundle with unknown fields: %+v, %v", b, err)
	}
	for name, data := range map[string]string{"no JSON": "{", "no bundle": "{}", "other version": `{"schema":"https://example.com/v2"}`} {
		if _, err := ParseBundle([]byte(data)); err == nil || !strings.HasPrefix(err.Error(), "bundle: ") {
			t.Errorf("%s: error = %v", name, err)
		}
	}
}

func TestHashLine(t *testing.T) {
	base, ok := HashLine([]byte("if a == b {"))
	for _, same := range []string{"\tif a==b{", "if a == b {\r\n", "  i f a = = b {"} {
		if h, _ := HashLine([]byte(same)); h != base {
			t.Errorf("%q has another hash", same)
		}
	}
	if other, _ := HashLine([]byte("if a == c {")); other == base || !ok {
		t.Error("different lines have the same hash")
	}
	if _, ok := HashLine([]byte(" \t\r\n")); ok {
		t.Error("a blank line counts as content")
	}
}

func TestReasonOf(t *testing.T) {
	err := fmt.Errorf("outer: %w", Errorf(Denied, "no: %w", errors.ErrUnsupported))
	if ReasonOf(err, NotFound) != Denied || ReasonOf(errors.ErrUnsupported, NotFound) != NotFound || !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("reason = %s", ReasonOf(err, NotFound))
	}
}

func TestCounts(t *testing.T) {
	var c Counts
	for _, o := range []Outcome{Passed, Failed, Errored, Skipped, Passed} {
		c.Count(o, o == Passed && c.Total > 0)
	}
	c.Add(Counts{Total: 1, Failed: 1})
	if diff := cmp.Diff(Counts{Total: 6, Passed: 2, Failed: 2, Errored: 1, Skipped: 1, Flaky: 1}, c); diff != "" || c.Bad() != 3 {
		t.Errorf("bad = %d (-want +got):\n%s", c.Bad(), diff)
	}
	var n CommandCounts
	for _, cmd := range []Command{
		{Class: ClassTest, Outcome: CommandFailed},
		{Class: ClassTest, Outcome: CommandUnknown, Masked: MaskPipe},
		{Class: ClassVCS, Outcome: CommandOK},
	} {
		n.Count(cmd)
	}
	want := CommandCounts{Total: 3, OK: 1, Failed: 1, Unknown: 1, Masked: 1, Validations: 2, FailedValidations: 1, MaskedValidations: 1}
	if diff := cmp.Diff(want, n); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A list that Record.Add forgets would be lost without a trace.
func TestAddKeepsEverything(t *testing.T) {
	full := Fragment{
		Run: &WorkflowRun{}, Inputs: []Input{{}}, PullRequest: &PullRequest{}, Tickets: []Ticket{{}}, Sessions: []Session{{}},
		Rules: []RuleFile{{}}, Suites: []Suite{{}}, Scans: []Scan{{}}, Coverage: []Coverage{{}}, Inventories: []Inventory{{}},
		Checks: []Check{{}}, Commits: []Commit{{}}, Files: []File{{}}, Claims: []Claim{{}}, Reviews: []Review{{}},
		Secrets: []Secret{{}}, Gaps: []Gap{{}},
	}
	var all Fragment
	all.Add(full)
	got, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	want, _ := json.Marshal(full) // as the one above
	if string(got) != string(want) {
		t.Errorf("got %s\nwant %s", got, want)
	}
	if n, m := strings.Count(string(want), `[{`), 15; n < m {
		t.Errorf("the test fills %d lists, the type has at least %d", n, m)
	}
}

func TestRepository(t *testing.T) {
	r := Repository{Server: "https://github.com", Owner: "octo", Name: "demo"}
	if r.URL() != "https://github.com/octo/demo" || (Repository{}).FullName() != "" || (Repository{Owner: "o", Name: "n"}).URL() != "" {
		t.Errorf("URL = %q", r.URL())
	}
	if (Span{First: 3, Last: 5}).Lines() != 3 {
		t.Error("a span of 3 to 5 has three lines")
	}
}

func TestTimesAreUTC(t *testing.T) {
	c := Commit{Authored: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	data, err := json.Marshal(c)
	if err != nil || !strings.Contains(string(data), `"authored":"2026-01-02T03:04:05Z"`) || strings.Contains(string(data), `"committed"`) {
		t.Errorf("%s, %v", data, err)
	}
}

func TestSameCheck(t *testing.T) {
	c := Check{Name: "test", App: "github-actions", Workflow: "CI", WorkflowID: 5, RunID: 1}
	for name, tt := range map[string]struct {
		change func(*Check)
		want   bool
	}{
		"another run":                 {func(c *Check) { c.RunID = 2 }, true},
		"another workflow":            {func(c *Check) { c.Workflow, c.WorkflowID = "Nightly", 6 }, false},
		"a workflow of the same name": {func(c *Check) { c.WorkflowID = 6 }, false},
		"renamed workflow":            {func(c *Check) { c.Workflow = "Tests" }, true},
		"id not known":                {func(c *Check) { c.WorkflowID = 0 }, true},
		"nothing but a name":          {func(c *Check) { c.Workflow, c.WorkflowID = "", 0 }, false},
		"another app":                 {func(c *Check) { c.App = "lintbot" }, false},
		"another name":                {func(c *Check) { c.Name = "lint" }, false},
	} {
		x := c
		tt.change(&x)
		if c.SameCheck(x) != tt.want || x.SameCheck(c) != tt.want {
			t.Errorf("%s: %t", name, !tt.want)
		}
	}
}

func TestWeakest(t *testing.T) {
	for name, tt := range map[string]struct {
		all  []Basis
		want Basis
	}{
		"none":          {nil, Missing},
		"one":           {[]Basis{Verified}, Verified},
		"verified":      {[]Basis{Observed, Verified}, Verified},
		"reported":      {[]Basis{Reported, Observed}, Reported},
		"missing":       {[]Basis{Observed, Missing, Reported}, Missing},
		"unknown":       {[]Basis{Observed, "alleged", Missing}, "alleged"},
		"empty":         {[]Basis{"", Observed}, ""},
		"a spelling":    {[]Basis{Missing, "Observed"}, "Observed"},
		"only observed": {[]Basis{Observed, Observed}, Observed},
		"only unknown":  {[]Basis{"alleged"}, "alleged"},
	} {
		if got := Weakest(tt.all...); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
		if tt.want.Certain() && slices.ContainsFunc(tt.all, func(b Basis) bool { return !b.Known() || b == Reported || b == Missing }) {
			t.Errorf("%s: %q would open a gate", name, tt.want)
		}
	}
	if !Basis("alleged").Weaker(Missing) || Missing.Weaker("alleged") || Observed.Weaker(Observed) {
		t.Error("an unknown basis is not the weakest")
	}
}
