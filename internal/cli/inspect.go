package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/mergebrief/mergebrief/internal/agents"
	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format"
	"github.com/mergebrief/mergebrief/internal/redact"
	"github.com/mergebrief/mergebrief/internal/workers"
)

func (c *Command) inspect() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "inspect FILE...",
		Short: "show what mergebrief reads from files, and why it does not read others",
		Long: `Shows for each file the format that was recognised, what became of it and the
numbers that were read. A file that cannot be read is an entry with the reason,
not an error.`,
		Example: "  mergebrief inspect build/junit.xml\n  mergebrief inspect --json reports/*.sarif ~/.claude/projects/*/*.jsonl",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			r := redact.New(nil)
			entries := workers.Map(args, func(name string) inspectEntry { return inspectFile(name, r) })
			if !asJSON {
				for _, e := range entries {
					say(c.Stdout, "%s\n", ours(e.text()))
				}
				return nil
			}
			return c.printJSON(entries)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print an array of objects")
	return cmd
}

// inspectEntry is one file in the output of inspect --json. Absent parts mean
// that the file says nothing of the kind.
type inspectEntry struct {
	Path     string                `json:"path"`
	SHA256   string                `json:"sha256,omitempty"`
	Bytes    int64                 `json:"bytes"`
	Status   evidence.Status       `json:"status"`
	Reason   string                `json:"reason,omitempty"`
	Format   string                `json:"format,omitempty"`
	Tests    *evidence.Counts      `json:"tests,omitempty"`
	Findings *evidence.LevelCounts `json:"findings,omitempty"`
	Coverage *lineCoverage         `json:"coverage,omitempty"`
	// What kept tests from running as planned, and scans from ending: without it
	// a zero would look clean.
	Broken   []inspectBreakage `json:"broken,omitempty"`
	Sessions []inspectSession  `json:"sessions,omitempty"`
	Claims   *claimCounts      `json:"claims,omitempty"`
}

type inspectBreakage struct {
	Kind    string `json:"kind"`
	Subject string `json:"subject,omitempty"`
	Message string `json:"message,omitempty"`
}

type lineCoverage struct {
	Lines   int `json:"lines"`
	Covered int `json:"covered"`
}

// claimCounts are what a file says about who wrote which lines: files with
// claims, ranges as written, the sum of their lengths, and the different keys
// that are used and not defined.
type claimCounts struct {
	Files         int `json:"files"`
	Ranges        int `json:"ranges"`
	Lines         int `json:"lines"`
	UndefinedKeys int `json:"undefined_keys"`
}

type inspectSession struct {
	ID            string           `json:"id"`
	Agent         string           `json:"agent"`
	AgentVersion  string           `json:"agent_version,omitempty"`
	Models        []string         `json:"models,omitempty"`
	Started       time.Time        `json:"started,omitzero"`
	Ended         time.Time        `json:"ended,omitzero"`
	Prompts       int              `json:"prompts"`
	Commands      commandCounts    `json:"commands"`
	Validations   validationCounts `json:"validations"`
	Edits         int              `json:"edits"`
	FilesRead     int              `json:"files_read"`
	Subagents     int              `json:"subagents"`
	Compactions   int              `json:"compactions"`
	ApprovalModes []string         `json:"approval_modes,omitempty"`
	Denied        int              `json:"denied"`
	// Calls that mergebrief did not understand: what they did is in no number.
	NotUnderstood []inspectCalls `json:"not_understood,omitempty"`
	Repairs       int            `json:"repairs"`
	Usage         *inspectUsage  `json:"usage,omitempty"`
}

type inspectCalls struct {
	Tool  string `json:"tool"`
	Calls int    `json:"calls"`
}

type commandCounts struct {
	Total      int `json:"total"`
	OK         int `json:"ok"`
	Failed     int `json:"failed"`
	NotRun     int `json:"not_run"`
	Background int `json:"background"`
	Unknown    int `json:"unknown"`
	Masked     int `json:"masked"`
}

type validationCounts struct {
	Total  int `json:"total"`
	Failed int `json:"failed"`
	Masked int `json:"masked"`
}

type inspectUsage struct {
	InputTokens      int64              `json:"input_tokens"`
	OutputTokens     int64              `json:"output_tokens"`
	CacheReadTokens  int64              `json:"cache_read_tokens"`
	CacheWriteTokens int64              `json:"cache_write_tokens"`
	CostUSD          *float64           `json:"cost_usd,omitempty"`
	CostBasis        evidence.CostBasis `json:"cost_basis"`
}

// inspectFile reads one file. What it says goes through the redactor, as in a
// record, before it reaches a terminal.
func inspectFile(name string, r *redact.Redactor) inspectEntry {
	file, err := openRegular(name)
	if err != nil {
		return inspectEntry{Path: name, Status: evidence.Rejected, Reason: err.Error()}
	}
	defer file.Close()
	f := format.Read("inspect", name, file)
	r.Fragment(&f)
	return newInspectEntry(name, f)
}

