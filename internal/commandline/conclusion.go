package commandline

import (
	"cmp"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// conclude picks what the line is at heart and what hides it.
func (w *lineWalk) conclude(line string, whole bool) Analysis {
	a := Analysis{Class: evidence.ClassOther, KeepsEnd: true}
	at := w.primary()
	if at >= 0 {
		p := w.found[at]
		a.Family, a.Class, a.Dir, a.Scope = p.family, p.class, p.dir, scopeOf(p)
		a.KeepsEnd = !p.cut
		a.Masked = w.mask(p)
		a.Away = w.away(at)
	}
	a.Stashes, a.Restores = w.stash(len(w.found))
	if !whole {
		a.KeepsEnd = false
		a.Masked = cmp.Or(a.Masked, roughMask(line))
		if a.Family == "" {
			a.Family, a.Class = classify(strings.Fields(evidence.ClipValid(firstLine(line), MaxLineBytes)))
		}
	}
	a.Echoes, a.EchoPrefix = a.Masked != "" && w.echoed == a.Masked, w.echo
	if whole && !w.passes {
		a.Steps = w.steps()
	}
	if a.Masked != "" && w.passes && whole {
		a.Masked = ""
	}
	w.effects(&a)
	a.Documents = w.documents
	for i := range a.Documents {
		a.Documents[i].Sure = a.Documents[i].Sure && !w.lone()
	}
	return a
}

// primary returns the index of the command for which the line was run: the
// first test, else the first other validation, and so on; -1 when there is none.
func (w *lineWalk) primary() int {
	best, at := -1, -1
	for i, s := range w.found {
		if r := s.rank(); r > best {
			best, at = r, i
		}
	}
	return at
}

func (s simple) rank() int {
	switch {
	case s.trivial:
		return 0
	case s.class == evidence.ClassTest:
		return 5
	case s.class == evidence.ClassFormat:
		return 3
	case evidence.Command{Class: s.class}.Validates():
		return 4
	case s.class == evidence.ClassVCS:
		return 2
	}
	return 1
}

// mask returns what hides the status of the primary command or, with it, of
// another one that matters as much.
func (w *lineWalk) mask(primary simple) evidence.Mask {
	if primary.hidden != "" && !primary.trivial {
		return primary.hidden
	}
	validates := evidence.Command{Class: primary.class}.Validates()
	for _, s := range w.found {
		if s.hidden == "" || s.trivial {
			continue
		}
		if !validates || (evidence.Command{Class: s.class}).Validates() {
			return s.hidden
		}
	}
	return ""
}

// roughMask guesses for a line that is no shell grammar; it errs on the side of
// a hidden status.
func roughMask(line string) evidence.Mask {
	switch line = firstLine(line); {
	case strings.Contains(line, "||"):
		return evidence.MaskOr
	case strings.Contains(line, "|"):
		return evidence.MaskPipe
	case strings.Contains(line, ";"):
		return evidence.MaskSequence
	case strings.HasSuffix(strings.TrimSpace(line), "&"):
		return evidence.MaskBackground
	}
	return ""
}

func firstLine(s string) string {
	s = strings.TrimSpace(s)
	if i := strings.IndexByte(s, '\n'); i >= 0 {
		return s[:i]
	}
	return s
}
