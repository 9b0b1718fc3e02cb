package commandline

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEchoedStatus(t *testing.T) {
	for name, c := range map[string]struct {
		output, prefix string
		status         int
		ok             bool
	}{
		"behind a prefix":              {"ok\nexit=1\n", "exit=", 1, true},
		"with blanks before it":        {"exit: 0\n", " exit: ", 0, true},
		"with text behind it":          {"exit=12 done", "exit=", 12, true},
		"with another prefix before":   {"a exit=1 exit=2", "exit=", 2, true},
		"the last line that has it":    {"exit=1\nexit=2\nbye", "exit=", 2, true},
		"in the fifth line from below": {"exit=3\n2\n3\n4\n5", "exit=", 3, true},
		"in the sixth":                 {"exit=3\n2\n3\n4\n5\n6", "exit=", 0, false},
		"in the only line":             {"exit=9", "exit=", 9, true},
		"three digits":                 {"exit=255", "exit=", 255, true},
		"four digits":                  {"exit=2555", "exit=", 0, false},
		"no number":                    {"exit=x", "exit=", 0, false},
		"nothing behind it":            {"exit=", "exit=", 0, false},
		"no prefix, text behind":       {"1 passed", "", 0, false},
		"a sign below the digits":      {"exit=/", "exit=", 0, false},
		"a sign above the digits":      {"exit=:", "exit=", 0, false},
		"nothing printed":              {"", "", 0, false},
	} {
		if status, ok := EchoedStatus([]byte(c.output), c.prefix); status != c.status || ok != c.ok {
			t.Errorf("%s: %d, %v; want %d, %v", name, status, ok, c.status, c.ok)
		}
	}
}

func TestCleanPath(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "a/./b/../c": "a/c", `a:\b\..\c`: "a:/c", `z:\b`: "z:/b", `A:/b/../c`: "A:/c", `Z:\b`: "Z:/b", `\\host\a\..\b`: "/host/b",
		`a\b`: `a\b`, `1:\b`: `1:\b`, "`:\\b": "`:\\b", `{:\b`: `{:\b`, `ab\c`: `ab\c`, `a:b\c`: `a:b\c`, "c:": "c:",
		strings.Repeat("a/", MaxPathBytes/2-1) + "./": strings.Repeat("a/", MaxPathBytes/2-2) + "a",
	} {
		if got := CleanPath(in); got != want {
			t.Errorf("%.40q became %.40q, want %.40q", in, got, want)
		}
	}
	long := strings.Repeat("./", MaxPathBytes)
	if got := CleanPath(long); len(got) > MaxPathBytes || !strings.HasPrefix(got, "./.") {
		t.Errorf("a path that is too long became %.20q", got)
	}
	for p, want := range map[string]bool{"/a": true, "~/a": true, "..": true, "../a": true, `c:\a`: true, "c:/a": true, "c:a": false, "a": false, ".": false, "..a": false, "": false} {
		if got := AbsolutePath(p); got != want {
			t.Errorf("%q is absolute: %v", p, got)
		}
	}
}

func TestAssignment(t *testing.T) {
	for word, want := range map[string]bool{
		"A=": true, "z=1": true, "a_Z=1": true, "_=1": true, "a09=1": true, "0a=1": false, "a/=1": false, "a:=1": false, "a{=1": false, "a`=1": false, "=1": false, "a": false, "": false, "-a=1": false,
	} {
		if got := assignment(word); got != want {
			t.Errorf("%q: %v", word, got)
		}
	}
}

// What surrounds a command goes, its own words stay.
func TestUnwrap(t *testing.T) {
	for line, want := range map[string]string{
		"A=b C=d": "", "nice -n 5 make": "make", "xargs -n 1 rm": "rm", "npx -p x jest": "jest", "env -u A make": "make", "timeout -s 9 60 make": "make", "sudo -u me make": "make",
		"nohup -n make": "make", "sudo -u": "sudo -u", ". a": ". a", "[ -f x ]": "[ -f x ]", ": x": ": x", "/bin/x y": "x y",
		"py -m pytest": "pytest", "pypy3 -m pytest": "pytest", "python3 -W x": "python3 -W x", "python3 -u -m pytest": "pytest", "python3 x -m y": "python3 x -m y", "python3 -m": "python3 -m",
		"uv run": "uv run", "uv run x": "x", "direnv exec . make": "make", "sudo -- -x": "-x",
	} {
		inner, script := unwrap(strings.Fields(line))
		if diff := cmp.Diff(want, strings.Join(inner, " ")); diff != "" || script != "" {
			t.Errorf("%s (script %q): %s", line, script, diff)
		}
	}
}

func TestNested(t *testing.T) {
	most := maxShellNesting
	for name, c := range map[string]struct {
		text string
		want bool
	}{
		"as deep as can be":       {strings.Repeat("(", most), false},
		"deeper":                  {strings.Repeat("(", most+1), true},
		"closed again":            {strings.Repeat("()", most+1), false},
		"closed too often before": {strings.Repeat(")", most) + strings.Repeat("(", most+1), true},
		"many backquotes":         {strings.Repeat("`", 2*most), false},
		"more":                    {strings.Repeat("`", 2*most+1), true},
		"many pipes":              {strings.Repeat("|", 10*most), false},
		"more of them":            {strings.Repeat("|", 10*most+1), true},
		"many words":              {strings.Repeat("if ", 2*most) + strings.Repeat("while ", 2*most) + strings.Repeat("until ", 2*most) + strings.Repeat("time ", 2*most) + strings.Repeat("case ", 2*most), false},
		"one word more":           {strings.Repeat("if ", 2*most) + strings.Repeat("while ", 2*most) + strings.Repeat("until ", 2*most) + strings.Repeat("time ", 2*most) + strings.Repeat("case ", 2*most+1), true},
	} {
		if got := nested(c.text); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
