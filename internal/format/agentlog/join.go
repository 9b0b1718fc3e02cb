package agentlog

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// Join makes one session of what several files hold of it: copies that were
// saved while it went on, transcripts of its subagents, the session file beside
// the stream of the same run. A call and an answer count once, by the ids that
// the agent gave them, also where a resumed session starts with copies of the
// one before. Sessions without an id are told apart by their bytes.
//
// Join is to be called before redaction, on sessions as Decode returned them and
// with their origins; it does not change them. The result is ordered by start,
// then by id.
func Join(sessions []evidence.Session) []evidence.Session {
	groups := map[sessionPlace][]evidence.Session{}
	var order []sessionPlace
	nameless := map[evidence.Origin]int{}
	for _, s := range sessions {
		key := joinKey(&s, nameless)
		if _, known := groups[key]; !known {
			order = append(order, key)
		}
		groups[key] = append(groups[key], s)
	}
	out := make([]evidence.Session, 0, len(order))
	for _, key := range order {
		out = append(out, union(groups[key]))
	}
	slices.SortStableFunc(out, func(a, b evidence.Session) int {
		if c := a.Started.Compare(b.Started); c != 0 {
			return c
		}
		return strings.Compare(a.ID+"\x00"+a.Origin.URI, b.ID+"\x00"+b.Origin.URI)
	})
	return apart(continued(out))
}

// continued makes one session of those that went on with each other: one that was
// resumed under a new id begins with copies of the rows before, whose calls have
// their ids. The ids of the later ones stay with the first.
func continued(list []evidence.Session) []evidence.Session {
	owner := map[string]int{} // by agent and call
	into := make([]int, len(list))
	for i := range list {
		into[i] = i
		s := &list[i]
		for _, call := range firstCalls(s) {
			if first, known := owner[call]; known && into[i] == i && into[first] != i && s.ID != "" {
				into[i] = into[first]
			}
		}
		for _, call := range callIDs(s) {
			if _, known := owner[call]; !known {
				owner[call] = into[i]
			}
		}
	}
	var out []evidence.Session
	at := map[int]int{}
	for i, s := range list {
		if into[i] == i {
			at[i] = len(out)
			out = append(out, s)
			continue
		}
		root := &out[at[into[i]]]
		*root = absorb(*root, s)
		if s.ID != root.ID {
			root.Continued = appendNew(slices.Clip(root.Continued), s.ID)
		}
	}
	for i := range out {
		if len(out[i].Continued) > 0 {
			out[i] = rebuilt(out[i])
		}
	}
	return out
}

// firstCalls returns the ids of the first command and the first edit: a copy stands
// at the beginning.
func firstCalls(s *evidence.Session) []string {
	return callIDs(&evidence.Session{Agent: s.Agent, Commands: s.Commands[:min(1, len(s.Commands))], Edits: s.Edits[:min(1, len(s.Edits))]})
}

// callIDs returns the ids of the calls of a session, as the agent gave them.
func callIDs(s *evidence.Session) []string {
	var all []string
	for i := range s.Commands {
		if call := s.Commands[i].Call; call != "" {
			all = append(all, s.Agent+"\x00"+call)
		}
	}
	for i := range s.Edits {
		if call := s.Edits[i].Call; call != "" {
			all = append(all, s.Agent+"\x00"+call)
		}
	}
	return all
}

// joinKey is equal for the parts of one session. A session without an id is a
// part only of the session at the same place in a file with the same bytes;
// nameless counts them by file.
func joinKey(s *evidence.Session, nameless map[evidence.Origin]int) sessionPlace {
	if s.ID != "" {
		return sessionPlace{key: s.Key()}
	}
	file := evidence.Origin{Digest: s.Origin.Digest, URI: s.Origin.URI}
	nameless[file]++
	at := sessionPlace{digest: file.Digest, number: nameless[file]}
	if file.Digest == "" {
		at.uri = file.URI
	}
	return at
}

// sessionPlace says which session a part is of: by its key, else by its place.
type sessionPlace struct {
	key         evidence.SessionKey
	digest, uri string
	number      int
}

