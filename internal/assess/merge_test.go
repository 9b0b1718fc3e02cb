package assess

import (
	"testing"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// Whatever is claimed about the lines of a failure leaves the failure as it is known.
func TestThreatClaimBesideFailure(t *testing.T) {
	span := []evidence.Span{{Path: "a_test.go", First: 4, Last: 4}}
	for _, own := range []evidence.Basis{evidence.Observed, evidence.Verified, evidence.Reported} {
		for _, other := range []evidence.Basis{evidence.Observed, evidence.Verified, evidence.Reported, evidence.Missing, "alleged"} {
			failure := evidence.Finding{Rule: "tests-failed", Level: evidence.LevelError, Spans: span, Basis: own, Texts: say("tests-failed")}
			claim := evidence.Finding{Rule: "claims-conflict", Level: evidence.LevelWarning, Spans: span, Basis: other, Texts: say("claims-conflict")}
			got := merge([]*candidate{{Finding: failure}, {Finding: claim}})
			if len(got) != 1 || got[0].Basis != own || got[0].Rule != "tests-failed" {
				t.Errorf("%s beside %s: %+v", own, other, got)
			}
			if weaker := other.Weaker(own); weaker != (len(got[0].Beside) == 1 && got[0].Beside[0].Basis == other) || weaker == (len(got[0].Texts) == 2) {
				t.Errorf("%s beside %s: texts %v, beside %v", own, other, got[0].Texts, got[0].Beside)
			}
		}
	}
}
