package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/git"
	"github.com/mergebrief/mergebrief/internal/local"
	"github.com/mergebrief/mergebrief/internal/sessionnote"
)

// recordOptions are the flags of record.
type recordOptions struct {
	repo, base, since, push, out string
	sessions, from               []string
	dryRun, prompts, quiet       bool
	within                       time.Duration

	// What a push moved, when the hook asks, and the repository then.
	pushed     *local.Moved
	repository *local.Repository
}

func (c *Command) record() *cobra.Command {
	var o recordOptions
	cmd := &cobra.Command{
		Use:   "record",
		Short: "carry what agents did on this machine to the pull request, in git notes",
		Long: `Finds the sessions of coding agents that wrote lines of the commits of this branch
and keeps what they did as a note on each commit, under ` + sessionnote.Ref + `:
commands and how they ended, which lines are theirs, files read, usage. No text of
prompts, of code or of output is in it. The action reads the notes once they are
pushed, which --push does, or the hook that mergebrief record install adds. Only
notes of commits that the remote has are pushed.`,
		Example: "  mergebrief record --dry-run\n  mergebrief record --push origin\n  mergebrief record --out -",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.runRecordWithin(cmd.Context(), o)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.base, "base", "", "revision after which the commits begin (default: where HEAD left the default branch)")
	f.StringVar(&o.since, "since", "", "leave out sessions that ended before: a date, a time, or a duration such as 72h")
	f.StringArrayVar(&o.sessions, "session", nil, "id of the only session to record; may be repeated")
	f.StringArrayVar(&o.from, "from", nil, "glob of further session files; may be repeated")
	f.BoolVar(&o.dryRun, "dry-run", false, "show what would be written and write nothing")
	f.StringVar(&o.push, "push", "", "remote to push the notes of the commits to that it has, and nothing else")
	f.StringVar(&o.out, "out", "", "write the records to a file, one a line, instead of notes; - for standard output")
	f.BoolVar(&o.prompts, "include-prompts", false, "keep the beginnings of the prompts, without secrets")
	f.DurationVar(&o.within, "within", 0, "give up after this time")
	f.BoolVar(&o.quiet, "quiet", false, "print one line at most")
	cmd.PersistentFlags().StringVar(&o.repo, "repo", ".", "folder of the git repository")
	cmd.AddCommand(c.recordShow(&o.repo), c.recordInstall(&o.repo), c.recordUninstall(&o.repo), c.recordPushed(&o.repo))
	return cmd
}

// recordGrace is how long a run that is out of time may take to end by itself. A
// folder on a server that does not answer cannot be told to stop.
const recordGrace = 300 * time.Millisecond

// runRecordWithin records, and gives up after some time: a push waits for it.
func (c *Command) runRecordWithin(ctx context.Context, o recordOptions) error {
	if o.within <= 0 {
		return c.runRecord(ctx, o)
	}
	within, cancel := context.WithTimeout(ctx, o.within)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- c.runRecord(within, o) }()
	select {
	case err := <-done:
		if err == nil || !errors.Is(within.Err(), context.DeadlineExceeded) {
			return err
		}
	case <-time.After(o.within + recordGrace):
	}
	if o.push == "" {
		return fail("", "recording took longer than %s and was given up", o.within)
	}
	return fail("nothing is lost: run mergebrief record --push "+o.push+" later", "recording took longer than %s and was given up; the branch is pushed", o.within)
}

func (c *Command) runRecord(ctx context.Context, o recordOptions) error {
	since, err := parseSince(o.since, time.Now())
	if err != nil {
		return err
	}
	repo, err := git.Open(ctx, o.repo, git.Options{})
	if err != nil {
		return misuse("name the folder of a git repository with --repo", "%w", err)
	}
	defer repo.Close()
	found, err := c.collect(ctx, repo, o, since)
	if err != nil {
		return err
	}
	notes := local.NewNotes(repo)
	if err := found.Follow(ctx, repo, notes); err != nil {
		return fail("", "%w", err)
	}
	switch {
	case o.dryRun:
		c.printCollection(found)
		return nil
	case o.out != "":
		return c.writeRecords(found, o.out)
	}
	return c.keep(ctx, notes, found, o)
}

