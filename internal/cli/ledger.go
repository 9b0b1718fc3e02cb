package cli

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/mergebrief/mergebrief/internal/agents"
	"github.com/mergebrief/mergebrief/internal/assess"
	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/git"
	"github.com/mergebrief/mergebrief/internal/ledger"
	"github.com/mergebrief/mergebrief/internal/render/comment"
)

// ledgerOptions are the flags that all commands of the ledger have.
type ledgerOptions struct {
	repo, place string
	origin      bool
	asJSON      bool
}

func (o *ledgerOptions) add(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&o.repo, "repo", ".", "folder of the git repository")
	f.StringVar(&o.place, "ledger", "git", "where the ledger is: git ("+ledger.DefaultRef+"), git:REF, or a folder")
	f.BoolVar(&o.origin, "origin", false, "use the ref of origin instead of that of this clone")
	f.BoolVar(&o.asJSON, "json", false, "print JSON")
}

// open opens the repository and the ledger. A folder needs no repository.
func (o *ledgerOptions) open(ctx context.Context) (*git.Repo, *ledger.Ledger, error) {
	repo, err := git.Open(ctx, o.repo, git.Options{})
	if err != nil {
		repo = nil
	}
	place, placeErr := ledger.Place(o.place, repo, o.origin)
	switch {
	case placeErr != nil && err != nil:
		return nil, nil, misuse("name the folder of a git repository with --repo", "%w", err)
	case placeErr != nil:
		return nil, nil, misuse("", "--ledger: %w", placeErr)
	}
	return repo, ledger.New(place), nil
}

func (c *Command) ledger() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "ledger",
		Short: "the lasting records of merged changes: list, show, verify, make up for",
		Long: `A ledger keeps a record of each merged change for good, in a ref of the repository
that no clone fetches by itself, or in a folder. Records are only ever added. To
have it in a clone:

  git fetch origin ` + ledger.DefaultRef + `:` + ledger.DefaultRef,
		Example: "  mergebrief ledger log --path auth/session.go\n  mergebrief ledger verify\n  mergebrief ledger backfill v1.0..main",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(c.ledgerLog(), c.ledgerShow(), c.ledgerVerify(), c.ledgerBackfill(), c.ledgerCoverage(), c.ledgerIndex())
	return cmd
}

// ledgerFilters are the flags of ledger log, by what they look up.
var ledgerFilters = []struct {
	kind ledger.Kind
	use  string
}{
	{ledger.ByPull, "number of a pull request"},
	{ledger.ByCommit, "a commit of the change, or the one that merged it"},
	{ledger.BySession, "id of an agent's session"},
	{ledger.ByTicket, "key of a ticket, such as #482"},
	{ledger.ByPath, "path of a file that was changed"},
}

// logged is a line of ledger log.
type logged struct {
	Sequence    int64    `json:"sequence"`
	PullRequest int      `json:"pullRequest,omitempty"`
	Head        string   `json:"head"`
	Merged      string   `json:"merged,omitempty"`
	Backfilled  bool     `json:"backfilled,omitempty"`
	Agents      []string `json:"agents,omitempty"`
	Tickets     []string `json:"tickets,omitempty"`
	Verdict     string   `json:"verdict"`
	Digest      string   `json:"digest"`
}

func newLogged(r *ledger.Record) logged {
	rec := &r.Bundle.Record
	l := logged{
		Sequence: r.Sequence, PullRequest: rec.Target.PullRequest, Head: r.Key.Head, Merged: r.Landed.Commit, Backfilled: r.Backfilled,
		Verdict: r.Bundle.Assessment.Verdict.Title, Digest: r.Digest,
	}
	for i := range rec.Sessions {
		l.Agents = append(l.Agents, rec.Sessions[i].Agent)
	}
	for _, f := range r.Bundle.Assessment.Attribution.Files {
		for _, p := range f.Parts {
			l.Agents = append(l.Agents, p.Agent)
		}
	}
	for _, t := range rec.Tickets {
		l.Tickets = append(l.Tickets, t.Key)
	}
	slices.Sort(l.Agents)
	l.Agents = slices.DeleteFunc(slices.Compact(l.Agents), func(a string) bool { return a == "" })
	return l
}

func (c *Command) ledgerLog() *cobra.Command {
	var o ledgerOptions
	values := make([]string, len(ledgerFilters))
	cmd := &cobra.Command{
		Use:     "log",
		Short:   "list the records, or those of a pull request, commit, session, ticket or file",
		Example: "  mergebrief ledger log\n  mergebrief ledger log --ticket '#482'",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.runLedgerLog(cmd.Context(), o, values)
		},
	}
	o.add(cmd)
	for i, f := range ledgerFilters {
		cmd.Flags().StringVar(&values[i], string(f.kind), "", f.use)
	}
	return cmd
}

