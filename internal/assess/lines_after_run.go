package assess

import (
	"time"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

var linesAfterRun = Rule{
	ID: "edited-after-run", Level: evidence.LevelNote,
	Sees:   "Lines without a claim by an agent, in files that an agent wrote, from commits after its run ended.",
	Why:    "They came after whatever the run validated. Who wrote them is not known unless a claim says so.",
	Accept: "There is nothing to accept: it is a note.",
	check: func(f *facts) []found {
		ended := f.lastEnd()
		committed := make(map[string]time.Time, len(f.Commits))
		for _, c := range f.Commits {
			committed[c.ID] = c.Committed
		}
		if ended.IsZero() {
			return nil
		}
		var all []found
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
			if len(later) > 0 {
				all = append(all, found{
					message: "committed after the last agent run ended, and claimed by none", spans: spans(file.Path, later),
					facts: []string{"/commits"}, bases: []evidence.Basis{evidence.Reported},
				})
			}
		}
		return all
	},
}

// lastEnd is when the last session ended; zero when that is not known of all.
func (f *facts) lastEnd() time.Time {
	var last time.Time
	for i := range f.Sessions {
		end := f.Sessions[i].Ended
		if end.IsZero() {
			return time.Time{}
		}
		if end.After(last) {
			last = end
		}
	}
	return last
}
