package cli

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"sync"
)

// outputDigest takes the size and digest of what is written to it, by several
// writers at once.
type outputDigest struct {
	mu   sync.Mutex
	hash hash.Hash
	size int64
}

func (o *outputDigest) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.hash == nil {
		o.hash = sha256.New()
	}
	o.hash.Write(p)
	o.size += int64(len(p))
	return len(p), nil
}

// sum returns the digest as "sha256:<hex>", "" when nothing was written.
func (o *outputDigest) sum() string {
	if o.hash == nil {
		return ""
	}
	return "sha256:" + hex.EncodeToString(o.hash.Sum(nil))
}
