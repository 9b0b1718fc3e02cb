package comment

import (
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/render/brief"
	"github.com/mergebrief/mergebrief/internal/render/text"
)

// ledger tells what was red on any head that the pull request has had, when and by
// which commit it turned green, and where the same check stands now. It only grows: each record has all that GitHub still
// knows, so that a later green takes nothing away.
func (v *view) ledger() section {
	rows := v.ledgerRows()
	if len(rows) == 0 {
		return section{}
	}
	clean := 0
	for i := range v.Record.Heads {
		if failedResults(&v.Record.Heads[i]) == 0 {
			clean++
		}
	}
	lines := table(v.Rows, "Head | Check | Ended | Failed steps | Green again | On the head now", rows)
	if clean > 0 {
		lines = append(lines, evidence.Plural(clean, "head")+" without a failure "+map[bool]string{true: "is", false: "are"}[clean == 1]+" not listed.", "")
	}
	return section{"Earlier failures (" + evidence.Plural(len(v.Record.Heads), "head") + ")", lines}
}

func failedResults(h *evidence.Head) (n int) {
	for _, r := range h.Results {
		if r.Failed() {
			n++
		}
	}
	return n
}

func (v *view) ledgerRows() []string {
	var rows []string
	for i := range v.Record.Heads {
		h := &v.Record.Heads[i]
		for k := range h.Results {
			r := &h.Results[k]
			if !r.Failed() {
				continue
			}
			if len(rows) >= v.Rows { // only their number matters
				rows = append(rows, "")
				continue
			}
			rows = append(rows, cells(v.HeadName(h)+text.Grade(h.Origin.Basis), v.Linked(text.Code(r.Name, text.MaxName/2), r.URL, r.Origin), brief.Ended(r), brief.Names(r.FailedSteps), v.GreenAgain(i, k), v.Standing(h, k)))
		}
	}
	return rows
}

// redBefore reports whether anything was red on a head before.
func (v *view) redBefore() bool {
	for i := range v.Record.Heads {
		if failedResults(&v.Record.Heads[i]) > 0 {
			return true
		}
	}
	return false
}

// headOf names a folder of a path: its first depth parts.
func headOf(path string, depth int) string {
	parts := strings.SplitN(path, "/", depth+1)
	if len(parts) <= depth {
		return strings.Join(parts[:len(parts)-1], "/")
	}
	return strings.Join(parts[:depth], "/")
}
