package cli

import (
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// TestHelp asks of every command that it says what it does and shows how.
func TestHelp(t *testing.T) {
	c := &Command{}
	var visit func(*cobra.Command)
	visit = func(cmd *cobra.Command) {
		if cmd.Hidden {
			return
		}
		if cmd.Short == "" || !strings.Contains(cmd.Example, "mergebrief") {
			t.Errorf("%s: no description or no example", cmd.CommandPath())
		}
		for _, sub := range cmd.Commands() {
			visit(sub)
		}
	}
	visit(c.root())
}
