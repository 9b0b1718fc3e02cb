package ledger

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/bits"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

const (
	// Schema names the version of the ledger's form.
	Schema = "https://mergebrief.github.io/ledger/v1"
	// schemaFamily is what all versions have in common.
	schemaFamily = "https://mergebrief.github.io/ledger/"
	// headFile says how many records there are and what they hash to.
	headFile = "head.json"
	// maxHeadBytes bounds a head: 64 subtrees at most.
	maxHeadBytes = 16 << 10
)

// head is the state of a whole ledger: a Merkle tree over its records, as
// certificate transparency has it (RFC 6962). Of the tree, the roots of the whole
// subtrees are kept, which is all that takes to add a record.
type head struct {
	Schema string `json:"schema"`
	// Number of records.
	Records int64 `json:"records"`
	// Root of the tree, as "sha256:<hex>".
	Root string `json:"root"`
	// Roots of the whole subtrees, from the left.
	Subtrees []string `json:"subtrees,omitempty"`
}

// decodeHead reads a head; no bytes are that of an empty ledger.
func decodeHead(data []byte, of fmt.Stringer) (*tree, error) {
	if data == nil {
		return &tree{at: map[int64]tlog.Hash{}}, nil
	}
	var h head
	if len(data) > maxHeadBytes || json.Unmarshal(data, &h) != nil || !strings.HasPrefix(h.Schema, schemaFamily) {
		return nil, errNotOurs(of)
	}
	if h.Schema != Schema {
		return nil, evidence.Errorf(evidence.Unsupported, "%s is a ledger of version %.80q: a later mergebrief reads it", of, h.Schema)
	}
	t := &tree{size: h.Records, at: map[int64]tlog.Hash{}}
	roots := subtrees(h.Records)
	if h.Records < 0 || len(roots) != len(h.Subtrees) {
		return nil, evidence.Errorf(evidence.Unreadable, "%s: %s has %d subtrees for %d records", of, headFile, len(h.Subtrees), h.Records)
	}
	for i, index := range roots {
		sum, err := parseHash(h.Subtrees[i])
		if err != nil {
			return nil, evidence.Errorf(evidence.Unreadable, "%s: %s: %w", of, headFile, err)
		}
		t.at[index] = sum
	}
	if t.root() != h.Root {
		return nil, evidence.Errorf(evidence.Unreadable, "%s: the root in %s is not that of its subtrees", of, headFile)
	}
	return t, nil
}

func errNotOurs(of fmt.Stringer) error {
	return evidence.Errorf(evidence.Unreadable, "%s is no ledger of mergebrief: it has no %s of one; nothing is written there", of, headFile)
}

// tree is a Merkle tree of which the roots of the whole subtrees are known.
type tree struct {
	size int64
	at   map[int64]tlog.Hash // by tlog's numbers
}

// subtrees returns tlog's numbers of the roots of the whole subtrees that n
// records make, from the left.
func subtrees(n int64) (indexes []int64) {
	for lo := int64(0); lo < n; {
		level := bits.Len64(uint64(n-lo)) - 1
		indexes = append(indexes, tlog.StoredHashIndex(level, lo>>level))
		lo += 1 << level
	}
	return indexes
}

// ReadHashes implements [tlog.HashReader].
func (t *tree) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		sum, known := t.at[index]
		if !known {
			return nil, fmt.Errorf("hash %d of the ledger is not known", index)
		}
		out[i] = sum
	}
	return out, nil
}

// root returns the root of the tree.
func (t *tree) root() string {
	if t.size == 0 {
		return evidence.Digest(nil)
	}
	sum, err := tlog.TreeHash(t.size, t)
	if err != nil {
		return "" // a tree that lacks a subtree has no root
	}
	return formatHash(sum)
}

// add adds a record.
func (t *tree) add(stored []byte) error {
	sums, err := tlog.StoredHashes(t.size, stored, t)
	if err != nil {
		return err
	}
	first := tlog.StoredHashIndex(0, t.size)
	all := t.at
	for i, sum := range sums {
		all[first+int64(i)] = sum
	}
	t.size++
	t.at = map[int64]tlog.Hash{}
	for _, index := range subtrees(t.size) {
		t.at[index] = all[index]
	}
	return nil
}

// encode returns the head of the tree.
func (t *tree) encode() []byte {
	h := head{Schema: Schema, Records: t.size, Root: t.root()}
	for _, index := range subtrees(t.size) {
		h.Subtrees = append(h.Subtrees, formatHash(t.at[index]))
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetIndent("", " ")
	_ = enc.Encode(h) // strings and a number always encode
	return out.Bytes()
}

const hashPrefix = "sha256:"

func formatHash(h tlog.Hash) string { return hashPrefix + hex.EncodeToString(h[:]) }

func parseHash(s string) (h tlog.Hash, err error) {
	raw, err := hex.DecodeString(strings.TrimPrefix(s, hashPrefix))
	if err != nil || len(raw) != len(h) || !strings.HasPrefix(s, hashPrefix) {
		return h, evidence.Errorf(evidence.Unreadable, "%.80q is no digest", s)
	}
	return tlog.Hash(raw), nil
}
