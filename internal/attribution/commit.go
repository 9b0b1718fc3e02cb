package attribution

import (
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/mergebrief/mergebrief/internal/agents"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

// Mark is a place of a commit that names an agent: its author or committer, or a
// trailer. Anyone can write it.
type Mark struct {
	// Key of the agent in package agents.
	Agent string
	// Id of the run, as the agent's maker has it, when the mark names one.
	Session string
	// [evidence.MethodTrailer] or [evidence.MethodAccount].
	Method evidence.Method
}

// authorTrailers are the trailers whose value is an identity.
var authorTrailers = []string{"co-authored-by", "co-developed-by", "assisted-by", "generated-by"}

// Marks returns where a commit says that an agent made it or had a part in it:
// trailers first, then its author or else its committer.
func Marks(c evidence.Commit) []Mark { return marks(agents.Known(), c) }

func marks(table *agents.Table, c evidence.Commit) []Mark {
	var all []Mark
	for _, t := range c.Trailers {
		if m, ok := trailerMark(table, t); ok {
			all = append(all, m)
		}
	}
	for _, who := range []evidence.Identity{c.Author, c.Committer} {
		if agent := table.Signer(who.Name, who.Email); agent != "" {
			return append(all, Mark{Agent: agent, Method: evidence.MethodAccount})
		}
	}
	return all
}

func trailerMark(table *agents.Table, t evidence.Trailer) (Mark, bool) {
	m := Mark{Method: evidence.MethodTrailer}
	if slices.Contains(authorTrailers, strings.ToLower(t.Key)) {
		m.Agent = table.Signer("", address(t.Value))
		return m, m.Agent != ""
	}
	agent, session := table.Trailer(t.Key, t.Value)
	if m.Agent = agent; session {
		m.Session = RunID(t.Value)
	}
	return m, agent != ""
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
			Origin: evidence.Origin{Basis: evidence.Reported, Class: evidence.FromChange, Source: c.Origin.Source, URI: c.ID},
			Author: evidence.AuthorAI, Agent: m.Agent, Commit: c.ID, Method: m.Method, Confidence: evidence.CommitLevel,
		})
	}
	return all
}
