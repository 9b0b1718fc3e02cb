package attribution

import (
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// agentMark recognises an agent in the identities of a commit.
type agentMark struct {
	// Part of the name or address, lower case.
	mark  string
	agent string
}

// agentMarks are the addresses and account names that agents sign with. They
// are specific on purpose: a person may be called Claude, and dependency bots
// write no code.
var agentMarks = []agentMark{
	{"noreply@anthropic.com", "Claude Code"},
	{"claude[bot]", "Claude Code"},
	{"claude-code[bot]", "Claude Code"},
	{"copilot-swe-agent", "GitHub Copilot"},
	{"198982749+copilot@users.noreply.github.com", "GitHub Copilot"},
	{"175728472+copilot@users.noreply.github.com", "GitHub Copilot"},
	{"copilot@github.com", "GitHub Copilot"},
	{"cursoragent@cursor.com", "Cursor"},
	{"cursor[bot]", "Cursor"},
	{"noreply@openai.com", "Codex"},
	{"codex@openai.com", "Codex"},
	{"chatgpt-codex-connector", "Codex"},
	{"devin-ai-integration", "Devin"},
	{"google-labs-jules", "Jules"},
	{"gemini-code-assist", "Gemini"},
	{"gemini-cli", "Gemini"},
	{"noreply@aider.chat", "Aider"},
	{"amp@ampcode.com", "Amp"},
	{"openhands@all-hands.dev", "OpenHands"},
	{"noreply@opencode.ai", "opencode"},
	{"factory-droid[bot]", "Factory"},
	{"windsurf@codeium.com", "Windsurf"},
}

// agentTrailers are the trailers whose value may be an agent.
var agentTrailers = []string{"co-authored-by", "co-developed-by", "assisted-by", "generated-by"}

// commitClaims returns what a commit says about itself: that an agent was its
// author, or had a part in it. What it does not say means nothing: in public
// repositories more than half of the lines of commits without such a mark are an
// agent's by better records.
func commitClaims(c evidence.Commit) []evidence.Claim {
	claim := func(agent string, m evidence.Method) evidence.Claim {
		return evidence.Claim{
			Origin: evidence.Origin{Basis: evidence.Reported, Source: c.Origin.Source, URI: c.ID},
			Author: evidence.AuthorAI, Agent: agent, Commit: c.ID, Method: m, Confidence: evidence.CommitLevel,
		}
	}
	var all []evidence.Claim
	for _, t := range c.Trailers {
		for _, key := range agentTrailers {
			if agent := agentIn(t.Value); agent != "" && strings.EqualFold(t.Key, key) {
				all = append(all, claim(agent, evidence.MethodTrailer))
			}
		}
	}
	for _, who := range []evidence.Identity{c.Author, c.Committer} {
		if agent := agentIn(who.Name + " <" + who.Email + ">"); agent != "" {
			return append(all, claim(agent, evidence.MethodAccount))
		}
	}
	return all
}

func agentIn(identity string) string {
	identity = strings.ToLower(identity)
	for _, m := range agentMarks {
		if strings.Contains(identity, m.mark) {
			return m.agent
		}
	}
	return ""
}
