package agentlog

import (
	"io"
	"regexp"

	"github.com/mergebrief/mergebrief/internal/commandline"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

const formatEntire = "entire-checkpoint"

// entireMeta is a metadata.json of a checkpoint of Entire: that of the checkpoint
// itself, which lists its sessions, or that of one of them.
type entireMeta struct {
	Checkpoint text                      `json:"checkpoint_id"`
	Session    text                      `json:"session_id"`
	Created    stamp                     `json:"created_at"`
	Version    text                      `json:"cli_version"`
	Agent      text                      `json:"agent"`
	Touched    list[text]                `json:"files_touched"`
	Sessions   list[object[entireFiles]] `json:"sessions"`
	Usage      object[entireUsage]       `json:"token_usage"`
	Attributed object[struct {
		Agent     integer `json:"agent_lines"`
		Committed integer `json:"total_committed"`
	}] `json:"initial_attribution"`
}

type entireFiles struct {
	Metadata   text `json:"metadata"`
	Transcript text `json:"transcript"`
}

type entireUsage struct {
	Input      amount `json:"input_tokens"`
	Output     amount `json:"output_tokens"`
	CacheRead  amount `json:"cache_read_tokens"`
	CacheWrite amount `json:"cache_creation_tokens"`
}

// entireDate is what some versions put before the agent's own id of the session.
var entireDate = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}-`)

// DecodeEntire reads the metadata of a checkpoint of Entire, or of one of its
// sessions. A checkpoint holds a session as it was so far, so the usage of
// several checkpoints must not be added up.
func DecodeEntire(r io.Reader) (evidence.Fragment, error) {
	var f evidence.Fragment
	err := readRows(r, func(_ int, m *entireMeta) error {
		if m.Checkpoint != "" {
			f.ClaimSources = append(f.ClaimSources, m.source())
		}
		return nil
	})
	return f, err
}

func (m *entireMeta) source() evidence.ClaimSource {
	s := evidence.ClaimSource{
		Format: formatEntire, ID: evidence.ClipValid(string(m.Checkpoint), maxNameBytes), Created: m.Created.Time,
		Agent: evidence.ClipValid(string(m.Agent), maxNameBytes), ToolVersion: evidence.ClipValid(string(m.Version), maxNameBytes),
		AgentLines: m.Attributed.v.Agent.int(), CommittedLines: m.Attributed.v.Committed.int(),
	}
	if m.Session != "" {
		s.Sessions = []string{evidence.ClipValid(entireDate.ReplaceAllString(string(m.Session), ""), maxNameBytes)}
	}
	for _, p := range m.Touched {
		if len(s.FilesTouched) < maxListed {
			s.FilesTouched = append(s.FilesTouched, commandline.CleanPath(string(p)))
		}
	}
	if u := m.Usage.v; m.Usage.ok {
		s.Usage = &evidence.Usage{
			InputTokens: int64(u.Input), OutputTokens: int64(u.Output), CacheReadTokens: int64(u.CacheRead),
			CacheWriteTokens: int64(u.CacheWrite), CostBasis: evidence.CostUnknown,
		}
	}
	return s
}
