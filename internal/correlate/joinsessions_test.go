package correlate

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// joinedRecord is a change of two commits, each with a file of its own, and one
// run. The first commit wrote the file of an hour ago.
func joinedRecord() *evidence.Record {
	first, second := strings.Repeat("1", 40), strings.Repeat("2", 40)
	noon := time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)
	a := addedFile("a.go", 1, "package a\n\nfunc A() int {\n\treturn 41 + 1\n}\n")
	a.Origins = []evidence.LineOrigin{{LineRange: evidence.LineRange{First: 1, Last: 5}, Commit: first, Line: 1}}
	b := addedFile("b.go", 1, "package a\n\nfunc B() {}\n")
	b.Origins = []evidence.LineOrigin{{LineRange: evidence.LineRange{First: 1, Last: 3}, Commit: second, Line: 1}}
	rec := &evidence.Record{Target: evidence.Target{
		Repository: evidence.Repository{Server: "https://github.com", Owner: "octo", Name: "shop"}, PullRequest: 7, MergeBase: strings.Repeat("0", 40), Head: second,
	}}
	rec.Commits = []evidence.Commit{{ID: first, Authored: noon}, {ID: second, Authored: noon.Add(time.Minute)}}
	rec.Files = []evidence.File{a, b}
	rec.Sessions = []evidence.Session{{
		ID: "run-1", Format: "claude-session", Origin: evidence.Origin{Basis: evidence.Reported, Source: "files", URI: "t.jsonl"},
		Started: noon.Add(-2 * time.Hour), Ended: noon.Add(-time.Minute),
	}}
	return rec
}

