package gather

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

func TestReadBody(t *testing.T) {
	const (
		hex32 = "0123456789abcdef0123456789abcdef"
		uuid  = "6f1c5f1a-1111-4222-8333-0123456789ab"
	)
	for name, c := range map[string]struct {
		body string
		want []string
	}{
		"nothing":                {"Fixes the tests.", nil},
		"Devin":                  {"Link to Devin run: https://app.devin.ai/sessions/" + hex32 + "\nRequested by: Ada", []string{"session devin " + hex32}},
		"Jules":                  {"*PR created automatically by Jules for task [123](https://jules.google.com/task/123) started by @ada*", []string{"session jules 123", "generated-by jules "}},
		"Copilot":                {"Agent-Logs-Url: https://github.com/o/r/sessions/" + uuid, []string{"session copilot " + uuid}},
		"Claude":                 {"🤖 Generated with [Claude Code](https://claude.com/claude-code)\n\nhttps://claude.ai/code/session_01AbC", []string{"session claude-code session_01AbC", "generated-by claude-code "}},
		"Claude's older address": {"Generated with [Claude Code](https://claude.ai/code)", []string{"generated-by claude-code "}},
		"trailer":                {"Claude-Session: https://claude.ai/code/session_01AbC\n", []string{"session claude-code session_01AbC"}},
		"co-author":              {"Text.\n\nCo-authored-by: Codex <codex@openai.com>\n\nMore text.", []string{"generated-by codex "}},
		"Codex":                  {"[task](https://chatgpt.com/codex/tasks/task_e_0a1b)", []string{"session codex task_e_0a1b"}},
		"Cursor":                 {"https://cursor.com/background-agent?bcId=bc-" + uuid, []string{"session cursor bc-" + uuid}},
		"named twice":            {strings.Repeat("https://ampcode.com/threads/T-1 ", 2), []string{"session amp T-1"}},
		"people and products":    {"Jules asked Claude whether Devin and https://devin.ai are the same. See https://claude.ai/new", nil},
		"look-alike host":        {"https://app.devin.ai.example.org/sessions/" + hex32, nil},
	} {
		t.Run(name, func(t *testing.T) {
			_, mentions := readBody(evidence.Origin{Source: "github"}, c.body)
			var got []string
			for _, m := range mentions {
				got = append(got, string(m.Kind)+" "+m.Agent+" "+m.Session)
				if m.Origin.Basis != evidence.Reported || !strings.HasPrefix(m.Origin.Digest, "sha256:") {
					t.Errorf("origin = %+v", m.Origin)
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// The statements of a description are kept as kind and digest.
func TestReadBodyKeepsNoText(t *testing.T) {
	statements, mentions := readBody(evidence.Origin{}, "All 12 tests pass. No breaking changes in the quixotic module.")
	if len(statements) != 2 || statements[0].Kind != evidence.StatesTestsPass || statements[1].Kind != evidence.StatesNoAPIChange {
		t.Errorf("statements = %+v", statements)
	}
	if all, _ := json.Marshal([]any{statements, mentions}); strings.Contains(string(all), "quixotic") {
		t.Errorf("the text is kept: %s", all)
	}
}
