package ledger

import (
	"cmp"
	"context"
	"slices"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/git"
)

// Landed says where the lines of a change are since it was merged. Lines keep the
// commits of the change when it was merged as it was; a squash and a rebase write
// them anew.
type Landed struct {
	// Commit that merged the change, the last one of a rebase; absent when it is not
	// merged or not here.
	Commit string               `json:"commit,omitempty"`
	Method evidence.MergeMethod `json:"method,omitempty"`
	// The commits that a squash or a rebase made, the oldest first.
	Commits []string `json:"commits,omitempty"`
	// Where the lines of the head are in Commit, for the files of the change that
	// are not the same there.
	Maps []evidence.LineMap `json:"maps,omitempty"`
	// Which of Commits wrote which lines, when there are several.
	Files []LandedFile `json:"files,omitempty"`
}

// LandedFile is a file as the commits of a rebase wrote it.
type LandedFile struct {
	// Path in the last of the commits.
	Path    string                `json:"path"`
	Origins []evidence.LineOrigin `json:"origins"`
}

// maxRebased bounds the commits of a change that are looked for after a rebase.
const maxRebased = 100

// Landing finds out where the lines of a merged change are. A commit that is not
// here is a Problem with the reason not-found.
func Landing(ctx context.Context, repo *git.Repo, rec *evidence.Record, merged string) (Landed, error) {
	var out Landed
	id, err := repo.Resolve(ctx, merged)
	if err != nil {
		return out, err
	}
	out.Commit = id
	if m := rec.PullRequest; m != nil && m.Merge != nil {
		out.Method = m.Merge.Method
	}
	bases, err := repo.MergeBases(ctx, id, rec.Target.Head)
	kept := err == nil && slices.Contains(bases, rec.Target.Head)
	if !kept {
		if err := out.rewritten(ctx, repo, rec); err != nil {
			return out, err
		}
	}
	maps, err := repo.LineMaps(ctx, rec.Target.Head, id)
	if err != nil {
		return out, err
	}
	paths := map[string]bool{}
	for i := range rec.Files {
		paths[rec.Files[i].Path] = true
	}
	for _, m := range maps {
		if paths[m.OldPath] {
			out.Maps = append(out.Maps, m)
		}
	}
	return out, nil
}

// rewritten finds the commits that a squash or a rebase made of the change.
func (l *Landed) rewritten(ctx context.Context, repo *git.Repo, rec *evidence.Record) error {
	l.Commits = []string{l.Commit}
	if l.Method == evidence.MergeSquash || len(rec.Commits) < 2 {
		l.Method = cmp.Or(l.Method, evidence.MergeSquash)
		return nil
	}
	base, err := l.rebased(ctx, repo, rec.Commits)
	if err != nil || len(l.Commits) == 1 {
		l.Method = cmp.Or(l.Method, evidence.MergeSquash)
		return err
	}
	l.Method = cmp.Or(l.Method, evidence.MergeRebase)
	files, err := repo.Diff(ctx, base, l.Commit, nil)
	if err != nil {
		return err
	}
	if err := repo.Origins(ctx, base, l.Commit, files); err != nil {
		return err
	}
	for i := range files {
		if len(files[i].Origins) > 0 {
			l.Files = append(l.Files, LandedFile{files[i].Path, files[i].Origins})
		}
	}
	return nil
}

// rebased goes back from the last commit of a rebase as long as its commits have
// the patches of the change, and returns the commit before them.
func (l *Landed) rebased(ctx context.Context, repo *git.Repo, commits []evidence.Commit) (string, error) {
	patches := map[string]bool{}
	for _, c := range commits[max(0, len(commits)-maxRebased):] {
		if len(c.Parents) != 1 {
			continue
		}
		id, err := repo.PatchID(ctx, c.Parents[0], c.ID)
		if err != nil {
			return "", err
		}
		patches[id] = id != ""
	}
	l.Commits = nil
	at := l.Commit
	for range min(len(commits), maxRebased) {
		parent, err := repo.Resolve(ctx, at+"^")
		if evidence.ReasonOf(err, "") == evidence.NotFound {
			break // the history begins here
		}
		if err != nil {
			return "", err
		}
		id, err := repo.PatchID(ctx, parent, at)
		if err != nil {
			return "", err
		}
		if !patches[id] && at != l.Commit {
			break
		}
		l.Commits = append(l.Commits, at)
		at = parent
	}
	slices.Reverse(l.Commits)
	return at, nil
}

// Spot is where a line of a commit was at the head of the change, and who wrote
// it there.
type Spot struct {
	Path string
	Line int
	Part evidence.AttributedRange
	// The line is in the record, but not at its head: the merge wrote it.
	Merge bool
}

// Find returns where a line is that a commit wrote, by its number and path in that
// commit, as git blame names them. False means that the record does not know it.
func (r *Record) Find(commit, path string, line int) (Spot, bool) {
	for _, f := range r.Bundle.Assessment.Attribution.Files {
		for _, p := range f.Parts {
			n := p.Last - p.First
			if p.Commit == commit && cmp.Or(p.OriginPath, f.Path) == path && line >= p.OriginLine && line <= p.OriginLine+n {
				return Spot{Path: f.Path, Line: p.First + line - p.OriginLine, Part: p}, true
			}
		}
	}
	if commit != r.Landed.Commit && !slices.Contains(r.Landed.Commits, commit) {
		return Spot{}, false
	}
	path, line, ok := r.Landed.last(commit, path, line)
	if !ok {
		return Spot{}, false
	}
	from, at, ok := r.Landed.head(path, line)
	if !ok {
		return Spot{Path: path, Line: line, Merge: true}, true
	}
	for _, f := range r.Bundle.Assessment.Attribution.Files {
		if f.Path != from {
			continue
		}
		for _, p := range f.Parts {
			if at >= p.First && at <= p.Last {
				return Spot{Path: f.Path, Line: at, Part: p}, true
			}
		}
	}
	return Spot{}, false
}

// last returns where a line of one of the commits is in the last of them.
func (l *Landed) last(commit, path string, line int) (string, int, bool) {
	if len(l.Files) == 0 {
		return path, line, commit == l.Commit
	}
	for _, f := range l.Files {
		for _, o := range f.Origins {
			if n := line - o.Line; o.Commit == commit && cmp.Or(o.Path, f.Path) == path && n >= 0 && n <= o.Last-o.First {
				return f.Path, o.First + n, true
			}
		}
	}
	return "", 0, false
}

// head returns where a line of the merged commit was at the head of the change;
// false when the merge itself wrote it.
func (l *Landed) head(path string, line int) (string, int, bool) {
	for _, m := range l.Maps {
		if m.Path != path {
			continue
		}
		shift := 0
		for _, h := range m.Hunks {
			first := h.First
			if h.Count == 0 {
				first++ // lines were taken out after First
			}
			if line < first {
				break
			}
			if line < first+h.Count {
				return "", 0, false
			}
			oldFirst := h.OldFirst
			if h.OldCount == 0 {
				oldFirst++
			}
			shift = oldFirst + h.OldCount - (first + h.Count)
		}
		return m.OldPath, line + shift, true
	}
	return path, line, true
}