func (c *Command) runLedgerLog(ctx context.Context, o ledgerOptions, values []string) error {
	repo, l, err := o.open(ctx)
	if err != nil {
		return err
	}
	defer closeRepo(repo)
	all := []logged{}
	filtered := false
	for i, f := range ledgerFilters {
		value := values[i]
		if value == "" {
			continue
		}
		filtered = true
		if f.kind == ledger.ByCommit && repo != nil {
			if id, err := repo.Resolve(ctx, value); err == nil {
				value = id
			}
		}
		found, omitted, err := l.Find(ctx, f.kind, value)
		if err != nil {
			return fail("", "%w", err)
		}
		if omitted > 0 {
			say(c.Stderr, "mergebrief: %d older records are not listed\n", omitted)
		}
		for _, r := range slices.Backward(found) {
			all = append(all, newLogged(r))
		}
	}
	if !filtered {
		for r, err := range l.All(ctx) {
			if err != nil {
				return fail("mergebrief ledger verify says what is wrong", "%w", err)
			}
			all = append(all, newLogged(r))
		}
	}
	if o.asJSON {
		return c.printJSON(all)
	}
	w := tabwriter.NewWriter(c.Stdout, 0, 0, 2, ' ', 0)
	say(w, "Record\tPull request\tHead\tMerged\tTickets\tAgents\tVerdict\n")
	for _, r := range all {
		pull := "none"
		if r.PullRequest > 0 {
			pull = fmt.Sprintf("#%d", r.PullRequest)
		}
		say(w, "%d\t%s\t%.12s\t%.12s\t%s\t%s\t%s\n", r.Sequence, pull, r.Head, r.Merged, strings.Join(r.Tickets, " "), strings.Join(agentNames(r.Agents), ", "), r.Verdict)
	}
	return w.Flush()
}

func closeRepo(repo *git.Repo) {
	if repo != nil {
		_ = repo.Close()
	}
}

func (c *Command) ledgerShow() *cobra.Command {
	var o ledgerOptions
	cmd := &cobra.Command{
		Use:   "show RECORD",
		Short: "show one record, by its number",
		Long: `Shows a record as the comment on its pull request was, from what the ledger keeps
of it. --json prints the record itself.`,
		Example: "  mergebrief ledger show 41",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			n, err := strconv.ParseInt(args[0], 10, 64)
			if err != nil {
				return misuse("mergebrief ledger log lists the numbers", "%q is no number of a record", args[0])
			}
			repo, l, err := o.open(cmd.Context())
			if err != nil {
				return err
			}
			defer closeRepo(repo)
			r, err := l.Read(cmd.Context(), n)
			if err != nil {
				return fail("mergebrief ledger log lists the records", "%w", err)
			}
			return c.showRecord(r, o.asJSON)
		},
	}
	o.add(cmd)
	return cmd
}

func (c *Command) showRecord(r *ledger.Record, asJSON bool) error {
	if asJSON {
		return c.printJSON(r)
	}
	say(c.Stdout, "Record %d, %s\n", r.Sequence, r.Digest)
	say(c.Stdout, "Bundle as published: %s\n", r.BundleDigest)
	if r.Backfilled {
		say(c.Stdout, "Made after the merge, of what git held then.\n")
	}
	if len(r.Dropped) > 0 {
		say(c.Stdout, "Not kept, to be small: %s\n", strings.Join(r.Dropped, "; "))
	}
	if r.Landed.Commit != "" {
		say(c.Stdout, "Merged as %s (%s)\n", r.Landed.Commit, orUnknown(string(r.Landed.Method)))
	}
	say(c.Stdout, "%s\n\n", ours(comment.Headline(&r.Bundle)))
	for i := range r.Bundle.Record.Sessions {
		s := &r.Bundle.Record.Sessions[i]
		say(c.Stdout, "Agent run: %s, session %s\n", agents.Known().Name(s.Agent), s.ID)
	}
	for _, f := range r.Bundle.Assessment.Findings {
		say(c.Stdout, "%s: %s\n", f.Level, f.Text())
	}
	return nil
}

func orUnknown(s string) string {
	if s == "" {
		return "not known how"
	}
	return s
}

func (c *Command) ledgerVerify() *cobra.Command {
	var o ledgerOptions
	var witnesses []string
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "check that no record was changed, removed or put between, offline",
		Long: `Reads all records and checks that each hangs on those before it. That finds every
changed byte and every record that is missing between others. A removed end is
found only by who knows how long the ledger was: --receipts names files with the
text of check runs of mergebrief, each of which says so.

It does not say who wrote the records: that is as sure as the right to write the
ref.`,
		Example: "  mergebrief ledger verify\n  gh api 'repos/OWNER/REPO/commits/SHA/check-runs' > checks.json && mergebrief ledger verify --receipts checks.json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.runLedgerVerify(cmd.Context(), o, witnesses)
		},
	}
	o.add(cmd)
	cmd.Flags().StringArrayVar(&witnesses, "receipts", nil, "file with the text of check runs; may be repeated")
	return cmd
}

