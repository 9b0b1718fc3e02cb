package cli

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mergebrief/mergebrief/internal/assess"
	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/git"
	"github.com/mergebrief/mergebrief/internal/ledger"
	"github.com/mergebrief/mergebrief/internal/why"
)

const (
	// maxWhyGroups bounds the groups of lines that are answered one by one.
	maxWhyGroups = 20
	// maxReplayed bounds the merges that are looked at in git because no ledger has
	// them: each takes up to a second.
	maxReplayed = 5
)

// answer is what why says, and what --json prints.
type answer struct {
	Question string  `json:"question"`
	Groups   []group `json:"answers,omitempty"`
	// What is not known, and what would have recorded it.
	Unknown string `json:"unknown,omitempty"`
	Hint    string `json:"hint,omitempty"`
	// Number of groups of lines, or of records, that are left out.
	Omitted int `json:"omitted,omitempty"`
}

// group is lines with one origin, or a change.
type group struct {
	// The lines, and the commit that wrote them, with the place there.
	Path   string              `json:"path,omitempty"`
	Lines  *evidence.LineRange `json:"lines,omitempty"`
	Commit string              `json:"commit,omitempty"`
	Was    string              `json:"was,omitempty"`
	// What is known.
	Statements []why.Statement `json:"statements,omitempty"`
	// Where it is from: a record of the ledger, or git alone.
	Source  string `json:"source"`
	Unknown string `json:"unknown,omitempty"`
}

// whyOptions are the flags of why.
type whyOptions struct {
	ledgerOptions
	rev string
}

func (c *Command) why() *cobra.Command {
	var o whyOptions
	cmd := &cobra.Command{
		Use:   "why FILE[:LINE[-LINE]] | COMMIT | '#PULL' | SESSION | TICKET",
		Short: "tell where lines or changes come from: run, ticket, validation, review",
		Long: `Says of lines of a file which pull request, ticket and agent run they come from, how
they were validated and reviewed, and how they were merged; or the same of a
commit, a pull request, a session or a ticket. It reads the ledger of this clone,
and what git itself holds (notes, checkpoints, traces, trailers) where the ledger
has nothing. It asks nobody, unless --origin lets it read the ledger of origin.

Each statement has its grade as of when it was recorded: O observed, V verified,
R reported, M missing.`,
		Example: "  mergebrief why auth/session.go:12\n  mergebrief why --rev v1.2 auth/session.go:10-20\n  mergebrief why '#7'\n  mergebrief why SHOP-482",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.runWhy(cmd.Context(), o, args[0])
		},
	}
	o.add(cmd)
	cmd.Flags().StringVar(&o.rev, "rev", "HEAD", "revision in which the lines are")
	return cmd
}

// asker answers one question.
type asker struct {
	repo   *git.Repo
	ledger *ledger.Ledger
	rev    string
	policy assess.Policy
	// Records of the ledger, and those made of git, by commit.
	found  map[string][]*ledger.Record
	remade map[string]*ledger.Record
	// Size of the ledger.
	size int64
}

// ask answers one question.
func (o whyOptions) ask(ctx context.Context, question string) (answer, error) {
	repo, l, err := o.open(ctx)
	if err != nil {
		return answer{}, err
	}
	if repo == nil {
		return answer{}, misuse("name the folder of a git repository with --repo", "%s is in no git repository", o.repo)
	}
	defer repo.Close()
	a := &asker{repo: repo, ledger: l, found: map[string][]*ledger.Record{}, remade: map[string]*ledger.Record{}}
	if a.rev, err = repo.Resolve(ctx, o.rev); err != nil {
		return answer{}, misuse("name a commit of this repository with --rev", "%w", err)
	}
	if a.size, _, err = l.Size(ctx); err != nil {
		return answer{}, fail("mergebrief ledger verify says what is wrong; --ledger names another one", "%w", err)
	}
	if a.policy, err = assess.ParsePolicy("", []byte("preset: review\n"), today()); err != nil {
		return answer{}, err
	}
	return a.answer(ctx, question)
}

