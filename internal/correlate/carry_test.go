package correlate

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/sessionnote"
)

// recorded is what a session wrote to a file of the commit "old".
func recorded(path, text string) sessionnote.Entry {
	f := addedFile(path, 1, text)
	return sessionnote.Entry{
		Session: evidence.Session{ID: "s", Agent: "a"},
		Files:   []sessionnote.Lines{sessionnote.NewLines(path, f.Spans, sessionnote.LineHashes(f, f.Spans))},
	}
}

func TestCarry(t *testing.T) {
	now := addedFile("a.go", 5, "one\n\ntwo\nthree\nfour\n")
	for name, c := range map[string]struct {
		text, path, patch string
		want              string
	}{
		"the same patch":                        {"one\n", "a.go", "p", "patch-id a.go 5"},
		"the same patch, no line left":          {"gone\n", "a.go", "p", "patch-id"},
		"another patch, the same lines":         {"one\n\ntwo\nthree\n", "a.go", "q", "line-hashes a.go 5-8"},
		"no patch":                              {"one\ntwo\nthree\n", "a.go", "", "line-hashes a.go 5-8"},
		"three lines of many":                   {"two\nthree\nfour\nx\ny\nz\nu\nv\nw\n", "a.go", "q", "line-hashes a.go 7-9"},
		"the same patch, under another name":    {"one\n", "b.go", "p", "patch-id"},
		"two lines, half of what it wrote":      {"two\nthree\nx\ny\n", "a.go", "q", "line-hashes a.go 7-8"},
		"two lines, less than half":             {"two\nthree\nx\ny\nz\n", "a.go", "q", ""},
		"one line, all that it wrote":           {"one\n", "a.go", "q", "line-hashes a.go 5"},
		"no line":                               {"x\n", "a.go", "q", ""},
		"another file":                          {"one\ntwo\nthree\n", "b.go", "q", ""},
		"blank lines alone are found by no one": {"\n\n\n", "a.go", "q", ""},
	} {
		t.Run(name, func(t *testing.T) {
			p := &Successor{Commit: "new", Patch: "p", Files: []evidence.File{addedFile("first.go", 1, "x1\n"), now}}
			got := ""
			for _, r := range p.Carry([]sessionnote.Document{{Commit: "old", Patch: c.patch, Entries: []sessionnote.Entry{recorded(c.path, c.text)}}}) {
				got += r.Carried
				for _, l := range r.Files {
					got += " " + l.Path + " " + l.Ranges
					if want := sessionnote.LineHashes(now, mustRanges(l)); !cmp.Equal(hashesOf(l), want) {
						t.Errorf("hashes of %s: %v, want %v", l.Ranges, hashesOf(l), want)
					}
				}
				if r.From != "old" || r.Of != "old" || r.Commit != "new" || r.Patch != "p" {
					t.Errorf("it is of %q, from %q, at %q, patch %q", r.Of, r.From, r.Commit, r.Patch)
				}
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func mustRanges(l sessionnote.Lines) []evidence.LineRange {
	ranges, _ := l.Split()
	return ranges
}

func hashesOf(l sessionnote.Lines) []uint32 {
	_, hashes := l.Split()
	return hashes
}

// Without a patch on either side nothing is the same patch.
func TestCarryWithoutPatch(t *testing.T) {
	p := &Successor{Commit: "new", Files: []evidence.File{addedFile("a.go", 1, "one\n")}}
	if got := p.Carry([]sessionnote.Document{{Commit: "old", Entries: []sessionnote.Entry{recorded("b.go", "x\n")}}}); len(got) > 0 {
		t.Errorf("%+v", got)
	}
}

func TestStrongest(t *testing.T) {
	one := func(commit, session, how, from, text string) CarriedEntry {
		r := recorded("a.go", text)
		r.Session.ID, r.Carried, r.From = session, how, from
		return CarriedEntry{Entry: r, Commit: commit}
	}
	var got []string
	for _, r := range Strongest([]CarriedEntry{
		one("c", "s", carriedByLines, "b", "one\ntwo\nthree\n"), one("c", "s", carriedByPatch, "z", "one\n"), one("c", "t", carriedByLines, "b", "one\n"),
		one("c", "t", carriedByLines, "d", "one\ntwo\n"), one("d", "t", carriedByLines, "f", "one\n"), one("d", "t", carriedByLines, "e", "one\n"),
	}) {
		got = append(got, r.Commit+" "+r.Session.ID+" "+r.From)
	}
	if diff := cmp.Diff([]string{"c s z", "c t d", "d t e"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestConvincing(t *testing.T) {
	made := time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		method, kept string
		started      time.Time
		of           string
		want         bool
	}{
		"the patch":              {"patch-id", "one\n", made.Add(time.Hour), "old", true},
		"half of the lines":      {"line-hashes", "one\ntwo\nthree\n", made.Add(-time.Hour), "old", true},
		"less than half":         {"line-hashes", "one\ntwo\n", made.Add(-time.Hour), "old", false},
		"begun after the commit": {"line-hashes", "one\ntwo\nthree\n", made.Add(time.Hour), "old", false},
		"of no such document":    {"line-hashes", "one\ntwo\nthree\n", made.Add(-time.Hour), "other", false},
	} {
		t.Run(name, func(t *testing.T) {
			all := recorded("a.go", "one\ntwo\nthree\nx\ny\nz\n")
			kept := recorded("a.go", c.kept)
			kept.Carried, kept.Session.Started = c.method, c.started
			found := Found{
				Docs:    []sessionnote.Document{{Commit: "old", Entries: []sessionnote.Entry{all}}},
				Commits: []evidence.Commit{{ID: "new", Committed: made}},
			}
			if got := found.Convincing(CarriedEntry{kept, "new", "", c.of}); got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}
