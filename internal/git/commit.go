package git

import (
	"bufio"
	"context"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// source is the name under which facts of this package stand in the record.
const source = "change"

// commitFormat ends every field with NUL, which no field can contain. Trailers
// are found by git itself, one a line, unfolded.
const commitFormat = "%H%x00%P%x00%T%x00%an%x00%ae%x00%at%x00%cn%x00%ce%x00%ct%x00%B%x00%(trailers:only,unfold,key_value_separator=%x01)%x00"

// Commits returns the commits that head has and mergeBase has not, parents
// before children. A history that is cut off before the merge base is a Problem
// with the reason truncated.
func (r *Repo) Commits(ctx context.Context, mergeBase, head string) ([]evidence.Commit, error) {
	return r.commits(ctx, mergeBase, head)
}

// MaxCommits bounds the commits of one change that are read one by one. A hundred
// thousand made a bundle of 104 MB and took 900 MB of memory; the largest pull
// requests that people read have a few thousand.
const MaxCommits = 10_000

// NewestCommits is [Repo.Commits] for the newest commits, limit at most, and
// returns how many older ones there are besides.
func (r *Repo) NewestCommits(ctx context.Context, mergeBase, head string, limit int) (commits []evidence.Commit, older int, err error) {
	commits, err = r.commits(ctx, mergeBase, head, "--max-count="+strconv.Itoa(limit))
	if err != nil || len(commits) < limit {
		return commits, 0, err
	}
	out, err := r.ask(ctx, "rev-list", "--count", mergeBase+".."+head)
	if err != nil {
		return commits, 0, err
	}
	all, err := strconv.Atoi(strings.TrimSpace(out))
	return commits, max(0, all-len(commits)), err
}

func (r *Repo) commits(ctx context.Context, mergeBase, head string, options ...string) ([]evidence.Commit, error) {
	span, err := commitSpan(mergeBase, head)
	if err != nil {
		return nil, err
	}
	cut, err := r.shallow()
	if err != nil {
		return nil, err
	}
	var commits []evidence.Commit
	args := append([]string{"log", "--topo-order", "--reverse", "--no-show-signature", "--no-mailmap", "--no-notes", "--encoding=UTF-8", "--format=tformat:" + commitFormat}, options...)
	err = r.stream(ctx, nil, func(in *bufio.Reader) error {
		for {
			c, err := readCommit(in)
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return err
			}
			if cut[c.ID] {
				return errCutOff(c.ID)
			}
			commits = append(commits, c)
		}
	}, append(args, span)...)
	return commits, err
}

func errCutOff(commit string) error {
	return evidence.Errorf(evidence.Truncated, "the clone is shallow: what came before commit %s is not here", evidence.ShortID(commit))
}

func commitSpan(mergeBase, head string) (string, error) {
	for _, rev := range []string{mergeBase, head} {
		if err := checkRevision(rev); err != nil {
			return "", err
		}
	}
	return mergeBase + ".." + head, nil
}

// readCommit reads one record of commitFormat and the newline after it.
func readCommit(in *bufio.Reader) (evidence.Commit, error) {
	const fields = 11
	var f [fields]string
	for i := range f {
		s, err := field(in)
		if errors.Is(err, io.EOF) && i > 0 {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return evidence.Commit{}, err
		}
		f[i] = s
	}
	if c, err := in.ReadByte(); err != nil || c != '\n' {
		return evidence.Commit{}, io.ErrUnexpectedEOF
	}
	subject, _, _ := strings.Cut(strings.TrimLeft(f[9], "\n"), "\n")
	return evidence.Commit{
		Origin: evidence.Origin{Basis: evidence.Observed, Source: source, URI: f[0]},
		ID:     f[0], Parents: strings.Fields(f[1]), Tree: f[2],
		Author: evidence.Identity{Name: f[3], Email: f[4]}, Authored: unixTime(f[5]),
		Committer: evidence.Identity{Name: f[6], Email: f[7]}, Committed: unixTime(f[8]),
		Subject: strings.TrimSpace(subject), Trailers: trailers(f[10]), Message: f[9],
	}, nil
}

// unixTime reads seconds since the epoch; what is no time is the zero time.
func unixTime(s string) time.Time {
	n, err := strconv.ParseInt(s, 10, 64)
	const year9999 = 253402300799 // later times have no RFC 3339 form
	if err != nil || n < 0 || n > year9999 {
		return time.Time{}
	}
	return time.Unix(n, 0).UTC()
}

func trailers(block string) []evidence.Trailer {
	var all []evidence.Trailer
	for line := range strings.Lines(block) {
		key, value, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\x01")
		if ok {
			all = append(all, evidence.Trailer{Key: key, Value: strings.TrimSpace(value)})
		}
	}
	return all
}
