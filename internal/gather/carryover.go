package gather

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/mergebrief/mergebrief/internal/attribution"
	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/ghapi"
)

// Merged returns the commit that merged the pull request, if it is merged. There
// may be no description.
func (p *PullFile) Merged() string {
	if p == nil || !p.pull.GetMerged() {
		return ""
	}
	return p.pull.GetMergeCommitSHA()
}

// MergedIn returns the commit that merged the pull request of a snapshot, if it
// is merged. There may be no snapshot.
func MergedIn(s *ghapi.Snapshot) string {
	if s == nil || s.Pull.MergedAt == nil || s.Pull.MergeCommit == nil {
		return ""
	}
	return s.Pull.MergeCommit.Oid
}

// ReplacedIn returns the heads of the pull request of a snapshot that
// force-pushes replaced. There may be no snapshot.
func ReplacedIn(s *ghapi.Snapshot) (heads []string) {
	if s == nil {
		return nil
	}
	for _, push := range s.Pull.ForcePushes.All() {
		if push.BeforeCommit != nil {
			heads = append(heads, push.BeforeCommit.Oid)
		}
	}
	return heads
}

// carryOver says how much of the change is in the commit that merged it; nil if
// it is not merged.
func (c Change) carryOver(ctx context.Context, t evidence.Target, commits []evidence.Commit, files []evidence.File) (*evidence.CarryOver, error) {
	if c.Merged == "" {
		return nil, nil
	}
	merged, err := c.Repo.Resolve(ctx, c.Merged)
	if err != nil && c.Fetch {
		// With its parent, which the patch is compared with.
		if err = c.Repo.FetchDepth(ctx, 2, c.Merged); err == nil {
			merged, err = c.Repo.Resolve(ctx, c.Merged)
		}
	}
	if err != nil {
		return nil, err
	}
	maps, err := c.Repo.LineMaps(ctx, t.Head, merged)
	if err != nil {
		return nil, err
	}
	out := carried(files, maps)
	out.Origin = evidence.Origin{Basis: evidence.Observed, Class: evidence.FromBase, Source: c.Name(), URI: merged}
	out.Commit = merged
	if out.SameTree, err = c.Repo.SameTree(ctx, t.Head, merged); err != nil {
		return nil, err
	}
	patch := sync.OnceValues(func() (string, error) { return c.Repo.PatchID(ctx, t.MergeBase, t.Head) })
	lines := sync.OnceValues(func() (string, error) { return c.Repo.LinesID(ctx, t.MergeBase, t.Head) })
	for _, back := range steps(commits) {
		if out.SamePatch {
			break
		}
		if err := c.compare(ctx, merged, back, patch, lines, out); err != nil {
			return out, err
		}
	}
	return out, nil
}

// steps are how many commits the merged one can have put on the base: one for a
// merge or a squash, all for a rebase, which leaves merges out.
func steps(commits []evidence.Commit) []int {
	plain := 0
	for _, c := range commits {
		if len(c.Parents) < 2 {
			plain++
		}
	}
	all := []int{1, plain, len(commits)}
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(n int) bool { return n < 1 })
}

// compare compares the change, by its ids, with what the last commits of the
// merged one did.
func (c Change) compare(ctx context.Context, merged string, commits int, patch, lines func() (string, error), out *evidence.CarryOver) error {
	before, err := c.Repo.Resolve(ctx, fmt.Sprintf("%s~%d", merged, commits))
	if evidence.ReasonOf(err, "") == evidence.NotFound && commits > 1 {
		return nil
	}
	if err != nil {
		return err
	}
	same := func(ours func() (string, error), id func(context.Context, string, string) (string, error)) bool {
		change, failed := ours()
		got, failedToo := id(ctx, before, merged)
		err = errors.Join(err, failed, failedToo)
		return err == nil && got == change
	}
	out.SamePatch = same(patch, c.Repo.PatchID)
	out.SameLines = out.SameLines || out.SamePatch || same(lines, c.Repo.LinesID)
	return err
}

// carried counts the added lines that the maps keep.
func carried(files []evidence.File, maps []evidence.LineMap) *evidence.CarryOver {
	out := &evidence.CarryOver{}
	var all evidence.Attribution
	for _, f := range files {
		out.Added += f.Added
		lines := evidence.FileAttribution{Path: f.Path}
		for _, s := range f.Spans {
			lines.Parts = append(lines.Parts, evidence.AttributedRange{LineRange: s})
		}
		all.Files = append(all.Files, lines)
	}
	newPath := map[string]string{}
	for _, m := range maps {
		newPath[m.OldPath] = m.Path
	}
	kept := map[string]int{}
	for _, f := range attribution.Carry(all, maps).Files {
		out.Carried += f.Lines.Added
		kept[f.Path] = f.Lines.Added
	}
	for _, f := range files {
		at, moved := newPath[f.Path]
		if !moved {
			continue
		}
		n := 0
		if at != "" {
			n = kept[at]
		}
		if n == f.Added {
			continue
		}
		file := evidence.CarriedFile{Path: f.Path, Added: f.Added, Carried: n}
		if at != f.Path {
			file.NewPath = at
		}
		out.Files = append(out.Files, file)
	}
	return out
}
