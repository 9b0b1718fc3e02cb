package agentlog

import (
	"bufio"
	"bytes"
	"io"
	"maps"
	"slices"

	"github.com/klauspost/compress/zstd"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// maxWindow bounds the memory that a compressed file can ask for: the window of
// zstd's highest ordinary level.
const maxWindow = 8 << 20

var zstdMagic = []byte{0x28, 0xb5, 0x2f, 0xfd}

// decompressed returns what r holds, decompressed when it is zstd. The limits of
// the row reader hold for what comes out.
func decompressed(r io.Reader) (io.ReadCloser, error) {
	in := bufio.NewReaderSize(r, readBufferBytes)
	if head, _ := in.Peek(len(zstdMagic)); !bytes.Equal(head, zstdMagic) {
		return io.NopCloser(in), nil
	}
	d, err := zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow), zstd.WithDecoderLowmem(true))
	if err != nil {
		return nil, evidence.Errorf(evidence.Unreadable, "zstd: %w", err)
	}
	return d.IOReadCloser(), nil
}

// decompressedHead returns the start of a file as it is when decompressed.
func decompressedHead(head []byte) []byte {
	if !bytes.HasPrefix(head, zstdMagic) {
		return head
	}
	d, err := decompressed(bytes.NewReader(head))
	if err != nil {
		return nil
	}
	defer d.Close()
	out := make([]byte, readBufferBytes)
	n, _ := io.ReadFull(d, out) // the head may be cut anywhere
	return out[:n]
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
