package cli

import (
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/mergebrief/mergebrief/internal/assess"
	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/git"
	"github.com/mergebrief/mergebrief/internal/pipeline"
	"github.com/mergebrief/mergebrief/internal/redact"
)

// replayOptions are the flags of replay.
type replayOptions struct {
	repo, policy, failOn string
	most                 int
	asJSON               bool
}

func (c *Command) replay() *cobra.Command {
	var o replayOptions
	cmd := &cobra.Command{
		Use:   "replay RANGE",
		Short: "tell what the gate would have said about merges of the past",
		Long: `Judges every merge and every squashed commit of a range, as A..B, by what git
holds: the change itself, git notes and trailers. Checks, reviews and tickets
are on GitHub and not in git; what a policy asks about them is left out. Without
--policy, the policy at the end of the range applies, else the preset "review".`,
		Example: "  mergebrief replay v1.0..main\n  mergebrief replay --repo ../shop --policy strict.yml --json HEAD~50..HEAD",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.runReplay(cmd.Context(), o, args[0])
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.repo, "repo", ".", "folder of the git repository")
	f.StringVar(&o.policy, "policy", "", "policy file to try (default: "+assess.PolicyPath+" at the end of the range)")
	f.StringVar(&o.failOn, "fail-on", "", "level from which on findings fail: warning or error (default: as the policy says)")
	f.IntVar(&o.most, "max", 200, "number of merges to look at, the latest ones")
	f.BoolVar(&o.asJSON, "json", false, "print JSON")
	return cmd
}

// replayed is one merge and what the gate would have said. It is what replay
// --json prints.
type replayed struct {
	Commit  string `json:"commit"`
	Subject string `json:"subject"`
	// Number in the subject, where the merge button of GitHub writes it.
	PullRequest int                 `json:"pull_request,omitempty"`
	Merged      time.Time           `json:"merged"`
	Base        string              `json:"base"`
	Head        string              `json:"head"`
	Conclusion  string              `json:"conclusion"`
	Verdict     string              `json:"verdict"`
	Recorded    evidence.Traced     `json:"recorded"`
	Lines       evidence.LineCounts `json:"lines"`
	Findings    []replayedFinding   `json:"findings"`
	Missing     []string            `json:"missing,omitempty"`
}

type replayedFinding struct {
	ID      string         `json:"id"`
	Rule    string         `json:"rule"`
	Level   evidence.Level `json:"level"`
	Message string         `json:"message"`
}

func (c *Command) runReplay(ctx context.Context, o replayOptions, span string) error {
	if !slices.Contains([]string{"", "warning", "error"}, o.failOn) {
		return misuse("", "--fail-on: %q is not allowed (allowed: warning, error)", o.failOn)
	}
	repo, err := git.Open(ctx, o.repo, git.Options{})
	if err != nil {
		return misuse("name the folder of a git repository with --repo", "%w", err)
	}
	defer repo.Close()
	merges, last, err := landed(ctx, repo, span)
	if err != nil {
		return err
	}
	policy, err := c.replayPolicy(ctx, repo, o, last)
	if err != nil {
		return err
	}
	if n := len(merges) - o.most; n > 0 && o.most > 0 {
		say(c.Stderr, "mergebrief: the range has %d merges, these are the latest %d (--max)\n", len(merges), o.most)
		merges = merges[n:]
	}
	all := make([]replayed, 0, len(merges))
	told := time.Now()
	for i, m := range merges {
		if time.Since(told) > time.Second {
			told = time.Now()
			say(c.Stderr, "mergebrief: %d of %d\n", i, len(merges))
		}
		one, err := replayMerge(ctx, repo, m, policy)
		if err != nil {
			return fail("", "%s: %w", m.ID, err)
		}
		all = append(all, one)
	}
	return c.printReplay(all, o.asJSON)
}

// landed returns what came onto the branch in a range, the oldest first: the
// commits on the way along first parents. It also returns the last of them.
func landed(ctx context.Context, repo *git.Repo, span string) ([]evidence.Commit, string, error) {
	from, to, ok := strings.Cut(span, "..")
	if !ok || from == "" || strings.HasPrefix(to, ".") {
		return nil, "", misuse("write it as v1.0..main", "%q is no range of commits", span)
	}
	if to == "" {
		to = "HEAD"
	}
	first, err := repo.Resolve(ctx, from)
	if err != nil {
		return nil, "", misuse("name commits of this repository", "%w", err)
	}
	last, err := repo.Resolve(ctx, to)
	if err != nil {
		return nil, "", misuse("name commits of this repository", "%w", err)
	}
	commits, err := repo.Commits(ctx, first, last)
	if err != nil {
		return nil, "", fail("", "%w", err)
	}
	at := make(map[string]int, len(commits))
	for i := range commits {
		at[commits[i].ID] = i
	}
	var out []evidence.Commit
	for i, known := at[last]; known && len(commits[i].Parents) > 0; i, known = at[commits[i].Parents[0]] {
		out = append(out, commits[i])
	}
	slices.Reverse(out)
	return out, last, nil
}

