package cli

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format"
	"github.com/mergebrief/mergebrief/internal/render"
	"github.com/mergebrief/mergebrief/internal/statement"
)

// maxBundleBytes bounds a bundle that is read back. Artifacts are cut long
// before.
const maxBundleBytes = 256 << 20

func (c *Command) render() *cobra.Command {
	var key string
	var summary bool
	cmd := &cobra.Command{
		Use:     "render BUNDLE",
		Short:   "show the comment of a stored bundle again, offline",
		Example: "  mergebrief render evidence.json\n  gh run download --name mergebrief-pr7-a1 && mergebrief render evidence.json",
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			stored, err := readBounded(args[0])
			if err != nil {
				return err
			}
			b, err := evidence.ParseBundle(stored)
			if err != nil {
				return fail("is it an evidence.json written by mergebrief?", "%s: %w", args[0], err)
			}
			options := render.Options{Key: key, Digest: evidence.Digest(stored)}
			text := render.Comment
			if summary {
				text = render.Summary
			}
			_, err = io.WriteString(c.Stdout, text(b, options))
			return err
		},
	}
	cmd.Flags().StringVar(&key, "comment-key", "", "key of the comment, when there are several for a pull request")
	cmd.Flags().BoolVar(&summary, "summary", false, "show the job summary, which is never cut, instead of the comment")
	return cmd
}

func (c *Command) verify() *cobra.Command {
	return &cobra.Command{
		Use:   "verify BUNDLE STATEMENT",
		Short: "check that a statement is about a bundle, offline",
		Long: `Checks that an in-toto statement, as mergebrief writes it beside the bundle, names
the digest of the bundle and its head commit and holds nothing else. It does not
say who made the statement: that takes a signature.`,
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
			if err := statement.Verify(stated, stored); err != nil {
				return &failure{ExitGate, fmt.Errorf("%s: %w", args[1], err), "download both files again from the artifact of the run"}
			}
			fmt.Fprintf(c.Stdout, "%s is the statement about %s (%s)\n", args[1], args[0], evidence.Digest(stored))
			return nil
		},
	}
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
				fmt.Fprintf(c.Stdout, "%-24s %-10s %s\n", f.Name, f.Kind, f.Title)
			}
			return nil
		},
	}
}

// formatsMarkdown is the table of formats in the README.
func formatsMarkdown() string {
	var b strings.Builder
	b.WriteString("| Format | Name | Evidence | Notes |\n| --- | --- | --- | --- |\n")
	for _, f := range format.All() {
		fmt.Fprintf(&b, "| %s | `%s` | %s | %s |\n", f.Title, f.Name, f.Kind, f.Note)
	}
	return b.String()
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
