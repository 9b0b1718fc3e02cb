package publish

import (
	"archive/zip"
	"bytes"
	"cmp"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"
)

// maxArchiveBytes bounds the files of one artifact together. The archive is
// built in memory and sent in one request; a bundle is cut long before this.
const maxArchiveBytes = 128 << 20

// zipEpoch is the earliest time that a zip archive can state. A real time would
// give every archive of the same files other bytes.
var zipEpoch = time.Date(1980, time.January, 1, 0, 0, 0, 0, time.UTC)

// archive packs the files. Equal sets of files give equal bytes, whatever their
// order.
func archive(files []NamedFile) ([]byte, error) {
	if err := checkFiles(files); err != nil {
		return nil, err
	}
	sorted := slices.SortedFunc(slices.Values(files), func(a, b NamedFile) int { return cmp.Compare(a.Name, b.Name) })
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	for _, f := range sorted {
		entry, err := w.CreateHeader(&zip.FileHeader{Name: f.Name, Method: zip.Deflate, Modified: zipEpoch})
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
		if _, err := entry.Write(f.Data); err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}

func checkFiles(files []NamedFile) error {
	seen, total := map[string]bool{}, 0
	for _, f := range files {
		if !fs.ValidPath(f.Name) || f.Name == "." || strings.ContainsAny(f.Name, forbiddenInPath) {
			return fmt.Errorf("%q is no name for a file of an artifact", f.Name)
		}
		// Case-insensitive file systems would unpack one over the other.
		folded := strings.ToLower(f.Name)
		if seen[folded] {
			return fmt.Errorf("the artifact would hold %q twice", f.Name)
		}
		seen[folded] = true
		total += len(f.Data)
	}
	if total == 0 {
		return fmt.Errorf("there is nothing to put into the artifact")
	}
	if total > maxArchiveBytes {
		return fmt.Errorf("the files of the artifact have %d bytes, more than %d", total, maxArchiveBytes)
	}
	return nil
}
