package commandline

import (
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// tools are programs with one purpose; their name is the family.
var tools = map[string]evidence.CommandClass{
	"pytest": evidence.ClassTest, "py.test": evidence.ClassTest, "unittest": evidence.ClassTest, "nose2": evidence.ClassTest,
	"nosetests": evidence.ClassTest, "tox": evidence.ClassTest, "nox": evidence.ClassTest, "jest": evidence.ClassTest,
	"vitest": evidence.ClassTest, "mocha": evidence.ClassTest, "ava": evidence.ClassTest, "karma": evidence.ClassTest,
	"playwright": evidence.ClassTest, "cypress": evidence.ClassTest, "rspec": evidence.ClassTest, "minitest": evidence.ClassTest,
	"phpunit": evidence.ClassTest, "pest": evidence.ClassTest, "gotestsum": evidence.ClassTest, "ginkgo": evidence.ClassTest,
	"ctest": evidence.ClassTest, "bats": evidence.ClassTest, "busted": evidence.ClassTest, "doctest": evidence.ClassTest,
	"cargo-nextest": evidence.ClassTest, "tap": evidence.ClassTest, "c8": evidence.ClassTest, "nyc": evidence.ClassTest,
	"behave": evidence.ClassTest, "cucumber": evidence.ClassTest, "web-test-runner": evidence.ClassTest, "wtr": evidence.ClassTest,

	"eslint": evidence.ClassLint, "golangci-lint": evidence.ClassLint, "staticcheck": evidence.ClassLint, "flake8": evidence.ClassLint,
	"pylint": evidence.ClassLint, "shellcheck": evidence.ClassLint, "hadolint": evidence.ClassLint, "stylelint": evidence.ClassLint,
	"rubocop": evidence.ClassLint, "ktlint": evidence.ClassLint, "detekt": evidence.ClassLint, "actionlint": evidence.ClassLint,
	"yamllint": evidence.ClassLint, "markdownlint": evidence.ClassLint, "markdownlint-cli2": evidence.ClassLint,
	"oxlint": evidence.ClassLint, "semgrep": evidence.ClassLint, "gosec": evidence.ClassLint, "govulncheck": evidence.ClassLint,
	"standard": evidence.ClassLint, "tflint": evidence.ClassLint, "bandit": evidence.ClassLint, "revive": evidence.ClassLint,
	"pre-commit": evidence.ClassLint, "phpcs": evidence.ClassLint, "swiftlint": evidence.ClassLint, "clang-tidy": evidence.ClassLint,
	"cppcheck": evidence.ClassLint, "knip": evidence.ClassLint, "errcheck": evidence.ClassLint, "ineffassign": evidence.ClassLint,
	"ansible-lint": evidence.ClassLint, "vale": evidence.ClassLint, "cfn-lint": evidence.ClassLint, "kube-linter": evidence.ClassLint, "buildifier": evidence.ClassFormat,
	"htmlhint": evidence.ClassLint, "commitlint": evidence.ClassLint, "dependency-cruiser": evidence.ClassLint, "depcruise": evidence.ClassLint, "publint": evidence.ClassLint,
	"attw": evidence.ClassLint, "sqlfluff": evidence.ClassLint, "luacheck": evidence.ClassLint, "selene": evidence.ClassLint, "haml-lint": evidence.ClassLint, "erb_lint": evidence.ClassLint,
	"brakeman": evidence.ClassLint, "reek": evidence.ClassLint, "djlint": evidence.ClassLint, "pydocstyle": evidence.ClassLint, "vulture": evidence.ClassLint,
	"lint-staged": evidence.ClassLint, "zizmor": evidence.ClassLint, "typos": evidence.ClassLint, "tslint": evidence.ClassLint,

	"tsc": evidence.ClassTypecheck, "mypy": evidence.ClassTypecheck, "pyright": evidence.ClassTypecheck, "vue-tsc": evidence.ClassTypecheck,
	"basedpyright": evidence.ClassTypecheck, "ty": evidence.ClassTypecheck, "svelte-check": evidence.ClassTypecheck,
	"flow": evidence.ClassTypecheck, "srb": evidence.ClassTypecheck, "phpstan": evidence.ClassTypecheck, "psalm": evidence.ClassTypecheck,
	"pyre": evidence.ClassTypecheck, "tsgo": evidence.ClassTypecheck,

	"webpack": evidence.ClassBuild, "rollup": evidence.ClassBuild, "esbuild": evidence.ClassBuild, "tsup": evidence.ClassBuild,
	"ninja": evidence.ClassBuild, "goreleaser": evidence.ClassBuild, "javac": evidence.ClassBuild, "gcc": evidence.ClassBuild,
	"g++": evidence.ClassBuild, "clang": evidence.ClassBuild, "clang++": evidence.ClassBuild, "cc": evidence.ClassBuild,
	"rustc": evidence.ClassBuild, "compileall": evidence.ClassBuild, "py_compile": evidence.ClassBuild, "ant": evidence.ClassBuild,

	"gofmt": evidence.ClassFormat, "goimports": evidence.ClassFormat, "gofumpt": evidence.ClassFormat, "prettier": evidence.ClassFormat,
	"black": evidence.ClassFormat, "isort": evidence.ClassFormat, "rustfmt": evidence.ClassFormat, "clang-format": evidence.ClassFormat,
	"yapf": evidence.ClassFormat, "dprint": evidence.ClassFormat, "shfmt": evidence.ClassFormat, "autopep8": evidence.ClassFormat,
	"stylua": evidence.ClassFormat, "swiftformat": evidence.ClassFormat, "google-java-format": evidence.ClassFormat,
}

// verbs are programs that do several things; the family is the program and its
// first word: "go test".
var verbs = map[string]map[string]evidence.CommandClass{
	"go": {
		"test": evidence.ClassTest, "vet": evidence.ClassLint, "build": evidence.ClassBuild, "install": evidence.ClassBuild,
		"fmt": evidence.ClassFormat, "fix": evidence.ClassFormat,
	},
	"cargo": {
		"test": evidence.ClassTest, "t": evidence.ClassTest, "nextest": evidence.ClassTest, "build": evidence.ClassBuild,
		"b": evidence.ClassBuild, "check": evidence.ClassTypecheck, "c": evidence.ClassTypecheck, "clippy": evidence.ClassLint,
		"fmt": evidence.ClassFormat, "doc": evidence.ClassBuild, "deny": evidence.ClassLint, "audit": evidence.ClassLint,
	},
	"dotnet":    {"test": evidence.ClassTest, "build": evidence.ClassBuild, "format": evidence.ClassFormat, "publish": evidence.ClassBuild},
	"swift":     {"test": evidence.ClassTest, "build": evidence.ClassBuild},
	"mix":       {"test": evidence.ClassTest, "compile": evidence.ClassBuild, "format": evidence.ClassFormat, "credo": evidence.ClassLint, "dialyzer": evidence.ClassTypecheck},
	"bazel":     {"test": evidence.ClassTest, "build": evidence.ClassBuild},
	"flutter":   {"test": evidence.ClassTest, "analyze": evidence.ClassLint, "build": evidence.ClassBuild},
	"dart":      {"test": evidence.ClassTest, "analyze": evidence.ClassLint, "format": evidence.ClassFormat, "compile": evidence.ClassBuild},
	"deno":      {"test": evidence.ClassTest, "lint": evidence.ClassLint, "fmt": evidence.ClassFormat, "check": evidence.ClassTypecheck},
	"ruff":      {"check": evidence.ClassLint, "format": evidence.ClassFormat},
	"biome":     {"check": evidence.ClassLint, "lint": evidence.ClassLint, "format": evidence.ClassFormat, "ci": evidence.ClassLint},
	"terraform": {"fmt": evidence.ClassFormat, "validate": evidence.ClassTypecheck, "test": evidence.ClassTest},
	"tofu":      {"fmt": evidence.ClassFormat, "validate": evidence.ClassTypecheck, "test": evidence.ClassTest},
	"helm":      {"lint": evidence.ClassLint}, "buf": {"lint": evidence.ClassLint, "build": evidence.ClassBuild, "format": evidence.ClassFormat},
	"next": {"build": evidence.ClassBuild, "lint": evidence.ClassLint}, "vite": {"build": evidence.ClassBuild},
	"docker": {"build": evidence.ClassBuild}, "podman": {"build": evidence.ClassBuild},
	"zig":   {"test": evidence.ClassTest, "build": evidence.ClassBuild, "fmt": evidence.ClassFormat},
	"ng":    {"test": evidence.ClassTest, "build": evidence.ClassBuild, "lint": evidence.ClassLint},
	"rails": {"test": evidence.ClassTest}, "sbt": {"test": evidence.ClassTest, "compile": evidence.ClassBuild},
	"stack": {"test": evidence.ClassTest, "build": evidence.ClassBuild}, "cabal": {"test": evidence.ClassTest, "build": evidence.ClassBuild},
	"forge": {"test": evidence.ClassTest, "build": evidence.ClassBuild, "fmt": evidence.ClassFormat},
	"moon":  {"test": evidence.ClassTest, "check": evidence.ClassTypecheck, "build": evidence.ClassBuild, "fmt": evidence.ClassFormat},
	"nix":   {"flake": evidence.ClassTest, "build": evidence.ClassBuild},
	"meson": {"test": evidence.ClassTest, "compile": evidence.ClassBuild},
	"pixi":  {"test": evidence.ClassTest}, "rye": {"test": evidence.ClassTest, "lint": evidence.ClassLint, "fmt": evidence.ClassFormat, "build": evidence.ClassBuild},
	"pdm": {"test": evidence.ClassTest, "lint": evidence.ClassLint, "build": evidence.ClassBuild},
	"uv":  {"build": evidence.ClassBuild, "format": evidence.ClassFormat}, "poetry": {"build": evidence.ClassBuild, "check": evidence.ClassLint},
	"nx":  {"test": evidence.ClassTest, "lint": evidence.ClassLint, "build": evidence.ClassBuild, "typecheck": evidence.ClassTypecheck},
	"gem": {"build": evidence.ClassBuild}, "lein": {"test": evidence.ClassTest, "compile": evidence.ClassBuild, "check": evidence.ClassTypecheck},
	"mill": {"test": evidence.ClassTest, "compile": evidence.ClassBuild}, "dune": {"test": evidence.ClassTest, "runtest": evidence.ClassTest, "build": evidence.ClassBuild, "fmt": evidence.ClassFormat},
	"opam": {"lint": evidence.ClassLint}, "elm": {"make": evidence.ClassBuild}, "gleam": {"test": evidence.ClassTest, "check": evidence.ClassTypecheck, "build": evidence.ClassBuild, "format": evidence.ClassFormat},
	"rebar3":  {"eunit": evidence.ClassTest, "ct": evidence.ClassTest, "compile": evidence.ClassBuild, "dialyzer": evidence.ClassTypecheck},
	"crystal": {"spec": evidence.ClassTest, "build": evidence.ClassBuild}, "pulumi": {"preview": evidence.ClassTypecheck},
	"hardhat": {"test": evidence.ClassTest, "compile": evidence.ClassBuild}, "cdk": {"synth": evidence.ClassBuild},
	"hatch": {"test": evidence.ClassTest, "fmt": evidence.ClassFormat, "build": evidence.ClassBuild},
	"node":  {}, "kubectl": {}, "pip": {}, "pip3": {}, "brew": {}, "apt": {}, "apt-get": {}, "aws": {}, "gcloud": {},
}

// taskRunners run a task of the project by its name; the task's name tells what
// it does. The value lists their words before the name.
var taskRunners = map[string]map[string]bool{
	"npm": {"run": true, "run-script": true, "rum": true}, "pnpm": {"run": true}, "yarn": {"run": true}, "bun": {"run": true},
	"make": {}, "gmake": {}, "just": {}, "task": {}, "rake": {}, "invoke": {}, "inv": {}, "mise": {"run": true, "r": true},
	"turbo": {"run": true}, "nx": {"run": true, "run-many": true, "affected": true}, "lerna": {"run": true}, "composer": {"run": true, "run-script": true},
	"gradle": {}, "gradlew": {}, "mvn": {}, "mvnw": {}, "mvnd": {}, "deno-task": {}, "lage": {}, "wireit": {}, "grunt": {}, "gulp": {},
	"bundle": {}, "doit": {}, "poe": {}, "pants": {}, "buck2": {}, "earthly": {}, "dagger": {}, "xcodebuild": {}, "tilt": {},
}

// checksSyntax are interpreters that check a file without running it, with the flag
// that asks for it.
var checksSyntax = map[string]string{
	"node": "--check", "bash": "-n", "sh": "-n", "zsh": "-n", "dash": "-n", "php": "-l", "ruby": "-c", "perl": "-c", "luac": "-p",
}

// scripted are managers of environments that run a program or, by the same words, a
// script of the project.
var scripted = map[string]bool{"hatch": true, "pdm": true, "pixi": true, "rye": true}

// isProgram reports whether the name is one of a program that is known.
func isProgram(name string) bool {
	_, tool := tools[name]
	_, several := verbs[name]
	return tool || several || taskRunners[name] != nil || strings.HasPrefix(name, "python") || strings.Contains(name, "/")
}

// vcs programs, of which the family is the program and its verb.
var vcs = map[string]bool{"git": true, "gh": true, "hg": true, "jj": true, "svn": true, "glab": true, "gt": true, "sl": true}

// classify names the family of a command and what it is for.
func classify(argv []string) (string, evidence.CommandClass) {
	if len(argv) == 0 {
		return "", evidence.ClassOther
	}
	name := evidence.ClipValid(BaseName(argv[0]), maxWordBytes)
	rest := argv[1:]
	switch {
	case vcs[name] && !has(rest, "--check"):
		return withVerb(name, verb(rest)), evidence.ClassVCS
	case taskRunners[name] != nil:
		return taskFamily(name, rest)
	case scripted[name] && len(rest) > 1 && rest[0] == "run":
		return withVerb(name+" run", verb(rest[1:])), taskClass(verb(rest[1:]))
	case name == "cmake":
		if has(rest, "--build") {
			return "cmake --build", evidence.ClassBuild
		}
		return name, evidence.ClassOther
	case has(rest, "--test") && (name == "node" || name == "tsx"):
		return name + " --test", evidence.ClassTest
	case name == "git" && verb(rest) == "diff" && has(rest, "--check"):
		return "git diff --check", evidence.ClassLint
	case checksSyntax[name] != "" && has(rest, checksSyntax[name]):
		return name + " " + checksSyntax[name], evidence.ClassLint
	case name == "tsc" && (has(rest, "-b") || has(rest, "--build")):
		return name, evidence.ClassBuild
	}
	if class, ok := tools[name]; ok {
		return name, class
	}
	if known, ok := verbs[name]; ok {
		v := verb(rest)
		if class, ok := known[v]; ok {
			return withVerb(name, v), class
		}
		return withVerb(name, v), evidence.ClassOther
	}
	return scriptFamily(name)
}

// scriptFamily classifies a script of the project by its name: run-tests.sh.
func scriptFamily(name string) (string, evidence.CommandClass) {
	stem, ext, ok := strings.Cut(name, ".")
	if ok && (ext == "sh" || ext == "bash" || ext == "ps1") {
		return name, taskClass(stem)
	}
	return name, evidence.ClassOther
}

func withVerb(name, v string) string {
	if v == "" {
		return name
	}
	return name + " " + evidence.ClipValid(v, maxWordBytes)
}

// verb returns the first word that is no flag nor the value of one. The flags
// that take a value before the verb are git's -C and -c, and gh's -R.
func verb(argv []string) string {
	for i := 0; i < len(argv); i++ {
		a := argv[i]
		switch {
		case a == "-C", a == "-c", a == "-R", a == "--git-dir", a == "--work-tree", a == "--repo", a == "--manifest-path":
			i++
		case strings.HasPrefix(a, "-"), strings.HasPrefix(a, "+"):
		default:
			return a
		}
	}
	return ""
}

// npmShort are the tasks that npm and its like run without "run".
var npmShort = map[string]string{"t": "test", "tst": "test", "test": "test", "it": "test", "cit": "test"}

// taskFamily names a task; "npm run test" and "npm test" are the same.
func taskFamily(name string, rest []string) (string, evidence.CommandClass) {
	name = strings.TrimSuffix(name, "w")
	before := taskRunners[name]
	script := false
	task := ""
	for i := 0; i < len(rest) && task == ""; i++ {
		switch a := rest[i]; {
		case valuedTaskFlag(a):
			i++
		case strings.HasPrefix(a, "-"), assignment(a):
		case before[a]:
			script = true
		default:
			task = a
		}
	}
	switch name {
	case "npm", "pnpm", "yarn", "bun":
		return packageTask(name, task, script)
	case "mvn", "gradle", "xcodebuild":
		return javaTask(name, rest)
	case "mise":
		if !script {
			return withVerb(name, task), evidence.ClassOther
		}
		return withVerb("mise run", task), taskClass(task)
	case "composer":
		if task == "check-platform-reqs" {
			return withVerb(name, task), evidence.ClassOther
		}
		return withVerb(name, task), taskClass(task)
	case "bundle", "earthly", "dagger", "tilt":
		return withVerb(name, task), evidence.ClassOther
	}
	if task == "" {
		return name, evidence.ClassBuild
	}
	return withVerb(name, task), taskClass(task)
}

func valuedTaskFlag(a string) bool {
	switch a {
	case "-C", "-f", "--prefix", "--filter", "-F", "-w", "--workspace", "--cwd", "--directory", "-d", "--justfile", "--target", "-t", "-p", "-pl":
		return true
	}
	return false
}

// packageTask handles npm and its like, whose own verbs are no tasks.
func packageTask(name, task string, script bool) (string, evidence.CommandClass) {
	if short, ok := npmShort[task]; ok && (!script || task == "test") {
		return name + " " + short, evidence.ClassTest
	}
	if script {
		return withVerb(name+" run", task), taskClass(task)
	}
	switch {
	case name == "bun" && task == "build":
		return "bun build", evidence.ClassBuild
	case name == "npm" || name == "bun":
		return withVerb(name, task), evidence.ClassOther
	}
	// yarn and pnpm run scripts and installed programs by their bare name.
	if class, ok := tools[task]; ok {
		return task, class
	}
	switch task {
	case "install", "add", "remove", "up", "upgrade", "why", "link", "publish", "store", "config", "info", "list", "ls", "cache", "":
		return withVerb(name, task), evidence.ClassOther
	}
	return withVerb(name, task), taskClass(task)
}

// javaTask reads the goals of Maven and the tasks of Gradle: the last goal that
// says something names the family, because the earlier ones only lead to it.
func javaTask(name string, rest []string) (string, evidence.CommandClass) {
	family, class := name, evidence.ClassOther
	for i := 0; i < len(rest); i++ {
		a := rest[i]
		if valuedTaskFlag(a) {
			i++
			continue
		}
		if strings.HasPrefix(a, "-") {
			continue
		}
		goal := a[strings.LastIndexByte(a, ':')+1:]
		switch strings.ToLower(goal) {
		case "compile", "package", "assemble", "install", "build", "deploy", "classes", "jar", "bootjar", "compilejava", "compilekotlin", "testclasses", "test-compile":
			family, class = name+" "+goal, evidence.ClassBuild
		case "clean", "dependencies", "tree", "tasks", "run", "bootrun":
			if class == evidence.ClassOther {
				family = name + " " + goal
			}
		default:
			family, class = name+" "+evidence.ClipValid(goal, maxWordBytes), taskClass(goal)
		}
		if class == evidence.ClassTest {
			return family, class
		}
	}
	return family, class
}

// taskWords are the parts of a task's name that tell what it does.
var taskWords = map[string]evidence.CommandClass{
	"test": evidence.ClassTest, "tests": evidence.ClassTest, "spec": evidence.ClassTest, "specs": evidence.ClassTest,
	"e2e": evidence.ClassTest, "unit": evidence.ClassTest, "integration": evidence.ClassTest, "check": evidence.ClassTest,
	"verify": evidence.ClassTest, "coverage": evidence.ClassTest, "cov": evidence.ClassTest, "validate": evidence.ClassTest,
	"ci": evidence.ClassTest, "testunit": evidence.ClassTest, "jest": evidence.ClassTest, "vitest": evidence.ClassTest,
	"integrationtest": evidence.ClassTest, "connectedcheck": evidence.ClassTest, "alltests": evidence.ClassTest, "pytest": evidence.ClassTest,
	"lint": evidence.ClassLint, "vet": evidence.ClassLint, "eslint": evidence.ClassLint, "ktlint": evidence.ClassLint,
	"detekt": evidence.ClassLint, "checkstyle": evidence.ClassLint, "clippy": evidence.ClassLint, "golangci": evidence.ClassLint,
	"spotbugs": evidence.ClassLint, "ktlintcheck": evidence.ClassLint, "linter": evidence.ClassLint, "staticcheck": evidence.ClassLint,
	"build": evidence.ClassBuild, "compile": evidence.ClassBuild, "dist": evidence.ClassBuild, "bundle": evidence.ClassBuild,
	"all": evidence.ClassBuild, "binary": evidence.ClassBuild,
	"typecheck": evidence.ClassTypecheck, "types": evidence.ClassTypecheck, "tsc": evidence.ClassTypecheck, "typescript": evidence.ClassTypecheck,
	"mypy": evidence.ClassTypecheck, "type": evidence.ClassTypecheck,
	"fmt": evidence.ClassFormat, "format": evidence.ClassFormat, "prettier": evidence.ClassFormat, "gofmt": evidence.ClassFormat,
	"spotless": evidence.ClassFormat, "spotlesscheck": evidence.ClassFormat, "spotlessapply": evidence.ClassFormat, "formatting": evidence.ClassFormat,
}

// taskClass classifies a task by the first part of its name that tells.
func taskClass(task string) evidence.CommandClass {
	for _, part := range strings.FieldsFunc(strings.ToLower(task), func(r rune) bool {
		return r != '2' && (r < 'a' || r > 'z') && (r < '0' || r > '9')
	}) {
		if class, ok := taskWords[part]; ok {
			return class
		}
	}
	if strings.HasSuffix(task, "Test") || strings.HasPrefix(task, "test") {
		return evidence.ClassTest
	}
	return evidence.ClassOther
}
