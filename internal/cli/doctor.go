package cli

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/mergebrief/mergebrief/internal/action"
	"github.com/mergebrief/mergebrief/internal/agents"
	"github.com/mergebrief/mergebrief/internal/assess"
	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format"
	"github.com/mergebrief/mergebrief/internal/git"
	"github.com/mergebrief/mergebrief/internal/local"
	"github.com/mergebrief/mergebrief/internal/pipeline"
	"github.com/mergebrief/mergebrief/internal/redact"
	"github.com/mergebrief/mergebrief/internal/sessionnote"
)

func (c *Command) doctor() *cobra.Command {
	var o recordOptions
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "say what evidence there is for this branch, what is missing, and what would capture it",
		Long: `Looks for evidence where the action would, and on this machine where agents keep
their sessions. For each item of the checklist it says how far it is covered and,
where it is not, the one change that would cover it. Nothing is written.`,
		Example: "  mergebrief doctor\n  mergebrief doctor --json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			d, err := c.diagnose(cmd.Context(), o)
			if err != nil {
				return err
			}
			if asJSON {
				return c.printJSON(d)
			}
			return c.printDiagnosis(d)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.repo, "repo", ".", "folder of the git repository")
	f.StringVar(&o.base, "base", "", "revision after which the commits begin (default: where HEAD left the default branch)")
	f.BoolVar(&asJSON, "json", false, "print an object")
	return cmd
}

// diagnosis is the output of doctor --json.
type diagnosis struct {
	// What a run of a workflow is about; absent for a branch on a machine.
	About      string          `json:"about,omitempty"`
	Repository string          `json:"repository,omitempty"`
	Base       string          `json:"base"`
	Head       string          `json:"head"`
	Commits    int             `json:"commits"`
	Found      []foundEvidence `json:"found"`
	Items      []doctorItem    `json:"items"`
}

// foundEvidence is a kind of evidence and what was found of it.
type foundEvidence struct {
	Kind  string `json:"kind"`
	Count int    `json:"count"`
	// What it is, or why there is none.
	Detail string `json:"detail,omitempty"`
}

// doctorItem is an item of the checklist with what would cover it.
type doctorItem struct {
	evidence.ChecklistItem
	// The one change that would capture the item, and where it is described;
	// absent when the item is captured or does not apply.
	Change string `json:"change,omitempty"`
	Recipe string `json:"recipe,omitempty"`
}

// examined is what a diagnosis is about.
type examined struct {
	repo   *git.Repo
	target evidence.Target
	record *evidence.Record
	policy assess.Policy
}

func (c *Command) diagnose(ctx context.Context, o recordOptions) (*diagnosis, error) {
	dir := o.repo
	inRun := dir == "." && o.base == "" && c.Getenv("GITHUB_ACTIONS") == "true"
	if inRun {
		dir = cmp.Or(c.Getenv("GITHUB_WORKSPACE"), dir)
	}
	repo, err := git.Open(ctx, dir, git.Options{Token: c.Getenv("GITHUB_TOKEN"), Server: c.Getenv("GITHUB_SERVER_URL")})
	if err != nil {
		return nil, misuse("name the folder of a git repository with --repo; in a workflow, check it out first", "%w", err)
	}
	defer repo.Close()
	x := examined{repo: repo}
	about := ""
	if inRun {
		about, err = c.examineRun(ctx, &x)
	}
	if err == nil && x.record == nil {
		err = c.examineBranch(ctx, &x, o)
	}
	if err != nil {
		return nil, err
	}
	d, err := c.describe(ctx, x)
	if err == nil {
		d.About = about
	}
	return d, err
}

