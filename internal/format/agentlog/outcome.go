package agentlog

import (
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/mergebrief/mergebrief/internal/commandline"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

// result is what a log says about a command that was started.
type result struct {
	at       time.Time
	duration time.Duration
	// Status as a number, when the log has one.
	exit *int
	// The agent marks the call as failed, or as succeeded, without a number.
	failed, succeeded bool
	// The call was refused or cancelled; the command was left running; it ended
	// with a status that the agent knows not to be 0 and not to be an error.
	notRun, background, other bool
	output                    []byte
	// The output was cut by the agent.
	cut bool
}

// command notes that a command was started and returns its place for [finish].
func (b *builder) command(line commandline.Analysis, c evidence.Command) *pendingCommand {
	c.Family, c.Class, c.Masked = evidence.ClipValid(line.Family, maxNameBytes), line.Class, line.Masked
	c.Line = evidence.ClipValid(commandline.WithoutBodies(c.Line), commandline.MaxLineBytes)
	c.Dir = b.directory(c.Dir, line.Dir)
	c.Outcome, c.ExitBasis = evidence.CommandUnknown, evidence.ExitUnknown
	b.tick++
	h := &pendingCommand{Command: c, line: line, tick: b.tick}
	if line.Scope.Dir == "" || !commandline.AbsolutePath(line.Scope.Dir) {
		h.line.Scope.Dir = c.Dir
	}
	if len(b.commands) < maxHeldCommands {
		b.commands = append(b.commands, h)
	} else {
		b.session.CommandsOmitted++
		b.beyond.Count(h.Command)
		h.beyond = true
	}
	return h
}

// directory returns the directory of a command: where the agent stood, and where
// the line itself went from there.
func (b *builder) directory(at, to string) string {
	switch {
	case to == "":
	case commandline.AbsolutePath(commandline.CleanPath(to)) && to != ".." && to[0] != '.':
		at = to
	default:
		at += "/" + to
	}
	if at = b.relative(at); at == "." {
		return ""
	}
	return at
}

// finish notes how a command ended.
func (b *builder) finish(h *pendingCommand, r result) {
	before := h.Command
	if r.notRun {
		h.DurationMs, h.OutputBytes, h.OutputDigest = 0, 0, ""
		r.output, r.at, r.duration = nil, time.Time{}, 0 // what is there is the refusal
	}
	if r.duration > 0 {
		h.DurationMs = r.duration.Milliseconds()
	} else if !r.at.IsZero() && !h.Started.IsZero() && r.at.After(h.Started) {
		h.DurationMs = r.at.Sub(h.Started).Milliseconds()
	}
	if len(r.output) > 0 {
		sum := sha256.Sum256(r.output)
		h.OutputBytes, h.OutputDigest = int64(len(r.output)), "sha256:"+hex.EncodeToString(sum[:])
	}
	h.decide(r)
	if h.beyond {
		b.beyond.Subtract(before)
		b.beyond.Count(h.Command)
	}
}

// decide says what became of a command. A status is taken at its word unless
// something hides it; then the output decides, or nothing does.
func (h *pendingCommand) decide(r result) {
	h.Exit = r.exit
	h.set(evidence.CommandUnknown, evidence.ExitUnknown)
	switch {
	case r.notRun:
		h.Exit = nil
		h.set(evidence.CommandNotRun, evidence.ExitUnknown)
		return
	case r.background:
		if h.Masked == "" {
			h.Masked = evidence.MaskBackground
		}
		h.set(evidence.CommandBackground, evidence.ExitUnknown)
		return
	}
	said := h.said(r)
	switch {
	case r.exit != nil && *r.exit != 0:
		h.set(evidence.CommandFailed, evidence.ExitExplicit)
	case r.failed:
		h.set(evidence.CommandFailed, evidence.ExitInferred)
	case r.other:
		h.set(evidence.CommandUnknown, evidence.ExitUnknown)
	case h.Masked == "" && r.exit != nil:
		h.set(evidence.CommandOK, evidence.ExitExplicit)
	case h.Masked == "" && r.succeeded:
		h.set(evidence.CommandOK, evidence.ExitInferred)
	case said.Failed:
		h.set(evidence.CommandFailed, evidence.ExitText)
	case said.Passed && h.line.KeepsEnd && !r.cut:
		h.set(evidence.CommandOK, evidence.ExitText)
	}
	if said.Passed && h.Outcome == evidence.CommandFailed {
		return // the summary is of another part of the line
	}
	h.Summary = said.Summary
	if h.Class == evidence.ClassTest && (!h.judged || said.Passed || said.Failed) {
		h.Tests = commandline.CountTests(h.Family, r.output, r.cut || !h.line.KeepsEnd || h.Masked != "")
	}
}

func (h *pendingCommand) set(o evidence.CommandOutcome, basis evidence.ExitBasis) {
	h.Outcome, h.ExitBasis = o, basis
}

// said returns what the output says. Only runners of validations are listened
// to: the output of others is data.
func (h *pendingCommand) said(r result) commandline.Verdict {
	if !h.Validates() {
		return commandline.Verdict{}
	}
	if h.judged {
		return h.verdict
	}
	v := commandline.Judge(h.Family, r.output)
	if h.line.Echoes && !v.Failed {
		if status, ok := commandline.EchoedStatus(r.output, h.line.EchoPrefix); ok {
			v.Failed, v.Passed = status != 0, status == 0
		}
	}
	return v
}
