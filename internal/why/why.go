// Package why answers where lines, commits and changes come from: of a record of the
// ledger it makes the few statements that somebody wants who asks years later.
//
// It hides which facts of a record bear on a line and in which order they are told.
// It promises that each statement has the grade of the weakest fact behind it, that
// what is not known is said, and that nobody is taken for the author of a line
// because nothing else is known. It does no I/O.
package why

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mergebrief/mergebrief/internal/agents"
	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/ledger"
)

// Statement is one line of an answer.
type Statement struct {
	// What it is about, in a word or two.
	Topic string `json:"topic"`
	Text  string `json:"text"`
	// Weakest basis of the facts behind it.
	Basis evidence.Basis `json:"basis"`
	// Where the evidence is, when it has an address.
	URL string `json:"url,omitempty"`
}

// shown bounds the tickets, runs and reviews that an answer lists: one screen.
const shown = 5

// Change answers what is known of a whole change.
func Change(r *ledger.Record) []Statement {
	rec := &r.Bundle.Record
	all := []Statement{pull(r)}
	all = append(all, tickets(rec)...)
	lines := r.Bundle.Assessment.Attribution.Lines
	all = append(all, Statement{
		Topic: "Lines", Basis: evidence.Reported,
		Text: fmt.Sprintf("%d added: %d by agent runs, %d by people, %d by nobody known, %d moved", lines.Added, lines.AI, lines.Human, lines.Unattested, lines.Preexisting),
	})
	all = append(all, runs(rec)...)
	all = append(all, checks(rec))
	all = append(all, reviews(rec)...)
	return append(all, merge(r))
}

// Line answers where a line comes from that stands in the record at spot.
func Line(r *ledger.Record, spot ledger.Spot) []Statement {
	rec := &r.Bundle.Record
	all := []Statement{pull(r)}
	all = append(all, tickets(rec)...)
	if spot.Merge {
		all = append(all, Statement{"Written by", "the merge itself: the line is not in the head of the change", evidence.Observed, ""})
		return append(append(all, reviews(rec)...), merge(r))
	}
	all = append(all, author(rec, spot.Part)...)
	if s := session(rec, spot.Part); s != nil {
		all = append(all, validated(s, paths(rec, spot)), repairs(s))
	}
	all = append(all, checks(rec))
	all = append(all, reviews(rec)...)
	all = append(all, merge(r))
	return append(all, later(r, spot)...)
}

// pull names the change.
func pull(r *ledger.Record) Statement {
	rec := &r.Bundle.Record
	t := rec.Target
	switch {
	case rec.PullRequest != nil:
		p := rec.PullRequest
		return Statement{"Pull request", fmt.Sprintf("#%d %q by %s", p.Number, p.Title, orUnknown(p.Author.Login)), p.Origin.Basis, p.URL}
	case t.PullRequest > 0:
		return Statement{"Pull request", fmt.Sprintf("#%d, by the subject of the commit that merged it", t.PullRequest), evidence.Reported, ""}
	}
	return Statement{"Pull request", "none is known", evidence.Missing, ""}
}

func orUnknown(s string) string { return cmp.Or(s, "somebody unknown") }

// tickets names the work requests, with who asked and who approved.
func tickets(rec *evidence.Record) (all []Statement) {
	for _, t := range rec.Tickets[:min(len(rec.Tickets), shown)] {
		text := t.Key
		if t.Title != "" {
			text += fmt.Sprintf(" %q", t.Title)
		}
		text += ", requested by " + orUnknown(t.Requester)
		basis := t.Origin.Basis
		switch a := t.Approval; {
		case a == nil:
			text += "; whether it was approved is not known"
		case a.Approved:
			text += "; approved by " + orUnknown(cmp.Or(a.Login, a.By)) + when(a.At)
			basis = evidence.Weakest(basis, a.Basis)
		default:
			text += "; not approved"
			basis = evidence.Weakest(basis, a.Basis)
		}
		all = append(all, Statement{"Ticket", text, basis, t.URL})
	}
	if len(all) == 0 {
		all = append(all, Statement{"Ticket", "none is known", evidence.Missing, ""})
	}
	return all
}

