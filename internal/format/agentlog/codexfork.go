package agentlog

import (
	"cmp"
	"encoding/binary"
	"encoding/hex"
	"strings"
	"time"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// forkTime is how long Codex takes to write down the conversation from which it
// forks: all of it bears the time at which the new session began.
const forkTime = time.Second

// lineage reads from which session this one came. A subagent is part of the run that
// started it; a fork is a run of its own.
func (c *codexReader) lineage(p *codexPayload) {
	var source struct {
		Subagent object[struct {
			Spawn object[struct {
				Parent text `json:"parent_thread_id"`
			}] `json:"thread_spawn"`
		}] `json:"subagent"`
	}
	if p.Source.Kind() == '{' {
		_ = unmarshalValue(p.Source, &source) // what could be read stays
	}
	parent := evidence.ClipValid(cmp.Or(string(source.Subagent.v.Spawn.v.Parent), string(p.ParentThread), string(p.ForkedFrom)), maxNameBytes)
	if parent == "" || parent == c.session.ID {
		return
	}
	c.inherited, c.born = true, p.Timestamp.Time
	if source.Subagent.ok {
		c.session.ID, c.session.SubagentID = parent, c.session.ID
		return
	}
	c.session.ParentID = parent
}

// inherits reports whether a row is a copy from the session before. The copies come
// first and bear the time of the copy; a turn whose id was made later is the
// session's own.
func (c *codexReader) inherits(r *codexRow, p *codexPayload) bool {
	if !c.inherited {
		return false
	}
	if r.Timestamp.After(c.born.Add(forkTime)) || c.ownTurn(r, p) {
		c.inherited = false
		return false
	}
	switch {
	case r.Type == "session_meta":
		c.metas++
	case p.CallID != "":
		c.once(string(p.CallID))
	case p.Item.v.ID != "":
		c.once(string(p.Item.v.ID))
	case p.Type == "token_count":
		c.spent.skip(p.Info.v)
	}
	return true
}

// ownTurn reports whether the row begins a turn of the session itself.
func (c *codexReader) ownTurn(r *codexRow, p *codexPayload) bool {
	if r.Type != "turn_context" && p.Type != "task_started" {
		return false
	}
	made := uuidTime(string(p.TurnID))
	return !made.IsZero() && !made.Before(c.born.Add(-forkTime/2))
}

// skip takes a running total as where the session begins.
func (s *codexSpent) skip(info codexInfo) {
	if info.Total.ok {
		s.known, s.base, s.last = true, info.Total.v, info.Total.v
	}
}

// uuidTime is when a UUID of version 7 was made; zero for others.
func uuidTime(id string) time.Time {
	text := strings.ReplaceAll(id, "-", "")
	raw, err := hex.DecodeString(text)
	if err != nil || len(raw) != 16 || raw[6]>>4 != 7 {
		return time.Time{}
	}
	ms := int64(binary.BigEndian.Uint64(raw[:8]) >> 16)
	return millis(&ms)
}
