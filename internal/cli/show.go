package cli

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/spf13/cobra"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format"
	"github.com/mergebrief/mergebrief/internal/git"
	"github.com/mergebrief/mergebrief/internal/pipeline"
	"github.com/mergebrief/mergebrief/internal/redact"
	"github.com/mergebrief/mergebrief/internal/render/brief"
	"github.com/mergebrief/mergebrief/internal/render/comment"
	"github.com/mergebrief/mergebrief/internal/render/page"
	"github.com/mergebrief/mergebrief/internal/statement"
)

// maxBundleBytes bounds a bundle that is read back. Artifacts are cut long
// before.
const maxBundleBytes = 256 << 20

func (c *Command) render() *cobra.Command {
	var o renderOptions
	cmd := &cobra.Command{
		Use:   "render BUNDLE",
		Short: "show the comment of a stored bundle again, or its page, offline",
		Long: `Shows what is stored in a bundle, without GitHub: the comment, the job summary, or
the page for a browser. The bundle holds no code; --repo names a clone that has
the commits, from which the page takes the lines of the diff.`,
		Example: "  mergebrief render evidence.json\n  mergebrief render --html --repo ../shop evidence.json > report.html\n  gh run download --name mergebrief-pr7-a1 && mergebrief render evidence.json",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.runRender(cmd.Context(), args[0], o)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.key, "comment-key", "", "key of the comment, when there are several for a pull request")
	f.BoolVar(&o.summary, "summary", false, "show the job summary, which is never cut, instead of the comment")
	f.BoolVar(&o.html, "html", false, "write the page for a browser instead of the comment")
	f.StringVar(&o.repo, "repo", "", "with --html: folder of a git repository that has the commits, for the lines of the diff")
	cmd.MarkFlagsMutuallyExclusive("summary", "html")
	return cmd
}

// renderOptions are the flags of render.
type renderOptions struct {
	key, repo     string
	summary, html bool
}

func (c *Command) runRender(ctx context.Context, name string, o renderOptions) error {
	if o.repo != "" && !o.html {
		return misuse("add --html", "--repo is for the page: the comment shows no code")
	}
	stored, err := readBounded(name)
	if err != nil {
		return err
	}
	b, err := evidence.ParseBundle(stored)
	if err != nil {
		return fail("is it an evidence.json written by mergebrief?", "%s: %w", name, err)
	}
	options := brief.Options{Key: o.key, Digest: evidence.Digest(stored)}
	var text string
	switch {
	case o.html:
		text, err = c.page(ctx, b, options, o.repo)
	case o.summary:
		text = comment.Summary(b, options)
	default:
		text = comment.Body(b, options)
	}
	if err != nil {
		return err
	}
	_, err = io.WriteString(c.Stdout, text)
	return err
}

// page makes the page of a bundle, with the lines of the diff when a repository
// is named.
func (c *Command) page(ctx context.Context, b *evidence.Bundle, options brief.Options, dir string) (string, error) {
	var lines *page.Diff
	if dir != "" {
		repo, err := git.Open(ctx, dir, git.Options{})
		if err != nil {
			return "", misuse("name the folder of a git repository with --repo", "%w", err)
		}
		defer repo.Close()
		lines = pipeline.LinesOf(ctx, repo, redact.New(nil))(b)
	}
	text, err := page.HTML(b, options, lines)
	if err != nil {
		return "", fail("", "%w", err)
	}
	return text, nil
}

func (c *Command) verify() *cobra.Command {
	return &cobra.Command{
		Use:   "verify BUNDLE STATEMENT",
		Short: "check that a statement is about a bundle, offline",
		Long: `Checks that an in-toto statement, as mergebrief writes it beside the bundle, names
the digest of the bundle and its head commit and holds nothing else, and that the
bundle follows its schema. It does not say who made the statement: that takes a
signature.`,
		Example: "  mergebrief verify evidence.json evidence.intoto.json",
		Args:    cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			stored, err := readBounded(args[0])
			if err != nil {
				return err
			}
			stated, err := readBounded(args[1])
			if err != nil {
				return err
			}
			if err := followsSchema(stored); err != nil {
				return &failure{ExitGate, fmt.Errorf("%s: %w", args[0], err), "mergebrief schema prints what a bundle looks like"}
			}
			if err := statement.Verify(stated, stored); err != nil {
				return &failure{ExitGate, fmt.Errorf("%s: %w", args[1], err), "download both files again from the artifact of the run"}
			}
			say(c.Stdout, "%s is the statement about %s (%s)\n", args[1], args[0], evidence.Digest(stored))
			return nil
		},
	}
}

// followsSchema validates a stored bundle against the published schema, which lets
// later versions add fields.
func followsSchema(stored []byte) error {
	schema, err := publishedSchema()
	if err != nil {
		return err
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(stored))
	if err != nil {
		return err
	}
	return schema.Validate(doc)
}

func publishedSchema() (*jsonschema.Schema, error) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(evidence.Schema))
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource(evidence.SchemaURI, doc); err != nil {
		return nil, err
	}
	return c.Compile(evidence.SchemaURI)
}

func (c *Command) schema() *cobra.Command {
	return &cobra.Command{
		Use:     "schema",
		Short:   "print the JSON schema of the bundle",
		Example: "  mergebrief schema > bundle.schema.json",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := c.Stdout.Write(evidence.Schema)
			return err
		},
	}
}

func (c *Command) formats() *cobra.Command {
	return &cobra.Command{
		Use:     "formats",
		Short:   "list the formats that mergebrief reads",
		Example: "  mergebrief formats",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			for _, f := range format.All() {
				say(c.Stdout, "%-24s %-10s %s\n", f.Name, f.Kind, f.Title)
			}
			return nil
		},
	}
}

// readBounded reads a file that somebody names on the command line.
func readBounded(name string) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, misuse("", "%w", err)
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxBundleBytes+1))
	switch {
	case err != nil:
		return nil, fail("", "%w", err)
	case len(data) > maxBundleBytes:
		return nil, misuse("", "%s: larger than %d bytes", name, maxBundleBytes)
	}
	return data, nil
}
