package cli

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"github.com/mergebrief/mergebrief/internal/assess"
	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/gather"
	"github.com/mergebrief/mergebrief/internal/git"
	"github.com/mergebrief/mergebrief/internal/pipeline"
	"github.com/mergebrief/mergebrief/internal/redact"
	"github.com/mergebrief/mergebrief/internal/render/text"
)

func (c *Command) next() *cobra.Command {
	var o reportOptions
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "next",
		Short: "list what is left to do before a reviewer should look",
		Long: `Judges the change as report does, and lists what its author can still do about it,
the most important first, each with the command or the edit that settles it. What
is settled is gone from the next list. Nothing is executed, and nothing is written.`,
		Example: "  mergebrief next\n  mergebrief next --base origin/main --json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			steps, err := c.steps(cmd.Context(), o)
			if err != nil {
				return err
			}
			if asJSON {
				return c.printJSON(map[string]any{"steps": steps})
			}
			printSteps(c.Stdout, steps)
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.repo, "repo", ".", "folder of the git repository")
	f.StringVar(&o.base, "base", "", "revision to compare with (default: where the head left the default branch)")
	f.StringVar(&o.head, "head", "HEAD", "last revision of the change")
	f.StringArrayVar(&o.evidence, "evidence", nil, "glob of files to read, relative to the repository or absolute; may be repeated (default: the usual places)")
	f.StringVar(&o.pull, "pull", "", "file with GitHub's description of the pull request, as gh api repos/OWNER/REPO/pulls/N prints it")
	f.BoolVar(&asJSON, "json", false, "print an object")
	return cmd
}

// steps judges the change without keeping anything of it.
func (c *Command) steps(ctx context.Context, o reportOptions) ([]assess.Step, error) {
	o.out = defaultOut
	repo, err := git.Open(ctx, o.repo, git.Options{})
	if err != nil {
		return nil, misuse("name the folder of a git repository with --repo", "%w", err)
	}
	defer repo.Close()
	pull, err := readPull(o.pull)
	if err != nil {
		return nil, err
	}
	target, err := c.localTarget(ctx, repo, o, pull)
	if err != nil {
		return nil, err
	}
	policy, err := policyFrom(func(path string) ([]byte, error) {
		return repo.Blob(ctx, target.Base, path, maxPolicyBytes)
	}, assess.PolicyPath, "")
	if err != nil {
		say(c.Stderr, "mergebrief: %v\n", err)
	}
	change := pipeline.Change{Target: target, Policy: policy, Redactor: redact.New(nil), Repo: repo, Merged: pull.Merged(), Files: o.files(repo)}
	if pull != nil {
		change.After = []gather.Source{pull}
	}
	rec := change.Record(ctx)
	a := assess.Assess(rec, policy)
	return assess.Next(rec, &a), nil
}

// printSteps lists steps, one a line, each with the command that settles it.
func printSteps(w io.Writer, steps []assess.Step) {
	if len(steps) == 0 {
		say(w, "Nothing is left to do before a reviewer looks.\n")
		return
	}
	say(w, "Before a reviewer looks:\n")
	for i, s := range steps {
		line := s.What + ". " + s.Do
		if s.Command != "" {
			line += " Run: " + s.Command
		}
		if s.Path != "" {
			line += " (" + s.Path + text.LineSuffix(evidence.Span{Path: s.Path, First: s.Line, Last: s.Line}) + ")"
		}
		say(w, "%d. %s\n", i+1, line)
	}
}
