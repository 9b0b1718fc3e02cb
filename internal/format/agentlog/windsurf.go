package agentlog

import (
	"io"
	"strings"

	"github.com/mergebrief/mergebrief/internal/commandline"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

const formatWindsurf = "windsurf"

// windsurfRow is a row of the transcript that Windsurf hands to its hooks. It has
// no ids and no times.
type windsurfRow struct {
	Status text `json:"status"`
	Type   text `json:"type"`
	Input  object[struct {
		Said text `json:"user_response"`
	}] `json:"user_input"`
	Planner object[struct {
		Said text `json:"response"`
	}] `json:"planner_response"`
	View object[struct {
		Path text `json:"path"`
	}] `json:"view_file"`
	Code object[struct {
		Ack    text `json:"acknowledgement_type"`
		Path   text `json:"path"`
		Before text `json:"original_content"`
		After  text `json:"new_content"`
	}] `json:"code_action"`
	Run object[struct {
		Command  text    `json:"command"`
		CWD      text    `json:"cwd"`
		ExitCode integer `json:"exit_code"`
		Output   text    `json:"output"`
		Rejected flag    `json:"user_rejected"`
	}] `json:"run_command"`
	MCP object[struct {
		Server text `json:"server_name"`
		Tool   text `json:"tool_name"`
	}] `json:"mcp_tool"`
	URL object[struct {
		URL text `json:"url"`
	}] `json:"read_url_content"`
}

// DecodeWindsurf reads a transcript of Windsurf's Cascade.
func DecodeWindsurf(r io.Reader) (evidence.Fragment, error) {
	b := newBuilder(formatWindsurf)
	rows := 0
	err := readRows(r, func(_ int, row *windsurfRow) error {
		if row.Status != "" && row.Type != "" {
			rows++
			row.apply(b)
		}
		return nil
	})
	if rows == 0 {
		return evidence.Fragment{}, err
	}
	return evidence.Fragment{Sessions: []evidence.Session{b.build()}}, err
}

func (row *windsurfRow) apply(b *builder) {
	failed := row.Status == "error"
	switch row.Type {
	case "user_input":
		b.prompt(string(row.Input.v.Said))
	case "planner_response":
		b.final = string(row.Planner.v.Said)
	case "view_file":
		path := fileURL(string(row.View.v.Path))
		if failed {
			b.lacks(b.relative(path), evidence.Unavailable, "")
			return
		}
		b.reads(path)
	case "code_action":
		row.edited(b, failed)
	case "run_command":
		row.ran(b)
	case "mcp_tool":
		b.foreign("mcp__"+string(row.MCP.v.Server)+"__"+string(row.MCP.v.Tool), failed, "")
	case "read_url_content":
		b.host(string(row.URL.v.URL))
	case "search_web":
		b.uses("search", "web")
	}
}

func (row *windsurfRow) edited(b *builder, failed bool) {
	c := row.Code.v
	switch {
	case strings.HasSuffix(string(c.Ack), "REJECT"):
		b.denies("", "code_action", b.relative(fileURL(string(c.Path))), evidence.DeniedByUser)
	case !failed:
		e := evidence.Edit{Path: fileURL(string(c.Path))}
		swap(&e, string(c.Before), string(c.After))
		b.edit(e)
	}
}

func (row *windsurfRow) ran(b *builder) {
	c := row.Run.v
	if b.root == "" {
		b.root = commandline.CleanPath(string(c.CWD))
	}
	h := b.run(started{line: string(c.Command), dir: string(c.CWD)})
	r := result{exit: c.ExitCode.int(), output: []byte(c.Output), notRun: bool(c.Rejected)}
	if row.Status == "running" || row.Status == "pending" {
		r.background = true
	}
	if r.notRun {
		b.denies("", "run_command", string(c.Command), evidence.DeniedByUser)
	}
	b.end(h, r)
	b.shows(h)
}

// fileURL returns the path of a file: URL, and other paths as they are.
func fileURL(p string) string {
	return strings.TrimPrefix(p, "file://")
}
