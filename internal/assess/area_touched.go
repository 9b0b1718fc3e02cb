package assess

import (
	"github.com/mergebrief/mergebrief/internal/classify"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

var areaTouched = Rule{
	ID: "area-touched", Level: evidence.LevelWarning,
	Sees:   "New files, and files with ten or more changed lines, in the high-risk areas: those that the policy names, else authentication, permissions, cryptography, payments, migrations and infrastructure, by what a file is. Smaller edits are a note. Lines that an agent wrote there have a rule of their own.",
	Why:    "A mistake there costs more than elsewhere, whoever made it.",
	Accept: "Accept the finding by its id after a review, or describe the areas in the policy.",
	check:  touchedAreas,
}

// someLines is the number of changed lines from which on an edit in a high-risk
// area is a warning: below it are imports, renamings and messages.
const someLines = 10

// touched is what a change does in one area.
type touched struct {
	x          found
	added      []string
	edited     []string
	lines      int
	worthWhile bool
}

func touchedAreas(f *facts) []found {
	var names []string
	at := map[string]*touched{}
	for i, file := range f.Files {
		area := f.areaOf(file.Path)
		if area == "" || file.Added+file.Deleted == 0 || len(f.lines.ai[file.Path]) > 0 {
			continue
		}
		t := at[area]
		if t == nil {
			t = &touched{x: found{about: area}}
			at[area] = t
			names = append(names, area)
		}
		t.x.name(i, file)
		t.lines += file.Added + file.Deleted
		if file.Status == evidence.FileAdded {
			t.added = append(t.added, file.Path)
		} else {
			t.edited = append(t.edited, file.Path)
		}
		t.worthWhile = t.worthWhile || file.Status == evidence.FileAdded || file.Added+file.Deleted >= someLines
	}
	var all []found
	for _, area := range names {
		t := at[area]
		t.x.spans = f.lines.changedIn(append(t.added, t.edited...))
		t.x.says = say("area-touched", asProse("area", area), asCount("lines", t.lines), asCount("files", len(t.added)+len(t.edited)))
		switch {
		case area == classify.AreaMigrations:
			t.x.says = say("area-touched.migration", asCount("new", len(t.added)), asCount("lines", t.lines), asCount("files", len(t.added)+len(t.edited)))
		case len(t.added) > 0:
			t.x.says = say("area-touched.new", asProse("area", area), asCount("new", len(t.added)), asCount("lines", t.lines), asCount("files", len(t.added)+len(t.edited)))
		}
		if !t.worthWhile {
			t.x.level = evidence.LevelNote
		}
		all = append(all, t.x)
	}
	return all
}
