package gather

import (
	"archive/zip"
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/google/go-github/v60/github"

	"github.com/mergebrief/mergebrief/internal/correlate"
	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/ghapi"
	"github.com/mergebrief/mergebrief/internal/statement"
)

const (
	// maxEarlier bounds the earlier records that are read, the newest. Each holds what
	// the ones before it knew, unless two runs went on at once.
	maxEarlier = 5
	// maxRecordBytes bounds one of them, packed and unpacked.
	maxRecordBytes = 64 << 20
)

// Earlier is the source of what earlier runs recorded of the same head and cannot be
// found any more: results and transcripts that lay in the workspace of a job, or in
// artifacts that are gone. The records are read back from the artifacts of
// mergebrief, found by name and believed only when statement, bundle, repository,
// pull request and head fit, and GitHub says that the run which uploaded it was one on
// the head, of the repository that it is from, or on the base branch. Whoever could write to a job can have made one, so that
// all of it is reported.
type Earlier struct {
	Client      *github.Client
	Owner, Repo string
	// Names of the artifacts with the records of the pull request.
	Names []string
	// Repository that the head is from, 0 when it is not known, and the base branch.
	HeadRepositoryID int64
	BaseBranch       string
	// Folder for the archive that is being read; the system's when empty.
	Temp string
}

// Name returns "earlier".
func (Earlier) Name() string { return "earlier" }

// Class returns the class of artifacts.
func (Earlier) Class() evidence.Class { return evidence.FromArtifact }

// Gather reads the records. That there are none is no gap.
func (e Earlier) Gather(ctx context.Context, t evidence.Target) (evidence.Fragment, error) {
	var out evidence.Fragment
	if e.Client == nil || t.Head == "" {
		return out, nil
	}
	var all []ghapi.Artifact
	for _, name := range e.Names {
		list, err := ghapi.ArtifactsNamed(ctx, e.Client, e.Owner, e.Repo, name)
		if err != nil {
			return out, fmt.Errorf("the records of earlier runs cannot be looked for: %w", err)
		}
		all = append(all, list...)
	}
	all = slices.DeleteFunc(all, func(a ghapi.Artifact) bool { return a.Expired || a.Size > maxRecordBytes || !e.believes(a, t) })
	slices.SortStableFunc(all, func(a, b ghapi.Artifact) int { return cmp.Compare(b.ID, a.ID) })
	for _, art := range all[:min(len(all), maxEarlier)] {
		rec, err := e.record(ctx, art)
		switch {
		case err != nil:
			out.Gaps = append(out.Gaps, evidence.MissingGap(e.Name(), "record of run "+fmt.Sprint(art.Run.ID), evidence.ReasonOf(err, evidence.Unreadable), err.Error()))
		case rec != nil:
			if rec.Target.Head == t.Head && rec.Target.PullRequest == t.PullRequest && rec.Target.Repository == t.Repository {
				correlate.Remember(&out, correlate.Earlier(rec, fmt.Sprintf("%s/actions/runs/%d", t.Repository.URL(), art.Run.ID)))
			}
		}
	}
	return out, nil
}

// believes reports whether a run of this pull request uploaded an artifact. Anybody can
// open another one, from a fork, and upload one that calls itself ours.
func (e Earlier) believes(a ghapi.Artifact, t evidence.Target) bool {
	run := a.Run
	if run.HeadSHA == t.Head {
		return e.HeadRepositoryID != 0 && run.HeadRepositoryID == e.HeadRepositoryID
	}
	return run.RepositoryID != 0 && run.HeadRepositoryID == run.RepositoryID && e.BaseBranch != "" && run.HeadBranch == e.BaseBranch
}

// record returns the record that an artifact holds; nil when it holds none of ours.
func (e Earlier) record(ctx context.Context, art ghapi.Artifact) (*evidence.Record, error) {
	spool, err := os.CreateTemp(e.Temp, "record-*.zip")
	if err != nil {
		return nil, evidence.Errorf(evidence.Unavailable, "there is no room to unpack it: %w", unwrapPath(err))
	}
	defer os.Remove(spool.Name())
	defer spool.Close()
	size, err := Artifacts{Client: e.Client, Owner: e.Owner, Repo: e.Repo}.download(ctx, art, spool)
	if err != nil {
		return nil, err
	}
	if !holdsOnlyARecord(spool, size) {
		return nil, nil
	}
	z, err := zip.NewReader(spool, size)
	if err != nil {
		return nil, evidence.Errorf(evidence.Unreadable, "%w", err)
	}
	var files [2][]byte
	for i, name := range []string{statement.BundleName, "evidence.intoto.json"} {
		in, err := z.Open(name)
		if err != nil {
			return nil, evidence.Errorf(evidence.Unreadable, "%w", err)
		}
		files[i], err = io.ReadAll(io.LimitReader(in, maxRecordBytes+1))
		in.Close()
		if err != nil || len(files[i]) > maxRecordBytes {
			return nil, evidence.Errorf(evidence.Truncated, "%s cannot be read, or has more than %d bytes", name, maxRecordBytes)
		}
	}
	if err := statement.Verify(files[1], files[0]); err != nil {
		return nil, evidence.Errorf(evidence.Unreadable, "%w", err)
	}
	b, err := evidence.ParseBundle(files[0])
	if err != nil {
		return nil, evidence.Errorf(evidence.Unreadable, "%w", err)
	}
	return &b.Record, nil
}
