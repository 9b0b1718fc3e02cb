package ledger

import (
	"bytes"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// maxFaults bounds the faults that are listed; a ledger with more was replaced.
const maxFaults = 100

// Verification is what [Ledger.Verify] found.
type Verification struct {
	// Number of records, and the root over them.
	Records int64  `json:"records"`
	Root    string `json:"root"`
	// Receipts that were compared.
	Receipts int `json:"receipts"`
	// What is wrong, one sentence each; none when nothing is.
	Faults []string `json:"faults,omitempty"`
}

// verifier reads a ledger from the beginning.
type verifier struct {
	Verification
	tree *tree
	last map[int]string
	// Lines of the index as they have to be, by file.
	index map[string][]byte
	// Roots that receipts name, by the size of the ledger.
	roots map[int64][]Receipt
}

// Verify reads all records and checks that each is where it says, hangs on those
// before it and is found by the index, that nothing is missing between them, and
// that the ledger still begins as receipts have it.
func (l *Ledger) Verify(ctx context.Context, receipts []Receipt) (Verification, error) {
	files, t, err := l.open(ctx)
	if err != nil {
		return Verification{}, err
	}
	v := verifier{tree: &tree{at: map[int64]tlog.Hash{}}, last: map[int]string{}, index: map[string][]byte{}, roots: map[int64][]Receipt{}}
	v.Receipts = len(receipts)
	for _, r := range receipts {
		v.roots[r.Sequence] = append(v.roots[r.Sequence], r)
		if r.Sequence >= t.size {
			v.fault("a check run has record %d, and the ledger ends with record %d: its end was removed", r.Sequence, t.size-1)
		}
	}
	for n, data := range stored(ctx, files, t.size, &err) {
		if err := v.record(n, data); err != nil {
			return v.Verification, err
		}
	}
	if err != nil {
		return v.Verification, err
	}
	v.Records, v.Root = t.size, t.root()
	if got := v.tree.root(); got != v.Root {
		v.fault("the root over the records is %s, and %s has %s", got, headFile, v.Root)
	}
	more, err := files.Read(ctx, recordFile(t.size))
	if err != nil {
		return v.Verification, err
	}
	if more[0] != nil {
		v.fault("there is a record %d, which %s does not count: a writer was interrupted, or the end was cut off", t.size, headFile)
	}
	return v.Verification, v.indexed(ctx, files)
}

func (v *verifier) fault(format string, args ...any) {
	if len(v.Faults) < maxFaults {
		v.Faults = append(v.Faults, fmt.Sprintf(format, args...))
	}
}

// record checks one record against those before it.
func (v *verifier) record(n int64, data []byte) error {
	if data == nil {
		v.fault("record %d is missing", n)
		return v.tree.add(nil)
	}
	var is Record
	if err := decodeInto(data, n, &is); err != nil {
		v.fault("%v", err)
		return v.tree.add(data)
	}
	if want := v.tree.root(); is.Before != want {
		v.fault("record %d follows a ledger with the root %s, and the records before it have %s", n, is.Before, want)
	}
	if pull := is.Bundle.Record.Target.PullRequest; pull > 0 {
		if is.Previous != v.last[pull] {
			v.fault("record %d follows %q in the records of pull request %d, and the one before it is %q", n, is.Previous, pull, v.last[pull])
		}
		v.last[pull] = evidence.Digest(data)
	}
	for _, t := range is.terms() {
		v.index[t.shard()] = append(v.index[t.shard()], t.line(n)...)
	}
	if err := v.tree.add(data); err != nil {
		return err
	}
	for _, r := range v.roots[n] {
		if d := evidence.Digest(data); r.Digest != d {
			v.fault("a check run has record %d with %s, and it is %s", n, r.Digest, d)
		}
		if root := v.tree.root(); r.Root != root {
			v.fault("a check run has the root %s at record %d, and it is %s", r.Root, n, root)
		}
	}
	return nil
}

// indexed compares the index with what it has to be.
func (v *verifier) indexed(ctx context.Context, files Files) error {
	var names []string
	for name := range v.index {
		names = append(names, name)
	}
	slices.Sort(names)
	for part := range slices.Chunk(names, chunk) {
		contents, err := files.Read(ctx, part...)
		if err != nil {
			return err
		}
		for i, name := range part {
			if lacks := lacking(v.index[name], contents[i]); lacks > 0 {
				v.fault("%s lacks %d entries: mergebrief ledger index makes it again", name, lacks)
			}
		}
	}
	return nil
}

// lacking counts the lines of want that have does not have.
func lacking(want, have []byte) (n int) {
	if bytes.Equal(want, have) {
		return 0
	}
	there := map[string]bool{}
	for line := range bytes.Lines(have) {
		there[string(line)] = true
	}
	for line := range bytes.Lines(want) {
		if !there[string(line)] {
			n++
		}
	}
	return n
}

// Reindex makes the index again from the records. It returns how many files of it
// were others.
func (l *Ledger) Reindex(ctx context.Context) (int, error) {
	files, t, err := l.open(ctx)
	if err != nil {
		return 0, err
	}
	v := verifier{tree: &tree{at: map[int64]tlog.Hash{}}, last: map[int]string{}, index: map[string][]byte{}}
	for n, data := range stored(ctx, files, t.size, &err) {
		if err := v.record(n, data); err != nil {
			return 0, err
		}
	}
	if err != nil {
		return 0, err
	}
	changed := map[string][]byte{}
	for name, want := range v.index {
		have, err := files.Read(ctx, name)
		if err != nil {
			return 0, err
		}
		if !bytes.Equal(have[0], want) {
			changed[name] = want
		}
	}
	if len(changed) == 0 {
		return 0, nil
	}
	n := len(changed)
	changed[headFile] = t.encode()
	return n, l.Store.Replace(ctx, files, changed)
}

var receiptText = regexp.MustCompile(`ledger record ([0-9]{1,15}), (sha256:[0-9a-f]{64}), root (sha256:[0-9a-f]{64})`)

// ParseReceipts finds receipts in a text, such as that of check runs.
func ParseReceipts(text string) (all []Receipt) {
	for _, m := range receiptText.FindAllStringSubmatch(text, -1) {
		n, err := strconv.ParseInt(m[1], 10, 64)
		if err == nil {
			all = append(all, Receipt{Sequence: n, Digest: m[2], Root: m[3]})
		}
	}
	return all
}