func when(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return " on " + instant(t)
}

func instant(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// author says who wrote lines.
func author(rec *evidence.Record, p evidence.AttributedRange) []Statement {
	switch p.Kind {
	case evidence.AuthorHuman:
		return []Statement{{"Written by", fmt.Sprintf("a person, %s, as %s says (%s)", p.Session, p.Method, p.Confidence), p.Basis, ""}}
	case evidence.AuthorUnattested:
		return []Statement{{"Written by", "nobody known: nothing says who wrote the line, " + committer(rec, p.Commit), evidence.Missing, ""}}
	case evidence.AuthorPreexisting:
		return []Statement{{"Written by", "an earlier change: the line is older and was moved here", evidence.Observed, ""}}
	}
	if s := session(rec, p); s != nil {
		one := run(rec, s)
		one.Topic, one.Text = "Written by", one.Text+fmt.Sprintf("; joined by %s (%s)", p.Method, p.Confidence)
		one.Basis = evidence.Weakest(one.Basis, p.Basis)
		return append([]Statement{one}, conflict(p)...)
	}
	text := "an agent"
	if p.Agent != "" {
		text = agents.Known().Name(p.Agent)
	}
	if p.Session != "" {
		text += ", session " + p.Session
	}
	text += fmt.Sprintf(", by %s (%s); no record of the run is kept", p.Method, p.Confidence)
	return append([]Statement{{"Written by", text, p.Basis, ""}}, conflict(p)...)
}

func conflict(p evidence.AttributedRange) []Statement {
	if !p.Conflict {
		return nil
	}
	return []Statement{{"But", "another claim names another author for the line", evidence.Reported, ""}}
}

// committer says who committed, which is no statement about who wrote.
func committer(rec *evidence.Record, id string) string {
	for i := range rec.Commits {
		if c := &rec.Commits[i]; c.ID == id {
			return fmt.Sprintf("the commit is %s's", cmp.Or(c.Login, c.Author.Name, "somebody"))
		}
	}
	return "its commit is not in the record"
}

// session returns the run to which a part is attributed, or nil.
func session(rec *evidence.Record, p evidence.AttributedRange) *evidence.Session {
	for i := range rec.Sessions {
		s := &rec.Sessions[i]
		if p.Kind == evidence.AuthorAI && s.ID == p.Session && s.ID != "" && (p.Agent == "" || s.Agent == p.Agent) {
			return s
		}
	}
	return nil
}

// run names an agent run.
func run(rec *evidence.Record, s *evidence.Session) Statement {
	text := strings.TrimSpace(agents.Known().Name(s.Agent) + " " + s.AgentVersion)
	if len(s.Models) > 0 {
		text += ", " + strings.Join(s.Models, " and ")
	}
	text += ", session " + cmp.Or(s.ID, "without an id") + when(s.Started)
	by := slices.IndexFunc(rec.Acting, func(a evidence.Acting) bool { return a.Agent == s.Agent && (a.Session == "" || a.Session == s.ID) })
	if by >= 0 {
		text += ", on the account of " + rec.Acting[by].Account
	}
	return Statement{"Agent run", text, s.Origin.Basis, ""}
}

func runs(rec *evidence.Record) (all []Statement) {
	joined := 0
	for i := range rec.Sessions {
		s := &rec.Sessions[i]
		if !rec.Joined(s) {
			continue
		}
		if joined++; joined <= shown {
			all = append(all, run(rec, s))
		}
	}
	switch {
	case joined == 0:
		return []Statement{{"Agent run", "none is recorded; that is no proof that none was", evidence.Missing, ""}}
	case joined > shown:
		all = append(all, Statement{"Agent run", fmt.Sprintf("and %d more", joined-shown), evidence.Reported, ""})
	}
	return all
}

// paths are the names of the file that the line is in.
func paths(rec *evidence.Record, spot ledger.Spot) []string {
	names := []string{spot.Path, spot.Part.OriginPath}
	for i := range rec.Files {
		if rec.Files[i].Path == spot.Path {
			names = append(names, rec.Files[i].OldPath)
		}
	}
	return names
}

// validated says what the run validated before and after it wrote to the file.
func validated(s *evidence.Session, names []string) Statement {
	var first, last time.Time
	for _, e := range s.Edits {
		if e.Time.IsZero() || !slices.Contains(names, e.Path) {
			continue
		}
		if first.IsZero() || e.Time.Before(first) {
			first = e.Time
		}
		if e.Time.After(last) {
			last = e.Time
		}
	}
	if first.IsZero() {
		return Statement{"Validated", unplaced(s), evidence.Weakest(s.Origin.Basis, evidence.Reported), ""}
	}
	var before, after []evidence.Command
	for _, c := range s.Commands {
		switch {
		case !c.Validates() || c.Started.IsZero():
		case c.Started.Before(first):
			before = append(before, c)
		case c.Started.After(last):
			after = append(after, c)
		}
	}
	return Statement{
		"Validated", "before: " + outcomes(before, "nothing") + "; after: " + outcomes(after, "nothing was run after the file was last edited"),
		evidence.Weakest(s.Origin.Basis, evidence.Reported), "",
	}
}

// unplaced is for runs whose edits have no times.
func unplaced(s *evidence.Session) string {
	n := s.CommandCounts
	if n.Validations == 0 {
		return "the run shows no validation"
	}
	return fmt.Sprintf("%d validations in the run, %d failed, %d masked; when the file was edited is not known", n.Validations, n.FailedValidations, n.MaskedValidations)
}

// outcomes says how validations ended, the last of each kind.
func outcomes(all []evidence.Command, none string) string {
	var texts, families []string
	for _, c := range slices.Backward(all) {
		if slices.Contains(families, c.Family) || len(texts) == shown {
			continue
		}
		text := c.Family + " " + word(c.Outcome)
		if c.Masked != "" {
			text += ", its status hidden by " + string(c.Masked)
		}
		families, texts = append(families, c.Family), append(texts, text+when(c.Started))
	}
	slices.Reverse(texts)
	return cmp.Or(strings.Join(texts, ", "), none)
}

func word(o evidence.CommandOutcome) string {
	if o == evidence.CommandUnknown {
		return "ended nobody knows how"
	}
	return string(o)
}

// repairs lists the validations that failed and were worked on.
func repairs(s *evidence.Session) Statement {
	var all []string
	for _, r := range s.Repairs[:min(len(s.Repairs), shown)] {
		text := fmt.Sprintf("%s failed %d times, then %s", r.Family, r.Attempts, word(r.Outcome))
		if r.Narrower {
			text += " (less was run)"
		}
		if r.EditedTests {
			text += " (tests were edited)"
		}
		all = append(all, text)
	}
	if len(all) == 0 {
		return Statement{"Repairs", "none is recorded", s.Origin.Basis, ""}
	}
	if more := len(s.Repairs) - len(all); more > 0 {
		all = append(all, fmt.Sprintf("and %d more", more))
	}
	return Statement{"Repairs", strings.Join(all, "; "), evidence.Weakest(s.Origin.Basis, evidence.Reported), ""}
}

// checks says how the checks of the head ended. Those that did not pass are named.
func checks(rec *evidence.Record) Statement {
	topic := "CI on " + evidence.ShortID(rec.Target.Head)
	if len(rec.Checks) == 0 {
		return Statement{topic, "no check is recorded", evidence.Missing, ""}
	}
	passed := 0
	var bad []string
	var bases []evidence.Basis
	for _, c := range rec.Checks {
		bases = append(bases, c.Origin.Basis)
		if c.Conclusion == evidence.ConclusionSuccess {
			passed++
			continue
		}
		bad = append(bad, c.Name+" "+cmp.Or(string(c.Conclusion), string(c.Status)))
	}
	text := fmt.Sprintf("%d of %d checks passed", passed, len(rec.Checks))
	if len(bad) > 0 {
		text += "; not passed: " + strings.Join(bad[:min(len(bad), shown)], ", ")
	}
	if len(bad) > shown {
		text += fmt.Sprintf(" and %d more", len(bad)-shown)
	}
	return Statement{topic, text, evidence.Weakest(bases...), ""}
}

// reviews says who reviewed, and what they saw.
func reviews(rec *evidence.Record) (all []Statement) {
	head := ""
	if rec.PullRequest != nil {
		head = rec.PullRequest.HeadTree
	}
	for _, v := range rec.Reviews {
		if v.State == "commented" || len(all) == shown {
			continue
		}
		saw := "a commit that is not recorded"
		switch {
		case v.Commit == rec.Target.Head && v.Commit != "":
			saw = "the head"
		case v.Tree != "" && v.Tree == head:
			saw = "the same tree as the head"
		case v.Commit != "":
			saw = "commit " + evidence.ShortID(v.Commit) + ", not the head"
		}
		all = append(all, Statement{"Reviewed", fmt.Sprintf("%s by %s%s, who saw %s", strings.ReplaceAll(string(v.State), "_", " "), orUnknown(v.Reviewer.Login), when(v.Submitted), saw), v.Origin.Basis, v.URL})
	}
	if len(all) == 0 {
		all = append(all, Statement{"Reviewed", "no approval and no request for changes is recorded", evidence.Missing, ""})
	}
	return all
}

// merge says who merged, how, and whether that is what was reviewed.
func merge(r *ledger.Record) Statement {
	rec := &r.Bundle.Record
	if p := rec.PullRequest; p != nil && p.Merge != nil {
		m := p.Merge
		text := fmt.Sprintf("by %s%s as %s", orUnknown(m.By.Login), when(m.At), evidence.ShortID(m.Commit))
		if m.Method != "" {
			text += " (" + string(m.Method) + ")"
		}
		return Statement{"Merged", text + residual(rec.Merged()), p.Origin.Basis, ""}
	}
	if l := r.Landed; l.Commit != "" {
		return Statement{"Merged", "as " + evidence.ShortID(l.Commit) + "; by whom is not in git", evidence.Observed, ""}
	}
	return Statement{"Merged", "whether it was merged is not recorded", evidence.Missing, ""}
}

func residual(merged string) string {
	switch merged {
	case evidence.MergedIdentical:
		return ", exactly the head"
	case evidence.MergedSamePatch, evidence.MergedSameLines:
		return ", the changes of the head on a newer base"
	case evidence.MergedResidual:
		return ", NOT what the head was: something was added or left out while merging"
	}
	return ", how that compares with the head is not known"
}

// later says what the change itself did to the line's surroundings afterwards.
func later(r *ledger.Record, spot ledger.Spot) (all []Statement) {
	for _, e := range r.Bundle.Assessment.Attribution.Later {
		if e.Path != spot.Path || !slices.ContainsFunc(e.Lines, func(x evidence.LineRange) bool { return spot.Line >= x.First && spot.Line <= x.Last }) {
			continue
		}
		text := fmt.Sprintf("%s by %s in %s of the same pull request", e.Action, strings.ReplaceAll(string(e.By), "-", " "), evidence.ShortID(e.Commit))
		if !e.Validated {
			text += "; no validation of a run is known to have passed since"
		}
		all = append(all, Statement{"Edited later", text, evidence.Reported, ""})
	}
	return all[:min(len(all), shown)]
}
