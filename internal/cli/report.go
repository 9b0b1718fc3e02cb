package cli

import (
	"context"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/mergebrief/mergebrief/internal/assess"
	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/gather"
	"github.com/mergebrief/mergebrief/internal/git"
	"github.com/mergebrief/mergebrief/internal/pipeline"
	"github.com/mergebrief/mergebrief/internal/publish"
	"github.com/mergebrief/mergebrief/internal/redact"
	"github.com/mergebrief/mergebrief/internal/render/brief"
	"github.com/mergebrief/mergebrief/internal/render/comment"
)

// defaultOut is the folder for the bundle unless another is named.
const defaultOut = "mergebrief-out"

// reportOptions are the flags of report.
type reportOptions struct {
	repo, base, head, pull, out, failOn string
	evidence                            []string
	includePrompts                      bool
}

// files are the files that the flags ask for.
func (o reportOptions) files(repo *git.Repo) *pipeline.Files {
	return &pipeline.Files{Root: repo.Root(), Patterns: o.evidence, Out: []string{o.out}}
}

func (c *Command) report() *cobra.Command {
	var o reportOptions
	cmd := &cobra.Command{
		Use:   "report",
		Short: "report on a change in any git repository, without GitHub",
		Long: `Compares a head with a base, reads result files and agent transcripts from the
repository's folder, and writes evidence.json (the bundle), evidence.intoto.json
(an in-toto statement about it), comment.md, summary.md and report.html. The
first lines of the comment are printed.`,
		Example: "  mergebrief report\n  mergebrief report --repo ../shop --base origin/main --evidence 'build/**/*.xml' --evidence ~/transcript.jsonl",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.runReport(cmd.Context(), o)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.repo, "repo", ".", "folder of the git repository")
	f.StringVar(&o.base, "base", "", "revision to compare with (default: where the head left the default branch)")
	f.StringVar(&o.head, "head", "HEAD", "last revision of the change")
	f.StringArrayVar(&o.evidence, "evidence", nil, "glob of files to read, relative to the repository or absolute; may be repeated (default: the usual places)")
	f.StringVar(&o.pull, "pull", "", "file with GitHub's description of the pull request, as gh api repos/OWNER/REPO/pulls/N prints it")
	f.StringVar(&o.out, "out", defaultOut, "folder for the bundle")
	f.BoolVar(&o.includePrompts, "include-prompts", false, "record the beginnings of prompts, secrets replaced")
	f.StringVar(&o.failOn, "fail-on", "", "exit with status 1 from this level of findings on: none, warning or error (default: as the policy says, else none)")
	return cmd
}

func (c *Command) runReport(ctx context.Context, o reportOptions) error {
	if !slices.Contains([]string{"", "none", "warning", "error"}, o.failOn) {
		return misuse("", "--fail-on: %q is not allowed (allowed: none, warning, error)", o.failOn)
	}
	repo, err := git.Open(ctx, o.repo, git.Options{})
	if err != nil {
		return misuse("name the folder of a git repository with --repo", "%w", err)
	}
	defer repo.Close()
	pull, err := readPull(o.pull)
	if err != nil {
		return err
	}
	target, err := c.localTarget(ctx, repo, o, pull)
	if err != nil {
		return err
	}
	policy, err := policyFrom(func(path string) ([]byte, error) {
		return repo.Blob(ctx, target.Base, path, maxPolicyBytes)
	}, assess.PolicyPath, o.failOn)
	if err != nil {
		say(c.Stderr, "mergebrief: %v\n", err) // a finding says it too
	}
	redactor := redact.New(nil)
	change := pipeline.Change{
		Target: target, Policy: policy, Collector: collector(), Redactor: redactor, Repo: repo, Merged: pull.Merged(),
		Files: o.files(repo), Prompts: o.includePrompts,
	}
	tickets := gather.TextTickets{Repo: repo, Pull: pull, Trackers: trackers(policy)}
	if o.head == "HEAD" {
		tickets.Branch = repo.Branch(ctx)
	}
	change.After = []gather.Source{tickets}
	if pull != nil {
		change.After = []gather.Source{pull, tickets}
	}
	e, err := change.Edition(change.Record(ctx), brief.Options{}, pipeline.LinesOf(ctx, repo, redactor))
	if err != nil {
		return fail("", "%w", err)
	}
	if err := ignoredFolder(o.out); err != nil {
		return fail("name another folder with --out", "%w", err)
	}
	if err := pipeline.Store(e, o.out); err != nil {
		return fail("name another folder with --out", "%w", err)
	}
	c.printReport(e, o.out)
	c.tellOfSessions(ctx, repo, target, &e.Bundle.Record)
	return exit(gateStatus(e.Bundle))
}

