package git

import (
	"bytes"
	"cmp"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/adler32"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
)

// objects is the folder of the objects that the package's own repository holds
// beside the borrowed ones.
type objects struct {
	dir    string
	sha256 bool // the hash function, else SHA-1
	// Ids of the objects written so far.
	writing sync.Mutex
	written map[string]bool
}

// writeTree stores a tree with the files in the package's own repository and
// returns its id. It is how git is made to compare exactly the files that are of
// interest, in one process. The tree is flat, its names are whole paths: git
// reads that as it reads nested trees, and it is one object instead of many. The
// blobs need not exist.
func (o *objects) writeTree(files []TreeEntry) (string, error) {
	files = slices.Clone(files)
	slices.SortFunc(files, func(a, b TreeEntry) int { return cmp.Compare(a.Path, b.Path) })
	var body bytes.Buffer
	for _, f := range files {
		id, err := hex.DecodeString(f.Blob)
		if err != nil {
			return "", fmt.Errorf("object id %q: %w", f.Blob, err)
		}
		body.WriteString(f.Mode + " " + f.Path + "\x00")
		body.Write(id)
	}
	return o.writeObject("tree", body.Bytes())
}

func (o *objects) writeObject(kind string, body []byte) (string, error) {
	content := append([]byte(kind+" "+strconv.Itoa(len(body))+"\x00"), body...)
	id := o.objectID(content)
	o.writing.Lock()
	defer o.writing.Unlock()
	if o.written[id] {
		return id, nil // and a git process may be reading it
	}
	dir := filepath.Join(o.dir, id[:2])
	name, data := filepath.Join(dir, id[2:]), stored(content)
	err := os.WriteFile(name, data, 0o600)
	if errors.Is(err, os.ErrNotExist) {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return "", err
		}
		err = os.WriteFile(name, data, 0o600)
	}
	o.written[id] = err == nil
	return id, err
}

// stored wraps content in zlib's format (RFC 1950) without compressing it: the
// objects are small, many and gone in a second.
func stored(content []byte) []byte {
	const maxBlock = 1<<16 - 1
	out := make([]byte, 0, len(content)+len(content)/maxBlock*5+16)
	out = append(out, 0x78, 0x01)
	for rest := content; ; {
		block := rest[:min(len(rest), maxBlock)]
		rest = rest[len(block):]
		final := byte(0)
		if len(rest) == 0 {
			final = 1
		}
		out = append(out, final)
		out = binary.LittleEndian.AppendUint16(out, uint16(len(block)))
		out = binary.LittleEndian.AppendUint16(out, ^uint16(len(block)))
		out = append(out, block...)
		if final == 1 {
			return binary.BigEndian.AppendUint32(out, adler32.Checksum(content))
		}
	}
}

// objectID names content as git does. It is an address, not a protection.
func (o *objects) objectID(content []byte) string {
	if o.sha256 {
		sum := sha256.Sum256(content)
		return hex.EncodeToString(sum[:])
	}
	sum := sha1.Sum(content)
	return hex.EncodeToString(sum[:])
}

// size is what the objects weigh on disk, in bytes.
func (o *objects) size() (n int64) {
	_ = filepath.WalkDir(o.dir, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			if i, err := d.Info(); err == nil {
				n += i.Size()
			}
		}
		return nil
	})
	return n
}
