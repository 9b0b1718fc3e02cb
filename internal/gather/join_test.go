package gather

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

func TestJoinTickets(t *testing.T) {
	seen := evidence.Origin{Basis: evidence.Observed, Source: "github"}
	told := evidence.Origin{Basis: evidence.Reported, Source: "files"}
	approval := &evidence.Approval{Basis: evidence.Reported, Approved: true, By: "board"}
	got := joinTickets([]evidence.Ticket{
		{Origin: seen, Key: "#1", URL: "https://github.com/o/r/issues/1", Requester: "ada"},
		{Origin: told, Key: "#1", Requester: "mallory", Approval: approval, Priority: "high", Criteria: []evidence.Criterion{{Text: "x", Checked: true}}},
		{Origin: told, Key: "#1", URL: "https://github.com/other/r/issues/1"},
		{Origin: told, Key: "SHOP-1"},
	})
	want := []evidence.Ticket{
		{Origin: seen, Key: "#1", URL: "https://github.com/o/r/issues/1", Requester: "ada", Approval: approval, Priority: "high"},
		{Origin: told, Key: "#1", URL: "https://github.com/other/r/issues/1"},
		{Origin: told, Key: "SHOP-1"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
