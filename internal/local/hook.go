package local

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

const (
	hookName  = "pre-push"
	savedName = "pre-push.before-mergebrief"
	// hookMark and hookEnd are how the hook knows itself. Nothing but the line
	// before them is in a file that was made by Install.
	hookMark = "# written by mergebrief record install"
	hookEnd  = "# end of mergebrief\n"
)

// HookCommand is what a hook has to run; other hooks can, too. It ends by itself
// within five seconds, whatever becomes of it.
const HookCommand = `mergebrief record --push "$1" --within 5s --quiet </dev/null >&2 || :`

// hook records before a push. Whatever becomes of that, the push goes on; a hook
// that was there before decides as it always did, with the same input. One that
// some manager of hooks moved away and calls itself (pre-commit does) leaves that
// to the manager.
const hook = "#!/bin/sh\n" + hookMark + `; mergebrief record uninstall removes it
if command -v mergebrief >/dev/null 2>&1; then
	` + HookCommand + `
fi
before="$(dirname "$0")/` + savedName + `"
if [ "$(basename "$0")" = ` + hookName + ` ] && [ -x "$before" ]; then
	exec "$before" "$@"
fi
` + hookEnd

// ours reports whether a hook was made by Install, and whether something was
// added to it.
func ours(content []byte) (made, changed bool) {
	made = bytes.Contains(content, []byte(hookMark))
	return made, made && !(bytes.HasPrefix(content, []byte("#!/bin/sh\n"+hookMark)) && bytes.HasSuffix(content, []byte(hookEnd)))
}

// hooksDir returns the folder of the hooks of the repository. One outside of it,
// which core.hooksPath may name, belongs to other repositories too or is under
// version control, and is refused.
func (r *Repository) hooksDir(ctx context.Context) (string, error) {
	out, err := gitRunner{dir: r.git.dir}.run(ctx, nil, "rev-parse", "--path-format=absolute", "--git-common-dir")
	if err != nil {
		return "", err
	}
	dir := filepath.Join(strings.TrimSpace(out), "hooks")
	configured, _ := gitRunner{dir: r.git.dir, env: []string{"GIT_CONFIG_COUNT=0"}}.run(ctx, nil, "config", "--get", "--path", "core.hooksPath")
	configured = strings.TrimRight(configured, "\n")
	at := configured
	if !filepath.IsAbs(at) {
		at = filepath.Join(r.git.dir, at) // hooks run at the top of the work tree
	}
	if configured == "" || configured == os.DevNull || resolved(at) == resolved(dir) {
		return dir, nil
	}
	return "", evidence.Errorf(evidence.Unsupported, "core.hooksPath is %s, which this repository does not own or a manager of hooks writes", configured)
}

// Install puts the hook in place and returns its path. A hook that is there is
// kept beside it and goes on to run.
func (r *Repository) Install(ctx context.Context) (string, error) {
	dir, err := r.hooksDir(ctx)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	name, saved := filepath.Join(dir, hookName), filepath.Join(dir, savedName)
	old, err := os.ReadFile(name)
	made, changed := ours(old)
	switch {
	case changed:
		return "", evidence.Errorf(evidence.Unsupported, "%s was changed after it was installed; take the lines of mergebrief out of it first", name)
	case made:
		return name, replace(name)
	case err == nil:
		if _, err := os.Lstat(saved); err == nil {
			return "", evidence.Errorf(evidence.Unsupported, "%s is there already and so is another %s; move one of them away", saved, hookName)
		}
		if err := os.Rename(name, saved); err != nil {
			return "", err
		}
	case !errors.Is(err, fs.ErrNotExist):
		return "", err
	}
	return name, replace(name)
}

// replace writes the hook in one step: git may be about to run it.
func replace(name string) error {
	f, err := os.CreateTemp(filepath.Dir(name), hookName+".*")
	if err != nil {
		return err
	}
	_, err = f.WriteString(hook)
	err = errors.Join(err, f.Chmod(0o755), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}

// Uninstall removes the hook, puts the one before it back as it was, and reports
// whether there was one of ours.
func (r *Repository) Uninstall(ctx context.Context) (bool, error) {
	dir, err := r.hooksDir(ctx)
	if err != nil {
		return false, err
	}
	name, saved := filepath.Join(dir, hookName), filepath.Join(dir, savedName)
	current, err := os.ReadFile(name)
	made, changed := ours(current)
	switch {
	case errors.Is(err, fs.ErrNotExist) || err == nil && !made:
		return false, nil
	case err != nil:
		return false, err
	case changed:
		return false, evidence.Errorf(evidence.Unsupported, "%s was changed after it was installed; take the lines of mergebrief out of it, and put %s back if it is there", name, savedName)
	}
	if _, err := os.Lstat(saved); err == nil {
		return true, os.Rename(saved, name)
	}
	return true, os.Remove(name)
}

// Installed reports whether the hook is in place.
func (r *Repository) Installed(ctx context.Context) bool {
	dir, err := r.hooksDir(ctx)
	if err != nil {
		return false
	}
	current, err := os.ReadFile(filepath.Join(dir, hookName))
	made, _ := ours(current)
	return err == nil && made
}
