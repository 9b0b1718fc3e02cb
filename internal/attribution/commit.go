package attribution

import (
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// Mark is a place of a commit that names an agent: its author or committer, or a
// trailer. Anyone can write it.
type Mark struct {
	Agent string
	// Id of the run, as the agent's maker has it, when the mark names one.
	Session string
	// [evidence.MethodTrailer] or [evidence.MethodAccount].
	Method evidence.Method
}

// agentAddresses are the e-mail addresses that agents sign with, in lower case.
// Names decide nothing: there are people called Claude and Jules.
var agentAddresses = map[string]string{
	"noreply@anthropic.com":      "Claude Code",
	"copilot@github.com":         "GitHub Copilot",
	"cursoragent@cursor.com":     "Cursor",
	"noreply@openai.com":         "Codex",
	"codex@openai.com":           "Codex",
	"aider@aider.chat":           "Aider",
	"noreply@aider.chat":         "Aider",
	"noreply@aider.dev":          "Aider",
	"amp@ampcode.com":            "Amp",
	"openhands@all-hands.dev":    "OpenHands",
	"opendevin@all-hands.dev":    "OpenHands",
	"bot@opendevin.com":          "OpenHands",
	"noreply@opencode.ai":        "opencode",
	"windsurf@codeium.com":       "Windsurf",
	"clio-agent@sisyphuslabs.ai": "Sisyphus",
}

// agentAccounts are the ids of agents' accounts on GitHub, which stand in the
// addresses that GitHub gives out. Bots that review or update dependencies are
// not among them.
var agentAccounts = map[string]string{
	"209825114": "Claude Code",
	"198982749": "GitHub Copilot",
	"175728472": "GitHub Copilot",
	"223556219": "GitHub Copilot",
	"158243242": "Devin",
	"148525504": "Devin",
	"161369871": "Jules",
	"218312386": "Gemini",
	"138933559": "Factory",
}

// agentApps are logins of GitHub apps. Nobody else can have a login with "[bot]",
// and some tools write it with another account's id, or with none.
var agentApps = map[string]string{
	"claude[bot]":                  "Claude Code",
	"claude-code[bot]":             "Claude Code",
	"copilot-swe-agent[bot]":       "GitHub Copilot",
	"cursor[bot]":                  "Cursor",
	"chatgpt-codex-connector[bot]": "Codex",
	"devin-ai-integration[bot]":    "Devin",
	"google-labs-jules[bot]":       "Jules",
	"gemini-cli[bot]":              "Gemini",
	"factory-droid[bot]":           "Factory",
	"pullfrog[bot]":                "Pullfrog",
}

// aiderSuffix is what Aider appends to the name of the person it works for; it
// has no address of its own there.
const aiderSuffix = " (aider)"

// authorTrailers are the trailers whose value is an identity.
var authorTrailers = []string{"co-authored-by", "co-developed-by", "assisted-by", "generated-by"}

// runTrailers are the trailers that only one agent writes. With an empty value,
// any value will do.
var runTrailers = []struct {
	key, value, agent string
	// The value names the run.
	session bool
}{
	{"claude-session", "", "Claude Code", true},
	{"claude-generated-by", "", "Claude Code", false},
	{"agent-logs-url", "", "GitHub Copilot", true},
	{"made-with", "cursor", "Cursor", false},
	{"amp-thread-id", "", "Amp", true},
}

// Marks returns where a commit says that an agent made it or had a part in it:
// trailers first, then its author or else its committer.
func Marks(c evidence.Commit) []Mark {
	var all []Mark
	for _, t := range c.Trailers {
		if m, ok := trailerMark(t); ok {
			all = append(all, m)
		}
	}
	for _, who := range []evidence.Identity{c.Author, c.Committer} {
		agent := agentOf(who.Email)
		if agent == "" && strings.HasSuffix(who.Name, aiderSuffix) {
			agent = "Aider"
		}
		if agent != "" {
			return append(all, Mark{Agent: agent, Method: evidence.MethodAccount})
		}
	}
	return all
}

func trailerMark(t evidence.Trailer) (Mark, bool) {
	key := strings.ToLower(t.Key)
	m := Mark{Method: evidence.MethodTrailer}
	if slices.Contains(authorTrailers, key) {
		m.Agent = agentOf(address(t.Value))
		return m, m.Agent != ""
	}
	for _, r := range runTrailers {
		if key != r.key || t.Value == "" || r.value != "" && !strings.EqualFold(t.Value, r.value) {
			continue
		}
		if m.Agent = r.agent; r.session {
			m.Session = RunID(t.Value)
		}
		return m, true
	}
	return m, false
}

// RunID returns the id of a run from how a trailer or a description names it:
// the last part of an address, else the value itself.
func RunID(value string) string {
	value, _, _ = strings.Cut(strings.TrimSpace(value), " ")
	if u, err := url.Parse(value); err == nil && u.Host != "" {
		return path.Base(u.Path)
	}
	return value
}

// bareAddress finds an address that stands without angle brackets.
var bareAddress = regexp.MustCompile(`^(?:.*\s)?\(?([^\s<>()]+@[^\s<>()]+)\)?$`)

// address returns the e-mail address of "Name <address>"; the brackets may be
// missing.
func address(identity string) string {
	if open := strings.LastIndexByte(identity, '<'); open >= 0 {
		email, _, _ := strings.Cut(identity[open+1:], ">")
		return strings.TrimSpace(email)
	}
	if m := bareAddress.FindStringSubmatch(strings.TrimSpace(identity)); m != nil {
		return m[1]
	}
	return ""
}

// noreplyHost ends the addresses that GitHub gives out: "<id>+<login>@", or
// "<login>@" for accounts from before 2017.
const noreplyHost = "@users.noreply.github.com"

// agentOf returns the agent that an e-mail address belongs to, or "".
func agentOf(email string) string {
	email = strings.ToLower(strings.TrimSpace(email))
	if agent := agentAddresses[email]; agent != "" {
		return agent
	}
	local, ok := strings.CutSuffix(email, noreplyHost)
	if !ok {
		return ""
	}
	id, login, numbered := strings.Cut(local, "+")
	if !numbered {
		return agentApps[local]
	}
	if agent := agentAccounts[id]; agent != "" {
		return agent
	}
	return agentApps[login]
}

// commitClaims returns what a commit says about itself: that an agent was its
// author, or had a part in it. What it does not say means nothing: in public
// repositories more than half of the lines of commits without such a mark are an
// agent's by better records. The run that a trailer names is left open: its
// maker's address for it is not the id in its transcript, and would look like
// another run.
func commitClaims(c evidence.Commit) []evidence.Claim {
	var all []evidence.Claim
	for _, m := range Marks(c) {
		all = append(all, evidence.Claim{
			Origin: evidence.Origin{Basis: evidence.Reported, Source: c.Origin.Source, URI: c.ID},
			Author: evidence.AuthorAI, Agent: m.Agent, Commit: c.ID, Method: m.Method, Confidence: evidence.CommitLevel,
		})
	}
	return all
}
