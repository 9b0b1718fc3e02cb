package git

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// CommitDiffs is [Repo.Diff] of each of the commits with its only parent, from one
// git process. yield gets them in the order of the ids; an error from it ends the
// reading. Commits with another number of parents are an error.
func (r *Repo) CommitDiffs(ctx context.Context, ids []string, yield func(id string, files []evidence.File) error) error {
	if len(ids) == 0 {
		return nil
	}
	feed, err := feedIDs(ids)
	if err != nil {
		return err
	}
	// With a message, which is empty here, git prints a header for each commit,
	// also for one that changes nothing.
	args := append(diffTree(), "--stdin", "--always")
	return r.stream(ctx, feed, func(in *bufio.Reader) error {
		for _, id := range ids {
			if !headerAhead(in) {
				return evidence.Errorf(evidence.Unreadable, "%s: git does not compare it with one parent", evidence.ShortID(id))
			}
			header, err := in.ReadString(0)
			if err != nil || header != id+"\x00" {
				return evidence.Errorf(evidence.Unreadable, "%s: git tells of %.80q", evidence.ShortID(id), header)
			}
			files, err := readDiff(in, nil, headerAhead)
			if err != nil {
				return fmt.Errorf("%s: %w", evidence.ShortID(id), err)
			}
			if err := yield(id, ofCommit(files, id)); err != nil {
				return err
			}
		}
		return nil
	}, args...)
}

// headerAhead reports whether the id of a commit, with its zero byte, comes next.
// No line of a patch outside of hunks begins with one.
func headerAhead(in *bufio.Reader) bool {
	for _, size := range []int{40, 64} {
		next, _ := in.Peek(size + 1)
		if len(next) == size+1 && next[size] == 0 && isHex(next[:size]) {
			return true
		}
	}
	return false
}

func isHex(s []byte) bool {
	for _, c := range s {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// feedIDs writes one id a line; what is no full id would mean something else.
func feedIDs(ids []string) (func(io.Writer) error, error) {
	for _, id := range ids {
		if !isHex([]byte(id)) || len(id) != 40 && len(id) != 64 {
			return nil, evidence.Errorf(evidence.NotFound, "%.80q is no id of a commit", id)
		}
	}
	return func(w io.Writer) error {
		_, err := io.WriteString(w, strings.Join(ids, "\n")+"\n")
		return err
	}, nil
}

// PatchIDs is [Repo.PatchID] of each of the commits with its only parent, by
// commit, from one pair of git processes.
func (r *Repo) PatchIDs(ctx context.Context, ids []string) (map[string]string, error) {
	found := map[string]string{}
	if len(ids) == 0 {
		return found, nil
	}
	list, err := feedIDs(ids)
	if err != nil {
		return nil, err
	}
	patches := append([]string{"diff-tree", "--stdin", "-r", "-p", "-U3", "-M", renameLimit}, pinned...)
	feed := func(w io.Writer) error {
		return r.stream(ctx, list, func(in *bufio.Reader) error {
			_, err := io.Copy(w, in)
			return err
		}, patches...)
	}
	err = r.stream(ctx, feed, func(in *bufio.Reader) error {
		for {
			line, err := in.ReadString('\n')
			if errors.Is(err, io.EOF) && line == "" {
				return nil
			}
			if err != nil {
				return err
			}
			if id, commit, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
				found[commit] = id
			}
		}
	}, "patch-id", "--stable")
	return found, err
}
