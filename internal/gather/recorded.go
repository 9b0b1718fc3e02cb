package gather

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/git"
	"github.com/mergebrief/mergebrief/internal/record"
)

// Recorded is the source of what `mergebrief record` left in git notes on the
// commits of the change. Whoever may push can write notes, so all of it is
// reported. A repository without such notes is no gap.
type Recorded struct {
	Repo *git.Repo
	// Fetch the notes from origin first.
	Fetch bool
}

// Name returns "record".
func (Recorded) Name() string { return "record" }

// Gather reads the records on every commit of the change.
func (r Recorded) Gather(ctx context.Context, t evidence.Target) (evidence.Fragment, error) {
	var out evidence.Fragment
	if t.MergeBase == "" {
		return out, nil // the change source says so
	}
	commits, err := r.Repo.Commits(ctx, t.MergeBase, t.Head)
	if err != nil {
		return out, nil //nolint:nilerr // likewise
	}
	if r.Fetch {
		err := r.Repo.FetchDepth(ctx, 1, "+"+record.Ref+":"+record.Ref)
		if err != nil && evidence.ReasonOf(err, evidence.Unavailable) != evidence.NotFound {
			return out, err
		}
	}
	ids := make([]string, len(commits))
	for i, c := range commits {
		ids[i] = c.ID
	}
	notes, err := r.Repo.Notes(ctx, record.Ref, ids, record.MaxBytes)
	if err != nil && evidence.ReasonOf(err, evidence.Unreadable) == evidence.NotFound {
		return out, nil
	}
	for _, n := range notes {
		out.Add(r.read(n))
	}
	return out, err
}

// read reads one note and accounts for it.
func (r Recorded) read(n git.Note) evidence.Fragment {
	in := evidence.Input{
		Origin: evidence.Origin{Basis: evidence.Reported, Source: r.Name(), URI: record.Ref + "/" + n.Commit},
		Path:   record.Ref + "/" + n.Commit, Bytes: int64(len(n.Data)), Status: evidence.Parsed, Format: record.Format,
	}
	d, err := record.Document{}, n.Err
	if err == nil {
		sum := sha256.Sum256(n.Data)
		in.Origin.Digest = "sha256:" + hex.EncodeToString(sum[:])
		d, err = record.Decode(n.Data)
	}
	if err != nil {
		in.Status, in.Detail = evidence.Rejected, err.Error()
		in.Origin.Reason = evidence.ReasonOf(err, evidence.Unreadable)
		gap := evidence.MissingGap(r.Name(), "record on commit "+n.Commit, in.Origin.Reason, err.Error())
		return evidence.Fragment{Inputs: []evidence.Input{in}, Gaps: []evidence.Gap{gap}}
	}
	f := record.Fragment(d, n.Commit, in.Origin)
	f.Inputs = []evidence.Input{in}
	return f
}

// joinRecorded makes one session of the copies in several records, and compares
// the lines that records claim with those of the change.
func joinRecorded(f *evidence.Fragment) {
	f.Sessions = record.Once(f.Sessions)
	var other map[string]int
	f.Claims, other = record.Confirm(f.Claims, f.Files)
	for _, commit := range slices.Sorted(maps.Keys(other)) {
		g := evidence.MissingGap("record", "recorded lines of commit "+commit, evidence.Unreadable,
			fmt.Sprintf("%d lines are not as the record has them; the session is not taken for their author", other[commit]))
		g.Hint = "run mergebrief record again where the agent worked"
		f.Gaps = append(f.Gaps, g)
	}
}

// TranscriptClaims returns which of the added lines the edits of sessions
// explain, as of the commit head, in the way in which transcripts are joined with
// a change.
func TranscriptClaims(sessions []evidence.Session, files []evidence.File, head string) []evidence.Claim {
	return transcriptClaims(sessions, files, head)
}
