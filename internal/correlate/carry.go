package correlate

import (
	"cmp"
	"slices"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/sessionnote"
)

// How an entry found the commit that has the changes now.
const (
	carriedByPatch = "patch-id"
	carriedByLines = "line-hashes"
)

// minCarried is the number of lines from which on an entry is taken to be about a
// commit because of them; fewer can be alike by chance, unless they are half of
// all that the entry has.
const minCarried = 3

// CarriedEntry is an entry of another commit as it is of this one.
type CarriedEntry struct {
	sessionnote.Entry
	// The commit that has the changes now, its patch id, and the commit of whose
	// document the entry was.
	Commit, Patch, Of string
}

// Successor is a commit of the change in which the entries of commits that were
// rebased, amended or squashed are looked for: by its patch id, else by the lines
// of its files, which are those of the diff with its parent.
type Successor struct {
	Commit, Patch string
	Files         []evidence.File
	// The files with the short hashes that entries have.
	folded []evidence.File
}

// Carry returns the entries of the documents that fit the commit. Their lines are
// those of the commit.
func (p *Successor) Carry(docs []sessionnote.Document) []CarriedEntry {
	p.folded = folded(p.Files)
	var all []CarriedEntry
	for _, d := range docs {
		for _, r := range d.Entries {
			if r, ok := p.carry(r, d); ok {
				all = append(all, CarriedEntry{r, p.Commit, p.Patch, d.Commit})
			}
		}
	}
	return all
}

// carry makes an entry of d one of the commit, if it fits.
func (p *Successor) carry(r sessionnote.Entry, d sessionnote.Document) (sessionnote.Entry, bool) {
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

// shares reports whether the commit changes a file of the entry, by any name.
func (p *Successor) shares(r sessionnote.Entry) bool {
	return slices.ContainsFunc(r.Files, func(l sessionnote.Lines) bool {
		return slices.ContainsFunc(p.Files, func(f evidence.File) bool { return slices.Contains(f.Names(), l.Path) })
	})
}

// Strongest keeps of the entries of a session for a commit the one that explains most,
// by the patch before by lines.
func Strongest(all []CarriedEntry) []CarriedEntry {
	slices.SortStableFunc(all, func(a, b CarriedEntry) int {
		return cmp.Or(-cmp.Compare(a.Carried, b.Carried), b.LineCount()-a.LineCount(), cmp.Compare(a.From+a.ID, b.From+b.ID))
	})
	var out []CarriedEntry
	for _, c := range all {
		if !slices.ContainsFunc(out, func(x CarriedEntry) bool { return x.Commit == c.Commit && x.Same(c.Entry) }) {
			out = append(out, c)
		}
	}
	return out
}

// Found is where documents were looked for that nothing but their content ties to
// the commits.
type Found struct {
	Docs    []sessionnote.Document
	Commits []evidence.Commit
}

// Convincing reports whether content alone ties an entry to the commit that it was
// carried to: the whole patch does, or at least half of what the session wrote,
// before the commit was made. Fewer lines can be alike in any two changes of a file.
func (f Found) Convincing(c CarriedEntry) bool {
	if c.Carried == carriedByPatch {
		return true
	}
	d := slices.IndexFunc(f.Docs, func(d sessionnote.Document) bool { return d.Commit == c.Of })
	at := slices.IndexFunc(f.Commits, func(x evidence.Commit) bool { return x.ID == c.Commit })
	if d < 0 || at < 0 || c.Session.Started.After(f.Commits[at].Committed) {
		return false
	}
	e := slices.IndexFunc(f.Docs[d].Entries, c.Same)
	return e >= 0 && c.LineCount() >= minCarried && 2*c.LineCount() >= f.Docs[d].Entries[e].LineCount()
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
				out[i].Lines[j] = evidence.LineHash(sessionnote.Fold(h))
			}
		}
	}
	return out
}

// relocated finds the lines of an entry by their hashes, as the edits of a
// transcript are found, and counts them.
func (p *Successor) relocated(r sessionnote.Entry) ([]sessionnote.Lines, int) {
	blank, _ := evidence.HashLine(nil)
	s := evidence.Session{ID: r.Session.ID, Agent: r.Session.Agent}
	for _, l := range r.Files {
		e := evidence.Edit{Path: l.Path}
		_, stored := l.Split()
		for _, h := range stored {
			if h != sessionnote.Fold(blank) {
				e.Lines = append(e.Lines, evidence.LineHash(h))
			}
		}
		s.Edits = append(s.Edits, e)
	}
	var out []sessionnote.Lines
	n := 0
	for _, x := range TranscriptClaims([]evidence.Session{s}, p.folded, p.Commit) {
		i := slices.IndexFunc(p.Files, func(f evidence.File) bool { return f.Path == x.Path })
		l := sessionnote.NewLines(x.Path, x.Ranges, sessionnote.LineHashes(p.Files[i], x.Ranges))
		out, n = append(out, l), n+l.Count()
	}
	return out, n
}
