package assess

import (
	"strings"
	"time"

	"github.com/mergebrief/mergebrief/internal/classify"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

// finalRun is a run of a validation, with its place in the record.
type finalRun struct {
	*evidence.Command
	session, command int
	basis            evidence.Basis
}

// finalRuns returns the last run of each family of validations over all agent
// runs, in the order of their classes. Runs over code that is not the change do not
// count, and a failure or an unknown end that a later pass of the same kind cleared
// is cleared.
func (f *facts) finalRuns() []finalRun {
	var all []finalRun
	last := map[string]int{}
	for i, s := range f.runs() {
		for k := range s.Commands {
			c := &s.Commands[k]
			if !c.Validates() || c.Outcome == evidence.CommandNotRun || ofOtherCode(c) {
				continue
			}
			run := finalRun{c, i, k, s.Origin.Basis}
			n, seen := last[c.Family]
			switch {
			case !seen:
				last[c.Family] = len(all)
				all = append(all, run)
			case !f.before(run, all[n]):
				all[n] = run
			}
		}
	}
	return all
}

// before reports whether a run came before another: by their times, else by their
// place in the session, else by the times of the sessions.
func (f *facts) before(a, b finalRun) bool {
	switch {
	case !a.Started.IsZero() && !b.Started.IsZero():
		return a.Started.Before(b.Started)
	case a.session == b.session:
		return a.command < b.command
	}
	return f.Sessions[a.session].Started.Before(f.Sessions[b.session].Started)
}

// open returns the last runs of a class that ended in a way and that nothing later
// cleared.
func (f *facts) open(class evidence.CommandClass, is func(*evidence.Command) bool) (all []finalRun) {
	for _, run := range f.finalRuns() {
		if run.Class == class && is(run.Command) && !f.cleared(run) {
			all = append(all, run)
		}
	}
	return all
}

// cleared reports whether a run that did not pass was followed by a pass of the
// same kind: of the same command, or of one that stands for all of its kind, such
// as a task of make. One that passed after the last edit clears an unknown end,
// too, whichever came first.
func (f *facts) cleared(run finalRun) bool {
	for i, s := range f.runs() {
		for k := range s.Commands {
			c := &s.Commands[k]
			// What tests ran on was built.
			same := c.Class == run.Class || run.Class == evidence.ClassBuild && c.Class == evidence.ClassTest
			if !same || c.Outcome != evidence.CommandOK || ofOtherCode(c) || c.Family != run.Family && !task(c.Family) && !sameTool(c, run.Command) {
				continue
			}
			pass := finalRun{c, i, k, s.Origin.Basis}
			if f.before(run, pass) && (c.Masked == "" || c.ExitBasis == evidence.ExitText) {
				return true
			}
			if run.Outcome == evidence.CommandUnknown && f.afterAllEdits(c.Started) {
				return true
			}
		}
	}
	return false
}

// afterAllEdits reports whether nothing of the change was edited after a moment, as
// far as edits have times.
func (f *facts) afterAllEdits(at time.Time) bool {
	if at.IsZero() {
		return false
	}
	for _, s := range f.runs() {
		if s.EditsOmitted > 0 {
			return false
		}
		for _, e := range s.Edits {
			if f.lines.inChange(e.Path) && !classify.IsDoc(e.Path) && !e.Time.Before(at) {
				return false
			}
		}
	}
	return true
}

// sameTool reports whether tests were run with the tool that had built.
func sameTool(test, build *evidence.Command) bool {
	a, _, _ := strings.Cut(test.Family, " ")
	b, _, _ := strings.Cut(build.Family, " ")
	return a == b && test.Class == evidence.ClassTest && build.Class == evidence.ClassBuild
}

// task reports whether a family is a task of a project that runs the tools of its
// kind.
func task(family string) bool {
	tool, _, _ := strings.Cut(family, " ")
	switch tool {
	case "make", "mise", "just", "task", "npm", "pnpm", "yarn", "bun", "tox", "nox", "hatch", "rake", "gradle", "gradlew", "./gradlew", "mvn", "mvnw", "./mvnw", "bazel", "turbo", "nx":
		return true
	}
	return false
}

// ofOtherCode reports whether a command looked at code that is not the change: what
// was set aside by git stash, or another worktree.
func ofOtherCode(c *evidence.Command) bool {
	at := strings.Index(c.Line, "git stash")
	if at < 0 {
		at = strings.Index(c.Line, "git worktree add")
	}
	if at < 0 {
		return false
	}
	rest := c.Line[at:]
	return !strings.HasPrefix(rest, "git stash pop") && !strings.HasPrefix(rest, "git stash apply") && !strings.HasPrefix(rest, "git stash list") && !strings.HasPrefix(rest, "git stash drop")
}

// kindOfValidation says in words what a class of validations does.
func kindOfValidation(class evidence.CommandClass) evidence.Text {
	return part("kind." + string(class))
}

// validationClasses are the classes of validations, the most telling first.
var validationClasses = []evidence.CommandClass{evidence.ClassTest, evidence.ClassBuild, evidence.ClassTypecheck, evidence.ClassLint, evidence.ClassFormat}

// editsSince counts the edits of files of the change after a run, documentation
// aside; no number where times are not known.
func (f *facts) editsSince(run finalRun) int {
	if run.Started.IsZero() {
		return 0
	}
	n := 0
	for _, s := range f.runs() {
		for _, e := range s.Edits {
			if f.lines.inChange(e.Path) && !classify.IsDoc(e.Path) && e.Time.After(run.Started) {
				n++
			}
		}
	}
	return n
}
