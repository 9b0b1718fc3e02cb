package ledger

import (
	"context"
	"errors"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/git"
)

// Store keeps the files of a ledger. It knows nothing of what they hold.
type Store interface {
	// Open returns the files as they are now, also when there are none yet.
	Open(ctx context.Context) (Files, error)
	// Replace puts files in the place of those of their names, all of them or none.
	// It returns an error that is [ErrMoved] when the store is not as old has it any
	// more: somebody else wrote, and nothing of this was written.
	Replace(ctx context.Context, old Files, changed map[string][]byte) error
	// String names the store for messages.
	String() string
}

// Files is one state of the files of a store, which stays as it is.
type Files interface {
	// Read returns the contents of files in the order of names, nil for one that is
	// not there.
	Read(ctx context.Context, names ...string) ([][]byte, error)
}

// ErrMoved means that another process wrote to the store meanwhile.
var ErrMoved = errors.New("somebody else wrote to the ledger at the same time")

// Place returns the store that a setting names: "git" for [DefaultRef], "git:REF"
// for another ref, else a folder. A ref is that of origin where origin is set, and
// needs a repository.
func Place(setting string, repo *git.Repo, origin bool) (Store, error) {
	ref, isRef := strings.CutPrefix(setting, "git:")
	switch {
	case setting == "git":
		ref, isRef = DefaultRef, true
	case setting == "":
		return nil, evidence.Errorf(evidence.NotConfigured, "no ledger is named")
	case strings.Contains(setting, "://"):
		return nil, evidence.Errorf(evidence.Unsupported, "%q is no place for a ledger (allowed: git, git:REF, a folder)", setting)
	}
	if !isRef {
		return Folder{setting}, nil
	}
	if !strings.HasPrefix(ref, "refs/") || strings.Count(ref, "/") < 2 || strings.ContainsAny(ref, " ~^:?*[\\\x7f") || strings.Contains(ref, "..") || strings.HasSuffix(ref, "/") {
		return nil, evidence.Errorf(evidence.Unsupported, "%q is no ref for a ledger: write it in full, such as git:%s or git:refs/heads/evidence", ref, DefaultRef)
	}
	if repo == nil {
		return nil, evidence.Errorf(evidence.NotFound, "there is no git repository for the ledger")
	}
	return GitRef{Repo: repo, Ref: ref, Origin: origin}, nil
}