func (c *Command) runLedgerVerify(ctx context.Context, o ledgerOptions, witnesses []string) error {
	repo, l, err := o.open(ctx)
	if err != nil {
		return err
	}
	defer closeRepo(repo)
	var receipts []ledger.Receipt
	for _, name := range witnesses {
		text, err := readBounded(name)
		if err != nil {
			return err
		}
		found := ledger.ParseReceipts(string(text))
		if len(found) == 0 {
			return misuse("save the text of a check run of mergebrief there", "--receipts %s: it names no record of a ledger", name)
		}
		receipts = append(receipts, found...)
	}
	v, err := l.Verify(ctx, receipts)
	if err != nil {
		return fail("", "%w", err)
	}
	switch {
	case o.asJSON:
		if err := c.printJSON(v); err != nil {
			return err
		}
	case len(v.Faults) > 0:
		for _, f := range v.Faults {
			say(c.Stdout, "%s\n", f)
		}
	case v.Records == 0:
		say(c.Stdout, "%s has no records\n", l.Store)
	default:
		say(c.Stdout, "%s, unchanged, root %s\n", counted(int(v.Records), "record", "records"), v.Root)
		if v.Receipts == 0 {
			say(c.Stdout, "not checked: whether records were removed at the end (--receipts)\n")
		}
		say(c.Stdout, "unsigned: nothing says who wrote them but the right to write there\n")
	}
	if len(v.Faults) > 0 {
		return exit(ExitFailure)
	}
	return nil
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func (c *Command) ledgerIndex() *cobra.Command {
	var o ledgerOptions
	cmd := &cobra.Command{
		Use:   "index",
		Short: "make the index of the ledger again, from its records",
		Long: `Reads all records and writes the files by which they are found by pull request,
commit, session, ticket and path, where they are not as they should be. Records
stay as they are.`,
		Example: "  mergebrief ledger index",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			repo, l, err := o.open(cmd.Context())
			if err != nil {
				return err
			}
			defer closeRepo(repo)
			n, err := l.Reindex(cmd.Context())
			if err != nil {
				return fail("mergebrief ledger verify says what is wrong", "%w", err)
			}
			say(c.Stdout, "%s of the index made again\n", counted(n, "file", "files"))
			return nil
		},
	}
	o.add(cmd)
	return cmd
}

// backfillBatch is the number of records that are written together: what an
// interruption can lose.
const backfillBatch = 20

func (c *Command) ledgerBackfill() *cobra.Command {
	var o ledgerOptions
	cmd := &cobra.Command{
		Use:   "backfill RANGE",
		Short: "make records of merges of the past, of what git holds",
		Long: `Makes a record of every merge and every squashed commit of a range, as A..B, that
has none yet: the change, git notes, trailers. Checks, reviews and tickets are on
GitHub and not in git; the records say that they are missing. Running it again
goes on where it stopped.`,
		Example: "  mergebrief ledger backfill v1.0..main",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.runLedgerBackfill(cmd.Context(), o, args[0])
		},
	}
	o.add(cmd)
	return cmd
}

func (c *Command) runLedgerBackfill(ctx context.Context, o ledgerOptions, span string) error {
	repo, l, err := o.open(ctx)
	if err != nil {
		return err
	}
	if repo == nil {
		return misuse("name the folder of a git repository with --repo", "there is no git repository to make records of")
	}
	defer repo.Close()
	merges, last, err := landed(ctx, repo, span)
	if err != nil {
		return err
	}
	policy, err := c.replayPolicy(ctx, repo, replayOptions{}, last)
	if err != nil {
		return err
	}
	known, err := l.Known(ctx, ledger.ByCommit, ids(merges))
	if err != nil {
		return fail("", "%w", err)
	}
	had := len(merges)
	merges = slices.DeleteFunc(merges, func(m evidence.Commit) bool { _, has := known[m.ID]; return has })
	had -= len(merges)
	written := 0
	for batch := range slices.Chunk(merges, backfillBatch) {
		var entries []ledger.Entry
		for _, m := range batch {
			e, err := pastEntry(ctx, repo, m, policy)
			if err != nil {
				return fail("", "%s: %w", m.ID, err)
			}
			entries = append(entries, e)
		}
		if _, err := l.Append(ctx, entries...); err != nil {
			return fail("run it again: it goes on where it stopped", "%w", err)
		}
		written += len(entries)
		say(c.Stderr, "mergebrief: %d of %d\n", written, len(merges))
	}
	say(c.Stdout, "%s added to %s; %d had one\n", counted(written, "record", "records"), l.Store, had)
	return nil
}

