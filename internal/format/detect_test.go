package format

import "testing"

// TestDetectedByOne holds for every specimen: exactly one format takes it for
// its own, so that the order of the table decides nothing.
func TestDetectedByOne(t *testing.T) {
	for _, file := range specimens(t) {
		t.Run(file, func(t *testing.T) {
			path, data := readSpecimen(t, file)
			var got []string
			for _, f := range All() {
				if f.Detect(path, data[:min(len(data), maxHead)]) {
					got = append(got, f.Name)
				}
			}
			if len(got) != 1 {
				t.Errorf("detected as %q, want one format", got)
			}
		})
	}
}
