package ledger

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"sync"

	"github.com/klauspost/compress/zstd"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

const (
	// maxFileBytes bounds one file of a store.
	maxFileBytes = 4 << 20
	// maxStoredBytes bounds a record as it is stored. Those of real pull requests
	// have some kilobytes.
	maxStoredBytes = 1 << 20
	// maxRecordBytes bounds a record that is read, once it is decompressed.
	maxRecordBytes = 64 << 20
)

// Key is what makes a record one: what was recorded, and by which run. Recording it
// again changes nothing.
type Key struct {
	// Head commit of the change.
	Head string `json:"head"`
	// Workflow run and attempt; 0 for a record that was made of git alone.
	RunID   int64 `json:"runId,omitempty"`
	Attempt int   `json:"attempt,omitempty"`
}

// String returns the key in one word.
func (k Key) String() string { return fmt.Sprintf("%s-%d-%d", k.Head, k.RunID, k.Attempt) }

// Record is one entry of the ledger: the last bundle of a change, and what became
// of its lines when it was merged.
type Record struct {
	// URI of the form, [Schema].
	Schema string `json:"schema"`
	// Number of the record in the ledger, from 0, and the root over all records
	// before it, as "sha256:<hex>".
	Sequence int64  `json:"sequence"`
	Before   string `json:"before"`
	// Digest of the stored bytes of the record before it of the same pull request;
	// absent for the first.
	Previous string `json:"previous,omitempty"`
	Key      Key    `json:"key"`
	// It was made after the fact, of what git still held.
	Backfilled bool `json:"backfilled,omitempty"`
	// Digest of the bundle as it was published, of which this is less.
	BundleDigest string `json:"bundleDigest"`
	// What of the bundle is not here, in words.
	Dropped []string `json:"dropped,omitempty"`
	Landed  Landed   `json:"landed,omitzero"`
	// The bundle, reduced.
	Bundle evidence.Bundle `json:"bundle"`

	// Digest of the stored bytes. It is not part of them.
	Digest string `json:"-"`
}

// encode returns the stored bytes and gives the record their digest.
func (r *Record) encode() ([]byte, error) {
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(r); err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	w, err := packer()
	if err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	stored := w.EncodeAll(text.Bytes(), nil)
	r.Digest = evidence.Digest(stored)
	return stored, nil
}

// packer and unpacker are made once: their tables have some megabytes, which would
// take longer to make for each record than it takes to pack one.
var (
	packer = sync.OnceValues(func() (*zstd.Encoder, error) {
		return zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedBetterCompression), zstd.WithWindowSize(1<<20))
	})
	unpacker = sync.OnceValues(func() (*zstd.Decoder, error) {
		return zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxRecordBytes))
	})
)

// decodeRecord reads the stored bytes of record n.
func decodeRecord(stored []byte, n int64) (*Record, error) {
	r := &Record{}
	if err := decodeInto(stored, n, r); err != nil {
		return nil, err
	}
	if r.Bundle.Schema != evidence.SchemaURI {
		return nil, evidence.Errorf(evidence.Unsupported, "record %d holds a bundle of version %.80q", n, r.Bundle.Schema)
	}
	r.Digest = evidence.Digest(stored)
	return r, nil
}

// decodeInto reads a record, of whatever version its bundle is, and checks that it
// is record n.
func decodeInto(stored []byte, n int64, r *Record) error {
	if len(stored) > maxStoredBytes {
		return evidence.Errorf(evidence.Truncated, "record %d has %d bytes; more than %d are not read", n, len(stored), maxStoredBytes)
	}
	in, err := unpacker()
	if err != nil {
		return fmt.Errorf("record %d: %w", n, err)
	}
	text, err := in.DecodeAll(stored, nil)
	if err != nil {
		return evidence.Errorf(evidence.Unreadable, "record %d: %w", n, err)
	}
	if err := json.Unmarshal(text, r); err != nil {
		return evidence.Errorf(evidence.Unreadable, "record %d: %w", n, err)
	}
	schema, sequence := r.Schema, r.Sequence
	switch {
	case !strings.HasPrefix(schema, schemaFamily):
		return evidence.Errorf(evidence.Unreadable, "record %d is no record of mergebrief: schema %.80q", n, schema)
	case schema != Schema:
		return evidence.Errorf(evidence.Unsupported, "record %d is of version %.80q: a later mergebrief reads it", n, schema)
	case sequence != n:
		return evidence.Errorf(evidence.Unreadable, "record %d says that it is record %d", n, sequence)
	}
	return nil
}

// recordFile is where record n is: no directory has more than 256 entries.
func recordFile(n int64) string {
	return fmt.Sprintf("record/%02x/%02x/%02x.json.zst", n>>16, n>>8&0xff, n&0xff)
}
