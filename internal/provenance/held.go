package provenance

import (
	"context"
	"path"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/git"
)

// Held is a session whose transcript a checkpoint of Entire holds.
type Held struct {
	// The agent's own id of the session.
	ID string
	// Where it is, as "branch:folder" or "ref:folder".
	In string
}

// HeldSessions returns, by commit, the sessions that [Checkpoints] will find
// where the commits are pushed to. Those of a branch that origin does not have
// are nobody else's; what is newer here than at origin counts, because Entire
// pushes it with the change. So does a transcript only if it can be read here:
// one that is too large or not there will be missing elsewhere, too.
func HeldSessions(ctx context.Context, repo *git.Repo, commits []evidence.Commit) map[string][]Held {
	list := namedCheckpoints(commits)
	list = list[max(0, len(list)-maxCheckpoints):]
	if len(list) == 0 {
		return nil
	}
	r := &checkpointReader{Checkpoints: Checkpoints{Repo: repo}, out: &evidence.Fragment{}, asked: map[string]error{}}
	_, unpushed := repo.Resolve(ctx, "refs/remotes/origin/"+checkpointBranch)
	for i := range list {
		if r.find(ctx, &list[i]); strings.HasSuffix(list[i].ref, "/"+checkpointBranch) && unpushed != nil {
			list[i].rev = ""
		}
	}
	r.metadata(ctx, list)
	readable := map[string]bool{}
	for _, at := range r.latest(list) {
		p := &list[at.checkpoint]
		s := p.sessions[at.session]
		_, err := repo.Blob(ctx, p.rev, path.Join(p.dir, s.dir, "full.jsonl"), maxTranscriptBytes)
		readable[s.id] = err == nil
	}
	held := map[string][]Held{}
	for i := range list {
		for _, s := range list[i].sessions {
			for _, commit := range list[i].commits {
				if s.id != "" && readable[s.id] {
					held[commit] = append(held[commit], Held{s.id, list[i].uri(s.dir)})
				}
			}
		}
	}
	return held
}
