package provenance

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mergebrief/mergebrief/internal/attribution"
	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format"
	"github.com/mergebrief/mergebrief/internal/git"
)

const (
	// checkpointBranch is where Entire keeps checkpoints with ids of 12 digits;
	// newer ones have a ref each.
	checkpointBranch = "entire/checkpoints/v1"
	// maxCheckpoints bounds the checkpoints of one change. A squash of a long
	// branch names some dozens.
	maxCheckpoints = 100
	// maxCheckpointSessions bounds the sessions of one checkpoint; 22 were seen.
	maxCheckpointSessions = 50
	// maxTranscriptBytes bounds one transcript, which is held whole while it is
	// read: the largest of 552 measured had 4 MB.
	maxTranscriptBytes = 32 << 20
	// maxMetaBytes bounds a metadata.json and a digest.
	maxMetaBytes = 1 << 20
)

// Checkpoints is the source of the checkpoints of Entire that commits of the
// change name: who wrote the commit, and the transcript of the run up to then. A
// change whose commits name none has no gap for it.
type Checkpoints struct {
	Repo *git.Repo
	// Fetch what the commits name from origin first.
	Fetch bool
}

// Name returns "checkpoints".
func (Checkpoints) Name() string { return "checkpoints" }

// Class returns the class of refs that anybody may push.
func (Checkpoints) Class() evidence.Class { return evidence.FromNote }

// checkpoint is one checkpoint and the commits that name it, in their order.
type checkpoint struct {
	id      string
	commits []string
	// The ref that holds it, its commit, and the directory there.
	ref, rev, dir string
	sessions      []checkpointSession
}

// checkpointSession is a session as a checkpoint lists it.
type checkpointSession struct {
	dir, id, agent string
	// The transcript is in the listing of the checkpoint, by its blob.
	transcript string
	// Index into the claim sources of what its metadata says.
	source int
}

// Of reads the checkpoints that the commits of the change name.
func (c Checkpoints) Of(ctx context.Context, change Change) (evidence.Fragment, error) {
	var out evidence.Fragment
	list := namedCheckpoints(change.Commits)
	if len(list) > maxCheckpoints {
		out.Gaps = append(out.Gaps, evidence.MissingGap(c.Name(), fmt.Sprintf("%d checkpoints", len(list)-maxCheckpoints), evidence.Truncated,
			fmt.Sprintf("the commits name %d checkpoints, more than %d are not read", len(list), maxCheckpoints)))
		list = list[len(list)-maxCheckpoints:]
	}
	if len(list) == 0 {
		return out, nil
	}
	r := &checkpointReader{Checkpoints: c, out: &out, asked: map[string]error{}}
	if c.Fetch {
		short, done := context.WithTimeout(ctx, fetchBudget)
		defer done()
		r.run, ctx = ctx, short
	}
	for i := range list {
		r.find(ctx, &list[i])
	}
	r.metadata(ctx, list)
	r.transcripts(ctx, list)
	return out, nil
}

var (
	checkpointKey = "entire-checkpoint"
	// checkpointID is what Entire calls a checkpoint: 12 hexadecimal digits, or a
	// ULID since version 0.10.
	checkpointID = regexp.MustCompile(`^(?:[0-9a-f]{12}|[0-9A-HJKMNP-TV-Z]{26})$`)
)

// namedCheckpoints returns the checkpoints that the commits name, each once. One
// commit can name several, and several commits the same.
func namedCheckpoints(commits []evidence.Commit) []checkpoint {
	var all []checkpoint
	at := map[string]int{}
	for _, c := range commits {
		for _, t := range slices.Concat(attribution.StrayTrailers(c.Message, nil), c.Trailers) {
			id, _, _ := strings.Cut(t.Value, " ")
			if !strings.EqualFold(t.Key, checkpointKey) || !checkpointID.MatchString(id) {
				continue
			}
			i, known := at[id]
			if !known {
				i = len(all)
				at[id] = i
				all = append(all, checkpoint{id: id})
			}
			if !slices.Contains(all[i].commits, c.ID) {
				all[i].commits = append(all[i].commits, c.ID)
			}
		}
	}
	return all
}

// checkpointReader reads the checkpoints of one change.
type checkpointReader struct {
	Checkpoints
	out *evidence.Fragment
	// The context of the run when ctx is a shorter one.
	run context.Context
	// Refs that were asked for, and why they are not here.
	asked map[string]error
}

// places are the refs and directories where a checkpoint may be.
func (p *checkpoint) places() [][2]string {
	head, tail := p.id[:2], p.id[len(p.id)-2:]
	own := func(shard string) [2]string { return [2]string{"refs/entire/checkpoints/" + shard + "/" + p.id, ""} }
	if len(p.id) == 26 {
		return [][2]string{own(tail)}
	}
	return [][2]string{{"refs/heads/" + checkpointBranch, head + "/" + p.id[2:]}, own(tail), own(head)}
}

