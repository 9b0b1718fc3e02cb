// Package attribution says who wrote the added lines of a change.
//
// It joins two things that the record holds: where each line comes from, which
// git observed, and claims that sessions or people wrote lines of a file as of
// a commit, which somebody reported. It hides how ranges of one commit are found
// again at another, and promises that every added line is counted exactly once,
// that the strongest claim decides while the others stay visible, and that
// nobody becomes an author by elimination: a line without a claim is
// unattested, and a line that is older than the change is neither an agent's nor
// a person's work here.
//
// The order of claims, with the reason: notes and traces about the very commit
// know lines; a replayed transcript follows every edit; a manifest states what
// its orchestrator did; content of a transcript can match by chance; a
// checkpoint, a trailer or a bot account knows the commit only.
package attribution

import (
	"slices"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// Lines attributes the added lines of the record's files. Files are in the
// record's order, the parts of each ascend and cover its added lines.
func Lines(r *evidence.Record) evidence.Attribution {
	c := indexClaims(r)
	var a evidence.Attribution
	for i := range r.Files {
		f := fileLines(&r.Files[i], c)
		add(&a.Lines, f.Lines)
		a.Files = append(a.Files, f)
	}
	c.place(a.Files)
	a.Later = c.later(r, a.Files)
	a.ClaimsUnused = c.unused()
	return a
}

func add(sum *evidence.LineCounts, n evidence.LineCounts) {
	sum.Added += n.Added
	sum.AI += n.AI
	sum.Human += n.Human
	sum.Unattested += n.Unattested
	sum.Preexisting += n.Preexisting
}

func fileLines(f *evidence.File, c *claims) evidence.FileAttribution {
	a := evidence.FileAttribution{Path: f.Path}
	parts := c.parts[:0]
	for _, s := range sections(f) {
		for p := range c.divide(f.Path, s) {
			count(&a.Lines, p)
			parts = appendPart(parts, p)
		}
	}
	if c.parts = parts; len(parts) > 0 {
		a.Parts = slices.Clone(parts)
	}
	return a
}

// section is a run of added lines with one origin. Commit is empty for lines
// that are older than the change and for those of unknown origin.
type section struct {
	evidence.LineRange
	commit, path string
	line         int
	known        bool
	// The lines need not be in the head any more: its numbers say nothing.
	gone bool
}

// sections divides the added lines of f by origin. Lines without one are
// sections of their own, so that nothing is lost when history is not known.
func sections(f *evidence.File) []section {
	var all []section
	origins := f.Origins
	for _, span := range f.Spans {
		for at := span.First; at <= span.Last; {
			for len(origins) > 0 && origins[0].Last < at {
				origins = origins[1:]
			}
			next := section{LineRange: evidence.LineRange{First: at, Last: span.Last}}
			if len(origins) > 0 && origins[0].First <= at {
				o := origins[0]
				next.Last = min(span.Last, o.Last)
				next.commit, next.path, next.line, next.known = o.Commit, o.Path, o.Line+at-o.First, true
				if next.path == "" {
					next.path = f.Path
				}
			} else if len(origins) > 0 {
				next.Last = min(span.Last, origins[0].First-1)
			}
			all = append(all, next)
			at = next.Last + 1
		}
	}
	return all
}

func count(n *evidence.LineCounts, p evidence.AttributedRange) {
	lines := p.Last - p.First + 1
	n.Added += lines
	switch p.Kind {
	case evidence.AuthorAI:
		n.AI += lines
	case evidence.AuthorHuman:
		n.Human += lines
	case evidence.AuthorPreexisting:
		n.Preexisting += lines
	default:
		n.Unattested += lines
	}
}

// appendPart appends p, to the last part if it continues that in the head and
// at its origin.
func appendPart(parts []evidence.AttributedRange, p evidence.AttributedRange) []evidence.AttributedRange {
	if n := len(parts); n > 0 {
		last := &parts[n-1]
		follows := last.Last+1 == p.First && (last.OriginLine == 0) == (p.OriginLine == 0) &&
			(p.OriginLine == 0 || last.OriginLine+last.Last-last.First+1 == p.OriginLine)
		if follows && sameAuthor(last, &p) {
			last.Last = p.Last
			return parts
		}
	}
	return append(parts, p)
}

func sameAuthor(a, b *evidence.AttributedRange) bool {
	return a.Commit == b.Commit && a.OriginPath == b.OriginPath && a.Kind == b.Kind && a.Session == b.Session &&
		a.Agent == b.Agent && a.Model == b.Model && a.Method == b.Method && a.Confidence == b.Confidence &&
		a.Basis == b.Basis && slices.Equal(a.Others, b.Others)
}
