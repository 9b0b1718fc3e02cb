package local

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// keyBytes is the length of a key: that of the hash it is used with.
const keyBytes = 32

// Key returns the secret of this clone with which digests in its notes are made.
// All worktrees share it, and it leaves the clone in no way. With create, the
// first use makes one; without, that of a clone which has none is forgotten.
func (r *Repository) Key(ctx context.Context, create bool) ([]byte, error) {
	name := r.private(ctx, "key")
	if key, err := readKey(name); err == nil {
		return key, nil
	}
	key := make([]byte, keyBytes)
	rand.Read(key) // it does not fail
	if !create {
		return key, nil
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return readKey(name) // another process was faster
	}
	if err != nil {
		return nil, err
	}
	_, err = f.WriteString(hex.EncodeToString(key) + "\n")
	return key, errors.Join(err, f.Close())
}

func readKey(name string) ([]byte, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err == nil && len(key) != keyBytes {
		err = errors.New(name + " holds no key; remove it")
	}
	return key, err
}
