package git

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// Blamed is a run of lines that one commit wrote in one place, as git blame has it.
type Blamed struct {
	// The lines now.
	evidence.LineRange
	Commit string
	// Path of the file in that commit, and where First stood there.
	Path string
	Line int
	// The history ends at the commit, because the clone is shallow: who wrote the
	// lines before is not known.
	Cut bool
}

// Blame returns which commits wrote the lines of a file at the commit rev, in their
// order. Last 0 is the end of the file.
func (r *Repo) Blame(ctx context.Context, rev, path string, lines evidence.LineRange) ([]Blamed, error) {
	if err := checkRevision(rev); err != nil {
		return nil, err
	}
	cut, err := r.shallow()
	if err != nil {
		return nil, err
	}
	span := fmt.Sprintf("%d,", max(lines.First, 1))
	if lines.Last > 0 {
		span += strconv.Itoa(lines.Last)
	}
	var all []Blamed
	err = r.stream(ctx, nil, func(in *bufio.Reader) error {
		for {
			b, err := readBlamed(in)
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return err
			}
			b.Cut = cut[b.Commit]
			if n := len(all); n > 0 && all[n-1].Commit == b.Commit && all[n-1].Path == b.Path && b.Line == all[n-1].Line+b.First-all[n-1].First {
				all[n-1].Last = b.Last
				continue
			}
			all = append(all, b)
		}
	}, "blame", "--line-porcelain", "--root", "-L", span, rev, "--", path)
	return all, err
}

// readBlamed reads one line of git blame --line-porcelain: a header, attributes, and
// the line itself after a tabulator.
func readBlamed(in *bufio.Reader) (Blamed, error) {
	head, err := in.ReadString('\n')
	if err != nil {
		if head != "" {
			err = io.ErrUnexpectedEOF
		}
		return Blamed{}, err
	}
	words := strings.Fields(head)
	if len(words) < 3 {
		return Blamed{}, evidence.Errorf(evidence.Unreadable, "unexpected line %q", head)
	}
	from, err := strconv.Atoi(words[1])
	at, err2 := strconv.Atoi(words[2])
	if err != nil || err2 != nil {
		return Blamed{}, evidence.Errorf(evidence.Unreadable, "unexpected line %q", head)
	}
	b := Blamed{LineRange: evidence.LineRange{First: at, Last: at}, Commit: words[0], Line: from}
	for {
		line, err := in.ReadString('\n')
		if err != nil && (line == "" || line[0] != '\t') {
			return b, io.ErrUnexpectedEOF
		}
		if line[0] == '\t' {
			return b, nil
		}
		if name, ok := strings.CutPrefix(line, "filename "); ok {
			b.Path = unquote(strings.TrimSuffix(name, "\n"))
		}
	}
}

// unquote undoes git's quoting of names with special characters.
func unquote(name string) string {
	if !strings.HasPrefix(name, `"`) {
		return name
	}
	if plain, err := strconv.Unquote(name); err == nil {
		return plain
	}
	return name
}

// LandedBy returns the commit by which a commit came onto the first-parent history
// of rev: itself when it is there, else the merge that brought it. It is "" when it
// is not in the history of rev.
func (r *Repo) LandedBy(ctx context.Context, commit, rev string) (string, error) {
	for _, x := range []string{commit, rev} {
		if err := checkRevision(x); err != nil {
			return "", err
		}
	}
	if _, err := r.ask(ctx, "merge-base", "--is-ancestor", commit, rev); err != nil {
		if exitStatus(err) == 1 {
			return "", nil
		}
		return "", err
	}
	way, err := r.ask(ctx, "rev-list", "--first-parent", "--ancestry-path", commit+".."+rev)
	if err != nil {
		return "", err
	}
	ids := strings.Fields(way)
	if len(ids) == 0 {
		return commit, nil
	}
	last := ids[len(ids)-1]
	parent, err := r.ask(ctx, "rev-parse", "--verify", "--quiet", last+"^1")
	if err == nil && strings.TrimSpace(parent) == commit {
		return commit, nil
	}
	return last, nil
}
