package git_test

import (
	"strings"
	"testing"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/git"
)

// A name that several refs have names no commit, unless they agree. Each in full
// does.
func TestAmbiguousNames(t *testing.T) {
	t.Parallel()
	for name, other := range map[string]string{"tag": "refs/tags/", "remote": "refs/remotes/", "other": "refs/"} {
		t.Run(name, func(t *testing.T) {
			s := newSandbox(t)
			base := s.commit("base")
			s.git("branch", "trunk")
			head := s.commit("head")
			s.git("update-ref", other+"trunk", base)
			if got, err := open(t, s.dir, git.Options{}).Resolve(t.Context(), "trunk"); err != nil || got != base {
				t.Errorf("two refs at one commit: %s, %v", got, err)
			}
			s.git("update-ref", other+"trunk", head)
			r := open(t, s.dir, git.Options{})
			_, err := r.Resolve(t.Context(), "trunk")
			wantReason(t, err, evidence.Unsupported)
			if err == nil || !strings.Contains(err.Error(), "refs/heads/trunk") || !strings.Contains(err.Error(), other+"trunk") {
				t.Errorf("it does not name both: %v", err)
			}
			for ref, want := range map[string]string{"refs/heads/trunk": base, other + "trunk": head, head: head, "HEAD": head} {
				got, err := r.Resolve(t.Context(), ref)
				if err != nil || got != want {
					t.Errorf("%s is %s (%v), want %s", ref, got, err, want)
				}
			}
		})
	}
}