func ids(commits []evidence.Commit) []string {
	all := make([]string, len(commits))
	for i := range commits {
		all[i] = commits[i].ID
	}
	return all
}

// pastEntry makes the record of a merge of what git holds.
func pastEntry(ctx context.Context, repo *git.Repo, m evidence.Commit, policy assess.Policy) (ledger.Entry, error) {
	b, err := pastBundle(ctx, repo, m, policy)
	if err != nil {
		return ledger.Entry{}, err
	}
	b.Record.Target.PullRequest = pullNumber(m.Subject)
	stored, err := b.Canonical()
	if err != nil {
		return ledger.Entry{}, err
	}
	where, err := ledger.Landing(ctx, repo, &b.Record, m.ID)
	return ledger.Entry{Stored: stored, Landed: where, Backfilled: true}, err
}

// covered is a month of ledger coverage.
type covered struct {
	Month string `json:"month"`
	// Numbers of merged pull requests and of those with a record.
	Merged   int `json:"merged"`
	Recorded int `json:"recorded"`
	// The others, by the commit that merged them.
	Without []string `json:"without,omitempty"`
}

func (c *Command) ledgerCoverage() *cobra.Command {
	var o ledgerOptions
	cmd := &cobra.Command{
		Use:   "coverage RANGE",
		Short: "tell how many merged pull requests have a record, by month",
		Long: `Counts the merges of a range, as A..B, and those of them of which the ledger has a
record, by the month of the merge commit, and lists those without. What counts as
a merged pull request is a merge commit and a commit whose subject ends with the
number of one; other commits on the branch are counted apart.`,
		Example: "  mergebrief ledger coverage v1.0..main",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.runLedgerCoverage(cmd.Context(), o, args[0])
		},
	}
	o.add(cmd)
	return cmd
}

func (c *Command) runLedgerCoverage(ctx context.Context, o ledgerOptions, span string) error {
	repo, l, err := o.open(ctx)
	if err != nil {
		return err
	}
	if repo == nil {
		return misuse("name the folder of a git repository with --repo", "there is no git repository to count the merges of")
	}
	defer repo.Close()
	merges, _, err := landed(ctx, repo, span)
	if err != nil {
		return err
	}
	known, err := l.Known(ctx, ledger.ByCommit, ids(merges))
	if err != nil {
		return fail("", "%w", err)
	}
	byMonth := map[string]*covered{}
	others := 0
	for _, m := range merges {
		if len(m.Parents) < 2 && pullNumber(m.Subject) == 0 {
			others++
			continue
		}
		name := m.Committed.Format("2006-01")
		if byMonth[name] == nil {
			byMonth[name] = &covered{Month: name}
		}
		at := byMonth[name]
		at.Merged++
		if _, has := known[m.ID]; has {
			at.Recorded++
			continue
		}
		at.Without = append(at.Without, fmt.Sprintf("%.12s %s", m.ID, subjectLine(m.Subject)))
	}
	months := []covered{}
	for _, name := range slices.Sorted(maps.Keys(byMonth)) {
		months = append(months, *byMonth[name])
	}
	if o.asJSON {
		return c.printJSON(months)
	}
	c.printCoverage(months, others)
	return nil
}

func (c *Command) printCoverage(months []covered, others int) {
	w := tabwriter.NewWriter(c.Stdout, 0, 0, 2, ' ', 0)
	say(w, "Month\tMerged\tWith a record\n")
	var all covered
	for _, m := range months {
		say(w, "%s\t%d\t%d\n", m.Month, m.Merged, m.Recorded)
		all.Merged, all.Recorded, all.Without = all.Merged+m.Merged, all.Recorded+m.Recorded, append(all.Without, m.Without...)
	}
	say(w, "all\t%d\t%d\n", all.Merged, all.Recorded)
	_ = w.Flush()
	if others > 0 {
		say(c.Stdout, "\n%s on the branch came without a pull request, as far as git tells.\n", counted(others, "commit", "commits"))
	}
	if len(all.Without) > 0 {
		say(c.Stdout, "\nWithout a record:\n")
		for _, line := range all.Without {
			say(c.Stdout, "%s\n", "  "+line)
		}
	}
}

// agentNames are what people call agents, by their keys.
func agentNames(keys []string) []string {
	names := make([]string, 0, len(keys))
	for _, k := range keys {
		names = append(names, agents.Known().Name(k))
	}
	return names
}
