package cli

import (
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/mergebrief/mergebrief/internal/assess"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

// maxPolicyBytes bounds a policy file that is read from git: hand-written ones
// have a few kilobytes.
const maxPolicyBytes = 256 << 10

func (c *Command) policy() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "policy check|explain|schema",
		Short: "check a policy file, or show what it amounts to",
		Long: `A repository keeps its policy in ` + assess.PolicyPath + `. It is always read from the
base of a change, never from its head.`,
		Example: "  mergebrief policy check\n  mergebrief policy explain .github/mergebrief.yml",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(
		&cobra.Command{
			Use: "check [FILE]", Short: "say what is wrong with a policy file, with line and column",
			Example: "  mergebrief policy check\n  mergebrief policy check .github/mergebrief.yml", Args: cobra.MaximumNArgs(1),
			RunE: func(_ *cobra.Command, args []string) error {
				name := policyFile(args)
				if _, err := readPolicy(name); err != nil {
					return err
				}
				say(c.Stdout, "%s is a valid policy\n", name)
				return nil
			},
		},
		&cobra.Command{
			Use: "explain [FILE]", Short: "show what a policy amounts to: the level of each rule and where it comes from",
			Example: "  mergebrief policy explain .github/mergebrief.yml\n  mergebrief policy explain", Args: cobra.MaximumNArgs(1),
			RunE: func(_ *cobra.Command, args []string) error {
				var p assess.Policy
				if len(args) > 0 {
					var err error
					if p, err = readPolicy(args[0]); err != nil {
						return err
					}
				}
				say(c.Stdout, "%s", ours(assess.Explain(p)))
				return nil
			},
		},
		&cobra.Command{
			Use: "schema", Short: "print the JSON schema of the policy file, for editors",
			Example: "  mergebrief policy schema > mergebrief.schema.json", Args: cobra.NoArgs,
			RunE: func(*cobra.Command, []string) error {
				_, err := c.Stdout.Write(assess.PolicySchema())
				return err
			},
		},
	)
	return cmd
}

// policyFile is the file that was named, else that of the repository.
func policyFile(args []string) string {
	if len(args) > 0 {
		return args[0]
	}
	root, below := workingFolders()
	if below == "" {
		return filepath.FromSlash(assess.PolicyPath)
	}
	return filepath.Join(root, filepath.FromSlash(assess.PolicyPath))
}

func readPolicy(name string) (assess.Policy, error) {
	data, err := readBounded(name)
	if err != nil {
		return assess.Policy{}, err
	}
	p, err := assess.ParsePolicy(filepath.ToSlash(name), data, today())
	if err != nil {
		return p, misuse("mergebrief policy schema prints what is allowed", "%w", err)
	}
	return p, nil
}

// today is the day on which acceptances are held against their ends.
func today() string { return time.Now().UTC().Format(time.DateOnly) }

// policyFrom reads the policy of the base of a change. A repository without one
// has the default policy. A broken one is returned with its error; what it would
// have asked for is not known, so that the gate stays shut unless failOn says
// that there is none.
func policyFrom(read func(path string) ([]byte, error), path, failOn string) (assess.Policy, error) {
	data, err := read(path)
	if evidence.ReasonOf(err, "") == evidence.NotFound {
		return assess.Policy{FailOn: failOn, Today: today()}, nil
	}
	var p assess.Policy
	if err == nil {
		p, err = assess.ParsePolicy(path, data, today())
	}
	if err != nil {
		p = assess.Policy{FailOn: "error", Today: today(), Broken: strings.TrimSpace(err.Error())}
	}
	if failOn != "" {
		p.FailOn = failOn
	}
	return p, err
}
