package commandline

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// trivial commands prepare, wait or talk.
var trivial = map[string]bool{
	"cd": true, "pushd": true, "popd": true, "export": true, "set": true, "unset": true, "source": true, ".": true,
	"echo": true, "printf": true, "true": true, "false": true, ":": true, "sleep": true, "pwd": true, "exit": true,
	"return": true, "test": true, "[": true, "alias": true, "trap": true, "wait": true, "shopt": true, "ulimit": true,
	"umask": true, "read": true, "local": true, "declare": true, "shift": true, "break": true, "continue": true,
}

// showing commands print files. The value is how their first argument counts:
// sed and awk take a script before the files.
var showing = map[string]int{
	"cat": 0, "head": 0, "tail": 0, "less": 0, "more": 0, "bat": 0, "nl": 0, "tac": 0, "sed": 1, "awk": 1,
}

// effects notes what the commands of the line do beyond their status.
func (w *lineWalk) effects(a *Analysis) {
	for _, s := range w.found {
		name := s.argv[0]
		if !s.trivial && s.family != "" {
			if !slices.Contains(a.Families, s.family) {
				a.Families = append(a.Families, s.family)
			}
		}
		switch {
		case strings.HasPrefix(s.family, "git commit"):
			a.Commits = true
			a.SkipsHooks = a.SkipsHooks || has(s.argv, "--no-verify") || has(s.argv, "-n")
		case s.family == "git push":
			a.SkipsHooks = a.SkipsHooks || has(s.argv, "--no-verify")
		case s.family == "gh pr" && has(s.argv, "create"):
			a.Opens = true
		case name == "curl" || name == "wget":
			a.Urls = append(a.Urls, Addresses(s.argv)...)
		}
		if s.writes() && !w.tells(s) && len(a.Writes) < MaxCommands {
			a.Writes = append(a.Writes, cmp.Or(s.family, name))
		}
		if skip, ok := showing[BaseName(name)]; ok && len(a.Shows) < MaxCommands {
			a.Shows = append(a.Shows, shown(s.argv[1:], skip, s.dir)...)
		}
	}
}

// writes reports whether the command may have changed files of the repository
// in a way that the log does not show.
func (s simple) writes() bool {
	switch s.family {
	case "go generate", "go fmt", "go fix", "go mod", "go get", "cargo fmt", "cargo fix", "git apply", "git checkout", "git restore", "git reset",
		"git stash", "git merge", "git rebase", "git pull", "git revert", "git cherry-pick", "git mv", "git rm", "git am",
		"ruff format", "black", "isort", "goimports", "gofumpt", "gofmt", "prettier", "mv", "cp", "rm", "patch", "touch", "truncate":
		return s.class != evidence.ClassFormat || !checksOnly(s.argv)
	case "sed", "perl", "yq":
		return flagged(s.argv, "-i") || has(s.argv, "--in-place")
	case "tee":
		return true
	}
	return s.redirected || has(s.argv, "--fix") || has(s.argv, "--write") || has(s.argv, "-fix")
}

// checksOnly reports whether a formatter only looks.
func checksOnly(argv []string) bool {
	for _, flag := range []string{"--check", "-c", "-l", "-d", "--diff", "--list-different", "--check-only"} {
		if has(argv, flag) && !has(argv, "-w") {
			return true
		}
	}
	return argv[0] == "gofmt" && !has(argv, "-w")
}

func flagged(argv []string, prefix string) bool {
	for _, a := range argv {
		if strings.HasPrefix(a, prefix) {
			return true
		}
	}
	return false
}

func has(argv []string, want string) bool {
	return slices.Contains(argv, want)
}

// Addresses returns the arguments that are addresses of the web.
func Addresses(argv []string) []string {
	var out []string
	for _, a := range argv[1:] {
		if strings.HasPrefix(a, "http://") || strings.HasPrefix(a, "https://") {
			out = append(out, a)
		}
	}
	return out
}

// shown returns the arguments that look like files: a name with an extension or
// a folder, which a count such as the 20 of "-n 20" has not.
func shown(argv []string, skip int, dir string) []string {
	var out []string
	for _, a := range argv {
		if strings.HasPrefix(a, "-") || a == "" {
			continue
		}
		if skip > 0 {
			skip--
			continue
		}
		if strings.ContainsAny(a, "*?$<>|{}()\"'`\n ") || !strings.ContainsAny(a, "./") && !rootFile(a) {
			continue
		}
		if dir != "" && !strings.HasPrefix(a, "/") && !strings.HasPrefix(a, "~") {
			a = strings.TrimSuffix(dir, "/") + "/" + a
		}
		out = append(out, a)
	}
	return out
}

// rootFile reports whether a bare word is a well-known file without extension.
func rootFile(name string) bool {
	switch name {
	case "Makefile", "Dockerfile", "LICENSE", "README", "Gemfile", "Rakefile", "Justfile", "justfile", "Procfile", "Jenkinsfile", "CODEOWNERS":
		return true
	}
	return false
}

// heredoc matches what announces a document inside a command line.
// Where a patch in the form of Codex begins and ends.
const (
	PatchBegin = "*** Begin Patch"
	PatchEnd   = "*** End Patch"
)

var heredoc = regexp.MustCompile(`<<-?\s*\\?['"]?(\w+)['"]?`)

// withoutPatches returns a line with the beginnings of the patches in it only.
func withoutPatches(line string) string {
	if !strings.Contains(line, PatchBegin) {
		return line
	}
	var b strings.Builder
	for rest := line; rest != ""; {
		before, patch, found := strings.Cut(rest, PatchBegin)
		b.WriteString(before)
		if found {
			b.WriteString(PatchBegin + " …")
		}
		_, rest, _ = strings.Cut(patch, PatchEnd)
	}
	return b.String()
}

// WithoutBodies returns a command line without the documents and patches in it:
// they are the contents of files, not commands.
func WithoutBodies(line string) string {
	line = withoutPatches(line)
	if !strings.Contains(line, "<<") {
		return line
	}
	var b strings.Builder
	until := ""
	for l := range strings.Lines(line) {
		word := strings.TrimSpace(l)
		switch {
		case until == "":
			b.WriteString(l)
			if m := heredoc.FindStringSubmatch(l); m != nil && strings.HasSuffix(l, "\n") {
				until = m[1]
				b.WriteString("…\n")
			}
		case word == until:
			until = ""
			b.WriteString(l)
		}
	}
	return b.String()
}
