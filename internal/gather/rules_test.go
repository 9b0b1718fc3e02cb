package gather

import "testing"

func TestRulePath(t *testing.T) {
	for p, want := range map[string]bool{
		"AGENTS.md":                               true,
		"services/api/CLAUDE.md":                  true,
		".claude/skills/review/SKILL.md":          true,
		"pkg/.cursor/rules/style.mdc":             true,
		".cursor/rules/style.mdc":                 true,
		".roo/rules-code/a.md":                    true,
		".github/instructions/go.instructions.md": true,
		".github/mergebrief.yml":                  false,
		"memory-bank/brief.md":                    true,
		".github/workflows/ci.yml":                false,
		"docs/agents.md":                          false,
		"src/CONVENTIONS.md":                      false,
		"CLAUDE.md.bak":                           false,
		".claude/projects/x.jsonl":                false,
		"":                                        false,
	} {
		if got := rulePath(p); got != want {
			t.Errorf("rulePath(%q) = %v, want %v", p, got, want)
		}
	}
}
