package agentlog

import (
	"cmp"
	"io"
	"slices"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/mergebrief/mergebrief/internal/commandline"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

// ManifestSchema is the value of "schema" in a run manifest, by which it is
// recognised.
const ManifestSchema = "https://mergebrief.github.io/agent-run/v1"

const formatManifest = "agent-run"

// Manifest is the file agent-run.json that an orchestrator writes when its agent
// leaves no transcript, or to say what no transcript holds: who asked, who
// approved, and what the run was allowed to do. Every member but "schema" may be
// absent, and absent means unknown. Times are in the form of RFC 3339, durations
// in milliseconds, paths relative to the repository, lines 1-based and inclusive.
type Manifest struct {
	Schema string `json:"schema"`
	// Agent, version, provider and models.
	Agent   ManifestAgent `json:"agent,omitzero"`
	Session string        `json:"session,omitempty"`
	Started time.Time     `json:"started,omitzero"`
	Ended   time.Time     `json:"ended,omitzero"`
	Role    string        `json:"role,omitempty"`
	Prompts int           `json:"prompts,omitempty"`
	Digest  string        `json:"promptsDigest,omitempty"`
	// The work request. Requester and Approval are those of the request.
	Ticket    *ManifestTicket   `json:"ticket,omitempty"`
	Tickets   []ManifestTicket  `json:"tickets,omitempty"`
	Requester string            `json:"requester,omitempty"`
	Approval  *ManifestApproval `json:"approval,omitempty"`
	// What the agent read, and what it could not read.
	Context []ManifestContext `json:"context,omitempty"`
	// What the agent was allowed to do, in order of time.
	Boundaries   []evidence.Boundary   `json:"boundaries,omitempty"`
	Boundary     *evidence.Boundary    `json:"boundary,omitempty"`
	Denied       []evidence.DeniedCall `json:"denied,omitempty"`
	Commands     []CommandRecord       `json:"commands,omitempty"`
	Edits        []ManifestEdit        `json:"edits,omitempty"`
	Repairs      []evidence.Repair     `json:"repairs,omitempty"`
	Usage        *ManifestUsage        `json:"usage,omitempty"`
	Commits      []string              `json:"commits,omitempty"`
	PullRequests []string              `json:"pullRequests,omitempty"`
	// Which lines the agent, or a person, wrote.
	Claims []ManifestClaim `json:"claims,omitempty"`
}

// ManifestAgent names the agent.
type ManifestAgent struct {
	Name     string   `json:"name"`
	Version  string   `json:"version,omitempty"`
	Provider string   `json:"provider,omitempty"`
	Models   []string `json:"models,omitempty"`
}

// ManifestTicket is a work request.
type ManifestTicket struct {
	Key        string               `json:"key"`
	URL        string               `json:"url,omitempty"`
	Title      string               `json:"title,omitempty"`
	Requester  string               `json:"requester,omitempty"`
	Repository string               `json:"repository,omitempty"`
	Labels     []string             `json:"labels,omitempty"`
	Type       string               `json:"type,omitempty"`
	Priority   string               `json:"priority,omitempty"`
	Approval   *ManifestApproval    `json:"approval,omitempty"`
	Criteria   []evidence.Criterion `json:"criteria,omitempty"`
}

// ManifestApproval says who approved the request, and when.
type ManifestApproval struct {
	Approved bool      `json:"approved"`
	By       string    `json:"by,omitempty"`
	At       time.Time `json:"at,omitzero"`
}

// ManifestContext is one source of context: a "file" of the repository, or a
// "url", "mcp", "search", "document" or "repository" outside. With a reason
// ("not-found", "denied", "expired", …) it was not available.
type ManifestContext struct {
	Kind   string          `json:"kind"`
	Name   string          `json:"name"`
	Reason evidence.Reason `json:"reason,omitempty"`
	Detail string          `json:"detail,omitempty"`
}

// ManifestEdit is a change to a file.
type ManifestEdit struct {
	Path    string    `json:"path"`
	Added   int       `json:"added,omitempty"`
	Removed int       `json:"removed,omitempty"`
	Time    time.Time `json:"time,omitzero"`
}

// ManifestUsage is what the run consumed. Cached input is not part of
// inputTokens. An absent costUsd is unknown; costBasis says where it comes from:
// "measured", "reported" or "estimated".
type ManifestUsage struct {
	InputTokens      int64    `json:"inputTokens"`
	OutputTokens     int64    `json:"outputTokens"`
	CacheReadTokens  int64    `json:"cacheReadTokens,omitempty"`
	CacheWriteTokens int64    `json:"cacheWriteTokens,omitempty"`
	CostUSD          *float64 `json:"costUsd,omitempty"`
	CostBasis        string   `json:"costBasis,omitempty"`
}

// ManifestClaim states that an author wrote lines of a file as of a commit.
type ManifestClaim struct {
	// "ai", which is also meant when absent, or "human".
	Author string `json:"author,omitempty"`
	// For a person, how the record is to name them.
	Name   string               `json:"name,omitempty"`
	Commit string               `json:"commit"`
	Path   string               `json:"path"`
	Ranges []evidence.LineRange `json:"ranges"`
}

// DecodeManifest reads a run manifest.
func DecodeManifest(r io.Reader) (evidence.Fragment, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxLineBytes+1))
	if err != nil {
		return evidence.Fragment{}, evidence.Errorf(evidence.Unreadable, "agent-run.json: %w", err)
	}
	if len(data) > maxLineBytes {
		return evidence.Fragment{}, evidence.Errorf(evidence.Truncated, "agent-run.json is larger than %d bytes", maxLineBytes)
	}
	if deep(data) {
		return evidence.Fragment{}, evidence.Errorf(evidence.Truncated, "agent-run.json nests deeper than %d", maxDepth)
	}
	var m Manifest
	if err := json.Unmarshal(data, &m, rowOptions); err != nil {
		return evidence.Fragment{}, evidence.Errorf(evidence.Unreadable, "agent-run.json does not follow %s: %w", ManifestSchema, err)
	}
	return m.fragment(), nil
}

