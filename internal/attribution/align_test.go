package attribution

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

func TestAlign(t *testing.T) {
	brackets := strings.Repeat("}\n", maxAlike+1)
	for name, c := range map[string]struct {
		old, text string
		want      []Pair
	}{
		"the same":       {"a\nb\n", "a\nb\n", []Pair{{0, 0}, {1, 1}}},
		"more behind it": {"a\n", "a\nb\n", []Pair{{0, 0}}},
		"a common line below a line that is found": {"x\n}\n", "x\n" + brackets, []Pair{{0, 0}, {1, 1}}},
		"two of them": {"x\n}\n}\n", "x\n" + brackets, []Pair{{0, 0}, {1, 1}, {2, 2}}},
		"a common line above a line that is found":   {"}\nx\n", brackets + "x\n", []Pair{{0, maxAlike}, {1, maxAlike + 1}}},
		"two of them above":                          {"}\n}\nx\n", brackets + "x\n", []Pair{{0, maxAlike - 1}, {1, maxAlike}, {2, maxAlike + 1}}},
		"as often as a line may be there":            {"x\n", strings.Repeat("x\n", maxAlike), []Pair{{0, 0}}},
		"one line stands for one":                    {"x\nx\n", "x\n", []Pair{{1, 0}}},
		"too often to be found alone":                {"}\n", brackets, nil},
		"the order decides, not what is found first": {"a\nb\nc\n", "c\na\nb\n", []Pair{{0, 1}, {1, 2}}},
	} {
		if d := cmp.Diff(c.want, NewIndex(hashes(c.text)).Align(hashes(c.old))); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
	found := hashes("x\n")
	if d := cmp.Diff([]Pair{{0, 0}}, NewIndex(append(found, unknownLine)).Align(append(hashes("x\n"), unknownLine))); d != "" {
		t.Errorf("a line that is not known is equal to none (-want +got):\n%s", d)
	}
}

// Parts are joined where one continues the other in the head and at the origin,
// and nothing that is told of them differs.
func TestAppendPart(t *testing.T) {
	first := evidence.AttributedRange{
		LineRange: evidence.LineRange{First: 5, Last: 7}, Commit: "c", OriginPath: "f.go", OriginLine: 15, Kind: evidence.AuthorAI,
		Session: "s", Agent: "a", Model: "m", Method: evidence.MethodNote, Confidence: evidence.Exact, Basis: evidence.Reported,
	}
	next := first
	next.LineRange, next.OriginLine = evidence.LineRange{First: 8, Last: 9}, 18
	unknown := func(p evidence.AttributedRange) evidence.AttributedRange {
		p.OriginLine = 0
		return p
	}
	for name, c := range map[string]struct {
		first, next evidence.AttributedRange
		joined      bool
	}{
		"it continues":                 {first, next, true},
		"it continues, origin unknown": {unknown(first), unknown(next), true},
		"only one origin is known":     {first, unknown(next), false},
		"only the other is known":      {unknown(first), next, false},
	} {
		if got := len(appendPart([]evidence.AttributedRange{c.first}, c.next)) == 1; got != c.joined {
			t.Errorf("%s: joined = %v", name, got)
		}
	}
	for name, change := range map[string]func(*evidence.AttributedRange){
		"lines between in the head":       func(p *evidence.AttributedRange) { p.First++ },
		"lines between at the origin":     func(p *evidence.AttributedRange) { p.OriginLine++ },
		"the same place of the origin":    func(p *evidence.AttributedRange) { p.OriginLine = first.OriginLine },
		"lines above those of the origin": func(p *evidence.AttributedRange) { p.OriginLine = 1 },
		"commit":                          func(p *evidence.AttributedRange) { p.Commit = "x" },
		"path":                            func(p *evidence.AttributedRange) { p.OriginPath = "x" },
		"author":                          func(p *evidence.AttributedRange) { p.Kind = evidence.AuthorHuman },
		"session":                         func(p *evidence.AttributedRange) { p.Session = "x" },
		"agent":                           func(p *evidence.AttributedRange) { p.Agent = "x" },
		"model":                           func(p *evidence.AttributedRange) { p.Model = "x" },
		"method":                          func(p *evidence.AttributedRange) { p.Method = evidence.MethodTrace },
		"confidence":                      func(p *evidence.AttributedRange) { p.Confidence = evidence.Strong },
		"basis":                           func(p *evidence.AttributedRange) { p.Basis = evidence.Verified },
		"other claims":                    func(p *evidence.AttributedRange) { p.Others = []evidence.Attestation{{Session: "x"}} },
	} {
		other := next
		change(&other)
		if d := cmp.Diff([]evidence.AttributedRange{first, other}, appendPart([]evidence.AttributedRange{first}, other)); d != "" {
			t.Errorf("another %s (-want +got):\n%s", name, d)
		}
	}
}

// Of the lines 1 to 9 of a file in commit c, session s wrote 2 and 8, and 5 is left
// that nobody claims.
func TestAround(t *testing.T) {
	at := fileAt{"c", "f.go"}
	line := func(first, last int) evidence.LineRange { return evidence.LineRange{First: first, Last: last} }
	both := []placed{{line(2, 2), evidence.AuthorAI, "s"}, {line(8, 8), evidence.AuthorAI, "s"}}
	for name, c := range map[string]struct {
		placed []placed
		left   []evidence.LineRange
		line   int
		want   bool
	}{
		"the line itself":              {both, nil, 2, true},
		"the last one":                 {both, nil, 8, true},
		"above all":                    {both, nil, 1, false},
		"below all":                    {both, nil, 9, false},
		"between":                      {both, []evidence.LineRange{line(2, 2), line(8, 8)}, 5, true},
		"just below one":               {both, nil, 3, true},
		"a line of nobody first":       {both, []evidence.LineRange{line(3, 3)}, 5, false},
		"a line of nobody last":        {both, []evidence.LineRange{line(7, 7)}, 5, false},
		"lines of nobody all around":   {both, []evidence.LineRange{line(1, 9)}, 5, false},
		"lines of nobody further away": {both, []evidence.LineRange{line(1, 1), line(9, 9)}, 5, true},
		"another session below":        {[]placed{both[0], {line(8, 8), evidence.AuthorAI, "t"}}, nil, 5, false},
		"a person below":               {[]placed{both[0], {line(8, 8), evidence.AuthorHuman, "s"}}, nil, 5, false},
	} {
		x := &claims{placed: map[fileAt][]placed{at: c.placed}, left: map[fileAt][]evidence.LineRange{at: c.left}}
		says, ok := x.around("c", "f.go", c.line)
		if ok != c.want || ok && (says.Session != "s" || says.Kind != evidence.AuthorAI) {
			t.Errorf("%s: %+v, %v", name, says, ok)
		}
	}
}
