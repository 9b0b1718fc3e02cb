package git_test

import (
	"os"
	"testing"
)

func TestEdge(t *testing.T) {
	dir := os.Getenv("MERGEBRIEF_EDGE_REPO")
	if dir == "" {
		t.Skip("MERGEBRIEF_EDGE_REPO names no repository with branches main and pr")
	}
	checkOrigins(t, dir, "main", "pr")
}
