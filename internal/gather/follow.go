package gather

import (
	"cmp"
	"context"
	"slices"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/git"
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

// Carried is a record of another commit as it is of this one.
type Carried struct {
	record.Record
	// The commit that has the changes now, its patch id, and the commit of whose
	// document the record was.
	Commit, Patch, Of string
}

// Follow finds the records of commits that were rebased, amended or squashed in
// the commits that have their changes now: by the patch id, else by the lines.
// The lines of the result are those of the new commits. Documents with records
// of a session that a commit has already are none of its business.
func Follow(ctx context.Context, repo *git.Repo, commits []evidence.Commit, docs []record.Document) ([]Carried, error) {
	var all []Carried
	if len(docs) == 0 {
		return nil, nil
	}
	for _, c := range commits {
		if len(c.Parents) != 1 {
			continue
		}
		patch, err := repo.PatchID(ctx, c.Parents[0], c.ID)
		if err != nil {
			return all, err
		}
		files, err := repo.Diff(ctx, c.Parents[0], c.ID)
		if err != nil {
			return all, err
		}
		at := place{commit: c.ID, patch: patch, files: files, folded: folded(files)}
		for _, d := range docs {
			for _, r := range d.Records {
				if r, ok := at.carry(r, d); ok {
					all = append(all, Carried{r, c.ID, patch, d.Commit})
				}
			}
		}
	}
	return once(all), nil
}

// place is a commit in which records are looked for.
type place struct {
	commit, patch string
	files         []evidence.File
	// The files with the short hashes that records have.
	folded []evidence.File
}

// carry makes a record of d one of the commit, if it fits.
func (p place) carry(r record.Record, d record.Document) (record.Record, bool) {
	method := carriedByPatch
	if d.Patch == "" || d.Patch != p.patch {
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
func (p place) shares(r record.Record) bool {
	return slices.ContainsFunc(r.Files, func(l record.Lines) bool {
		return slices.ContainsFunc(p.files, func(f evidence.File) bool { return slices.Contains(pathsOf(&f), l.Path) })
	})
}

// once keeps of the records of a session for a commit the one that explains most,
// by the patch before by lines.
func once(all []Carried) []Carried {
	slices.SortStableFunc(all, func(a, b Carried) int {
		return cmp.Or(-cmp.Compare(a.Carried, b.Carried), b.LineCount()-a.LineCount(), cmp.Compare(a.From+a.ID, b.From+b.ID))
	})
	var out []Carried
	for _, c := range all {
		if !slices.ContainsFunc(out, func(x Carried) bool { return x.Commit == c.Commit && x.Same(c.Record) }) {
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
func (p place) relocated(r record.Record) ([]record.Lines, int) {
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
	for _, x := range TranscriptClaims([]evidence.Session{s}, p.folded, p.commit) {
		i := slices.IndexFunc(p.files, func(f evidence.File) bool { return f.Path == x.Path })
		l := record.NewLines(x.Path, x.Ranges, LineHashes(p.files[i], x.Ranges))
		out, n = append(out, l), n+l.Count()
	}
	return out, n
}

// LineHashes returns the short hashes of added lines of a file, in order, or nil
// if one of the lines is not among them.
func LineHashes(f evidence.File, ranges []evidence.LineRange) []uint32 {
	at := map[int]uint32{}
	next := 0
	for _, s := range f.Spans {
		for n := s.First; n <= s.Last && next < len(f.Lines); n++ {
			at[n] = record.Fold(f.Lines[next])
			next++
		}
	}
	var out []uint32
	for _, r := range ranges {
		for n := r.First; n <= r.Last; n++ {
			h, known := at[n]
			if !known {
				return nil
			}
			out = append(out, h)
		}
	}
	return out
}
