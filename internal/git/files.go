package git

import (
	"bufio"
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"os/exec"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

const (
	// asideRef is where a fetched ref lies in the package's own repository, and
	// writtenRef what [Repo.WriteFiles] made last.
	asideRef   = "refs/mergebrief/aside"
	writtenRef = "refs/mergebrief/written"
	// maxTreeBytes bounds one directory of files that are read by name: a hundred
	// thousand entries.
	maxTreeBytes = 8 << 20
)

// ErrMoved means that a ref is not where the caller saw it: somebody else moved it.
var ErrMoved = evidence.Errorf(evidence.Denied, "the ref was moved by somebody else")

// FetchTip gets the last commit of a ref of origin, and nothing of what it holds
// where the server can leave that out. It returns the id, or "" when origin has no
// such ref.
func (r *Repo) FetchTip(ctx context.Context, ref string) (string, error) {
	err := r.fetchAside(ctx, r.credentials(), []string{"--depth=1", withoutTrees}, []string{"+" + ref + ":" + asideRef})
	if evidence.ReasonOf(err, "") == evidence.NotFound {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	out, err := r.ask(ctx, "rev-parse", "--verify", "--quiet", asideRef+"^{commit}")
	if err != nil {
		return "", evidence.Errorf(evidence.Unreadable, "%s at origin is no commit", ref)
	}
	id := strings.TrimSpace(out)
	r.known.got([]string{id})
	return id, nil
}

// Tip returns the commit that a ref of the examined repository is at, or "" when
// there is no such ref. What is no commit is an error.
func (r *Repo) Tip(ctx context.Context, ref string) (string, error) {
	if err := checkRevision(ref); err != nil {
		return "", err
	}
	out, err := r.outside(ctx, "rev-parse", "--verify", "--quiet", ref)
	if exitStatus(err) == 1 {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	id := strings.TrimSpace(out)
	if _, err := r.ask(ctx, "rev-parse", "--verify", "--quiet", id+"^{commit}"); err != nil {
		return "", evidence.Errorf(evidence.Unreadable, "%s is no commit that can be read", ref)
	}
	return id, nil
}

// Files returns the contents of files of a commit, in the order of names, nil for
// one that is not there. One larger than limit is a Problem with the reason
// truncated. With fetch, what is not here is got from origin: the directories on
// the way and the files, nothing else.
func (r *Repo) Files(ctx context.Context, commit string, names []string, limit int64, fetch bool) ([][]byte, error) {
	if !fetch && !slices.ContainsFunc(names, func(name string) bool { return strings.ContainsAny(name, "\n\x00") }) {
		return r.filesHere(ctx, commit, names, limit)
	}
	w := &treeWalk{repo: r, fetch: fetch, trees: map[string]map[string]string{}}
	tree, err := w.root(ctx, commit)
	if err != nil {
		return nil, err
	}
	blobs, err := w.blobs(ctx, tree, names)
	if err != nil {
		return nil, err
	}
	wanted := slices.DeleteFunc(slices.Clone(blobs), func(id string) bool { return id == "" })
	objects, err := w.objects(ctx, "blob", wanted, limit)
	if err != nil {
		return nil, err
	}
	out := make([][]byte, len(names))
	for i, id := range blobs {
		if id != "" {
			out[i] = objects[id]
		}
	}
	return out, nil
}

// filesHere asks one git process for files that need not be fetched.
func (r *Repo) filesHere(ctx context.Context, commit string, names []string, limit int64) ([][]byte, error) {
	if err := checkRevision(commit); err != nil {
		return nil, err
	}
	feed := func(w io.Writer) error {
		for _, name := range names {
			fmt.Fprintf(w, "%s:%s\n", commit, name)
		}
		return nil
	}
	out := make([][]byte, len(names))
	err := r.stream(ctx, feed, func(in *bufio.Reader) error {
		for i, name := range names {
			line, err := in.ReadString('\n')
			if err != nil {
				return io.ErrUnexpectedEOF
			}
			if strings.HasSuffix(line, " missing\n") {
				continue
			}
			if out[i], err = readContent(in, line, name, limit); err != nil {
				return err
			}
		}
		return nil
	}, "cat-file", "--batch")
	return out, err
}

// readContent reads what follows a header of cat-file --batch, "<id> <type> <size>".
// Of a directory there is no content.
func readContent(in *bufio.Reader, header, name string, limit int64) ([]byte, error) {
	words := strings.Fields(header)
	if len(words) != 3 {
		return nil, evidence.Errorf(evidence.Unreadable, "unexpected answer %q", strings.TrimSpace(header))
	}
	size, err := strconv.ParseInt(words[2], 10, 64)
	if err != nil {
		return nil, evidence.Errorf(evidence.Unreadable, "unexpected answer %q", strings.TrimSpace(header))
	}
	if size > limit {
		return nil, evidence.Errorf(evidence.Truncated, "%s has %d bytes; more than %d are not read", name, size, limit)
	}
	data := make([]byte, size)
	if _, err := io.ReadFull(in, data); err != nil {
		return nil, io.ErrUnexpectedEOF
	}
	if _, err := in.Discard(1); err != nil {
		return nil, io.ErrUnexpectedEOF
	}
	if words[1] != "blob" {
		return nil, nil
	}
	return data, nil
}

// treeWalk finds files from the root of a commit, directory by directory.
type treeWalk struct {
	repo  *Repo
	fetch bool
	// Entries of the directories read so far, by the id of the tree.
	trees map[string]map[string]string
}

func (w *treeWalk) root(ctx context.Context, commit string) (string, error) {
	objects, err := w.objects(ctx, "commit", []string{commit}, maxTreeBytes)
	if err != nil {
		return "", err
	}
	line, _, _ := strings.Cut(string(objects[commit]), "\n")
	tree, ok := strings.CutPrefix(line, "tree ")
	if !ok {
		return "", evidence.Errorf(evidence.Unreadable, "commit %s has no tree", evidence.ShortID(commit))
	}
	return tree, nil
}

// blobs returns the ids of files, "" for one that is not there. All names go down
// one directory at a time, so that each level is one question.
func (w *treeWalk) blobs(ctx context.Context, root string, names []string) ([]string, error) {
	at := slices.Repeat([]string{root}, len(names))
	rest := slices.Clone(names)
	for {
		var wanted []string
		open := false
		for i := range names {
			if at[i] != "" && rest[i] != "" {
				open = true
				if w.trees[at[i]] == nil {
					wanted = append(wanted, at[i])
				}
			}
		}
		if !open {
			return at, nil
		}
		if err := w.read(ctx, wanted); err != nil {
			return nil, err
		}
		for i := range names {
			if at[i] != "" && rest[i] != "" {
				first, more, _ := strings.Cut(rest[i], "/")
				at[i], rest[i] = w.trees[at[i]][first], more
			}
		}
	}
}

// read reads directories.
func (w *treeWalk) read(ctx context.Context, ids []string) error {
	objects, err := w.objects(ctx, "tree", ids, maxTreeBytes)
	if err != nil {
		return err
	}
	for id, data := range objects {
		if w.trees[id], err = w.repo.parseTree(data); err != nil {
			return fmt.Errorf("directory %s: %w", evidence.ShortID(id), err)
		}
	}
	return nil
}

// parseTree reads git's form of a directory: "<mode> <name> NUL <id>".
func (r *Repo) parseTree(data []byte) (map[string]string, error) {
	entries := map[string]string{}
	idBytes := len(r.empty) / 2
	for rest := string(data); rest != ""; {
		head, more, ok := strings.Cut(rest, "\x00")
		_, name, named := strings.Cut(head, " ")
		if !ok || !named || len(more) < idBytes {
			return nil, evidence.Errorf(evidence.Unreadable, "malformed entry")
		}
		entries[name] = hex.EncodeToString([]byte(more[:idBytes]))
		rest = more[idBytes:]
	}
	return entries, nil
}

// objects returns objects of a kind by id. Where they may be fetched, those that were
// not fetched before are: git cannot be asked what of a partial clone is here, it
// would try to get the rest by itself.
func (w *treeWalk) objects(ctx context.Context, kind string, ids []string, limit int64) (map[string][]byte, error) {
	slices.Sort(ids)
	ids = slices.Compact(ids)
	if w.fetch {
		if err := w.repo.fetchOnce(ctx, ids); err != nil {
			return nil, err
		}
	}
	found, missing, err := w.repo.readObjects(ctx, kind, ids, limit)
	if err == nil && len(missing) > 0 {
		err = evidence.Errorf(evidence.NotFound, "%s %s is not here", kind, evidence.ShortID(missing[0]))
	}
	return found, err
}

// fetchOnce gets single objects of origin that it did not get before.
func (r *Repo) fetchOnce(ctx context.Context, ids []string) error {
	lacking := r.known.lacking(ids)
	if len(lacking) == 0 {
		return nil
	}
	err := r.fetchAside(ctx, append(r.credentials(), setting{"fetch.negotiationAlgorithm", "noop"}), []string{withoutTrees}, lacking)
	if err == nil {
		r.known.got(lacking)
	}
	return err
}

// readObjects reads objects that are here, and lists those that are not.
func (r *Repo) readObjects(ctx context.Context, kind string, ids []string, limit int64) (found map[string][]byte, missing []string, err error) {
	found = map[string][]byte{}
	if len(ids) == 0 {
		return found, nil, nil
	}
	feed := func(w io.Writer) error {
		for _, id := range ids {
			fmt.Fprintln(w, id)
		}
		return nil
	}
	err = r.stream(ctx, feed, func(in *bufio.Reader) error {
		for _, id := range ids {
			_, is, size, err := readHeader(in)
			switch {
			case err != nil:
				return err
			case is == "":
				missing = append(missing, id)
				continue
			case is != kind:
				return evidence.Errorf(evidence.Unreadable, "object %s is a %s, not a %s", evidence.ShortID(id), is, kind)
			case size > limit:
				return evidence.Errorf(evidence.Truncated, "%s %s has %d bytes; more than %d are not read", kind, evidence.ShortID(id), size, limit)
			}
			data := make([]byte, size)
			if _, err := io.ReadFull(in, data); err != nil {
				return io.ErrUnexpectedEOF
			}
			if _, err := in.Discard(1); err != nil {
				return io.ErrUnexpectedEOF
			}
			found[id] = data
		}
		return nil
	}, "cat-file", "--batch")
	return found, missing, err
}

// WriteFiles stores a commit in the package's own repository: that of base, "" for
// none, with files put in. It returns its id. No ref of anybody moves, and equal
// files make equal commits.
func (r *Repo) WriteFiles(ctx context.Context, base string, files map[string][]byte, message string) (string, error) {
	r.fetching.Lock() // one writer of the own refs at a time
	defer r.fetching.Unlock()
	return r.importFiles(ctx, r.command(ctx, append(importArguments, "--force")...), newCommit{writtenRef, base, message, files})
}

// WriteRef is [Repo.WriteFiles] in the examined repository: the commit becomes that of
// a ref if the ref still is at base, else it returns [ErrMoved]. It is one process,
// whatever the size of the tree.
func (r *Repo) WriteRef(ctx context.Context, ref, base string, files map[string][]byte, message string) error {
	_, err := r.importFiles(ctx, r.outsideCommand(ctx, importArguments...), newCommit{ref, base, message, files})
	if err != nil && moved(err.Error()) {
		return ErrMoved
	}
	return err
}

var importArguments = []string{"fast-import", "--quiet", "--done", "--date-format=raw"}

// newCommit is a commit that is to be made.
type newCommit struct {
	ref, base, message string
	files              map[string][]byte
}

// importFiles makes a commit and returns its id.
func (r *Repo) importFiles(ctx context.Context, cmd *exec.Cmd, c newCommit) (string, error) {
	for name := range c.files {
		if name != path.Clean(name) || strings.HasPrefix(name, "..") || strings.ContainsAny(name, "\"\n\x00") || path.IsAbs(name) {
			return "", evidence.Errorf(evidence.Unsupported, "%q is no name for a file", name)
		}
	}
	if err := checkRevision(c.ref); err != nil {
		return "", err
	}
	var answer string
	err := r.pipe(ctx, cmd, c.write, func(in *bufio.Reader) (err error) {
		if answer, err = in.ReadString('\n'); err != nil {
			return io.ErrUnexpectedEOF
		}
		return nil
	})
	return strings.TrimSpace(answer), err
}

// write writes the commit as git fast-import reads it, and asks for its id.
func (c newCommit) write(w io.Writer) error {
	fmt.Fprintf(w, "feature done\ncommit %s\nmark :1\ncommitter mergebrief <mergebrief@localhost> 0 +0000\ndata %d\n%s\n", c.ref, len(c.message), c.message)
	if c.base != "" {
		fmt.Fprintf(w, "from %s\n", c.base)
	}
	for _, name := range slices.Sorted(maps.Keys(c.files)) {
		fmt.Fprintf(w, "M 100644 inline %s\ndata %d\n", name, len(c.files[name]))
		if _, err := w.Write(c.files[name]); err != nil {
			return err
		}
		fmt.Fprintln(w)
	}
	_, err := io.WriteString(w, "get-mark :1\ndone\n")
	return err
}

// PushRef moves a ref of origin to a commit of [Repo.WriteFiles] if it still is at
// old, "" when there was none; else it returns [ErrMoved]. No hook of this machine
// runs.
func (r *Repo) PushRef(ctx context.Context, ref, id, old string) error {
	remote := r.fetchURL(ctx)
	if remote == "" {
		return evidence.Errorf(evidence.NotFound, "git push: the repository has no remote named origin")
	}
	cmd := exec.CommandContext(ctx, "git", "push", "--porcelain", "--no-verify", "--force-with-lease="+ref+":"+old, "--end-of-options", remote, id+":"+ref)
	cmd.Dir = r.own
	cmd.Env = environment(r.credentials(), append(inherit(keptForFetch), "GIT_DIR="+r.own, "GIT_ALLOW_PROTOCOL=https:http:ssh:file")...)
	out, err := r.answer(ctx, cmd)
	if err != nil && moved(out+err.Error()) {
		return ErrMoved
	}
	return err
}

// moved reads from git's words, which are English by LC_ALL=C, whether a push was
// refused because the ref is somewhere else.
func moved(words string) bool {
	for _, w := range []string{"stale info", "fetch first", "non-fast-forward", "cannot lock ref", "reference already exists", "failed to update ref", "incorrect old value", "Not updating"} {
		if strings.Contains(words, w) {
			return true
		}
	}
	return false
}
