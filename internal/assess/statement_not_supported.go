package assess

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/mergebrief/mergebrief/internal/classify"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

var statementNotSupported = Rule{
	ID: "statement-not-supported", Level: evidence.LevelNote,
	Sees:   "Statements in the last message of an agent and in the description of the pull request that evidence can support or contradict: that tests, linters or builds pass, that tests were added, how many, that the interface is unchanged, which files changed. A number of tests is contradicted only where it is said of all, every run on record has a number, and none is as large. At most three, those that something contradicts first, as warnings.",
	Why:    "Reviewers rely on such sentences. Whether something in the record bears them out is a matter of the record, and says nothing about whoever wrote them.",
	Accept: "Add the evidence, or change the sentence.",
	check:  weighAssurances,
}

// maxAssurances is how many assurances are set against the evidence in the
// open: a list of every sentence would be read as an accusation.
const maxAssurances = 3

// assurance is one thing that was said, in one or more places.
type assurance struct {
	kind  evidence.AssuranceKind
	paths []string
	// Numbers of tests, and whether they are said to be all.
	counts []evidence.Assurance
	// Whether an agent says so, and the description.
	agent, description bool

	facts []evidence.Ref
	bases []evidence.Basis
}

// weighed is what the record says about an assurance.
type weighed struct {
	supported, contradicted bool
	// What contradicts it, or what is not there.
	because evidence.Text
	facts   []evidence.Ref
	bases   []evidence.Basis
}

func weighAssurances(f *facts) []found {
	type result struct {
		assurance
		weighed
	}
	var open []result
	for _, s := range f.assurances() {
		if w := f.weigh(s); !w.supported {
			open = append(open, result{s, w})
		}
	}
	slices.SortStableFunc(open, func(a, b result) int {
		order := map[bool]int{true: 0, false: 1}
		return cmp.Compare(order[a.contradicted], order[b.contradicted])
	})
	var all []found
	for _, r := range open[:min(len(open), maxAssurances)] {
		x := found{
			about: string(r.kind), says: []evidence.Text{r.says(), r.because}, beside: []evidence.Text{r.says()},
			facts: append(r.assurance.facts, r.weighed.facts...), bases: append(r.assurance.bases, r.weighed.bases...),
		}
		if r.contradicted {
			x.level = evidence.LevelWarning
		}
		all = append(all, x)
	}
	return all
}

// assurances collects what was said, the same of several places once.
func (f *facts) assurances() []assurance {
	var all []assurance
	add := func(list []evidence.Assurance, said func(*assurance) *bool, within evidence.Ref, b evidence.Basis) {
		for k, x := range list {
			i := slices.IndexFunc(all, func(s assurance) bool { return s.kind == x.Kind })
			if i < 0 {
				i = len(all)
				all = append(all, assurance{kind: x.Kind})
			}
			s := &all[i]
			if by := said(s); !*by {
				*by, s.bases = true, append(s.bases, b)
			}
			s.paths = append(s.paths, x.Paths...)
			if x.Count > 0 {
				s.counts = append(s.counts, x)
			}
			s.facts = append(s.facts, within.In(evidence.ListStatements, k))
		}
	}
	for i, s := range f.runs() {
		add(s.Assurances, func(s *assurance) *bool { return &s.agent }, evidence.RefTo(evidence.ListSessions, i), s.Origin.Basis)
	}
	if p := f.PullRequest; p != nil {
		add(p.Assurances, func(s *assurance) *bool { return &s.description }, evidence.RefToAll(evidence.ListPullRequest), p.Origin.Basis)
	}
	return all
}

func (s assurance) says() evidence.Text {
	speaker := asParts("speaker", s.speaker("speaker.agent", "speaker.description", "speaker.both"))
	switch s.kind {
	case evidence.StatesTestsPass:
		return part("statement-not-supported.tests-pass", speaker)
	case evidence.StatesLintPass:
		return part("statement-not-supported.lint-pass", speaker)
	case evidence.StatesBuildPass:
		return part("statement-not-supported.build-pass", speaker)
	case evidence.StatesTestsAdded:
		return part("statement-not-supported.tests-added", speaker)
	case evidence.StatesNoAPIChange:
		return part("statement-not-supported.no-api-change", speaker)
	case evidence.StatesFilesChanged:
		return part("statement-not-supported.files-changed", asParts("speaker", s.speaker("namer.agent", "namer.description", "namer.both")))
	}
	return part("statement-not-supported.other", speaker, asName("statement", string(s.kind)))
}

