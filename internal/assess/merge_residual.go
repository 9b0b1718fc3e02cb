package assess

import (
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
			x.says, x.bases = say("merge-residual"), []evidence.Basis{p.Origin.Basis}
		case evidence.MergedUnknown:
			if p.HeadTree == "" || p.Merge.Tree == "" {
				return nil // a gap tells of it
			}
			x.level, x.says, x.bases = evidence.LevelNote, say("merge-residual.unknown"), []evidence.Basis{p.Origin.Basis}
		default:
			return nil
		}
		return []found{x}
	},
}

// residue tells of a merge that is not the change, line by line.
func residue(c *evidence.CarryOver) found {
	says := say("merge-residual.patch", asCount("missing", max(c.Added-c.Carried, 0)), asCount("added", c.Added))
	return found{says: says, facts: []evidence.Ref{evidence.RefToAll(evidence.ListCarryOver)}, bases: []evidence.Basis{c.Origin.Basis}}
}
