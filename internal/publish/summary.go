package publish

import (
	"context"
	"fmt"
	"io"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/render/comment"
)

// maxSummaryBytes is the size from which on the runner drops the whole summary
// of a step (actions/runner, FileCommandManager.cs).
const maxSummaryBytes = 1 << 20

// Summary returns the publisher that writes the summary of the job to w, which
// is nil when the runner offers none. An oversized summary is cut.
func Summary(w io.Writer) Publisher { return summary{w} }

type summary struct{ w io.Writer }

func (summary) Name() string { return "summary" }

func (s summary) Publish(_ context.Context, e *Edition) (Receipt, error) {
	if s.w == nil {
		return Receipt{}, refuse(evidence.NotConfigured, "run in a workflow", "there is no job to summarise")
	}
	text, r := comment.Summary(e.Bundle, e.options()), Receipt{State: Created}
	if len(text) >= maxSummaryBytes {
		text = evidence.Clip(text, maxSummaryBytes-1)
		r.Detail = fmt.Sprintf("cut to %d bytes", len(text))
	}
	if _, err := io.WriteString(s.w, text); err != nil {
		return Receipt{}, fmt.Errorf("job summary: %w", err)
	}
	return r, nil
}
