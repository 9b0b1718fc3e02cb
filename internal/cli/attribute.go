package cli

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/mergebrief/mergebrief/internal/agents"
	"github.com/mergebrief/mergebrief/internal/attribution"
	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/gather"
	"github.com/mergebrief/mergebrief/internal/git"
	"github.com/mergebrief/mergebrief/internal/pipeline"
	"github.com/mergebrief/mergebrief/internal/redact"
)

func (c *Command) attribute() *cobra.Command {
	var o reportOptions
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "attribute",
		Short: "tell who wrote each line that a change adds",
		Long: `Follows every added line to the commit that wrote it, on all branches that were
merged, and joins the lines with what says who wrote them: git notes on the
commits, trailers, and the transcripts named by --evidence. Lines that nothing
accounts for are unattested; lines that are older than the change are
preexisting.`,
		Example: "  mergebrief attribute --base main --head HEAD\n  mergebrief attribute --repo ../shop --base origin/main --head feature --json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.runAttribute(cmd.Context(), o, asJSON)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.repo, "repo", ".", "folder of the git repository")
	f.StringVar(&o.base, "base", "", "revision to compare with (default: where the head left the default branch)")
	f.StringVar(&o.head, "head", "HEAD", "last revision of the change")
	f.StringArrayVar(&o.evidence, "evidence", nil, "glob of transcripts to read, relative to the repository or absolute; may be repeated")
	f.BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (c *Command) runAttribute(ctx context.Context, o reportOptions, asJSON bool) error {
	repo, err := git.Open(ctx, o.repo, git.Options{})
	if err != nil {
		return misuse("name the folder of a git repository with --repo", "%w", err)
	}
	defer repo.Close()
	target, err := c.localTarget(ctx, repo, o, nil)
	if err != nil {
		return err
	}
	change := pipeline.Change{Target: target, Redactor: redact.New(nil), Repo: repo}
	if len(o.evidence) > 0 {
		change.Files = o.files(repo)
	}
	rec := change.Record(ctx)
	for _, g := range rec.Gaps {
		say(c.Stderr, "mergebrief: %s is missing: %s\n", g.Subject, strings.TrimSpace(g.Detail))
		if g.Subject == (gather.Change{}).Name() {
			err = fail("in a shallow clone, fetch the history first: git fetch --unshallow", "the change cannot be read whole")
		}
	}
	if err != nil {
		return err
	}
	return c.printAttribution(target, attribution.Lines(rec), asJSON)
}

// attributed is what attribute --json prints.
type attributed struct {
	MergeBase string                       `json:"merge_base"`
	Head      string                       `json:"head"`
	Lines     evidence.LineCounts          `json:"lines"`
	Files     map[string][]attributedRange `json:"files"`
}

// attributedRange is a run of lines at head; origin_line is where the first of
// them stood in the commit, or, without a commit, before the change. It is 0 when
// the history does not tell.
type attributedRange struct {
	First      int                 `json:"first"`
	Last       int                 `json:"last"`
	Commit     string              `json:"commit"`
	OriginPath string              `json:"origin_path"`
	OriginLine int                 `json:"origin_line"`
	Kind       evidence.AuthorKind `json:"kind"`
	Session    string              `json:"session,omitempty"`
	Agent      string              `json:"agent,omitempty"`
	Model      string              `json:"model,omitempty"`
	Method     evidence.Method     `json:"method,omitempty"`
	Confidence evidence.Confidence `json:"confidence,omitempty"`
}

func newAttributedRange(p evidence.AttributedRange) attributedRange {
	return attributedRange{
		First: p.First, Last: p.Last, Commit: p.Commit, OriginPath: p.OriginPath, OriginLine: p.OriginLine, Kind: p.Kind,
		Session: p.Session, Agent: p.Agent, Model: p.Model, Method: p.Method, Confidence: p.Confidence,
	}
}

func (c *Command) printAttribution(t evidence.Target, a evidence.Attribution, asJSON bool) error {
	if !asJSON {
		return c.printAttributionTable(a)
	}
	out := attributed{MergeBase: t.MergeBase, Head: t.Head, Lines: a.Lines, Files: map[string][]attributedRange{}}
	for _, f := range a.Files {
		for _, p := range f.Parts {
			out.Files[f.Path] = append(out.Files[f.Path], newAttributedRange(p))
		}
	}
	return c.printJSON(out)
}

func (c *Command) printAttributionTable(a evidence.Attribution) error {
	n := a.Lines
	say(c.Stdout, "%d added lines: %d by agents, %d by people on record, %d unattested, %d older than the change\n",
		n.Added, n.AI, n.Human, n.Unattested, n.Preexisting)
	w := tabwriter.NewWriter(c.Stdout, 0, 0, 2, ' ', 0)
	for _, f := range a.Files {
		for _, p := range f.Parts {
			say(w, "%s\n", strings.TrimRight(strings.Join([]string{
				fmt.Sprintf("%s:%d-%d", f.Path, p.First, p.Last), string(p.Kind), p.Commit[:min(len(p.Commit), 7)],
				strings.TrimSpace(agents.Known().Name(p.Agent) + " " + p.Model), p.Session, string(p.Method), string(p.Confidence),
			}, "\t"), "\t"))
		}
	}
	return w.Flush()
}
