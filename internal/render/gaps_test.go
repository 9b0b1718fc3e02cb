package render_test

import (
	"strings"
	"testing"

	"github.com/mergebrief/mergebrief/internal/assess"
	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/render/comment"
)

// What could not be read for one cause is one line, and says nothing in git's words.
func TestGapsAreGrouped(t *testing.T) {
	s := situationOf(t, "nothing-wrong")
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		s.record.Gaps = append(s.record.Gaps, evidence.MissingGap("checkpoints", "file "+name, evidence.Unreadable,
			"listed in the checkpoint, and not readable: git cat-file: fatal: git cat-file "+name+":full.jsonl: bad file (exit status 128)"))
	}
	b := &evidence.Bundle{Record: s.record, Assessment: assess.Assess(&s.record, s.policy)}
	page := comment.Body(b, options(b))
	want := "- file a, file b, file c and 2 more: listed in the checkpoint, and not readable: not in this copy of the repository<sup>M</sup>\n"
	for kind, text := range map[string]string{"comment": page, "page": report(t, b)} {
		if strings.Contains(text, "fatal") || strings.Contains(text, "exit status 128") {
			t.Errorf("the %s has git's words", kind)
		}
	}
	if !strings.Contains(page, want) || !strings.Contains(page, "1 thing could not be read") {
		t.Errorf("the comment is %s", page)
	}
}

// The files with the gravest findings come first on the page, then those in
// high-risk areas, then the largest.
func TestFilesByRisk(t *testing.T) {
	s := situationOf(t, "nothing-wrong")
	at := func(path string, lines int) evidence.File {
		return evidence.File{Origin: s.record.Files[0].Origin, Path: path, Status: evidence.FileModified, Added: lines, Spans: []evidence.LineRange{{First: 1, Last: lines}}}
	}
	s.record.Files = []evidence.File{at("a/small.go", 1), at("b/large.go", 90), at("billing/run.go", 2), at("install.sh", 3)}
	s.record.Files[3].Hazards = []evidence.Hazard{{Kind: evidence.HazardPipedScript, Line: 2}}
	b := &evidence.Bundle{Record: s.record, Assessment: assess.Assess(&s.record, s.policy)}
	text := report(t, b)
	text = text[strings.Index(text, "Changed files</h2>"):]
	last := 0
	for _, path := range []string{"install.sh", "billing/run.go", "b/large.go", "a/small.go"} {
		i := strings.Index(text, `<code class="path">`+path)
		if i < 0 {
			i = strings.Index(text, path)
		}
		if i < last {
			t.Errorf("%s is at %d, after what should follow it", path, i)
		}
		last = i
	}
}
