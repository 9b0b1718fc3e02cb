package local

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

const (
	// hookName is the hook that git runs when refs have moved: those of a remote
	// move when a push was accepted, and not for a dry run or a refusal.
	hookName  = "reference-transaction"
	savedName = hookName + savedSuffix
	// formerName is the hook of earlier versions, which sent before anything was
	// accepted.
	formerName  = "pre-push"
	savedSuffix = ".before-mergebrief"
	// hookMark and hookEnd are how the hook knows itself. Nothing but the line
	// before them is in a file that was made by Install.
	hookMark = "# written by mergebrief record install"
	hookEnd  = "# end of mergebrief\n"
	// checkTime bounds the trial of the hook.
	checkTime = 5 * time.Second
	// HookAnswer is what `mergebrief record pushed --check` prints: the hook
	// reached the program.
	HookAnswer = "mergebrief records after each push"
)

// HookCommand is what another hook for reference-transaction has to run, with
// what git tells it on standard input. It
// ends by itself within five seconds, whatever becomes of it.
const HookCommand = `[ "$1" != committed ] || mergebrief record pushed --within 5s >&2 || :`

// hook hands on which refs of remotes moved. Nearly all calls end at once, and
// without a further process: git makes some for every commit. A hook that was
// there before gets the same arguments and input, and its status counts. One that
// some manager of hooks moved away and calls itself leaves that to the manager.
const hook = "#!/bin/sh\n" + hookMark + `; mergebrief record uninstall removes it
before=${0%/*}/` + savedName + `
[ "${0##*/}" = ` + hookName + ` ] && [ -x "$before" ] || before=
case $1 in
check) input=check ;;
committed)
	if [ -n "$before" ]; then
		input=$(cat)
		printf '%s\n' "$input" | "$before" "$@"
	else
		input=
		while read -r old new ref; do
			case $ref in refs/remotes/*) input="$input$old $new $ref
" ;; esac
		done
	fi
	case $input in *refs/remotes/*) ;; *) exit 0 ;; esac ;;
*)
	[ -z "$before" ] || exec "$before" "$@"
	exit 0 ;;
esac
at=BINARY
[ -x "$at" ] || at=$(command -v mergebrief) || {
	ref=refs/remotes/${input##*refs/remotes/}
	case $1:$(git reflog show -n 1 --format=%gs "$ref" 2>/dev/null) in check:* | *':update by push')
		echo 'mergebrief: not at' BINARY 'and not in PATH, so this push is not recorded; mergebrief record install repairs it' >&2 ;;
	esac
	exit 0
}
[ "$1" != check ] || exec "$at" record pushed --check
printf '%s\n' "$input" | "$at" record pushed --within 5s >&2 || :
` + hookEnd

// hookFor is the hook for a binary.
func hookFor(binary string) string {
	quoted := "'" + strings.ReplaceAll(filepath.ToSlash(binary), "'", `'\''`) + "'"
	return strings.ReplaceAll(hook, "BINARY", quoted)
}

// ours reports whether a hook was made by Install, and whether something was
// added to it.
func ours(content []byte) (made, changed bool) {
	made = bytes.Contains(content, []byte(hookMark))
	return made, made && !(bytes.HasPrefix(content, []byte("#!/bin/sh\n"+hookMark)) && bytes.HasSuffix(content, []byte(hookEnd)))
}

// hooksDir returns the folder in which git looks for hooks, and whether it is
// this clone's own. One that core.hooksPath names may belong to other repositories
// too, or be under version control.
func (r *Repository) hooksDir(ctx context.Context) (dir string, own bool, err error) {
	out, err := r.git.run(ctx, nil, "rev-parse", "--path-format=absolute", "--git-common-dir")
	if err != nil {
		return "", false, err
	}
	dir = filepath.Join(strings.TrimSpace(out), "hooks")
	configured, _ := gitRunner{dir: r.git.dir, env: []string{"GIT_CONFIG_COUNT=0"}}.run(ctx, nil, "config", "--get", "--path", "core.hooksPath")
	configured = strings.TrimRight(configured, "\n")
	at := configured
	if !filepath.IsAbs(at) {
		at = filepath.Join(r.git.dir, at) // hooks run at the top of the work tree
	}
	if configured == "" || configured == os.DevNull || resolved(at) == resolved(dir) {
		return dir, true, nil
	}
	// husky makes its folder anew in each clone, under no version control.
	return at, below(resolved(r.git.dir), resolved(at)) && r.ignores(ctx, filepath.Join(at, hookName)), nil
}

// ownHooksDir refuses a folder that is not this clone's own.
func (r *Repository) ownHooksDir(ctx context.Context) (string, error) {
	dir, own, err := r.hooksDir(ctx)
	if err == nil && !own {
		err = evidence.Errorf(evidence.Unsupported, "core.hooksPath is %s, which other clones share or which is under version control", dir)
	}
	return dir, err
}

// ignores reports whether git leaves a file out of version control.
func (r *Repository) ignores(ctx context.Context, name string) bool {
	_, err := r.git.run(ctx, nil, "check-ignore", "--quiet", "--", name)
	return err == nil
}

