package gather

import (
	"path"
	"strings"
)

// The files from which coding agents take instructions and settings, as their
// makers document them. A table of literals instead of patterns: every path of a
// repository is looked up, and large repositories have a million.
var (
	// ruleNames count in every directory.
	ruleNames = set("AGENTS.md AGENTS.override.md CLAUDE.md CLAUDE.local.md GEMINI.md SKILL.md")
	// rulePaths count at the root of the repository.
	rulePaths = set(`.claude/settings.json .claude/settings.local.json .mcp.json .cursorrules .cursorignore
		.cursor/hooks.json .cursor/mcp.json .cursor/environment.json .github/copilot-instructions.md
		.github/workflows/copilot-setup-steps.yml .github/workflows/copilot-setup-steps.yaml
		.gemini/settings.json .gemini/styleguide.md .gemini/config.yaml .windsurfrules .clinerules .roorules .roomodes
		.aider.conf.yml .aiderignore CONVENTIONS.md .junie/guidelines.md .junie/AGENTS.md .augment-guidelines
		.continuerules opencode.json opencode.jsonc .goosehints .rules .codex/config.toml warp.md WARP.md replit.md
		llms.txt`)
	// ruleFolders count with all that is in them.
	ruleFolders = []string{
		".claude/rules/", ".claude/agents/", ".claude/commands/", ".claude/skills/", ".claude/hooks/",
		".github/instructions/", ".github/prompts/", ".github/chatmodes/", ".github/agents/",
		".gemini/commands/", ".windsurf/rules/", ".windsurf/workflows/", ".clinerules/", "memory-bank/",
		".kiro/steering/", ".kiro/specs/", ".amazonq/rules/", ".augment/rules/", ".continue/rules/", ".opencode/",
		".trae/rules/", ".openhands/microagents/", ".agents/skills/", ".codex/rules/", ".devin/", ".cursor/rules/",
		".roo/rules",
	}
	// ruleFoldersAnywhere count in every directory.
	ruleFoldersAnywhere = []string{"/.cursor/rules/"}
)

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}

// rulePath reports whether a path in a repository is that of an instruction or
// settings file for coding agents.
func rulePath(p string) bool {
	if ruleNames[path.Base(p)] || rulePaths[p] {
		return true
	}
	if p != "" && p[0] == '.' || strings.HasPrefix(p, "memory-bank/") {
		for _, folder := range ruleFolders {
			if strings.HasPrefix(p, folder) {
				return true
			}
		}
	}
	for _, folder := range ruleFoldersAnywhere {
		if strings.Contains(p, folder) {
			return true
		}
	}
	return false
}
