package assess

import (
	"fmt"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

var mergeResidual = Rule{
	ID: "merge-residual", Level: evidence.LevelWarning,
	Sees:   "Whether the merge put exactly the change into the base: by the trees that git records, else by the patch, also onto a base that had moved on. Where neither is known, it is a note.",
	Why:    "What was added while merging is in none of the reviewed commits.",
	Accept: "Compare the merge commit with the head, and accept the finding by its id.",
	check: func(f *facts) []found {
		p, c := f.PullRequest, f.CarryOver
		x := found{facts: []evidence.Ref{evidence.RefToAll(evidence.ListPullRequest).AllIn(evidence.ListMerge), evidence.RefToAll(evidence.ListPullRequest).AllIn(evidence.ListHeadTree)}}
		switch f.Merged() {
		case evidence.MergedResidual:
			if c != nil {
				return []found{residue(c)}
			}
			x.message, x.bases = "the merge holds something else than the head that was checked and reviewed, although the base had not moved on", []evidence.Basis{p.Origin.Basis}
		case evidence.MergedUnknown:
			if p.HeadTree == "" || p.Merge.Tree == "" {
				return nil // a gap tells of it
			}
			x.level, x.message, x.bases = evidence.LevelNote, "the base had moved on before the merge: whether the merge holds more than the head is not known", []evidence.Basis{p.Origin.Basis}
		default:
			return nil
		}
		return []found{x}
	},
}

// residue tells of a merge that is not the change, line by line.
func residue(c *evidence.CarryOver) found {
	message := "what was merged is not the patch that was checked and reviewed"
	if left := c.Added - c.Carried; left > 0 {
		message += fmt.Sprintf(": %d of %s are not in it", left, evidence.Plural(c.Added, "added line"))
	}
	return found{message: message, facts: []evidence.Ref{evidence.RefToAll(evidence.ListCarryOver)}, bases: []evidence.Basis{c.Origin.Basis}}
}
