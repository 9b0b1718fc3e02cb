package git

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

const (
	// withoutFiles asks the server to leave the files out. One that cannot sends
	// them all the same.
	withoutFiles = "--filter=blob:none"
	// withoutTrees asks it for commits only.
	withoutTrees = "--filter=tree:0"
	// maxAside bounds what is fetched beside the change itself: refs of notes and
	// checkpoints, which anybody who may push can fill. All of the notes of
	// git-ai's own repository have 582 MB.
	maxAside = 1 << 30
	// weighing is how often the size of what arrives is looked at.
	weighing = 100 * time.Millisecond
)

// FetchTrees is [Repo.Fetch] for the last commit of each ref and its trees. The
// files come later, those that are needed, by [Repo.FetchObjects]. More than a
// gigabyte is a Problem with the reason truncated.
func (r *Repo) FetchTrees(ctx context.Context, refspecs ...string) error {
	return r.fetchAside(ctx, r.credentials(), []string{"--depth=1", withoutFiles}, refspecs)
}

// FetchObjects gets single objects of origin by their ids, without what they
// refer to, under the limit of [Repo.FetchTrees].
func (r *Repo) FetchObjects(ctx context.Context, ids ...string) error {
	if len(ids) == 0 {
		return nil
	}
	// Nothing is known here that the server need not send; to tell it all the
	// commits at hand would take longer than the answer.
	return r.fetchAside(ctx, append(r.credentials(), setting{"fetch.negotiationAlgorithm", "noop"}), []string{withoutFiles}, ids)
}

// FetchCommits gets the last depth commits of each ref or id, without their
// files, under the limit of [Repo.FetchTrees].
func (r *Repo) FetchCommits(ctx context.Context, depth int, refspecs ...string) error {
	return r.fetchAside(ctx, r.credentials(), []string{"--depth=" + strconv.Itoa(depth), withoutTrees}, refspecs)
}

// fetchAside is fetchWith for what may be no larger than maxAside.
func (r *Repo) fetchAside(ctx context.Context, settings []setting, args, refspecs []string) error {
	within, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go r.weigh(within, cancel)
	err := r.fetchWith(within, settings, args, refspecs)
	if cause := context.Cause(within); err != nil && cause != nil && ctx.Err() == nil {
		return cause
	}
	return err
}

// weigh cancels once the objects have grown by more than maxAside. git has no
// limit of its own for what it receives in a fetch.
func (r *Repo) weigh(ctx context.Context, cancel context.CancelCauseFunc) {
	before := r.objects.size()
	tick := time.NewTicker(weighing)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if r.objects.size()-before > maxAside {
				cancel(evidence.Errorf(evidence.Truncated, "git fetch: origin sends more than %d bytes; nothing of it is used", maxAside))
			}
		}
	}
}

// Ahead returns the commits that lead to the commits of heads and not to those of
// not, max at most, the newest first.
func (r *Repo) Ahead(ctx context.Context, heads, not []string, limit int) ([]string, error) {
	for _, rev := range append(append([]string{}, heads...), not...) {
		if err := checkRevision(rev); err != nil {
			return nil, err
		}
	}
	args := append([]string{"rev-list", "--max-count=" + strconv.Itoa(limit)}, heads...)
	out, err := r.ask(ctx, append(append(args, "--not"), not...)...)
	return strings.Fields(out), err
}
