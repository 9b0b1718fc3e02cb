package sessionnote

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// otherCommit is the id of a commit with a number.
func otherCommit(n int) string { return fmt.Sprintf("%040x", n) }

// document is one about a commit, with the sessions that are named.
func document(of string, sessions ...string) Document {
	var records []Entry
	for _, id := range sessions {
		records = append(records, Entry{Join: JoinContent, Session: session(id, 1)})
	}
	return NewDocument(of, "", records)
}

func encoded(t *testing.T, docs ...Document) string {
	t.Helper()
	var out strings.Builder
	for _, d := range docs {
		data, err := Encode(d)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(data)
	}
	return out.String()
}

// names writes a note as the commits of its documents, each with its sessions.
func names(n Note) string {
	var all []string
	for _, d := range append([]Document{n.Document}, n.Copied...) {
		var ids []string
		for _, r := range d.Entries {
			ids = append(ids, r.Session.ID)
		}
		slices.Sort(ids)
		all = append(all, strings.TrimLeft(d.Commit, "0")+":"+strings.Join(ids, ""))
	}
	return strings.Join(all, " ")
}

func TestNote(t *testing.T) {
	own, first, second := otherCommit(1), otherCommit(2), otherCommit(3)
	for name, c := range map[string]struct {
		data, want string
	}{
		"one about the commit":        {encoded(t, document(own, "a")), "1:a"},
		"two about it":                {encoded(t, document(own, "a"), document(own, "b")), "1:ab"},
		"copied ones, in order":       {encoded(t, document(second, "c"), document(own, "a"), document(first, "b"), document(first, "d")), "1:a 2:bd 3:c"},
		"only copied ones":            {encoded(t, document(second, "c"), document(first, "b")), ": 2:b 3:c"},
		"with empty lines in between": {encoded(t, document(own, "a")) + "\n\n" + encoded(t, document(first, "b")), "1:a 2:b"},
	} {
		n, err := DecodeNote([]byte(c.data), own)
		if err != nil || names(n) != c.want {
			t.Errorf("%s: %s, %v; want %s", name, names(n), err, c.want)
			continue
		}
		data, err := EncodeNote(n)
		if err != nil {
			t.Fatal(err)
		}
		again, err := DecodeNote(data, own)
		if err != nil || names(again) != c.want {
			t.Errorf("%s: written and read again it is %s, %v", name, names(again), err)
		}
	}
	a, err := DecodeNote([]byte(encoded(t, document(own, "a"), document(first, "b"))), own)
	if err != nil {
		t.Fatal(err)
	}
	b, err := DecodeNote([]byte(encoded(t, document(first, "c"), document(second, "d"))), own)
	if err != nil {
		t.Fatal(err)
	}
	for _, union := range []Note{UnionNote(a, b, own), UnionNote(b, a, own)} {
		if names(union) != "1:a 2:bc 3:d" {
			t.Errorf("the union is %s", names(union))
		}
	}
}

func TestNoteRefuses(t *testing.T) {
	var most []Document
	for n := range maxCopied + 1 {
		most = append(most, document(otherCommit(n+1)))
	}
	if _, err := DecodeNote([]byte(encoded(t, most...)), most[0].Commit); err != nil {
		t.Errorf("as many as a note may have: %v", err)
	}
	full := encoded(t, document(otherCommit(1), "a"))
	full += strings.Repeat(" ", MaxBytes-len(full))
	if n, err := DecodeNote([]byte(full), otherCommit(1)); err != nil || n.count() != 1 {
		t.Errorf("as long as a note may be: %d documents, %v", n.count(), err)
	}
	for name, c := range map[string]struct {
		data string
		want evidence.Reason
	}{
		"empty":                  {"", evidence.Unreadable},
		"no JSON behind one":     {encoded(t, document(otherCommit(1))) + "{", evidence.Unreadable},
		"another tool's behind":  {encoded(t, document(otherCommit(1))) + `{"schema":"x"}`, evidence.Unreadable},
		"a later version behind": {encoded(t, document(otherCommit(1))) + `{"schema":"` + Schema + `2"}`, evidence.Unsupported},
		"too many":               {encoded(t, append(most, document(otherCommit(maxCopied+2)))...), evidence.Truncated},
		"too long":               {full + " ", evidence.Truncated},
	} {
		if n, err := DecodeNote([]byte(c.data), otherCommit(1)); err == nil || evidence.ReasonOf(err, "") != c.want || n.count() > 0 {
			t.Errorf("%s: %v, %d documents", name, err, n.count())
		}
	}
}

