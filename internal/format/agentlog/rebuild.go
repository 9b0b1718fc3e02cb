package agentlog

import (
	"slices"
	"time"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// rebuilt draws the conclusions about a session again, after its commands, edits
// or answers changed. A session of which commands were left out keeps its own:
// the parts that are missing cannot be counted.
func rebuilt(s evidence.Session) evidence.Session {
	s.Usage = totalOf(s.Answers)
	if s.CommandsOmitted > 0 || s.EditsOmitted > 0 {
		return s
	}
	b := newBuilder(s.Format)
	replayed(b, s)
	s.Commands, s.Edits, s.Repairs, s.CommandCounts = nil, nil, nil, evidence.CommandCounts{}
	s.Freshness, s.EditsAfterValidation = "", 0
	b.session = s
	for _, e := range b.edits {
		b.session.Edits = append(b.session.Edits, e.Edit)
	}
	b.list()
	b.freshness()
	return b.session
}

// replayed puts commands and edits into the order of their times. What has no
// time keeps its place behind what it followed.
func replayed(b *builder, s evidence.Session) {
	type event struct {
		at      time.Time
		command *evidence.Command
		edit    *evidence.Edit
	}
	var commands, edits []event
	for i := range s.Commands {
		commands = append(commands, event{at: s.Commands[i].Started, command: &s.Commands[i]})
	}
	for i := range s.Edits {
		edits = append(edits, event{at: s.Edits[i].Time, edit: &s.Edits[i]})
	}
	all := slices.Concat(commands, edits)
	slices.SortStableFunc(all, func(x, y event) int { return x.at.Compare(y.at) })
	timed := slices.IndexFunc(all, func(e event) bool { return e.at.IsZero() }) < 0
	for _, e := range all {
		b.tick++
		if e.edit != nil {
			held := pendingEdit{Edit: *e.edit, tick: b.tick}
			if !timed {
				held.tick = 0
			}
			b.edits = append(b.edits, held)
			continue
		}
		line := b.shell.Read(e.command.Line)
		for _, step := range line.Steps {
			if step.Family == e.command.Family {
				line.Scope = step.Scope
			}
		}
		line.Scope.Dir = e.command.Dir
		b.commands = append(b.commands, &pendingCommand{Command: *e.command, line: line, tick: b.tick})
	}
}

// totalOf adds up answers. A total that a log states for the whole session
// replaces the answers that another log has of it.
func totalOf(answers []evidence.Answer) *evidence.Usage {
	b := newBuilder("")
	var whole *evidence.Usage
	for _, a := range answers {
		if !a.Whole {
			continue
		}
		if u := a.Usage; whole == nil {
			whole = &u
		} else {
			addUsage(whole, u)
		}
	}
	if whole != nil {
		return whole
	}
	for _, a := range answers {
		u := a.Usage
		b.spend(messageKey{message: a.Key}, tokens{
			input: u.InputTokens, output: u.OutputTokens, cacheRead: u.CacheReadTokens, cacheWrite: u.CacheWriteTokens,
			cost: u.CostUSD, partial: u.OutputPartial,
		})
	}
	return b.total()
}

// addUsage adds the total of a part of a session, such as a subagent. A cost that
// one of them lacks is no cost of both.
func addUsage(to *evidence.Usage, u evidence.Usage) {
	to.InputTokens += u.InputTokens
	to.OutputTokens += u.OutputTokens
	to.CacheReadTokens += u.CacheReadTokens
	to.CacheWriteTokens += u.CacheWriteTokens
	to.OutputPartial = to.OutputPartial || u.OutputPartial
	to.TokensUnknown = to.TokensUnknown || u.TokensUnknown
	if to.CostUSD == nil || u.CostUSD == nil {
		to.CostUSD, to.CostBasis = nil, evidence.CostUnknown
		return
	}
	sum := *to.CostUSD + *u.CostUSD
	to.CostUSD = &sum
}

func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
