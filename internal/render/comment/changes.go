package comment

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/render/brief"
	"github.com/mergebrief/mergebrief/internal/render/text"
)

// changesTitle heads the part about lines and their authors.
const changesTitle = "Changes and who wrote them"

// changes tells what changed and who wrote the added lines.
func (v *view) changes() section {
	if len(v.Record.Files) == 0 {
		return section{title: changesTitle}
	}
	n := v.Assessment.Attribution.Lines
	lines := []string{
		fmt.Sprintf("%s in %s. Of %s: %s by an agent, as a record or a commit says, %s by a known person, %s of unknown author, %s moved.%s",
			evidence.Plural(len(v.Record.Files), "file"), evidence.Plural(len(v.Record.Commits)+v.Record.CommitsOmitted, "commit"), evidence.Plural(n.Added, "added line"),
			evidence.Count(n.AI), evidence.Count(n.Human), evidence.Count(n.Unattested), evidence.Count(n.Preexisting), text.Grade(v.traceBasis())), "",
	}
	lines = append(lines, v.areas()...)
	lines = append(lines, v.later()...)
	lines = append(lines, table(v.Rows, "File | Added# | Deleted# | Agent# | Person# | Unknown#", v.fileRows())...)
	return section{changesTitle + " (" + evidence.Plural(len(v.Record.Files), "file") + ")", lines}
}

const (
	// maxAreas and minAreaFiles are from when to when a table of areas says more
	// than the table of the files.
	maxAreas     = 12
	minAreaFiles = 4
	// maxDepth is how many folders deep areas are looked for.
	maxDepth = 4
)

// area is a folder with all that the change does in it.
type area struct {
	name           string
	files          int
	added, deleted int
	lines          evidence.LineCounts
}

// areas sums the change up by folder: the least deep ones that tell parts of it
// apart.
func (v *view) areas() []string {
	if len(v.Record.Files) < minAreaFiles {
		return nil
	}
	var all []area
	for depth := 1; depth <= maxDepth && len(all) < 2; depth++ {
		all = v.areasAt(depth)
	}
	if len(all) < 2 || len(all) == len(v.Record.Files) {
		return nil
	}
	rows := make([]string, 0, len(all))
	for _, a := range all {
		name := "the top folder"
		if a.name != "" {
			name = text.Code(a.name+"/", text.MaxName)
		}
		rows = append(rows, cells(name, evidence.Count(a.files), evidence.Count(a.added), evidence.Count(a.deleted), evidence.Count(a.lines.AI), evidence.Count(a.lines.Human), evidence.Count(a.lines.Unattested)))
	}
	return table(maxAreas, "Area | Files# | Added# | Deleted# | Agent# | Person# | Unknown#", rows)
}

func (v *view) areasAt(depth int) []area {
	at := map[string]int{}
	var all []area
	find := func(path string) *area {
		name := headOf(path, depth)
		i, seen := at[name]
		if !seen {
			i, at[name] = len(all), len(all)
			all = append(all, area{name: name})
		}
		return &all[i]
	}
	for i := range v.Record.Files {
		f := &v.Record.Files[i]
		a := find(f.Path)
		a.files++
		a.added += f.Added
		a.deleted += f.Deleted
	}
	for i := range v.Assessment.Attribution.Files {
		f := &v.Assessment.Attribution.Files[i]
		a := find(f.Path)
		a.lines.AI += f.Lines.AI
		a.lines.Human += f.Lines.Human
		a.lines.Unattested += f.Lines.Unattested
	}
	slices.SortStableFunc(all, func(a, b area) int {
		return cmp.Or(cmp.Compare(b.added, a.added), cmp.Compare(b.deleted, a.deleted), cmp.Compare(a.name, b.name))
	})
	return all
}

// later lists what became of lines after an agent had written them, edits by
// other runs and by people.
func (v *view) later() []string {
	var rows []string
	for i := range v.Assessment.Attribution.Later {
		e := &v.Assessment.Attribution.Later[i]
		if e.By == evidence.LaterBySameRun {
			continue
		}
		if len(rows) >= v.Rows { // only their number matters
			rows = append(rows, "")
			continue
		}
		var places []string
		for _, r := range e.Lines[:min(len(e.Lines), brief.MaxPlaces)] {
			places = append(places, v.span(evidence.Span{Path: e.Path, First: r.First, Last: r.Last}))
		}
		if len(places) == 0 {
			places = append(places, v.span(evidence.Span{Path: e.Path}))
		}
		validated := map[bool]string{true: "yes", false: "no"}[e.Validated]
		rows = append(rows, cells(strings.Join(places, ", "), text.Commit(e.Commit), text.Text(e.Action, text.MaxName), brief.EditedBy(e), evidence.Count(e.Removed), evidence.Count(e.Added), validated))
	}
	return titled("Agent-written lines that later commits edited", table(v.Rows, "Where | Commit | How | By | Removed# | Added# | Validated later", rows))
}

func (v *view) traceBasis() evidence.Basis {
	if n := v.Assessment.Attribution.Lines; n.Added == n.Unattested+n.Preexisting {
		return evidence.Missing
	}
	return evidence.Reported
}

// fileRows lists the files with the most added lines first.
func (v *view) fileRows() []string {
	lines := make(map[string]evidence.LineCounts, len(v.Assessment.Attribution.Files))
	for _, f := range v.Assessment.Attribution.Files {
		lines[f.Path] = f.Lines
	}
	order := make([]int, len(v.Record.Files))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		fa, fb := &v.Record.Files[a], &v.Record.Files[b]
		return cmp.Or(cmp.Compare(fb.Added, fa.Added), cmp.Compare(fb.Deleted, fa.Deleted), cmp.Compare(fa.Path, fb.Path))
	})
	rows := make([]string, 0, len(order))
	for k, i := range order {
		if k >= v.Rows { // only their number matters
			rows = append(rows, "")
			continue
		}
		f := v.Record.Files[i]
		n, known := lines[f.Path]
		by := cells("", "", "")
		if known {
			by = cells(evidence.Count(n.AI), evidence.Count(n.Human), evidence.Count(n.Unattested))
		}
		rows = append(rows, cells(v.span(evidence.Span{Path: f.Path})+brief.FileKind(f)+text.Grade(f.Origin.Basis), evidence.Count(f.Added), evidence.Count(f.Deleted), by))
	}
	return rows
}
