package gather

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/google/go-github/v60/github"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/ghapi"
)

const (
	// maxArtifacts bounds the artifacts of a run that are opened. Matrix builds
	// make one for each job.
	maxArtifacts = 200
	// maxArtifactBytes bounds one archive, and maxDownloadBytes all of them: the
	// disk of a runner has some 14 GB to spare, its job minutes are dear.
	maxArtifactBytes = 512 << 20
	maxDownloadBytes = 2 << 30
	// downloadTries is how often a download is made that breaks off or does not
	// have the digest that GitHub states.
	downloadTries = 2
	// downloadTime bounds one try: a storage that stalls must not hold the job.
	downloadTime = 3 * time.Minute
	// defaultOwn is how the names of mergebrief's own artifacts begin.
	defaultOwn = "mergebrief"
)

// attemptSuffix ends the names of our own artifacts: the attempt of the run, and
// a number when that name was taken.
var attemptSuffix = regexp.MustCompile(`-a[0-9]+(?:-[0-9]+)?$`)

// Artifacts is the source of the files in the artifacts of a workflow run.
//
// Whoever could write to the run could make them, so that their contents are
// reported, never observed. An artifact that is not of the run, the head or the
// repository that it should be of is not opened.
type Artifacts struct {
	Client      *github.Client
	Owner, Repo string
	RunID       int64
	// Patterns for names, in doublestar's syntax.
	Patterns []string
	// The patterns were asked for: one that matches nothing is a gap.
	Explicit bool
	// Own is how the names of artifacts with our own bundles begin, "mergebrief"
	// when empty. They end in the attempt, and are not opened.
	Own string
	// Head repository that the artifacts have to be from; 0 for any.
	HeadRepositoryID int64
	// Folder for the archive that is being read; the system's when empty.
	Temp string
}

// Name returns "artifacts".
func (Artifacts) Name() string { return "artifacts" }

// Gather reads the files of every artifact whose name matches, in the order of
// the names. What is not opened is an input with the reason.
func (a Artifacts) Gather(ctx context.Context, t evidence.Target) (evidence.Fragment, error) {
	var f evidence.Fragment
	if a.Client == nil || a.RunID == 0 {
		return f, evidence.Errorf(evidence.NotConfigured, "there is no workflow run whose artifacts could be read")
	}
	list, err := ghapi.Artifacts(ctx, a.Client, a.Owner, a.Repo, a.RunID)
	matched := a.match(list, &f)
	left, budget := int64(maxDownloadBytes), int64(maxRunBytes)
	for i, art := range matched {
		switch reason, detail := a.refuse(art, t); {
		case detail != "":
			f.Add(a.refused(art, reason, detail))
		case strings.HasPrefix(art.Name, cmp.Or(a.Own, defaultOwn)+"-") && attemptSuffix.MatchString(art.Name):
			f.Inputs = append(f.Inputs, a.input(art, evidence.Recognised, evidence.Unsupported, "a record that mergebrief made; it is not read again"))
		case i >= maxArtifacts:
			f.Add(a.refused(art, evidence.Truncated, fmt.Sprintf("only the first %d artifacts are opened", maxArtifacts)))
		case art.Size > maxArtifactBytes:
			f.Add(a.refused(art, evidence.Truncated, fmt.Sprintf("the archive has %d bytes, more than %d", art.Size, maxArtifactBytes)))
		case art.Size > left:
			f.Add(a.refused(art, evidence.Truncated, fmt.Sprintf("the artifacts of the run together have more than %d bytes", int64(maxDownloadBytes))))
		default:
			left -= art.Size
			f.Add(a.read(ctx, art, &budget))
		}
	}
	return f, err
}

// match returns the artifacts whose names match, one of each name, by name.
func (a Artifacts) match(list []ghapi.Artifact, f *evidence.Fragment) []ghapi.Artifact {
	// The newest of a name replaces the others, as it does for GitHub's own
	// client.
	slices.SortStableFunc(list, func(x, y ghapi.Artifact) int {
		return cmp.Or(cmp.Compare(x.Name, y.Name), cmp.Compare(y.ID, x.ID))
	})
	var matched []ghapi.Artifact
	used := make([]bool, len(a.Patterns))
	for _, art := range list {
		wanted := false
		for i, p := range a.Patterns {
			if ok, err := doublestar.Match(p, art.Name); err == nil && ok {
				used[i], wanted = true, true
			}
		}
		switch n := len(matched); {
		case !wanted:
		case n > 0 && matched[n-1].Name == art.Name:
			f.Inputs = append(f.Inputs, a.input(art, evidence.Recognised, evidence.Unsupported, fmt.Sprintf("replaced by artifact %d of the same name", matched[n-1].ID)))
		default:
			matched = append(matched, art)
		}
	}
	for i, p := range a.Patterns {
		if a.Explicit && !used[i] {
			f.Gaps = append(f.Gaps, evidence.MissingGap(a.Name(), "artifacts "+p, evidence.NotFound, "no artifact of the run has such a name"))
		}
	}
	return matched
}

