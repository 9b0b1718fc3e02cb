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
		for _, file := range f.lines.attribution.Files {
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
					says: say("edited-after-run.unclaimed"), spans: spans(file.Path, later),
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
	for i := range f.lines.attribution.Later {
		e := &f.lines.attribution.Later[i]
		if e.By == evidence.LaterBySameRun || len(e.Of) == 1 && e.Of[0] == "" {
			continue // of commits that name an agent nobody knows a run
		}
		edited[e.Path] = append(edited[e.Path], e.Lines...)
		places := spans(e.Path, e.Lines)
		if len(places) == 0 {
			places = []evidence.Span{{Path: e.Path}}
		}
		all = append(all, found{says: laterTexts(e), spans: places, facts: []evidence.Ref{evidence.RefToAll(evidence.ListCommits)}, bases: []evidence.Basis{evidence.Reported}})
	}
	for _, lines := range edited {
		slices.SortFunc(lines, func(a, b evidence.LineRange) int { return a.First - b.First })
	}
	return all, edited
}

func laterTexts(e *evidence.LaterEdit) []evidence.Text {
	edit := map[evidence.LaterAction]evidence.Text{
		evidence.LaterReplaced: part("edit.replaced"), evidence.LaterDeleted: part("edit.deleted"), evidence.LaterInserted: part("edit.inserted"),
	}[e.Action]
	author, known := map[evidence.LaterBy]evidence.Text{
		evidence.LaterByHuman: part("edit.by-person"), evidence.LaterByOtherRun: part("edit.by-other-run"), evidence.LaterBySomeRun: part("edit.by-some-run"),
	}[e.By]
	if !known {
		author = part("edit.unattested")
	}
	since := part("edited-after-run.not-validated")
	if e.Validated {
		since = part("edited-after-run.validated")
	}
	return append(say("edited-after-run", asParts("edit", edit), asParts("author", author)), since)
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