func TestJoinSessions(t *testing.T) {
	first, second := strings.Repeat("1", 40), strings.Repeat("2", 40)
	edit := func(rec *evidence.Record, e evidence.Edit, at time.Duration) {
		e.Time = rec.Sessions[0].Ended.Add(at)
		rec.Sessions[0].Edits = append(rec.Sessions[0].Edits, e)
	}
	for name, c := range map[string]struct {
		change func(*evidence.Record)
		want   []string
	}{
		"nothing": {func(*evidence.Record) {}, nil},
		"link to the pull request": {func(r *evidence.Record) {
			r.Sessions[0].Links.PullRequests = []string{"https://github.com/Octo/shop/pull/7/files"}
		}, []string{" pull-request-link strong"}},
		"link to another pull request": {func(r *evidence.Record) {
			r.Sessions[0].Links.PullRequests = []string{"https://github.com/octo/shop/pull/70", "https://github.com/octo/other/pull/7", "https://example.org/octo/shop/pull/7"}
		}, nil},
		"commit output": {func(r *evidence.Record) { r.Sessions[0].Links.Commits = []string{"1111111", "3333333", "22"} }, []string{"1 commit-output strong"}},
		"note": {func(r *evidence.Record) {
			r.Claims = []evidence.Claim{{Session: "run-1", Commit: second, Method: evidence.MethodNote}, {Session: "run-1", Commit: "elsewhere", Method: evidence.MethodNote}, {Session: "run-2", Commit: first, Method: evidence.MethodNote}}
		}, []string{"2 git-note reported"}},
		"trace of the parent": {func(r *evidence.Record) {
			r.Claims = []evidence.Claim{{Session: "run-1", Commit: r.Target.MergeBase, Method: evidence.MethodTrace}}
		}, []string{" agent-trace reported"}},
		"checkpoint": {func(r *evidence.Record) {
			r.Claims = []evidence.Claim{{Session: "run-1", Commit: first, Method: evidence.MethodCheckpoint}}
		}, []string{"1 checkpoint reported"}},
		"trailer": {func(r *evidence.Record) {
			r.Commits[1].Trailers = []evidence.Trailer{{Key: "Amp-Thread-ID", Value: "https://ampcode.com/threads/run-1"}}
			r.Commits[0].Trailers = []evidence.Trailer{{Key: "Entire-Session", Value: "run-1"}}
		}, []string{"1 trailer reported", "2 trailer reported"}},
		"trailer of another tool that records": {func(r *evidence.Record) {
			r.Commits[0].Trailers = []evidence.Trailer{{Key: "Agent-Session", Value: "run-1"}}
		}, []string{"1 trailer reported"}},
		"trailer that says something else": {func(r *evidence.Record) {
			r.Commits[0].Trailers = []evidence.Trailer{{Key: "See-also", Value: "run-1"}}
		}, nil},
		"trailer with another run": {func(r *evidence.Record) {
			r.Commits[0].Trailers = []evidence.Trailer{{Key: "Entire-Session", Value: "run-2"}}
		}, nil},
		"trailer of an agent with another run": {func(r *evidence.Record) {
			r.Commits[0].Trailers = []evidence.Trailer{{Key: "Amp-Thread-ID", Value: "https://ampcode.com/threads/run-2"}}
		}, nil},
		"description":                  {func(r *evidence.Record) { r.Mentions = []evidence.Mention{{Session: "run-1"}, {Session: "run-2"}} }, []string{" description reported"}},
		"description with another run": {func(r *evidence.Record) { r.Mentions = []evidence.Mention{{Session: "run-2"}} }, nil},
		"another branch": {func(r *evidence.Record) {
			r.PullRequest = &evidence.PullRequest{HeadRef: "fix", BaseRef: "main"}
			r.Sessions[0].Boundaries = []evidence.Boundary{{Branch: "other"}}
		}, nil},
		"link to a pull request where there is none": {func(r *evidence.Record) {
			r.Target.PullRequest = 0
			r.Sessions[0].Links.PullRequests = []string{"https://github.com/octo/shop/pull/0"}
		}, nil},
		"traces of the parent and of the commit": {func(r *evidence.Record) {
			r.Claims = []evidence.Claim{{Session: "run-1", Commit: first, Method: evidence.MethodTrace}, {Session: "run-1", Commit: r.Target.MergeBase, Method: evidence.MethodTrace}}
		}, []string{" agent-trace reported", "1 agent-trace reported"}},
		"three lines of many": {func(r *evidence.Record) {
			edit(r, editOf("a.go", "func A() int {\n\treturn 41 + 1\n}\n"+strings.Repeat("other\n", 20)), 72*time.Hour)
		}, []string{"1 content-match likely"}},
		"half of all that it wrote": {func(r *evidence.Record) {
			edit(r, editOf("a.go", "func A() int {\n\treturn 41 + 1\nother\nmore\n"), 72*time.Hour)
		}, []string{"1 content-match likely"}},
		"less than half": {func(r *evidence.Record) {
			edit(r, editOf("a.go", "func A() int {\n\treturn 41 + 1\nother\nmore\nmore\n"), 72*time.Hour)
		}, nil},
		"lines above those of another commit": {func(r *evidence.Record) {
			r.Files[0].Origins[0].Last = 4
			r.Files[0].Origins = append(r.Files[0].Origins, evidence.LineOrigin{LineRange: evidence.LineRange{First: 5, Last: 5}, Commit: second, Line: 5})
			edit(r, editOf("a.go", "package a\nfunc A() int {\n\treturn 41 + 1\n"), 72*time.Hour)
		}, []string{"1 content-match likely"}},
		"recorded some days before": {func(r *evidence.Record) {
			r.Sessions[0].Format, r.Sessions[0].Ended = "commands", r.Commits[0].Authored.Add(-6*24*time.Hour)
		}, []string{" workspace likely"}},
		"content and time": {func(r *evidence.Record) {
			edit(r, editOf("a.go", "func A() int {\n\treturn 41 + 1\n}\n"), -time.Minute)
		}, []string{"1 content-match likely", "1 time likely"}},
		"same file, another time": {func(r *evidence.Record) {
			edit(r, editOf("a.go", "something else\n"), -time.Minute)
			r.Sessions[0].Ended = r.Sessions[0].Ended.Add(-48 * time.Hour)
		}, nil},
		"edited after the commit": {func(r *evidence.Record) { edit(r, editOf("a.go", "something else\n"), 2*time.Minute) }, nil},
		"lines alike by chance": {func(r *evidence.Record) {
			edit(r, editOf("a.go", "package a\n"+strings.Repeat("other\n", 20)), 72*time.Hour)
		}, nil},
		"branch": {func(r *evidence.Record) {
			r.PullRequest = &evidence.PullRequest{HeadRef: "fix", BaseRef: "main"}
			r.Sessions[0].Boundaries = []evidence.Boundary{{Branch: "main"}, {Branch: "fix"}}
		}, []string{" branch likely"}},
		"recorded long before": {func(r *evidence.Record) {
			r.Sessions[0].Format, r.Sessions[0].Ended = "commands", r.Commits[0].Authored.Add(-8*24*time.Hour)
		}, nil},
		"recorded in the workspace": {func(r *evidence.Record) { r.Sessions[0].Format = "commands" }, []string{" workspace likely"}},
	} {
		t.Run(name, func(t *testing.T) {
			rec := joinedRecord()
			c.change(rec)
			Join(rec)
			var got []string
			for _, j := range rec.Sessions[0].Joins {
				got = append(got, j.Commit[:min(1, len(j.Commit))]+" "+string(j.Method)+" "+string(j.Confidence))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if (len(rec.Gaps) == 0) != (len(c.want) > 0) {
				t.Errorf("gaps = %+v", rec.Gaps)
			}
		})
	}
}

// Runs that nothing joins are one gap however many they are, claim no line, and
// are none beside a run that is joined.
func TestJoinSessionsApart(t *testing.T) {
	rec := joinedRecord()
	chance := evidence.Claim{Origin: rec.Sessions[0].Origin, Session: "run-1", Commit: rec.Target.Head, Path: "a.go", Method: evidence.MethodContent, Ranges: []evidence.LineRange{{First: 1, Last: 1}}}
	note := evidence.Claim{Session: "run-9", Commit: "elsewhere", Method: evidence.MethodNote}
	rec.Claims = []evidence.Claim{chance, note}
	rec.Sessions[0].Edits = []evidence.Edit{editOf("a.go", "package a\n"+strings.Repeat("other\n", 20))}
	for range 1000 {
		rec.Sessions = append(rec.Sessions, rec.Sessions[0])
	}
	gaps := joinSessions(rec)
	if len(gaps) != 1 || !strings.HasPrefix(gaps[0].Detail, "nothing joins the 1001 recorded runs with it (run-1, run-1, run-1 and 998 more): ") || gaps[0].Origin.URI != "t.jsonl" {
		t.Errorf("gaps = %+v", gaps)
	}
	if diff := cmp.Diff([]evidence.Claim{note}, rec.Claims); diff != "" {
		t.Errorf("claims (-want +got):\n%s", diff)
	}
	rec.Sessions[7].Links.PullRequests = []string{"https://github.com/octo/shop/pull/7"}
	if gaps := joinSessions(rec); len(gaps) > 0 || len(rec.Sessions[7].Joins) != 1 {
		t.Errorf("beside a joined one: %+v", gaps)
	}
	rec.Commits, rec.Files = nil, nil
	if gaps := joinSessions(rec); len(gaps) > 0 {
		t.Errorf("without a change: %+v", gaps)
	}
}

// A gap is told however little of the change is known, and names each run.
func TestJoinSessionsGap(t *testing.T) {
	const end = ": it names no commit of it and not the pull request, and wrote none of its lines"
	detail := func(change func(*evidence.Record)) string {
		rec := joinedRecord()
		change(rec)
		var all []string
		for _, g := range joinSessions(rec) {
			all = append(all, g.Detail)
		}
		return strings.Join(all, "\n")
	}
	for name, change := range map[string]func(*evidence.Record){
		"one run":         func(*evidence.Record) {},
		"without files":   func(r *evidence.Record) { r.Files = nil },
		"without commits": func(r *evidence.Record) { r.Commits = nil },
	} {
		if got, want := detail(change), "nothing joins the recorded run run-1 with it"+end; got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	three := detail(func(r *evidence.Record) { r.Sessions = append(r.Sessions, r.Sessions[0], r.Sessions[0]) })
	if !strings.HasPrefix(three, "nothing joins the 3 recorded runs with it (run-1, run-1, run-1): ") {
		t.Error(three)
	}
}

// TestJoinForks: a run that was forked from one that is joined is joined, too, and so
// are the forks of that.
func TestJoinForks(t *testing.T) {
	list := []evidence.Session{
		{Agent: "codex", ID: "grandchild", ParentID: "child"},
		{Agent: "codex", ID: "child", ParentID: "was parent"},
		{Agent: "codex", ID: "parent", Continued: []string{"was parent"}, Joins: []evidence.SessionJoin{{Method: evidence.JoinTrailer}}},
		{Agent: "codex", ID: "of another", ParentID: "other"},
		{Agent: "pi", ID: "of another agent", ParentID: "parent"},
		{Agent: "codex", ID: "without a name"},
	}
	joinForks(list)
	for _, s := range list {
		want := s.ID == "grandchild" || s.ID == "child" || s.ID == "parent"
		if (len(s.Joins) == 1) != want {
			t.Errorf("%s: %v", s.ID, s.Joins)
		}
	}
}