// Install puts the hook in place, for the program at binary, and returns its
// path. A hook that is there is kept beside it and goes on to run. The hook of
// earlier versions goes.
func (r *Repository) Install(ctx context.Context, binary string) (string, error) {
	dir, err := r.ownHooksDir(ctx)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	if _, err := remove(dir, formerName); err != nil {
		return "", err
	}
	name, saved := filepath.Join(dir, hookName), filepath.Join(dir, savedName)
	old, err := os.ReadFile(name)
	made, changed := ours(old)
	switch {
	case changed:
		return "", errChanged(name)
	case made:
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
	return name, replace(name, hookFor(binary))
}

func errChanged(name string) error {
	return evidence.Errorf(evidence.Unsupported, "%s was changed after it was installed; take the lines of mergebrief out of it, and put %s back if it is there",
		name, filepath.Base(name)+savedSuffix)
}

// replace writes the hook in one step: git may be about to run it.
func replace(name, content string) error {
	f, err := os.CreateTemp(filepath.Dir(name), hookName+".*")
	if err != nil {
		return err
	}
	_, err = f.WriteString(content)
	err = errors.Join(err, f.Chmod(0o755), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}

// Uninstall removes the hook and those of earlier versions, puts what was there
// before them back as it was, and reports whether there was one of ours.
func (r *Repository) Uninstall(ctx context.Context) (bool, error) {
	dir, err := r.ownHooksDir(ctx)
	if err != nil {
		return false, err
	}
	was := false
	for _, name := range []string{hookName, formerName} {
		gone, err := remove(dir, name)
		if err != nil {
			return was, err
		}
		was = was || gone
	}
	return was, nil
}

// movedSuffixes are how managers of hooks call a hook that they put aside:
// pre-commit and lefthook. pre-commit goes on to run it.
var movedSuffixes = []string{"", ".legacy", ".old"}

// remove takes a hook of ours away, also from where a manager of hooks put it
// aside, and puts the one before it back in its place.
func remove(dir, hook string) (bool, error) {
	saved := filepath.Join(dir, hook+savedSuffix)
	for _, suffix := range movedSuffixes {
		name := filepath.Join(dir, hook+suffix)
		current, err := os.ReadFile(name)
		made, changed := ours(current)
		switch {
		case errors.Is(err, fs.ErrNotExist) || err == nil && !made:
			continue
		case err != nil:
			return false, err
		case changed:
			return false, errChanged(name)
		}
		if _, err := os.Lstat(saved); err == nil {
			return true, os.Rename(saved, name)
		}
		return true, os.Remove(name)
	}
	return false, nil
}

// HookState is what `mergebrief doctor` tells of the hook.
type HookState struct {
	// A hook of ours is where git runs it, and reaches the program.
	Works bool
	// What is wrong, or what else to know.
	Detail string
}

// Hook tries the hook as git would run it for a program that was not started in a
// shell, with a short PATH. A hook that is not ours is not run.
func (r *Repository) Hook(ctx context.Context) HookState {
	dir, own, err := r.hooksDir(ctx)
	if err != nil {
		return HookState{Detail: err.Error()}
	}
	name := filepath.Join(dir, hookName)
	current, err := os.ReadFile(name)
	made, _ := ours(current)
	former, _ := os.ReadFile(filepath.Join(dir, formerName))
	wasMade, _ := ours(former)
	switch {
	case made:
		return r.try(ctx, name)
	case bytes.Contains(current, []byte("mergebrief record pushed")):
		return HookState{Works: true, Detail: name + " calls it; that was not tried"}
	case wasMade:
		return HookState{Detail: "the hook of an earlier version is there, which sends before a push is accepted; mergebrief record install replaces it"}
	case !own:
		return HookState{Detail: "git takes its hooks from " + dir + ", which other clones share or which is under version control; docs/record.md has the line for " + hookName}
	case err == nil:
		return HookState{Detail: "mergebrief record install adds it, and keeps " + name}
	}
	return HookState{Detail: "mergebrief record install adds it"}
}

// try runs the hook in the way that only asks whether it reaches the program.
func (r *Repository) try(ctx context.Context, name string) HookState {
	within, done := context.WithTimeout(ctx, checkTime)
	defer done()
	trial := exec.CommandContext(within, name, "check")
	trial.Dir = r.git.dir
	trial.Env = append(r.git.environment(trial.Environ(), nil), "PATH="+shortPath)
	trial.WaitDelay = exitGrace
	apart(trial)
	said, err := trial.CombinedOutput()
	answer := strings.TrimSpace(string(said))
	if err == nil && answer == HookAnswer {
		return HookState{Works: true, Detail: "records after each accepted push"}
	}
	if err != nil {
		answer = strings.TrimSpace(answer + " " + err.Error())
	}
	return HookState{Detail: name + " does not work: " + answer}
}

// shortPath is what programs get that were not started in a shell.
const shortPath = "/usr/bin:/bin"
