package gather

import (
	"context"

	"github.com/mergebrief/mergebrief/internal/agents"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

// outdated marks the instruction files of which the base has another version, or
// none, beside what the change itself started from. A base that is the merge base
// has nothing newer.
func (c Change) outdated(ctx context.Context, t evidence.Target, rules []evidence.RuleFile) error {
	if t.Base == t.MergeBase {
		return nil
	}
	blobs := map[string]string{}
	for e, err := range c.Repo.Tree(ctx, t.Base) {
		if err != nil {
			return err
		}
		if agents.Known().Instruction(e.Path) {
			blobs[e.Path] = e.Blob
		}
	}
	for i := range rules {
		r := &rules[i]
		r.Outdated = r.Blob != "" && blobs[r.Path] != r.Blob
	}
	return nil
}
