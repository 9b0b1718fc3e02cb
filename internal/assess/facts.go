package assess

import (
	"iter"
	"slices"
	"strings"

	"github.com/mergebrief/mergebrief/internal/attribution"
	"github.com/mergebrief/mergebrief/internal/classify"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

// facts is the record as rules look at it, with what several of them need.
type facts struct {
	*evidence.Record
	policy      Policy
	attribution evidence.Attribution
	// Index of each file of the change in Files.
	files map[string]int
	// Index of each file in attribution.Files.
	attributed map[string]int
	// Lines of each file that a session claims, ascending.
	ai map[string][]evidence.LineRange
	// Indexes of the sessions that speak about the change.
	joined []int
	// The one session that claims lines of a file; absent when several do.
	claimant map[string]string
	// Commits about which nothing is recorded, by index, and the number of commits,
	// merges aside.
	silent  []int
	commits int
}

func newFacts(r *evidence.Record, p Policy) *facts {
	f := &facts{Record: r, policy: p, attribution: attribution.Lines(r), files: make(map[string]int, len(r.Files))}
	for i := range r.Files {
		f.files[r.Files[i].Path] = i
	}
	f.attributed = make(map[string]int, len(f.attribution.Files))
	f.ai = make(map[string][]evidence.LineRange, len(f.attribution.Files))
	f.claimant = make(map[string]string, len(f.attribution.Files))
	for i := range f.attribution.Files {
		path := f.attribution.Files[i].Path
		f.attributed[path] = i
		f.ai[path] = byAI(f.attribution.Files[i].Parts, "")
		if session, one := claimant(f.attribution.Files[i].Parts); one {
			f.claimant[path] = session
		}
	}
	for i := range r.Sessions {
		if r.Joined(&r.Sessions[i]) {
			f.joined = append(f.joined, i)
		}
	}
	f.silent, f.commits = f.silentCommits()
	return f
}

// runs yields the agent runs behind the change with their indexes. What a run did
// that nothing joins with the change says nothing about it.
func (f *facts) runs() iter.Seq2[int, *evidence.Session] {
	return func(yield func(int, *evidence.Session) bool) {
		for _, i := range f.joined {
			if !yield(i, &f.Sessions[i]) {
				return
			}
		}
	}
}

// empty reports whether there is nothing to judge but the change itself.
func (f *facts) empty() bool {
	return len(f.Sessions)+len(f.Suites)+len(f.Scans)+len(f.Checks)+len(f.Coverage)+len(f.Claims)+len(f.Tickets)+len(f.Reviews) == 0
}

// gapsFound counts what sources looked for in vain. What nobody asked for is
// not among it.
func (f *facts) gapsFound() (n int) {
	for _, g := range f.Gaps {
		if g.Origin.Reason != evidence.NotConfigured {
			n++
		}
	}
	return n
}

// validated reports whether an observed check that tests, builds or is required,
// or a verified test result, shows that the head was validated.
func (f *facts) validated() bool {
	for _, c := range f.Checks {
		if c.Conclusion == evidence.ConclusionSuccess && c.Origin.Basis.Certain() && (classify.Validates(c, evidence.ClassTest) || classify.Validates(c, evidence.ClassBuild) || f.demanded(c)) {
			return true
		}
	}
	for _, s := range f.Suites {
		if s.Origin.Basis.Certain() && s.Counts.Passed > 0 && s.Counts.Bad() == 0 && len(s.Broken) == 0 {
			return true
		}
	}
	return false
}

// demanded reports whether a rule of the base branch or the policy requires a
// check.
func (f *facts) demanded(c evidence.Check) bool {
	return slices.Contains(f.policy.RequiredChecks, c.Name) || c.Required != nil && *c.Required
}

// softened is the level of findings about the agent's own validation: it
// matters less once the head itself is known to be validated.
func (f *facts) softened() evidence.Level {
	if f.validated() {
		return evidence.LevelNote
	}
	return ""
}

// recorded reports whether anything tells who wrote lines.
func (f *facts) recorded() bool { return len(f.joined)+len(f.Claims) > 0 }

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
func (f *facts) bySession(path, session string) []evidence.LineRange {
	if one, ok := f.claimant[path]; ok {
		if one == session {
			return f.ai[path]
		}
		return nil
	}
	if i, ok := f.attributed[path]; ok {
		return byAI(f.attribution.Files[i].Parts, session)
	}
	return nil
}

// claimed is the basis of the claims behind the lines that byAI returns.
func (f *facts) claimed(path string) evidence.Basis {
	var bases []evidence.Basis
	if i, ok := f.attributed[path]; ok {
		for k := range f.attribution.Files[i].Parts {
			if p := &f.attribution.Files[i].Parts[k]; p.Kind == evidence.AuthorAI && !slices.Contains(bases, p.Basis) {
				bases = append(bases, p.Basis)
			}
		}
	}
	return evidence.Weakest(bases...)
}

// added returns the added lines of a file of the change.
func (f *facts) added(path string) []evidence.LineRange {
	i, ok := f.files[path]
	if !ok {
		return nil
	}
	return f.Files[i].Spans
}

// spans places ranges of lines in a file.
func spans(path string, all []evidence.LineRange) []evidence.Span {
	out := make([]evidence.Span, 0, len(all))
	for _, r := range all {
		out = append(out, evidence.Span{Path: path, First: r.First, Last: r.Last})
	}
	return out
}

// missed returns the lines of a file that can be executed, and that no report
// saw executed.
func (f *facts) missed(path string) []evidence.LineRange {
	var missed, covered []evidence.LineRange
	reports := 0
	for _, c := range f.Coverage {
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
