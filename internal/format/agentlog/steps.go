package agentlog

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mergebrief/mergebrief/internal/commandline"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

// A line with several commands of which one checks something is not one command: the
// status of a list is that of the command that failed in it. Each step becomes a
// command of its own, as far as status and output tell the steps apart; those that
// they do not are one command under the names of all.

// begin notes the commands of a line and returns the one for which it was run.
func (b *builder) begin(a commandline.Analysis, c evidence.Command) *pendingCommand {
	if len(a.Steps) == 0 {
		c.OtherCode = a.Away
		return b.command(a, c)
	}
	var lead *pendingCommand
	steps := make([]*pendingCommand, 0, len(a.Steps))
	call := c.Call
	for i, s := range a.Steps {
		own := commandline.Analysis{Family: s.Family, Class: s.Class, Masked: s.Masked, Dir: s.Dir, Scope: s.Scope, KeepsEnd: s.KeepsEnd}
		leads := lead == nil && s.Family == a.Family && s.Class == a.Class
		if leads {
			own = a
			own.Family, own.Class, own.Masked, own.Dir, own.Scope, own.KeepsEnd = s.Family, s.Class, s.Masked, s.Dir, s.Scope, s.KeepsEnd
			own.Echoes = false
		}
		if c.Call = call; call != "" && !leads {
			c.Call = call + "#" + strconv.Itoa(i)
		}
		h := b.command(own, c)
		h.step = s
		h.OtherCode = s.Away
		steps = append(steps, h)
		if leads {
			lead = h
		}
	}
	if lead == nil {
		lead = steps[0]
	}
	lead.steps = steps
	return lead
}

// endSteps notes how the commands of a line ended.
func (b *builder) endSteps(lead *pendingCommand, r result) {
	steps := lead.steps
	if r.notRun || r.background {
		for _, h := range steps {
			b.finish(h, r.of(h, lead))
			b.fold(h, !h.Validates())
		}
		return
	}
	var list, echoed, apart []*pendingCommand
	for _, h := range steps {
		b.fold(h, false)
		h.Masked = h.step.Masked // while it ran in the background, that hid it
		switch {
		case h.step.Masked == "":
			list = append(list, h)
		case h.step.Masked == evidence.MaskSequence && h.step.Echoes:
			echoed = append(echoed, h)
		default:
			apart = append(apart, h)
		}
	}
	b.endList(list, lead, r)
	b.endEchoed(echoed, lead, r)
	verdicts := commandline.Verdicts(stepsOf(steps), r.output)
	for i, h := range steps {
		if !slices.Contains(apart, h) {
			continue
		}
		own := r.of(h, lead)
		if len(list) > 0 || i < len(steps)-1 {
			// The status of the line is that of another command.
			own.exit, own.failed, own.succeeded = nil, false, false
		}
		h.judged, h.verdict = true, verdicts[i]
		if status, ok := commandline.EchoedStatus(r.output, lead.line.EchoPrefix); ok && h.step.Echoes {
			h.verdict.Failed, h.verdict.Passed = status != 0, status == 0
		}
		b.finish(h, own)
		b.fold(h, !h.Validates() && h.Outcome != evidence.CommandFailed)
	}
	for _, h := range steps {
		if h != lead {
			h.OutputBytes, h.OutputDigest = 0, ""
		}
	}
}

// of returns the result as that of one command of the line: times and output count
// once.
func (r result) of(h, lead *pendingCommand) result {
	if h != lead {
		r.at, r.duration = time.Time{}, 0
	}
	return r
}

// endEchoed ends a list whose status the line prints itself.
func (b *builder) endEchoed(list []*pendingCommand, lead *pendingCommand, r result) {
	if len(list) == 0 {
		return
	}
	status, ok := commandline.EchoedStatus(r.output, lead.line.EchoPrefix)
	if !ok {
		verdicts := commandline.Verdicts(stepsOf(list), r.output)
		for i, h := range list {
			h.judged, h.verdict = true, verdicts[i]
			b.finish(h, r.of(h, lead))
			b.fold(h, !h.Validates())
		}
		return
	}
	own := r
	own.exit, own.failed, own.succeeded = &status, status != 0, status == 0
	for _, h := range list {
		h.Masked = ""
	}
	b.endList(list, lead, own)
	for _, h := range list {
		h.Masked = h.step.Masked
		if h.Outcome == evidence.CommandOK || h.Outcome == evidence.CommandFailed {
			h.Exit, h.ExitBasis = nil, evidence.ExitText
		}
	}
}

// endList ends a list by its status.
func (b *builder) endList(list []*pendingCommand, lead *pendingCommand, r result) {
	if len(list) == 0 {
		return
	}
	failed := r.failed || r.exit != nil && *r.exit != 0
	passed := !failed && !r.other && (r.succeeded || r.exit != nil)
	steps := stepsOf(list)
	if !failed {
		verdicts := commandline.Verdicts(steps, r.output)
		for i, h := range list {
			h.judged, h.verdict = true, verdicts[i]
			if passed {
				h.verdict.Failed = false
			}
			b.finish(h, r.of(h, lead))
			b.fold(h, !h.Validates())
		}
		return
	}
	fault := commandline.FindFault(steps, r.output, r.cut)
	for i, h := range list {
		h.judged, h.verdict = true, fault.Verdicts[i]
		own := r.of(h, lead)
		switch {
		case i < fault.Low:
			own.exit, own.failed, own.succeeded = nil, false, true
		case i > fault.High:
			own = result{notRun: true}
		}
		b.finish(h, own)
		b.fold(h, i < fault.Low && !h.Validates() || i > fault.High && !h.Validates())
	}
	b.oneOf(list[fault.Low : fault.High+1])
}

// oneOf makes one command of those of which one failed and nothing tells which.
func (b *builder) oneOf(list []*pendingCommand) {
	if len(list) < 2 {
		return
	}
	at := 0
	var families, checks []string
	for i, h := range list {
		families = append(families, h.Family)
		if h.Validates() {
			checks = append(checks, h.Family)
		}
		if h.Validates() && !list[at].Validates() {
			at = i
		}
	}
	for i, h := range list {
		b.fold(h, i != at)
	}
	h := list[at]
	b.recount(h, func() {
		h.Family = evidence.ClipValid(strings.Join(families, evidence.ListSeparator), maxNameBytes)
		h.Summary, h.Tests, h.checks = "", nil, checks
	})
}

// fold takes a command out of the list of commands, or puts it back.
func (b *builder) fold(h *pendingCommand, folded bool) {
	if h.folded == folded {
		return
	}
	h.folded = folded
	switch {
	case !h.beyond:
	case folded:
		b.beyond.Subtract(h.Command)
		b.session.CommandsOmitted--
	default:
		b.beyond.Count(h.Command)
		b.session.CommandsOmitted++
	}
}

// recount changes a command that may be counted already.
func (b *builder) recount(h *pendingCommand, change func()) {
	if h.beyond {
		b.beyond.Subtract(h.Command)
		defer func() { b.beyond.Count(h.Command) }()
	}
	change()
}

func stepsOf(list []*pendingCommand) []commandline.Step {
	out := make([]commandline.Step, len(list))
	for i, h := range list {
		out[i] = h.step
	}
	return out
}
