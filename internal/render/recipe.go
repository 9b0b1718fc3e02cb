package render

import (
	"slices"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// Documentation is where the pages about closing gaps are.
const Documentation = "https://github.com/mergebrief/mergebrief/blob/main/docs/"

// agentPages are the pages about agents, by the names under which commits and
// sessions show them.
var agentPages = map[string]string{
	"claude-code": "agents/claude-code-action.md", "Claude Code": "agents/claude-code-action.md",
	"codex": "agents/codex-action.md", "Codex": "agents/codex-action.md",
	"copilot": "agents/copilot-coding-agent.md", "GitHub Copilot": "agents/copilot-coding-agent.md",
	"gemini-cli": "agents/gemini-cli-action.md", "Gemini": "agents/gemini-cli-action.md",
	"cursor": "agents/cursor-cli.md", "Cursor": "agents/cursor-cli.md",
	"openhands": "agents/openhands.md", "OpenHands": "agents/openhands.md",
	"aider": "agents/aider.md", "Aider": "agents/aider.md",
}

// AgentPage returns the page about an agent, relative to [Documentation]; "" for
// agents that have none.
func AgentPage(agent string) string { return agentPages[agent] }

// recipe returns the page that says how to close the biggest gap of the record:
// that no agent run is recorded, though commits name an agent, or that some
// commits have no record while others do. It is "" when neither is so.
func (v *view) recipe() string {
	switch {
	case len(v.record.Sessions) == 0:
		if page := AgentPage(v.namedAgent()); page != "" {
			return Documentation + page
		}
	case slices.ContainsFunc(v.assess.Findings, func(f evidence.Finding) bool { return f.Rule == "commits-without-record" && f.Accepted == nil }):
		return Documentation + "record.md"
	}
	return ""
}

// namedAgent returns the agent that the first line attributed to one names.
func (v *view) namedAgent() string {
	for _, f := range v.assess.Attribution.Files {
		for _, p := range f.Parts {
			if p.Kind == evidence.AuthorAI && p.Agent != "" {
				return p.Agent
			}
		}
	}
	return ""
}
