package git_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/git"
)

// Everything in which two commits differ is named, also both paths of a file that
// only moved, and no attribute of the repository hides any.
func TestDiffering(t *testing.T) {
	t.Parallel()
	s := newSandbox(t)
	s.write("same", "1\n")
	s.write("edited", "1\n")
	s.write("moved", "a long enough text to be found again\n")
	s.write("gone", "1\n")
	s.write(".gitattributes", "* -diff binary\n")
	base := s.commit("base")
	s.write("edited", "2\n")
	s.git("mv", "moved", "dir-é")
	s.git("rm", "-q", "gone")
	s.git("add", "-A")
	s.git("update-index", "--add", "--cacheinfo", "160000,"+base+",module")
	s.git("update-index", "--chmod=+x", "same")
	s.git("commit", "-qm", "head")
	head := s.head()
	got, err := open(t, s.dir, git.Options{}).Differing(t.Context(), base, head)
	if diff := cmp.Diff([]string{"dir-é", "edited", "gone", "module", "moved", "same"}, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if got, err := open(t, s.dir, git.Options{}).Differing(t.Context(), head, head); err != nil || len(got) > 0 {
		t.Errorf("a commit and itself: %v, %v", got, err)
	}
	if _, err := open(t, s.dir, git.Options{}).Differing(t.Context(), base, "--output=x"); err == nil {
		t.Error("an option was taken for a commit")
	}
}
