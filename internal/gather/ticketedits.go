package gather

import (
	"slices"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/ghapi"
)

// maxCriterionEdits bounds what one edit puts into the record; an edit of more
// criteria is another ticket.
const maxCriterionEdits = 20

// edits lists the edits of an issue's title and text, the oldest first, and
// counts the earlier ones that GitHub was not asked for.
func edits(i *ghapi.Issue) (all []evidence.TicketEdit, omitted int) {
	revisions := i.UserContentEdits.All()
	slices.SortStableFunc(revisions, func(a, b *ghapi.Revision) int { return a.EditedAt.Compare(b.EditedAt) })
	omitted = i.UserContentEdits.TotalCount - len(revisions)
	var before text
	for n, r := range revisions {
		now := read(r.Diff)
		switch {
		case n > 0 || omitted <= 0 && !i.IncludesCreatedEdit:
			e := evidence.TicketEdit{At: r.EditedAt.UTC(), By: actor(r.Editor).Login}
			before.compare(now, &e)
			all = append(all, e)
		case omitted > 0:
			omitted++ // it is an edit, and what was there before is not at hand
		}
		// Else it is the text that the issue was opened with.
		before = now
	}
	if omitted > 0 && i.IncludesCreatedEdit {
		omitted--
	}
	for _, r := range i.Renames.All() {
		all = append(all, evidence.TicketEdit{At: r.CreatedAt.UTC(), By: actor(r.Actor).Login, OldTitle: r.PreviousTitle})
	}
	omitted += max(i.Renames.TotalCount-len(i.Renames.All()), 0)
	slices.SortStableFunc(all, func(a, b evidence.TicketEdit) int { return a.At.Compare(b.At) })
	return all, max(omitted, 0)
}

// text is one revision as it is compared with another.
type text struct {
	known    bool
	unticked string
	criteria []evidence.Criterion
}

func read(body *string) text {
	if body == nil {
		return text{}
	}
	list, _ := criteria(*body)
	return text{true, unticked(*body), list}
}

// compare notes what an edit made of the text.
func (t text) compare(now text, e *evidence.TicketEdit) {
	if !t.known || !now.known {
		e.Unknown = true
		return
	}
	e.Text = t.unticked != now.unticked
	e.Criteria = criterionEdits(t.criteria, now.criteria)
	if n := len(e.Criteria) - maxCriterionEdits; n > 0 {
		e.Criteria, e.CriteriaOmitted = e.Criteria[:maxCriterionEdits], n
	}
}

// boxesOfTables are the marks by which a table says what is done.
var boxesOfTables = strings.NewReplacer("[x]", "[ ]", "[X]", "[ ]", "✅", "[ ]", "☑️", "[ ]", "☑", "[ ]", "☐", "[ ]", "⬜", "[ ]", ":white_check_mark:", "[ ]")

// unticked is a text without what does not ask for anything: ticks, and the white
// space at the ends of lines.
func unticked(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, " \t\r\n")
		if m := taskItem.FindStringSubmatchIndex(line); m != nil {
			line = line[:m[2]] + " " + line[m[3]:]
		} else if strings.Contains(line, "|") {
			line = boxesOfTables.Replace(line)
		}
		b.WriteString(line + "\n")
	}
	return strings.TrimRight(b.String(), "\n")
}

// criterionEdits tells what became of the criteria: what is asked for now and was
// not before, what is not any more, and then the ticks.
func criterionEdits(old, now []evidence.Criterion) []evidence.CriterionEdit {
	var all, ticks []evidence.CriterionEdit
	left := slices.Clone(old)
	take := func(is func(evidence.Criterion) bool) (evidence.Criterion, bool) {
		at := slices.IndexFunc(left, is)
		if at < 0 {
			return evidence.Criterion{}, false
		}
		c := left[at]
		left = slices.Delete(left, at, at+1)
		return c, true
	}
	var fresh []evidence.Criterion
	for _, c := range now {
		if before, same := take(func(o evidence.Criterion) bool { return o.Text == c.Text }); same {
			ticks = append(ticks, ticked(before, c)...)
		} else {
			fresh = append(fresh, c)
		}
	}
	for _, c := range fresh {
		before, similar := take(func(o evidence.Criterion) bool { return alike(o.Text, c.Text) })
		if !similar {
			all = append(all, evidence.CriterionEdit{Kind: evidence.CriterionAdded, Text: c.Text})
			continue
		}
		all = append(all, evidence.CriterionEdit{Kind: evidence.CriterionReworded, Text: c.Text, Before: before.Text})
		ticks = append(ticks, ticked(before, c)...)
	}
	for _, c := range left {
		all = append(all, evidence.CriterionEdit{Kind: evidence.CriterionRemoved, Text: c.Text})
	}
	return append(all, ticks...)
}

func ticked(before, now evidence.Criterion) []evidence.CriterionEdit {
	switch {
	case now.Checked && !before.Checked:
		return []evidence.CriterionEdit{{Kind: evidence.CriterionChecked, Text: now.Text}}
	case before.Checked && !now.Checked:
		return []evidence.CriterionEdit{{Kind: evidence.CriterionUnchecked, Text: now.Text}}
	}
	return nil
}

// alike reports whether two criteria share half of the words of the longer one:
// then one is taken for the other in new words.
func alike(a, b string) bool {
	left, right := strings.Fields(strings.ToLower(a)), strings.Fields(strings.ToLower(b))
	longer, shared := max(len(left), len(right)), 0
	for _, w := range left {
		if at := slices.Index(right, w); at >= 0 {
			right[at] = right[len(right)-1]
			right = right[:len(right)-1]
			shared++
		}
	}
	return shared > 0 && 2*shared >= longer
}
