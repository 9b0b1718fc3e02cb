package attribution_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/attribution"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

func written(commit string, line, count int) evidence.WrittenLines {
	return evidence.WrittenLines{Commit: commit, Path: "f.go", Line: line, Count: count}
}

// rewritten is a record in which session s wrote lines 1 to 9 of f.go in c1 and
// c2 did x; at head, lines 1 to 4 and 7 to 10 are those of c1, 5 and 6 of c2.
func rewritten(x evidence.Rewrite, claims ...evidence.Claim) *evidence.Record {
	x.Commit, x.Path = "c2", "f.go"
	r := &evidence.Record{Target: evidence.Target{Head: "c2"}}
	r.Commits = []evidence.Commit{{ID: "c1", Committed: time.Unix(100, 0)}, {ID: "c2", Parents: []string{"c1"}, Committed: time.Unix(200, 0)}}
	r.Files = []evidence.File{{
		Path: "f.go", Added: 10, Spans: []evidence.LineRange{span(1, 10)}, Rewrites: []evidence.Rewrite{x},
		Origins: []evidence.LineOrigin{{LineRange: span(1, 4), Commit: "c1", Line: 1}, {LineRange: span(5, 6), Commit: "c2", Line: 5}, {LineRange: span(7, 10), Commit: "c1", Line: 6}},
	}}
	r.Claims = append([]evidence.Claim{note("c1", "f.go", "s", span(1, 9))}, claims...)
	return r
}

