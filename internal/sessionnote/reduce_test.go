package sessionnote

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// everything is a scope in which all paths are of the repository.
func everything() Scope {
	return Scope{
		Repository: "octo/shop",
		Path: func(p string) (string, bool) {
			return strings.TrimPrefix(p, "/srv/"), !strings.HasPrefix(p, "/etc/") && !strings.Contains(p, "://")
		},
		Tracked: func(p string) bool { return !strings.HasPrefix(p, "untracked") },
		Commits: []string{commit},
	}
}

func reduced(s evidence.Session) evidence.Session {
	return Reduce(s, everything(), []string{"a.go"}, 1<<20)
}

func TestReduceCommands(t *testing.T) {
	command := func(line string, class evidence.CommandClass, outcome evidence.CommandOutcome, masked evidence.Mask) evidence.Command {
		return evidence.Command{Line: line, Family: strings.Fields(line)[0], Class: class, Outcome: outcome, Masked: masked}
	}
	s := session("s", 9)
	s.Commands = []evidence.Command{
		command("ls", evidence.ClassOther, evidence.CommandOK, ""),
		command("false", evidence.ClassOther, evidence.CommandFailed, ""),
		command("gotest", evidence.ClassTest, evidence.CommandOK, ""),
		command("gopipe", evidence.ClassTest, evidence.CommandOK, evidence.MaskPipe),
		command("gofail", evidence.ClassTest, evidence.CommandFailed, ""),
		command("golast", evidence.ClassTest, evidence.CommandOK, ""),
	}
	at := func(n int) *int { return &n }
	s.Repairs = []evidence.Repair{
		{Family: "gofail", FirstFailure: at(4), LastRun: at(5)}, {Family: "ls", FirstFailure: at(0), LastRun: at(6)}, {Family: "x", FirstFailure: at(-1)}, {Family: "false", FirstFailure: at(1)},
	}
	s.CommandsOmitted = 3
	for limit, want := range map[int]string{
		9: "false gotest gopipe gofail golast, 4 omitted, repaired 3-4 -- -- 0-",
		4: "gotest gopipe gofail golast, 5 omitted, repaired 2-3 -- -- --",
		3: "gotest gopipe gofail, 6 omitted, repaired 2- -- -- --",
		2: "gopipe gofail, 7 omitted, repaired 1- -- -- --",
	} {
		var out evidence.Session
		r := reducer{Scope: everything()}
		kept := r.commands(&out, s, limit)
		r.repairs(&out, s, kept, 9)
		var words []string
		for _, c := range out.Commands {
			words = append(words, c.Line)
		}
		got := fmt.Sprintf("%s, %d omitted, repaired", strings.Join(words, " "), out.CommandsOmitted)
		number := func(n *int) string {
			if n == nil {
				return ""
			}
			return fmt.Sprint(*n)
		}
		for _, x := range out.Repairs {
			got += " " + number(x.FirstFailure) + "-" + number(x.LastRun)
			if x.FirstFailure == nil && x.LastRun == nil {
				got += "-"
			}
		}
		if got != want {
			t.Errorf("%d commands: %s, want %s", limit, got, want)
		}
	}
}

// A repair that began with the first command of all names it.
func TestReduceFirstRepair(t *testing.T) {
	first := 0
	s := session("s", 9)
	s.Commands = []evidence.Command{{Family: "go test", Class: evidence.ClassTest, Outcome: evidence.CommandFailed}}
	s.Repairs = []evidence.Repair{{Family: "go test", FirstFailure: &first}}
	if got := reduced(s).Repairs[0].FirstFailure; got == nil || *got != 0 {
		t.Errorf("it names %v", got)
	}
}

