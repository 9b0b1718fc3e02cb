package comment

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/render/brief"
	"github.com/mergebrief/mergebrief/internal/render/text"
)

// sections returns the folded parts, in the order in which they matter.
func (v *view) sections() []section {
	all := []section{v.validation(), {gapsTitle, list(v.Rows, v.gaps())}, v.everything(), v.sessions(), v.changes(), v.delivery(), v.ledger(), v.checklist()}
	kept := all[:0]
	for _, s := range all {
		if len(s.lines) > 0 {
			kept = append(kept, s)
		}
	}
	return kept
}

// validation begins with all that failed.
func (v *view) validation() section {
	failed := v.failures()
	title := "Validation"
	if failed.total > 0 {
		title += " (" + evidence.Count(failed.total) + " failed)"
	}
	lines := titled("Failed", failed.list())
	lines = append(lines, v.checks()...)
	lines = append(lines, v.suites()...)
	lines = append(lines, v.agreement()...)
	lines = append(lines, titled("Passed only when tried again", v.retried().list())...)
	lines = append(lines, titled("Skipped", v.skipped().list())...)
	lines = append(lines, v.scans()...)
	lines = append(lines, titled("Coverage", list(v.Rows, v.coverage()))...)
	return section{title, lines}
}

// failures lists everything that failed: checks, suites, tests, scans.
func (v *view) failures() *items {
	all := &items{limit: v.Rows}
	for _, c := range v.Record.Checks {
		if c.Failed() {
			all.add(func() string {
				return "check " + v.Linked(text.Code(c.Name, text.MaxName), c.URL, c.Origin) + " " + brief.Conclusion(c) + remark(c.Detail) + text.Grade(c.Origin.Basis)
			})
		}
	}
	for _, s := range v.Record.Suites {
		for _, b := range s.Broken {
			all.add(func() string { return breakage(b) + " in " + suiteName(s) + text.Grade(s.Origin.Basis) })
		}
		if n := s.BrokenOmitted; n > 0 {
			all.add(func() string {
				return evidence.Plural(n, "more broken part") + " in " + suiteName(s) + text.Grade(s.Origin.Basis)
			})
			all.total += n - 1
		}
	}
	for _, s := range v.Record.Scans {
		if s.DidNotRun {
			all.add(func() string {
				return text.Code(s.Tool, text.MaxName) + " did not run to its end" + remark(s.Message) + text.Grade(s.Origin.Basis)
			})
		}
	}
	for i := range v.Record.Suites {
		v.failedCases(all, &v.Record.Suites[i])
	}
	return all
}

// failedCases lists the failed tests of a suite. Those that it does not name
// count as well.
func (v *view) failedCases(all *items, s *evidence.Suite) {
	listed := 0
	for _, c := range s.Cases {
		if c.Outcome == evidence.Failed || c.Outcome == evidence.Errored {
			listed++
			all.add(func() string { return v.testCase(c) + text.Grade(s.Origin.Basis) })
		}
	}
	if n := s.Counts.Bad() - listed; n > 0 {
		all.add(func() string {
			return evidence.Plural(n, "failed test") + " not named in " + suiteName(*s) + text.Grade(s.Origin.Basis)
		})
		all.total += n - 1
	}
}

func remark(s string) string {
	if text.Clean(s) == "" {
		return ""
	}
	return ": " + text.Text(s, text.MaxSentence)
}

func breakage(b evidence.Breakage) string {
	words := map[evidence.BreakageKind]string{evidence.BreakageBuildFailed: "build failed", evidence.BreakageAborted: "run aborted", evidence.BreakagePlannedNotRun: "planned and not run", evidence.BreakageUnlisted: "failure that no test shows"}[b.Kind]
	if words == "" {
		words = text.Text(b.Kind, text.MaxName)
	}
	if b.Subject != "" {
		words += " " + text.Code(b.Subject, text.MaxName)
	}
	return words + remark(b.Message)
}

// testCase names a test, where it is and what it said.
func (v *view) testCase(c evidence.Case) string {
	name := c.Name
	if c.Class != "" && !strings.HasPrefix(name, c.Class) {
		name = c.Class + " " + name
	}
	line := text.Code(name, text.MaxName)
	if c.File != "" {
		line += " " + v.span(evidence.Span{Path: c.File, First: c.Line, Last: c.Line})
	}
	if len(c.Attempts) > 1 {
		line += fmt.Sprintf(" (%s)", brief.Attempts(c.Attempts))
	}
	return line + remark(c.Message)
}

// suiteName names a suite by its file: names of suites are rarely telling.
func suiteName(s evidence.Suite) string {
	if s.Origin.URI != "" {
		return text.Code(s.Origin.URI, text.MaxName)
	}
	return text.Code(s.Name, text.MaxName)
}