// find looks for the ref and directory of a checkpoint.
func (r *checkpointReader) find(ctx context.Context, p *checkpoint) {
	var failed error
	for _, place := range p.places() {
		revs, err := r.tips(ctx, place[0])
		for _, rev := range revs {
			if _, err = r.listing(ctx, rev, place[1]); err == nil {
				p.ref, p.rev, p.dir = place[0], rev, place[1]
				return
			}
		}
		if evidence.ReasonOf(err, evidence.Unavailable) != evidence.NotFound && failed == nil {
			failed = err
		}
	}
	subject := "checkpoint " + p.id + " of commit " + evidence.ShortID(p.commits[0])
	if failed != nil {
		r.lacks(subject, evidence.ReasonOf(failed, evidence.Unavailable), "the commit names it: "+failed.Error())
		return
	}
	g := r.lacks(subject, evidence.NotFound, "the commit names it, and no branch or ref of checkpoints holds it")
	if !r.Fetch {
		g.Hint = "fetch it: git fetch origin " + checkpointBranch + ":refs/remotes/origin/" + checkpointBranch
	}
}

func (r *checkpointReader) lacks(subject string, reason evidence.Reason, detail string) *evidence.Gap {
	r.out.Gaps = append(r.out.Gaps, evidence.MissingGap(r.Name(), subject, reason, detail))
	return &r.out.Gaps[len(r.out.Gaps)-1]
}

// tips returns the commits that a ref of origin points to: fetched once if it may
// be, else as the clone knows it and as it is here, which may be further on.
func (r *checkpointReader) tips(ctx context.Context, ref string) (revs []string, err error) {
	names := []string{strings.Replace(ref, "refs/heads/", "refs/remotes/origin/", 1), ref}
	if r.Fetch {
		failed, known := r.asked[ref]
		if !known {
			failed = r.overdue(ctx, r.Repo.FetchTrees(ctx, "+"+ref+":"+fetched(ref)))
			r.asked[ref] = failed
		}
		if failed != nil && evidence.ReasonOf(failed, evidence.Unavailable) != evidence.NotFound {
			return nil, failed
		}
		if failed == nil {
			names = []string{fetched(ref)}
		}
	}
	for _, name := range slices.Compact(names) {
		id, failed := r.Repo.Resolve(ctx, name)
		if failed == nil {
			revs = append(revs, id)
		}
		err = cmp.Or(err, failed)
	}
	if len(revs) > 0 {
		return revs, nil
	}
	return nil, err
}

func (r *checkpointReader) overdue(ctx context.Context, err error) error {
	if r.run == nil {
		return err
	}
	return overdue(r.run, ctx, err)
}

// listing returns the files of a directory of a commit, by their paths in it.
func (r *checkpointReader) listing(ctx context.Context, rev, dir string) (map[string]string, error) {
	files := map[string]string{}
	for e, err := range r.Repo.Tree(ctx, strings.TrimSuffix(rev+":"+dir, ":")) {
		if err != nil {
			return nil, err
		}
		if len(files) < 16*maxCheckpointSessions {
			files[e.Path] = e.Blob
		}
	}
	return files, nil
}

// metadata reads what the checkpoints and their sessions say of themselves, and
// claims the commits for the sessions.
func (r *checkpointReader) metadata(ctx context.Context, list []checkpoint) {
	listings := make([]map[string]string, len(list))
	var blobs []string
	for i := range list {
		if list[i].rev == "" {
			continue
		}
		listings[i], _ = r.listing(ctx, list[i].rev, list[i].dir) // find has read it before
		for name, blob := range listings[i] {
			if path.Base(name) == "metadata.json" || path.Base(name) == "content_hash.txt" {
				blobs = append(blobs, blob)
			}
		}
	}
	if err := r.get(ctx, blobs); err != nil {
		r.lacks("metadata of checkpoints", evidence.ReasonOf(err, evidence.Unavailable), err.Error())
		return
	}
	for i := range list {
		if listings[i] != nil {
			r.describe(ctx, &list[i], listings[i])
		}
	}
}

// get fetches objects when they may be fetched.
func (r *checkpointReader) get(ctx context.Context, blobs []string) error {
	if !r.Fetch {
		return nil
	}
	slices.Sort(blobs)
	return r.overdue(ctx, r.Repo.FetchObjects(ctx, slices.Compact(blobs)...))
}

// describe reads the metadata of one checkpoint.
func (r *checkpointReader) describe(ctx context.Context, p *checkpoint, files map[string]string) {
	r.read(ctx, p, "metadata.json", maxMetaBytes)
	for _, dir := range sessionDirs(files) {
		at := r.read(ctx, p, dir+"/metadata.json", maxMetaBytes)
		if at < 0 {
			continue
		}
		s := &r.out.ClaimSources[at]
		one := checkpointSession{dir: dir, agent: s.Agent, transcript: files[dir+"/full.jsonl"], source: at}
		if len(s.Sessions) > 0 {
			one.id = s.Sessions[0]
		}
		p.sessions = append(p.sessions, one)
		for _, commit := range p.commits {
			r.out.Claims = append(r.out.Claims, evidence.Claim{
				Origin: s.Origin, Author: evidence.AuthorAI, Session: one.id, Agent: one.agent, Commit: commit,
				Method: evidence.MethodCheckpoint, Confidence: evidence.CommitLevel,
			})
		}
	}
}

