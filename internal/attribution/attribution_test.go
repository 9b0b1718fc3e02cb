package attribution_test

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/attribution"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

func span(first, last int) evidence.LineRange { return evidence.LineRange{First: first, Last: last} }

func note(commit, path, session string, ranges ...evidence.LineRange) evidence.Claim {
	return evidence.Claim{
		Author: evidence.AuthorAI, Session: session, Commit: commit, Path: path, Ranges: ranges,
		Method: evidence.MethodNote, Confidence: evidence.Exact, Origin: evidence.Origin{Basis: evidence.Reported},
	}
}

func with(c evidence.Claim, m evidence.Method) evidence.Claim {
	c.Method = m
	return c
}

// part is what the tests look at of an attributed range.
type part struct {
	First, Last int
	Kind        evidence.AuthorKind
	Session     string
	Method      evidence.Method
}

func parts(a evidence.Attribution) []part {
	var all []part
	for _, f := range a.Files {
		for _, p := range f.Parts {
			all = append(all, part{p.First, p.Last, p.Kind, p.Session, p.Method})
		}
	}
	return all
}

// oneFile is a record with the file f.go, whose lines 11 to 20 are added: 11 to
// 15 by commit c1, where they stood at 1 to 5 of old.go; 16 and 17 by c2 at the
// same place; 18 moved by the change; 19 and 20 of unknown origin.
func oneFile(claims ...evidence.Claim) *evidence.Record {
	r := &evidence.Record{Target: evidence.Target{Head: "head"}}
	r.Commits = []evidence.Commit{{ID: "c1", Parents: []string{"base"}}, {ID: "c2", Parents: []string{"c1"}}, {ID: "merge", Parents: []string{"c2", "x"}}}
	r.Files = []evidence.File{{
		Path: "f.go", Added: 10, Spans: []evidence.LineRange{span(11, 20)},
		Origins: []evidence.LineOrigin{
			{LineRange: span(11, 15), Commit: "c1", Path: "old.go", Line: 1},
			{LineRange: span(16, 17), Commit: "c2", Line: 16},
			{LineRange: span(18, 18), Path: "moved.go", Line: 4},
		},
	}}
	r.Claims = claims
	return r
}

