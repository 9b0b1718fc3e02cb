package render_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/mergebrief/mergebrief/internal/assess"
	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/render"
)

// Whatever a record holds, it is judged and shown: no panic, within the budget,
// closed, and with its footer.
func FuzzBundle(f *testing.F) {
	for _, s := range situations() {
		if len(s.record.Suites) > 10 {
			continue // too large to mutate
		}
		data, err := json.Marshal(s.record)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var r evidence.Record
		if json.Unmarshal(data, &r) != nil {
			return
		}
		b := &evidence.Bundle{Record: r, Assessment: assess.Assess(&r, assess.Policy{FailOn: "error"})}
		comment, check := render.Comment(b, render.Options{}), render.Check(b, render.Options{})
		for _, page := range []string{comment, check.Text, render.Summary(b, render.Options{})} {
			page = "\n" + page
			if !strings.HasSuffix(page, "</sub>\n") || strings.Count(page, "\n<details>") != strings.Count(page, "\n</details>") {
				t.Errorf("not closed: %q", page)
			}
		}
		if len(comment) > 60000 || len(check.Text) > 60000 || len(check.Title) > 255 || len(check.Annotations) > 200 {
			t.Errorf("%d bytes, check %d bytes", len(comment), len(check.Text))
		}
		if _, err := render.Report(b, render.Options{}); err != nil {
			t.Error(err)
		}
		render.Headline(b)
	})
}