func (c *Command) runWhy(ctx context.Context, o whyOptions, question string) error {
	out, err := o.ask(ctx, question)
	if err != nil {
		return err
	}
	if o.asJSON {
		return c.printJSON(out)
	}
	c.printAnswer(out)
	return nil
}

var (
	pullQuestion = regexp.MustCompile(`^#([0-9]{1,9})$`)
	lineQuestion = regexp.MustCompile(`^(.+):([0-9]{1,9})(?:-([0-9]{1,9}))?$`)
)

// answer finds out what the question is about: a pull request, lines, a file, a
// commit, a session, a ticket, in this order.
func (a *asker) answer(ctx context.Context, question string) (answer, error) {
	if m := pullQuestion.FindStringSubmatch(question); m != nil {
		if out, err := a.records(ctx, question, ledger.ByPull, m[1]); err != nil || len(out.Groups) > 0 {
			return out, err
		}
		return a.records(ctx, question, ledger.ByTicket, question)
	}
	path, lines := question, evidence.LineRange{}
	if m := lineQuestion.FindStringSubmatch(question); m != nil {
		first, _ := strconv.Atoi(m[2]) // digits, as the pattern says
		last, _ := strconv.Atoi(cmp.Or(m[3], m[2]))
		if first < 1 || last < first {
			return answer{}, misuse("lines are counted from 1: FILE:10-20", "%q names no lines", question)
		}
		path, lines = m[1], evidence.LineRange{First: first, Last: last}
	}
	if a.isFile(ctx, path) {
		return a.lines(ctx, question, path, lines)
	}
	if lines.First > 0 {
		return answer{}, misuse("name it as it is in the repository, from its top level; --rev names another revision", "there is no file %q at %s", path, evidence.ShortID(a.rev))
	}
	if id, err := a.repo.Resolve(ctx, question); err == nil {
		return a.commit(ctx, question, id)
	}
	for _, k := range []ledger.Kind{ledger.BySession, ledger.ByTicket, ledger.ByCommit, ledger.ByPath} {
		if out, err := a.records(ctx, question, k, question); err != nil || len(out.Groups) > 0 {
			return out, err
		}
	}
	return a.unknown(question, "no file, commit, pull request, session or ticket of this name is known"), nil
}

func (a *asker) isFile(ctx context.Context, path string) bool {
	data, err := a.repo.Files(ctx, a.rev, []string{path}, maxBundleBytes, false)
	return err == nil && data[0] != nil
}

// unknown is an answer that says what would have recorded it.
func (a *asker) unknown(question, what string) answer {
	out := answer{Question: question, Unknown: what}
	if a.size == 0 {
		out.Hint = "this clone has no ledger: git fetch origin " + ledger.DefaultRef + ":" + ledger.DefaultRef + ", or --origin; docs/ledger.md says how records come to be"
		return out
	}
	out.Hint = fmt.Sprintf("the ledger has %d records and none of it: the input ledger of the action records a change when it is merged, mergebrief ledger backfill afterwards what git holds", a.size)
	return out
}

// records answers with all records that a value leads to.
func (a *asker) records(ctx context.Context, question string, k ledger.Kind, value string) (answer, error) {
	found, omitted, err := a.ledger.Find(ctx, k, value)
	if err != nil {
		return answer{}, fail("mergebrief ledger verify says what is wrong", "%w", err)
	}
	if len(found) == 0 {
		return a.unknown(question, fmt.Sprintf("no record of %s %s", k, value)), nil
	}
	out := answer{Question: question, Omitted: omitted}
	seen := map[int]bool{}
	for _, r := range found {
		pull := r.Bundle.Record.Target.PullRequest
		if pull > 0 && seen[pull] {
			continue // the last record of a pull request is the whole one
		}
		seen[pull] = true
		if len(out.Groups) == maxWhyGroups {
			out.Omitted++
			continue
		}
		out.Groups = append(out.Groups, group{Commit: cmp.Or(r.Landed.Commit, r.Key.Head), Statements: why.Change(r), Source: source(r)})
	}
	return out, nil
}

