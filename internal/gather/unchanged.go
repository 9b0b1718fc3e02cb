package gather

import (
	"context"
	"crypto/sha1" // the hash function of most repositories
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/git"
)

// unchangedDetail says why a file that was found is not read.
const unchangedDetail = "in git, and the same as on the base: says nothing about the change"

// tracked knows what the base has at paths of a folder: the ids of blobs by path.
// Test data of a repository looks like reports and transcripts and is not
// evidence about a change that leaves it alone.
type tracked map[string][]string

// trackedIn returns what the base and the merge base of the target have at the
// paths, which are relative to root. It is empty when that cannot be told: then
// every file counts.
func trackedIn(ctx context.Context, repo *git.Repo, t evidence.Target, root string, paths []string) tracked {
	if repo == nil || len(paths) == 0 {
		return nil
	}
	here := map[string]string{} // path in the repository → path below root
	for _, p := range paths {
		if in, ok := inside(repo.Root(), filepath.Join(root, filepath.FromSlash(p))); ok {
			here[in] = p
		}
	}
	known := tracked{}
	for i, rev := range []string{t.MergeBase, t.Base} {
		if rev == "" || len(here) == 0 || i > 0 && rev == t.MergeBase {
			continue
		}
		for e, err := range repo.Tree(ctx, rev) {
			if err != nil {
				break
			}
			if p, ok := here[e.Path]; ok {
				known[p] = append(known[p], e.Blob)
			}
		}
	}
	return known
}

// inside returns the path of file relative to root, slash-separated, and whether
// it lies there. The folders of both may be reached through links.
func inside(root, file string) (string, bool) {
	for _, follow := range []func(string) (string, error){filepath.Abs, filepath.EvalSymlinks} {
		top, err := follow(root)
		if err != nil {
			continue
		}
		dir, err := follow(filepath.Dir(file))
		if err != nil {
			continue
		}
		if rel, err := filepath.Rel(top, filepath.Join(dir, filepath.Base(file))); err == nil && filepath.IsLocal(rel) {
			return filepath.ToSlash(rel), true
		}
	}
	return "", false
}

// input accounts for a file that is as the base has it; false for any other.
func (t tracked) input(ctx context.Context, root *os.Root, source, name string) (evidence.Input, bool) {
	blobs := t[name]
	if len(blobs) == 0 {
		return evidence.Input{}, false
	}
	// A link is a blob of its own and never equals what it leads to.
	info, err := root.Lstat(filepath.FromSlash(name))
	if err != nil || !info.Mode().IsRegular() {
		return evidence.Input{}, false
	}
	file, err := root.Open(filepath.FromSlash(name))
	if err != nil {
		return evidence.Input{}, false
	}
	defer file.Close()
	blob := sha1.New()
	if len(blobs[0]) == hex.EncodedLen(sha256.Size) {
		blob = sha256.New()
	}
	digest := sha256.New()
	fmt.Fprintf(blob, "blob %d\x00", info.Size())
	if _, err := io.Copy(io.MultiWriter(blob, digest), contextReader{ctx, file}); err != nil {
		return evidence.Input{}, false
	}
	if !slices.Contains(blobs, hex.EncodeToString(blob.Sum(nil))) {
		return evidence.Input{}, false
	}
	return unchanged(source, name, info, "sha256:"+hex.EncodeToString(digest.Sum(nil))), true
}

func unchanged(source, name string, info fs.FileInfo, digest string) evidence.Input {
	return evidence.Input{
		Origin: evidence.Origin{Basis: evidence.Observed, Source: source, URI: name, Digest: digest},
		Path:   name, Bytes: info.Size(), Status: evidence.Unchanged, Detail: unchangedDetail,
	}
}
