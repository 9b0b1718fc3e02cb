package ledger

import (
	"path"
	"slices"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/sessionnote"
	"github.com/mergebrief/mergebrief/internal/wording"
)

const (
	// budgetBytes is what a record may take when it is stored. Above it, detail is
	// dropped in the order of [details] until it fits or only failures, gaps and
	// attribution are left.
	budgetBytes = 96 << 10
	// sessionBudget is what all sessions of a record share before compression.
	sessionBudget = 96 << 10
)

// notKept stands where words of a tool or of a person were.
const notKept = "(not kept)"

// reduce takes from a bundle what a record never holds: code, prompts, output of
// tools, and what only served to find out the attribution.
func reduce(b *evidence.Bundle) {
	rec := &b.Record
	shrinkSessions(rec, sessionBudget)
	rec.Claims, rec.OwnChecks = nil, nil
	for i := range rec.Files {
		f := &rec.Files[i]
		f.Spans, f.Origins, f.Rewrites, f.RewritesOmitted = nil, nil, nil, 0
		if f.Tests != nil {
			f.Tests.Removed = nil
		}
	}
	for i := range rec.Suites {
		s := &rec.Suites[i]
		for k := range s.Cases {
			s.Cases[k].Message = ""
		}
		for k := range s.Broken {
			s.Broken[k].Message = ""
		}
	}
	for i := range rec.Scans {
		rec.Scans[i].Message = ""
		for k := range rec.Scans[i].Results {
			rec.Scans[i].Results[k].Message = ""
		}
	}
	forgetDetail(rec.Checks)
	for i := range rec.Heads {
		for k := range rec.Heads[i].Results {
			rec.Heads[i].Results[k].Detail = ""
		}
	}
	for i := range b.Assessment.Findings {
		b.Assessment.Findings[i] = plainFinding(b.Assessment.Findings[i])
	}
}

// forgetDetail drops what checks say of themselves: often the beginning of a log.
func forgetDetail(checks []evidence.Check) {
	for i := range checks {
		checks[i].Detail = ""
	}
}

// shrinkSessions reduces sessions as they are reduced before they leave a machine,
// and keeps what says where they are from and why they belong to the change.
func shrinkSessions(rec *evidence.Record, budget int) {
	known := knownPaths(rec)
	var commits []string
	for i := range rec.Commits {
		commits = append(commits, rec.Commits[i].ID)
	}
	scope := sessionnote.Scope{
		Repository: rec.Target.Repository.FullName(), Commits: commits,
		Path:    func(p string) (string, bool) { return p, !path.IsAbs(p) && !strings.HasPrefix(p, "..") },
		Tracked: func(p string) bool { return known[p] },
	}
	var files []string
	for i := range rec.Files {
		files = append(files, rec.Files[i].Path)
	}
	for i := range rec.Sessions {
		s := &rec.Sessions[i]
		out := sessionnote.Reduce(*s, scope, files, budget/len(rec.Sessions))
		out.Origin, out.Format, out.Joins, out.SubagentID = s.Origin, s.Format, s.Joins, s.SubagentID
		out.Links.Commits = s.Links.Commits
		*s = out
	}
}

// knownPaths are the files and folders that the record itself says the repository
// has.
func knownPaths(rec *evidence.Record) map[string]bool {
	known := map[string]bool{}
	add := func(p string) {
		for ; p != "" && p != "." && p != "/" && !known[p]; p = path.Dir(p) {
			known[p] = true
		}
	}
	for i := range rec.Files {
		add(rec.Files[i].Path)
		add(rec.Files[i].OldPath)
	}
	for i := range rec.Sessions {
		for _, p := range rec.Sessions[i].FilesRead {
			add(p)
		}
	}
	for _, r := range rec.Rules {
		add(r.Path)
	}
	return known
}

// plainFinding drops the words of tools and people from a finding, and the places
// that a record does not have.
func plainFinding(f evidence.Finding) evidence.Finding {
	if blanked := withoutProse(f.Texts); blanked != nil {
		f.Texts = blanked
		f.Message = wording.Plain(wording.Finding(&f))
	}
	for i := range f.Beside {
		if blanked := withoutProse(f.Beside[i].Texts); blanked != nil {
			f.Beside[i].Texts = blanked
			f.Beside[i].Message = wording.Plain(wording.Remark(&f.Beside[i]))
		}
	}
	f.Facts = slices.DeleteFunc(f.Facts, func(r evidence.Ref) bool {
		switch r.List() {
		case evidence.ListClaims, evidence.ListOwnChecks, evidence.ListInputs:
			return true
		case evidence.ListSessions:
			_, whole := r.Entry(evidence.ListSessions)
			return !whole
		}
		return false
	})
	return f
}

