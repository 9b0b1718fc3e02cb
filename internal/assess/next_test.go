package assess_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/assess"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

// A step names the command without what hid how it ended.
func TestNextCommand(t *testing.T) {
	for line, want := range map[string]string{
		"go test ./... | tail -3":                "go test ./...",
		"go test ./... 2>&1 | tail -3":           "go test ./...",
		"cd web && npm test || true":             "cd web && npm test",
		"go test -run 'A|B' ./... | cat":         "go test -run 'A|B' ./...",
		"go test ./... ; echo done":              "go test ./...",
		"go test ./... &":                        "go test ./...",
		"go test -run 'A | tail":                 "go test",
		"go test ./...\nrm -rf / | cat":          "go test",
		"go test ./... &> log; true":             "go test ./...",
		strings.Repeat(" ", 3) + "go test | cat": "go test",
	} {
		s := evidence.Session{Origin: evidence.Origin{Basis: evidence.Reported}, ID: "s", Joins: []evidence.SessionJoin{{}}, Commands: []evidence.Command{{
			Line: line, Family: "go test", Class: evidence.ClassTest, Outcome: evidence.CommandUnknown, Masked: evidence.MaskPipe,
		}}}
		r := &evidence.Record{Fragment: evidence.Fragment{Sessions: []evidence.Session{s}}}
		a := assess.Assess(r, assess.Policy{})
		steps := assess.Next(r, &a)
		if len(steps) != 1 || steps[0].Command != want {
			t.Errorf("%q: %+v, want %q", line, steps, want)
		}
	}
}

// What nobody but a reviewer can settle, and what was accepted, is no step.
func TestNextLeavesOut(t *testing.T) {
	a := evidence.Assessment{Findings: []evidence.Finding{
		{ID: "a", Rule: "merged-without-approval", Level: evidence.LevelWarning},
		{ID: "b", Rule: "tests-deleted", Level: evidence.LevelWarning, Accepted: &evidence.Acceptance{}},
		{ID: "c", Rule: "checks-changed", Level: evidence.LevelNote},
		{ID: "d", Rule: "tests-weakened", Level: evidence.LevelWarning, Message: "3 assertions removed", Spans: []evidence.Span{{Path: "a_test.go", First: 4, Last: 5}}},
	}}
	want := []assess.Step{{ID: "d", Rule: "tests-weakened", What: "3 assertions removed", Do: "Restore them, or say in the description why.", Path: "a_test.go", Line: 4}}
	if diff := cmp.Diff(want, assess.Next(&evidence.Record{}, &a)); diff != "" {
		t.Error(diff)
	}
}