func (m *Manifest) fragment() evidence.Fragment {
	f := evidence.Fragment{Tickets: m.tickets(), Claims: m.claims()}
	if m.describesRun() {
		f.Sessions = []evidence.Session{m.session()}
	}
	return f
}

// describesRun reports whether the manifest says anything about a run, besides
// the work request.
func (m *Manifest) describesRun() bool {
	return m.Agent.Name != "" || m.Session != "" || len(m.Commands)+len(m.Boundaries)+len(m.Edits)+len(m.Context) > 0 ||
		m.Usage != nil || m.Boundary != nil
}

func (m *Manifest) tickets() []evidence.Ticket {
	list := m.Tickets
	if m.Ticket != nil {
		list = append([]ManifestTicket{*m.Ticket}, list...)
	}
	if len(list) == 0 && (m.Requester != "" || m.Approval != nil) {
		list = []ManifestTicket{{}}
	}
	var out []evidence.Ticket
	for _, t := range list[:min(len(list), maxListed)] {
		ticket := evidence.Ticket{
			Key: evidence.ClipValid(cmp.Or(t.Key, t.URL), maxNameBytes), URL: evidence.ClipValid(t.URL, commandline.MaxPathBytes), FoundBy: evidence.FoundByManifest,
			Title: evidence.ClipValid(t.Title, commandline.MaxLineBytes), Requester: evidence.ClipValid(cmp.Or(t.Requester, m.Requester), maxNameBytes),
			Repository: evidence.ClipValid(t.Repository, maxNameBytes), Labels: names(t.Labels), Type: evidence.ClipValid(t.Type, maxNameBytes), Priority: evidence.ClipValid(t.Priority, maxNameBytes),
			Criteria: t.Criteria[:min(len(t.Criteria), maxListed)],
		}
		approval := t.Approval
		if approval == nil {
			approval = m.Approval
		}
		if approval != nil {
			ticket.Approval = &evidence.Approval{
				Basis: evidence.Reported, Approved: approval.Approved, By: evidence.ClipValid(cmp.Or(approval.By, "the run manifest"), maxNameBytes), At: approval.At.UTC(),
			}
		}
		out = append(out, ticket)
	}
	return out
}

func names(list []string) []string {
	var out []string
	for _, s := range list[:min(len(list), maxListed)] {
		out = append(out, evidence.ClipValid(s, maxNameBytes))
	}
	return out
}

func (m *Manifest) claims() []evidence.Claim {
	var out []evidence.Claim
	for _, c := range m.Claims[:min(len(m.Claims), maxHeldCommands)] {
		claim := evidence.Claim{
			Author: evidence.AuthorAI, Session: evidence.ClipValid(m.Session, maxNameBytes), Agent: evidence.ClipValid(m.Agent.Name, maxNameBytes),
			Commit: c.Commit, Path: commandline.CleanPath(c.Path), Method: evidence.MethodManifest, Confidence: evidence.Strong,
		}
		if len(m.Agent.Models) == 1 {
			claim.Model = evidence.ClipValid(m.Agent.Models[0], maxNameBytes)
		}
		if c.Author == string(evidence.AuthorHuman) {
			claim.Author, claim.Session, claim.Agent, claim.Model = evidence.AuthorHuman, evidence.ClipValid(cmp.Or(c.Name, "a person"), maxNameBytes), "", ""
		}
		claim.Ranges = ranges(c.Ranges)
		if claim.Path != "" && len(claim.Ranges) > 0 {
			out = append(out, claim)
		}
	}
	return out
}

