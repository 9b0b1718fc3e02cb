package gather

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"slices"

	"github.com/mergebrief/mergebrief/internal/attribution"
	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format/agentlog"
)

const (
	// maxBodyBytes bounds the part of a description that is searched; GitHub
	// itself allows 65,536 characters.
	maxBodyBytes = 256 << 10
	// maxMentions bounds the runs that one description names.
	maxMentions = 100
)

// bodyMarks are what agents write into the descriptions of their pull requests.
// The first group, if any, is the address of the run.
var bodyMarks = []struct {
	kind    evidence.MentionKind
	agent   string
	pattern *regexp.Regexp
}{
	{evidence.MentionSession, "Devin", regexp.MustCompile(`\b(https://app\.devin\.ai/sessions/[0-9a-f]{32})\b`)},
	{evidence.MentionSession, "Jules", regexp.MustCompile(`\b(https://jules\.google(?:\.com)?/(?:task|session)s?/[0-9]{1,30})\b`)},
	{evidence.MentionSession, "GitHub Copilot", regexp.MustCompile(`\b(https://[\w.-]+/[\w.-]+/[\w.-]+/(?:agent-)?sessions/[0-9a-f]{8}-[0-9a-f-]{27})\b`)},
	{evidence.MentionSession, "Claude Code", regexp.MustCompile(`\b(https://claude\.ai/code/session_[0-9A-Za-z]{1,64})\b`)},
	{evidence.MentionSession, "Codex", regexp.MustCompile(`\b(https://chatgpt\.com/codex/tasks/task_[0-9A-Za-z_]{1,64})\b`)},
	{evidence.MentionSession, "Cursor", regexp.MustCompile(`\b(https://(?:www\.)?cursor\.com/(?:agents/|agents\?id=|background-agent\?bcId=)bc-[0-9a-f-]{36})\b`)},
	{evidence.MentionSession, "Amp", regexp.MustCompile(`\b(https://ampcode\.com/threads/T-[0-9A-Za-z-]{1,64})\b`)},
	{evidence.MentionSession, "OpenHands", regexp.MustCompile(`\b(https://app\.all-hands\.dev/conversations/[0-9a-f]{32})\b`)},
	{evidence.MentionAgent, "Claude Code", regexp.MustCompile(`Generated with \[Claude Code\]\(https://claude\.(?:ai|com)/(?:claude-)?code\)`)},
	{evidence.MentionAgent, "Jules", regexp.MustCompile(`PR created automatically by Jules for task`)},
	{evidence.MentionAgent, "Cursor", regexp.MustCompile(`(?m)^Made[- ]with:?[ \t]+\[?Cursor\b`)},
}

// runID finds the id at the end of an address, which may be a parameter.
var runID = regexp.MustCompile(`[^/=?]+$`)

// readBody returns what the description of a pull request says that can be
// checked, and the agents and runs that it names. The text itself is not kept.
func readBody(o evidence.Origin, body string) ([]evidence.Statement, []evidence.Mention) {
	if body == "" {
		return nil, nil
	}
	sum := sha256.Sum256([]byte(body))
	o.Basis, o.Digest = evidence.Reported, "sha256:"+hex.EncodeToString(sum[:])
	text := body[:min(len(body), maxBodyBytes)]
	var all []evidence.Mention
	for _, mark := range bodyMarks {
		for _, m := range mark.pattern.FindAllStringSubmatch(text, maxMentions) {
			x := evidence.Mention{Origin: o, Kind: mark.kind, Agent: mark.agent}
			if len(m) > 1 {
				x.URL, x.Session = m[1], runID.FindString(m[1])
			}
			if !slices.Contains(all, x) && len(all) < maxMentions {
				all = append(all, x)
			}
		}
	}
	for _, t := range attribution.StrayTrailers(text, nil) {
		for _, m := range attribution.Marks(evidence.Commit{Trailers: []evidence.Trailer{t}}) {
			x := evidence.Mention{Origin: o, Kind: evidence.MentionAgent, Agent: m.Agent, Session: m.Session}
			if x.Session != "" {
				x.Kind = evidence.MentionSession
			}
			named := func(have evidence.Mention) bool { return have.Agent == x.Agent && have.Session == x.Session }
			if !slices.ContainsFunc(all, named) && len(all) < maxMentions {
				all = append(all, x)
			}
		}
	}
	return agentlog.Statements(text), all
}
