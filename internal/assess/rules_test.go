package assess

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/specimen"
)

var update = flag.Bool("update", false, "rewrite the messages in testdata/rules")

const (
	// rulesDir has a script for each rule. It is an archive: a comment that says
	// what the rule looks for; files that all cases have beside those of
	// sound.txtar; and the cases. A section "case NAME" holds what is wanted, the
	// sections after it are what is different in the case.
	//
	// What is wanted is "nothing", or a line "LEVEL: MESSAGE" for each finding of the
	// rule, each followed by a line "  at PATH:FIRST-LAST" for each of its places.
	// With -update, only messages are rewritten.
	rulesDir = "testdata/rules"
	caseMark = "case "
	nothing  = "nothing"
)

// Every rule has a script, and every script a case in which the rule finds
// something and one in which it does not.
func TestRules(t *testing.T) {
	scripts, err := filepath.Glob(filepath.Join(rulesDir, "*.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	for i, file := range scripts {
		scripts[i] = strings.TrimSuffix(filepath.Base(file), ".txtar")
	}
	for _, id := range ruleIDs() {
		if !slices.Contains(scripts, id) {
			t.Errorf("rule %s has no script in %s", id, rulesDir)
		}
	}
	for _, id := range scripts {
		if !slices.Contains(ruleIDs(), id) {
			t.Errorf("%s.txtar is the script of no rule", id)
			continue
		}
		t.Run(id, func(t *testing.T) { runScript(t, id) })
	}
}

func runScript(t *testing.T, id string) {
	t.Helper()
	file := filepath.Join(rulesDir, id+".txtar")
	a, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if len(strings.TrimSpace(string(a.Comment))) == 0 {
		t.Error("the script does not say what the rule looks for")
	}
	common, cases := cut(a.Files)
	set, err := soundSet(t).With(common...)
	if err != nil {
		t.Fatal(err)
	}
	var finds, silent, changed bool
	names := map[string]bool{}
	for _, c := range cases {
		name := strings.TrimPrefix(c[0].Name, caseMark)
		t.Run(name, func(t *testing.T) {
			if names[name] {
				t.Fatal("two cases have this name")
			}
			names[name] = true
			want := string(c[0].Data)
			finds, silent = finds || want != nothing+"\n", silent || want == nothing+"\n"
			got := caseFindings(t, id, set, c[1:])
			if *update && mayUpdate(want, got) && want != got {
				c[0].Data, changed = []byte(got), true
				return
			}
			if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	if !finds || !silent {
		t.Errorf("a case that finds something: %t, one that does not: %t", finds, silent)
	}
	if changed {
		if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// cut divides the files of a script into those of all cases, and the cases, each
// with its own. The slices share the memory of files.
func cut(files []txtar.File) (common []txtar.File, cases [][]txtar.File) {
	isCase := func(f txtar.File) bool { return strings.HasPrefix(f.Name, caseMark) }
	first := slices.IndexFunc(files, isCase)
	if first < 0 {
		return files, nil
	}
	common, files = files[:first], files[first:]
	for len(files) > 0 {
		next := slices.IndexFunc(files[1:], isCase) + 1
		if next == 0 {
			next = len(files)
		}
		cases, files = append(cases, files[:next:next]), files[next:]
	}
	return common, cases
}

// message matches the text of a finding in what is wanted.
var message = regexp.MustCompile(`(?m)^(error|warning|note): .*$`)

// mayUpdate reports whether two texts differ in nothing but messages: levels,
// places and the number of findings are changed by hand, or not at all.
func mayUpdate(want, got string) bool {
	return want != "" && message.ReplaceAllString(want, "$1") == message.ReplaceAllString(got, "$1")
}

// caseFindings returns what the rule finds, in the form in which it is wanted.
func caseFindings(t *testing.T, id string, set specimen.Set, files []txtar.File) string {
	t.Helper()
	set, err := set.With(files...)
	if err != nil {
		t.Fatal(err)
	}
	r, err := set.Record()
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for _, f := range Assess(r, policyOf(set)).Findings {
		checkFacts(t, r, f)
		if f.Rule != id && !slices.Contains(f.Also, id) {
			continue
		}
		fmt.Fprintf(&out, "%s: %s\n", f.Level, f.Message)
		for _, s := range f.Spans {
			fmt.Fprintf(&out, "  at %s:%d-%d\n", s.Path, s.First, s.Last)
		}
	}
	if out.Len() == 0 {
		return nothing + "\n"
	}
	return out.String()
}

// policyOf returns the policy of a set as a run would apply it on a day.
func policyOf(set specimen.Set) Policy {
	data, _ := set.File(specimen.PolicyFile)
	p, err := ParsePolicy(PolicyPath, data, "2026-11-20")
	if err != nil {
		p.Broken = err.Error()
	}
	return p
}

// ofAgents finds what is said of an agent's doings.
var ofAgents = regexp.MustCompile(`\b(the|an) agent\b|AI-written`)

// Findings rest on facts that are in the record, unless they are about
// something that is not.
func checkFacts(t *testing.T, r *evidence.Record, f evidence.Finding) {
	t.Helper()
	if len(f.Facts) == 0 && !f.Gap && f.Rule != "required-check-not-passed" {
		t.Errorf("%s rests on nothing", f.Rule)
	}
	for _, r := range append(f.Beside, evidence.Remark{Message: f.Message, Basis: f.Basis}) {
		if ofAgents.MatchString(r.Message) && r.Basis == evidence.Observed {
			t.Errorf("%q says what an agent did, which nobody observed", r.Message)
		}
	}
	for _, p := range f.Facts {
		if !resolves(t, r, p) {
			t.Errorf("%s rests on %s, which is not in the record", f.Rule, p)
		}
	}
}

// An update takes new words, and nothing else.
func TestMayUpdate(t *testing.T) {
	for name, c := range map[string]struct {
		want, got string
		may       bool
	}{
		"other words":    {"note: a\n  at x:1-2\n", "note: b\n  at x:1-2\n", true},
		"another level":  {"note: a\n", "error: a\n", false},
		"another place":  {"note: a\n  at x:1-2\n", "note: a\n  at x:1-3\n", false},
		"one more":       {"note: a\n", "note: a\nnote: b\n", false},
		"found no more":  {"note: a\n", "nothing\n", false},
		"newly found":    {"nothing\n", "note: a\n", false},
		"nothing wanted": {"", "note: a\n", false},
	} {
		t.Run(name, func(t *testing.T) {
			if may := mayUpdate(c.want, c.got); may != c.may {
				t.Errorf("may be updated: %t, want %t", may, c.may)
			}
		})
	}
}
