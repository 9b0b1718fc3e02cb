package local

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/sessionnote"
)

// maxUnmoved is how often a destination may refuse although it has nothing new:
// somebody else may hold the ref for a moment.
const maxUnmoved = 2

// Destination is one place that pushes to a remote go to.
type Destination struct {
	// The remote as the user calls it: a name or a URL.
	Remote string
	// Where its pushes go.
	URL string
}

// Sent is what became of the notes of this clone at a destination.
type Sent struct {
	// The number of notes that the destination got now.
	Notes int
	// The number of notes that stay here, because the destination is not known to
	// have their commits.
	Held int
	// Why notes of the destination could not be merged and stay as they are.
	Kept []error
}

// Destinations returns where pushes to a remote go; a remote can have several
// addresses.
func (n Notes) Destinations(ctx context.Context, remote string) ([]Destination, error) {
	if strings.HasPrefix(remote, "-") || remote == "" {
		return nil, evidence.Errorf(evidence.NotFound, "%q is no remote", remote)
	}
	out, err := n.git.run(ctx, nil, "remote", "get-url", "--push", "--all", remote)
	if err != nil { // not configured: an address itself
		return []Destination{{remote, remote}}, ctx.Err()
	}
	urls := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	if len(urls) == 1 {
		return []Destination{{remote, urls[0]}}, nil
	}
	var all []Destination
	for _, url := range urls {
		all = append(all, Destination{url, url})
	}
	return all, nil
}

