package ledger

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

const (
	// lockFile is held by who writes to a folder.
	lockFile = "lock"
	// lockTries and lockStep bound the wait for another writer, which takes some
	// milliseconds: two seconds in all.
	lockTries = 200
	lockStep  = 10 * time.Millisecond
)

// Folder keeps a ledger in a directory, for one machine and for tests.
type Folder struct{ Dir string }

// String returns the path.
func (f Folder) String() string { return "the folder " + f.Dir }

// folderFiles is a folder with the head that it had when it was opened. Records
// never change, so that a later state can be read in its place.
type folderFiles struct {
	dir  string
	head []byte
}

// Open reads the head of the folder.
func (f Folder) Open(context.Context) (Files, error) {
	head, err := readFile(f.Dir, headFile)
	if err != nil {
		return nil, err
	}
	if head == nil {
		entries, err := os.ReadDir(f.Dir)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, evidence.Errorf(evidence.Unavailable, "%w", err)
		}
		for _, e := range entries {
			if e.Name() != lockFile && e.Name() != "record" && e.Name() != "index" {
				return nil, errNotOurs(f)
			}
		}
	}
	return folderFiles{f.Dir, head}, nil
}

// Read returns the contents of files.
func (f folderFiles) Read(ctx context.Context, names ...string) ([][]byte, error) {
	out := make([][]byte, len(names))
	for i, name := range names {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if name == headFile {
			out[i] = f.head
			continue
		}
		data, err := readFile(f.dir, name)
		if err != nil {
			return nil, err
		}
		out[i] = data
	}
	return out, nil
}

// readFile returns nil for a file that is not there.
func readFile(dir, name string) ([]byte, error) {
	in, err := os.Open(filepath.Join(dir, filepath.FromSlash(name)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, evidence.Errorf(evidence.Unavailable, "%w", err)
	}
	defer in.Close()
	data, err := io.ReadAll(io.LimitReader(in, maxFileBytes+1))
	if err != nil {
		return nil, evidence.Errorf(evidence.Unavailable, "%s: %w", name, err)
	}
	if len(data) > maxFileBytes {
		return nil, evidence.Errorf(evidence.Truncated, "%s has more than %d bytes", name, maxFileBytes)
	}
	return data, nil
}

// Replace writes the files and, last of all, the head: until that is there, nothing
// of the others counts.
func (f Folder) Replace(ctx context.Context, old Files, changed map[string][]byte) error {
	before, ok := old.(folderFiles)
	if !ok {
		return fmt.Errorf("%s: files of another store", f)
	}
	if err := os.MkdirAll(f.Dir, 0o755); err != nil {
		return evidence.Errorf(evidence.Denied, "the folder of the ledger cannot be made: %w", err)
	}
	unlock, err := f.lock(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	now, err := readFile(f.Dir, headFile)
	if err != nil {
		return err
	}
	if !bytes.Equal(now, before.head) {
		return ErrMoved
	}
	for name, data := range changed {
		if name != headFile {
			if err := f.write(name, data); err != nil {
				return err
			}
		}
	}
	return f.write(headFile, changed[headFile])
}

func (f Folder) write(name string, data []byte) error {
	path := filepath.Join(f.Dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return evidence.Errorf(evidence.Unavailable, "%w", err)
	}
	temp := path + ".new"
	if err := os.WriteFile(temp, data, 0o644); err != nil {
		return evidence.Errorf(evidence.Unavailable, "%w", err)
	}
	if err := os.Rename(temp, path); err != nil {
		return evidence.Errorf(evidence.Unavailable, "%w", err)
	}
	return nil
}

// lock waits until nobody else writes.
func (f Folder) lock(ctx context.Context) (unlock func(), err error) {
	name := filepath.Join(f.Dir, lockFile)
	for range lockTries {
		held, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL, 0o644)
		if err == nil {
			return func() { _ = os.Remove(name) }, held.Close()
		}
		if !errors.Is(err, fs.ErrExist) {
			return nil, evidence.Errorf(evidence.Denied, "the ledger cannot be written: %w", err)
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(lockStep):
		}
	}
	return nil, evidence.Errorf(evidence.Unavailable, "%s is held by another process; if none is running, remove it", name)
}
