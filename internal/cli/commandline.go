package cli

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/mergebrief/mergebrief/internal/suggest"
)

// guide makes a command and those below it tell people what they may have meant:
// the word for a word that is no command, the flag for one that there is not, and
// where the help is.
func guide(cmd *cobra.Command) {
	cmd.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return misuse(flagHint(cmd, err.Error()), "%w", err)
	})
	if args := cmd.Args; args != nil {
		cmd.Args = func(cmd *cobra.Command, words []string) error {
			err := args(cmd, words)
			if err == nil {
				return nil
			}
			return misuse(wordHint(cmd, words), "%w", err)
		}
	}
	for _, sub := range cmd.Commands() {
		guide(sub)
	}
}

func help(cmd *cobra.Command) string { return "see " + cmd.CommandPath() + " --help" }

// wordHint names the command below cmd that the first word is most like.
func wordHint(cmd *cobra.Command, words []string) string {
	var names []string
	for _, sub := range cmd.Commands() {
		if !sub.Hidden {
			names = append(names, sub.Name())
		}
	}
	if len(words) > 0 {
		if name := suggest.Closest(words[0], names); name != "" {
			return "did you mean " + cmd.CommandPath() + " " + name + "?"
		}
	}
	return help(cmd)
}

// flagHint names the flag that the unknown one in a message of pflag is most like.
func flagHint(cmd *cobra.Command, message string) string {
	rest, unknown := strings.CutPrefix(message, "unknown flag: --")
	if !unknown {
		return help(cmd)
	}
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, f.Name)
		}
	})
	if name := suggest.Closest(rest, names); name != "" {
		return "did you mean --" + name + "?"
	}
	return help(cmd)
}

func (c *Command) help() *cobra.Command {
	return &cobra.Command{
		Use: "help [COMMAND...]", Short: "show what a command does and its flags",
		Example: "  mergebrief help report\n  mergebrief help policy check", Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			found, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				if found == nil {
					found = cmd.Root()
				}
				return misuse(wordHint(found, append(rest, args...)), "there is no command %q", strings.Join(args, " "))
			}
			return found.Help()
		},
	}
}

// shells are those for which there is a completion.
var shells = []string{"bash", "zsh", "fish", "powershell"}

func (c *Command) completion() *cobra.Command {
	return &cobra.Command{
		Use: "completion " + strings.Join(shells, "|"), Short: "print the completion of commands and flags for a shell",
		Long: `Prints a script that completes the commands and flags of mergebrief, for one of
the shells. Put it where the shell reads completions, or load it at its start.`,
		Example: "  source <(mergebrief completion bash)\n  mergebrief completion zsh > \"${fpath[1]}/_mergebrief\"\n" +
			"  mergebrief completion fish > ~/.config/fish/completions/mergebrief.fish\n  mergebrief completion powershell | Out-String | Invoke-Expression",
		Args: cobra.MatchAll(cobra.ExactArgs(1), cobra.OnlyValidArgs), ValidArgs: shells,
		RunE: func(cmd *cobra.Command, args []string) error {
			root := cmd.Root()
			switch args[0] {
			case "bash":
				return root.GenBashCompletionV2(c.Stdout, true)
			case "zsh":
				return root.GenZshCompletion(c.Stdout)
			case "fish":
				return root.GenFishCompletion(c.Stdout, true)
			}
			return root.GenPowerShellCompletionWithDesc(c.Stdout)
		},
	}
}

func (c *Command) man() *cobra.Command {
	return &cobra.Command{
		Use: "man DIR", Short: "write a manual page for each command into a folder",
		Example: "  mergebrief man ~/.local/share/man/man1", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := os.MkdirAll(args[0], 0o755); err != nil {
				return fail("name another folder", "%w", err)
			}
			n, err := writePages(cmd.Root(), args[0])
			if err != nil {
				return fail("name another folder", "%w", err)
			}
			say(c.Stdout, "%d pages in %s\n", n, args[0])
			return nil
		},
	}
}

// writePages writes the pages of a command and those below it, and counts them.
func writePages(cmd *cobra.Command, dir string) (int, error) {
	if cmd.Hidden {
		return 0, nil
	}
	name := strings.ReplaceAll(cmd.CommandPath(), " ", "-")
	if err := os.WriteFile(filepath.Join(dir, name+".1"), []byte(manual(cmd, name)), 0o644); err != nil {
		return 0, err
	}
	n := 1
	for _, sub := range cmd.Commands() {
		below, err := writePages(sub, dir)
		if n += below; err != nil {
			return n, err
		}
	}
	return n, nil
}

// manual is the manual page of a command, in man(7).
func manual(cmd *cobra.Command, name string) string {
	var b strings.Builder
	section := func(title, text string) {
		if text = strings.TrimRight(text, "\n"); text != "" {
			b.WriteString(".SH " + title + "\n.nf\n" + roff(text) + "\n.fi\n")
		}
	}
	b.WriteString(".TH " + roff(strings.ToUpper(name)) + " 1 \"\" mergebrief\n.SH NAME\n" + roff(name) + ` \- ` + roff(cmd.Short) + "\n")
	section("SYNOPSIS", cmd.UseLine())
	section("DESCRIPTION", cmd.Long)
	section("OPTIONS", cmd.LocalFlags().FlagUsages()+cmd.InheritedFlags().FlagUsages())
	var below []string
	for _, sub := range cmd.Commands() {
		if !sub.Hidden {
			below = append(below, sub.Name()+": "+sub.Short)
		}
	}
	section("COMMANDS", strings.Join(below, "\n"))
	section("EXAMPLES", cmd.Example)
	return b.String()
}

// roff is text that a formatter shows as it is.
func roff(text string) string {
	lines := strings.Split(strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(text), "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
			lines[i] = `\&` + line
		}
	}
	return strings.Join(lines, "\n")
}
