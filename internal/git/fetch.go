package git

import (
	"bufio"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"net/url"
	"os/exec"
	"strconv"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// deepenings are the numbers of commits to which a shallow history is deepened
// until it reaches the merge base; 0 is all of it. Most pull requests need the
// first only, and a server does not like to be asked often.
var deepenings = []int{100, 1000, 0}

// Fetch gets the refspecs from origin as data: no tags, no submodules, nothing
// checked out. Objects and refs go to the package's own repository, so that they
// last until [Repo.Close] and the examined repository stays as it is.
func (r *Repo) Fetch(ctx context.Context, refspecs ...string) error {
	return r.fetch(ctx, nil, refspecs)
}

// FetchDepth is [Repo.Fetch] for the last depth commits of each ref, or for all
// of them if depth is 0, also where a shallow clone lacks them.
func (r *Repo) FetchDepth(ctx context.Context, depth int, refspecs ...string) error {
	args := []string{"--depth=" + strconv.Itoa(depth)}
	if depth == 0 {
		args = nil
		if shallow, err := r.Shallow(ctx); err != nil {
			return err
		} else if shallow {
			args = []string{"--unshallow"}
		}
	}
	return r.fetch(ctx, args, refspecs)
}

// Connect makes the history between base and head available down to where they
// parted, fetching from origin no more than that takes, and returns the merge
// bases. Base and head are full commit ids. When everything is here it asks
// nobody.
func (r *Repo) Connect(ctx context.Context, base, head string) ([]string, error) {
	bases, missing := r.connected(ctx, base, head)
	for _, depth := range deepenings {
		if missing == nil || ctx.Err() != nil {
			break
		}
		if err := r.FetchDepth(ctx, depth, base, head); err != nil {
			return nil, err
		}
		bases, missing = r.connected(ctx, base, head)
	}
	return bases, missing
}

// connected returns the merge bases if nothing between them and the two commits
// is cut off. With a part of the history, git may name a commit that is a common
// ancestor but not the best one.
func (r *Repo) connected(ctx context.Context, base, head string) ([]string, error) {
	for _, id := range []string{base, head} {
		if _, err := r.Resolve(ctx, id); err != nil {
			return nil, err
		}
	}
	bases, err := r.MergeBases(ctx, base, head)
	if err != nil {
		return nil, err
	}
	cut, err := r.shallow()
	if err != nil || len(cut) == 0 {
		return bases, err
	}
	args := append([]string{"rev-list", base, head, "--not"}, bases...)
	err = r.stream(ctx, nil, func(in *bufio.Reader) error {
		for {
			line, err := in.ReadString('\n')
			if errors.Is(err, io.EOF) {
				return nil
			}
			if id := strings.TrimSpace(line); err == nil && cut[id] {
				return errCutOff(id)
			}
			if err != nil {
				return err
			}
		}
	}, args...)
	return bases, err
}

func (r *Repo) fetch(ctx context.Context, args, refspecs []string) error {
	return r.fetchWith(ctx, r.credentials(), args, refspecs)
}

func (r *Repo) fetchWith(ctx context.Context, settings []setting, args, refspecs []string) error {
	for _, spec := range refspecs {
		if err := checkRevision(spec); err != nil {
			return err
		}
	}
	remote := r.fetchURL(ctx)
	if remote == "" {
		return evidence.Errorf(evidence.NotFound, "git fetch: the repository has no remote named origin")
	}
	args = append([]string{
		"fetch", "--quiet", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head", "--no-auto-maintenance", "--force", "--update-shallow",
	}, args...)
	args = append(append(args, "--end-of-options", remote), refspecs...)
	// Two fetches at once would fight for the locks of refs and shallow commits.
	r.fetching.Lock()
	defer r.fetching.Unlock()
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir = r.own
	cmd.Env = environment(settings,
		append(inherit(keptForFetch), "GIT_DIR="+r.own, "GIT_ALLOW_PROTOCOL=https:http:ssh:file")...)
	_, err := r.answer(ctx, cmd)
	return err
}

// credentials is the configuration that hands the token to the server it is
// for, and to no other.
func (r *Repo) credentials() []setting {
	if r.options.Token == "" || r.options.Server == "" {
		return nil
	}
	basic := base64.StdEncoding.EncodeToString([]byte("x-access-token:" + r.options.Token))
	key := "http." + strings.TrimSuffix(r.options.Server, "/") + "/.extraheader"
	// The empty value first drops headers that the machine's configuration
	// may set for the same server: two of them are refused.
	return []setting{{key, ""}, {key, "AUTHORIZATION: basic " + basic}}
}

// fetchURL is where to fetch from. An SSH address on the token's own server
// becomes an HTTPS one, because the token opens that and a key may not be here.
func (r *Repo) fetchURL(ctx context.Context) string {
	remote := r.RemoteURL(ctx)
	server, err := url.Parse(r.options.Server)
	if r.options.Token == "" || err != nil || server.Host == "" {
		return remote
	}
	if path, ok := strings.CutPrefix(remote, "git@"+server.Hostname()+":"); ok {
		return strings.TrimSuffix(r.options.Server, "/") + "/" + path
	}
	if u, err := url.Parse(remote); err == nil && u.Scheme == "ssh" && u.Hostname() == server.Hostname() {
		return strings.TrimSuffix(r.options.Server, "/") + u.Path
	}
	return remote
}
