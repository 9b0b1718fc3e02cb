package assess

import (
	"bytes"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

const whole = `# everything that a policy can say
preset: strict
fail-on: error
rules:
  ai-lines-high-risk: note
  cost-unknown: off
areas:
  - name: cart
    paths: ["cart/**", "price/*.go"]
checks:
  required:
    - unit tests
    - {name: e2e, workflow: .github/workflows/e2e.yml, app: github-actions}
commands:
  required: [go test]
  allowed: ["go:*", "git add:*"]
hosts: {allowed: ["*.example.com"]}
paths:
  allowed: ["**"]
required:
  - items: [ticket, review]
    paths: ["cart/**"]
    labels: [security]
limits:
  lines: 500
  files: 20
  cost-usd: 2.5
  tokens: 3_000_000
validation:
  required:
    - kinds: [test, lint]
      paths: ["cart/**"]
reviews: {approvals: 2, allow-stale: true, except-requester: true, except-operator: true}
tickets:
  approval-labels: [ready]
  priority: {P0: [urgent, "priority: critical"], P1: [high]}
  trackers:
    - pattern: SHOP-[0-9]+
      url: https://tracker.example/{key}
accepted:
  - id: checks-changed-0a1b2c3d
    reason: the new linter
    owner: platform
    expires: 2026-12-31
  - id: tests-flaky
    reason: |
      known
    paths: ["e2e/**"]
    labels: [nightly]
`

func TestParsePolicy(t *testing.T) {
	got, err := ParsePolicy("p.yml", []byte(whole), "2026-11-20")
	if err != nil {
		t.Fatal(err)
	}
	want := Policy{
		FailOn: "error",
		Levels: map[string]evidence.Level{
			"ai-lines-high-risk": evidence.LevelNote, "cost-unknown": evidence.LevelNone,
			"ticket-missing": evidence.LevelWarning, "review-missing": evidence.LevelWarning, "agent-run-missing": evidence.LevelWarning,
		},
		Areas:          []Area{{"cart", []string{"cart/**", "price/*.go"}}},
		RequiredChecks: []RequiredCheck{{Name: "unit tests"}, {"e2e", ".github/workflows/e2e.yml", "github-actions"}}, RequiredCommands: []string{"go test"}, AllowedCommands: []string{"go:*", "git add:*"},
		AllowedHosts: []string{"*.example.com"}, AllowedPaths: []string{"**"},
		Required: []Requirement{{Items: []string{"ticket", "review"}, Paths: []string{"cart/**"}, Labels: []string{"security"}}},
		MaxLines: 500, MaxFiles: 20, MaxCostUSD: 2.5, MaxTokens: 3_000_000,
		RequiredValidation: []ValidationRequirement{{Classes: []evidence.CommandClass{evidence.ClassTest, evidence.ClassLint}, Paths: []string{"cart/**"}}},
		Reviews:            ReviewPolicy{Approvals: 2, AllowStale: true, ExceptRequester: true, ExceptOperator: true},
		ApprovalLabels:     []string{"ready"}, Priorities: []Priority{{"P0", []string{"urgent", "priority: critical"}}, {"P1", []string{"high"}}}, Trackers: []Tracker{{Pattern: "SHOP-[0-9]+", URL: "https://tracker.example/{key}"}},
		From: map[string]string{
			"fail-on": "p.yml:3", "ai-lines-high-risk": "p.yml:5", "cost-unknown": "p.yml:6",
			"ticket-missing": "preset strict", "review-missing": "preset strict", "agent-run-missing": "preset strict",
		},
		Accepted: []Accepted{
			{ID: "checks-changed-0a1b2c3d", Reason: "the new linter", Owner: "platform", Expires: "2026-12-31"},
			{ID: "tests-flaky", Reason: "known", Paths: []string{"e2e/**"}, Labels: []string{"nightly"}},
		},
		Today: "2026-11-20",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestPolicyMistakes(t *testing.T) {
	tests := map[string]struct{ in, want string }{
		"empty":              {"", ""},
		"comment only":       {"# nothing\n", ""},
		"key":                {"preset: review\nchekcs:\n  required: [x]\n", `p.yml:2:1: "chekcs" is no key of a policy; did you mean "checks"?`},
		"nested key":         {"checks:\n  requierd: [x]\n", `p.yml:2:3: "requierd" is no key of checks; did you mean "required"?`},
		"rule":               {"rules:\n  ai-lines-untestd: note\n", `p.yml:2:3: there is no rule "ai-lines-untestd"; did you mean "ai-lines-untested"?`},
		"level":              {"rules:\n  cost-unknown: warn\n", `p.yml:2:17: "warn" is not allowed for a rule (allowed: error, warning, note, off)`},
		"preset":             {"preset: stric\n", `p.yml:1:9: "stric" is not allowed for preset (allowed: observe, review, strict); did you mean "strict"?`},
		"not a list":         {"checks:\n  required: x\n", `p.yml:2:13: checks.required is a list`},
		"not a mapping":      {"- a\n", `a policy is a mapping of keys to values`},
		"number":             {"limits:\n  lines: many\n", `p.yml:2:10: limits.lines is a number of at least 0`},
		"negative":           {"limits:\n  lines: -1\n", `limits.lines is a number of at least 0`},
		"day":                {"accepted:\n  - id: tests-flaky\n    reason: r\n    expires: tomorrow\n", `p.yml:4:14: expires is a day, as 2026-12-31, not "tomorrow"`},
		"no reason":          {"accepted:\n  - id: tests-flaky\n", `an acceptance has an id and a reason`},
		"acceptance of what": {"accepted:\n  - id: test-flaky-0a1b2c3d\n    reason: r\n", `no rule finds "test-flaky-0a1b2c3d"; did you mean "tests-flaky"?`},
		"item":               {"required:\n  - items: [tickets]\n", `p.yml:2:13: "tickets" is not allowed for items`},
		"pattern":            {"paths:\n  allowed: [\"a[\"]\n", `"a[" is no pattern of paths`},
		"absolute":           {"paths:\n  allowed: [/src/**]\n", `never matches`},
		"syntax":             {"rules: [\n", `p.yml:1:`},
		"twice":              {"preset: review\npreset: strict\n", `p.yml:2:1: `},
		"alias":              {"a: &x [1]\nchecks:\n  required: *x\n", `is a list`},
		"two documents":      {"preset: review\n---\npreset: strict\n", `this file has 2`},
		"kinds":              {"validation:\n  required:\n    - kinds: [tests]\n", `p.yml:3:15: "tests" is not allowed for kinds (allowed: test, lint, build, typecheck, format); did you mean "test"?`},
		"no kinds":           {"validation:\n  required:\n    - paths: [\"a/**\"]\n", `a required validation has kinds`},
		"truth":              {"reviews:\n  allow-stale: maybe\n", `p.yml:2:16: reviews.allow-stale is true or false`},
		"tracker":            {"tickets:\n  trackers:\n    - pattern: \"A-[0-9\"\n", `p.yml:3:14: "A-[0-9" is no regular expression`},
		"tracker address":    {"tickets:\n  trackers:\n    - {pattern: A, url: \"javascript:x\"}\n", `is no address`},
		"check of no name":   {"checks:\n  required:\n    - app: acme\n", `p.yml:3:10: a required check has a name`},
		"no workflow's path": {"checks:\n  required:\n    - {name: e2e, workflow: ci.yml}\n", `"ci.yml" is no path of a workflow`},
		"key of a check":     {"checks:\n  required:\n    - {name: e2e, path: ci.yml}\n", `"path" is no key of a required check`},
		"number for text":    {"checks:\n  required: [1]\n", `is text; put it in quotes`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p, err := ParsePolicy("p.yml", []byte(tt.in), "")
			switch {
			case tt.want == "" && err != nil, tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
				t.Errorf("%v, want %q", err, tt.want)
			case err != nil && p.FailOn != "":
				t.Errorf("a broken file gives %+v", p)
			}
		})
	}
	two := "chekcs: 1\nrules:\n  nothing: note\n"
	if _, err := ParsePolicy("p.yml", []byte(two), ""); err == nil || strings.Count(err.Error(), "p.yml:") != 2 {
		t.Errorf("not all mistakes are told: %v", err)
	}
	if _, err := ParsePolicy("p.yml", bytes.Repeat([]byte("#"), maxPolicyBytes+1), ""); err == nil {
		t.Error("a giant file was read")
	}
}

func TestPresets(t *testing.T) {
	for name, want := range map[string]evidence.Conclusion{"observe": evidence.ConclusionNeutral, "review": evidence.ConclusionSuccess, "strict": evidence.ConclusionFailure} {
		p, err := ParsePolicy("p.yml", []byte("preset: "+name+"\n"), "")
		r := sound(t)
		r.Tickets = nil
		if got := Assess(r, p).Verdict.Conclusion; err != nil || got != want {
			t.Errorf("%s: %s, want %s, %v", name, got, want, err)
		}
	}
}

// The schema and the reader agree on what a policy is.
func TestPolicySchema(t *testing.T) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(PolicySchema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("policy.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("policy.json")
	if err != nil {
		t.Fatal(err)
	}
	for in, valid := range map[string]bool{
		whole: true, "preset: review\n": true, "preset: x\n": false, "chekcs: 1\n": false, "rules:\n  nothing: note\n": false,
		"limits:\n  lines: many\n": false, "accepted:\n  - id: tests-flaky\n": false, "required:\n  - items: [tickets]\n": false,
		"validation:\n  required:\n    - kinds: [tests]\n": false, "validation:\n  required:\n    - paths: [a]\n": false, "reviews: {approvals: 1}\n": true,
		"reviews: {approvals: -1}\n": false, "reviews: {allow-stale: 1}\n": false, "tickets: {trackers: [{url: \"https://x.example\"}]}\n": false,
		"tickets: {trackers: [{pattern: A, url: \"file:///x\"}]}\n": false, "accepted:\n  - {id: tests-flaky, reason: r, expires: soon}\n": false,
	} {
		_, readErr := ParsePolicy("p.yml", []byte(in), "")
		asJSON, err := yaml.YAMLToJSON([]byte(in))
		if err != nil {
			t.Fatal(err)
		}
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(asJSON))
		if err != nil {
			t.Fatal(err)
		}
		schemaErr := schema.Validate(value)
		if (readErr == nil) != valid || (schemaErr == nil) != valid {
			t.Errorf("%q: reader %v, schema %v, want valid %t", in, readErr, schemaErr, valid)
		}
	}
}

func FuzzParsePolicy(f *testing.F) {
	f.Add([]byte(whole))
	f.Add([]byte("a: &a [*a]\n"))
	f.Add([]byte("? [x]\n: y\n"))
	f.Add([]byte("checks: !!binary x\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := ParsePolicy("p.yml", data, "2026-11-20")
		if err == nil {
			Assess(sound(t), p)
		}
	})
}

func TestExplain(t *testing.T) {
	p, err := ParsePolicy("p.yml", []byte(whole), "2027-01-01")
	if err != nil {
		t.Fatal(err)
	}
	got := Explain(p)
	for _, want := range []string{
		"fails on findings of level error (p.yml:3)\n", "error    tests-failed                   default\n", "note     ai-lines-high-risk             p.yml:5\n", "warning  ticket-missing                 preset strict\n",
		"validation that a check must show (paths cart/**): test, lint\n", "approvals: 2 approvals of any commit, not by who requested the work, not by those in whose name an agent acted\n", "labels of priority P0: urgent, priority: critical\n", "budget: 3000000 tokens\n",
		"checks-changed-0a1b2c3d: accepted until 2026-12-31, which is over: it counts again, by platform: the new linter\n", "tests-flaky: accepted (paths e2e/** with labels nightly): known\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
	if got := Explain(Policy{}); !strings.HasPrefix(got, "reports only") {
		t.Errorf("%q", got)
	}
}
