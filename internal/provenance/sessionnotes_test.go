package provenance

import (
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/correlate"
	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/gather"
	"github.com/mergebrief/mergebrief/internal/sessionnote"
)

// recordOn puts a record on a commit of r, as mergebrief record does: of a session
// that wrote all lines of the commit.
func (r testRepo) recordOn(commit, session string) {
	r.t.Helper()
	r.note(commit, r.document(commit, session))
}

func (r testRepo) document(commit, session string) string {
	r.t.Helper()
	commit = r.git("rev-parse", commit)
	repo := r.open()
	files, err := repo.Diff(r.t.Context(), commit+"^", commit, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	patch, err := repo.PatchID(r.t.Context(), commit+"^", commit)
	if err != nil {
		r.t.Fatal(err)
	}
	one := sessionnote.Entry{Join: sessionnote.JoinContent, Session: evidence.Session{ID: session, Agent: "codex"}}
	for _, f := range files {
		one.Files = append(one.Files, sessionnote.NewLines(f.Path, f.Spans, sessionnote.LineHashes(f, f.Spans)))
	}
	data, err := sessionnote.Encode(sessionnote.NewDocument(commit, patch, []sessionnote.Entry{one}))
	if err != nil {
		r.t.Fatal(err)
	}
	return string(data)
}

func (r testRepo) note(commit, text string) {
	r.t.Helper()
	r.write(map[string]string{"../note": text})
	r.git("notes", "--ref=mergebrief", "add", "-f", "-F", "../note", commit)
}

// claimed gathers the records of the change from base to HEAD and returns its
// claims after the lines were compared, the details of its inputs and its gaps,
// with the commits by their subjects.
func (r testRepo) claimed(source SessionNotes, base string) (claims, inputs, gaps []string) {
	r.t.Helper()
	source.Repo = r.open()
	target := evidence.Target{Base: base, MergeBase: base, Head: r.git("rev-parse", "HEAD")}
	f, err := ask(r.t, source, target)
	if err != nil {
		r.t.Fatal(err)
	}
	change, err := gather.Change{Repo: source.Repo}.Gather(r.t.Context(), target)
	if err != nil {
		r.t.Fatal(err)
	}
	f.Files = change.Files
	correlate.JoinRecorded(&f)
	for _, c := range f.Claims {
		if c.Origin.Basis != evidence.Reported {
			r.t.Errorf("basis of a claim is %s", c.Origin.Basis)
		}
		claims = append(claims, fmt.Sprintf("%s: %s %d-%d %s %s", r.git("log", "-1", "--format=%s", c.Commit), c.Path, c.Ranges[0].First, c.Ranges[len(c.Ranges)-1].Last, c.Session, c.Confidence))
	}
	for _, in := range f.Inputs {
		inputs = append(inputs, in.Detail)
	}
	for _, g := range f.Gaps {
		gaps = append(gaps, g.Subject+": "+string(g.Origin.Reason))
	}
	slices.Sort(claims)
	return claims, inputs, gaps
}

func lines(word string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%s %d\n", word, i)
	}
	return b.String()
}

// rewritten is an origin with two recorded commits of a branch, and what a
// force-push made of them: rebased onto a newer base, or squashed with more.
func rewritten(t *testing.T, squash bool) (origin testRepo, base, before string) {
	t.Helper()
	r := newTestRepo(t)
	r.git("config", "uploadpack.allowAnySHA1InWant", "true")
	r.write(map[string]string{"README": "shop\n"})
	r.commit("base")
	r.write(map[string]string{"a.go": lines("a", 6)})
	r.recordOn(r.commit("first"), "one")
	r.write(map[string]string{"b.go": lines("b", 6)})
	r.recordOn(r.commit("second"), "two")
	before = r.git("rev-parse", "HEAD")
	r.git("reset", "-q", "--hard", "HEAD~2")
	r.write(map[string]string{"README": "shop and more\n"})
	base = r.commit("newer base")
	if !squash {
		r.git("cherry-pick", before+"~1", before)
		return r, base, before
	}
	r.write(map[string]string{"a.go": "new head\n" + lines("a", 6), "b.go": lines("b", 6)})
	r.commit("squashed")
	return r, base, before
}

func TestRecordsFollow(t *testing.T) {
	rebased := []string{"first: a.go 1-6 one likely", "second: b.go 1-6 two likely"}
	squashed := []string{"squashed: a.go 2-7 one likely", "squashed: b.go 1-6 two likely"}
	byPatch := "which is not of the change any more; carried to"
	for name, c := range map[string]struct {
		squash, fetch bool
		// Whether GitHub tells of the replaced head, and whether that is there.
		told, gone bool
		want       []string
		gaps       []string
	}{
		"rebased, told by GitHub":        {fetch: true, told: true, want: rebased},
		"squashed, told by GitHub":       {squash: true, fetch: true, told: true, want: squashed},
		"rebased, replaced head is gone": {fetch: true, told: true, gone: true, want: rebased},
		"squashed, replaced head is gone": {
			squash: true, fetch: true, told: true, gone: true,
			want: squashed,
		},
		"rebased, nobody tells":             {fetch: true},
		"rebased, in the clone":             {want: rebased},
		"squashed, in the clone, unknown":   {squash: true, want: squashed},
		"squashed, in the clone, named":     {squash: true, told: true, want: squashed},
		"rebased, in the clone, named gone": {told: true, gone: true, want: rebased},
	} {
		t.Run(name, func(t *testing.T) {
			r, base, before := rewritten(t, c.squash)
			source := SessionNotes{Fetch: c.fetch}
			if c.told {
				source.Replaced = []string{before}
			}
			if c.gone {
				source.Replaced = []string{strings.Repeat("0123456789", 4)}
			}
			if c.fetch {
				r = r.clone()
			}
			claims, inputs, gaps := r.claimed(source, base)
			if diff := cmp.Diff(c.want, claims) + cmp.Diff(c.gaps, gaps); diff != "" {
				t.Error(diff)
			}
			for _, in := range inputs {
				if !strings.Contains(in, byPatch) {
					t.Errorf("an input says %q", in)
				}
			}
		})
	}
}