// sessionDirs returns the numbered directories of a checkpoint, ascending; there
// are holes.
func sessionDirs(files map[string]string) []string {
	var dirs []string
	for name := range files {
		dir, base := path.Split(name)
		dir = strings.TrimSuffix(dir, "/")
		if _, err := strconv.ParseUint(dir, 10, 32); err == nil && base == "metadata.json" {
			dirs = append(dirs, dir)
		}
	}
	slices.SortFunc(dirs, func(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) })
	return dirs[:min(len(dirs), maxCheckpointSessions)]
}

// uri names a file of a checkpoint.
func (p *checkpoint) uri(name string) string {
	return strings.TrimPrefix(p.ref, "refs/heads/") + ":" + path.Join(p.dir, name)
}

// read reads a metadata file and returns the index of its claim source, or -1.
func (r *checkpointReader) read(ctx context.Context, p *checkpoint, name string, limit int64) int {
	data, err := r.Repo.Blob(ctx, p.rev, path.Join(p.dir, name), limit)
	if err != nil {
		r.unreadable(p, name, err)
		return -1
	}
	f := format.Read(r.Name(), p.uri(name), bytes.NewReader(data))
	at := len(r.out.ClaimSources)
	for i := range f.ClaimSources {
		f.ClaimSources[i].Commit = p.commits[0]
	}
	r.out.Add(f)
	if len(f.ClaimSources) == 0 {
		return -1
	}
	return at
}

// unreadable is the gap for a file that a checkpoint lists and that is not to be
// had. It is another thing than a checkpoint that nobody has.
func (r *checkpointReader) unreadable(p *checkpoint, name string, err error) {
	reason := evidence.ReasonOf(err, evidence.Unreadable)
	if reason == evidence.NotFound {
		reason = evidence.Unreadable
	}
	r.lacks("file "+name+" of checkpoint "+p.id, reason, "listed in the checkpoint, and not readable: "+err.Error())
}

// transcriptPlace is where a list of checkpoints has a transcript.
type transcriptPlace struct{ checkpoint, session int }

// latest returns where each session is in the last checkpoint that has it, in the
// order in which the sessions come: earlier transcripts are beginnings of it.
func (r *checkpointReader) latest(list []checkpoint) (order []transcriptPlace) {
	at := map[string]int{}
	for i := range list {
		for k, s := range list[i].sessions {
			key := cmp.Or(s.id, list[i].id+"/"+s.dir)
			n, known := at[key]
			if !known {
				at[key] = len(order)
				order = append(order, transcriptPlace{i, k})
			} else if before := order[n]; !r.created(list[before.checkpoint].sessions[before.session]).After(r.created(s)) {
				order[n] = transcriptPlace{i, k}
			}
		}
	}
	return order
}

// transcripts reads the latest transcript of each session.
func (r *checkpointReader) transcripts(ctx context.Context, list []checkpoint) {
	order := r.latest(list)
	var blobs []string
	for _, at := range order {
		if s := list[at.checkpoint].sessions[at.session]; s.transcript != "" {
			blobs = append(blobs, s.transcript)
		}
	}
	if err := r.get(ctx, blobs); err != nil {
		r.lacks("transcripts of checkpoints", evidence.ReasonOf(err, evidence.Unavailable), err.Error())
		return
	}
	for _, at := range order {
		p := &list[at.checkpoint]
		r.transcript(ctx, p, p.sessions[at.session])
	}
}

func (r *checkpointReader) created(s checkpointSession) time.Time {
	return r.out.ClaimSources[s.source].Created
}

func (r *checkpointReader) transcript(ctx context.Context, p *checkpoint, s checkpointSession) {
	name := s.dir + "/full.jsonl"
	if s.transcript == "" {
		r.lacks("transcript of session "+s.dir+" of checkpoint "+p.id, evidence.NotFound, "the checkpoint has no full.jsonl for it")
		return
	}
	data, err := r.Repo.Blob(ctx, p.rev, path.Join(p.dir, name), maxTranscriptBytes)
	if err != nil {
		r.unreadable(p, name, err)
		return
	}
	if remark := r.compare(ctx, p, s.dir, data); remark != "" {
		source := &r.out.ClaimSources[s.source]
		source.Remarks = append(source.Remarks, remark)
	}
	r.out.Add(format.Read(r.Name(), p.uri(name), bytes.NewReader(data)))
}

// compare compares a transcript with the digest beside it. Entire redacts after
// taking the digest, so that a difference there says nothing.
func (r *checkpointReader) compare(ctx context.Context, p *checkpoint, dir string, data []byte) string {
	stored, err := r.Repo.Blob(ctx, p.rev, path.Join(p.dir, dir, "content_hash.txt"), maxMetaBytes)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(data)
	switch {
	case strings.TrimSpace(string(stored)) == "sha256:"+hex.EncodeToString(sum[:]):
		return ""
	case bytes.Contains(data, []byte("REDACTED")):
		return "the digest of the transcript is not comparable: it was redacted after the digest was taken"
	}
	return "the transcript is not the one that the digest beside it was taken of"
}
