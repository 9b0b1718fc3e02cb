// Package ledger keeps what is known of merged changes for good.
//
// It hides where records lie (a folder, a ref of git), how they are found again and
// how they hang together. It promises that a record that was appended is never
// changed or replaced; that any changed byte, any missing or additional record and
// any other order is found by [Ledger.Verify], offline; that writers at the same
// time lose nothing and write nothing twice; that a record holds no code, no text of
// prompts and no output, and drops neither failures nor gaps nor attribution to be
// small; and that whatever is read is bounded and believed no further than it says.
// A removed end is found only by who wrote down how long the ledger was: check runs
// do. docs/ledger.md describes the form.
package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

const (
	// maxTries bounds how often an append is tried while others write, too. Of
	// eight writers at once, one of the last may lose forty times.
	maxTries = 60
	// chunk is the number of records that are read together.
	chunk = 256
	// maxFound bounds the records that are read for one question, the latest.
	maxFound = 50
)

// Ledger is a sequence of records in a store.
type Ledger struct {
	Store Store
	// pause waits before the next try; tests replace it.
	pause func(ctx context.Context, try int) error
}

// New returns the ledger in a store.
func New(s Store) *Ledger { return &Ledger{Store: s, pause: pause} }

// Entry is what is to be appended.
type Entry struct {
	// The bundle as it was published.
	Stored []byte
	Landed Landed
	// It is made after the fact, of what git still holds.
	Backfilled bool
}

// Receipt says where a record is. Whoever keeps it can tell later whether the end of
// the ledger was removed.
type Receipt struct {
	Sequence int64
	// Digest of the stored record and root of the ledger that ends with it, as
	// "sha256:<hex>". The root is absent for a record that was there before and
	// is not the last.
	Digest, Root string
	// The record was there before, and nothing was written.
	Known bool
}

// String returns the receipt as check runs show it; [ParseReceipts] reads it.
func (r Receipt) String() string {
	if r.Root == "" {
		return fmt.Sprintf("ledger record %d, %s", r.Sequence, r.Digest)
	}
	return fmt.Sprintf("ledger record %d, %s, root %s", r.Sequence, r.Digest, r.Root)
}

// Append adds records and returns their receipts, in order. One that is there
// already, of the same head, run and attempt, is left as it is.
func (l *Ledger) Append(ctx context.Context, entries ...Entry) ([]Receipt, error) {
	drafts := make([]*Record, len(entries))
	for i, e := range entries {
		d, err := draft(e)
		if err != nil {
			return nil, err
		}
		drafts[i] = d
	}
	for try := 0; ; try++ {
		receipts, err := l.append(ctx, drafts)
		if !errors.Is(err, ErrMoved) || try == maxTries {
			return receipts, err
		}
		if err := l.pause(ctx, try); err != nil {
			return nil, err
		}
	}
}

// draft makes a record of an entry, without its place in the ledger.
func draft(e Entry) (*Record, error) {
	b, err := evidence.ParseBundle(e.Stored)
	if err != nil {
		return nil, err
	}
	r := &Record{
		Schema: Schema, Key: Key{Head: b.Record.Target.Head}, Backfilled: e.Backfilled, BundleDigest: evidence.Digest(e.Stored), Landed: e.Landed, Bundle: *b,
	}
	if r.Key.Head == "" {
		return nil, evidence.Errorf(evidence.NotFound, "a bundle without a head commit cannot be recorded")
	}
	if run := b.Record.Run; run != nil && !e.Backfilled {
		r.Key.RunID, r.Key.Attempt = run.RunID, run.Attempt
	}
	reduce(&r.Bundle)
	_, err = r.fit()
	return r, err
}

// pause waits a little longer each time, and not as long as somebody else who began
// at the same time.
func pause(ctx context.Context, try int) error {
	const step = 20 * time.Millisecond
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(rand.N(step << min(try, 5))): //nolint:gosec // nothing depends on it but who comes first
		return nil
	}
}

// append tries once.
func (l *Ledger) append(ctx context.Context, drafts []*Record) ([]Receipt, error) {
	files, t, err := l.open(ctx)
	if err != nil {
		return nil, err
	}
	w := &writer{reader: reader{files}, tree: t, changed: map[string][]byte{}, last: map[int]string{}}
	if err := w.load(ctx, drafts); err != nil {
		return nil, err
	}
	receipts := make([]Receipt, len(drafts))
	for i, d := range drafts {
		if receipts[i], err = w.add(ctx, d); err != nil {
			return nil, err
		}
	}
	if len(w.changed) == 0 {
		return receipts, nil
	}
	for name, data := range w.shards {
		if w.dirty[name] {
			w.changed[name] = data
		}
	}
	w.changed[headFile] = t.encode()
	return receipts, l.Store.Replace(ctx, files, w.changed)
}