// examineBranch looks at the branch that is checked out.
func (c *Command) examineBranch(ctx context.Context, x *examined, o recordOptions) (err error) {
	if x.target, err = c.branch(ctx, x.repo, o); err != nil {
		return err
	}
	x.record = pipeline.Change{
		Target: x.target, Redactor: redact.New(secretVariables(c.environ())), Repo: x.repo,
		Files: reportOptions{out: defaultOut}.files(x.repo),
	}.Record(ctx)
	x.policy, err = noPolicy()
	return err
}

// examineRun looks where the action would in this run of a workflow, and says what
// the run is about. A run that is about no pull request leaves no record.
func (c *Command) examineRun(ctx context.Context, x *examined) (string, error) {
	quiet := *c
	quiet.Stdout = unprinted(c.Stderr) // where the runner reads what is to be masked, too
	s, err := quiet.newActionRun(func(input string) string {
		if input == "github-token" {
			return c.Getenv("GITHUB_TOKEN")
		}
		return action.FromVariables(c.Getenv)(input)
	})
	if err != nil {
		return "", err
	}
	all, _, err := s.subjects(ctx)
	if err != nil || len(all) == 0 {
		return "", err
	}
	s.subject = all[0]
	if x.target, err = s.target(ctx, ctx, x.repo); err != nil {
		return "", err
	}
	if x.policy, err = s.policy(ctx, x.repo, x.target.Base); err != nil {
		s.lacks("policy", err, "mergebrief policy check says what is wrong with it")
	}
	x.record = s.change(x.repo, x.target, x.policy).Record(ctx)
	return fmt.Sprintf("pull request %d in this %s run", x.target.PullRequest, s.event.Name), nil
}

// describe says what was found and what is missing.
func (c *Command) describe(ctx context.Context, x examined) (*diagnosis, error) {
	rec := x.record
	r, err := local.OpenRepository(ctx, x.repo.Root())
	if err != nil {
		return nil, fail("", "%w", err)
	}
	here := &local.Collection{}
	if x.target.MergeBase != "" {
		if here, err = c.sessionsOf(ctx, x.repo, x.target, recordOptions{dryRun: true}, time.Time{}); err != nil {
			return nil, err
		}
	}
	d := &diagnosis{Repository: x.target.Repository.FullName(), Base: x.target.Base, Head: x.target.Head, Commits: len(rec.Commits)}
	d.Found = []foundEvidence{
		sessionsHere(here), c.storesHere(here), recordsFound(rec), claimsFound(rec), filesFound(rec),
		{"instruction files", len(rec.Rules), few(strings.Join(paths(rec.Rules), ","))},
		hookFound(r.Hook(ctx)),
	}
	d.Items = advise(assess.Assess(rec, x.policy).Checklist, rec, here)
	return d, nil
}

// noPolicy is the policy of a repository without one.
func noPolicy() (assess.Policy, error) {
	policy, err := policyFrom(func(string) ([]byte, error) {
		return nil, evidence.Errorf(evidence.NotFound, "no policy is asked for")
	}, assess.PolicyPath, "")
	if err != nil {
		return policy, fail("", "%w", err)
	}
	return policy, nil
}

func paths(rules []evidence.RuleFile) (all []string) {
	for _, r := range rules {
		all = append(all, r.Path)
	}
	return all
}

// sessionsHere counts the sessions on this machine.
func sessionsHere(here *local.Collection) foundEvidence {
	of := map[string]int{}
	for _, s := range here.Read {
		of[agents.Known().Name(s.Agent)]++
	}
	var words []string
	for _, agent := range slices.Sorted(maps.Keys(of)) {
		words = append(words, fmt.Sprintf("%s %d", agent, of[agent]))
	}
	if n := len(here.Unused); n > 0 {
		words = append(words, fmt.Sprintf("%d of them in none of the commits", n))
	}
	if here.Elsewhere > 0 {
		words = append(words, fmt.Sprintf("%d files of other repositories", here.Elsewhere))
	}
	if here.Old > 0 {
		words = append(words, fmt.Sprintf("%d older files", here.Old))
	}
	skipped := skippedByReason(here.Skipped)
	for _, s := range skipped[:min(len(skipped), maxShownLines)] {
		words = append(words, "skipped "+s)
	}
	return foundEvidence{"sessions on this machine", len(here.Read), strings.Join(words, ", ")}
}