func TestLater(t *testing.T) {
	above, below := written("c1", 4, 1), written("c1", 6, 1)
	replaced := evidence.Rewrite{First: 5, Count: 2, Removed: []evidence.WrittenLines{written("c1", 5, 1)}}
	person := note("c2", "f.go", "Ada", span(5, 6))
	person.Author = evidence.AuthorHuman
	edit := func(action evidence.LaterAction, by evidence.LaterBy, session string, removed, added int, lines ...evidence.LineRange) evidence.LaterEdit {
		return evidence.LaterEdit{Path: "f.go", Commit: "c2", Action: action, By: by, Of: []string{"s"}, Session: session, Removed: removed, Added: added, Lines: lines}
	}
	for _, c := range []struct {
		name string
		r    *evidence.Record
		want []evidence.LaterEdit
	}{
		{"replaced by nobody knows whom", rewritten(replaced), []evidence.LaterEdit{edit(evidence.LaterReplaced, evidence.LaterByNobody, "", 1, 2, span(5, 6))}},
		{"replaced by the same run", rewritten(replaced, note("c2", "f.go", "s", span(5, 6))), []evidence.LaterEdit{edit(evidence.LaterReplaced, evidence.LaterBySameRun, "s", 1, 2, span(5, 6))}},
		{"replaced by another run", rewritten(replaced, note("c2", "f.go", "t", span(5, 6))), []evidence.LaterEdit{edit(evidence.LaterReplaced, evidence.LaterByOtherRun, "t", 1, 2, span(5, 6))}},
		{"replaced by a person", rewritten(replaced, person), []evidence.LaterEdit{edit(evidence.LaterReplaced, evidence.LaterByHuman, "Ada", 1, 2, span(5, 6))}},
		{"replaced by two", rewritten(replaced, note("c2", "f.go", "t", span(6, 6))), []evidence.LaterEdit{
			edit(evidence.LaterReplaced, evidence.LaterByNobody, "", 1, 1, span(5, 5)), edit(evidence.LaterReplaced, evidence.LaterByOtherRun, "t", 0, 1, span(6, 6)),
		}},
		{"deleted", rewritten(evidence.Rewrite{First: 4, Removed: []evidence.WrittenLines{written("c1", 5, 2)}}), []evidence.LaterEdit{edit(evidence.LaterDeleted, evidence.LaterByNobody, "", 2, 0)}},
		{"inserted", rewritten(evidence.Rewrite{First: 5, Count: 2, Above: &above, Below: &below}), []evidence.LaterEdit{edit(evidence.LaterInserted, evidence.LaterByNobody, "", 0, 2, span(5, 6))}},
		{"added at the end", rewritten(evidence.Rewrite{First: 10, Count: 2, Above: ptr(written("c1", 9, 1)), Below: ptr(written("c1", 10, 1))}), nil},
		{"inserted above the last line", rewritten(evidence.Rewrite{First: 5, Count: 2, Above: ptr(written("c1", 8, 1)), Below: ptr(written("c1", 9, 1))}), []evidence.LaterEdit{edit(evidence.LaterInserted, evidence.LaterByNobody, "", 0, 2, span(5, 6))}},
		{"inserted below a line of the run only", rewritten(evidence.Rewrite{First: 5, Count: 2, Above: &above, Below: ptr(evidence.WrittenLines{Commit: "c1", Path: "else.go", Line: 6, Count: 1})}), nil},
		{"inserted above a line of the run that is gone", rewritten(evidence.Rewrite{First: 5, Count: 2, Above: ptr(written("c1", 9, 1)), Below: ptr(written("c1", 10, 1))}, note("c1", "f.go", "s", span(10, 10))), nil},
		{"inserted above a line of a commit that is gone", rewritten(evidence.Rewrite{First: 5, Count: 2, Above: &above, Below: ptr(written("c0", 6, 1))}, note("c0", "f.go", "s", span(6, 6))), nil},
		{"some of the lines replaced", rewritten(evidence.Rewrite{First: 5, Count: 2, Removed: []evidence.WrittenLines{written("c1", 9, 2)}}), []evidence.LaterEdit{edit(evidence.LaterReplaced, evidence.LaterByNobody, "", 1, 2, span(5, 6))}},
		{"only the second line of the commit", rewritten(evidence.Rewrite{First: 6, Count: 1, Removed: []evidence.WrittenLines{written("c1", 5, 1)}}), []evidence.LaterEdit{edit(evidence.LaterReplaced, evidence.LaterByNobody, "", 1, 1, span(6, 6))}},
		{"lines that were changed again", rewritten(evidence.Rewrite{First: 5, Count: 9, Removed: []evidence.WrittenLines{written("c1", 5, 1)}}), []evidence.LaterEdit{edit(evidence.LaterReplaced, evidence.LaterByNobody, "", 1, 9, span(5, 6))}},
		{"lines of a person replaced", rewritten(evidence.Rewrite{First: 5, Count: 2, Removed: []evidence.WrittenLines{written("c0", 5, 1)}}), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, attribution.Lines(c.r).Later); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestLaterPlaced has claims of a transcript, which hold at the head.
func TestLaterPlaced(t *testing.T) {
	claim := func(session string, ranges ...evidence.LineRange) evidence.Claim {
		return evidence.Claim{Author: evidence.AuthorAI, Session: session, Commit: "c2", Path: "f.go", Ranges: ranges, Method: evidence.MethodContent, Confidence: evidence.Likely}
	}
	replaced := evidence.Rewrite{First: 5, Count: 2, Removed: []evidence.WrittenLines{written("c1", 5, 1)}}
	above, below := written("c1", 4, 1), written("c1", 6, 1)
	for _, c := range []struct {
		name   string
		claims []evidence.Claim
		x      evidence.Rewrite
		want   []string
	}{
		{"between lines of a session", []evidence.Claim{claim("s", span(1, 4), span(7, 10))}, replaced, []string{"replaced by unattested of s"}},
		{"the session itself", []evidence.Claim{claim("s", span(1, 10))}, replaced, []string{"replaced by same-run of s"}},
		{"inserted between lines of a session", []evidence.Claim{claim("s", span(1, 4), span(7, 10))}, evidence.Rewrite{First: 5, Count: 2, Above: &above, Below: &below}, []string{"inserted by unattested of s"}},
		{"another session below", []evidence.Claim{claim("s", span(1, 4)), claim("t", span(7, 10))}, replaced, nil},
		{"nobody below", []evidence.Claim{claim("s", span(1, 4))}, replaced, nil},
		{"lines that nobody claims in between", []evidence.Claim{claim("s", span(1, 3), span(7, 10))}, replaced, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := rewritten(c.x)
			r.Claims = c.claims
			var got []string
			for _, e := range attribution.Lines(r).Later {
				got = append(got, string(e.Action)+" by "+string(e.By)+" of "+e.Of[0])
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func ptr[T any](v T) *T { return &v }

func TestLaterValidated(t *testing.T) {
	for name, c := range map[string]struct {
		command evidence.Command
		want    bool
	}{
		"passed afterwards": {evidence.Command{Class: evidence.ClassTest, Outcome: evidence.CommandOK, Started: time.Unix(300, 0)}, true},
		"passed before":     {evidence.Command{Class: evidence.ClassTest, Outcome: evidence.CommandOK, Started: time.Unix(150, 0)}, false},
		"masked":            {evidence.Command{Class: evidence.ClassTest, Outcome: evidence.CommandOK, Masked: evidence.MaskPipe, Started: time.Unix(300, 0)}, false},
		"failed":            {evidence.Command{Class: evidence.ClassTest, Outcome: evidence.CommandFailed, Started: time.Unix(300, 0)}, false},
		"no validation":     {evidence.Command{Class: evidence.ClassVCS, Outcome: evidence.CommandOK, Started: time.Unix(300, 0)}, false},
	} {
		t.Run(name, func(t *testing.T) {
			r := rewritten(evidence.Rewrite{First: 4, Removed: []evidence.WrittenLines{written("c1", 5, 2)}})
			r.Sessions = []evidence.Session{{ID: "s", Commands: []evidence.Command{c.command}}}
			if got := attribution.Lines(r).Later[0].Validated; got != c.want {
				t.Errorf("validated: %v", got)
			}
		})
	}
}
