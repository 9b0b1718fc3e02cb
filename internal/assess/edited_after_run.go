package assess

import (
	"slices"
	"time"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

var editedAfterRun = Rule{
	ID: "edited-after-run", Level: evidence.LevelNote,
	Sees:   "Edits of agent-written lines by later commits that are not the same run's, and lines that nobody claims, in files that an agent wrote, from commits after its run ended.",
	Why:    "They came after whatever the run validated. Who wrote them is not known unless a claim says so.",
	Accept: "There is nothing to accept: it is a note.",
	check: func(f *facts) []found {
		all, edited := f.laterEdits()
		ended := f.lastEnd()
		committed := make(map[string]time.Time, len(f.Commits))
		for _, c := range f.Commits {
			committed[c.ID] = c.Committed
		}
		if ended.IsZero() {
			return all
		}
		for _, file := range f.attribution.Files {
			if file.Lines.AI == 0 {
				continue
			}
			var later []evidence.LineRange
			for k := range file.Parts {
				p := &file.Parts[k]
				if (p.Kind == evidence.AuthorUnattested || p.Kind == evidence.AuthorHuman) && committed[p.Commit].After(ended) {
					later = append(later, p.LineRange)
				}
			}
			if later = evidence.SubtractRanges(later, edited[file.Path]); len(later) > 0 {
				all = append(all, found{
					message: "committed after the last agent run ended, and claimed by none", spans: spans(file.Path, later),
					facts: []evidence.Ref{evidence.RefToAll(evidence.ListCommits)}, bases: []evidence.Basis{evidence.Reported},
				})
			}
		}
		return all
	},
}

// laterEdits tells of the edits of agent-written lines, and which lines at the
// head they left, by file.
func (f *facts) laterEdits() ([]found, map[string][]evidence.LineRange) {
	var all []found
	edited := map[string][]evidence.LineRange{}
	for i := range f.attribution.Later {
		e := &f.attribution.Later[i]
		if e.By == evidence.LaterBySameRun {
			continue
		}
		edited[e.Path] = append(edited[e.Path], e.Lines...)
		places := spans(e.Path, e.Lines)
		if len(places) == 0 {
			places = []evidence.Span{{Path: e.Path}}
		}
		all = append(all, found{message: laterMessage(e), spans: places, facts: []evidence.Ref{evidence.RefToAll(evidence.ListCommits)}, bases: []evidence.Basis{evidence.Reported}})
	}
	for _, lines := range edited {
		slices.SortFunc(lines, func(a, b evidence.LineRange) int { return a.First - b.First })
	}
	return all, edited
}

func laterMessage(e *evidence.LaterEdit) string {
	what := map[evidence.LaterAction]string{evidence.LaterReplaced: "agent-written lines replaced", evidence.LaterDeleted: "agent-written lines deleted", evidence.LaterInserted: "lines inserted into agent-written ones"}[e.Action]
	who := map[evidence.LaterBy]string{evidence.LaterByHuman: "by a person on record", evidence.LaterByOtherRun: "by another agent run", evidence.LaterBySomeRun: "by some agent run"}[e.By]
	if who == "" {
		who = "author unattested"
	}
	after := "; no validation is known to have passed since"
	if e.Validated {
		after = "; a validation passed since"
	}
	return what + " by a later commit, " + who + after
}

// lastEnd is when the last session ended; zero when that is not known of all.
func (f *facts) lastEnd() time.Time {
	var last time.Time
	for _, s := range f.runs() {
		end := s.Ended
		if end.IsZero() {
			return time.Time{}
		}
		if end.After(last) {
			last = end
		}
	}
	return last
}
