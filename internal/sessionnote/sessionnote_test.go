package sessionnote

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

const commit = "0123456789abcdef0123456789abcdef01234567"

func session(id string, ended int) evidence.Session {
	return evidence.Session{
		Origin: evidence.Origin{Basis: evidence.Reported, Source: "record"}, ID: id, Agent: "claude-code",
		Started: time.Unix(1_700_000_000, 0).UTC(), Ended: time.Unix(1_700_000_000+int64(ended), 0).UTC(),
	}
}

// TestUnion checks that documents merge as sets do, so that it does not matter
// who pushed first.
func TestUnion(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	some := func() Document {
		var records []Entry
		for range rng.IntN(4) {
			r := Entry{Join: JoinContent, Session: session(fmt.Sprint(rng.IntN(3)), rng.IntN(3))}
			if rng.IntN(2) == 0 {
				r.Files = []Lines{NewLines("a.go", []evidence.LineRange{{First: 1, Last: 1 + rng.IntN(3)}}, nil)}
			}
			records = append(records, r)
		}
		return Union(NewDocument(commit, "", records), NewDocument(commit, "p", nil))
	}
	equal := func(what string, a, b Document) {
		t.Helper()
		x, _ := Encode(a)
		y, _ := Encode(b)
		if !bytes.Equal(x, y) {
			t.Fatalf("%s: %s", what, cmp.Diff(string(x), string(y)))
		}
	}
	for range 2000 {
		a, b, c := some(), some(), some()
		equal("order", Union(a, b), Union(b, a))
		equal("grouping", Union(Union(a, b), c), Union(a, Union(b, c)))
		equal("repetition", Union(Union(a, b), b), Union(a, b))
		for _, r := range a.Entries {
			found := false
			for _, u := range Union(a, b).Entries {
				found = found || u.ID == r.ID
			}
			if !found {
				t.Fatalf("record %s is lost", r.ID)
			}
		}
	}
}

// TestDecodeNamesAgents: a record in which an agent has another spelling is that of
// the same session.
func TestDecodeNamesAgents(t *testing.T) {
	s := session("s", 1)
	s.Agent = "Claude Code"
	data, err := Encode(NewDocument(commit, "", []Entry{{Join: JoinContent, Session: s}}))
	if err != nil {
		t.Fatal(err)
	}
	got, err := Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	want := NewDocument(commit, "", []Entry{{Join: JoinContent, Session: session("s", 1)}})
	if diff := cmp.Diff(want, Union(got, want)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestLines(t *testing.T) {
	ranges := []evidence.LineRange{{First: 3, Last: 4}, {First: 9, Last: 9}}
	l := NewLines("a.go", ranges, []uint32{1, 2, 1 << 31})
	if l.Ranges != "3-4,9" || l.Count() != 3 {
		t.Errorf("lines are %q, %d of them", l.Ranges, l.Count())
	}
	gotRanges, gotHashes := l.Split()
	if diff := cmp.Diff(ranges, gotRanges) + cmp.Diff([]uint32{1, 2, 1 << 31}, gotHashes); diff != "" {
		t.Error(diff)
	}
}

func TestDecodeRefuses(t *testing.T) {
	long := strings.Repeat(" ", MaxBytes+1)
	for name, c := range map[string]struct {
		data string
		want evidence.Reason
	}{
		"no JSON":              {"ticket: 7", evidence.Unreadable},
		"another tool's":       {`{"version":"0.1.0"}`, evidence.Unreadable},
		"a later version":      {`{"schema":"https://mergebrief.github.io/record/v2"}`, evidence.Unsupported},
		"no commit":            {`{"schema":"` + Schema + `","commit":"HEAD"}`, evidence.Unreadable},
		"too large":            {long, evidence.Truncated},
		"too many sessions":    {`{"schema":"` + Schema + `","commit":"` + commit + `","records":[{}` + strings.Repeat(",{}", maxEntries) + `]}`, evidence.Truncated},
		"line 0":               {`{"schema":"` + Schema + `","commit":"` + commit + `","records":[{"files":[{"path":"a","lines":"0-3"}]}]}`, evidence.Unreadable},
		"the same line twice":  {`{"schema":"` + Schema + `","commit":"` + commit + `","records":[{"files":[{"path":"a","lines":"1-3,3"}]}]}`, evidence.Unreadable},
		"a line beyond belief": {`{"schema":"` + Schema + `","commit":"` + commit + `","records":[{"files":[{"path":"a","lines":"` + fmt.Sprint(maxLine+1) + `"}]}]}`, evidence.Unreadable},
		"lines that descend":   {`{"schema":"` + Schema + `","commit":"` + commit + `","records":[{"files":[{"path":"a","lines":"4-3"}]}]}`, evidence.Unreadable},
		"hashes that lack":     {`{"schema":"` + Schema + `","commit":"` + commit + `","records":[{"files":[{"path":"a","lines":"1-3","hashes":"AAAAAA"}]}]}`, evidence.Unreadable},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Decode([]byte(c.data))
			if err == nil || evidence.ReasonOf(err, "") != c.want {
				t.Errorf("error is %v, want the reason %s", err, c.want)
			}
		})
	}
}