// collect finds the sessions and makes the documents.
func (c *Command) collect(ctx context.Context, repo *git.Repo, o recordOptions, since time.Time) (*local.Collection, error) {
	t, err := c.branch(ctx, repo, o)
	if err != nil {
		return nil, err
	}
	found, err := c.sessionsOf(ctx, repo, t, o, since)
	if err != nil {
		return nil, err
	}
	for _, id := range o.sessions {
		if !slices.ContainsFunc(found.Read, func(s evidence.Session) bool { return s.ID == id }) {
			return nil, misuse("name its file with --from", "--session %s: no such session in the folders of the agents", id)
		}
	}
	return found, nil
}

// sessionsOf finds the sessions on this machine that wrote commits of the target.
func (c *Command) sessionsOf(ctx context.Context, repo *git.Repo, t evidence.Target, o recordOptions, since time.Time) (*local.Collection, error) {
	r, err := o.repository, error(nil)
	if r == nil {
		r, err = local.OpenRepository(ctx, repo.Root())
	}
	if err != nil {
		return nil, fail("", "%w", err)
	}
	home, err := c.home(o.from)
	if err != nil {
		return nil, err
	}
	candidates, err := home.Sessions(ctx, r.Roots)
	if err != nil {
		return nil, misuse("", "%w", err)
	}
	key, err := r.Key(ctx, !o.dryRun)
	if err != nil {
		return nil, fail("", "the key of the digests: %w", err)
	}
	options := local.Options{
		MergeBase: t.MergeBase, Head: t.Head, Since: since, Sessions: o.sessions, Prompts: o.prompts, Key: key, Secrets: secretVariables(c.environ()), Version: version(),
	}
	if !o.dryRun && o.out == "" {
		r.Remember(ctx)
		options.Resume = &local.Resume{Covered: &local.Covered{}, Notes: local.NewNotes(repo)}
		if len(o.sessions) == 0 {
			options.Resume.Covered = r.Covered(ctx)
		}
	}
	found, err := local.Collect(ctx, repo, r, candidates, options)
	if err != nil {
		return nil, fail("", "%w", err)
	}
	found.Stores = home.Stores(candidates)
	return found, nil
}

// branch finds the commits of the branch: those after the base.
func (c *Command) branch(ctx context.Context, repo *git.Repo, o recordOptions) (evidence.Target, error) {
	head, base := "HEAD", o.base
	if o.pushed != nil {
		head, base = o.pushed.New, c.pushedBase(ctx, repo, *o.pushed)
	}
	if _, err := repo.Resolve(ctx, head); evidence.ReasonOf(err, "") == evidence.NotFound {
		return evidence.Target{}, misuse("commit first, then record", "%s: HEAD names no commit: the branch has none yet", o.repo)
	}
	t, err := c.localTarget(ctx, repo, reportOptions{base: base, head: head}, nil)
	if err != nil {
		return t, err
	}
	if t.MergeBase == "" {
		return t, misuse("name the revision after which the commits begin with --base", "HEAD and the base have no common commit here")
	}
	if t.MergeBase != t.Head || o.pushed != nil {
		return t, nil
	}
	if shallow, err := repo.Shallow(ctx); err == nil && shallow {
		return t, misuse("get more of it: git fetch --deepen 100 origin", "the clone is shallow and has no commit before %.12s, so it cannot be told where the branch began", t.Head)
	}
	say(c.Stderr, "mergebrief: no commits after %.12s; --base names where the branch began\n", t.MergeBase)
	return t, nil
}

// pushedBase is where the commits of a push begin, "" for where they left the
// default branch. A push to that branch itself begins where the branch was.
func (c *Command) pushedBase(ctx context.Context, repo *git.Repo, m local.Moved) string {
	if base, err := repo.DefaultBase(ctx); err == nil {
		if bases, err := repo.MergeBases(ctx, base, m.New); err != nil || !slices.Contains(bases, m.New) {
			return base
		}
	}
	for _, rev := range []string{m.Old, m.New + "^", m.New} {
		if _, err := repo.Resolve(ctx, rev); rev != "" && err == nil {
			return rev
		}
	}
	return ""
}

