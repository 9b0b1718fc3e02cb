package correlate

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// addedFile is a file whose lines from first on are added.
func addedFile(path string, first int, text string) evidence.File {
	f := evidence.File{Path: path, Status: evidence.FileAdded}
	for line := range strings.Lines(text) {
		hash, _ := evidence.HashLine([]byte(line))
		f.Lines = append(f.Lines, hash)
		f.Added++
	}
	f.Spans = []evidence.LineRange{{First: first, Last: first + f.Added - 1}}
	return f
}

func editOf(path, text string) evidence.Edit {
	e := evidence.Edit{Path: path}
	for line := range strings.Lines(text) {
		if hash, ok := evidence.HashLine([]byte(line)); ok {
			e.Lines = append(e.Lines, hash)
		}
	}
	return e
}

func TestContentClaims(t *testing.T) {
	cut := addedFile("a.go", 1, "x\ny\n")
	cut.Spans[0].Last = 9
	for _, c := range []struct {
		name  string
		file  evidence.File
		edits []evidence.Edit
		want  []evidence.LineRange
	}{
		{"all lines", addedFile("a.go", 5, "x\ny\nz\n"), []evidence.Edit{editOf("a.go", "x\ny\nz\n")}, []evidence.LineRange{{First: 5, Last: 7}}},
		{"reformatted", addedFile("a.go", 1, "\tif a {\n\t\tb()\n"), []evidence.Edit{editOf("a.go", "if a{\nb()\n")}, []evidence.LineRange{{First: 1, Last: 2}}},
		{"blank lines between", addedFile("a.go", 1, "x\n\n\ny\n"), []evidence.Edit{editOf("a.go", "x\ny\n")}, []evidence.LineRange{{First: 1, Last: 4}}},
		{"blank lines at the ends stay out", addedFile("a.go", 1, "\nx\n\n"), []evidence.Edit{editOf("a.go", "x\n")}, []evidence.LineRange{{First: 2, Last: 2}}},
		{"a line in between by somebody else", addedFile("a.go", 1, "x\nother\ny\n"), []evidence.Edit{editOf("a.go", "x\ny\n")}, []evidence.LineRange{{First: 1, Last: 1}, {First: 3, Last: 3}}},
		{"another file", addedFile("a.go", 1, "x\n"), []evidence.Edit{editOf("b.go", "x\n")}, nil},
		{"other order", addedFile("a.go", 1, "y\nx\n"), []evidence.Edit{editOf("a.go", "x\ny\n")}, []evidence.LineRange{{First: 1, Last: 1}}},
		{"two edits", addedFile("a.go", 1, "y\nx\n"), []evidence.Edit{editOf("a.go", "x\n"), editOf("a.go", "y\n")}, []evidence.LineRange{{First: 1, Last: 2}}},
		{"common lines only beside others", addedFile("a.go", 1, "x\n"+strings.Repeat("}\n", 12)), []evidence.Edit{editOf("a.go", "x\n}\n")}, []evidence.LineRange{{First: 1, Last: 2}}},
		{"common lines alone", addedFile("a.go", 1, strings.Repeat("}\n", 12)), []evidence.Edit{editOf("a.go", "}\n")}, nil},
		{"one line of the edit stands for one", addedFile("a.go", 1, "x\nx\n"), []evidence.Edit{editOf("a.go", "x\n")}, []evidence.LineRange{{First: 1, Last: 1}}},
		{"a file of which not all lines are known", cut, []evidence.Edit{editOf("a.go", "x\ny\n")}, []evidence.LineRange{{First: 1, Last: 2}}},
		{"nothing left of it", addedFile("a.go", 1, "x\n"), []evidence.Edit{editOf("a.go", "y\n")}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			sessions := []evidence.Session{{ID: "s", Agent: "A", Edits: c.edits}}
			var got []evidence.LineRange
			claims := TranscriptClaims(sessions, []evidence.File{c.file}, "head")
			for _, claim := range claims {
				got = append(got, claim.Ranges...)
			}
			if len(claims) > 0 != (len(c.want) > 0) {
				t.Errorf("%d claims for %d ranges", len(claims), len(c.want))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestContentClaimsRenamed(t *testing.T) {
	f := addedFile("new.go", 3, "x\n")
	f.Origins = []evidence.LineOrigin{{LineRange: f.Spans[0], Commit: "c", Path: "old.go", Line: 1}}
	origin := evidence.Origin{Basis: evidence.Reported, Source: "files", URI: "t.jsonl"}
	sessions := []evidence.Session{
		{ID: "second", Started: time.Unix(2, 0), Edits: []evidence.Edit{editOf("old.go", "x\n")}},
		{ID: "first", Started: time.Unix(1, 0), Origin: origin, Agent: "A", Edits: []evidence.Edit{editOf("new.go", "x\n")}},
	}
	got := TranscriptClaims(sessions, []evidence.File{f}, "head")
	claim := evidence.Claim{
		Author: evidence.AuthorAI, Session: "first", Agent: "A", Origin: origin, Commit: "head", Path: "new.go",
		Ranges: []evidence.LineRange{{First: 3, Last: 3}}, Method: evidence.MethodContent, Confidence: evidence.Likely,
	}
	later := claim
	later.Session, later.Agent, later.Origin = "second", "", evidence.Origin{}
	if diff := cmp.Diff([]evidence.Claim{claim, later}, got); diff != "" {
		t.Error(diff)
	}
}

// Edits that are recorded with all that the file held are repeated, whichever
// session made them.
func TestReplayClaims(t *testing.T) {
	whole := func(path, text string) []evidence.Edit {
		return []evidence.Edit{{Path: path, Whole: addedFile(path, 1, text).Lines}}
	}
	sessions := []evidence.Session{
		{ID: "first", Started: time.Unix(1, 0), Edits: append(whole("a.go", "x\ny\nz\n"), whole("else.go", "x\n")...)},
		{ID: "second", Started: time.Unix(2, 0), Edits: whole("a.go", "x\nnew\nz\n")},
	}
	claim := func(session string, ranges ...evidence.LineRange) evidence.Claim {
		return evidence.Claim{
			Author: evidence.AuthorAI, Session: session, Commit: "head", Path: "a.go", Ranges: ranges, Method: evidence.MethodReplay, Confidence: evidence.Strong,
		}
	}
	want := []evidence.Claim{claim("first", evidence.LineRange{First: 1, Last: 1}, evidence.LineRange{First: 3, Last: 3}), claim("second", evidence.LineRange{First: 2, Last: 2})}
	if diff := cmp.Diff(want, TranscriptClaims(sessions, []evidence.File{addedFile("a.go", 1, "x\nnew\nz\n")}, "head")); diff != "" {
		t.Error(diff)
	}
}