// replayPolicy returns the policy to try, without what git alone cannot answer.
func (c *Command) replayPolicy(ctx context.Context, repo *git.Repo, o replayOptions, last string) (assess.Policy, error) {
	name, read := assess.PolicyPath, func() ([]byte, error) { return repo.Blob(ctx, last, assess.PolicyPath, maxPolicyBytes) }
	if o.policy != "" {
		name, read = o.policy, func() ([]byte, error) { return readBounded(o.policy) }
	}
	data, err := read()
	if evidence.ReasonOf(err, "") == evidence.NotFound && o.policy == "" {
		say(c.Stderr, "mergebrief: there is no %s, so the preset \"review\" is tried\n", assess.PolicyPath)
		data, err = []byte("preset: review\n"), nil
	}
	if err != nil {
		return assess.Policy{}, err
	}
	p, err := assess.ParsePolicy(name, data, today())
	if err != nil {
		return p, misuse("mergebrief policy schema prints what is allowed", "%w", err)
	}
	if o.failOn != "" {
		p.FailOn = o.failOn
	}
	var left []string
	if p, left = p.OfflineOnly(); len(left) > 0 {
		say(c.Stderr, "mergebrief: not looked at, since git does not hold it: %s\n", strings.Join(left, ", "))
	}
	return p, nil
}

// pastBundle makes the bundle of a merge of the past, of what git holds.
func pastBundle(ctx context.Context, repo *git.Repo, m evidence.Commit, policy assess.Policy) (*evidence.Bundle, error) {
	t := evidence.Target{Repository: repositoryOf(repo.RemoteURL(ctx)), Base: m.Parents[0], Head: m.ID, MergeBase: m.Parents[0]}
	if len(m.Parents) > 1 {
		t.Head, t.MergeBase = m.Parents[1], ""
		bases, err := repo.MergeBases(ctx, t.Base, t.Head)
		if err != nil {
			return nil, err
		}
		if len(bases) > 0 {
			t.MergeBase = bases[0]
		}
	}
	rec := pipeline.Change{Target: t, Redactor: redact.New(nil), Repo: repo}.Record(ctx)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return &evidence.Bundle{Schema: evidence.SchemaURI, Collector: collector(), Record: *rec, Assessment: assess.Assess(rec, policy)}, nil
}

func replayMerge(ctx context.Context, repo *git.Repo, m evidence.Commit, policy assess.Policy) (replayed, error) {
	b, err := pastBundle(ctx, repo, m, policy)
	if err != nil {
		return replayed{}, err
	}
	t, rec, a := b.Record.Target, &b.Record, b.Assessment
	out := replayed{
		Commit: m.ID, Subject: m.Subject, PullRequest: pullNumber(m.Subject), Merged: m.Committed, Base: t.Base, Head: t.Head,
		Conclusion: string(a.Verdict.Conclusion), Verdict: a.Verdict.Title, Recorded: a.Traced, Lines: a.Attribution.Lines, Findings: []replayedFinding{},
	}
	for _, f := range a.Findings {
		if f.Accepted == nil {
			out.Findings = append(out.Findings, replayedFinding{f.ID, f.Rule, f.Level, f.Text()})
		}
	}
	for _, g := range rec.Gaps {
		out.Missing = append(out.Missing, strings.TrimSpace(g.Subject+": "+g.Detail))
	}
	return out, nil
}

// mergeSubject matches the subjects that GitHub's merge button writes.
var mergeSubject = regexp.MustCompile(`^Merge pull request #([0-9]{1,9}) from |\(#([0-9]{1,9})\)$`)

func pullNumber(subject string) int {
	m := mergeSubject.FindStringSubmatch(subject)
	if m == nil {
		return 0
	}
	n, err := strconv.Atoi(m[1] + m[2])
	if err != nil {
		return 0
	}
	return n
}

func (c *Command) printReplay(all []replayed, asJSON bool) error {
	if asJSON {
		return c.printJSON(all)
	}
	w := tabwriter.NewWriter(c.Stdout, 0, 0, 2, ' ', 0)
	say(w, "Merge\tGate\tCommits\tLines\tVerdict\tSubject\n")
	failed, rules := 0, map[string]int{}
	for _, m := range all {
		if m.Conclusion == "failure" {
			failed++
		}
		for rule := range uniqueRules(m.Findings) {
			rules[rule]++
		}
		say(w, "%.7s\t%s\t%d/%d\t%d/%d\t%s\t%s\n", m.Commit, gateWord(m.Conclusion), m.Recorded.CommitsTraced, m.Recorded.Commits,
			m.Lines.Added-m.Lines.Unattested, m.Lines.Added, m.Verdict, subjectLine(m.Subject))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	say(c.Stdout, "\n%d merges, %d of them would have failed. Commits and lines: with a record, of all.\n", len(all), failed)
	for _, rule := range frequent(rules) {
		say(c.Stdout, "%4d  %s\n", rules[rule], rule)
	}
	return nil
}

func gateWord(conclusion string) string {
	switch conclusion {
	case "success":
		return "pass"
	case "failure":
		return "FAIL"
	}
	return "reports"
}

// uniqueRules returns the rules that found more than a note.
func uniqueRules(all []replayedFinding) map[string]bool {
	rules := map[string]bool{}
	for _, f := range all {
		if f.Level == evidence.LevelError || f.Level == evidence.LevelWarning {
			rules[f.Rule] = true
		}
	}
	return rules
}

// frequent orders rules by how often they found something.
func frequent(rules map[string]int) []string {
	var names []string
	for name := range rules {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		if rules[a] != rules[b] {
			return rules[b] - rules[a]
		}
		return strings.Compare(a, b)
	})
	return names
}

// subjectLine returns a subject as a terminal may show it, cut to a short line.
func subjectLine(s string) string {
	const most = 60
	runes := []rune(strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, s))
	if len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return string(runes)
}