// What is just within the limits is read.
func TestDecodeLimits(t *testing.T) {
	start := `{"schema":"` + Schema + `","commit":"` + commit + `"`
	for name, data := range map[string]string{
		"length":   start + "}" + strings.Repeat(" ", MaxBytes-len(start)-1),
		"sessions": start + `,"records":[{}` + strings.Repeat(",{}", maxEntries-1) + `]}`,
		"a line":   start + `,"records":[{"files":[{"path":"a","lines":"2-4,` + fmt.Sprint(maxLine) + `","hashes":"AAAAAAAAAAAAAAAAAAAAAA"}]}]}`,
	} {
		if _, err := Decode([]byte(data)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Of two records of a session the one that knows more stays: the one that was made
// for the commit, then the one taken last, then the one with more lines.
func TestFuller(t *testing.T) {
	lines := func(n int) []Lines { return []Lines{NewLines("a.go", []evidence.LineRange{{First: 1, Last: n}}, nil)} }
	carried := Entry{Session: session("s", 9), Carried: "patch-id", Files: lines(99)}
	early := Entry{Session: session("s", 1), Files: lines(99)}
	late := Entry{Session: session("s", 2), Files: lines(1)}
	more := Entry{Session: session("s", 2), Files: lines(2)}
	longer := more
	longer.Session.AgentVersion = "1.2.3"
	order := []Entry{carried, early, late, more, longer}
	for i := range order {
		for k := range order {
			if got := fuller(order[i], order[k]); got != (i > k) {
				t.Errorf("record %d is fuller than %d: %v", i, k, got)
			}
		}
	}
	for _, r := range Union(NewDocument(commit, "", []Entry{late}), NewDocument(commit, "", []Entry{early})).Entries {
		if r.LineCount() != 1 {
			t.Errorf("the earlier record stays, with %d lines", r.LineCount())
		}
	}
	if !late.Same(early) || late.Same(Entry{Session: session("t", 2)}) {
		t.Error("records are the same by their sessions")
	}
}

// A document that git copied to another commit keeps its own name.
func TestUnionCopied(t *testing.T) {
	a, b := NewDocument(commit, "p", nil), NewDocument(strings.Repeat("f", 40), "q", nil)
	for _, u := range []Document{Union(a, b), Union(b, a)} {
		if u.Commit != commit || u.Patch != "p" {
			t.Errorf("%s, patch %s", u.Commit, u.Patch)
		}
	}
}

func TestLineHashes(t *testing.T) {
	f := evidence.File{
		Lines: []evidence.LineHash{1, 2, 3, 4},
		Spans: []evidence.LineRange{{First: 3, Last: 4}, {First: 8, Last: 20}},
	}
	for name, c := range map[string]struct {
		ranges []evidence.LineRange
		want   []uint32
	}{
		"all":              {[]evidence.LineRange{{First: 3, Last: 4}, {First: 8, Last: 9}}, []uint32{1, 2, 3, 4}},
		"one":              {[]evidence.LineRange{{First: 4, Last: 4}}, []uint32{2}},
		"one not added":    {[]evidence.LineRange{{First: 3, Last: 5}}, nil},
		"one not known":    {[]evidence.LineRange{{First: 9, Last: 10}}, nil},
		"nothing asked":    {nil, nil},
		"before the first": {[]evidence.LineRange{{First: 2, Last: 3}}, nil},
	} {
		if diff := cmp.Diff(c.want, LineHashes(f, c.ranges)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if l := NewLines("a.go", nil, nil); l.Hashes != "" || l.Ranges != "" {
		t.Errorf("%+v", l)
	}
}

func FuzzDecode(f *testing.F) {
	data, err := Encode(NewDocument(commit, "", []Entry{{Session: session("s", 1), Files: []Lines{NewLines("a", []evidence.LineRange{{First: 1, Last: 2}}, []uint32{7, 8})}}}))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := Decode(data)
		if err != nil {
			return
		}
		fragment := Fragment(d, commit, evidence.Origin{})
		Confirm(fragment.Claims, nil)
		Once(fragment.Sessions)
		if first, err := Encode(Union(d, d)); err == nil {
			if again, err := Decode(first); err == nil {
				if second, _ := Encode(Union(again, again)); !bytes.Equal(first, second) {
					t.Errorf("a document changes when it is merged with itself:\n%s\n%s", first, second)
				}
			}
		}
	})
}

// TestReduceTellsNothing gives every place of a session where text can stand a
// word of its own and looks for it in the document.
func TestReduceTellsNothing(t *testing.T) {
	const secret = "zebra"
	s := session("s", 9)
	s.Prompts = evidence.Prompts{Count: 1, Undisclosed: []string{secret}}
	s.Ending = secret + " and more"
	s.Commands = []evidence.Command{
		{Line: "ZEBRA=" + secret + " go test ./internal/token -run " + secret + " <<EOF " + secret, Family: "go test", Class: evidence.ClassTest, Outcome: evidence.CommandFailed, Summary: "--- FAIL: " + secret},
		{Line: "cat >/home/" + secret, Family: "/home/" + secret + "/x y", Class: evidence.ClassOther, Outcome: evidence.CommandFailed, Dir: "/home/" + secret},
	}
	s.FilesRead = []string{"internal/token/token.go", secret + ".txt", "/etc/" + secret}
	s.Edits = []evidence.Edit{{Path: "/home/" + secret}, {Path: "internal/token/token.go"}}
	s.Unavailable = []evidence.MissingContext{{Name: "https://docs.example.com/" + secret, Detail: secret}, {Name: "/home/" + secret}}
	s.Boundaries = []evidence.Boundary{{Worker: secret, Branch: secret, SecretRules: []string{secret}, AllowedTools: []string{"Bash(" + secret + ":*)"}, AllowedCommands: []string{"echo '" + secret + "'"}}}
	s.Denied = []evidence.DeniedCall{{Tool: "Bash", Subject: secret, By: evidence.DeniedByUser}}
	s.Links = evidence.Links{Commits: []string{"feedface" + secret}, PullRequests: []string{"https://github.com/other/" + secret + "/pull/1"}}
	s.Assurances = []evidence.Assurance{{Kind: evidence.StatesFilesChanged, Paths: []string{secret}}}
	s.Repairs = []evidence.Repair{{Family: "go test", Edited: []string{"/home/" + secret, "internal/token/token.go"}}}
	got := Reduce(s, Scope{
		Path:    func(p string) (string, bool) { return p, p != "" && !strings.HasPrefix(p, "/") },
		Tracked: func(p string) bool { return strings.HasPrefix("internal/token/token.go", p) },
	}, []string{"internal/token/token.go"}, Budget(1))
	data, err := Encode(NewDocument(commit, "", []Entry{{Session: got}}))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(data), secret) {
		t.Errorf("the document tells of it: %s", data)
	}
	if got.Commands[0].Line != "go test ./internal/token" {
		t.Errorf("the command became %q", got.Commands[0].Line)
	}
	if diff := cmp.Diff([]string{"internal/token/token.go"}, got.FilesRead); diff != "" {
		t.Error(diff)
	}
	if got.EditsOmitted != 1 || len(got.Edits) != 1 {
		t.Errorf("%d edits, %d omitted", len(got.Edits), got.EditsOmitted)
	}
}

// TestBudget gives a session far more than fits.
func TestBudget(t *testing.T) {
	s := session("s", 9)
	for i := range 1500 {
		outcome := evidence.CommandOK
		if i%50 == 0 {
			outcome = evidence.CommandFailed
		}
		s.Commands = append(s.Commands, evidence.Command{Line: "go test ./...", Family: "go test", Class: evidence.ClassTest, Outcome: outcome})
		s.FilesRead = append(s.FilesRead, fmt.Sprintf("internal/some/folder/file%d.go", i))
	}
	all := func(p string) (string, bool) { return p, true }
	got := Reduce(s, Scope{Path: all, Tracked: func(string) bool { return true }}, nil, Budget(1))
	if n := size(got); n > Budget(1) {
		t.Errorf("the session takes %d bytes of %d", n, Budget(1))
	}
	if got.CommandsOmitted+len(got.Commands) != 1500 {
		t.Errorf("%d commands and %d omitted are not 1500", len(got.Commands), got.CommandsOmitted)
	}
	if got.Commands[0].Outcome != evidence.CommandFailed {
		t.Error("a failed command was left out for one that passed")
	}
}

// TestConfirm has a record of four lines: one that is in the change as recorded,
// one that the commit has otherwise, one that a later commit took away, and one
// in a file of which the change knows nothing.
func TestConfirm(t *testing.T) {
	hash := func(s string) evidence.LineHash { h, _ := evidence.HashLine([]byte(s)); return h }
	files := []evidence.File{{
		Path: "b.go", Spans: []evidence.LineRange{{First: 5, Last: 6}}, Lines: []evidence.LineHash{hash("one"), hash("two")},
		Origins: []evidence.LineOrigin{{LineRange: evidence.LineRange{First: 5, Last: 6}, Commit: commit, Path: "a.go", Line: 1}},
	}}
	claim := evidence.Claim{
		Commit: commit, Path: "a.go", Method: evidence.MethodRecord, Confidence: evidence.Strong,
		Ranges: []evidence.LineRange{{First: 1, Last: 3}}, Hashes: []uint32{Fold(hash("one")), Fold(hash("other")), Fold(hash("gone"))},
	}
	unhashed := evidence.Claim{Commit: commit, Path: "c.go", Method: evidence.MethodRecord, Confidence: evidence.Strong, Ranges: []evidence.LineRange{{First: 1, Last: 1}}}
	lost := claim
	lost.Ranges, lost.Hashes = []evidence.LineRange{{First: 2, Last: 9}}, []uint32{Fold(hash("two"))}
	gone := claim
	gone.Ranges, gone.Hashes = []evidence.LineRange{{First: 3, Last: 3}}, []uint32{Fold(hash("gone"))}
	if got, other := Confirm([]evidence.Claim{lost, gone}, files); len(got) != 1 || len(other) != 0 || cmp.Diff([]evidence.LineRange{{First: 2, Last: 2}}, got[0].Ranges) != "" {
		t.Errorf("fewer hashes than lines, and lines that are gone: %+v, %v", got, other)
	}
	last := claim
	last.Ranges, last.Hashes = []evidence.LineRange{{First: 1, Last: 2}}, []uint32{Fold(hash("one")), Fold(hash("two"))}
	if got, _ := Confirm([]evidence.Claim{last}, files); cmp.Diff(last.Ranges, got[0].Ranges) != "" {
		t.Errorf("of two lines that are as recorded: %+v", got[0].Ranges)
	}
	files[0].Spans[0].Last = 99
	got, other := Confirm([]evidence.Claim{claim, unhashed}, files)
	want := []evidence.Claim{claim, unhashed}
	want[0].Ranges, want[0].Hashes = []evidence.LineRange{{First: 1, Last: 1}}, nil
	want[1].Confidence = evidence.Stated
	if diff := cmp.Diff(want, got) + cmp.Diff(map[string]int{commit: 1}, other); diff != "" {
		t.Error(diff)
	}
}
