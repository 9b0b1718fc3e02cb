package gather

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/ghapi/ghtest"
)

// What each edit of a ticket did, in the order in which they were made.
func TestTicketEdits(t *testing.T) {
	pm := &ghtest.Account{Login: "pm"}
	opened := &ghtest.Revision{At: "2026-01-01T08:00:00Z", Editor: pm, Body: "Do it.\r\n- [ ] keys rotate daily\r\n- [ ] old keys verify\r\n"}
	at := func(hour int, body string) *ghtest.Revision {
		return &ghtest.Revision{At: fmt.Sprintf("2026-01-01T%02d:00:00Z", hour), Editor: pm, Body: body}
	}
	deleted := at(9, "")
	deleted.Deleted = true
	for name, tt := range map[string]struct {
		revisions []*ghtest.Revision
		renames   []*ghtest.Rename
		want      []string
	}{
		"none":        {nil, nil, nil},
		"ticked":      {[]*ghtest.Revision{opened, at(9, "Do it.\n- [x] keys rotate daily\n- [ ] old keys verify  \n")}, nil, []string{"9 pm: checked keys rotate daily"}},
		"unticked":    {[]*ghtest.Revision{at(8, "- [x] a"), at(9, "- [ ] a")}, nil, []string{"9 pm: unchecked a"}},
		"text":        {[]*ghtest.Revision{opened, at(9, "Do it now.\n- [ ] keys rotate daily\n- [ ] old keys verify\n")}, nil, []string{"9 pm text:"}},
		"added":       {[]*ghtest.Revision{opened, at(9, opened.Body+"- [ ] a metric counts them\n")}, nil, []string{"9 pm text: added a metric counts them"}},
		"removed":     {[]*ghtest.Revision{opened, at(9, "Do it.\n- [ ] keys rotate daily\n")}, nil, []string{"9 pm text: removed old keys verify"}},
		"reworded":    {[]*ghtest.Revision{opened, at(9, "Do it.\n- [x] keys rotate hourly\n- [ ] old keys verify\n")}, nil, []string{"9 pm text: reworded keys rotate daily > keys rotate hourly, checked keys rotate hourly"}},
		"replaced":    {[]*ghtest.Revision{opened, at(9, "Do it.\n- [ ] something else entirely\n- [ ] old keys verify\n")}, nil, []string{"9 pm text: added something else entirely, removed keys rotate daily"}},
		"reordered":   {[]*ghtest.Revision{at(8, "- [ ] a\n- [ ] b"), at(9, "- [ ] b\n- [ ] a")}, nil, []string{"9 pm text:"}},
		"in a table":  {[]*ghtest.Revision{at(8, "## Acceptance criteria\n| a | done |\n|---|---|\n| keys rotate | ☐ |"), at(9, "## Acceptance criteria\n| a | done |\n|---|---|\n| keys rotate | ✅ |")}, nil, []string{"9 pm: checked keys rotate"}},
		"two in turn": {[]*ghtest.Revision{at(8, "- [ ] a"), at(9, "- [x] a"), at(10, "- [x] a\n- [ ] b")}, nil, []string{"9 pm: checked a", "10 pm text: added b"}},
		"deleted":     {[]*ghtest.Revision{opened, deleted, at(10, "x")}, nil, []string{"9 pm unknown:", "10 pm unknown:"}},
		"by a ghost":  {[]*ghtest.Revision{opened, {At: "2026-01-01T09:00:00Z", Body: "x"}}, nil, []string{"9 ghost text: removed keys rotate daily, removed old keys verify"}},
		"renamed":     {[]*ghtest.Revision{opened, at(10, "x")}, []*ghtest.Rename{{At: "2026-01-01T09:00:00Z", Actor: pm, From: "Keys"}}, []string{"9 pm from Keys:", "10 pm text: removed keys rotate daily, removed old keys verify"}},
	} {
		t.Run(name, func(t *testing.T) {
			st := hub(t)
			st.Issues[0].Revisions, st.Issues[0].Renames = tt.revisions, tt.renames
			f, _ := gatherPull(t, st, nil)
			var got []string
			for _, e := range f.Tickets[0].Edits {
				got = append(got, tell(e))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" || f.Tickets[0].EditsOmitted != 0 {
				t.Errorf("%d omitted (-want +got):\n%s", f.Tickets[0].EditsOmitted, diff)
			}
		})
	}
}

func tell(e evidence.TicketEdit) string {
	line := fmt.Sprintf("%d %s", e.At.Hour(), e.By)
	for what, is := range map[string]bool{" text": e.Text, " unknown": e.Unknown, " from " + e.OldTitle: e.OldTitle != ""} {
		if is {
			line += what
		}
	}
	line += ":"
	for i, c := range e.Criteria {
		line += map[bool]string{true: " ", false: ", "}[i == 0] + string(c.Kind) + " "
		if c.Before != "" {
			line += c.Before + " > "
		}
		line += c.Text
	}
	return line
}

// Of a long history the latest edits are listed, and the others counted.
func TestTicketEditsMany(t *testing.T) {
	st := hub(t)
	for i := range 31 { // the first one is the text at the beginning
		body := strings.Repeat("- [ ] a\n", i)
		st.Issues[0].Revisions = append(st.Issues[0].Revisions, &ghtest.Revision{At: time.Date(2026, 1, 1, 0, i, 0, 0, time.UTC).Format(time.RFC3339), Body: body})
	}
	f, _ := gatherPull(t, st, nil)
	x := f.Tickets[0]
	if len(x.Edits) != 19 || x.EditsOmitted != 11 {
		t.Errorf("%d edits, %d omitted", len(x.Edits), x.EditsOmitted)
	}
	big := "- [ ] " + strings.Join(strings.Fields(strings.Repeat("x ", 30)), "\n- [ ] ")
	st.Issues[0].Revisions = []*ghtest.Revision{{At: "2026-01-01T08:00:00Z"}, {At: "2026-01-01T09:00:00Z", Body: big}}
	f, _ = gatherPull(t, st, nil)
	if e := f.Tickets[0].Edits[0]; len(e.Criteria) != maxCriterionEdits || e.CriteriaOmitted != 10 {
		t.Errorf("%d criteria, %d omitted", len(e.Criteria), e.CriteriaOmitted)
	}
}

// Whatever two revisions hold: the same text is no edit, a tick changes no text,
// and nothing is added and removed without the text being another.
func FuzzTicketEdit(f *testing.F) {
	f.Add("- [ ] a\n", "- [x] a\r\n")
	f.Add("## Acceptance criteria\n| a | b |\n|--|--|\n| c | [x] |", "## Acceptance criteria\n- c")
	f.Fuzz(func(t *testing.T, before, now string) {
		var same, e evidence.TicketEdit
		read(&before).compare(read(&before), &same)
		if same.Text || len(same.Criteria) > 0 {
			t.Fatalf("edited to itself: %+v", same)
		}
		read(&before).compare(read(&now), &e)
		for _, c := range e.Criteria {
			if c.Text == "" || !e.Text && c.Kind != evidence.CriterionChecked && c.Kind != evidence.CriterionUnchecked {
				t.Fatalf("%+v", e)
			}
		}
	})
}
