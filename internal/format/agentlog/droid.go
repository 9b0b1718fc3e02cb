package agentlog

import (
	"io"
	"regexp"
	"strconv"

	"github.com/mergebrief/mergebrief/internal/commandline"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

const formatDroid = "droid"

// droidRow is a row of a session of Factory's droid. Measured with version 0.215;
// tokens and model are in a file of settings beside it, which names no session.
type droidRow struct {
	Type      text                  `json:"type"`
	ID        text                  `json:"id"`
	CWD       text                  `json:"cwd"`
	Timestamp stamp                 `json:"timestamp"`
	Message   object[claudeMessage] `json:"message"`
}

// DecodeDroid reads a session of Factory's droid.
func DecodeDroid(r io.Reader) (evidence.Fragment, error) {
	q := &blockReader{toolbox: newToolbox(newBuilder(formatDroid)), shell: result.inDroidShell}
	q.scoped = true
	err := readTexts(r, func(_ int, row *droidRow, text []byte) error {
		switch row.Type {
		case "session_start":
			q.rows++
			q.session.ID = evidence.ClipValid(string(row.ID), maxNameBytes)
			q.dir, q.root = string(row.CWD), commandline.CleanPath(string(row.CWD))
		case "message":
			q.row(&claudeRow{Type: "message", Timestamp: row.Timestamp, Message: row.Message}, text)
		}
		return nil
	})
	if q.rows == 0 {
		return evidence.Fragment{}, err
	}
	return evidence.Fragment{Sessions: []evidence.Session{q.build()}}, err
}

// droidExit matches how the result of a command tells its status.
var droidExit = regexp.MustCompile(`^Error: Command failed \(exit code: (\d{1,10})\)|\[Process exited with code (\d{1,10})\]\s*$`)

func (r result) inDroidShell(does deed) result {
	if does != doesShell {
		return r
	}
	r.succeeded = false // of the tool
	if m := droidExit.FindStringSubmatch(string(r.output)); m != nil {
		if n, err := strconv.Atoi(m[1] + m[2]); err == nil {
			r.exit = &n
		}
	}
	return r
}
