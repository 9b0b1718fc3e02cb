package gather

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
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
	// maxHeadRuns bounds the workflow runs of a head whose artifacts are listed,
	// which takes a request each.
	maxHeadRuns = 5
	// defaultOwn is how the names of mergebrief's own artifacts begin.
	defaultOwn = "mergebrief"
)

// attemptSuffix ends the names of our own artifacts: the attempt of the run, and
// a number when that name was taken.
var attemptSuffix = regexp.MustCompile(`-a[0-9]+(?:-[0-9]+)?$`)

// Artifacts is the source of the files in the artifacts of workflow runs.
//
// Whoever could write to the run could make them, so that their contents are
// reported, never observed. An artifact that is not of the run, the head or the
// repository that it should be of is not opened.
type Artifacts struct {
	Client      *github.Client
	Owner, Repo string
	// Id of the run. When it is not known which run holds the evidence, OfHead asks
	// for the runs on the head: of each workflow, the latest that has artifacts
	// counts, and runs for another branch or repository do not. An empty branch
	// means that those are not known.
	RunID                      int64
	OfHead                     bool
	HeadRepository, HeadBranch string
	// Patterns for names, in doublestar's syntax.
	Patterns []string
	// The patterns were asked for: one that matches nothing is a gap.
	Explicit bool
	// Own is how the names of artifacts with our own bundles begin, "mergebrief"
	// when empty. They end in the attempt, and hold nothing but a record.
	Own string
	// Head repository that the artifacts have to be from; 0 for any.
	HeadRepositoryID int64
	// Folder for the archive that is being read; the system's when empty.
	Temp string

	maybeOwn bool // by the name of the artifact that is being read
}

// Name returns "artifacts".
func (Artifacts) Name() string { return "artifacts" }

// Class returns the class of artifacts.
func (Artifacts) Class() evidence.Class { return evidence.FromArtifact }

// Gather reads the files of every artifact whose name matches, run by run in the
// order of the names. What is not opened is an input with the reason.
func (a Artifacts) Gather(ctx context.Context, t evidence.Target) (evidence.Fragment, error) {
	r := artifactReader{Artifacts: a, target: t, left: maxDownloadBytes, budget: maxRunBytes, used: make([]bool, len(a.Patterns))}
	var err error
	switch {
	case a.Client == nil || a.RunID == 0 && !a.OfHead:
		return r.out, evidence.Errorf(evidence.NotConfigured, "there is no workflow run whose artifacts could be read")
	case a.OfHead:
		err = r.head(ctx)
	default:
		_, err = r.run(ctx, a.RunID)
	}
	for i, p := range a.Patterns {
		if a.Explicit && !r.used[i] {
			r.out.Gaps = append(r.out.Gaps, evidence.MissingGap(a.Name(), "artifacts "+p, evidence.NotFound, "no artifact of the run has such a name"))
		}
	}
	return r.out, err
}

// artifactReader reads the artifacts of one or several runs.
type artifactReader struct {
	Artifacts
	target evidence.Target
	out    evidence.Fragment
	used   []bool // the patterns that matched
	opened int
	// What may still be downloaded, and come out of the archives.
	left, budget int64
}

// head reads the artifacts of the runs on the head.
func (r *artifactReader) head(ctx context.Context) error {
	if r.target.Head == "" {
		return evidence.Errorf(evidence.NotFound, "the head is not known, whose artifacts could be read")
	}
	runs, err := ghapi.RunsOfCommit(ctx, r.Client, r.Owner, r.Repo, r.target.Head)
	errs := []error{err}
	satisfied, asked := map[int64]bool{}, 0
	for _, run := range runs {
		if satisfied[run.WorkflowID] || r.HeadBranch != "" && (run.Branch != r.HeadBranch || !strings.EqualFold(run.Repository, r.HeadRepository)) {
			continue
		}
		if asked++; asked > maxHeadRuns {
			errs = append(errs, evidence.Errorf(evidence.Truncated, "workflow runs of commit %s: only the latest %d were asked for artifacts", evidence.ShortID(r.target.Head), maxHeadRuns))
			break
		}
		found, err := r.run(ctx, run.ID)
		satisfied[run.WorkflowID] = found
		errs = append(errs, err)
	}
	if err := errors.Join(errs...); err != nil || slices.Contains(slices.Collect(maps.Values(satisfied)), true) {
		return err
	}
	g := evidence.MissingGap(r.Name(), "artifacts of the head", evidence.NotFound, fmt.Sprintf("none of the %d workflow runs on %s has any that holds results", asked, evidence.ShortID(r.target.Head)))
	g.Hint = "upload the results in the workflow that makes them: what was only in the workspace of its job is gone"
	r.out.Gaps = append(r.out.Gaps, g)
	return nil
}

