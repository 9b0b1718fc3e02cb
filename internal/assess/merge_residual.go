package assess

import (
	"fmt"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

var mergeResidual = Rule{
	ID: "merge-residual", Level: evidence.LevelWarning,
	Sees:   "Whether the merge put exactly the change into the base: by the trees that git records, else by the patch. Where neither is known because the base had moved on, it is a note.",
	Why:    "What was added while merging is in none of the reviewed commits.",
	Accept: "Compare the merge commit with the head, and accept the finding by its id.",
	check: func(f *facts) []found {
		p := f.PullRequest
		if p == nil || p.Merge == nil || p.Merge.Tree != "" && p.Merge.Tree == p.HeadTree {
			return nil
		}
		if c := f.CarryOver; c != nil {
			return f.residue(c)
		}
		if p.HeadTree == "" || p.Merge.Tree == "" {
			return nil
		}
		x := found{
			message: "the merge holds something else than the head that was checked and reviewed, although the base had not moved on",
			facts:   []string{"/pullRequest/merge", "/pullRequest/headTree"}, bases: []evidence.Basis{p.Origin.Basis},
		}
		if len(p.Merge.Parents) == 0 || p.Merge.Parents[0] != f.Target.MergeBase {
			x.level, x.message = evidence.LevelNote, "the base had moved on before the merge: whether the merge holds more than the head is not known"
		}
		return []found{x}
	},
}

// residue tells of a merge that is not the change, line by line.
func (f *facts) residue(c *evidence.CarryOver) []found {
	if c.SameTree || c.SamePatch {
		return nil
	}
	message := "what was merged is not the patch that was checked and reviewed"
	if left := c.Added - c.Carried; left > 0 {
		message += fmt.Sprintf(": %d of %s are not in it", left, plural(c.Added, "added line"))
	}
	return []found{{message: message, facts: []string{"/carryOver"}, bases: []evidence.Basis{c.Origin.Basis}}}
}
