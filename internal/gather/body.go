package gather

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"slices"

	"github.com/mergebrief/mergebrief/internal/agents"
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

// runID finds the id at the end of an address, which may be a parameter.
var runID = regexp.MustCompile(`[^/=?]+$`)

// readBody returns what the description of a pull request says that can be
// checked, and the agents and runs that it names. The text itself is not kept.
func readBody(o evidence.Origin, body string) ([]evidence.Assurance, []evidence.Mention) {
	if body == "" {
		return nil, nil
	}
	sum := sha256.Sum256([]byte(body))
	o.Basis, o.Class, o.Digest = evidence.Reported, evidence.FromChange, "sha256:"+hex.EncodeToString(sum[:])
	text := body[:min(len(body), maxBodyBytes)]
	var all []evidence.Mention
	for _, m := range agents.Known().Mentions(text, maxMentions) {
		x := evidence.Mention{Origin: o, Kind: evidence.MentionAgent, Agent: m.Agent}
		if m.Session != "" {
			x.Kind, x.URL, x.Session = evidence.MentionSession, m.Session, runID.FindString(m.Session)
		}
		if !slices.Contains(all, x) && len(all) < maxMentions {
			all = append(all, x)
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
	return agentlog.Assurances(text), all
}