// open reads the head.
func (l *Ledger) open(ctx context.Context) (Files, *tree, error) {
	files, err := l.Store.Open(ctx)
	if err != nil {
		return nil, nil, err
	}
	data, err := files.Read(ctx, headFile)
	if err != nil {
		return nil, nil, err
	}
	t, err := decodeHead(data[0], l.Store)
	return files, t, err
}

// writer makes the files of new records on top of one state.
type writer struct {
	reader
	tree    *tree
	changed map[string][]byte
	// Files of the index that the records concern, and those that became others.
	shards map[string][]byte
	dirty  map[string]bool
	// Digest of the last record by pull request.
	last map[int]string
}

// load reads the files of the index.
func (w *writer) load(ctx context.Context, drafts []*Record) error {
	w.shards, w.dirty = map[string][]byte{}, map[string]bool{}
	for _, d := range drafts {
		for _, t := range d.terms() {
			w.shards[t.shard()] = nil
		}
	}
	var names []string
	for name := range w.shards {
		names = append(names, name)
	}
	slices.Sort(names)
	contents, err := w.files.Read(ctx, names...)
	if err != nil {
		return err
	}
	for i, name := range names {
		w.shards[name] = contents[i]
	}
	return nil
}

// add adds one record.
func (w *writer) add(ctx context.Context, d *Record) (Receipt, error) {
	same, err := w.latest(ctx, byRun, d.Key.String())
	if err == nil && same == nil {
		same, err = w.unchanged(ctx, d)
	}
	if err != nil {
		return Receipt{}, err
	}
	if same != nil && same.Key == d.Key && same.BundleDigest != d.BundleDigest && same.Backfilled == d.Backfilled && d.Key.RunID != 0 {
		return Receipt{}, evidence.Errorf(evidence.Denied, "record %d is of the same head and run with another bundle; a record is never replaced", same.Sequence)
	}
	if same != nil {
		known := Receipt{Sequence: same.Sequence, Digest: same.Digest, Known: true}
		if same.Sequence == w.tree.size-1 {
			known.Root = w.tree.root()
		}
		return known, nil
	}
	r := *d
	r.Sequence, r.Before = w.tree.size, w.tree.root()
	if r.Previous, err = w.previous(ctx, &r); err != nil {
		return Receipt{}, err
	}
	stored, err := r.encode()
	if err != nil {
		return Receipt{}, err
	}
	if err := w.tree.add(stored); err != nil {
		return Receipt{}, err
	}
	w.changed[recordFile(r.Sequence)] = stored
	for _, t := range r.terms() {
		w.shards[t.shard()] = append(slices.Clip(w.shards[t.shard()]), t.line(r.Sequence)...)
		w.dirty[t.shard()] = true
	}
	if n := r.Bundle.Record.Target.PullRequest; n > 0 {
		w.last[n] = r.Digest
	}
	return Receipt{Sequence: r.Sequence, Digest: r.Digest, Root: w.tree.root()}, nil
}

// unchanged returns the last record of the pull request if it says what d says: a
// later run that found the same adds nothing.
func (w *writer) unchanged(ctx context.Context, d *Record) (*Record, error) {
	n := d.Bundle.Record.Target.PullRequest
	if n == 0 {
		return nil, nil
	}
	before, err := w.latest(ctx, ByPull, fmt.Sprint(n))
	if before == nil || before.saying() != d.saying() {
		return nil, err
	}
	return before, nil
}

// saying is what a record says, without which run made it.
func (r *Record) saying() string {
	x := *r
	x.Schema, x.Sequence, x.Before, x.Previous, x.BundleDigest, x.Key.RunID, x.Key.Attempt = "", 0, "", "", "", 0, 0
	x.Bundle.Record.Run = nil
	text, err := json.Marshal(x)
	if err != nil {
		return r.Digest
	}
	return string(text)
}

// previous returns the digest of the last record of the same pull request.
func (w *writer) previous(ctx context.Context, r *Record) (string, error) {
	n := r.Bundle.Record.Target.PullRequest
	if n == 0 || w.last[n] != "" {
		return w.last[n], nil
	}
	before, err := w.latest(ctx, ByPull, fmt.Sprint(n))
	if before == nil {
		return "", err
	}
	return before.Digest, nil
}

// latest returns the last record that the loaded index finds, also one that is only
// about to be written.
func (w *writer) latest(ctx context.Context, k Kind, value string) (*Record, error) {
	t := newTerm(k, value)
	for _, n := range slices.Backward(t.in(w.shards[t.shard()])) {
		r, err := w.record(ctx, n)
		if err != nil {
			return nil, err
		}
		if r != nil && r.has(k, value) {
			return r, nil
		}
	}
	return nil, nil
}