func (c *Command) environ() []string {
	if c.Environ == nil {
		return nil
	}
	return c.Environ()
}

// home is the user's home, with the globs made absolute.
func (c *Command) home(from []string) (local.Home, error) {
	h := local.Home{Getenv: c.Getenv, Cache: local.CacheDir(c.Getenv)}
	for _, glob := range from {
		abs, err := filepath.Abs(glob)
		if err != nil {
			return h, misuse("", "--from %s: %w", glob, err)
		}
		h.From = append(h.From, abs)
	}
	return h, nil
}

// secretName is how variables are called that hold secrets.
var secretName = regexp.MustCompile(`(?i)(token|secret|passw|api_?key|private_?key|credential|authorization|(^|_)auth(_|$))`)

// secretVariables returns the values of the variables that hold secrets by their
// names: an agent may have printed them.
func secretVariables(environ []string) []string {
	var values []string
	for _, e := range environ {
		if name, value, ok := strings.Cut(e, "="); ok && secretName.MatchString(name) {
			values = append(values, value)
		}
	}
	return values
}

// parseSince reads a date, a time or a duration before now.
func parseSince(s string, now time.Time) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04", time.DateOnly} {
		if t, err := time.ParseInLocation(layout, s, time.Local); err == nil {
			return t, nil
		}
	}
	if d, err := time.ParseDuration(s); err == nil {
		return now.Add(-d), nil
	}
	return time.Time{}, misuse("", "--since: %q is neither a date (2026-11-02), a time (2026-11-02T09:00:00Z) nor a duration (72h)", s)
}

// writeRecords writes the documents, one a line, in the order of the commits.
func (c *Command) writeRecords(found *local.Collection, name string) error {
	var out bytes.Buffer
	for _, commit := range found.Commits {
		d, known := found.Documents[commit.ID]
		if !known {
			continue
		}
		data, err := sessionnote.Encode(d)
		if err != nil {
			return fail("", "%w", err)
		}
		out.Write(data)
	}
	if name == "-" {
		return c.writeJSON(out.Bytes())
	}
	if err := os.WriteFile(name, out.Bytes(), 0o600); err != nil {
		return fail("name another file with --out", "%w", err)
	}
	say(c.Stdout, "%s in %s\n", evidence.Plural(len(found.Documents), "record"), name)
	return nil
}

// keep says what was written, and pushes the notes if that was asked for.
func (c *Command) keep(ctx context.Context, notes local.Notes, found *local.Collection, o recordOptions) error {
	for _, k := range found.Left {
		say(c.Stderr, "mergebrief: %v; the note is left as it is\nhint: look at it with git notes --ref=mergebrief show, and remove it with git notes --ref=mergebrief remove\n", k)
	}
	line := fmt.Sprintf("%s of %s recorded, %s changed", evidence.Plural(found.Recorded(), "commit"), fmt.Sprint(len(found.Commits)), evidence.Plural(len(found.Changed), "note"))
	if o.push != "" {
		n, sent, err := c.send(ctx, notes, o)
		if err != nil {
			return fail("the notes are in this clone; push them later with mergebrief record --push "+o.push, "the notes are not pushed: %w", err)
		}
		if o.pushed != nil && n == 0 && len(found.Changed) == 0 {
			return nil // a push that brings nothing new needs no word
		}
		line += sent
	}
	say(c.Stdout, "%s\n", line)
	if !o.quiet {
		c.printRest(found)
	}
	return nil
}

