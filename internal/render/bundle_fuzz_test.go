package render_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/mergebrief/mergebrief/internal/assess"
	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/render/brief"
	"github.com/mergebrief/mergebrief/internal/render/comment"
	"github.com/mergebrief/mergebrief/internal/render/page"
)

// Whatever a record holds, it is judged and shown: no panic, within the budget,
// closed, and with its footer.
func FuzzBundle(f *testing.F) {
	for _, s := range situations(f) {
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
		body, check := comment.Body(b, brief.Options{}), comment.Check(b, brief.Options{})
		for _, text := range []string{body, check.Text, comment.Summary(b, brief.Options{})} {
			text = "\n" + text
			if !strings.HasSuffix(text, "</sub>\n") || strings.Count(text, "\n<details>") != strings.Count(text, "\n</details>") {
				t.Errorf("not closed: %q", text)
			}
		}
		if len(body) > 60000 || len(check.Text) > 60000 || len(check.Title) > 255 || len(check.Annotations) > 200 {
			t.Errorf("%d bytes, check %d bytes", len(body), len(check.Text))
		}
		if _, err := page.HTML(b, brief.Options{}, nil); err != nil {
			t.Error(err)
		}
		comment.Headline(b)
	})
}
