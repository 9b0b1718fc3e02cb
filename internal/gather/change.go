package gather

import (
	"context"
	"errors"

	"github.com/mergebrief/mergebrief/internal/agents"
	"github.com/mergebrief/mergebrief/internal/attribution"
	"github.com/mergebrief/mergebrief/internal/classify"
	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/git"
)

// Change is the source of the commits and files between the merge base and the
// head of the target, of the origins of the added lines, and of the instruction
// files for agents.
type Change struct {
	Repo *git.Repo
	// Commit that merged the change, if it is merged, and whether it may be
	// fetched from origin.
	Merged string
	Fetch  bool
}

// Name returns "change".
func (Change) Name() string { return "change" }

// Class returns the class of commits of the change.
func (Change) Class() evidence.Class { return evidence.FromChange }

// Gather reads the history and the diff. What one of the steps cannot read is
// an error; what the others read stays.
func (c Change) Gather(ctx context.Context, t evidence.Target) (evidence.Fragment, error) {
	var out evidence.Fragment
	if t.MergeBase == "" {
		return out, evidence.Errorf(evidence.NotFound, "the base and the head of the change have no common commit here, so there is no diff")
	}
	var errs []error
	commits, older, err := c.Repo.NewestCommits(ctx, t.MergeBase, t.Head, git.MaxCommits)
	errs = append(errs, err)
	if out.CommitsOmitted = older; older > 0 {
		out.Gaps = append(out.Gaps, evidence.MissingGap(c.Name(), evidence.Plural(older, "older commit")+" of the change", evidence.Truncated,
			"only the newest "+evidence.Count(git.MaxCommits)+" commits are read; what older ones say of who made them is not known"))
	}
	for i := range commits {
		commits[i].Closes = closes(commits[i].Message)
	}
	attribution.CompleteTrailers(commits) // drops the messages
	out.Commits = commits
	var lens classify.Lens
	files, err := c.Repo.Diff(ctx, t.MergeBase, t.Head, lens.Look)
	errs = append(errs, err)
	announceChange(ctx, files)
	if err == nil {
		lens.Settle(files)
		c.readVersions(ctx, t, files)
		err = c.Repo.Origins(ctx, t.MergeBase, t.Head, files)
		if lost, ok := errors.AsType[*git.LostOrigins](err); ok {
			out.Gaps, err = append(out.Gaps, c.lost(lost)...), nil
		}
		errs = append(errs, err)
		out.Files = files
		out.CarryOver, err = c.carryOver(ctx, t, commits, files)
		if err != nil {
			out.Gaps = append(out.Gaps, evidence.MissingGap(c.Name(), "what the merge made of the change", evidence.ReasonOf(err, evidence.Unavailable), err.Error()))
		}
	}
	rules, err := c.rules(ctx, t, files)
	out.Rules = rules
	errs = append(errs, err, c.outdated(ctx, t, rules))
	out.Tree, err = c.tree(ctx, t.Head)
	errs = append(errs, err)
	leftLocks(out.Files, out.Tree)
	return out, errors.Join(errs...)
}

// maxLost bounds the gaps about single files.
const maxLost = 50

// lost tells of the files that have lines of unknown origin.
func (c Change) lost(e *git.LostOrigins) []evidence.Gap {
	var gaps []evidence.Gap
	for i, path := range e.Paths {
		if i == maxLost {
			return append(gaps, evidence.MissingGap(c.Name(), "origins of lines of other files", evidence.NotFound, e.Error()))
		}
		g := evidence.MissingGap(c.Name(), "origins of lines of "+path, evidence.NotFound, "a version of the file is missing in the repository")
		g.Hint = "check out without a filter, so that all versions are here"
		gaps = append(gaps, g)
	}
	return gaps
}

// rules lists the instruction files at the merge base, and those that the change
// adds.
func (c Change) rules(ctx context.Context, t evidence.Target, files []evidence.File) ([]evidence.RuleFile, error) {
	changed := map[string]bool{}
	for _, f := range files {
		changed[f.Path], changed[f.OldPath] = true, true
	}
	origin := evidence.Origin{Basis: evidence.Observed, Class: evidence.FromBase, Source: c.Name(), URI: t.MergeBase}
	var rules []evidence.RuleFile
	known := map[string]bool{}
	for e, err := range c.Repo.Tree(ctx, t.MergeBase) {
		if err != nil {
			return nil, err
		}
		if agents.Known().Instruction(e.Path) {
			known[e.Path] = true
			rules = append(rules, evidence.RuleFile{Origin: origin, Path: e.Path, Blob: e.Blob, Changed: changed[e.Path]})
		}
	}
	origin.URI, origin.Class = t.Head, evidence.FromChange
	for _, f := range files {
		if agents.Known().Instruction(f.Path) && !known[f.Path] && f.Status != evidence.FileDeleted {
			rules = append(rules, evidence.RuleFile{Origin: origin, Path: f.Path, Changed: true})
		}
	}
	return rules, nil
}

// maxTreePaths bounds the paths that are held for finding files that reports
// name: some 30 MB. Repositories beyond it are told of by a gap.
const maxTreePaths = 300_000

// tree lists the paths at a commit.
func (c Change) tree(ctx context.Context, rev string) ([]string, error) {
	var paths []string
	for e, err := range c.Repo.Tree(ctx, rev) {
		switch {
		case err != nil:
			return paths, err
		case len(paths) == maxTreePaths:
			return paths, evidence.Errorf(evidence.Truncated, "the repository has more than %d files; reports about the others are not joined with the change", maxTreePaths)
		}
		paths = append(paths, e.Path)
	}
	return paths, nil
}