// tellOfSessions says when sessions on this machine wrote lines of the change and
// the report knows nothing of them. Whether it can be said does not matter.
func (c *Command) tellOfSessions(ctx context.Context, repo *git.Repo, t evidence.Target, rec *evidence.Record) {
	if t.MergeBase == "" || c.Getenv("CI") != "" || c.Getenv("GITHUB_ACTIONS") != "" {
		return
	}
	here, err := c.sessionsOf(ctx, repo, t, recordOptions{dryRun: true}, time.Time{})
	if err != nil || !unrecorded(rec, here) {
		return
	}
	keys := map[evidence.SessionKey]bool{}
	for _, d := range here.Documents {
		for _, e := range d.Entries {
			keys[e.Session.Key()] = true
		}
	}
	say(c.Stdout, "\n%s on this machine wrote lines of this change and the report does not have them: mergebrief record adds them, with --dry-run it shows them\n",
		evidence.Plural(len(keys), "session"))
}

// gateStatus is the exit status that the verdict asks for.
func gateStatus(b *evidence.Bundle) int {
	if b.Assessment.Verdict.Conclusion == evidence.ConclusionFailure {
		return ExitGate
	}
	return ExitOK
}

// printReport shows the first lines of the comment and where the rest is.
func (c *Command) printReport(e *publish.Edition, out string) {
	say(c.Stdout, "%s\n\n", ours(comment.Headline(e.Bundle)))
	for _, f := range e.Files {
		say(c.Stdout, "%s\n", filepath.Join(out, f.Name))
	}
	if steps := assess.Next(&e.Bundle.Record, &e.Bundle.Assessment); len(steps) > 0 {
		say(c.Stdout, "\n")
		printSteps(c.Stdout, steps)
	}
}

func readPull(name string) (*gather.PullFile, error) {
	if name == "" {
		return nil, nil
	}
	data, err := readBounded(name)
	if err != nil {
		return nil, err
	}
	p, err := gather.ParsePullFile(filepath.Base(name), data)
	if err != nil {
		return nil, misuse("save the answer of gh api repos/OWNER/REPO/pulls/N there", "%w", err)
	}
	return p, nil
}

// localTarget resolves the revisions. A change on the default branch itself has
// no merge base but its own head; it is compared with its parent instead.
func (c *Command) localTarget(ctx context.Context, repo *git.Repo, o reportOptions, pull *gather.PullFile) (evidence.Target, error) {
	t := evidence.Target{Repository: repositoryOf(repo.RemoteURL(ctx))}
	if pull != nil {
		t.PullRequest = pull.Number()
		if r := pull.Repository(); r.Owner != "" {
			t.Repository = r
		}
	}
	var err error
	if t.Head, err = repo.Resolve(ctx, o.head); err != nil {
		return t, misuse("name a commit of this repository with --head", "%w", err)
	}
	if o.base != "" {
		t.Base, err = repo.Resolve(ctx, o.base)
	} else {
		t.Base, err = c.defaultBase(ctx, repo, t.Head)
	}
	if err != nil {
		return t, misuse("name the revision to compare with by --base", "%w", err)
	}
	bases, err := repo.MergeBases(ctx, t.Base, t.Head)
	if err != nil {
		return t, fail("", "%w", err)
	}
	if len(bases) > 0 {
		t.MergeBase = bases[0]
	}
	if len(bases) > 1 {
		t.MergeBases = bases
	}
	return t, nil
}

func (c *Command) defaultBase(ctx context.Context, repo *git.Repo, head string) (string, error) {
	base, err := repo.DefaultBase(ctx)
	if err != nil {
		return "", err
	}
	bases, err := repo.MergeBases(ctx, base, head)
	if err != nil || !slices.Contains(bases, head) {
		return base, err
	}
	parent, err := repo.Resolve(ctx, head+"^")
	if evidence.ReasonOf(err, "") == evidence.NotFound {
		return base, nil // the first commit of the default branch: nothing changed
	}
	if err != nil {
		return "", err
	}
	say(c.Stderr, "mergebrief: %s is on the default branch, so it is compared with its parent; use --base to choose\n", head[:min(12, len(head))])
	return parent, nil
}

// repositoryOf reads owner and name from the address of a remote, in git's
// forms: https://host/owner/name.git and git@host:owner/name.git.
func repositoryOf(remote string) evidence.Repository {
	if rest, ok := strings.CutPrefix(remote, "git@"); ok && !strings.Contains(remote, "://") {
		host, path, _ := strings.Cut(rest, ":")
		remote = "ssh://" + host + "/" + path
	}
	u, err := url.Parse(remote)
	if err != nil || u.Host == "" {
		return evidence.Repository{}
	}
	parts := strings.Split(strings.TrimSuffix(strings.Trim(u.Path, "/"), ".git"), "/")
	if len(parts) != 2 || parts[0] == "" || parts[1] == "" {
		return evidence.Repository{}
	}
	return evidence.Repository{Server: "https://" + u.Hostname(), Owner: parts[0], Name: parts[1]}
}