// run reads the artifacts of a run, and reports whether it has any beside those
// that mergebrief made.
func (r *artifactReader) run(ctx context.Context, id int64) (found bool, err error) {
	r.RunID = id
	list, err := ghapi.Artifacts(ctx, r.Client, r.Owner, r.Repo, id)
	for _, art := range r.match(list) {
		// A name is anybody's: what is inside tells whether it is one of ours.
		r.maybeOwn = strings.HasPrefix(art.Name, cmp.Or(r.Own, defaultOwn)+"-") && attemptSuffix.MatchString(art.Name)
		found = r.one(ctx, art) || found
	}
	return found, err
}

// one reads one artifact, if that is within the limits, and reports whether it is
// anything but a record that mergebrief made.
func (r *artifactReader) one(ctx context.Context, art ghapi.Artifact) bool {
	switch reason, detail := r.refuse(art, r.target); {
	case detail != "":
		r.out.Add(r.refused(art, reason, detail))
	case r.opened >= maxArtifacts:
		r.out.Add(r.refused(art, evidence.Truncated, fmt.Sprintf("only the first %d artifacts are opened", maxArtifacts)))
	case art.Size > maxArtifactBytes:
		r.out.Add(r.refused(art, evidence.Truncated, fmt.Sprintf("the archive has %d bytes, more than %d", art.Size, maxArtifactBytes)))
	case art.Size > r.left:
		r.out.Add(r.refused(art, evidence.Truncated, fmt.Sprintf("the artifacts of the run together have more than %d bytes", int64(maxDownloadBytes))))
	default:
		r.opened++
		r.left -= art.Size
		f := r.read(ctx, art, &r.budget)
		if len(f.Inputs) > 0 && f.Inputs[0].Detail == ownRecord {
			return false // it is no input: Earlier reads it
		}
		r.out.Add(f)
	}
	return true
}

// ownRecord is what becomes of an artifact that mergebrief made.
const ownRecord = "a record that mergebrief made; it is not read again"

// match returns the artifacts whose names match, one of each name, by name.
func (r *artifactReader) match(list []ghapi.Artifact) []ghapi.Artifact {
	// The newest of a name replaces the others, as it does for GitHub's own
	// client.
	slices.SortStableFunc(list, func(x, y ghapi.Artifact) int {
		return cmp.Or(cmp.Compare(x.Name, y.Name), cmp.Compare(y.ID, x.ID))
	})
	var matched []ghapi.Artifact
	for _, art := range list {
		wanted := false
		for i, p := range r.Patterns {
			if ok, err := doublestar.Match(p, art.Name); err == nil && ok {
				r.used[i], wanted = true, true
			}
		}
		switch n := len(matched); {
		case !wanted:
		case n > 0 && matched[n-1].Name == art.Name:
			r.out.Inputs = append(r.out.Inputs, r.input(art, evidence.Recognised, evidence.Unsupported, fmt.Sprintf("replaced by artifact %d of the same name", matched[n-1].ID)))
		default:
			matched = append(matched, art)
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
		return evidence.Unsupported, "it was made for commit " + evidence.ShortID(art.Run.HeadSHA) + ", the record is about " + evidence.ShortID(t.Head)
	case a.HeadRepositoryID != 0 && art.Run.HeadRepositoryID != a.HeadRepositoryID:
		return evidence.Unsupported, "it was made for a commit of another repository"
	}
	return "", ""
}

func (a Artifacts) input(art ghapi.Artifact, status evidence.Status, reason evidence.Reason, detail string) evidence.Input {
	return evidence.Input{
		Origin: evidence.Origin{
			Basis: evidence.Observed, Class: evidence.FromService, Source: a.Name(), Digest: art.Digest, Reason: reason,
			URI: fmt.Sprintf("/repos/%s/%s/actions/artifacts/%d", a.Owner, a.Repo, art.ID),
		},
		Path: art.Name, Bytes: art.Size, Status: status, Format: "artifact", Detail: detail, Artifact: label(art), RunID: art.Run.ID,
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
	if a.maybeOwn && holdsOnlyARecord(spool, size) {
		return evidence.Fragment{Inputs: []evidence.Input{a.input(art, evidence.Recognised, evidence.Unsupported, ownRecord)}}
	}
	w := unpacking{ctx: ctx, source: a.Name(), artifact: art.Name, label: label(art), budget: min(maxUnpackedBytes, *budget)}
	f := w.contents(spool, size)
	*budget = max(*budget-w.unpacked, 0)
	status, reason, detail := w.account()
	whole := a.input(art, status, reason, detail)
	whole.Bytes = size
	for i := range f.Inputs {
		in := &f.Inputs[i]
		in.RunID, in.Origin.Class = art.Run.ID, evidence.FromArtifact
		if art.Digest != "" {
			// That the file is what the run uploaded; what it says is not known better.
			in.Origin = in.Origin.ConfirmedBy(whole.Origin, "digest of the artifact on GitHub")
		}
	}
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
