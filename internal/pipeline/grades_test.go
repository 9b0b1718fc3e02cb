package pipeline

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/mergebrief/mergebrief/internal/assess"
	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/render/brief"
	"github.com/mergebrief/mergebrief/internal/render/comment"
	"github.com/mergebrief/mergebrief/internal/render/page"
)

// basisAt is a grade in a bundle: the path of its field in the schema, and the
// grade itself.
type basisAt struct {
	path  string
	basis *evidence.Basis
}

// fill gives every field below v a value, one element to each list, and returns
// the grades among them.
func fill(v reflect.Value, path string) []basisAt {
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		return fill(v.Elem(), path)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		return fill(v.Index(0), path+"[]")
	case reflect.Struct:
		switch x := v.Addr().Interface().(type) {
		case *time.Time:
			*x = time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
			return nil
		case *evidence.Ref:
			*x = evidence.RefTo(evidence.ListChecks, 0)
			return nil
		case *evidence.Text: // has texts in it, and no grade
			*x = evidence.Text{ID: "ai-lines-untested"}
			return nil
		}
		var all []basisAt
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.Tag.Get("json") != "-" {
				all = append(all, fill(v.Field(i), path+"."+f.Name)...)
			}
		}
		return all
	case reflect.String:
		if b, ok := reflect.TypeAssert[*evidence.Basis](v.Addr()); ok {
			*b = evidence.Observed
			return []basisAt{{path, b}}
		}
		v.SetString("x")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(1)
	case reflect.Float64:
		v.SetFloat(1)
	}
	return nil
}

// whole is a bundle in which every field of the schema is set and every fact is
// observed.
func whole() (*evidence.Bundle, []basisAt) {
	b := &evidence.Bundle{}
	all := fill(reflect.ValueOf(b).Elem(), "")
	b.Schema = evidence.SchemaURI
	b.Assessment.Findings[0].Accepted = nil // what is accepted is not shown with its grade
	b.Assessment.Focus = []int{0}
	return b, all
}

// shown is all that people see of a bundle.
func shown(t *testing.T, b *evidence.Bundle) string {
	t.Helper()
	page, err := page.HTML(b, brief.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	check := comment.Check(b, brief.Options{})
	return comment.Body(b, brief.Options{}) + comment.Summary(b, brief.Options{}) + check.Title + check.Summary + check.Text + page
}

// strong counts the signs of grades that are stronger than that of a missing fact.
func strong(shown string) int {
	n := 0
	for _, letter := range []string{"O", "V", "R"} {
		for _, sign := range []string{"<sup>" + letter + "</sup>", "[" + letter + "]", "| " + letter + " |", ">" + letter + "<"} {
			n += strings.Count(shown, sign)
		}
	}
	return n
}

// A grade that nobody knows, of a later version or of somebody's hand, is never
// shown as a known one and opens no gate that a missing fact would not.
func TestUnknownGrades(t *testing.T) {
	_, all := whole()
	if len(all) < 25 {
		t.Fatalf("only %d grades in the schema", len(all))
	}
	for i := range all {
		t.Run(all[i].path, func(t *testing.T) {
			with := func(basis evidence.Basis) (signs int, verdict evidence.Verdict) {
				b, grades := whole()
				*grades[i].basis = basis
				a := assess.Assess(&b.Record, assess.Policy{FailOn: "warning"})
				return strong(shown(t, b)), a.Verdict
			}
			signs, verdict := with(evidence.Missing)
			for _, unknown := range []evidence.Basis{"alleged", "", "OBSERVED", "observed "} {
				if n, v := with(unknown); n > signs {
					t.Errorf("%q is shown as a known grade: %d signs, %d when missing", unknown, n, signs)
				} else if v.Conclusion == evidence.ConclusionSuccess && verdict.Conclusion != evidence.ConclusionSuccess {
					t.Errorf("%q opens the gate that a missing fact leaves shut", unknown)
				}
			}
		})
	}
}