// withoutProse returns texts without the words of others, or nil when they have
// none.
func withoutProse(texts []evidence.Text) []evidence.Text {
	out := slices.Clone(texts)
	found := false
	for i := range out {
		out[i].Arguments = slices.Clone(out[i].Arguments)
		for k := range out[i].Arguments {
			a := &out[i].Arguments[k]
			if a.Kind == evidence.ArgumentProse && a.Text != "" {
				a.Text, found = notKept, true
			}
			if inner := withoutProse(a.Texts); inner != nil {
				a.Texts, found = inner, true
			}
		}
	}
	if !found {
		return nil
	}
	return out
}

// detail is something that a record may do without, and how it is dropped.
type detail struct {
	name string
	drop func(*evidence.Bundle)
}

// details are in the order in which they are dropped. Failures, gaps and
// attribution are not among them.
func details() []detail {
	return []detail{
		{"inputs that were read without a fault", dropInputs},
		{"coverage by line", dropCoverage},
		{"skipped tests by name", dropSkipped},
		{"notes and traces that claims were from", func(b *evidence.Bundle) { b.Record.ClaimSources = nil }},
		{"commands, edits and files read beyond the first", func(b *evidence.Bundle) { shrinkSessions(&b.Record, sessionBudget/4) }},
		{"checks of earlier heads that passed", dropPassedResults},
		{"findings that are notes", dropNotes},
		{"files by name", dropFiles},
		{"what weaker claims say", dropOthers},
	}
}

func dropInputs(b *evidence.Bundle) {
	b.Record.Inputs = slices.DeleteFunc(b.Record.Inputs, func(in evidence.Input) bool {
		return in.Status == evidence.Parsed || in.Status == evidence.Unchanged
	})
}

func dropCoverage(b *evidence.Bundle) {
	for i := range b.Record.Coverage {
		c := &b.Record.Coverage[i]
		c.FilesOmitted, c.Files = c.FilesOmitted+len(c.Files), nil
	}
}

func dropSkipped(b *evidence.Bundle) {
	for i := range b.Record.Suites {
		s := &b.Record.Suites[i]
		before := len(s.Cases)
		s.Cases = slices.DeleteFunc(s.Cases, func(c evidence.Case) bool { return c.Outcome == evidence.Skipped })
		s.CasesOmitted += before - len(s.Cases)
	}
}

func dropPassedResults(b *evidence.Bundle) {
	for i := range b.Record.Heads {
		h := &b.Record.Heads[i]
		before := len(h.Results)
		h.Results = slices.DeleteFunc(h.Results, func(r evidence.CheckResult) bool { return r.Conclusion == evidence.ConclusionSuccess })
		h.ResultsOmitted += before - len(h.Results)
	}
}

func dropNotes(b *evidence.Bundle) {
	a := &b.Assessment
	a.Focus = nil // by index
	a.Findings = slices.DeleteFunc(a.Findings, func(f evidence.Finding) bool { return f.Level == evidence.LevelNote && !f.Gap })
}

func dropFiles(b *evidence.Bundle) {
	b.Record.Files = slices.DeleteFunc(b.Record.Files, func(f evidence.File) bool { return f.Loosened == nil && f.Tests == nil })
}

func dropOthers(b *evidence.Bundle) {
	for i := range b.Assessment.Attribution.Files {
		f := &b.Assessment.Attribution.Files[i]
		for k := range f.Parts {
			if !f.Parts[k].Conflict {
				f.Parts[k].Others = nil
			}
		}
	}
}

// fit drops detail of a record until its stored bytes keep to the budget, and
// returns them.
func (r *Record) fit() ([]byte, error) {
	stored, err := r.encode()
	for _, d := range details() {
		if err != nil || len(stored) <= budgetBytes {
			break
		}
		d.drop(&r.Bundle)
		r.Dropped = append(r.Dropped, d.name)
		stored, err = r.encode()
	}
	if err == nil && len(stored) > maxStoredBytes {
		err = evidence.Errorf(evidence.Truncated, "the record of %s has %d bytes when everything that may be dropped is; more than %d are not stored", evidence.ShortID(r.Key.Head), len(stored), maxStoredBytes)
	}
	return stored, err
}
