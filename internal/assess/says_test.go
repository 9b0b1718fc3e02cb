package assess

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/wording"
)

// Every text that a rule says has a template, which uses all of its arguments and
// no others; and every template is used by some case of some rule.
func TestTextsFitTheTable(t *testing.T) {
	said := map[string]bool{}
	note := func(all []evidence.Finding) {
		for _, f := range all {
			checkTexts(t, &f)
			for _, r := range f.Beside {
				f.Texts = append(f.Texts, r.Texts...)
			}
			for _, x := range within(f.Texts) {
				said[x.ID] = true
			}
		}
	}
	for _, id := range ruleIDs() {
		note(everyFinding(t, id))
	}
	for _, c := range rareFindings() {
		r := sound(t)
		c.change(r)
		note(Assess(r, Policy{}).Findings)
	}
	for _, c := range rareTexts() {
		for _, x := range within(c.texts) {
			said[x.ID] = true
		}
	}
	for _, id := range tableIDs(t) {
		if !said[id] {
			t.Errorf("no case of a rule says %s", id)
		}
	}
}

// tableIDs reads the ids of all texts from the source of the table: nothing but
// this test needs them.
func tableIDs(t *testing.T) (all []string) {
	t.Helper()
	source, err := os.ReadFile("../wording/table.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range regexp.MustCompile(`(?m)^\t"([a-z.-]+)": +"`).FindAllStringSubmatch(string(source), -1) {
		all = append(all, row[1])
	}
	if len(all) < len(ruleIDs()) {
		t.Fatalf("only %d texts in the table", len(all))
	}
	return all
}

// everyFinding returns what all rules find in the cases of one of them.
func everyFinding(t *testing.T, id string) (all []evidence.Finding) {
	t.Helper()
	a, err := txtar.ParseFile(filepath.Join(rulesDir, id+".txtar"))
	if err != nil {
		t.Fatal(err)
	}
	common, cases := cut(a.Files)
	for _, c := range cases {
		set, err := soundSet(t).With(slices.Concat(common, c[1:])...)
		if err != nil {
			t.Fatal(err)
		}
		r, err := set.Record()
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, Assess(r, policyOf(set)).Findings...)
	}
	return all
}

func checkTexts(t *testing.T, f *evidence.Finding) {
	t.Helper()
	texts := f.Texts
	for _, r := range f.Beside {
		texts = slices.Concat(texts, r.Texts)
	}
	if _, err := wording.Parts(f.Times, texts...); err != nil {
		t.Errorf("%s: %v", f.Rule, err)
	}
	for _, x := range texts {
		rule, _, _ := strings.Cut(x.ID, ".")
		if rule != f.Rule && !slices.Contains(f.Also, rule) {
			t.Errorf("a finding of %s says %s, which is a text of another rule", f.Rule, x.ID)
		}
	}
	if f.Message == "" || f.Message != wording.Plain(wording.Finding(f)) {
		t.Errorf("%s has the message %q", f.Rule, f.Message)
	}
}

// within returns texts with those in their arguments.
func within(texts []evidence.Text) (all []evidence.Text) {
	for next := slices.Clone(texts); len(next) > 0; {
		x := next[0]
		all, next = append(all, x), next[1:]
		for _, a := range x.Arguments {
			next = append(next, a.Texts...)
		}
	}
	return all
}

// rareFinding is a change of the sound record, and what is said about it.
type rareFinding struct {
	change func(*evidence.Record)
	want   string
}

// rareFindings say what the scripts of the rules do not.
func rareFindings() map[string]rareFinding {
	ran := func(family string, class evidence.CommandClass, o evidence.CommandOutcome, m evidence.Mask) evidence.Command {
		return evidence.Command{Line: family, Family: family, Class: class, Outcome: o, Masked: m, Started: at(25)}
	}
	return map[string]rareFinding{
		"several runs that nothing joins": {func(r *evidence.Record) {
			r.Claims, r.Sessions = nil, []evidence.Session{{Origin: reported(), ID: "x"}, {Origin: reported(), ID: "y"}}
		}, "nothing joins the 2 recorded agent runs with the change"},
		"approval of an unknown commit": {func(r *evidence.Record) { r.Reviews[0].Commit = "" }, "which commit “linus” approved is not known"},
		"sandbox left": {func(r *evidence.Record) {
			r.Sessions[0].Drift = []evidence.Drift{{Kind: evidence.DriftSandbox, Name: "Bash", Count: 1}}
		}, "an agent left its sandbox for single calls (“Bash”)"},
		"hosts kept from": {func(r *evidence.Record) {
			r.Sessions[0].Boundaries = []evidence.Boundary{{BlockedHosts: []string{"a.example", "b.example"}}}
		}, "the agent was kept from reaching “a.example”, “b.example”"},
		"two files that judge": {func(r *evidence.Record) {
			r.Files = append(r.Files, file(".github/workflows/a.yml", 2), file(".github/workflows/b.yml", 2))
		}, "workflow edited, what changed was not read: “.github/workflows/a.yml”, “.github/workflows/b.yml”"},
		"masked in two kinds": {func(r *evidence.Record) {
			r.Sessions[0].Commands = []evidence.Command{ran("go test", evidence.ClassTest, evidence.CommandUnknown, evidence.MaskPipe), ran("go vet", evidence.ClassLint, evidence.CommandUnknown, evidence.MaskOr)}
		}, "the linter: result unknown, “|| true” hides the exit status: “go vet”"},
		"said to build": {func(r *evidence.Record) {
			r.Sessions[0].Commands = append(r.Sessions[0].Commands, ran("make", evidence.ClassBuild, evidence.CommandFailed, ""))
			r.Sessions[0].Assurances = []evidence.Assurance{{Kind: evidence.StatesBuildPass}}
		}, "an agent's last message says that it builds; the last “make” run failed"},
		"said to pass": {func(r *evidence.Record) {
			r.Suites = []evidence.Suite{{Origin: reported(), Counts: evidence.Counts{Total: 1200, Passed: 1199, Failed: 1}}}
			r.Sessions[0].Assurances = []evidence.Assurance{{Kind: evidence.StatesTestsPass}}
		}, "an agent's last message says that tests pass; 1 of 1,200 tests in “r.xml” failed"},
	}
}

func TestRareFindings(t *testing.T) {
	for name, c := range rareFindings() {
		t.Run(name, func(t *testing.T) {
			r := sound(t)
			c.change(r)
			var said []string
			for _, f := range Assess(r, Policy{}).Findings {
				said = append(said, f.Message)
			}
			if !slices.Contains(said, c.want) {
				t.Errorf("it says %q, and not %q", said, c.want)
			}
		})
	}
}

// rareText is texts, and their words.
type rareText struct {
	texts []evidence.Text
	want  string
}

func rareTexts() []rareText {
	later := func(a evidence.LaterAction, by evidence.LaterBy, validated bool) []evidence.Text {
		return laterTexts(&evidence.LaterEdit{Action: a, By: by, Validated: validated})
	}
	masked := func(m evidence.Mask) []evidence.Text { return []evidence.Text{hider(m)} }
	ended := func(s evidence.CheckStatus, c evidence.Conclusion) []evidence.Text {
		return []evidence.Text{ending(evidence.Check{Status: s, Conclusion: c})}
	}
	says := func(s assurance) []evidence.Text { return []evidence.Text{s.says()} }
	return []rareText{
		{later(evidence.LaterReplaced, evidence.LaterByHuman, true), "agent-written lines replaced by a later commit, by a person on record; a validation passed since"},
		{later(evidence.LaterInserted, evidence.LaterByOtherRun, false), "lines inserted into agent-written ones by a later commit, by another agent run; no validation is known to have passed since"},
		{later(evidence.LaterDeleted, evidence.LaterBySomeRun, true), "agent-written lines deleted by a later commit, by some agent run; a validation passed since"},
		{later(evidence.LaterDeleted, "", true), "agent-written lines deleted by a later commit, author unknown; a validation passed since"},
		{masked(evidence.MaskPipe), "a pipe"},
		{masked(evidence.MaskOr), "“|| true”"},
		{masked(evidence.MaskSequence), "a command after it"},
		{masked(evidence.MaskBackground), "the background"},
		{masked("a_subshell"), "a subshell"},
		{ended(evidence.CheckCompleted, ""), "ended without a conclusion"},
		{ended(evidence.CheckCompleted, evidence.ConclusionTimedOut), "ended as timed out"},
		{ended(evidence.CheckInProgress, ""), "has not finished (in progress)"},
		{[]evidence.Text{breakage("lost")}, "lost"},
		{says(assurance{kind: "is-fast", agent: true}), "an agent's last message says “is-fast”"},
		{says(assurance{kind: evidence.StatesFilesChanged, description: true}), "the description names changed files"},
		{says(assurance{kind: evidence.StatesFilesChanged, agent: true, description: true}), "an agent's last message and the description name changed files"},
	}
}

func TestRareTexts(t *testing.T) {
	for _, c := range rareTexts() {
		parts, err := wording.Parts(1, c.texts...)
		if got := wording.Plain(parts); got != c.want || err != nil {
			t.Errorf("%q, %v; want %q", got, err, c.want)
		}
	}
}

// Every rule whose findings can stand in a title has words for it.
func TestHeadlines(t *testing.T) {
	for _, r := range Rules() {
		if h := wording.Headline(&evidence.Finding{Rule: r.ID}); r.Level != evidence.LevelNote && (h == "" || len(h) > 60) {
			t.Errorf("%s has the headline %q", r.ID, h)
		}
	}
	for _, id := range ruleIDs() {
		for _, f := range everyFinding(t, id) {
			if h := wording.Headline(&f); strings.ContainsAny(h, "{}[]") || strings.Contains(h, "“") || h == "" && f.Level != evidence.LevelNote {
				t.Errorf("%s has the headline %q", f.Rule, h)
			}
		}
	}
}