func (v *view) checks() []string {
	var rows []string
	passed := 0
	for _, c := range v.Record.Checks {
		if c.Conclusion == evidence.ConclusionSuccess {
			passed++
			continue
		}
		rows = append(rows, v.checkRow(c))
	}
	for _, c := range v.Record.Checks {
		if c.Conclusion == evidence.ConclusionSuccess {
			rows = append(rows, v.checkRow(c))
		}
	}
	if len(rows) == 0 {
		return nil
	}
	return titled(fmt.Sprintf("Checks on the head: %s of %s passed", evidence.Count(passed), evidence.Count(len(rows))), table(v.Rows, "Check | Result | Required | Grade", rows))
}

func (v *view) checkRow(c evidence.Check) string {
	result := text.Spaced(c.Conclusion)
	if c.Status != evidence.CheckCompleted {
		result = text.Spaced(c.Status)
	}
	result = text.Text(result, text.MaxName)
	if c.Conclusion != evidence.ConclusionSuccess && !c.Failed() { // what failed is listed with its remark above
		result += remark(c.Detail)
	}
	if c.Annotations > 0 {
		result += ", " + evidence.Plural(c.Annotations, "annotation")
	}
	if own := brief.OwnWords(c); own != "" {
		result += ", " + own
	}
	required := "not known"
	if c.Required != nil {
		required = map[bool]string{true: "yes", false: "no"}[*c.Required]
	}
	return cells(v.Linked(text.Code(c.Name, text.MaxName), c.URL, c.Origin)+v.workflowOf(c), result, required, text.Letter(c.Origin.Basis))
}

// workflowOf tells checks of one name apart, by workflow or else by app.
func (v *view) workflowOf(c evidence.Check) string {
	twin := func(x evidence.Check) bool { return x.Name == c.Name && !x.SameCheck(c) }
	if whose := cmp.Or(c.Workflow, c.App); whose != "" && slices.ContainsFunc(v.Record.Checks, twin) {
		return " of " + text.Text(whose, text.MaxName)
	}
	return ""
}

func (v *view) suites() []string {
	rows := make([]string, 0, len(v.Record.Suites))
	for _, worst := range []bool{true, false} {
		for _, s := range v.Record.Suites {
			if (s.Counts.Bad()+len(s.Broken) > 0) == worst {
				n, bad := s.Counts, evidence.Count(s.Counts.Bad())
				if len(s.Broken) > 0 { // its zero is not a zero
					bad += ", **broken**"
				}
				rows = append(rows, cells(suiteName(s), evidence.Count(n.Total), evidence.Count(n.Passed), bad, evidence.Count(n.Skipped), evidence.Count(n.Flaky), text.Letter(s.Origin.Basis)))
			}
		}
	}
	return titled("Test results", table(v.Rows, "File | Tests# | Passed# | Failed# | Skipped# | Flaky# | Grade", rows))
}

func (v *view) retried() *items {
	return v.cases(func(c *evidence.Case) bool { return c.Flaky })
}

func (v *view) skipped() *items {
	return v.cases(func(c *evidence.Case) bool { return c.Outcome == evidence.Skipped })
}

func (v *view) cases(want func(*evidence.Case) bool) *items {
	all := &items{limit: v.Rows}
	for i := range v.Record.Suites {
		s := &v.Record.Suites[i]
		for k := range s.Cases {
			if c := &s.Cases[k]; want(c) {
				all.add(func() string { return v.testCase(*c) + text.Grade(s.Origin.Basis) })
			}
		}
	}
	return all
}

func (v *view) scans() []string {
	rows := make([]string, 0, len(v.Record.Scans))
	for _, s := range v.Record.Scans {
		n := s.Counts
		numbers := cells(evidence.Count(n.Error), evidence.Count(n.Warning), evidence.Count(n.Note), evidence.Count(n.Suppressed))
		if s.DidNotRun {
			numbers = cells("not known", "not known", "not known", "not known")
		}
		rows = append(rows, cells(text.Code(s.Tool, text.MaxName), numbers, text.Letter(s.Origin.Basis)))
	}
	return titled("Linters and scanners", table(v.Rows, "Tool | Errors# | Warnings# | Notes# | Suppressed# | Grade", rows))
}

func (v *view) coverage() []string {
	var items []string
	for _, c := range v.Record.Coverage {
		share := "no lines"
		if c.Lines > 0 {
			share = fmt.Sprintf("%s of %s lines executed (%d%%)", evidence.Count(c.Covered), evidence.Count(c.Lines), c.Covered*100/c.Lines)
		}
		items = append(items, share+", "+text.Code(c.Origin.URI, text.MaxName)+text.Grade(c.Origin.Basis))
	}
	return items
}
