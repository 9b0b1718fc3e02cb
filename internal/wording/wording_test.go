package wording

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

func named(place, s string) evidence.Argument {
	return evidence.Argument{Name: place, Kind: evidence.ArgumentName, Text: s}
}

func counting(place string, n int) evidence.Argument {
	return evidence.Argument{Name: place, Kind: evidence.ArgumentCount, Count: n}
}

// text is a small text in which a name stands.
func text(id string, arguments ...evidence.Argument) evidence.Text {
	return evidence.Text{ID: id, Arguments: arguments}
}

func TestKinds(t *testing.T) {
	for name, c := range map[string]struct {
		text evidence.Text
		want []Part
	}{
		"one of them": {
			text("change-large", counting("lines", 1), counting("files", 1234)),
			[]Part{{Prose, "a large change: 1 line in 1,234 files"}},
		},
		"several names": {
			text("tests-skipped", counting("tests", 5), evidence.Argument{Name: "names", Kind: evidence.ArgumentNames, Names: []string{"a", "b"}, More: 3}),
			[]Part{{Prose, "5 tests on added lines skipped: "}, {Name, "a"}, {Prose, ", "}, {Name, "b"}, {Prose, " and 3 more"}},
		},
		"what is absent": {
			text("evidence-unreadable", named("path", "r.xml"), evidence.Argument{Name: "detail", Kind: evidence.ArgumentProse}),
			[]Part{{Name, "r.xml"}, {Prose, " was not read"}},
		},
		"what is there": {
			text("evidence-unreadable", named("path", "r.xml"), evidence.Argument{Name: "detail", Kind: evidence.ArgumentProse, Text: "too large"}),
			[]Part{{Name, "r.xml"}, {Prose, " was not read: "}, {Foreign, "too large"}},
		},
		"a word": {
			text("ending.other", evidence.Argument{Name: "conclusion", Kind: evidence.ArgumentWord, Text: "timed_out"}),
			[]Part{{Prose, "ended as "}, {Foreign, "timed out"}},
		},
		"texts in texts, and a name of ours": {
			text("validation-masked", evidence.Argument{Name: "kind", Kind: evidence.ArgumentTexts, Texts: []evidence.Text{text("kind.test")}}, named("commands", "go test"), evidence.Argument{Name: "mask", Kind: evidence.ArgumentTexts, Texts: []evidence.Text{text("mask.or-true")}}),
			[]Part{{Prose, "tests: result unknown, "}, {Name, "|| true"}, {Prose, " hides the exit status: "}, {Name, "go test"}},
		},
		"more than one criterion": {text("criterion.more", counting("more", 2)), []Part{{Prose, "2 more criteria"}}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Parts(1, c.text)
			if diff := cmp.Diff(c.want, got); diff != "" || err != nil {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
		})
	}
}