func (s assurance) speaker(agent, description, both string) evidence.Text {
	switch {
	case s.agent && s.description:
		return part(both)
	case s.agent:
		return part(agent)
	}
	return part(description)
}

// weigh sets an assurance against the record. What the record does not show is
// not contradicted by that.
func (f *facts) weigh(s assurance) weighed {
	switch s.kind {
	case evidence.StatesTestsPass:
		return f.weighCounts(s, f.weighClasses(evidence.ClassTest))
	case evidence.StatesLintPass:
		return f.weighClasses(evidence.ClassLint)
	case evidence.StatesBuildPass:
		return f.weighClasses(evidence.ClassBuild, evidence.ClassTypecheck)
	case evidence.StatesTestsAdded:
		return f.weighTestsAdded(s)
	case evidence.StatesFilesChanged:
		return f.weighPaths(s.paths)
	}
	return weighed{because: part("statement-not-supported.cannot-show")}
}

// weighClasses looks for a failure, then for a pass: checks of the head first,
// then result files, then the last commands of the agents.
func (f *facts) weighClasses(classes ...evidence.CommandClass) weighed {
	w := f.weighChecks(classes)
	if slices.Contains(classes, evidence.ClassTest) {
		f.weighSuites(&w)
	}
	for _, run := range f.finalRuns() {
		if slices.Contains(classes, run.Class) {
			failed := run.Outcome == evidence.CommandFailed && !f.cleared(run)
			w.add(failed, run.Outcome == evidence.CommandOK, part("statement-not-supported.command-failed", asName("command", run.Family)), evidence.RefTo(evidence.ListSessions, run.session).In(evidence.ListCommands, run.command), run.basis)
		}
	}
	switch {
	case w.contradicted:
		w.supported = false
	case !w.supported:
		w.because = part("statement-not-supported.not-shown")
	}
	return w
}

// add notes one more fact. The first failure is the one that is told.
func (w *weighed) add(failed, passed bool, because evidence.Text, fact evidence.Ref, b evidence.Basis) {
	if failed && !w.contradicted {
		w.contradicted, w.because = true, because
		w.facts, w.bases = append(w.facts, fact), append(w.bases, b)
	}
	w.supported = w.supported || passed
}

func (f *facts) weighChecks(classes []evidence.CommandClass) (w weighed) {
	for i, c := range f.Checks {
		if slices.ContainsFunc(classes, func(class evidence.CommandClass) bool { return classify.Validates(c, class) }) {
			w.add(c.Failed(), c.Conclusion == evidence.ConclusionSuccess && !c.Definition.OfChange(), part("statement-not-supported.check-failed", asName("check", c.Name), asParts("ending", ending(c))), evidence.RefTo(evidence.ListChecks, i), c.Origin.Basis)
		}
	}
	return w
}

func (f *facts) weighSuites(w *weighed) {
	for i, s := range f.Suites {
		suite := asName("suite", suiteName(s))
		because := part("statement-not-supported.suite-failed", asCount("failed", s.Counts.Bad()), asCount("total", s.Counts.Total), suite)
		if len(s.Broken) > 0 {
			because = part("statement-not-supported.suite-broken", suite)
		}
		w.add(s.Counts.Bad()+len(s.Broken) > 0, s.Counts.Passed > 0, because, evidence.RefTo(evidence.ListSuites, i), s.Origin.Basis)
	}
}

// weighPaths looks for files that were named and that the change does not touch.
// Names are compared from their end: messages shorten paths.
func (f *facts) weighPaths(paths []string) weighed {
	var absent []string
	for _, name := range paths {
		if !slices.Contains(absent, name) && !slices.ContainsFunc(f.Files, func(file evidence.File) bool { return endsIn(file.Path, name) || endsIn(file.OldPath, name) }) {
			absent = append(absent, name)
		}
	}
	if len(absent) == 0 {
		return weighed{supported: true}
	}
	return weighed{because: part("statement-not-supported.not-changed", asNames("files", absent))}
}

func endsIn(file, name string) bool {
	name = strings.TrimPrefix(path.Clean(name), "./")
	return file == name || strings.HasSuffix(file, "/"+name) || strings.HasSuffix(name, "/"+file)
}