// TestRecordsThatGitCopied has notes that git itself copied to the commits of a
// rebase, by notes.rewriteRef: one for one, and two below each other.
func TestRecordsThatGitCopied(t *testing.T) {
	r, base, before := rewritten(t, true)
	both := r.document(before+"~1", "one") + "\n" + r.document(before, "two")
	r.git("update-ref", "-d", sessionnote.Ref)
	r.note("HEAD", both)
	claims, inputs, gaps := r.claimed(SessionNotes{}, base)
	want := []string{"squashed: a.go 2-7 one likely", "squashed: b.go 1-6 two likely"}
	if diff := cmp.Diff(want, claims); diff != "" || len(gaps) > 0 || len(inputs) != 1 {
		t.Errorf("%s, inputs %q, gaps %q", diff, inputs, gaps)
	}
}

// TestHostileRecords has what somebody who may push can put under the ref. None
// of it takes a record away, raises a basis or stops the reading.
func TestHostileRecords(t *testing.T) {
	r := newTestRepo(t)
	r.git("config", "uploadpack.allowAnySHA1InWant", "true")
	r.write(map[string]string{"README": "shop\n"})
	base := r.commit("base")
	r.write(map[string]string{"a.go": lines("a", 6)})
	first := r.commit("first")
	r.write(map[string]string{"b.go": lines("b", 6)})
	second := r.commit("second")
	own := r.document(first, "one")
	for name, c := range map[string]struct {
		note string // on the second commit
		want []string
		gaps []string
	}{
		"lines of another commit's file": {
			strings.Replace(strings.ReplaceAll(own, `"one"`, `"planted"`), first, second, 1), nil, nil,
		},
		"hashes that are not those of the lines": {
			forged(r.document(second, "two")), nil, []string{"recorded lines of commit " + second + ": unreadable"},
		},
		"a session twice, under one planted id": {
			strings.Replace(r.document(second, "two"), `"records":[`, `"records":[{"id":"0000000000000000","join":"content","session":{"id":"two","agent":"codex"}},`, 1),
			[]string{"second: b.go 1-6 two likely"},
			nil,
		},
		"a later version": {
			`{"schema":"https://mergebrief.github.io/record/v9","commit":"` + second + `"}`, nil, []string{"record on commit " + second + ": unsupported"},
		},
		"lines without end":  {strings.Replace(r.document(second, "two"), `"1-6"`, `"1-1073741824"`, 1), nil, []string{"record on commit " + second + ": unreadable"}},
		"two megabytes":      {r.document(second, "two") + strings.Repeat(" ", 2<<20) + "{", nil, []string{"record on commit " + second + ": truncated"}},
		"no record":          {"words of somebody\n", nil, []string{"record on commit " + second + ": unreadable"}},
		"a basis of its own": {strings.ReplaceAll(r.document(second, "two"), `"basis":""`, `"basis":"verified"`), []string{"second: b.go 1-6 two likely"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			r := r
			r.t = t
			r.recordOn(first, "one")
			r.note(second, c.note)
			claims, _, gaps := r.clone().claimed(SessionNotes{Fetch: true}, base)
			want := append([]string{"first: a.go 1-6 one likely"}, c.want...)
			if diff := cmp.Diff(want, claims) + cmp.Diff(c.gaps, gaps); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// forged replaces the hashes of a document by others.
func forged(document string) string {
	_, rest, _ := strings.Cut(document, `"hashes":"`)
	hashes, _, _ := strings.Cut(rest, `"`)
	return strings.Replace(document, hashes, strings.Repeat("A", len(hashes)), 1)
}

// crowd fills the notes ref with the notes and n entries more: notes on commits
// that are nowhere, and files that are no notes.
func (r testRepo) crowd(n int, notes map[string]string) {
	r.t.Helper()
	entries := map[string]string{}
	blob := r.git("hash-object", "-w", "README")
	for i := range n {
		name := fmt.Sprintf("%040x", i)
		if i%2 == 1 {
			name = fmt.Sprintf("no commit %d", i)
		}
		entries[name] = blob
	}
	for commit, text := range notes {
		r.write(map[string]string{"../note": text})
		entries[r.git("rev-parse", commit)] = r.git("hash-object", "-w", "../note")
	}
	var tree strings.Builder
	for _, name := range slices.Sorted(maps.Keys(entries)) {
		id, err := hex.DecodeString(entries[name])
		if err != nil {
			r.t.Fatal(err)
		}
		tree.WriteString("100644 " + name + "\x00" + string(id))
	}
	r.write(map[string]string{"../tree": tree.String()})
	id := r.git("hash-object", "-t", "tree", "-w", "../tree")
	r.git("update-ref", sessionnote.Ref, r.git("commit-tree", "-m", "crowd", id))
}

// TestCrowdedRef reads two records among 100,000 entries.
func TestCrowdedRef(t *testing.T) {
	r, base, before := rewritten(t, false)
	r.crowd(100_000, map[string]string{before + "~1": r.document(before+"~1", "one"), before: r.document(before, "two")})
	claims, _, gaps := r.clone().claimed(SessionNotes{Fetch: true, Replaced: []string{before}}, base)
	if len(claims) != 2 || len(gaps) > 0 {
		t.Errorf("claims %q, gaps %q", claims, gaps)
	}
}
