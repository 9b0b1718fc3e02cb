package comment

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/render/brief"
	"github.com/mergebrief/mergebrief/internal/render/text"
)

const (
	// maxTitle is GitHub's limit for the title of a check run and of an
	// annotation, in characters.
	maxTitle = 255
	// maxAnnotations keeps the requests of one check run to four: GitHub takes 50
	// at a time.
	maxAnnotations = 200
)

// Output is the content of a check run. Title is plain text, Summary and
// Text are Markdown.
type Output struct {
	Title       string
	Summary     string
	Text        string
	Annotations []Annotation
}

// Annotation is a remark about lines of a file at head, in plain text.
type Annotation struct {
	// Path of the file, relative to the repository.
	Path string
	// First and last line, 1-based, inclusive.
	Start, End int
	// "failure", "warning" or "notice".
	Level          string
	Title, Message string
}

// Check returns the content of the check run: the verdict as the title, the
// first lines of the comment as the summary, its folded sections as the text,
// and annotations on the lines it is about, failures first.
func Check(b *evidence.Bundle, o brief.Options) Output {
	v := newView(b, o, commentRows)
	all := v.annotations()
	lead := v.lead()
	if n := len(all) - maxAnnotations; n > 0 {
		lead = append(lead, fmt.Sprintf("Annotated: %d of %s places, failures first.", maxAnnotations, evidence.Count(len(all))), "")
		all = all[:maxAnnotations]
	}
	for i := range all {
		all[i].Title, all[i].Message = evidence.ClipMiddle(text.Clean(all[i].Title), maxTitle), evidence.ClipMiddle(text.Clean(all[i].Message), text.MaxSentence)
	}
	budget := cmp.Or(o.MaxBytes, maxCommentBytes)
	return Output{
		Title:       evidence.ClipMiddle(text.Clean(b.Assessment.Verdict.Title), maxTitle),
		Summary:     v.fit(lead, nil, budget),
		Text:        v.fit(nil, v.sections(), budget),
		Annotations: all,
	}
}

// annotations returns the remarks, failures first, as they were written.
func (v *view) annotations() []Annotation {
	all := v.failedTests()
	for _, f := range v.Assessment.Findings {
		if f.Accepted != nil || f.Level == evidence.LevelNone {
			continue
		}
		for _, s := range f.Spans {
			if v.annotatable(s.Path, s.First) {
				all = append(all, Annotation{s.Path, s.First, max(s.First, s.Last), noteLevel(f.Level), f.Rule, f.Text()})
			}
		}
	}
	rank := func(a Annotation) int { return slices.Index([]string{"failure", "warning", "notice"}, a.Level) }
	slices.SortStableFunc(all, func(a, b Annotation) int { return cmp.Compare(rank(a), rank(b)) })
	return slices.Compact(all)
}

func (v *view) failedTests() []Annotation {
	var all []Annotation
	for _, s := range v.Record.Suites {
		for _, b := range s.Broken {
			if v.annotatable(b.File, b.Line) {
				all = append(all, Annotation{b.File, b.Line, b.Line, "failure", cmp.Or(b.Subject, s.Name), cmp.Or(b.Message, string(b.Kind))})
			}
		}
		for _, c := range s.Cases {
			if (c.Outcome == evidence.Failed || c.Outcome == evidence.Errored) && v.annotatable(c.File, c.Line) {
				all = append(all, Annotation{c.File, c.Line, c.Line, "failure", c.Name, cmp.Or(c.Message, "the test "+string(c.Outcome))})
			}
		}
	}
	return all
}

// annotatable reports whether GitHub can show a remark there: on a line of a
// file of the change.
func (v *view) annotatable(path string, line int) bool {
	f := v.Files[path]
	return line > 0 && f != nil && f.Status != evidence.FileDeleted && !f.Binary
}

func noteLevel(l evidence.Level) string {
	switch l {
	case evidence.LevelError:
		return "failure"
	case evidence.LevelWarning:
		return "warning"
	}
	return "notice"
}