// storesHere lists the folders of agents on this machine, and why some are not
// read: an agent without a reader must not look like none.
func (c *Command) storesHere(here *local.Collection) foundEvidence {
	var words []string
	for _, s := range here.Stores {
		dir := s.Dir
		if home := c.Getenv("HOME"); home != "" && strings.HasPrefix(dir, home+"/") {
			dir = "~" + strings.TrimPrefix(dir, home)
		}
		line := fmt.Sprintf("%s %s (%s", s.Agent, dir, evidence.Plural(s.Files, "file"))
		if s.Unread != "" {
			line += ", not read: " + s.Unread
		}
		words = append(words, line+")")
	}
	return foundEvidence{"stores of agents on this machine", len(words), strings.Join(words, ", ")}
}

// recordsFound counts the commits that have a record in git notes.
func recordsFound(rec *evidence.Record) foundEvidence {
	n := 0
	for _, in := range rec.Inputs {
		if strings.HasPrefix(in.Path, sessionnote.Ref+"/") && in.Status == evidence.Parsed {
			n++
		}
	}
	return foundEvidence{"commits with a record", n, fmt.Sprintf("of %d, in %s of this clone", len(rec.Commits), sessionnote.Ref)}
}

// claimsFound counts the notes and traces of other tools.
func claimsFound(rec *evidence.Record) foundEvidence {
	formats := map[string]bool{}
	for _, s := range rec.ClaimSources {
		formats[s.Format] = true
	}
	return foundEvidence{"notes and traces of other tools", len(rec.ClaimSources), strings.Join(slices.Sorted(maps.Keys(formats)), ", ")}
}

// filesFound lists what was read from the workspace.
func filesFound(rec *evidence.Record) foundEvidence {
	f := foundEvidence{Kind: "result files and transcripts"}
	var words []string
	unchanged := 0
	for _, in := range rec.Inputs {
		if in.Status == evidence.Unchanged {
			unchanged++
		}
		if in.Origin.Source == "files" && format.LooksAlike(in) {
			words = append(words, in.Path+" ("+in.Detail+")")
		}
		if in.Origin.Source == "files" && in.Format != "" {
			f.Count++
			words = append(words, in.Path+" ("+in.Format+", "+string(in.Status)+")")
		}
	}
	words = words[:min(len(words), maxShownLines)]
	if unchanged > 0 {
		words = append(words, evidence.Plural(unchanged, "file")+" left out: in git and unchanged from the base")
	}
	f.Detail = strings.Join(words, ", ")
	return f
}

// hookFound says whether pushes are recorded, as a trial of the hook showed.
func hookFound(h local.HookState) foundEvidence {
	f := foundEvidence{Kind: "hook that records pushes", Detail: h.Detail}
	if h.Works {
		f.Count = 1
	}
	return f
}

func (c *Command) printDiagnosis(d *diagnosis) error {
	if d.About != "" {
		say(c.Stdout, "%s: ", d.About)
	}
	say(c.Stdout, "%s since %.12s\n\n", evidence.Plural(d.Commits, "commit"), d.Base)
	w := tabwriter.NewWriter(c.Stdout, 0, 0, 2, ' ', 0)
	for _, f := range d.Found {
		say(w, "%s\t%d\t%s\n", f.Kind, f.Count, f.Detail)
	}
	say(w, "\n")
	for _, i := range d.Items {
		say(w, "%s\t%s\t%s\n", i.Title, i.State, i.Detail)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, i := range d.Items {
		if i.Change != "" {
			say(c.Stdout, "\n%s: %s\n  %s\n", i.Title, i.Change, i.Recipe)
		}
	}
	return nil
}