// Texts that begin alike say it once, whatever stands between them, and only when
// the table makes them begin so.
func TestTextsAboutOnePlace(t *testing.T) {
	risky := text("ai-lines-high-risk", named("area", "payments"))
	untested := text("ai-lines-untested")
	other := text("changes-requested", named("reviewer", "AI-written, not executed by any test"))
	for want, all := range map[string][]evidence.Text{
		"AI-written, in a high-risk area (“payments”), not executed by any test":                                                          {risky, untested},
		"AI-written, not executed by any test, in a high-risk area (“payments”); “AI-written, not executed by any test” asks for changes": {untested, other, risky},
		"“AI-written, not executed by any test” asks for changes; AI-written, not executed by any test":                                   {other, untested},
	} {
		parts, err := Parts(0, all...)
		if got := Plain(parts); got != want || err != nil {
			t.Errorf("%q, %v; want %q", got, err, want)
		}
	}
	parts, _ := Parts(3, other)
	if got, want := Plain(parts), "“AI-written, not executed by any test” asks for changes (3 times)"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// What does not fit the table is no sentence: the message is shown instead, as
// words that others wrote.
func TestTextsOfAnotherVersion(t *testing.T) {
	deep := text("ending.failed")
	for range 10 {
		deep = text("speaker.agent", evidence.Argument{Name: "speaker", Kind: evidence.ArgumentTexts, Texts: []evidence.Text{deep}})
	}
	for name, texts := range map[string][]evidence.Text{
		"none":                 nil,
		"unknown":              {text("of-a-later-version")},
		"an argument missing":  {text("ai-lines-untested"), text("changes-requested")},
		"an argument too much": {text("ai-lines-untested", named("x", "y"))},
		"twice the same":       {text("changes-requested", named("reviewer", "a"), named("reviewer", "b"))},
		"of another kind":      {text("change-large", counting("lines", 1), named("files", "x"))},
		"of an unknown kind":   {text("changes-requested", evidence.Argument{Name: "reviewer", Kind: "sound"})},
		"too deep":             {deep},
	} {
		t.Run(name, func(t *testing.T) {
			f := evidence.Finding{Message: "its “message”, as it is", Texts: texts}
			if diff := cmp.Diff([]Part{{Foreign, f.Message}}, Finding(&f)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// awkward are names that mean something in a sentence, in a template or to a
// terminal.
var awkward = []string{
	"", " ", "it says ”hello” to @octocat, then leaves", "“", "”“", "a; b, c", "`|| true`", "{suite}", "[: {names}]", "AI-written, x", "a\u202eb", "line\nline", "\x00", "\xff", ": ",
	" and 3 more", strings.Repeat("x", 10000),
}

// A name arrives whole, in one part of its own, in every template.
func FuzzNames(f *testing.F) {
	for _, s := range awkward {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for id, entry := range table {
			x := evidence.Text{ID: id}
			want := fill(&x, entry.pieces, s)
			parts, err := Parts(0, x)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, p := range parts {
				if p.Kind == Name {
					got = append(got, p.Text)
				} else if p.Text == "" || p.Kind != Prose {
					t.Errorf("%s: the part %q is not of the table", id, p.Text)
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s: names (-want +got):\n%s", id, diff)
			}
			if plain := Plain(parts); s != "" && strings.Count(plain, "“"+s+"”") < len(want)-strings.Count(id, "or-true") {
				t.Errorf("%s: %q does not hold the names whole", id, plain)
			}
		}
	})
}

// fill gives a text a name for each place, and a number for each count. It
// returns the names that have to arrive.
func fill(x *evidence.Text, all []piece, name string) (want []string) {
	for _, p := range all {
		switch {
		case p.optional != nil:
			inner := fill(x, p.optional, name)
			if name != "" { // else they are left out
				want = append(want, inner...)
			}
		case p.place == "" && p.name:
			want = append(want, p.literal)
		case p.noun != "":
			x.Arguments = append(x.Arguments, counting(p.place, 2))
		case p.place != "":
			x.Arguments = append(x.Arguments, named(p.place, name))
			want = append(want, name)
		}
	}
	return want
}

// The words of the table are plain words: nothing in them needs to be cleaned, and
// no template holds what was meant to be an argument.
func TestTable(t *testing.T) {
	for id, entry := range table {
		places := map[string]bool{}
		var walk func([]piece, bool)
		walk = func(all []piece, optional bool) {
			for _, p := range all {
				if strings.ContainsAny(p.literal, "{}[]`“”\n") || strings.Contains(p.literal, "  ") {
					t.Errorf("%s: %q", id, p.literal)
				}
				if p.place != "" && places[p.place] {
					t.Errorf("%s has two places %s", id, p.place)
				}
				places[p.place] = true
				if p.optional != nil && (optional || !slices.ContainsFunc(p.optional, func(p piece) bool { return p.place != "" })) {
					t.Errorf("%s: nothing says when optional words are left out", id)
				}
				walk(p.optional, true)
			}
		}
		walk(entry.pieces, false)
		if len(entry.pieces) == 0 {
			t.Errorf("%s says nothing", id)
		}
	}
}
