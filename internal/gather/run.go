package gather

import (
	"context"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// Run is the source of the workflow run itself, and of what went wrong before
// the other sources could be asked.
type Run struct {
	Workflow evidence.WorkflowRun
	Gaps     []evidence.Gap
}

// Name returns "run".
func (Run) Name() string { return "run" }

// Class returns the class of what the runner says.
func (Run) Class() evidence.Class { return evidence.FromService }

// Gather returns what it was given.
func (r Run) Gather(context.Context, evidence.Target) (evidence.Fragment, error) {
	return evidence.Fragment{Run: &r.Workflow, Gaps: r.Gaps}, nil
}