// send pushes the notes of the commits that the remote has, to each of its
// addresses, and returns how many were new there, and what became of them in words.
func (c *Command) send(ctx context.Context, notes local.Notes, o recordOptions) (n int, said string, err error) {
	all, err := notes.Destinations(ctx, o.push)
	if err != nil {
		return 0, "", err
	}
	if o.pushed != nil && len(all) > 1 {
		return n, "", evidence.Errorf(evidence.Unsupported, "pushes to %s go to %d addresses, and it cannot be told which of them accepted this one", o.push, len(all))
	}
	if o.repository == nil {
		if o.repository, err = local.OpenRepository(ctx, notes.Repo.Root()); err != nil {
			return 0, "", err
		}
	}
	var words strings.Builder
	for _, d := range all {
		var tips []string
		if o.pushed != nil {
			tips = []string{o.pushed.New}
		} else if tips, err = notes.Has(ctx, d); err != nil {
			return n, "", err
		}
		if o.pushed != nil {
			if at, refused := o.repository.Refused(ctx, d, time.Now()); refused {
				return n, "", evidence.Errorf(evidence.Denied, "%s refused them at %s and is not asked again for a day", d.Remote, at.Format(time.RFC3339))
			}
		}
		sent, err := notes.Push(ctx, d, tips, o.pushed != nil)
		o.repository.Answered(ctx, d, time.Now(), evidence.ReasonOf(err, "") == evidence.Denied)
		for _, k := range sent.Kept {
			say(c.Stderr, "mergebrief: not merged, left as on %s: %v\n", d.Remote, k)
		}
		if err != nil {
			return n, "", err
		}
		n += sent.Notes
		if sent.Notes > 0 {
			say(&words, ", %d pushed to %s", sent.Notes, d.Remote)
		} else {
			say(&words, ", nothing to push to %s", d.Remote)
		}
		if sent.Held > 0 && o.pushed == nil {
			say(&words, "; %s here: their commits are not on %s", evidence.Plural(sent.Held, "note")+map[bool]string{true: " stays", false: " stay"}[sent.Held == 1], d.Remote)
		}
	}
	return n, words.String(), nil
}

func (c *Command) recordShow(repo *string) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "show [REV]", Short: "show what is recorded about a commit",
		Example: "  mergebrief record show\n  mergebrief record show HEAD~2 --json", Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.runRecordShow(cmd.Context(), *repo, append(args, "HEAD")[0], asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the document as it is stored")
	return cmd
}

func (c *Command) runRecordShow(ctx context.Context, dir, rev string, asJSON bool) error {
	repo, err := git.Open(ctx, dir, git.Options{})
	if err != nil {
		return misuse("name the folder of a git repository with --repo", "%w", err)
	}
	defer repo.Close()
	id, err := repo.Resolve(ctx, rev)
	if err != nil {
		return misuse("", "%w", err)
	}
	docs, bad := local.NewNotes(repo).Documents(ctx, sessionnote.Ref, []string{id})
	if err := errors.Join(bad...); err != nil {
		return fail("", "%w", err)
	}
	d, known := docs[id]
	if !known {
		return fail("mergebrief record makes one; git fetch origin "+sessionnote.Ref+":"+sessionnote.Ref+" gets those of others", "nothing is recorded about %.12s", id)
	}
	if asJSON {
		data, err := sessionnote.EncodeNote(d)
		if err != nil {
			return fail("", "%w", err)
		}
		return c.writeJSON(data)
	}
	if d.Commit != "" {
		c.printDocument(d.Document, "")
	}
	for _, copied := range d.Copied {
		c.printDocument(copied, "copied here by git: its lines are those of that commit; mergebrief record finds them here")
	}
	return nil
}

func (c *Command) openLocal(ctx context.Context, dir string) (*local.Repository, error) {
	repo, err := git.Open(ctx, dir, git.Options{})
	if err != nil {
		return nil, misuse("name the folder of a git repository with --repo", "%w", err)
	}
	defer repo.Close()
	r, err := local.OpenRepository(ctx, repo.Root())
	if err != nil {
		return nil, fail("", "%w", err)
	}
	return r, nil
}

// skippedByReason groups what was skipped, so that a screen shows it.
func skippedByReason(skipped []local.Candidate) []string {
	paths := map[string][]string{}
	for _, s := range skipped {
		paths[s.Skip.Error()] = append(paths[s.Skip.Error()], s.Path)
	}
	var lines []string
	for _, reason := range slices.Sorted(maps.Keys(paths)) {
		list := paths[reason]
		line := list[0]
		if len(list) > 1 {
			line += fmt.Sprintf(" and %d more", len(list)-1)
		}
		lines = append(lines, line+": "+reason)
	}
	return lines
}