func (w *writer) record(ctx context.Context, n int64) (*Record, error) {
	if stored, fresh := w.changed[recordFile(n)]; fresh {
		return decodeRecord(stored, n)
	}
	if n >= w.tree.size {
		return nil, nil // an interrupted writer left it in the index
	}
	return w.read(ctx, n)
}

// reader reads records of one state.
type reader struct{ files Files }

func (r reader) read(ctx context.Context, n int64) (*Record, error) {
	data, err := r.files.Read(ctx, recordFile(n))
	if err != nil {
		return nil, err
	}
	if data[0] == nil {
		return nil, evidence.Errorf(evidence.NotFound, "record %d of the ledger is not there", n)
	}
	return decodeRecord(data[0], n)
}

// Size returns the number of records and the root over them.
func (l *Ledger) Size(ctx context.Context) (int64, string, error) {
	_, t, err := l.open(ctx)
	if err != nil {
		return 0, "", err
	}
	return t.size, t.root(), nil
}

// Read returns record n.
func (l *Ledger) Read(ctx context.Context, n int64) (*Record, error) {
	files, t, err := l.open(ctx)
	if err != nil {
		return nil, err
	}
	if n < 0 || n >= t.size {
		return nil, evidence.Errorf(evidence.NotFound, "the ledger has no record %d: it has %d", n, t.size)
	}
	return reader{files}.read(ctx, n)
}

// Find returns the records that a value leads to, the latest first, and how many
// older ones were left out. It reads one file of the index and those records.
func (l *Ledger) Find(ctx context.Context, k Kind, value string) (found []*Record, omitted int, err error) {
	files, t, err := l.open(ctx)
	if err != nil || t.size == 0 {
		return nil, 0, err
	}
	term := newTerm(k, value)
	shard, err := files.Read(ctx, term.shard())
	if err != nil {
		return nil, 0, err
	}
	all := slices.DeleteFunc(term.in(shard[0]), func(n int64) bool { return n >= t.size })
	if omitted = len(all) - maxFound; omitted > 0 {
		all = all[omitted:]
	}
	slices.Reverse(all)
	names := make([]string, len(all))
	for i, n := range all {
		names[i] = recordFile(n)
	}
	contents, err := files.Read(ctx, names...)
	if err != nil {
		return nil, 0, err
	}
	for i, stored := range contents {
		r, err := decodeRecord(stored, all[i])
		if err != nil {
			return found, max(omitted, 0), err
		}
		if r.has(k, value) {
			found = append(found, r)
		}
	}
	return found, max(omitted, 0), nil
}

// Known returns the number of the last record that each value leads to, by the index
// alone; values that lead to none are not among them.
func (l *Ledger) Known(ctx context.Context, k Kind, values []string) (map[string]int64, error) {
	files, t, err := l.open(ctx)
	if err != nil || t.size == 0 {
		return nil, err
	}
	found := map[string]int64{}
	shards := map[string][]byte{}
	for part := range slices.Chunk(values, chunk) {
		var names []string
		for _, v := range part {
			if name := newTerm(k, v).shard(); shards[name] == nil {
				names, shards[name] = append(names, name), []byte{}
			}
		}
		contents, err := files.Read(ctx, names...)
		if err != nil {
			return nil, err
		}
		for i, name := range names {
			shards[name] = append(shards[name], contents[i]...)
		}
		for _, v := range part {
			term := newTerm(k, v)
			for _, n := range term.in(shards[term.shard()]) {
				if n < t.size {
					found[v] = n
				}
			}
		}
	}
	return found, nil
}

// All yields the records, the first first. Iteration ends after the first error.
func (l *Ledger) All(ctx context.Context) iter.Seq2[*Record, error] {
	return func(yield func(*Record, error) bool) {
		files, t, err := l.open(ctx)
		if err != nil {
			yield(nil, err)
			return
		}
		for n, stored := range stored(ctx, files, t.size, &err) {
			r, failed := decodeRecord(stored, n)
			if !yield(r, failed) || failed != nil {
				return
			}
		}
		if err != nil {
			yield(nil, err)
		}
	}
}

// stored yields the stored bytes of records by number. What went wrong is in err
// afterwards.
func stored(ctx context.Context, files Files, size int64, err *error) iter.Seq2[int64, []byte] {
	return func(yield func(int64, []byte) bool) {
		for from := int64(0); from < size; from += chunk {
			var names []string
			for n := from; n < min(from+chunk, size); n++ {
				names = append(names, recordFile(n))
			}
			contents, failed := files.Read(ctx, names...)
			if failed != nil {
				*err = failed
				return
			}
			for i, data := range contents {
				if !yield(from+int64(i), data) {
					return
				}
			}
		}
	}
}