// ofSubagent reports whether a session is the transcript of a subagent: it says
// so, or lies where Claude Code keeps those.
func ofSubagent(s evidence.Session) bool {
	dir, name := path.Split(s.Origin.URI)
	return s.SubagentID != "" || strings.HasSuffix(dir, "/subagents/") && strings.HasPrefix(name, "agent-")
}

// union joins the parts of one session into the fullest of them.
func union(parts []evidence.Session) evidence.Session {
	if len(parts) == 1 {
		return parts[0]
	}
	parts = slices.Clone(parts)
	slices.SortStableFunc(parts, func(a, b evidence.Session) int {
		if x, y := ofSubagent(a), ofSubagent(b); x != y {
			if x {
				return 1
			}
			return -1
		}
		if c := size(b) - size(a); c != 0 {
			return c
		}
		return strings.Compare(a.Origin.URI, b.Origin.URI)
	})
	s := parts[0]
	for _, p := range parts[1:] {
		s = absorb(s, p)
	}
	return rebuilt(s)
}

func size(s evidence.Session) int {
	return s.CommandCounts.Total + len(s.Edits) + len(s.Answers) + s.Prompts.Count
}

// absorb adds to s what p has and s has not.
func absorb(s, p evidence.Session) evidence.Session {
	sub := ofSubagent(p)
	s.Origin = s.Origin.With(p.Origin)
	s.Commands = calls(s.Commands, p.Commands, sub, commandCall, markCommand)
	s.Edits = calls(s.Edits, p.Edits, sub, editCall, markEdit)
	s.Denied = calls(s.Denied, p.Denied, sub, deniedCall, nil)
	s.CommandsOmitted = max(s.CommandsOmitted, p.CommandsOmitted)
	s.EditsOmitted = max(s.EditsOmitted, p.EditsOmitted)
	s.Answers = paid(s.Answers, p.Answers)
	s.Models = merged(s.Models, p.Models)
	s.FilesRead = sortedUnion(s.FilesRead, p.FilesRead)
	s.ReadOutside = sortedUnion(s.ReadOutside, p.ReadOutside)
	s.FilesReadOutside = len(s.ReadOutside)
	s.External = counts(s.External, p.External, sub)
	s.Untracked = counts(s.Untracked, p.Untracked, sub)
	s.NotUnderstood = oddCalls(s.NotUnderstood, p.NotUnderstood, sub)
	s.Links.Commits = merged(s.Links.Commits, p.Links.Commits)
	s.Links.PullRequests = merged(s.Links.PullRequests, p.Links.PullRequests)
	s.SubagentIDs = sortedUnion(s.SubagentIDs, p.SubagentIDs)
	if sub && p.SubagentID != "" {
		s.SubagentIDs = sortedUnion(s.SubagentIDs, []string{p.SubagentID})
	}
	s.Subagents = max(s.Subagents, p.Subagents, len(s.SubagentIDs))
	for _, m := range p.Unavailable {
		if !slices.Contains(s.Unavailable, m) {
			s.Unavailable = append(slices.Clip(s.Unavailable), m)
		}
	}
	s.Started, s.Ended = earlier(s.Started, p.Started), later(s.Ended, p.Ended)
	s.AgentVersion, s.Provider = cmp.Or(s.AgentVersion, p.AgentVersion), cmp.Or(s.Provider, p.Provider)
	if sub {
		return s
	}
	s.Compactions = max(s.Compactions, p.Compactions)
	if p.Prompts.Count > s.Prompts.Count {
		s.Prompts = p.Prompts
	}
	for _, b := range p.Boundaries {
		if !slices.ContainsFunc(s.Boundaries, func(have evidence.Boundary) bool { return same(have, b) && have.From.Equal(b.From) }) {
			s.Boundaries = append(slices.Clip(s.Boundaries), b)
		}
	}
	s.Ending = cmp.Or(s.Ending, p.Ending)
	if len(p.Drift) > len(s.Drift) {
		s.Drift = p.Drift
	}
	if len(s.Assurances) == 0 {
		s.Assurances = p.Assurances
	}
	return s
}