// refuse says why an artifact may not be used, "" when it may: it is gone, or it
// is not of what it should be of.
func (a Artifacts) refuse(art ghapi.Artifact, t evidence.Target) (evidence.Reason, string) {
	switch {
	case art.Expired:
		return evidence.Expired, "GitHub does not keep it any more"
	case art.Run.ID != a.RunID:
		return evidence.Unsupported, fmt.Sprintf("it is of run %d, not of run %d", art.Run.ID, a.RunID)
	case t.Head != "" && art.Run.HeadSHA != t.Head:
		return evidence.Unsupported, "it was made for commit " + short(art.Run.HeadSHA) + ", the record is about " + short(t.Head)
	case a.HeadRepositoryID != 0 && art.Run.HeadRepositoryID != a.HeadRepositoryID:
		return evidence.Unsupported, "it was made for a commit of another repository"
	}
	return "", ""
}

func (a Artifacts) input(art ghapi.Artifact, status evidence.Status, reason evidence.Reason, detail string) evidence.Input {
	return evidence.Input{
		Origin: evidence.Origin{
			Basis: evidence.Observed, Source: a.Name(), Digest: art.Digest, Reason: reason,
			URI: fmt.Sprintf("/repos/%s/%s/actions/artifacts/%d", a.Owner, a.Repo, art.ID),
		},
		Path: art.Name, Bytes: art.Size, Status: status, Format: "artifact", Detail: detail, Artifact: label(art),
	}
}

// label is the id and name of an artifact.
func label(art ghapi.Artifact) string { return fmt.Sprintf("%d %s", art.ID, art.Name) }

// refused accounts for an artifact that is not read.
func (a Artifacts) refused(art ghapi.Artifact, reason evidence.Reason, detail string) evidence.Fragment {
	return evidence.Fragment{
		Inputs: []evidence.Input{a.input(art, evidence.Rejected, reason, detail)},
		Gaps:   []evidence.Gap{evidence.MissingGap(a.Name(), "artifact "+art.Name, reason, detail)},
	}
}

// read downloads an artifact into a file and reads the files in it. Budget is
// what may still come out of the archives of the run.
func (a Artifacts) read(ctx context.Context, art ghapi.Artifact, budget *int64) evidence.Fragment {
	spool, err := os.CreateTemp(a.Temp, "artifact-*.zip")
	if err != nil {
		return a.refused(art, evidence.Unavailable, "there is no room to unpack it: "+unwrapPath(err).Error())
	}
	defer os.Remove(spool.Name())
	defer spool.Close()
	size, err := a.download(ctx, art, spool)
	if err != nil {
		return a.refused(art, evidence.ReasonOf(err, evidence.Unavailable), err.Error())
	}
	w := unpacking{ctx: ctx, source: a.Name(), artifact: art.Name, label: label(art), budget: min(maxUnpackedBytes, *budget)}
	f := w.contents(spool, size)
	*budget = max(*budget-w.unpacked, 0)
	status, reason, detail := w.account()
	whole := a.input(art, status, reason, detail)
	whole.Bytes = size
	f.Inputs = append([]evidence.Input{whole}, f.Inputs...)
	if status != evidence.Parsed && reason != "" {
		f.Gaps = append(f.Gaps, evidence.MissingGap(a.Name(), "artifact "+art.Name, reason, detail))
	}
	return f
}

// download writes the archive to the file, and makes sure that it is the one
// that GitHub tells of.
func (a Artifacts) download(ctx context.Context, art ghapi.Artifact, spool *os.File) (size int64, err error) {
	for range downloadTries {
		var digest string
		size, digest, err = a.once(ctx, art.ID, spool)
		switch {
		case err == nil && (art.Digest == "" || art.Digest == digest):
			return size, nil
		case err == nil:
			err = evidence.Errorf(evidence.Unreadable, "its bytes have the digest %s, GitHub states %s", digest, art.Digest)
		case ctx.Err() != nil || evidence.ReasonOf(err, evidence.Unavailable) != evidence.Unavailable:
			return 0, err
		}
	}
	return 0, err
}

var errArchiveSize = errors.New("the archive is larger than GitHub states")

func (a Artifacts) once(ctx context.Context, id int64, spool *os.File) (size int64, digest string, err error) {
	if _, err := spool.Seek(0, io.SeekStart); err != nil {
		return 0, "", err
	}
	if err := spool.Truncate(0); err != nil {
		return 0, "", err
	}
	ctx, cancel := context.WithTimeout(ctx, downloadTime)
	defer cancel()
	body, err := ghapi.Download(ctx, a.Client, a.Owner, a.Repo, id)
	if err != nil {
		return 0, "", err
	}
	defer body.Close()
	sum := sha256.New()
	size, err = io.Copy(io.MultiWriter(spool, sum), io.LimitReader(body, maxArtifactBytes+1))
	if size > maxArtifactBytes {
		return 0, "", evidence.Errorf(evidence.Truncated, "%w", errArchiveSize)
	}
	return size, "sha256:" + hex.EncodeToString(sum.Sum(nil)), err
}