func TestReduceCommand(t *testing.T) {
	r := reducer{Scope: everything()}
	long := strings.Repeat("a/", 94) + "b.go"
	for name, c := range map[string]struct {
		in   evidence.Command
		want evidence.Command
	}{
		"a folder of the repository":   {evidence.Command{Family: "go test", Dir: "/srv/web"}, evidence.Command{Family: "go test", Line: "go test", Dir: "web"}},
		"no folder":                    {evidence.Command{Family: "go test"}, evidence.Command{Family: "go test", Line: "go test"}},
		"an untracked folder":          {evidence.Command{Family: "go test", Dir: "untracked"}, evidence.Command{Family: "go test", Line: "go test"}},
		"a program with its path":      {evidence.Command{Family: "./bin/check"}, evidence.Command{Family: "check", Line: "check"}},
		"no family":                    {evidence.Command{}, evidence.Command{Family: "other", Line: "other"}},
		"a script":                     {evidence.Command{Family: "a/b c"}, evidence.Command{Family: "other", Line: "other"}},
		"numbers and words of runners": {evidence.Command{Family: "go", Summary: "12 tests passed, 3 failed"}, evidence.Command{Family: "go", Line: "go", Summary: "12 tests passed, 3 failed"}},
		"other words":                  {evidence.Command{Family: "go", Summary: "12 zebra passed"}, evidence.Command{Family: "go", Line: "go"}},
		"a word that is cut":           {evidence.Command{Family: "go", Summary: "1 tests{passed"}, evidence.Command{Family: "go", Line: "go", Summary: "1 tests{passed"}},
		"the last letter":              {evidence.Command{Family: "go", Summary: "3 z"}, evidence.Command{Family: "go", Line: "go"}},
		"a word with a number in it":   {evidence.Command{Family: "go", Summary: "te5sts"}, evidence.Command{Family: "go", Line: "go"}},
		"files of a validation": {
			evidence.Command{Family: "go test", Class: evidence.ClassTest, Line: "go test ./... ./a/b.go untracked/x.go -run=x/y /etc/x ."},
			evidence.Command{Family: "go test", Class: evidence.ClassTest, Line: "go test ./... ./a/b.go ."},
		},
		"files of other commands": {evidence.Command{Family: "cat", Line: "cat ./a/b.go"}, evidence.Command{Family: "cat", Line: "cat"}},
		"as many as fit": {
			evidence.Command{Family: "go test", Class: evidence.ClassTest, Line: "go test " + long[:192] + " a.go"},
			evidence.Command{Family: "go test", Class: evidence.ClassTest, Line: "go test " + long[:192]},
		},
		"one that does not fit": {
			evidence.Command{Family: "go test", Class: evidence.ClassTest, Line: "go test a/" + long[:191] + " a.go"},
			evidence.Command{Family: "go test", Class: evidence.ClassTest, Line: "go test a.go"},
		},
	} {
		if diff := cmp.Diff(c.want, r.command(c.in)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestReduceLists(t *testing.T) {
	s := session("s", 9)
	s.Drift = []evidence.Drift{{Name: "go"}, {Name: ""}}
	s.Edits = []evidence.Edit{{Path: "/srv/a.go", Added: 2}, {Path: "b.go"}, {Path: "/etc/a.go"}}
	s.EditsOmitted = 1
	s.Links = evidence.Links{
		Commits:      []string{commit[:7], commit[:6], commit, "feedfac"},
		PullRequests: []string{"https://github.com/octo/shop/pull/7", "https://github.com/octo/other/pull/7"},
	}
	s.Unavailable = []evidence.MissingContext{{Name: "https://docs.example.com/x"}, {Name: "https://docs.example.com/y"}, {Name: "/srv/a.go"}, {Name: "/etc/x"}, {Name: "/etc/%zz"}}
	s.Boundaries = []evidence.Boundary{{AllowedTools: []string{"Bash(x:*)", "Bash", "Read", "a b c"}}}
	got := reduced(s)
	want := reduced(session("s", 9))
	want.Drift = []evidence.Drift{{Name: "go"}, {Name: "other"}}
	want.Edits, want.EditsOmitted = []evidence.Edit{{Path: "a.go", Added: 2}}, 3
	want.Links = evidence.Links{Commits: []string{commit[:7], commit}, PullRequests: []string{"https://github.com/octo/shop/pull/7"}}
	want.Unavailable = []evidence.MissingContext{{Name: "docs.example.com"}, {Name: "a.go"}, {Name: "outside the repository"}}
	want.Boundaries = []evidence.Boundary{{AllowedTools: []string{"Bash", "Read"}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	scope := everything()
	scope.Repository = ""
	if got := Reduce(s, scope, nil, 1<<20); got.Links.PullRequests != nil {
		t.Errorf("pull requests of a repository without a name: %v", got.Links.PullRequests)
	}
}

// Lists end where their limits say.
func TestReduceLimits(t *testing.T) {
	r := reducer{Scope: everything(), files: []string{"a.go"}}
	if got := r.paths([]string{"a", "b", "c"}, 2); len(got) != 2 {
		t.Errorf("%d paths", len(got))
	}
	if got := sources([]evidence.External{{Name: "a"}, {Name: "b"}, {Name: "c"}}, 2); len(got) != 2 {
		t.Errorf("%d sources", len(got))
	}
	var out evidence.Session
	r.edits(&out, evidence.Session{Edits: []evidence.Edit{{Path: "a.go"}, {Path: "a.go"}, {Path: "a.go"}}}, 2)
	if len(out.Edits) != 2 || out.EditsOmitted != 1 {
		t.Errorf("%d edits, %d omitted", len(out.Edits), out.EditsOmitted)
	}
	l := limits{60, 120, 60}.half()
	if diff := cmp.Diff(limits{30, 60, 30}, l, cmp.AllowUnexported(limits{})); diff != "" {
		t.Error(diff)
	}
	if l := (limits{5, 6, 7}).half(); l != (limits{minListed, minListed, minListed}) {
		t.Errorf("cut further: %v", l)
	}
	if Budget(0) != Budget(1) || Budget(1) != sessionBytes || Budget(2) != sessionBytes/2 {
		t.Errorf("budgets: %d, %d, %d", Budget(0), Budget(1), Budget(2))
	}
}

// A session that fits is not cut, to the last byte.
func TestReduceFits(t *testing.T) {
	s := session("s", 9)
	for i := range 100 {
		s.FilesRead = append(s.FilesRead, fmt.Sprintf("file%d.go", i))
	}
	whole := reduced(s)
	if len(whole.FilesRead) != 100 {
		t.Fatalf("%d files", len(whole.FilesRead))
	}
	for budget, want := range map[int]int{size(whole): 100, size(whole) - 1: 60, 1: minListed} {
		if got := Reduce(s, everything(), nil, budget); len(got.FilesRead) != want {
			t.Errorf("%d files in %d bytes, want %d", len(got.FilesRead), budget, want)
		}
	}
}

// TestReduceNames keeps what hosts, servers, tools and boundaries are called, and
// nothing that may be a text.
func TestReduceNames(t *testing.T) {
	s := session("s", 9)
	s.External = []evidence.External{
		{Kind: evidence.ExternalMCP, Name: "github/get_issue", Count: 1},
		{Kind: evidence.ExternalURL, Name: "wiki.corp", Count: 2},
		{Kind: evidence.ExternalMCP, Name: "a server/of many words", Count: 3},
	}
	s.Drift = []evidence.Drift{{Kind: evidence.DriftHooks, Name: "--no-verify", Count: 1}, {Kind: evidence.DriftHooks, Name: "--message=some words", Count: 1}}
	s.Unavailable = []evidence.MissingContext{{Name: "https://wiki.corp/page", Reason: evidence.Denied}, {Name: "untracked.go", Reason: evidence.NotFound}, {Name: "/etc/x", Reason: evidence.NotFound}}
	s.Boundaries = []evidence.Boundary{{AllowedHosts: []string{"*.corp", "some words"}, Permissions: []string{"contents: write", "contents: words of somebody"}}}
	got := reduced(s)
	var names []string
	for _, x := range got.External {
		names = append(names, x.Name)
	}
	for _, x := range got.Drift {
		names = append(names, x.Name)
	}
	for _, x := range got.Unavailable {
		names = append(names, x.Name)
	}
	names = append(append(names, got.Boundaries[0].AllowedHosts...), got.Boundaries[0].Permissions...)
	want := []string{
		"github/get_issue", "wiki.corp", "other", "--no-verify", "other",
		"wiki.corp", "a path of the repository that the commit does not have", "outside the repository", "*.corp", "contents: write",
	}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Error(diff)
	}
}

// TestReduceDigests: without the key nobody can compare a digest with a guess, and
// without any key there is none.
func TestReduceDigests(t *testing.T) {
	s := session("s", 9)
	s.Prompts.Digest, s.InstructionsDigest = "sha256:01", "sha256:02"
	s.Assurances = []evidence.Assurance{{Kind: evidence.StatesFilesChanged, Digest: "sha256:03"}}
	digests := func(key string) []string {
		scope := everything()
		scope.Key = []byte(key)
		got := Reduce(s, scope, nil, 1<<20)
		return []string{got.Prompts.Digest, got.InstructionsDigest, got.Assurances[0].Digest}
	}
	if diff := cmp.Diff([]string{"", "", ""}, digests("")); diff != "" {
		t.Error(diff)
	}
	one, same, other := digests("one"), digests("one"), digests("other")
	for i := range one {
		if one[i] != same[i] || one[i] == other[i] || !strings.HasPrefix(one[i], "hmac-sha256:") {
			t.Errorf("%s, once more %s, with another key %s", one[i], same[i], other[i])
		}
	}
}