// oddCalls joins lists of calls that were not understood, as [counts] does.
func oddCalls(have, more []evidence.ToolCalls, sub bool) []evidence.ToolCalls {
	out := slices.Clone(have)
	for _, m := range more {
		i := slices.IndexFunc(out, func(x evidence.ToolCalls) bool { return x.Tool == m.Tool })
		switch {
		case i < 0:
			out = append(out, m)
		case sub:
			out[i].Count += m.Count
		default:
			out[i].Count = max(out[i].Count, m.Count)
		}
	}
	slices.SortFunc(out, func(a, b evidence.ToolCalls) int { return strings.Compare(a.Tool, b.Tool) })
	return out
}

func commandCall(c evidence.Command) string   { return c.Call }
func editCall(e evidence.Edit) string         { return e.Call + "\x00" + e.Path }
func deniedCall(d evidence.DeniedCall) string { return d.Call }
func markCommand(c *evidence.Command)         { c.Subagent = true }
func markEdit(e *evidence.Edit)               { e.Subagent = true }

// calls appends the calls of more that have does not hold. Those without an id
// are copies unless a subagent made them.
func calls[T any](have, more []T, sub bool, id func(T) string, mark func(*T)) []T {
	known := map[string]bool{}
	for _, c := range have {
		known[id(c)] = true
	}
	out := slices.Clip(have)
	for _, c := range more {
		key := id(c)
		if known[key] || !sub && strings.HasPrefix(key+"\x00", "\x00") && len(have) > 0 {
			continue
		}
		if sub && mark != nil {
			mark(&c)
		}
		out = append(out, c)
	}
	return out
}

// paid joins answers by their key; of two records of one answer the later one,
// which has more output, counts. A total that a log states counts as such.
func paid(have, more []evidence.Answer) []evidence.Answer {
	at := map[string]int{}
	out := slices.Clone(have)
	for i, a := range out {
		at[a.Key] = i
	}
	for _, a := range more {
		i, known := at[a.Key]
		switch {
		case !known:
			at[a.Key] = len(out)
			out = append(out, a)
		case a.Usage.OutputTokens > out[i].Usage.OutputTokens:
			out[i] = a
		}
	}
	return out
}

func merged(have, more []string) []string {
	out := slices.Clip(have)
	for _, s := range more {
		out = appendNew(out, s)
	}
	return out
}

func sortedUnion(a, b []string) []string {
	out := slices.Concat(a, b)
	slices.Sort(out)
	return slices.Compact(out)
}

// counts joins lists of sources: what a subagent used comes on top, a copy says
// the same again.
func counts(have, more []evidence.External, sub bool) []evidence.External {
	out := slices.Clone(have)
	for _, m := range more {
		i := slices.IndexFunc(out, func(x evidence.External) bool { return x.Kind == m.Kind && x.Name == m.Name })
		switch {
		case i < 0:
			out = append(out, m)
		case sub:
			out[i].Count += m.Count
		default:
			out[i].Count = max(out[i].Count, m.Count)
		}
	}
	slices.SortFunc(out, func(x, y evidence.External) int {
		return strings.Compare(string(x.Kind)+"\x00"+x.Name, string(y.Kind)+"\x00"+y.Name)
	})
	return out
}

// apart takes out of each session the calls and answers that an earlier one
// already has.
func apart(list []evidence.Session) []evidence.Session {
	commands, edits, answers := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for i := range list {
		s := &list[i]
		before := len(s.Commands) + len(s.Edits) + len(s.Answers)
		s.Commands = unseen(s.Commands, commands, s.Agent, commandCall)
		s.Edits = unseen(s.Edits, edits, s.Agent, editCall)
		s.Answers = unseen(s.Answers, answers, s.Agent, func(a evidence.Answer) string { return a.Key })
		if len(s.Commands)+len(s.Edits)+len(s.Answers) != before {
			*s = rebuilt(*s)
		}
	}
	return list
}

func unseen[T any](list []T, seen map[string]bool, agent string, id func(T) string) []T {
	var out []T
	for _, c := range list {
		key := id(c)
		if key == "" || strings.HasPrefix(key, "\x00") {
			out = append(out, c)
			continue
		}
		if key = agent + "\x00" + key; !seen[key] {
			out = append(out, c)
		}
	}
	for _, c := range out {
		if key := id(c); key != "" && !strings.HasPrefix(key, "\x00") {
			seen[agent+"\x00"+key] = true
		}
	}
	return out
}
