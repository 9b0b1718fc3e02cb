package gather

import (
	"context"
	"testing"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/redact"
)

type stranger struct{}

func (stranger) Name() string { return "stranger" }

func (stranger) Class() evidence.Class { return evidence.FromWorkspace }

func (stranger) Gather(context.Context, evidence.Target) (evidence.Fragment, error) {
	return evidence.Fragment{Sessions: []evidence.Session{{ID: "s", Origin: evidence.Origin{Basis: evidence.Reported}, Drift: []evidence.Drift{{Kind: "mood", Name: "x"}}}}}, nil
}

// Words of a source that no version of the schema has are left out, and a gap says
// that they were.
func TestRecordLeavesOutUnknownWords(t *testing.T) {
	rec := Record(t.Context(), evidence.Target{}, redact.New(nil), []Source{stranger{}})
	if len(rec.Sessions) != 1 || len(rec.Sessions[0].Drift) != 0 || len(rec.Gaps) != 1 || rec.Gaps[0].Origin.Reason != evidence.Unsupported {
		t.Errorf("sessions %+v, gaps %+v", rec.Sessions, rec.Gaps)
	}
}
