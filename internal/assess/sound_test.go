package assess

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/specimen"
)

const (
	// head is the head of sound.txtar.
	head = "9f3c1a7be2d4860515aa7c0d3e4f5061728394ab"

	isError   = evidence.LevelError
	isWarning = evidence.LevelWarning
	isNote    = evidence.LevelNote
)

// soundSet is a change in which nothing is wrong.
func soundSet(t *testing.T) specimen.Set {
	t.Helper()
	a, err := txtar.ParseFile("testdata/sound.txtar")
	if err != nil {
		t.Fatal(err)
	}
	set, err := specimen.New(a.Files...)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// sound is the record of the sound change.
func sound(t *testing.T) *evidence.Record {
	t.Helper()
	r, err := soundSet(t).Record()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func at(minute int) time.Time { return time.Date(2026, 11, 20, 9, minute, 0, 0, time.UTC) }

func observed() evidence.Origin { return evidence.Origin{Basis: evidence.Observed, Source: "test"} }

func reported() evidence.Origin {
	return evidence.Origin{Basis: evidence.Reported, Source: "files", URI: "r.xml"}
}

func file(path string, lines int) evidence.File {
	all := evidence.LineRange{First: 1, Last: lines}
	return evidence.File{Origin: observed(), Path: path, Status: evidence.FileModified, Added: lines, Spans: []evidence.LineRange{all}, Origins: []evidence.LineOrigin{{LineRange: all, Commit: head, Line: 1}}}
}

func claim(path string, lines int) evidence.Claim {
	return evidence.Claim{Origin: reported(), Author: evidence.AuthorAI, Session: "s", Commit: head, Path: path, Ranges: []evidence.LineRange{{First: 1, Last: lines}}, Method: evidence.MethodManifest, Confidence: evidence.Strong}
}

func test(o evidence.CommandOutcome, minute int) evidence.Command {
	return evidence.Command{Line: "go test ./...", Family: "go test", Class: evidence.ClassTest, Outcome: o, Started: at(minute)}
}

func check(name string, conclusion evidence.Conclusion) evidence.Check {
	return evidence.Check{Origin: observed(), Name: name, Status: evidence.CheckCompleted, Conclusion: conclusion}
}

func review(login string, state evidence.ReviewState, commit string, minute int) evidence.Review {
	return evidence.Review{Origin: observed(), Reviewer: evidence.Account{Login: login, Kind: evidence.AccountUser}, State: state, Commit: commit, Submitted: at(minute)}
}

func coverage(covered, missed []evidence.LineRange) []evidence.Coverage {
	return []evidence.Coverage{{Origin: reported(), Files: []evidence.FileCoverage{{Path: "cart/cart.go", Covered: covered, Missed: missed}}}}
}

func risky(r *evidence.Record, path string) {
	r.Files, r.Claims = append(r.Files, file(path, 3)), append(r.Claims, claim(path, 3))
}

func TestSound(t *testing.T) {
	a := Assess(sound(t), Policy{FailOn: "warning"})
	want := evidence.Verdict{Conclusion: evidence.ConclusionSuccess, Title: "Nothing to add: CI passed on this commit", FailOn: evidence.LevelWarning}
	if diff := cmp.Diff(want, a.Verdict); diff != "" {
		t.Errorf("(-want +got):\n%s\n%+v", diff, a.Findings)
	}
	if len(a.Focus) > 0 || len(a.Checklist) != 11 {
		t.Errorf("focus %v, %d items", a.Focus, len(a.Checklist))
	}
}
