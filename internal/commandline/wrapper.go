package commandline

import (
	"path"
	"strings"
)

// maxUnwrap bounds wrappers around wrappers: sudo env timeout 60 npx jest.
const maxUnwrap = 16

// wrappers run the command that follows. The value is the number of words of
// their own besides flags: the duration of timeout, the verb of "uv run".
var wrappers = map[string]int{
	"sudo": 0, "env": 0, "time": 0, "gtime": 0, "timeout": 1, "gtimeout": 1, "nice": 0, "ionice": 0, "nohup": 0, "stdbuf": 0,
	"command": 0, "builtin": 0, "exec": 0, "xvfb-run": 0, "caffeinate": 0, "setsid": 0, "unbuffer": 0, "chronic": 0,
	"npx": 0, "pnpx": 0, "bunx": 0, "cross-env": 0, "xargs": 0, "doas": 0, "strace": 0, "catchsegv": 0, "eval": 0,
}

// runners are wrappers by two words.
var runners = map[string]bool{
	"pnpm exec": true, "pnpm dlx": true, "npm exec": true, "yarn exec": true, "yarn dlx": true, "bun x": true,
	"uv run": true, "uvx": true, "poetry run": true, "pipenv run": true, "hatch run": true, "rye run": true, "pdm run": true,
	"bundle exec": true, "mise exec": true, "mise x": true, "direnv exec": true, "go tool": true, "nix develop": true,
	"dotenv run": true, "doppler run": true, "op run": true, "conda run": true, "micromamba run": true, "pixi run": true,
	"mergebrief exec": true, "asdf exec": true, "rbenv exec": true, "pyenv exec": true,
}

// wrapperFlags take the next word along.
var wrapperFlags = map[string]bool{
	"-u": true, "-n": true, "-c": true, "-k": true, "-s": true, "-p": true, "--package": true, "--with": true, "--python": true,
	"--extra": true, "--group": true, "--directory": true, "--project": true, "-I": true, "-P": true, "--signal": true, "--kill-after": true,
	"-C": true, "--cwd": true,
}

// unwrap strips what surrounds a command: assignments, sudo, timeout, npx,
// python -m. For a shell with a script on its command line it returns the script.
func unwrap(argv []string) (inner []string, script string) {
	for range maxUnwrap {
		for len(argv) > 0 && assignment(argv[0]) {
			argv = argv[1:]
		}
		if len(argv) == 0 {
			return argv, ""
		}
		name := BaseName(argv[0])
		if script := ShellScript(name, argv); script != "" {
			return argv, script
		}
		rest, ok := unwrapOnce(name, argv)
		if !ok || len(rest) == 0 {
			break
		}
		argv = rest
	}
	out := append([]string{BaseName(argv[0])}, argv[1:]...)
	if name := argv[0]; name == "." || name == "[" || name == ":" {
		out[0] = name
	}
	return out, ""
}

func unwrapOnce(name string, argv []string) ([]string, bool) {
	if own, ok := wrappers[name]; ok {
		return skipOwn(argv[1:], own, name == "timeout" || name == "nice" || name == "sudo" || name == "xargs" || name == "npx" || name == "env"), true
	}
	if runners[name] {
		return skipOwn(argv[1:], 0, true), true
	}
	if scripted[name] && len(argv) > 2 && argv[1] == "run" && !isProgram(verb(argv[2:])) {
		return nil, false // a script of the project
	}
	if len(argv) > 2 && runners[name+" "+argv[1]] {
		own := 0
		if name == "direnv" {
			own = 1
		}
		return skipOwn(argv[2:], own, true), true
	}
	if strings.HasPrefix(name, "python") || name == "py" || name == "pypy3" {
		for i := 1; i+1 < len(argv) && strings.HasPrefix(argv[i], "-"); i++ {
			if argv[i] == "-m" {
				return argv[i+1:], true
			}
		}
	}
	return nil, false
}

// skipOwn drops the flags of a wrapper and its own words.
func skipOwn(argv []string, own int, flags bool) []string {
	for len(argv) > 0 {
		switch a := argv[0]; {
		case a == "--":
			return argv[1:]
		case assignment(a):
			argv = argv[1:]
		case strings.HasPrefix(a, "-"):
			argv = argv[1:]
			if flags && wrapperFlags[a] && len(argv) > 1 {
				argv = argv[1:]
			}
		case own > 0:
			own--
			argv = argv[1:]
		default:
			return argv
		}
	}
	return argv
}

// assignment reports whether a is NAME=value.
func assignment(a string) bool {
	name, _, ok := strings.Cut(a, "=")
	if !ok || name == "" {
		return false
	}
	for i := range len(name) {
		c := name[i]
		if c != '_' && (c|0x20 < 'a' || c|0x20 > 'z') && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return true
}

// ShellScript returns the script of sh -c.
func ShellScript(name string, argv []string) string {
	switch name {
	case "sh", "bash", "zsh", "dash", "ksh":
	default:
		return ""
	}
	for i := 1; i+1 < len(argv); i++ {
		flag := argv[i]
		if strings.HasPrefix(flag, "-") && !strings.HasPrefix(flag, "--") && strings.Contains(flag, "c") {
			return argv[i+1]
		}
		if !strings.HasPrefix(flag, "-") && !strings.HasSuffix(argv[i-1], "o") {
			return ""
		}
	}
	return ""
}

// BaseName is the name of a program without folder and extension.
func BaseName(p string) string {
	if strings.ContainsAny(p, `/\`) {
		p = path.Base(strings.ReplaceAll(p, `\`, "/"))
	}
	for _, ext := range []string{".exe", ".cmd", ".bat"} {
		p = strings.TrimSuffix(p, ext)
	}
	return p
}