func (m *Manifest) session() evidence.Session {
	b := newBuilder(formatManifest)
	s := &b.session
	s.Agent, s.Provider = evidence.ClipValid(cmp.Or(m.Agent.Name, "unknown"), maxNameBytes), evidence.ClipValid(m.Agent.Provider, maxNameBytes)
	s.ID, s.AgentVersion, s.Role = evidence.ClipValid(m.Session, maxNameBytes), evidence.ClipValid(m.Agent.Version, maxNameBytes), known(evidence.Role(m.Role), evidence.RoleAuthored, evidence.RoleEdited, evidence.RoleReviewed)
	for _, name := range m.Agent.Models {
		b.model(name)
	}
	b.at(m.Started.UTC())
	b.at(m.Ended.UTC())
	if m.Boundary != nil {
		b.boundary(*m.Boundary)
	}
	for _, x := range m.Boundaries {
		b.boundary(x)
	}
	for _, d := range m.Denied {
		b.denies("", d.Tool, d.Subject, known(d.By, evidence.DeniedByUser, evidence.DeniedByPolicy, evidence.DeniedBySandbox))
	}
	m.events(b)
	for _, c := range m.Context {
		c.note(b)
	}
	for _, id := range m.Commits {
		b.commit(id)
	}
	for _, u := range m.PullRequests {
		b.pullRequest(u)
	}
	m.spent(b)
	for _, r := range m.Repairs[:min(len(m.Repairs), maxListed)] {
		r.FirstFailure, r.LastRun = within(r.FirstFailure, len(b.commands)), within(r.LastRun, len(b.commands))
		s.Repairs = append(s.Repairs, r)
	}
	out := b.build()
	if m.Prompts > 0 {
		out.Prompts = evidence.Prompts{Count: m.Prompts, Digest: evidence.ClipValid(m.Digest, maxNameBytes)}
	}
	return out
}

// within returns an index if there is something at it.
func within(at *int, n int) *int {
	if at == nil || *at < 0 || *at >= min(n, maxCommands) {
		return nil
	}
	return at
}

// events replays commands and edits in the order of their times; those without
// a time keep their place after the ones before them.
func (m *Manifest) events(b *builder) {
	edits := m.Edits
	for _, c := range m.Commands {
		for len(edits) > 0 && !edits[0].Time.IsZero() && edits[0].Time.Before(c.Started) {
			b.edit(edits[0].edit())
			edits = edits[1:]
		}
		c.replay(b)
	}
	for _, e := range edits {
		b.edit(e.edit())
	}
}

func (e ManifestEdit) edit() evidence.Edit {
	return evidence.Edit{Path: e.Path, Added: max(0, e.Added), Removed: max(0, e.Removed), Time: e.Time.UTC()}
}

func (c ManifestContext) note(b *builder) {
	switch {
	case c.Reason != "":
		b.lacks(c.Name, c.Reason, c.Detail)
	case c.Kind == "file":
		b.reads(c.Name)
	case c.Kind == string(evidence.ExternalURL) && hostOf(c.Name) != "":
		b.host(c.Name)
	default:
		b.uses(evidence.ClipValid(c.Kind, maxNameBytes), c.Name)
	}
}

func (m *Manifest) spent(b *builder) {
	if m.Usage == nil {
		return
	}
	u := evidence.Usage{
		InputTokens: max(0, m.Usage.InputTokens), OutputTokens: max(0, m.Usage.OutputTokens),
		CacheReadTokens: max(0, m.Usage.CacheReadTokens), CacheWriteTokens: max(0, m.Usage.CacheWriteTokens), CostBasis: evidence.CostUnknown,
	}
	if m.Usage.CostUSD != nil && *m.Usage.CostUSD >= 0 {
		u.CostUSD, u.CostBasis = m.Usage.CostUSD, evidence.CostReported
		if basis := evidence.CostBasis(m.Usage.CostBasis); basis == evidence.CostMeasured || basis == evidence.CostEstimated {
			u.CostBasis = basis
		}
	}
	b.whole = &u
}

// ranges returns the valid ranges, ascending and disjoint.
func ranges(list []evidence.LineRange) []evidence.LineRange {
	set := rangeSet{}
	for _, r := range list {
		set.add(r.First, r.Last)
	}
	return set.merged()
}

// known returns a word of a closed vocabulary, or "" for any other word: a
// manifest may say anything.
func known[W comparable](word W, all ...W) W {
	if slices.Contains(all, word) {
		return word
	}
	var none W
	return none
}
