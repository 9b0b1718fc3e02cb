package git

import "context"

// withoutFiles asks the server to leave the files out. One that cannot sends
// them all the same.
const withoutFiles = "--filter=blob:none"

// FetchTrees is [Repo.Fetch] for the last commit of each ref and its trees. The
// files come later, those that are needed, by [Repo.FetchObjects].
func (r *Repo) FetchTrees(ctx context.Context, refspecs ...string) error {
	return r.fetch(ctx, []string{"--depth=1", withoutFiles}, refspecs)
}

// FetchObjects gets single objects of origin by their ids, without what they
// refer to.
func (r *Repo) FetchObjects(ctx context.Context, ids ...string) error {
	if len(ids) == 0 {
		return nil
	}
	// Nothing is known here that the server need not send; to tell it all the
	// commits at hand would take longer than the answer.
	return r.fetchWith(ctx, append(r.credentials(), setting{"fetch.negotiationAlgorithm", "noop"}), []string{withoutFiles}, ids)
}