func source(r *ledger.Record) string {
	if r.Digest == "" {
		return "git alone: notes, checkpoints, traces and trailers; no ledger has a record of it"
	}
	text := fmt.Sprintf("record %d of the ledger, %s", r.Sequence, r.Digest)
	if r.Backfilled {
		text += ", made after the merge of what git held"
	}
	return text
}

// commit answers what is known of one commit.
func (a *asker) commit(ctx context.Context, question, id string) (answer, error) {
	out, err := a.records(ctx, question, ledger.ByCommit, id)
	if err != nil || len(out.Groups) > 0 {
		return out, err
	}
	r, err := a.remake(ctx, id)
	if err != nil {
		return answer{}, err
	}
	if r == nil {
		return a.unknown(question, "no record of commit "+evidence.ShortID(id)), nil
	}
	return answer{Question: question, Groups: []group{{Commit: id, Statements: why.Change(r), Source: source(r)}}}, nil
}

// lines answers where lines of a file come from.
func (a *asker) lines(ctx context.Context, question, path string, lines evidence.LineRange) (answer, error) {
	blamed, err := a.repo.Blame(ctx, a.rev, path, lines)
	if err != nil {
		return answer{}, misuse("name lines that the file has", "%s: %w", question, err)
	}
	out := answer{Question: question}
	for _, b := range blamed {
		groups, err := a.blamed(ctx, path, b)
		if err != nil {
			return answer{}, err
		}
		out.Groups = append(out.Groups, groups...)
		if len(out.Groups) > maxWhyGroups {
			out.Omitted = len(out.Groups) - maxWhyGroups
			out.Groups = out.Groups[:maxWhyGroups]
		}
	}
	if !slices.ContainsFunc(out.Groups, func(g group) bool { return len(g.Statements) > 0 }) {
		u := a.unknown(question, "nothing is recorded of these lines")
		out.Unknown, out.Hint = u.Unknown, u.Hint
	}
	return out, nil
}

// blamed answers for lines of one commit: a group for each part that one author has.
func (a *asker) blamed(ctx context.Context, path string, b git.Blamed) ([]group, error) {
	whole := group{Path: path, Lines: &b.LineRange, Commit: b.Commit}
	if b.Path != path || b.Line != b.First {
		whole.Was = fmt.Sprintf("%s:%d", b.Path, b.Line)
	}
	if b.Cut {
		whole.Unknown = "the clone is shallow and ends at this commit: git fetch --unshallow"
		return []group{whole}, nil
	}
	records, err := a.of(ctx, b.Commit)
	if err != nil {
		return nil, err
	}
	var out []group
	for n := b.First; n <= b.Last; n++ {
		at := b.Line + n - b.First
		r, spot, ok := locate(records, b.Commit, b.Path, at)
		if !ok && len(records) > 0 && records[0].Digest != "" {
			if remade, err := a.remake(ctx, b.Commit); err != nil {
				return nil, err
			} else if remade != nil {
				r, spot, ok = locate([]*ledger.Record{remade}, b.Commit, b.Path, at)
			}
		}
		g := group{Path: path, Lines: &evidence.LineRange{First: n, Last: n}, Commit: b.Commit, Was: whole.Was}
		if whole.Was != "" {
			g.Was = fmt.Sprintf("%s:%d", b.Path, at)
		}
		switch {
		case ok:
			g.Statements, g.Source = why.Line(r, spot), source(r)
		case len(records) > 0:
			g.Unknown = "the record of the change does not have this line"
		default:
			g.Unknown = "no record of the change is known"
		}
		if k := len(out); k > 0 && same(out[k-1], g) {
			out[k-1].Lines.Last = n
			continue
		}
		out = append(out, g)
	}
	return out, nil
}

// same reports whether two groups say the same of their lines.
func same(x, y group) bool {
	return x.Source == y.Source && x.Unknown == y.Unknown && slices.Equal(x.Statements, y.Statements)
}

