package evidence

import (
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What a git note or a manifest may say, and what is left of it.
func TestNormalise(t *testing.T) {
	f := Fragment{
		Sessions: []Session{{
			Origin: Origin{Basis: "proven", Source: "record"}, Role: "invented", Freshness: ValidatedStale,
			Commands: []Command{{Line: "go test", Outcome: "splendid", ExitBasis: "sworn", Class: "magic", Masked: "fog"}},
			Drift:    []Drift{{Kind: "temper", Name: "x"}, {Kind: DriftHost, Name: "example.com"}},
			Usage:    &Usage{CostBasis: "free"},
		}},
		Claims: []Claim{{Author: "alien", Method: MethodNote, Confidence: Exact}, {Author: AuthorAI, Method: MethodNote, Confidence: "certain"}},
		Suites: []Suite{{Cases: []Case{{Name: "a", Outcome: "fine"}, {Name: "b", Outcome: Passed}}}},
	}
	dropped := f.Normalise()
	want := Fragment{
		Sessions: []Session{{
			Origin: Origin{Basis: Missing, Source: "record"}, Freshness: ValidatedStale,
			Commands: []Command{{Line: "go test", Outcome: CommandUnknown, ExitBasis: ExitUnknown, Class: ClassOther}},
			Drift:    []Drift{{Kind: DriftHost, Name: "example.com"}},
			Usage:    &Usage{CostBasis: CostUnknown},
		}},
		Claims: []Claim{{Origin: Origin{Basis: Missing}, Author: AuthorAI, Method: MethodNote, Confidence: CommitLevel}},
		Suites: []Suite{{Origin: Origin{Basis: Missing}, Cases: []Case{{Name: "a", Outcome: Errored}, {Name: "b", Outcome: Passed}}}},
	}
	if diff := cmp.Diff(want, f); diff != "" || dropped != 2 {
		t.Errorf("%d entries dropped, want 2 (-want +got):\n%s", dropped, diff)
	}
}

// No word that stands in for another claims more than that nothing is known, and
// each is a word of its vocabulary.
func TestLeast(t *testing.T) {
	for name, w := range least {
		if words := vocabularies()[name]; !reflect.DeepEqual(words, nil) && !strings.Contains("\x00"+strings.Join(words, "\x00")+"\x00", "\x00"+w+"\x00") {
			t.Errorf("%q is no word of %s", w, name)
		}
	}
	if Basis(least["Basis"]).Certain() || CommandOutcome(least["CommandOutcome"]) == CommandOK || Outcome(least["Outcome"]) == Passed {
		t.Error("a word that nobody knows becomes a pass")
	}
}

// A list without entries is absent from a bundle and never null, which no schema
// allows for a list.
func TestListsAreNeverNull(t *testing.T) {
	seen := map[reflect.Type]bool{}
	var walk func(t reflect.Type, path string)
	walk = func(typ reflect.Type, path string) {
		switch typ.Kind() {
		case reflect.Pointer, reflect.Slice:
			walk(typ.Elem(), path)
		case reflect.Struct:
			if seen[typ] {
				return
			}
			seen[typ] = true
			for f := range typ.Fields() {
				tag := f.Tag.Get("json")
				if k := f.Type.Kind(); (k == reflect.Slice || k == reflect.Map) && tag != "-" && f.IsExported() && !strings.Contains(tag, ",omitempty") && f.Name != "Checklist" {
					t.Errorf("%s.%s can be null", path, f.Name)
				}
				if f.IsExported() && tag != "-" {
					walk(f.Type, path+"."+f.Name)
				}
			}
		}
	}
	walk(reflect.TypeFor[Bundle](), "")
	if len(seen) < 40 {
		t.Errorf("only %d types were looked at", len(seen))
	}
}
