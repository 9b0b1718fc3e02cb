package assess

import (
	"slices"
	"strings"

	"github.com/mergebrief/mergebrief/internal/attribution"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

// lines answers what is known of the lines of the change, file by file: which were
// added, who wrote them, and which no test executed.
type lines struct {
	files       []evidence.File
	coverage    []evidence.Coverage
	attribution evidence.Attribution
	// Index of each file of the change in files, and in attribution.Files.
	changed, attributed map[string]int
	// Lines of each file that a session claims, ascending.
	ai map[string][]evidence.LineRange
	// The one session that claims lines of a file; absent when several do.
	claimant map[string]string
}

func newLines(r *evidence.Record) lines {
	l := lines{files: r.Files, coverage: r.Coverage, attribution: attribution.Lines(r), changed: make(map[string]int, len(r.Files))}
	for i := range r.Files {
		l.changed[r.Files[i].Path] = i
	}
	n := len(l.attribution.Files)
	l.attributed, l.ai, l.claimant = make(map[string]int, n), make(map[string][]evidence.LineRange, n), make(map[string]string, n)
	for i := range l.attribution.Files {
		file := &l.attribution.Files[i]
		l.attributed[file.Path] = i
		l.ai[file.Path] = byAI(file.Parts, "")
		if session, one := claimant(file.Parts); one {
			l.claimant[file.Path] = session
		}
	}
	return l
}

// inChange reports whether a file is among those of the change.
func (l *lines) inChange(path string) bool {
	_, ok := l.changed[path]
	return ok
}

// added returns the added lines of a file of the change.
func (l *lines) added(path string) []evidence.LineRange {
	i, ok := l.changed[path]
	if !ok {
		return nil
	}
	return l.files[i].Spans
}

// missed returns the lines of a file that can be executed, and that no report
// saw executed.
func (l *lines) missed(path string) []evidence.LineRange {
	var missed, covered []evidence.LineRange
	reports := 0
	for _, c := range l.coverage {
		i, ok := slices.BinarySearchFunc(c.Files, path, func(x evidence.FileCoverage, p string) int { return strings.Compare(x.Path, p) })
		if ok && reports == 0 { // the usual case, without a copy
			missed, covered = slices.Clip(c.Files[i].Missed), slices.Clip(c.Files[i].Covered)
		} else if ok {
			missed = append(missed, c.Files[i].Missed...)
			covered = append(covered, c.Files[i].Covered...)
		}
		if ok {
			reports++
		}
	}
	if reports < 2 {
		return missed
	}
	return evidence.SubtractRanges(evidence.UnionRanges(missed...), evidence.UnionRanges(covered...))
}

// only returns the added lines of the one file of a list; nothing when there are
// several.
func (l *lines) only(paths []string) []evidence.Span {
	if len(paths) != 1 {
		return nil
	}
	return l.whole(paths[0])
}

// elsewhere returns the paths that a finding has to name because it has no place.
func elsewhere(places []evidence.Span, paths []string) []string {
	if len(places) > 0 {
		return nil
	}
	return paths
}

// whole returns the added lines of a file of the change as places. Without any
// there is no place to point at.
func (l *lines) whole(path string) []evidence.Span {
	return spans(path, l.added(path))
}

// changedIn returns one place in each file: its first added lines, or the file
// where lines were only deleted.
func (l *lines) changedIn(paths []string) []evidence.Span {
	var out []evidence.Span
	for _, path := range paths {
		if added := l.added(path); len(added) > 0 {
			out = append(out, evidence.Span{Path: path, First: added[0].First, Last: added[0].Last})
		} else if l.inChange(path) {
			out = append(out, evidence.Span{Path: path})
		}
	}
	return out
}

// byAI returns the lines of parts that a session claims, ascending; those of one
// session when it is named.
func byAI(parts []evidence.AttributedRange, session string) []evidence.LineRange {
	all := make([]evidence.LineRange, 0, len(parts))
	for i := range parts {
		p := &parts[i]
		if p.Kind != evidence.AuthorAI || session != "" && p.Session != session {
			continue
		}
		if n := len(all) - 1; n >= 0 && all[n].Last+1 == p.First {
			all[n].Last = p.Last
			continue
		}
		all = append(all, p.LineRange)
	}
	return all
}

// claimant returns the session that claims lines, if it is only one.
func claimant(parts []evidence.AttributedRange) (string, bool) {
	session, found := "", false
	for i := range parts {
		p := &parts[i]
		if p.Kind != evidence.AuthorAI {
			continue
		}
		if found && p.Session != session {
			return "", false
		}
		session, found = p.Session, true
	}
	return session, found
}

// bySession returns the lines of a file that one session claims, ascending.
func (l *lines) bySession(path, session string) []evidence.LineRange {
	if one, ok := l.claimant[path]; ok {
		if one == session {
			return l.ai[path]
		}
		return nil
	}
	if i, ok := l.attributed[path]; ok {
		return byAI(l.attribution.Files[i].Parts, session)
	}
	return nil
}

// written returns the lines of a file that a session claims, else the whole
// file: the edit may have been overwritten since.
func (l *lines) written(path, session string) []evidence.Span {
	if lines := l.bySession(path, session); len(lines) > 0 {
		return spans(path, lines)
	}
	return l.whole(path)
}

// claimed is the basis of the claims behind the lines that byAI returns.
func (l *lines) claimed(path string) evidence.Basis {
	var bases []evidence.Basis
	if i, ok := l.attributed[path]; ok {
		for k := range l.attribution.Files[i].Parts {
			if p := &l.attribution.Files[i].Parts[k]; p.Kind == evidence.AuthorAI && !slices.Contains(bases, p.Basis) {
				bases = append(bases, p.Basis)
			}
		}
	}
	return evidence.Weakest(bases...)
}

// onlyNamed reports whether all that says that an agent wrote lines of a file is
// that commits name one: as co-author, by a trailer, or by the account.
func (l *lines) onlyNamed(path string) bool {
	i, ok := l.attributed[path]
	if !ok {
		return false
	}
	for k := range l.attribution.Files[i].Parts {
		if p := &l.attribution.Files[i].Parts[k]; p.Kind == evidence.AuthorAI && p.Confidence != evidence.CommitLevel {
			return false
		}
	}
	return true
}

// spans places ranges of lines in a file.
func spans(path string, all []evidence.LineRange) []evidence.Span {
	out := make([]evidence.Span, 0, len(all))
	for _, r := range all {
		out = append(out, evidence.Span{Path: path, First: r.First, Last: r.Last})
	}
	return out
}