func TestDecodeFile(t *testing.T) {
	one, two := encoded(t, document(otherCommit(1), "a")), encoded(t, document(otherCommit(2), "b"))
	for name, c := range map[string]struct {
		data     string
		sessions int
		reason   evidence.Reason
		message  string
	}{
		"two":                 {one + two, 2, "", ""},
		"no line end":         {one + strings.TrimSpace(two), 2, "", ""},
		"empty lines":         {"\n" + one + "\n  \n" + two + "\n", 2, "", ""},
		"nothing":             {"", 0, "", ""},
		"none in the second":  {one + "ticket\n" + two, 1, evidence.Unreadable, "line 2: "},
		"a later one":         {one + two + `{"schema":"` + Schema + `2"}`, 2, evidence.Unsupported, "line 3: "},
		"a line too long":     {one + strings.Repeat(" ", MaxBytes+1) + "\n" + two, 1, evidence.Truncated, "line 2: "},
		"as long as can be":   {one + strings.Repeat(" ", MaxBytes) + "\n" + two, 2, "", ""},
		"more lines than fit": {one + strings.Repeat("\n", maxDocuments) + two, 1, evidence.Truncated, "more than "},
		"as many as fit":      {one + strings.Repeat("\n", maxDocuments-2) + two, 2, "", ""},
	} {
		f, err := DecodeFile(strings.NewReader(c.data))
		if len(f.Sessions) != c.sessions || evidence.ReasonOf(err, "") != c.reason || err != nil && !strings.HasPrefix(err.Error(), c.message) {
			t.Errorf("%s: %d sessions, %v", name, len(f.Sessions), err)
		}
	}
	_, err := DecodeFile(failing{})
	if evidence.ReasonOf(err, "") != evidence.Unreadable {
		t.Errorf("a file that cannot be read: %v", err)
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, fmt.Errorf("no disk") }

// What a document says is reported; that it names its own commit counts for more.
func TestFragment(t *testing.T) {
	lines := []Lines{NewLines("a.go", []evidence.LineRange{{First: 1, Last: 2}}, nil)}
	of := func(change func(*Entry)) Document {
		r := Entry{Join: JoinCommit, Session: session("s", 1), Files: lines}
		change(&r)
		return NewDocument(commit, "", []Entry{r})
	}
	for name, c := range map[string]struct {
		d    Document
		on   string
		want string
	}{
		"of the commit itself": {of(func(*Entry) {}), commit, "names it, strong"},
		"on another commit":    {of(func(*Entry) {}), otherCommit(1), "likely"},
		"joined by content":    {of(func(r *Entry) { r.Join = JoinContent }), commit, "likely"},
		"carried":              {of(func(r *Entry) { r.Carried = "patch-id" }), commit, "names it, likely"},
		"named already":        {of(func(r *Entry) { r.Session.Links.Commits = []string{commit} }), commit, "names it, strong"},
		"held by another tool": {of(func(r *Entry) { r.SessionIn = "branch:folder" }), commit, ""},
	} {
		f := Fragment(c.d, c.on, evidence.Origin{Basis: evidence.Verified, Source: "notes"})
		var got []string
		for _, s := range f.Sessions {
			if len(s.Links.Commits) > 0 {
				got = append(got, "names it")
			}
			if len(s.Links.Commits) > 1 || s.Origin.Basis != evidence.Reported || s.Format != Format {
				t.Errorf("%s: %+v", name, s)
			}
		}
		for _, x := range f.Claims {
			got = append(got, string(x.Confidence))
			if x.Commit != c.on || x.Origin.Basis != evidence.Reported {
				t.Errorf("%s: %+v", name, x)
			}
		}
		if s := strings.Join(got, ", "); s != c.want {
			t.Errorf("%s: %s, want %s", name, s, c.want)
		}
	}
}

// One session of the copies, with what each of them knows.
func TestOnce(t *testing.T) {
	at := func(second int) time.Time { return time.Unix(int64(second), 0).UTC() }
	command := func(line string, second int, outcome evidence.CommandOutcome) evidence.Command {
		return evidence.Command{Line: line, Started: at(second), Outcome: outcome}
	}
	number := 0
	early, late := session("s", 1), session("s", 2)
	for _, s := range []*evidence.Session{&early, &late} {
		s.Format = Format
		s.CommandCounts.Total = 5
		s.Repairs = []evidence.Repair{{Family: "go", FirstFailure: &number, LastRun: &number}}
	}
	late.CommandCounts.Total = 6
	early.Commands = []evidence.Command{command("first", 1, evidence.CommandOK), command("test", 3, evidence.CommandOK), command("test", 4, evidence.CommandFailed)}
	late.Commands = []evidence.Command{command("test", 3, evidence.CommandOK), command("test", 4, evidence.CommandOK), command("other", 3, evidence.CommandOK)}
	late.CommandsOmitted = 3
	early.Edits = []evidence.Edit{{Path: "a", Time: at(1)}, {Path: "b", Time: at(1)}, {Path: "a", Time: at(2)}}
	late.Edits, late.EditsOmitted = []evidence.Edit{{Path: "a", Time: at(1)}}, 4
	early.Links.Commits, late.Links.Commits = []string{"x", "y"}, []string{"y"}

	want := late
	want.Commands = []evidence.Command{command("first", 1, evidence.CommandOK), command("test", 3, evidence.CommandOK), command("other", 3, evidence.CommandOK), command("test", 4, evidence.CommandOK), command("test", 4, evidence.CommandFailed)}
	want.CommandsOmitted = 1
	want.Repairs = []evidence.Repair{{Family: "go"}}
	want.Edits, want.EditsOmitted = []evidence.Edit{{Path: "a", Time: at(1)}, {Path: "b", Time: at(1)}, {Path: "a", Time: at(2)}}, 2
	want.Links.Commits = []string{"y", "x"}
	for name, copies := range map[string][]evidence.Session{"in order": {early, late}, "the later one first": {late, early}} {
		if diff := cmp.Diff([]evidence.Session{want}, Once(copies)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if diff := cmp.Diff([]evidence.Session{late}, Once([]evidence.Session{late, late})); diff != "" {
		t.Errorf("equal copies (-want +got):\n%s", diff)
	}
	fewer := late
	fewer.CommandCounts.Total, fewer.Commands, fewer.AgentVersion = 2, nil, "older"
	for _, copies := range [][]evidence.Session{{fewer, late}, {late, fewer}} {
		if got := Once(copies); got[0].AgentVersion == "older" {
			t.Error("of two that ended together, the one with fewer commands stays")
		}
	}
	first := late
	first.AgentVersion = "first"
	if got := Once([]evidence.Session{first, late}); got[0].AgentVersion != "first" {
		t.Error("of two alike, the second one stays")
	}
	transcript, nameless := late, late
	transcript.Format, nameless.ID = "claude-session", ""
	other := late
	other.Agent = "codex"
	if diff := cmp.Diff([]evidence.Session{transcript, nameless, nameless, other}, Once([]evidence.Session{early, transcript, nameless, nameless, other})); diff != "" {
		t.Errorf("beside the transcript (-want +got):\n%s", diff)
	}
}

// Whatever lies under the ref, reading it ends, and what is read is written again as
// the same note.
func FuzzDecodeNote(f *testing.F) {
	const on = "feedfacefeedfacefeedfacefeedfacefeedface"
	data, err := Encode(NewDocument(on, "", []Entry{{Session: session("s", 1), Files: []Lines{NewLines("a", []evidence.LineRange{{First: 1, Last: 2}}, []uint32{7, 8})}}}))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add(bytes.Repeat(data, 2))
	f.Add(append([]byte("copied by git\n\n"), data...))
	f.Fuzz(func(t *testing.T, data []byte) {
		n, err := DecodeNote(data, on)
		if err != nil {
			return
		}
		for _, d := range append([]Document{n.Document}, n.Copied...) {
			for _, s := range Fragment(d, on, evidence.Origin{Basis: evidence.Reported}).Sessions {
				if s.Origin.Basis.Certain() {
					t.Errorf("a note is %s", s.Origin.Basis)
				}
			}
		}
		first, err := EncodeNote(n)
		if err != nil {
			return
		}
		again, err := DecodeNote(first, on)
		if err != nil {
			t.Fatalf("what was written cannot be read: %v", err)
		}
		if second, _ := EncodeNote(again); !bytes.Equal(first, second) {
			t.Errorf("a note changes when it is written again:\n%s\n%s", first, second)
		}
	})
}
