package assess

import "github.com/mergebrief/mergebrief/internal/evidence"

var answerIncomplete = Rule{
	ID: "answer-incomplete", Level: evidence.LevelError, Gap: true,
	Sees:   "Whether GitHub answered with every check of the head, every review, review thread and label of the pull request. What was lost in its first answer is asked for once more.",
	Why:    "The entry that is lost may be the failed one. With `fail-on`, the check fails whatever level this rule has.",
	Accept: "Run the workflow again, or give the token the permissions that the gaps name.",
	check: func(f *facts) []found {
		if len(f.torn) == 0 {
			return nil
		}
		return []found{{says: say("answer-incomplete", asProse("lists", f.tornNames()))}}
	},
}
