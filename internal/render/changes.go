package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// changes tells what changed and who wrote the added lines.
func (v *view) changes() section {
	if len(v.record.Files) == 0 {
		return section{title: "Changes and attribution"}
	}
	n := v.assess.Attribution.Lines
	lines := []string{
		fmt.Sprintf("%s in %s. Of %s: %s by an agent run, %s by a known person, %s unattested, %s moved.%s",
			plural(len(v.record.Files), "file"), plural(len(v.record.Commits), "commit"), plural(n.Added, "added line"),
			count(n.AI), count(n.Human), count(n.Unattested), count(n.Preexisting), grade(v.traceBasis())), "",
	}
	lines = append(lines, table(v.rows, "File | Added# | Deleted# | Agent# | Person# | Unattested# | Grade", v.fileRows())...)
	return section{"Changes and attribution (" + plural(len(v.record.Files), "file") + ")", lines}
}

func (v *view) traceBasis() evidence.Basis {
	if n := v.assess.Attribution.Lines; n.Added == n.Unattested+n.Preexisting {
		return evidence.Missing
	}
	return evidence.Reported
}

// fileRows lists the files with the most added lines first.
func (v *view) fileRows() []string {
	lines := make(map[string]evidence.LineCounts, len(v.assess.Attribution.Files))
	for _, f := range v.assess.Attribution.Files {
		lines[f.Path] = f.Lines
	}
	order := make([]int, len(v.record.Files))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		fa, fb := &v.record.Files[a], &v.record.Files[b]
		return cmp.Or(cmp.Compare(fb.Added, fa.Added), cmp.Compare(fb.Deleted, fa.Deleted), cmp.Compare(fa.Path, fb.Path))
	})
	rows := make([]string, 0, len(order))
	for k, i := range order {
		if k >= v.rows { // only their number matters
			rows = append(rows, "")
			continue
		}
		f := v.record.Files[i]
		n, known := lines[f.Path]
		by := cells("", "", "")
		if known {
			by = cells(count(n.AI), count(n.Human), count(n.Unattested))
		}
		rows = append(rows, cells(v.span(evidence.Span{Path: f.Path})+kind(f), count(f.Added), count(f.Deleted), by, letter(f.Origin.Basis)))
	}
	return rows
}

// kind says what is special about a file.
func kind(f evidence.File) string {
	var words []string
	switch f.Status {
	case evidence.FileModified, "":
	case evidence.FileRenamed, evidence.FileCopied:
		words = append(words, string(f.Status)+" from "+code(f.OldPath, maxName))
	default:
		words = append(words, text(string(f.Status), maxName))
	}
	if f.Binary {
		words = append(words, "binary")
	}
	if f.Submodule {
		words = append(words, "submodule")
	}
	if f.Mode != "" && f.OldMode != "" && f.Mode != f.OldMode {
		words = append(words, "mode "+code(f.OldMode, maxName)+" to "+code(f.Mode, maxName))
	}
	if len(words) == 0 {
		return ""
	}
	return " " + strings.Join(words, ", ")
}
