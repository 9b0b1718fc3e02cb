package git

import "testing"

// Of few files each lists many rewrites, of many files each a few.
func TestRewritesEach(t *testing.T) {
	for files, want := range map[int]int{0: maxRewrites, 1: maxRewrites, 40: maxRewrites, 500: 40, 4_000: minRewrites, 100_000: minRewrites} {
		if got := rewritesEach(files); got != want {
			t.Errorf("%d files: %d each, want %d", files, got, want)
		}
	}
}
