package format

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// maxSeed keeps seeds small enough to be mutated often.
const maxSeed = 64 << 10

// FuzzDecode reads anything through the whole table, and through each decoder
// whatever the detection says. It must be accounted for, and reading it again
// must give the same.
func FuzzDecode(f *testing.F) {
	for _, file := range specimens(f) {
		path, data := readSpecimen(f, file)
		if len(data) <= maxSeed {
			f.Add(path, data)
		}
	}
	if dir := os.Getenv("MERGEBRIEF_CORPUS"); dir != "" {
		files, err := filepath.Glob(filepath.Join(dir, "validation", "*", "*"))
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range files {
			if data, err := os.ReadFile(file); err == nil && len(data) <= maxSeed {
				f.Add(filepath.Base(file), data)
			}
		}
	}
	f.Fuzz(func(t *testing.T, path string, data []byte) {
		first := Read("fuzz", path, bytes.NewReader(data))
		checkAccounted(t, first, data)
		again := Read("fuzz", path, bytes.NewReader(data))
		if a, b := encoded(t, first), encoded(t, again); !bytes.Equal(a, b) {
			t.Fatalf("read twice, differs:\n%s\n%s", a, b)
		}
		if len(data) == 0 {
			return
		}
		// One decoder per input, chosen by the input, keeps the fuzzing fast.
		all := All()
		if format := all[int(data[len(data)-1])%len(all)]; format.Decode != nil {
			_, _ = format.Decode(bytes.NewReader(data))
		}
	})
}

func encoded(t *testing.T, f evidence.Fragment) []byte {
	t.Helper()
	data, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