func openRegular(name string) (io.ReadCloser, error) {
	info, err := os.Stat(name)
	if err != nil {
		if p, ok := errors.AsType[*fs.PathError](err); ok {
			err = p.Err
		}
		return nil, fmt.Errorf("cannot be opened: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("not a regular file; name the files in it")
	}
	return os.Open(name)
}

func newInspectEntry(name string, f evidence.Fragment) inspectEntry {
	in := f.Inputs[0] // format.Read promises exactly one
	e := inspectEntry{
		Path: name, SHA256: strings.TrimPrefix(in.Origin.Digest, "sha256:"), Bytes: in.Bytes,
		Status: in.Status, Reason: in.Detail, Format: in.Format,
	}
	if e.Reason == "" {
		e.Reason = string(in.Origin.Reason)
	}
	for _, s := range f.Suites {
		if e.Tests == nil {
			e.Tests = &evidence.Counts{}
		}
		e.Tests.Add(s.Counts)
		for _, b := range s.Broken {
			e.Broken = append(e.Broken, inspectBreakage{string(b.Kind), b.Subject, b.Message})
		}
	}
	for _, s := range f.Scans {
		if e.Findings == nil {
			e.Findings = &evidence.LevelCounts{}
		}
		e.Findings.Add(s.Counts)
		if s.DidNotRun {
			e.Broken = append(e.Broken, inspectBreakage{"scan-did-not-run", s.Tool, s.Message})
		}
	}
	for _, c := range f.Coverage {
		if e.Coverage == nil {
			e.Coverage = &lineCoverage{}
		}
		e.Coverage.Lines += c.Lines
		e.Coverage.Covered += c.Covered
	}
	for _, s := range f.Sessions {
		e.Sessions = append(e.Sessions, newInspectSession(s))
	}
	e.Claims = countClaims(f)
	return e
}

// countClaims returns nil for a file that says nothing about lines.
func countClaims(f evidence.Fragment) *claimCounts {
	if len(f.ClaimSources) == 0 {
		return nil
	}
	var n claimCounts
	for _, c := range f.ClaimSources {
		n.Files += c.Files
		n.Ranges += c.Ranges
		n.Lines += c.StatedLines
		n.UndefinedKeys += c.UndefinedKeyCount
	}
	return &n
}

func newInspectSession(s evidence.Session) inspectSession {
	n := s.CommandCounts
	out := inspectSession{
		ID: s.ID, Agent: s.Agent, AgentVersion: s.AgentVersion, Models: s.Models, Started: s.Started, Ended: s.Ended,
		Prompts:     s.Prompts.Count,
		Commands:    commandCounts{n.Total, n.OK, n.Failed, n.NotRun, n.Background, n.Unknown, n.Masked},
		Validations: validationCounts{n.Validations, n.FailedValidations, n.MaskedValidations},
		Edits:       len(s.Edits) + s.EditsOmitted, FilesRead: len(s.FilesRead) + s.FilesReadOutside, Subagents: s.Subagents, Compactions: s.Compactions,
		Denied: len(s.Denied), Repairs: len(s.Repairs),
	}
	for _, odd := range s.NotUnderstood {
		out.NotUnderstood = append(out.NotUnderstood, inspectCalls{odd.Tool, odd.Count})
	}
	seen := map[string]bool{}
	for _, b := range s.Boundaries {
		if b.Approval != "" && !seen[b.Approval] {
			seen[b.Approval] = true
			out.ApprovalModes = append(out.ApprovalModes, b.Approval)
		}
	}
	if u := s.Usage; u != nil && (!u.TokensUnknown || u.CostUSD != nil) {
		out.Usage = &inspectUsage{u.InputTokens, u.OutputTokens, u.CacheReadTokens, u.CacheWriteTokens, u.CostUSD, u.CostBasis}
	}
	return out
}

// text is an entry for people: one line, and one for each further fact.
func (e inspectEntry) text() string {
	var b strings.Builder
	say(&b, "%s: %s", e.Path, e.Status)
	if e.Format != "" {
		say(&b, " (%s)", e.Format)
	}
	if e.Reason != "" {
		say(&b, ": %s", e.Reason)
	}
	if t := e.Tests; t != nil {
		say(&b, "\n  tests: %d, %d passed, %d failed, %d errored, %d skipped, %d flaky", t.Total, t.Passed, t.Failed, t.Errored, t.Skipped, t.Flaky)
	}
	if n := e.Findings; n != nil {
		say(&b, "\n  findings: %d, %d errors, %d warnings, %d notes, %d suppressed", n.Total, n.Error, n.Warning, n.Note, n.Suppressed)
	}
	if c := e.Coverage; c != nil {
		say(&b, "\n  coverage: %d of %d lines", c.Covered, c.Lines)
	}
	for _, x := range e.Broken {
		say(&b, "\n  %s: %s %s", x.Kind, x.Subject, x.Message)
	}
	for _, s := range e.Sessions {
		say(&b, "\n  session %s: %s %s", s.ID, agents.Known().Name(s.Agent), s.AgentVersion)
		say(&b, "\n    commands: %d, %d ok, %d failed, %d not run, %d in the background, %d unknown, %d masked",
			s.Commands.Total, s.Commands.OK, s.Commands.Failed, s.Commands.NotRun, s.Commands.Background, s.Commands.Unknown, s.Commands.Masked)
		say(&b, "\n    validations: %d, %d failed; %d edits, %d files read, %d repairs", s.Validations.Total, s.Validations.Failed, s.Edits, s.FilesRead, s.Repairs)
		for _, odd := range s.NotUnderstood {
			say(&b, "\n    not understood: %s of %s", evidence.Plural(odd.Calls, "call"), odd.Tool)
		}
		if u := s.Usage; u != nil {
			say(&b, "\n    tokens: %d in, %d out, %d read from and %d written to the cache; cost %s", u.InputTokens, u.OutputTokens, u.CacheReadTokens, u.CacheWriteTokens, u.cost())
		}
	}
	if c := e.Claims; c != nil {
		say(&b, "\n  claims: %d lines in %d ranges of %d files, %d keys undefined", c.Lines, c.Ranges, c.Files, c.UndefinedKeys)
	}
	return b.String()
}

func (u *inspectUsage) cost() string {
	if u.CostUSD == nil {
		return "unknown"
	}
	return fmt.Sprintf("$%.4f (%s)", *u.CostUSD, u.CostBasis)
}
