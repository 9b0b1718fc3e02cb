package sessionnote

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// maxCopied bounds the documents of one note that are about other commits: the
// commits that a rebase made one of.
const maxCopied = 100

// Note is what a git note holds: the document about its commit and, where git
// copied notes to a commit that a rewrite made (notes.rewriteRef), documents
// about the commits before. Their line numbers are those of the other commits.
type Note struct {
	// The document about the commit of the note; without a commit when there is
	// none.
	Document
	// Documents about other commits, by commit.
	Copied []Document
}

// DecodeNote reads the note on a commit. By default git puts copied notes one
// below the other, with an empty line between.
func DecodeNote(data []byte, commit string) (Note, error) {
	var n Note
	if len(data) > MaxBytes {
		_, err := Decode(data)
		return n, err
	}
	for in := json.NewDecoder(bytes.NewReader(data)); ; {
		var one json.RawMessage
		if err := in.Decode(&one); errors.Is(err, io.EOF) && n.count() > 0 {
			return n, nil
		} else if err != nil {
			return Note{}, evidence.Errorf(evidence.Unreadable, "not a record of mergebrief: %w", err)
		}
		d, err := Decode(one)
		if err != nil {
			return Note{}, err
		}
		if n.count() > maxCopied {
			return Note{}, evidence.Errorf(evidence.Truncated, "a note of more than %d records", maxCopied)
		}
		n.add(d, commit)
	}
}

func (n Note) count() int {
	if n.Commit == "" {
		return len(n.Copied)
	}
	return len(n.Copied) + 1
}

// add adds a document, to the one about the same commit if there is one.
func (n *Note) add(d Document, commit string) {
	if d.Commit == commit {
		if n.Commit != "" {
			d = Union(n.Document, d)
		}
		n.Document = d
		return
	}
	at, known := slices.BinarySearchFunc(n.Copied, d.Commit, func(have Document, id string) int { return strings.Compare(have.Commit, id) })
	if known {
		n.Copied[at] = Union(n.Copied[at], d)
		return
	}
	n.Copied = slices.Insert(slices.Clip(n.Copied), at, d)
}

// EncodeNote returns the bytes of a note, one line for each document.
func EncodeNote(n Note) ([]byte, error) {
	var out []byte
	all := n.Copied
	if n.Commit != "" {
		all = append([]Document{n.Document}, all...)
	}
	for _, d := range all {
		data, err := Encode(d)
		if err != nil {
			return nil, err
		}
		out = append(out, data...)
	}
	return out, nil
}

// UnionNote returns the documents of two notes on a commit, as [Union] does.
func UnionNote(a, b Note, commit string) Note {
	var out Note
	for _, n := range []Note{a, b} {
		if n.Commit != "" {
			out.add(n.Document, commit)
		}
		for _, d := range n.Copied {
			out.add(d, commit)
		}
	}
	return out
}
