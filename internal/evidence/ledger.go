package evidence

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"encoding/json"
	"io"
	"sort"
	"strings"
	"time"
)

const (
	ledgerStart = "<!-- mergebrief:ledger v1 "
	ledgerEnd   = " -->"
	// maxLedgerBytes bounds the line that keeps a ledger: a tenth of a comment.
	maxLedgerBytes = 6000
	// maxLedgerJSON bounds what such a line unpacks to.
	maxLedgerJSON = 256 << 10
)

// keptHead is a head in the memory of a ledger.
type keptHead struct {
	Commit    string       `json:"c"`
	Committed time.Time    `json:"t,omitzero"`
	Failed    []keptResult `json:"f"`
}

type keptResult struct {
	Name       string    `json:"n"`
	App        string    `json:"a,omitempty"`
	Workflow   string    `json:"w,omitempty"`
	WorkflowID int64     `json:"k,omitempty"`
	RunID      int64     `json:"r,omitempty"`
	Attempt    int       `json:"i,omitempty"`
	RunAttempt int       `json:"u,omitempty"`
	Conclusion string    `json:"o"`
	Completed  time.Time `json:"e,omitzero"`
}

// keptLedger is a ledger as it is stored; Dropped heads did not fit.
type keptLedger struct {
	Pull    int        `json:"p"`
	Heads   []keptHead `json:"h"`
	Dropped int        `json:"d,omitempty"`
}

// EncodeLedger returns a line, hidden in Markdown, that keeps what failed on the
// heads of a pull request for the time when GitHub has forgotten it, and "" when
// nothing failed. Of what does not fit, the oldest is left out.
func EncodeLedger(pull int, heads []Head) string {
	kept := keptLedger{Pull: pull}
	for _, h := range heads {
		if k := keep(h); len(k.Failed) > 0 {
			kept.Heads = append(kept.Heads, k)
		}
	}
	all := kept.Heads
	without := func(n int) string {
		kept.Heads, kept.Dropped = all[n:], n
		return kept.line()
	}
	n := sort.Search(len(all), func(n int) bool { return len(without(n)) <= maxLedgerBytes })
	if n == len(all) {
		return ""
	}
	return without(n)
}

func keep(h Head) keptHead {
	k := keptHead{Commit: h.Commit, Committed: h.Committed}
	for _, r := range h.Results {
		if r.Failed() {
			k.Failed = append(k.Failed, keptResult{r.Name, r.App, r.Workflow, r.WorkflowID, r.RunID, r.Attempt, r.RunAttempt, string(r.Conclusion), r.Completed})
		}
	}
	return k
}

// line packs the ledger. The digest covers the number of the pull request, so
// that a line copied from another one is not taken for its own.
func (k keptLedger) line() string {
	raw, _ := json.Marshal(k) // strings, numbers and times always marshal
	var packed bytes.Buffer
	w, _ := flate.NewWriter(&packed, flate.BestCompression) // the level is valid
	_, _ = w.Write(raw)                                     // to memory
	_ = w.Close()
	return ledgerStart + Digest(raw) + " " + base64.StdEncoding.EncodeToString(packed.Bytes()) + ledgerEnd
}

// DecodeLedger finds the line that [EncodeLedger] made in a comment, and returns
// the heads that it keeps, oldest first, and how many older ones did not fit. Ok
// is false when there is none, when it was altered, or when it is that of another
// pull request. Origins are for the caller to set.
func DecodeLedger(pull int, comment string) (heads []Head, dropped int, ok bool) {
	i := strings.LastIndex(comment, ledgerStart)
	if i < 0 {
		return nil, 0, false
	}
	line, _, found := strings.Cut(comment[i+len(ledgerStart):], ledgerEnd)
	digest, packed, both := strings.Cut(line, " ")
	if !found || !both || len(packed) > maxLedgerBytes {
		return nil, 0, false
	}
	data, err := base64.StdEncoding.DecodeString(packed)
	if err != nil {
		return nil, 0, false
	}
	raw, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(data)), maxLedgerJSON))
	if err != nil || Digest(raw) != digest {
		return nil, 0, false
	}
	var k keptLedger
	if json.Unmarshal(raw, &k) != nil || k.Pull != pull {
		return nil, 0, false
	}
	for _, h := range k.Heads {
		heads = append(heads, h.head())
	}
	return heads, k.Dropped, true
}

func (k keptHead) head() Head {
	h := Head{Commit: k.Commit, Committed: k.Committed.UTC()}
	for _, r := range k.Failed {
		h.Results = append(h.Results, CheckResult{
			Check: Check{
				Name: r.Name, App: r.App, Workflow: r.Workflow, WorkflowID: r.WorkflowID, RunID: r.RunID, Status: CheckCompleted, Conclusion: Conclusion(r.Conclusion),
				Completed: r.Completed.UTC(),
			},
			Attempt: r.Attempt, RunAttempt: r.RunAttempt,
		})
	}
	return h
}

// GreenAgain returns the first pass of a check after a failed result of it, on the
// same head or a later one, by their indexes; ok is false when there is none. Heads
// are in the order of the record.
func GreenAgain(heads []Head, head, result int) (onHead, passed int, ok bool) {
	failed := &heads[head].Results[result]
	var first time.Time
	for h := head; h < len(heads); h++ {
		for k := range heads[h].Results {
			r := &heads[h].Results[k]
			if r.Conclusion == ConclusionSuccess && r.SameCheck(failed.Check) && r.Completed.After(failed.Completed) && (!ok || r.Completed.Before(first)) {
				onHead, passed, first, ok = h, k, r.Completed, true
			}
		}
	}
	return onHead, passed, ok
}