func TestLines(t *testing.T) {
	const ai, human, none, older = evidence.AuthorAI, evidence.AuthorHuman, evidence.AuthorUnattested, evidence.AuthorPreexisting
	rest := []part{{18, 18, older, "", ""}, {19, 20, none, "", ""}}
	byPerson := note("c1", "old.go", "Ada", span(2, 2))
	byPerson.Author = human
	for _, c := range []struct {
		name   string
		claims []evidence.Claim
		want   []part
	}{
		{"no claim leaves lines unattested", nil, append([]part{{11, 15, none, "", ""}, {16, 17, none, "", ""}}, rest...)},
		{"a note holds at the origin", []evidence.Claim{note("c1", "old.go", "s", span(2, 3))}, append([]part{
			{11, 11, none, "", ""}, {12, 13, ai, "s", evidence.MethodNote}, {14, 15, none, "", ""}, {16, 17, none, "", ""},
		}, rest...)},
		{"not at the head's numbers", []evidence.Claim{note("c1", "old.go", "s", span(11, 15))}, append([]part{
			{11, 15, none, "", ""}, {16, 17, none, "", ""},
		}, rest...)},
		{"nor under the head's name", []evidence.Claim{note("c1", "f.go", "s", span(1, 5))}, append([]part{
			{11, 15, none, "", ""}, {16, 17, none, "", ""},
		}, rest...)},
		{"a claim at head holds for all but moved lines", []evidence.Claim{with(note("head", "f.go", "s", span(1, 99)), evidence.MethodContent)}, []part{
			{11, 15, ai, "s", evidence.MethodContent}, {16, 17, ai, "s", evidence.MethodContent}, {18, 18, older, "", ""}, {19, 20, ai, "s", evidence.MethodContent},
		}},
		{"overlapping and unsorted ranges", []evidence.Claim{note("c1", "old.go", "s", span(4, 4), span(1, 3), span(2, 4), span(0, 9), span(5, 3))}, append([]part{
			{11, 14, ai, "s", evidence.MethodNote}, {15, 15, none, "", ""}, {16, 17, none, "", ""},
		}, rest...)},
		{"ranges past the end of the file", []evidence.Claim{note("c1", "old.go", "s", span(5, 1<<40))}, append([]part{
			{11, 14, none, "", ""}, {15, 15, ai, "s", evidence.MethodNote}, {16, 17, none, "", ""},
		}, rest...)},
		{"the note beats the transcript", []evidence.Claim{with(note("head", "f.go", "t", span(11, 12)), evidence.MethodContent), note("c1", "old.go", "s", span(1, 1))}, append([]part{
			{11, 11, ai, "s", evidence.MethodNote}, {12, 12, ai, "t", evidence.MethodContent}, {13, 15, none, "", ""}, {16, 17, none, "", ""},
		}, rest...)},
		{"the last of two notes holds", []evidence.Claim{note("c2", "f.go", "s", span(16, 17)), note("c2", "f.go", "t", span(17, 17))}, append([]part{
			{11, 15, none, "", ""}, {16, 16, ai, "s", evidence.MethodNote}, {17, 17, ai, "t", evidence.MethodNote},
		}, rest...)},
		{"a person by a positive record", []evidence.Claim{byPerson}, append([]part{
			{11, 11, none, "", ""}, {12, 12, human, "Ada", evidence.MethodNote}, {13, 15, none, "", ""}, {16, 17, none, "", ""},
		}, rest...)},
		{"a checkpoint covers the commit", []evidence.Claim{{Author: ai, Session: "s", Commit: "c2", Method: evidence.MethodCheckpoint}}, append([]part{
			{11, 15, none, "", ""}, {16, 17, ai, "s", evidence.MethodCheckpoint},
		}, rest...)},
		{"but not beside a note", []evidence.Claim{{Author: ai, Session: "s", Commit: "c2", Method: evidence.MethodCheckpoint}, note("c2", "f.go", "s", span(16, 16))}, append([]part{
			{11, 15, none, "", ""}, {16, 16, ai, "s", evidence.MethodNote}, {17, 17, none, "", ""},
		}, rest...)},
		{"a trace names the commit before", []evidence.Claim{with(note("c1", "f.go", "s", span(16, 16)), evidence.MethodTrace)}, append([]part{
			{11, 15, none, "", ""}, {16, 16, ai, "s", evidence.MethodTrace}, {17, 17, none, "", ""},
		}, rest...)},
		{"or the commit itself", []evidence.Claim{with(note("c1", "old.go", "s", span(1, 1)), evidence.MethodTrace)}, append([]part{
			{11, 11, ai, "s", evidence.MethodTrace}, {12, 15, none, "", ""}, {16, 17, none, "", ""},
		}, rest...)},
		{"files outside the change", []evidence.Claim{note("c1", "else.go", "s", span(1, 9))}, append([]part{{11, 15, none, "", ""}, {16, 17, none, "", ""}}, rest...)},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, parts(attribution.Lines(oneFile(c.claims...)))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestLinesMergeNote(t *testing.T) {
	for method, want := range map[evidence.Method]int{evidence.MethodNote: 0, evidence.MethodManifest: 5} {
		r := oneFile(with(note("merge", "old.go", "s", span(1, 99)), method))
		r.Files[0].Origins[0].Commit = "merge"
		a := attribution.Lines(r)
		if a.Lines.AI != want || (a.ClaimsUnused == 0) != (want > 0) {
			t.Errorf("a %s on a merge commit: %d lines, %d claims unused", method, a.Lines.AI, a.ClaimsUnused)
		}
	}
}

// The numbers of a change are those of the lines, not of the parts.
func TestLinesCounts(t *testing.T) {
	byPerson := note("c1", "old.go", "Ada", span(4, 5))
	byPerson.Author = evidence.AuthorHuman
	r := oneFile(note("c1", "old.go", "s", span(1, 3)), byPerson)
	r.Files = append(r.Files, evidence.File{Path: "removed.go"})
	a := attribution.Lines(r)
	if diff := cmp.Diff(evidence.LineCounts{Added: 10, AI: 3, Human: 2, Unattested: 4, Preexisting: 1}, a.Lines); diff != "" {
		t.Error(diff)
	}
	if a.Files[1].Parts != nil {
		t.Errorf("a file without added lines has parts: %#v", a.Files[1].Parts)
	}
}

// What a claim about a whole commit says holds wherever the commit wrote lines, so
// that it is not unused where the change shows none of them.
func TestLinesClaimsUnused(t *testing.T) {
	for name, c := range map[string]struct {
		claim evidence.Claim
		want  int
	}{
		"lines of the change":     {note("c1", "old.go", "s", span(1, 1)), 0},
		"lines of another file":   {note("c1", "else.go", "s", span(1, 1)), 1},
		"a commit of the change":  {evidence.Claim{Author: evidence.AuthorAI, Commit: "c1", Method: evidence.MethodCheckpoint}, 0},
		"a commit without a line": {evidence.Claim{Author: evidence.AuthorAI, Commit: "merge", Method: evidence.MethodCheckpoint}, 0},
	} {
		if got := attribution.Lines(oneFile(c.claim)).ClaimsUnused; got != c.want {
			t.Errorf("%s: %d unused, want %d", name, got, c.want)
		}
	}
}

// A trace is about the commit that it names or about one made on top of that.
func TestLinesTraced(t *testing.T) {
	trace := func(commit, path string, ranges ...evidence.LineRange) evidence.Claim {
		return with(note(commit, path, "s", ranges...), evidence.MethodTrace)
	}
	first := func(r *evidence.Record) evidence.AttributedRange {
		for _, p := range attribution.Lines(r).Files[0].Parts {
			if p.Session == "s" {
				return p
			}
		}
		return evidence.AttributedRange{}
	}
	if p := first(oneFile(trace("c1", "old.go", span(1, 1)))); p.Commit != "c1" || p.Confidence != evidence.Exact {
		t.Errorf("of the commit that it names: %s, %s", p.Commit, p.Confidence)
	}
	if p := first(oneFile(trace("c1", "f.go", span(16, 16)))); p.Commit != "c2" || p.Confidence != evidence.Strong {
		t.Errorf("of the commit on top: %s, %s", p.Commit, p.Confidence)
	}
	r := oneFile(trace("c1", "f.go", span(16, 16)))
	r.Commits = append(r.Commits, evidence.Commit{ID: "c3", Parents: []string{"c1"}})
	r.Files[0].Origins = append(r.Files[0].Origins, evidence.LineOrigin{LineRange: span(19, 19), Commit: "c3", Line: 16})
	if p := first(r); p.Commit != "c3" {
		t.Errorf("two commits wrote as many of its lines, and it is about %q, not the later one", p.Commit)
	}
	checkpoint := evidence.Claim{Author: evidence.AuthorAI, Session: "p", Commit: "c2", Method: evidence.MethodCheckpoint}
	if n := attribution.Lines(oneFile(trace("c1", "else.go", span(1, 1)), checkpoint)).Lines.AI; n != 2 {
		t.Errorf("a trace none of whose lines a commit wrote hides the checkpoint of it: %d lines", n)
	}
	if n := attribution.Lines(oneFile(trace("c2", "f.go", span(16, 16)), checkpoint)).Lines.AI; n != 1 {
		t.Errorf("a checkpoint claims lines of a commit whose lines a trace knows: %d lines", n)
	}
}

// Lines above those whose history is known are sections of their own.
func TestLinesPartOfHistory(t *testing.T) {
	r := oneFile()
	r.Files[0].Origins = r.Files[0].Origins[1:]
	type known struct{ First, Last, Origin int }
	var got []known
	for _, p := range attribution.Lines(r).Files[0].Parts {
		got = append(got, known{p.First, p.Last, p.OriginLine})
	}
	if diff := cmp.Diff([]known{{11, 15, 0}, {16, 17, 16}, {18, 18, 4}, {19, 20, 0}}, got); diff != "" {
		t.Error(diff)
	}
}

func TestLinesWithoutHistory(t *testing.T) {
	r := oneFile(note("c1", "old.go", "s", span(1, 5)), with(note("head", "f.go", "t", span(12, 13)), evidence.MethodContent))
	r.Files[0].Origins = nil
	want := []part{{11, 11, evidence.AuthorUnattested, "", ""}, {12, 13, evidence.AuthorAI, "t", evidence.MethodContent}, {14, 20, evidence.AuthorUnattested, "", ""}}
	if diff := cmp.Diff(want, parts(attribution.Lines(r))); diff != "" {
		t.Error(diff)
	}
}

func TestLinesLayers(t *testing.T) {
	r := oneFile(
		note("c1", "old.go", "s", span(1, 5)),
		with(note("head", "f.go", "s", span(11, 12)), evidence.MethodContent),
		with(note("head", "f.go", "other", span(12, 13)), evidence.MethodContent),
	)
	for i, o := range []evidence.Origin{{Basis: evidence.Reported, Class: evidence.FromNote}, {Basis: evidence.Observed, Class: evidence.FromService}, {Basis: evidence.Reported, Class: evidence.FromWorkspace}} {
		r.Claims[i].Origin = o
	}
	r.Sessions = []evidence.Session{{ID: "s", Agent: "Agent", Models: []string{"model"}}}
	type layer struct {
		First, Last int
		Basis       evidence.Basis
		Conflict    bool
		Others      int
		Agent       string
	}
	var got []layer
	for _, p := range attribution.Lines(r).Files[0].Parts[:4] {
		got = append(got, layer{p.First, p.Last, p.Basis, p.Conflict, len(p.Others), p.Agent + " " + p.Model})
	}
	want := []layer{
		{11, 11, evidence.Verified, false, 1, "Agent model"},
		{12, 12, evidence.Verified, true, 2, "Agent model"},
		{13, 13, evidence.Reported, true, 1, "Agent model"},
		{14, 15, evidence.Reported, false, 0, "Agent model"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestLinesCommitMarks(t *testing.T) {
	for _, c := range []struct {
		name   string
		commit evidence.Commit
		want   string
	}{
		{"co-author", evidence.Commit{Trailers: []evidence.Trailer{{Key: "Co-Authored-By", Value: "Claude <noreply@anthropic.com>"}}}, "claude-code trailer"},
		{"bot", evidence.Commit{Author: evidence.Identity{Name: "copilot-swe-agent[bot]", Email: "198982749+Copilot@users.noreply.github.com"}}, "copilot account"},
		{"a person called Claude", evidence.Commit{Author: evidence.Identity{Name: "Claude Monet", Email: "claude@example.org"}}, " "},
		{"a dependency bot", evidence.Commit{Author: evidence.Identity{Name: "dependabot[bot]", Email: "49699333+dependabot[bot]@users.noreply.github.com"}}, " "},
		{"a trailer that is no authorship", evidence.Commit{Trailers: []evidence.Trailer{{Key: "Reviewed-by", Value: "Claude <noreply@anthropic.com>"}}}, " "},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := oneFile()
			c.commit.ID = "c1"
			r.Commits[0] = c.commit
			p := attribution.Lines(r).Files[0].Parts[0]
			if got := p.Agent + " " + string(p.Method); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if p.Kind == evidence.AuthorAI && p.Confidence != evidence.CommitLevel {
				t.Errorf("confidence %q", p.Confidence)
			}
		})
	}
}

// TestLinesCoverage checks on random records that every added line is counted
// once, in order.
func TestLinesCoverage(t *testing.T) {
	for seed := range uint64(300) {
		rnd := rand.New(rand.NewPCG(seed, 7))
		r := randomRecord(rnd)
		a := attribution.Lines(r)
		if n := a.Lines; n.Added != n.AI+n.Human+n.Unattested+n.Preexisting {
			t.Fatalf("seed %d: %+v does not add up", seed, n)
		}
		for i, f := range a.Files {
			var got []int
			for _, p := range f.Parts {
				for n := p.First; n <= p.Last; n++ {
					got = append(got, n)
				}
			}
			var want []int
			for _, s := range r.Files[i].Spans {
				for n := s.First; n <= s.Last; n++ {
					want = append(want, n)
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("seed %d: %s", seed, diff)
			}
		}
	}
}

func randomRecord(rnd *rand.Rand) *evidence.Record {
	commits := []string{"c1", "c2", "c3", ""}
	r := &evidence.Record{Target: evidence.Target{Head: "c3"}}
	for i, c := range commits[:3] {
		r.Commits = append(r.Commits, evidence.Commit{ID: c, Parents: []string{[]string{"base", "c1", "c2"}[i]}})
	}
	for _, path := range []string{"a", "b"} {
		f := evidence.File{Path: path}
		for at := 1; at < 60; at += 1 + rnd.IntN(9) {
			last := at + rnd.IntN(9)
			f.Spans = append(f.Spans, span(at, last))
			if rnd.IntN(4) > 0 {
				f.Origins = append(f.Origins, evidence.LineOrigin{LineRange: span(at, last), Commit: commits[rnd.IntN(4)], Line: 1 + rnd.IntN(50)})
			}
			at = last + 1
		}
		r.Files = append(r.Files, f)
	}
	methods := []evidence.Method{evidence.MethodNote, evidence.MethodTrace, evidence.MethodContent, evidence.MethodCheckpoint}
	for range rnd.IntN(12) {
		c := evidence.Claim{Author: evidence.AuthorAI, Session: commits[rnd.IntN(4)], Commit: commits[rnd.IntN(3)], Method: methods[rnd.IntN(4)]}
		if rnd.IntN(4) > 0 {
			c.Path = []string{"a", "b", "c"}[rnd.IntN(3)]
		}
		for range rnd.IntN(4) {
			first := rnd.IntN(70)
			c.Ranges = append(c.Ranges, span(first, first+rnd.IntN(20)-2))
		}
		r.Claims = append(r.Claims, c)
	}
	return r
}
