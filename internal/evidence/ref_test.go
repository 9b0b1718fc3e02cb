package evidence_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

func TestRefText(t *testing.T) {
	session := evidence.RefTo(evidence.ListSessions, 12)
	for text, ref := range map[string]evidence.Ref{
		"":                              {},
		"/files":                        evidence.RefToAll(evidence.ListFiles),
		"/suites/0":                     evidence.RefTo(evidence.ListSuites, 0),
		"/sessions/12/commands/345":     session.In(evidence.ListCommands, 345),
		"/sessions/12/usage":            session.AllIn(evidence.ListUsage),
		"/pullRequest/requiredChecks/1": evidence.RefToAll(evidence.ListPullRequest).In(evidence.ListRequiredChecks, 1),
		"/pullRequest/merge":            evidence.RefToAll(evidence.ListPullRequest).AllIn(evidence.ListMerge),
		"/laterList/3/laterField":       evidence.RefTo("laterList", 3).AllIn("laterField"),
		"/files/-1":                     evidence.RefToAll(evidence.ListFiles).AllIn("-1"),
		"/files/01":                     evidence.RefToAll(evidence.ListFiles).AllIn("01"),
		"/files/9223372036854775807":    evidence.RefToAll(evidence.ListFiles).AllIn("9223372036854775807"),
		"/files/99999999999999999999":   evidence.RefToAll(evidence.ListFiles).AllIn("99999999999999999999"),
	} {
		var got evidence.Ref
		if err := got.UnmarshalText([]byte(text)); err != nil || got != ref {
			t.Errorf("%q is read as %q, %v", text, got, err)
		}
		if ref.String() != text {
			t.Errorf("%q is written as %q", text, ref)
		}
	}
}

// A place deeper than this version knows is shown as the place that holds it.
func TestRefOfALaterVersion(t *testing.T) {
	var got evidence.Ref
	if err := json.Unmarshal([]byte(`"/sessions/1/commands/2/environment/0"`), &got); err != nil {
		t.Fatal(err)
	}
	if want := evidence.RefTo(evidence.ListSessions, 1).In(evidence.ListCommands, 2); got != want {
		t.Errorf("read as %s", got)
	}
	if err := json.Unmarshal([]byte(`"sessions"`), &got); err == nil {
		t.Errorf("a text without a slash is read as %s", got)
	}
}

func FuzzRef(f *testing.F) {
	for _, s := range []string{"", "/", "//", "/a", "/a/0", "/a/b/1", "/a/0/b/1/c", "/a/1/2/3", "/a/9223372036854775807"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var once, twice evidence.Ref
		if once.UnmarshalText([]byte(text)) != nil {
			return
		}
		written := once.String()
		if err := twice.UnmarshalText([]byte(written)); err != nil || twice.String() != written {
			t.Errorf("%q is %q, and that is %q, %v", text, written, twice, err)
		}
	})
}

func TestRefOrder(t *testing.T) {
	all := []evidence.Ref{
		{},
		evidence.RefToAll(evidence.ListChecks), evidence.RefTo(evidence.ListChecks, 2), evidence.RefTo(evidence.ListChecks, 10),
		evidence.RefTo(evidence.ListChecks, 10).AllIn("a"), evidence.RefTo(evidence.ListChecks, 10).In("a", 0), evidence.RefTo(evidence.ListFiles, 0),
	}
	if !slices.IsSortedFunc(all, evidence.Ref.Compare) {
		t.Errorf("%v is not in order", all)
	}
}

// Each list has the name of a JSON field: of the record, or of what the record
// has lists of.
func TestListsAreFields(t *testing.T) {
	outer := fields(reflect.TypeFor[evidence.Record](), map[string]reflect.Type{})
	inner := map[string]reflect.Type{}
	for _, of := range outer {
		for of.Kind() == reflect.Slice || of.Kind() == reflect.Pointer {
			of = of.Elem()
		}
		if of.Kind() == reflect.Struct {
			fields(of, inner)
		}
	}
	groups := listNames(t)
	if len(groups) != 2 {
		t.Fatalf("%d groups of lists: those of the record and those within them are expected", len(groups))
	}
	for i, known := range []map[string]reflect.Type{outer, inner} {
		for _, name := range groups[i] {
			if known[name] == nil {
				t.Errorf("%q is the name of a list, and of no field", name)
			}
		}
	}
	delete(outer, "target") // the change itself is no fact that was found
	for name, of := range outer {
		if of.Kind() != reflect.Int && !slices.Contains(groups[0], name) { // a number counts what is left out of a list
			t.Errorf("the field %q of the record has no list", name)
		}
	}
}

// fields collects the types of the JSON fields of a struct by their names.
func fields(of reflect.Type, into map[string]reflect.Type) map[string]reflect.Type {
	for f := range of.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous:
			fields(f.Type, into)
		case name != "-":
			into[name] = f.Type
		}
	}
	return into
}

// listNames reads the values of the constants of type List, by group.
func listNames(t *testing.T) (groups [][]string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "ref.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range file.Decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.CONST {
			var names []string
			for _, s := range g.Specs {
				v := s.(*ast.ValueSpec)
				name, err := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
				if err != nil {
					t.Fatal(err)
				}
				if want := "List" + strings.ToUpper(name[:1]) + name[1:]; v.Names[0].Name != want {
					t.Error(cmp.Diff(want, v.Names[0].Name))
				}
				names = append(names, name)
			}
			groups = append(groups, names)
		}
	}
	return groups
}
