package action

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func variables(m map[string]string) func(string) string {
	return func(name string) string { return m[name] }
}

func TestParseDefaults(t *testing.T) {
	want := Settings{
		Artifacts: []string{"*"}, Config: ".github/mergebrief.yml", Comment: true,
		CheckName: "mergebrief", ReportCode: true, ArtifactName: "mergebrief",
	}
	// Outside of a workflow nothing is set; in one, unset inputs are empty.
	for name, vars := range map[string]map[string]string{"unset": nil, "blank": {"INPUT_EVIDENCE": " \n ", "INPUT_COMMENT": ""}} {
		t.Run(name, func(t *testing.T) {
			got, err := Parse(FromVariables(variables(vars)))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("settings (-want +got):\n%s", diff)
			}
		})
	}
}

func TestParse(t *testing.T) {
	got, err := Parse(FromVariables(variables(map[string]string{
		"INPUT_GITHUB-TOKEN":   " ghs_example\n",
		"INPUT_EVIDENCE":       "\n  build/**/*.xml\n\n  out/{a,b}.json  \n",
		"INPUT_ARTIFACTS":      "test-*\nagent-run",
		"INPUT_CONFIG":         "./ci/../brief.yml",
		"INPUT_COMMENT":        "OFF",
		"INPUT_COMMENT-KEY":    "api.linux-2",
		"INPUT_CHECK-NAME":     "evidence (api)",
		"INPUT_FAIL-ON":        "Error",
		"INPUT_ARTIFACT-NAME":  "evidence",
		"INPUT_RETENTION-DAYS": "30",
		"INPUT_PULL-REQUEST":   "#482",
	})))
	if err != nil {
		t.Fatal(err)
	}
	want := Settings{
		Token: "ghs_example", Evidence: []string{"build/**/*.xml", "out/{a,b}.json"}, Artifacts: []string{"test-*", "agent-run"},
		Config: "brief.yml", CommentKey: "api.linux-2", CheckName: "evidence (api)", ReportCode: true, FailOn: "error",
		ArtifactName: "evidence", RetentionDays: 30, PullRequest: 482,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("settings (-want +got):\n%s", diff)
	}
}

func TestParseErrors(t *testing.T) {
	tests := map[string]struct{ input, value, want string }{
		"slip":                  {"fail-on", "eror", `input fail-on: "eror" is not allowed (allowed: none, warning, error); did you mean "error"?`},
		"other word":            {"fail-on", "sometimes", `input fail-on: "sometimes" is not allowed (allowed: none, warning, error)`},
		"neither on nor off":    {"comment", "yes", `input comment: "yes" is not allowed (allowed: on, off)`},
		"open bracket":          {"evidence", "a/*.xml\nb/[a", `input evidence: "a/*.xml\nb/[a" is not allowed (allowed: globs, one per line, with every bracket closed; "b/[a" has one open)`},
		"too many globs":        {"evidence", strings.Repeat("*.xml\n", 201), "at most 200 lines, not 201"},
		"config outside":        {"config", "../other/x.yml", `input config: "../other/x.yml" is not allowed (allowed: a path inside the repository, relative to its root)`},
		"config absolute":       {"config", "/github/workspace/x.yml", "a path inside the repository"},
		"config is the root":    {"config", ".", "a path inside the repository"},
		"key with a space":      {"comment-key", "a b", `input comment-key: "a b" is not allowed (allowed: letters, digits, ".", "_" and "-", at most 64)`},
		"key ends the marker":   {"comment-key", "x-->", "letters, digits"},
		"check on two lines":    {"check-name", "a\nb", "one line of at most 100 bytes"},
		"artifact with a slash": {"artifact-name", "a/b", `at most 100 bytes without any of ":<>|*?\/`},
		"days are words":        {"retention-days", "ninety", "a number of days from 1 to 400"},
		"days are negative":     {"retention-days", "-1", "a number of days from 1 to 400"},
		"days beyond plans":     {"retention-days", "401", "a number of days from 1 to 400"},
		"number is an address":  {"pull-request", "https://github.com/o/r/pull/1", "the number of a pull request, such as 482"},
		"number is zero":        {"pull-request", "0", "the number of a pull request"},
		"number is negative":    {"pull-request", "-1", "the number of a pull request"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := Parse(func(input string) string {
				if input == tt.input {
					return tt.value
				}
				return ""
			})
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "input "+tt.input+": ") {
				t.Errorf("error %v, want %q in it", err, tt.want)
			}
		})
	}
}

func TestParseReportsAllErrors(t *testing.T) {
	_, err := Parse(func(input string) string { return map[string]string{"fail-on": "x", "retention-days": "y"}[input] })
	if err == nil || strings.Count(err.Error(), "is not allowed") != 2 {
		t.Errorf("error %v, want both", err)
	}
}

func TestParseHidesToken(t *testing.T) {
	_, err := Parse(func(input string) string { return map[string]string{"github-token": "ghs_sec ret"}[input] })
	if err == nil || strings.Contains(err.Error(), "sec") || !strings.Contains(err.Error(), "input github-token: the value is not allowed") {
		t.Errorf("error %v", err)
	}
}

func TestArtifactsNone(t *testing.T) {
	s, err := Parse(func(input string) string { return map[string]string{"artifacts": "none"}[input] })
	if err != nil || s.Artifacts != nil {
		t.Errorf("artifacts %q, error %v", s.Artifacts, err)
	}
}

// Each input reads its own variable: a name in the table that no set function
// matches would go unnoticed.
func TestEveryInputIsRead(t *testing.T) {
	for _, in := range Inputs {
		if in.set == nil || in.Doc == "" || in.Name != strings.ToLower(in.Name) {
			t.Errorf("input %q is incomplete", in.Name)
		}
		base, _ := Parse(func(string) string { return "" })
		value := map[string]string{"comment": "off", "include-prompts": "on", "report-code": "off", "retention-days": "9", "pull-request": "9", "fail-on": "error"}[in.Name]
		if value == "" {
			value = "x"
		}
		got, err := Parse(func(name string) string {
			if name == in.Name {
				return value
			}
			return ""
		})
		if err != nil || cmp.Equal(base, got) {
			t.Errorf("input %s: %q changes nothing, error %v", in.Name, value, err)
		}
	}
}
