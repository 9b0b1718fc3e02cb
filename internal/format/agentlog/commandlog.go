package agentlog

import (
	"cmp"
	"io"
	"time"

	"github.com/mergebrief/mergebrief/internal/commandline"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

const formatCommands = "commands"

// CommandRecordKind marks a line of commands.jsonl.
const CommandRecordKind = "mergebrief.command/v1"

// CommandRecord is one command that was run: a line of the file commands.jsonl
// that "mergebrief exec" appends to, and an element of "commands" in a run
// manifest. The line is redacted before it is written.
type CommandRecord struct {
	// [CommandRecordKind]; absent in a manifest.
	Kind string `json:"kind,omitempty"`
	// The command as a shell line, or as arguments when no shell was involved.
	Line string   `json:"line,omitempty"`
	Argv []string `json:"argv,omitempty"`
	// Working directory relative to the repository.
	Dir     string    `json:"dir,omitempty"`
	Started time.Time `json:"started,omitzero"`
	// Milliseconds from start to end.
	DurationMs int64 `json:"durationMs,omitempty"`
	// Exit status; absent when the command did not end by itself.
	Exit *int `json:"exit,omitempty"`
	// Name of the signal that ended it.
	Signal string `json:"signal,omitempty"`
	// The command was refused, or left running.
	NotRun     bool `json:"notRun,omitempty"`
	Background bool `json:"background,omitempty"`
	// Size of the output and its digest, as "sha256:<hex>".
	OutputBytes  int64  `json:"outputBytes,omitempty"`
	OutputDigest string `json:"outputDigest,omitempty"`
	// What the runner said, in one line.
	Summary string `json:"summary,omitempty"`
	// Numbers of tests that it ran.
	Tests *evidence.Counts `json:"tests,omitempty"`
}

// replay notes the command in a session. An exit status that mergebrief exec saw
// is that of the command itself; that of a shell line may be hidden.
func (c CommandRecord) replay(b *builder) {
	b.at(c.Started.UTC())
	h := b.run(started{line: c.Line, argv: c.Argv, dir: c.Dir, at: c.Started.UTC()})
	r := result{exit: c.Exit, notRun: c.NotRun, background: c.Background, failed: c.Signal != "", duration: duration(c.DurationMs)}
	b.end(h, r)
	if !c.Started.IsZero() {
		b.at(c.Started.UTC().Add(duration(c.DurationMs)))
	}
	if c.OutputBytes > 0 {
		h.OutputBytes, h.OutputDigest = c.OutputBytes, evidence.ClipValid(c.OutputDigest, maxNameBytes)
	}
	h.Summary = cmp.Or(h.Summary, evidence.ClipValid(c.Summary, maxSummaryBytes))
	if h.Class == evidence.ClassTest && c.Tests != nil {
		n := c.Tests
		sum := commandline.Balanced(evidence.Counts{Total: max(n.Total, 0), Passed: max(n.Passed, 0), Failed: max(n.Failed, 0), Errored: max(n.Errored, 0), Skipped: max(n.Skipped, 0)})
		h.Tests = &sum
	}
}

// duration returns milliseconds as a duration; 0 for what no command takes.
func duration(ms int64) time.Duration {
	const year = 365 * 24 * time.Hour
	if ms < 0 || ms > year.Milliseconds() {
		return 0
	}
	return time.Duration(ms) * time.Millisecond
}

// commandRow is a line of commands.jsonl as it may be found.
type commandRow struct {
	Kind       text       `json:"kind"`
	Line       text       `json:"line"`
	Argv       list[text] `json:"argv"`
	Dir        text       `json:"dir"`
	Started    stamp      `json:"started"`
	DurationMs amount     `json:"durationMs"`
	Exit       integer    `json:"exit"`
	Signal     text       `json:"signal"`
	NotRun     flag       `json:"notRun"`
	Background flag       `json:"background"`
	Bytes      amount     `json:"outputBytes"`
	Digest     text       `json:"outputDigest"`
	Summary    text       `json:"summary"`
}

// DecodeCommands reads commands.jsonl. The commands are those of a run that left
// nothing else, so they make a session without an agent's name.
func DecodeCommands(r io.Reader) (evidence.Fragment, error) {
	b := newBuilder(formatCommands)
	b.session.Agent = "mergebrief exec"
	n := 0
	err := readRows(r, func(_ int, row *commandRow) error {
		if row.Kind == CommandRecordKind {
			n++
			row.record().replay(b)
		}
		return nil
	})
	if n == 0 {
		return evidence.Fragment{}, err
	}
	return evidence.Fragment{Sessions: []evidence.Session{b.build()}}, err
}

func (row *commandRow) record() CommandRecord {
	c := CommandRecord{
		Line: string(row.Line), Dir: string(row.Dir), Started: row.Started.Time, DurationMs: int64(row.DurationMs), Exit: row.Exit.int(),
		Signal: string(row.Signal), NotRun: bool(row.NotRun), Background: bool(row.Background),
		OutputBytes: int64(row.Bytes), OutputDigest: string(row.Digest), Summary: string(row.Summary),
	}
	for _, a := range row.Argv {
		c.Argv = append(c.Argv, string(a))
	}
	return c
}
