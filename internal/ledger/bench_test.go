package ledger

import (
	"fmt"
	"os"
	"strconv"
	"testing"
)

// BenchmarkLedger fills a ledger under a ref with records, 100,000 unless
// MERGEBRIEF_RECORDS says otherwise, and looks at what appending one, looking one up
// and verifying all of them cost.
func BenchmarkLedger(b *testing.B) {
	size := 100_000
	if n, err := strconv.Atoi(os.Getenv("MERGEBRIEF_RECORDS")); err == nil {
		size = n
	}
	dir, repo := repository(b)
	l := New(GitRef{Repo: repo, Ref: DefaultRef})
	const batch = 1000
	for from := 0; from < size; from += batch {
		var entries []Entry
		for n := from; n < min(from+batch, size); n++ {
			entries = append(entries, Entry{Stored: bundle(b, n+1, n), Landed: Landed{Commit: commitID(n + 1<<24)}})
		}
		add(b, l, entries...)
	}
	next := size
	b.Run("append", func(b *testing.B) {
		for b.Loop() {
			add(b, l, Entry{Stored: bundle(b, next+1, next)})
			next++
		}
	})
	b.Run("look up", func(b *testing.B) {
		for b.Loop() {
			found, _, err := l.Find(b.Context(), ByCommit, commitID(size/2))
			if err != nil || len(found) != 1 {
				b.Fatalf("%d records, %v", len(found), err)
			}
		}
	})
	b.Run("look up at origin", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			clone := b.TempDir()
			runGit(b, clone, "init", "-q")
			runGit(b, clone, "remote", "add", "origin", "file://"+dir)
			far := New(GitRef{Repo: openRepo(b, clone), Ref: DefaultRef, Origin: true})
			b.StartTimer()
			found, _, err := far.Find(b.Context(), ByCommit, commitID(size/2))
			if err != nil || len(found) != 1 {
				b.Fatalf("%d records, %v", len(found), err)
			}
		}
	})
	b.Run("verify", func(b *testing.B) {
		for b.Loop() {
			v, err := l.Verify(b.Context(), nil)
			if err != nil || len(v.Faults) > 0 || v.Records < int64(size) {
				b.Fatalf("%+v, %v", v, err)
			}
		}
	})
	b.Log(fmt.Sprint(runGit(b, dir, "count-objects", "-v")))
}
