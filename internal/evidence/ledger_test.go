package evidence

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func head(n, failed int) Head {
	h := Head{Commit: fmt.Sprintf("%040x", n), Committed: time.Date(2026, 11, 2, 8, n, 0, 0, time.UTC)}
	for i := range failed {
		h.Results = append(h.Results, CheckResult{Attempt: 1, RunAttempt: 2, Check: Check{
			Name: fmt.Sprintf("check %d --> <!-- %d", i, n*i*7919), App: "github-actions", Workflow: "CI", WorkflowID: 7, RunID: int64(n), Status: CheckCompleted, Conclusion: ConclusionFailure,
			Completed: time.Date(2026, 11, 2, 9, n, i, 0, time.UTC),
		}})
	}
	return h
}

func TestLedger(t *testing.T) {
	heads := []Head{head(1, 2), head(2, 0), head(3, 1)}
	line := EncodeLedger(7, heads)
	if strings.Count(line, "<!--") != 1 || strings.Count(line, "-->") != 1 || strings.Contains(line, "\n") {
		t.Fatalf("the line is not hidden: %s", line)
	}
	got, dropped, ok := DecodeLedger(7, "text\n"+line+"\n")
	if diff := cmp.Diff([]Head{heads[0], heads[2]}, got); !ok || dropped != 0 || diff != "" {
		t.Errorf("%v, %d (-want +got):\n%s", ok, dropped, diff)
	}
	for name, comment := range map[string]string{
		"none": "text", "cut off": line[:len(line)-10], "altered": strings.Replace(line, "sha256:", "sha256:0", 1),
		"no base64": ledgerStart + "sha256:0 !!! -->", "empty": ledgerStart + ledgerEnd,
	} {
		if _, _, ok := DecodeLedger(7, comment); ok {
			t.Errorf("%s: accepted", name)
		}
	}
	if _, _, ok := DecodeLedger(8, line); ok {
		t.Error("the ledger of another pull request is accepted")
	}
	if EncodeLedger(7, []Head{head(1, 0)}) != "" {
		t.Error("a ledger without failures is kept")
	}
}

func TestLedgerIsBounded(t *testing.T) {
	var heads []Head
	for n := range 200 {
		heads = append(heads, head(n, 30))
	}
	line := EncodeLedger(7, heads)
	got, dropped, ok := DecodeLedger(7, line)
	if !ok || len(line) > maxLedgerBytes || len(got)+dropped != len(heads) || got[len(got)-1].Commit != heads[199].Commit {
		t.Errorf("%d bytes, %d heads, %d dropped, %v", len(line), len(got), dropped, ok)
	}
}

func TestGreenAgain(t *testing.T) {
	result := func(name string, conclusion Conclusion, minute int) CheckResult {
		r := CheckResult{Check: Check{Name: name, Conclusion: conclusion}}
		if minute > 0 {
			r.Completed = time.Date(2026, 11, 2, 8, minute, 0, 0, time.UTC)
		}
		return r
	}
	heads := []Head{
		{Results: []CheckResult{result("a", ConclusionFailure, 1), result("b", ConclusionFailure, 2), result("c", ConclusionFailure, 3), result("a", ConclusionSuccess, 9), result("d", ConclusionFailure, 10)}},
		{Results: []CheckResult{result("a", ConclusionSuccess, 5), result("b", ConclusionSkipped, 6), result("c", ConclusionSuccess, 2), result("d", ConclusionSuccess, 0)}},
		{Results: []CheckResult{result("b", ConclusionSuccess, 20), result("c", ConclusionFailure, 21)}},
	}
	for name, tt := range map[string]struct{ head, result, onHead, passed int }{
		"the first of two":     {0, 0, 1, 0},
		"skipped in between":   {0, 1, 2, 0},
		"only before":          {0, 2, -1, 0},
		"at a time not known":  {0, 4, -1, 0},
		"failed again at last": {2, 1, -1, 0},
	} {
		head, passed, ok := GreenAgain(heads, tt.head, tt.result)
		if ok != (tt.onHead >= 0) || ok && (head != tt.onHead || passed != tt.passed) {
			t.Errorf("%s: head %d, result %d, %t", name, head, passed, ok)
		}
	}
}
