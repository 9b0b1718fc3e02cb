package correlate

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// saw is what a run read in its workspace: a session and a file of results each, by
// number. The third file is another one in each run, under the same name.
func saw(run int, numbers ...int) evidence.Fragment {
	var f evidence.Fragment
	for _, n := range numbers {
		digest := fmt.Sprintf("sha256:%064x", n)
		if n == 3 {
			digest = fmt.Sprintf("sha256:%064x", 1000+run)
		}
		o := evidence.Origin{Basis: evidence.Reported, Class: evidence.FromWorkspace, Source: "files", URI: fmt.Sprintf("out/%d.xml", n), Digest: digest}
		f.Inputs = append(f.Inputs, evidence.Input{Origin: o, Path: o.URI, Status: evidence.Parsed, Bytes: 9})
		f.Suites = append(f.Suites, evidence.Suite{Origin: o, Name: o.URI, Counts: evidence.Counts{Total: 2, Passed: 1, Failed: 1}})
		o.URI, o.Digest = fmt.Sprintf("logs/%d.jsonl", n), fmt.Sprintf("sha256:%064x", 500+n)
		f.Inputs = append(f.Inputs, evidence.Input{Origin: o, Path: o.URI, Status: evidence.Parsed, Bytes: 9})
		f.Sessions = append(f.Sessions, evidence.Session{Origin: o, Agent: "codex", ID: fmt.Sprint("s", n)})
		f.Claims = append(f.Claims, evidence.Claim{Origin: o, Session: fmt.Sprint("s", n), Commit: "head", Path: "a.go", Ranges: []evidence.LineRange{{First: n, Last: n}}})
	}
	return f
}

// TestNoRunKnowsLess has runs on one head in any order, of which each sees other
// files and the records of some of those before it. The last one, which sees none,
// knows what any of them saw, each thing once.
func TestNoRunKnowsLess(t *testing.T) {
	for seed := range uint64(300) {
		random := rand.New(rand.NewPCG(seed, 0))
		var records []evidence.Record
		want := map[int]bool{}
		for run := range 2 + random.IntN(4) {
			var numbers []int
			for n := range 5 {
				if random.IntN(2) == 0 {
					numbers, want[n] = append(numbers, n), true
				}
			}
			rec := evidence.Record{Fragment: saw(run, numbers...)}
			for i, before := range slices.Backward(records) {
				Remember(&rec.Fragment, Earlier(&before, fmt.Sprint("run", i)))
			}
			recall(&rec.Fragment)
			records = append(records, rec)
		}
		var last evidence.Record
		for i, before := range slices.Backward(records) {
			Remember(&last.Fragment, Earlier(&before, fmt.Sprint("run", i)))
		}
		recall(&last.Fragment)
		sessions, suites, claims := map[string]int{}, map[string]int{}, map[int]int{}
		for _, s := range last.Sessions {
			sessions[s.ID]++
			if s.Origin.Basis != evidence.Reported || s.Origin.RecordedBy == "" {
				t.Errorf("seed %d: session %s is %+v", seed, s.ID, s.Origin)
			}
		}
		for _, s := range last.Suites {
			suites[s.Name]++
		}
		for _, c := range last.Claims {
			claims[c.Ranges[0].First]++
		}
		for n := range want {
			if sessions[fmt.Sprint("s", n)] != 1 || claims[n] != 1 {
				t.Errorf("seed %d: session %d is there %d times, its claim %d times", seed, n, sessions[fmt.Sprint("s", n)], claims[n])
			}
			name := fmt.Sprintf("out/%d.xml", n)
			if n != 3 && suites[name] != 1 || suites[name] == 0 {
				t.Errorf("seed %d: suite %s is there %d times", seed, name, suites[name])
			}
		}
		if len(sessions) != len(want) || len(suites) != len(want) {
			t.Errorf("seed %d: %d sessions and %d suites, want %d", seed, len(sessions), len(suites), len(want))
		}
	}
}

func TestRecallReplaced(t *testing.T) {
	before := evidence.Record{Fragment: saw(1, 3)}
	now := saw(2, 3)
	now.Add(Earlier(&before, "run1"))
	recall(&now)
	var details []string
	for _, in := range now.Inputs {
		details = append(details, in.Path+" "+string(in.Status)+" "+in.Detail)
	}
	want := []string{
		"out/3.xml parsed ", "logs/3.jsonl parsed ",
		"out/3.xml recognised read by run1; a later file of this name replaced it; 1 tests or parts of the run had failed in it",
	}
	if diff := cmp.Diff(want, details); diff != "" || len(now.Suites) != 1 || len(now.Sessions) != 1 {
		t.Errorf("%s, %d suites, %d sessions", diff, len(now.Suites), len(now.Sessions))
	}
}

// What is asked again at GitHub and in git is not taken from a record.
func TestEarlierIsFromFiles(t *testing.T) {
	all := evidence.Record{Fragment: saw(1, 1)}
	for i, c := range []evidence.Class{evidence.FromService, evidence.FromBase, evidence.FromNote, evidence.FromChange, ""} {
		all.Sessions = append(all.Sessions, evidence.Session{ID: fmt.Sprint("other", i), Origin: evidence.Origin{Basis: evidence.Observed, Class: c}})
	}
	all.Suites[0].Origin.Basis, all.Suites[0].Origin.Confirmed = evidence.Verified, "a check"
	f := Earlier(&all, "run1")
	if len(f.Sessions) != 1 || len(f.Suites) != 1 || f.Suites[0].Origin.Basis != evidence.Reported || f.Suites[0].Origin.Confirmed != "" {
		t.Errorf("%+v", f)
	}
	by := evidence.Origin{Basis: evidence.Observed, Class: evidence.FromService}
	if o := f.Suites[0].Origin.ConfirmedBy(by, "a check"); o.Basis != evidence.Reported {
		t.Errorf("an earlier fact became %s", o.Basis)
	}
}
