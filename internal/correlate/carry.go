package correlate

import (
	"cmp"
	"slices"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/record"
)

// How a record found the commit that has the changes now.
const (
	carriedByPatch = "patch-id"
	carriedByLines = "line-hashes"
)

// minCarried is the number of lines from which on a record is taken to be about a
// commit because of them; fewer can be alike by chance, unless they are half of
// all that the record has.
const minCarried = 3

// CarriedRecord is a record of another commit as it is of this one.
type CarriedRecord struct {
	record.Record
	// The commit that has the changes now, its patch id, and the commit of whose
	// document the record was.
	Commit, Patch, Of string
}

// Successor is a commit of the change in which the records of commits that were
// rebased, amended or squashed are looked for: by its patch id, else by the lines
// of its files, which are those of the diff with its parent.
type Successor struct {
	Commit, Patch string
	Files         []evidence.File
	// The files with the short hashes that records have.
	folded []evidence.File
}

// Carry returns the records of the documents that fit the commit. Their lines are
// those of the commit.
func (p *Successor) Carry(docs []record.Document) []CarriedRecord {
	p.folded = folded(p.Files)
	var all []CarriedRecord
	for _, d := range docs {
		for _, r := range d.Records {
			if r, ok := p.carry(r, d); ok {
				all = append(all, CarriedRecord{r, p.Commit, p.Patch, d.Commit})
			}
		}
	}
	return all
}

// carry makes a record of d one of the commit, if it fits.
func (p *Successor) carry(r record.Record, d record.Document) (record.Record, bool) {
	method := carriedByPatch
	if d.Patch == "" || d.Patch != p.Patch {
		method = carriedByLines
	}
	if method == carriedByLines && !p.shares(r) {
		return r, false
	}
	lines, n := p.relocated(r)
	if method == carriedByLines && n < minCarried && (n == 0 || 2*n < r.LineCount()) {
		return r, false
	}
	r.From, r.Carried, r.Files = cmp.Or(r.From, d.Commit), method, lines
	return r, true
}

// shares reports whether the commit changes a file of the record, by any name.
func (p *Successor) shares(r record.Record) bool {
	return slices.ContainsFunc(r.Files, func(l record.Lines) bool {
		return slices.ContainsFunc(p.Files, func(f evidence.File) bool { return slices.Contains(f.Names(), l.Path) })
	})
}

// Strongest keeps of the records of a session for a commit the one that explains most,
// by the patch before by lines.
func Strongest(all []CarriedRecord) []CarriedRecord {
	slices.SortStableFunc(all, func(a, b CarriedRecord) int {
		return cmp.Or(-cmp.Compare(a.Carried, b.Carried), b.LineCount()-a.LineCount(), cmp.Compare(a.From+a.ID, b.From+b.ID))
	})
	var out []CarriedRecord
	for _, c := range all {
		if !slices.ContainsFunc(out, func(x CarriedRecord) bool { return x.Commit == c.Commit && x.Same(c.Record) }) {
			out = append(out, c)
		}
	}
	return out
}

// folded returns the files with short hashes in the place of long ones.
func folded(files []evidence.File) []evidence.File {
	blank, _ := evidence.HashLine(nil)
	out := make([]evidence.File, len(files))
	for i, f := range files {
		out[i] = f
		out[i].Lines = make([]evidence.LineHash, len(f.Lines))
		for j, h := range f.Lines {
			if out[i].Lines[j] = blank; h != blank {
				out[i].Lines[j] = evidence.LineHash(record.Fold(h))
			}
		}
	}
	return out
}

// relocated finds the lines of a record by their hashes, as the edits of a
// transcript are found, and counts them.
func (p *Successor) relocated(r record.Record) ([]record.Lines, int) {
	blank, _ := evidence.HashLine(nil)
	s := evidence.Session{ID: r.Session.ID, Agent: r.Session.Agent}
	for _, l := range r.Files {
		e := evidence.Edit{Path: l.Path}
		_, stored := l.Split()
		for _, h := range stored {
			if h != record.Fold(blank) {
				e.Lines = append(e.Lines, evidence.LineHash(h))
			}
		}
		s.Edits = append(s.Edits, e)
	}
	var out []record.Lines
	n := 0
	for _, x := range TranscriptClaims([]evidence.Session{s}, p.folded, p.Commit) {
		i := slices.IndexFunc(p.Files, func(f evidence.File) bool { return f.Path == x.Path })
		l := record.NewLines(x.Path, x.Ranges, record.LineHashes(p.Files[i], x.Ranges))
		out, n = append(out, l), n+l.Count()
	}
	return out, n
}