// locate finds a line in the first record that has it.
func locate(records []*ledger.Record, commit, path string, line int) (*ledger.Record, ledger.Spot, bool) {
	for _, r := range records {
		if spot, ok := r.Find(commit, path, line); ok {
			return r, spot, true
		}
	}
	return nil, ledger.Spot{}, false
}

// of returns the records of a commit, the latest first: of the ledger, else one made
// of git.
func (a *asker) of(ctx context.Context, commit string) ([]*ledger.Record, error) {
	if found, known := a.found[commit]; known {
		return found, nil
	}
	found, _, err := a.ledger.Find(ctx, ledger.ByCommit, commit)
	if err != nil {
		return nil, fail("mergebrief ledger verify says what is wrong", "%w", err)
	}
	if len(found) == 0 {
		r, err := a.remake(ctx, commit)
		if err != nil {
			return nil, err
		}
		if r != nil {
			found = append(found, r)
		}
	}
	a.found[commit] = found
	return found, nil
}

// remake makes the record of the merge that brought a commit, of what git holds; nil
// when there is no such merge, or too many were looked at.
func (a *asker) remake(ctx context.Context, commit string) (*ledger.Record, error) {
	by, err := a.repo.LandedBy(ctx, commit, a.rev)
	if err != nil || by == "" {
		by = commit
	}
	if r, known := a.remade[by]; known || len(a.remade) == maxReplayed {
		return r, nil
	}
	a.remade[by] = nil
	parent, err := a.repo.Resolve(ctx, by+"^")
	if err != nil {
		return nil, nil //nolint:nilerr // the first commit is no change of anything
	}
	commits, err := a.repo.Commits(ctx, parent, by)
	if err != nil || len(commits) == 0 {
		return nil, err
	}
	e, err := pastEntry(ctx, a.repo, commits[len(commits)-1], a.policy)
	if err != nil {
		return nil, err
	}
	b, err := evidence.ParseBundle(e.Stored)
	if err != nil {
		return nil, err
	}
	a.remade[by] = &ledger.Record{Landed: e.Landed, Bundle: *b, Key: ledger.Key{Head: b.Record.Target.Head}}
	return a.remade[by], nil
}

// printAnswer prints an answer for people.
func (c *Command) printAnswer(a answer) {
	for i, g := range a.Groups {
		if i > 0 {
			say(c.Stdout, "\n")
		}
		c.printGroup(g)
	}
	if a.Omitted > 0 {
		say(c.Stdout, "\n%d more are not shown; ask about fewer lines\n", a.Omitted)
	}
	if a.Unknown != "" {
		say(c.Stdout, "%s: %s\n", a.Question, a.Unknown)
		say(c.Stderr, "hint: %s\n", a.Hint)
	}
}

func (c *Command) printGroup(g group) {
	switch {
	case g.Lines == nil:
		say(c.Stdout, "%s\n", g.Commit)
	default:
		lines := strconv.Itoa(g.Lines.First)
		if g.Lines.Last != g.Lines.First {
			lines += "-" + strconv.Itoa(g.Lines.Last)
		}
		say(c.Stdout, "%s:%s, unchanged since %.12s", g.Path, lines, g.Commit)
		if g.Was != "" {
			say(c.Stdout, ", moved from %s", g.Was)
		}
		say(c.Stdout, "\n")
	}
	for _, s := range g.Statements {
		say(c.Stdout, "  %s  %-13s %s\n", letter(s.Basis), s.Topic, s.Text)
		if s.URL != "" {
			say(c.Stdout, "     %-13s %s\n", "", s.URL)
		}
	}
	if g.Unknown != "" {
		say(c.Stdout, "  M  %s\n", g.Unknown)
	}
	if g.Source != "" {
		say(c.Stdout, "     %-13s %s\n", "Evidence", g.Source)
	}
}

// letter is the grade of a statement.
func letter(b evidence.Basis) string {
	if !b.Known() {
		return "?"
	}
	return strings.ToUpper(string(b[:1]))
}
