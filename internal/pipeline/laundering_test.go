package pipeline

import (
	"context"
	"fmt"
	"reflect"
	"testing"

	"github.com/mergebrief/mergebrief/internal/assess"
	"github.com/mergebrief/mergebrief/internal/correlate"
	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/gather"
	"github.com/mergebrief/mergebrief/internal/redact"
)

// said is a source of one class.
type said struct {
	class    evidence.Class
	fragment evidence.Fragment
}

func (s said) Name() string          { return string(s.class) }
func (s said) Class() evidence.Class { return s.class }
func (s said) Gather(context.Context, evidence.Target) (evidence.Fragment, error) {
	return s.fragment, nil
}

// saying is all that a source can say of a run, its lines, its results and its ticket,
// as a record of the given method. It claims to be certain only of what the service or
// the base say, as the sources do.
func saying(c evidence.Class, m evidence.Method) said {
	o := evidence.Origin{Basis: evidence.Reported, Source: string(c), URI: string(c) + "/" + string(m), Digest: "sha256:" + string(m)}
	if c == evidence.FromService || c == evidence.FromBase {
		o.Basis = evidence.Observed
	}
	lines := []evidence.LineRange{{First: 1, Last: 3}}
	return said{c, evidence.Fragment{
		Inputs:   []evidence.Input{{Origin: o, Path: o.URI, Status: evidence.Parsed, RunID: 5}},
		Sessions: []evidence.Session{{Origin: o, ID: "s", Agent: "claude-code", Models: []string{"m"}}},
		Claims:   []evidence.Claim{{Origin: o, Author: evidence.AuthorAI, Session: "s", Commit: "c1", Path: "a.go", Ranges: lines, Method: m}},
		Suites:   []evidence.Suite{{Origin: o, Counts: evidence.Counts{Total: 1, Passed: 1}}},
		Tickets:  []evidence.Ticket{{Origin: o, Key: "#1", Requester: o.URI, Type: "Bug", Priority: "P0", Repository: "evil/other"}},
	}}
}

// bases returns how often each grade stands in a bundle.
func bases(v reflect.Value, into map[evidence.Basis]int) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			bases(v.Elem(), into)
		}
	case reflect.Slice:
		for i := range v.Len() {
			bases(v.Index(i), into)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				bases(v.Field(i), into)
			}
		}
	case reflect.String:
		if b, ok := reflect.TypeAssert[evidence.Basis](v); ok {
			into[b]++
		}
	}
}

// Of every two sources, what both say is verified only when no one person can write
// both: in no field of the whole bundle otherwise. And what a file says stands in no
// fact that is better known.
func TestThreatLaundering(t *testing.T) {
	all := []evidence.Class{evidence.FromService, evidence.FromBase, evidence.FromWorkspace, evidence.FromArtifact, evidence.FromNote, evidence.FromChange}
	change := said{evidence.FromChange, evidence.Fragment{
		Commits: []evidence.Commit{{Origin: evidence.Origin{Basis: evidence.Observed}, ID: "c1"}},
		Files: []evidence.File{{
			Origin: evidence.Origin{Basis: evidence.Observed}, Path: "a.go", Status: evidence.FileAdded, Added: 3, Spans: []evidence.LineRange{{First: 1, Last: 3}},
			Origins: []evidence.LineOrigin{{LineRange: evidence.LineRange{First: 1, Last: 3}, Commit: "c1", Line: 1}},
		}},
	}}
	verified := 0
	for _, a := range all {
		for _, b := range all {
			t.Run(fmt.Sprintf("%s and %s", a, b), func(t *testing.T) {
				record := gather.Record(t.Context(), evidence.Target{Head: "c1", MergeBase: "c0"}, redact.New(nil), []gather.Source{change, saying(a, evidence.MethodNote), saying(b, evidence.MethodContent)})
				bundle := &evidence.Bundle{Record: *record, Assessment: assess.Assess(record, assess.Policy{})}
				grades := map[evidence.Basis]int{}
				bases(reflect.ValueOf(bundle), grades)
				if verified += grades[evidence.Verified]; grades[evidence.Verified] > 0 && !a.Apart(b) {
					t.Errorf("%d verified facts", grades[evidence.Verified])
				}
				certain := func(c evidence.Class) bool { return c == evidence.FromService || c == evidence.FromBase }
				for _, x := range record.Tickets {
					for _, c := range []evidence.Class{a, b} {
						if x.Origin.Basis.Certain() && !certain(c) && x.Requester == saying(c, evidence.MethodNote).fragment.Tickets[0].Requester {
							t.Errorf("the ticket has fields of %s: %+v", c, x)
						}
					}
				}
				for _, s := range record.Sessions {
					if s.Origin.Basis.Certain() && (!certain(a) || !certain(b)) {
						t.Errorf("a session of %s and %s is %s", a, b, s.Origin.Basis)
					}
				}
			})
		}
	}
	if verified == 0 {
		t.Error("no pair verifies anything: the test sees nothing")
	}
}

// A record that was read back from an artifact is whatever a job of the change wrote:
// no grade anywhere in it is more than reported, and it says of no file which run
// uploaded it.
func TestThreatForgedEarlierRecord(t *testing.T) {
	b, grades := whole()
	for _, g := range grades {
		*g.basis = evidence.Observed
	}
	origins(reflect.ValueOf(&b.Record).Elem(), func(o *evidence.Origin) { o.Class, o.RecordedBy = evidence.FromWorkspace, "" })
	got := correlate.Earlier(&b.Record, "https://github.com/o/r/actions/runs/1")
	if len(got.Tickets) == 0 || got.Tickets[0].Approval == nil || len(got.Sessions) == 0 || len(got.Suites) == 0 {
		t.Fatalf("nothing is taken: %+v", got)
	}
	found := map[evidence.Basis]int{}
	bases(reflect.ValueOf(got), found)
	if found[evidence.Observed]+found[evidence.Verified] > 0 || found[evidence.Reported] == 0 {
		t.Errorf("grades of a forged record: %v", found)
	}
}

func origins(v reflect.Value, each func(*evidence.Origin)) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			origins(v.Elem(), each)
		}
	case reflect.Slice:
		for i := range v.Len() {
			origins(v.Index(i), each)
		}
	case reflect.Struct:
		if o, ok := reflect.TypeAssert[*evidence.Origin](v.Addr()); ok {
			each(o)
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				origins(v.Field(i), each)
			}
		}
	}
}
