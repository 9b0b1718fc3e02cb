package gather

import (
	"context"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// WithPrompts returns the sources with the texts of prompts as part of their
// sessions: the first ones and their beginnings. They pass the redactor like
// everything else. Without it, only digests and lengths of prompts are recorded.
func WithPrompts(sources []Source) []Source {
	out := make([]Source, len(sources))
	for i, s := range sources {
		out[i] = promptSource{s}
	}
	return out
}

type promptSource struct{ Source }

func (p promptSource) Gather(ctx context.Context, t evidence.Target) (evidence.Fragment, error) {
	f, err := p.Source.Gather(ctx, t)
	for i := range f.Sessions {
		f.Sessions[i].Prompts.Disclose()
	}
	return f, err
}
