package agentlog

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// transcript is a log of the fewest rows that say something, and all that is read
// from them, see [factsOf].
type transcript struct {
	rows []string
	want []string
}

func checkTranscripts(t *testing.T, decode decoder, all map[string]transcript) {
	t.Helper()
	for name, x := range all {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(x.want, factsOf(decodeOne(t, decode, strings.Join(x.rows, "\n")))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// factsOf lists all that a session says, a fact to a line, apart from its format,
// times and what follows from the other facts.
func factsOf(s evidence.Session) []string {
	var all []string
	add := func(format string, args ...any) { all = append(all, strings.TrimSpace(fmt.Sprintf(format, args...))) }
	if s.ID != "" || s.AgentVersion != "" || len(s.Models) > 0 {
		add("run %s %s %s", s.ID, s.AgentVersion, strings.Join(s.Models, ","))
	}
	if s.Prompts.Count > 0 {
		add("prompts %d: %s", s.Prompts.Count, strings.Join(s.Prompts.Undisclosed, " / "))
	}
	if s.InstructionsBytes > 0 {
		add("instructions of %d bytes", s.InstructionsBytes)
	}
	for _, b := range s.Boundaries {
		add("boundary %s", strings.Join(boundaryFacts(b), " "))
	}
	for _, c := range s.Commands {
		add("command %s: %s %s %s%s", c.Line, c.Class, c.Outcome, c.ExitBasis, commandDetails(c))
	}
	for _, e := range s.Edits {
		add("edit %s +%d -%d%s", e.Path, e.Added, e.Removed, mark(e.Subagent, " in a subagent")+mark(e.LinesUnknown, " lines unknown"))
	}
	for _, odd := range s.NotUnderstood {
		add("not understood %s ×%d", odd.Tool, odd.Count)
	}
	for _, p := range s.FilesRead {
		add("read %s", p)
	}
	for _, x := range s.External {
		add("used %s %s ×%d", x.Kind, x.Name, x.Count)
	}
	for _, x := range s.Unavailable {
		add("lacked %s: %s", x.Name, x.Reason)
	}
	for _, d := range s.Denied {
		add("denied %s %s by %s", d.Tool, d.Subject, d.By)
	}
	for _, d := range s.Drift {
		add("drift %s %s ×%d", d.Kind, d.Name, d.Count)
	}
	for _, x := range s.Assurances {
		add("states %s %d", x.Kind, x.Count)
	}
	for _, link := range append(s.Links.Commits, s.Links.PullRequests...) {
		add("names %s", link)
	}
	if u := s.Usage; u != nil {
		add("tokens %d in, %d out, %d read, %d written%s", u.InputTokens, u.OutputTokens, u.CacheReadTokens, u.CacheWriteTokens, cost(u))
	}
	if s.Subagents+s.Compactions > 0 {
		add("%d subagents, %d compactions", s.Subagents, s.Compactions)
	}
	if s.Ending != "" {
		add("ended %s", s.Ending)
	}
	return all
}

func commandDetails(c evidence.Command) string {
	var s string
	if c.Exit != nil {
		s += fmt.Sprintf(" %d", *c.Exit)
	}
	if c.Dir != "" {
		s += " in " + c.Dir
	}
	if c.Masked != "" {
		s += " hidden by " + string(c.Masked)
	}
	if c.DurationMs > 0 {
		s += fmt.Sprintf(" %d ms", c.DurationMs)
	}
	return s + mark(c.Subagent, " in a subagent")
}

func boundaryFacts(b evidence.Boundary) (all []string) {
	for _, x := range [][2]string{
		{"approval", b.Approval},
		{"sandbox", b.Sandbox},
		{"network", b.Network},
		{"branch", b.Branch},
		{"mode", string(b.Mode)},
		{"allows", strings.Join(b.AllowedHosts, ",")},
		{"blocks", strings.Join(b.BlockedHosts, ",")},
		{"tools", strings.Join(b.AllowedTools, ",")},
		{"commands", strings.Join(b.AllowedCommands, ",")},
	} {
		if x[1] != "" {
			all = append(all, x[0]+"="+x[1])
		}
	}
	if b.Bypass {
		all = append(all, "bypass")
	}
	return all
}

func cost(u *evidence.Usage) string {
	if u.CostUSD == nil {
		return ""
	}
	return fmt.Sprintf(", %.2f USD %s", *u.CostUSD, u.CostBasis)
}

func mark(is bool, text string) string {
	if is {
		return text
	}
	return ""
}
