package assess

import "github.com/mergebrief/mergebrief/internal/evidence"

// lines says who wrote the added lines.
func lines(r *evidence.Record) evidence.Attribution {
	var a evidence.Attribution
	for _, f := range r.Files {
		n := evidence.LineCounts{Added: f.Added, Unattested: f.Added}
		a.Lines.Added += n.Added
		a.Lines.Unattested += n.Unattested
		a.Files = append(a.Files, evidence.FileAttribution{Path: f.Path, Lines: n})
	}
	return a
}
