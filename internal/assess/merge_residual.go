package assess

import "github.com/mergebrief/mergebrief/internal/evidence"

var mergeResidual = Rule{
	ID: "merge-residual", Level: evidence.LevelWarning,
	Sees:   "Whether the merge put exactly the head into the base, by the trees that git records. Where the base had moved on, trees alone cannot tell, and it is a note.",
	Why:    "What was added while merging is in none of the reviewed commits.",
	Accept: "Compare the merge commit with the head, and accept the finding by its id.",
	check: func(f *facts) []found {
		p := f.PullRequest
		if p == nil || p.Merge == nil || p.HeadTree == "" || p.Merge.Tree == "" || p.Merge.Tree == p.HeadTree {
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
