package git

import (
	"bufio"
	"context"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// history is the commits that a head has and a merge base has not, every child
// before its parents.
type history struct {
	ids     []string
	trees   []string
	parents [][]parent
	// Number of children of each commit.
	children []int
}

// parent is a parent of a commit.
type parent struct {
	index int // in the history, or before
	tree  string
}

// historyFormat tells commits of the range from those just outside of it, which
// are marked "-".
const historyFormat = "%m%x00%H%x00%T%x00%P%x00"

func (r *Repo) history(ctx context.Context, mergeBase, head string) (*history, error) {
	span, err := commitSpan(mergeBase, head)
	if err != nil {
		return nil, err
	}
	cut, err := r.shallow()
	if err != nil {
		return nil, err
	}
	h := &history{}
	var parents []string
	trees := map[string]string{}
	index := map[string]int{}
	err = r.stream(ctx, nil, func(in *bufio.Reader) error {
		for {
			mark, id, tree, of, err := readNode(in)
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return err
			}
			trees[id] = tree
			if mark == "-" {
				continue
			}
			if cut[id] {
				return errCutOff(id)
			}
			index[id] = len(h.ids)
			h.ids, h.trees, parents = append(h.ids, id), append(h.trees, tree), append(parents, of)
		}
	}, "log", "--topo-order", "--boundary", "--no-show-signature", "--format=tformat:"+historyFormat, span)
	if err != nil {
		return nil, err
	}
	return h, h.connect(parents, index, trees)
}

func readNode(in *bufio.Reader) (mark, id, tree, parents string, err error) {
	for i, f := range []*string{&mark, &id, &tree, &parents} {
		if *f, err = field(in); err != nil {
			if errors.Is(err, io.EOF) && i > 0 {
				err = io.ErrUnexpectedEOF
			}
			return "", "", "", "", err
		}
	}
	if c, err := in.ReadByte(); err != nil || c != '\n' {
		return "", "", "", "", io.ErrUnexpectedEOF
	}
	return mark, id, tree, parents, nil
}

// connect fills in the parents. A commit that names a parent twice has it once.
func (h *history) connect(parents []string, index map[string]int, trees map[string]string) error {
	h.parents = make([][]parent, len(h.ids))
	h.children = make([]int, len(h.ids))
	for i, list := range parents {
		for _, id := range strings.Fields(list) {
			tree, known := trees[id]
			if !known {
				return evidence.Errorf(evidence.NotFound, "commit %s, a parent of %s, is not here", evidence.ShortID(id), evidence.ShortID(h.ids[i]))
			}
			p := parent{index: before, tree: tree}
			if at, inside := index[id]; inside {
				p.index = at
			}
			if slices.Contains(h.parents[i], p) {
				continue
			}
			if p.index != before {
				h.children[p.index]++
			}
			h.parents[i] = append(h.parents[i], p)
		}
	}
	return nil
}
