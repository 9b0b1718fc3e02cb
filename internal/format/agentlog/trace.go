package agentlog

import (
	"cmp"
	"fmt"
	"io"
	"path"
	"regexp"
	"strings"

	"github.com/mergebrief/mergebrief/internal/commandline"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

const formatTrace = "agent-trace"

// traceRecord is a record of Agent Trace (cursor/agent-trace, README 0.1.0).
type traceRecord struct {
	Version   text            `json:"version"`
	ID        text            `json:"id"`
	Timestamp stamp           `json:"timestamp"`
	Files     list[traceFile] `json:"files"`
	VCS       object[struct {
		Type     text `json:"type"`
		Revision text `json:"revision"`
	}] `json:"vcs"`
	Tool object[struct {
		Name    text `json:"name"`
		Version text `json:"version"`
	}] `json:"tool"`
	Metadata object[struct {
		Session  text `json:"session_id"`
		SessionC text `json:"sessionId"`
		Talk     text `json:"conversation_id"`
	}] `json:"metadata"`
}

type traceFile struct {
	Path          text                    `json:"path"`
	Conversations list[traceConversation] `json:"conversations"`
}

type traceConversation struct {
	URL         text                     `json:"url"`
	Contributor object[traceContributor] `json:"contributor"`
	Ranges      list[traceRange]         `json:"ranges"`
	Related     list[struct {
		Type text `json:"type"`
		URL  text `json:"url"`
	}] `json:"related"`
}

type traceContributor struct {
	Type  text `json:"type"`
	Model text `json:"model_id"`
}

type traceRange struct {
	Start       integer                  `json:"start_line"`
	End         integer                  `json:"end_line"`
	Contributor object[traceContributor] `json:"contributor"`
}

var (
	// traceVersion accepts what tools write: the reference writer emits "1.0",
	// which the published pattern (three numbers) refuses.
	traceVersion   = regexp.MustCompile(`^\d+(?:\.\d+){1,2}$`)
	traceConforms  = regexp.MustCompile(`^\d+\.\d+\.\d+$`)
	tracePseudo    = map[string]bool{".shell-history": true, ".sessions": true, ".unknown": true}
	traceRevisions = "the revision is that of the record or the one before: the reference writer takes HEAD at the time of the edit"
)

// DecodeTrace reads records of Agent Trace, one or many.
func DecodeTrace(r io.Reader) (evidence.Fragment, error) {
	var f evidence.Fragment
	var bad flaws
	err := readRows(r, func(line int, t *traceRecord) error {
		switch {
		case len(t.Files) == 0 && t.Version == "":
		case !traceVersion.MatchString(string(t.Version)):
			bad.add(evidence.Errorf(evidence.Unsupported, "line %d: an Agent Trace record of version %q", line, evidence.ClipValid(string(t.Version), maxNameBytes)))
		default:
			t.claim(&f)
		}
		return nil
	})
	if err == nil {
		err = bad.err()
	}
	return f, err
}

func (t *traceRecord) claim(f *evidence.Fragment) {
	s := evidence.ClaimSource{
		Format: formatTrace, ID: evidence.ClipValid(string(t.ID), maxNameBytes), Commit: evidence.ClipValid(string(t.VCS.v.Revision), maxNameBytes),
		Created: t.Timestamp.Time, Agent: evidence.ClipValid(string(t.Tool.v.Name), maxNameBytes),
		ToolVersion: evidence.ClipValid(string(t.Tool.v.Version), maxNameBytes), Schema: evidence.ClipValid(string(t.Version), maxNameBytes),
	}
	if !traceConforms.MatchString(string(t.Version)) {
		s.Remarks = append(s.Remarks, fmt.Sprintf("version %q does not follow the published schema", s.Schema))
	}
	if s.Commit != "" {
		s.Remarks = append(s.Remarks, traceRevisions)
	}
	for i := range t.Files {
		t.file(&t.Files[i], &s, f)
	}
	f.ClaimSources = append(f.ClaimSources, s)
}

func (t *traceRecord) file(file *traceFile, s *evidence.ClaimSource, f *evidence.Fragment) {
	if tracePseudo[string(file.Path)] || file.Path == "" || len(f.Claims) >= maxNoteClaims {
		s.Dropped++
		return
	}
	var all, ai, human rangeSet
	for i := range file.Conversations {
		c := &file.Conversations[i]
		session := t.session(c)
		s.Sessions = appendNew(s.Sessions, session)
		for _, who := range c.authors() {
			own := c.ranges(who, s)
			all.list = append(all.list, own...)
			claim := evidence.Claim{
				Author: evidence.AuthorAI, Session: session, Agent: s.Agent, Model: evidence.ClipValid(string(who.Model), maxNameBytes),
				Commit: s.Commit, Path: commandline.CleanPath(string(file.Path)), Ranges: own, Method: evidence.MethodTrace, Confidence: evidence.Stated,
			}
			switch who.Type {
			case "ai":
				ai.list = append(ai.list, own...)
			case "human":
				claim.Author, claim.Session, claim.Agent, claim.Model = evidence.AuthorHuman, "a person", "", ""
				human.list = append(human.list, own...)
			default: // mixed and unknown lines are nobody's in particular
				continue
			}
			if len(own) > 0 {
				f.Claims = append(f.Claims, claim)
			}
		}
	}
	s.Files++
	s.Lines += all.lines()
	s.AILines += ai.lines()
	s.HumanLines += human.lines()
}

// authors returns the contributors of the ranges, each once, in order.
func (c *traceConversation) authors() []traceContributor {
	var out []traceContributor
	for _, r := range c.Ranges {
		who := c.by(r)
		known := false
		for _, have := range out {
			known = known || have == who
		}
		if !known && len(out) < maxListedKeys {
			out = append(out, who)
		}
	}
	return out
}

// by returns the contributor of a range: its own, else the conversation's.
func (c *traceConversation) by(r traceRange) traceContributor {
	if r.Contributor.ok {
		return r.Contributor.v
	}
	return c.Contributor.v
}

func (c *traceConversation) ranges(who traceContributor, s *evidence.ClaimSource) []evidence.LineRange {
	var set rangeSet
	for _, r := range c.Ranges {
		if c.by(r) != who {
			continue
		}
		s.Ranges++
		from, to := r.Start.int(), r.End.int()
		if from == nil || to == nil {
			s.BadRanges++
			continue
		}
		set.add(*from, *to)
		if *from >= 1 && *to >= *from && *to <= maxLineNumber {
			s.StatedLines += *to - *from + 1
		}
	}
	s.BadRanges += set.bad
	return set.merged()
}

// session names the conversation. Of a file: address only the last part is kept:
// it is the session's id, and the rest tells about somebody's machine.
func (t *traceRecord) session(c *traceConversation) string {
	id := cmp.Or(string(t.Metadata.v.Session), string(t.Metadata.v.SessionC), string(t.Metadata.v.Talk))
	for _, r := range c.Related {
		if id == "" && r.Type == "session" {
			id = string(r.URL)
		}
	}
	id = cmp.Or(id, string(c.URL))
	if p, ok := strings.CutPrefix(id, "file://"); ok {
		id = strings.TrimSuffix(path.Base(p), path.Ext(p))
	}
	return evidence.ClipValid(id, maxNameBytes)
}