// Has asks a destination for its branches and tags and returns those of their
// commits that this clone has, too.
func (n Notes) Has(ctx context.Context, d Destination) ([]string, error) {
	out, err := n.git.reach(ctx, "ls-remote", "--quiet", "--heads", "--tags", "--end-of-options", d.URL)
	if err != nil {
		return nil, err
	}
	var ids []string
	for line := range strings.Lines(out) {
		if id, _, ok := strings.Cut(line, "\t"); ok && isID(id) && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return n.present(ctx, ids)
}

// present returns those of the objects that this clone has.
func (n Notes) present(ctx context.Context, ids []string) ([]string, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	out, err := n.git.run(ctx, []byte(strings.Join(ids, "\n")+"\n"), "cat-file", "--batch-check")
	if err != nil {
		return nil, err
	}
	var here []string
	for line := range strings.Lines(out) {
		if id, what, _ := strings.Cut(strings.TrimSpace(line), " "); what != "missing" && isID(id) {
			here = append(here, id)
		}
	}
	return here, nil
}

// reachable returns those of the commits that tips lead to. What it does not
// know is not among them.
func (n Notes) reachable(ctx context.Context, commits, tips []string) (map[string]bool, error) {
	led := map[string]bool{}
	here, err := n.present(ctx, commits)
	if err != nil || len(here) == 0 || len(tips) == 0 {
		return led, err
	}
	var in bytes.Buffer
	for _, id := range here {
		fmt.Fprintln(&in, id)
	}
	for _, id := range tips {
		fmt.Fprintln(&in, "^"+id)
	}
	out, err := n.git.run(ctx, in.Bytes(), "rev-list", "--stdin")
	if err != nil {
		return nil, err
	}
	for _, id := range here {
		led[id] = true
	}
	for id := range strings.FieldsSeq(out) {
		delete(led, id)
	}
	return led, nil
}

// Push sends the notes of the commits that tips lead to, and nothing else: tips
// are commits that the destination is known to have. What is sent has a history
// of its own for each destination, so that no note of another commit is in it.
// Nothing is forced: when the destination has notes that are not here, they are
// merged and the push is tried again. With trust, a destination that got all of
// them before is not asked.
func (n Notes) Push(ctx context.Context, d Destination, tips []string, trust bool) (Sent, error) {
	var sent Sent
	base := n.tip(ctx, sentRef(d.URL))
	for attempt := 0; ; attempt++ {
		tip := n.tip(ctx, sessionnote.Ref)
		if tip == "" {
			return sent, nil
		}
		p, err := n.parcel(ctx, tip, base, tips)
		sent.Held, sent.Kept = p.held, p.kept
		if err != nil || p.commit == "" || trust && p.notes == 0 {
			return sent, err
		}
		fresh, err := n.send(ctx, d, p.commit)
		if err == nil {
			if fresh {
				sent.Notes = p.notes
			}
			return sent, n.keep(ctx, tip, p.commit)
		}
		if attempt == maxPushes || evidence.ReasonOf(err, "") != evidence.Denied {
			return sent, err
		}
		if attempt > 0 {
			if err := pause(ctx, attempt); err != nil {
				return sent, err
			}
		}
		incoming, failed := n.fetch(ctx, d)
		if failed != nil {
			return sent, failed
		}
		if incoming == base && (base == "" || attempt > maxUnmoved) {
			return sent, err // it refuses, and not because of what it has
		}
		base = incoming
	}
}

// parcel is what is to be sent to a destination.
type parcel struct {
	// The commit for the notes ref, "" for none.
	commit string
	// How many notes it has on top of those that the destination had.
	notes, held int
	kept        []error
}

// parcel puts the notes of the commits that tips lead to on top of base, what the
// destination has.
func (n Notes) parcel(ctx context.Context, tip, base string, tips []string) (parcel, error) {
	if tip == base {
		return parcel{commit: base}, nil
	}
	ours, err := n.list(ctx, tip)
	if err != nil {
		return parcel{}, err
	}
	theirs := map[string]string{}
	if base != "" {
		if theirs, err = n.list(ctx, base); err != nil {
			return parcel{}, err
		}
	}
	differ := differing(ours, theirs)
	known, err := n.reachable(ctx, differ, tips)
	if err != nil {
		return parcel{}, err
	}
	p := parcel{commit: base, held: len(differ) - len(known)}
	differ = slices.DeleteFunc(differ, func(c string) bool { return !known[c] })
	if len(differ) == 0 {
		return p, nil
	}
	notes, kept, err := n.unite(ctx, union{tip, base, theirs, true}, differ)
	p.kept = kept
	if err != nil || len(notes) == 0 {
		return p, err
	}
	var parents []string
	if base != "" {
		parents = []string{base}
	}
	p.notes = len(notes)
	p.commit, err = n.commit(ctx, base, edition{texts: notes}, parents)
	return p, err
}

// send pushes a commit to the notes ref once, and returns whether it was new
// there.
func (n Notes) send(ctx context.Context, d Destination, commit string) (bool, error) {
	out, err := n.git.reach(ctx, "push", "--porcelain", "--no-verify", "--end-of-options", d.Remote, commit+":"+sessionnote.Ref)
	if err != nil {
		return false, err
	}
	_, err = n.git.run(ctx, nil, "update-ref", sentRef(d.URL), commit)
	return !strings.Contains(out, "\n=\t"), err
}

// keep makes the notes of this clone contain what was sent. Where both are the
// same, they become one commit, so that the history has no needless merges.
func (n Notes) keep(ctx context.Context, tip, sent string) error {
	if n.sameTree(ctx, tip, sent) {
		if tip == sent {
			return nil
		}
		return n.move(ctx, sent, tip)
	}
	return n.merge(ctx, tip, sent)
}

func (n Notes) sameTree(ctx context.Context, a, b string) bool {
	out, err := n.git.run(ctx, nil, "rev-parse", a+"^{tree}", b+"^{tree}")
	trees := strings.Fields(out)
	return err == nil && len(trees) == 2 && trees[0] == trees[1]
}

// sentRef is where is kept what a destination got last, by its address: a remote
// whose address changes got nothing yet.
func sentRef(url string) string {
	sum := sha256.Sum256([]byte(url))
	return "refs/mergebrief/sent/" + hex.EncodeToString(sum[:8])
}

// fetch gets the notes of a destination and returns their commit, or "" when it
// has none. They lie under a ref of their own for that long.
func (n Notes) fetch(ctx context.Context, d Destination) (string, error) {
	ref := fmt.Sprintf("refs/mergebrief/incoming-%d", os.Getpid())
	_, err := n.git.reach(ctx, "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--end-of-options", d.URL, "+"+sessionnote.Ref+":"+ref)
	if evidence.ReasonOf(err, "") == evidence.NotFound {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	tip := n.tip(ctx, ref)
	if _, err := n.git.run(ctx, nil, "update-ref", "-d", ref); err != nil {
		return "", err
	}
	if tip == "" {
		return "", evidence.Errorf(evidence.Unreadable, "%s of %s is no commit; nothing of it is used and nothing is pushed", sessionnote.Ref, d.Remote)
	}
	return tip, nil
}

// merge makes the notes ref of this clone, which is at tip, contain the incoming
// notes.
func (n Notes) merge(ctx context.Context, tip, incoming string) error {
	if n.contains(ctx, tip, incoming) {
		return nil
	}
	if n.contains(ctx, incoming, tip) {
		return n.move(ctx, incoming, tip)
	}
	ours, err := n.list(ctx, tip)
	if err != nil {
		return err
	}
	theirs, err := n.list(ctx, incoming)
	if err != nil {
		return err
	}
	differ := differing(ours, theirs)
	notes, _, err := n.unite(ctx, union{ours: tip, theirs: incoming, blobs: theirs}, differ)
	if err != nil {
		return err
	}
	same := map[string]string{} // what is no note of ours stays, too
	for _, c := range differ {
		if theirs[c] == "" && notes[c] == nil {
			same[c] = ours[c]
		}
	}
	id, err := n.commit(ctx, incoming, edition{notes, same}, []string{incoming, tip})
	if err != nil {
		return err
	}
	return n.move(ctx, id, tip)
}

// differing lists the commits whose note in a is not in b.
func differing(a, b map[string]string) (commits []string) {
	for c, blob := range a {
		if b[c] != blob {
			commits = append(commits, c)
		}
	}
	slices.Sort(commits)
	return commits
}
