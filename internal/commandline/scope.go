package commandline

import (
	"sort"
	"strings"
)

// scope is what of the code a validation covers: the targets it names and the
// filters that leave out part of them.
type scope struct {
	Dir     string
	targets []string
	filters []string
}

// narrowing flags select tests by name; the value tells whether the next word
// belongs to the flag.
var narrowing = map[string]bool{
	"-run": true, "--run": true, "-k": true, "-t": true, "--testNamePattern": true, "--testPathPattern": true, "-g": true,
	"--grep": true, "--filter": true, "-Dtest": false, "--tests": true, "-p": true, "--package": true, "--test": true,
	"--lib": false, "--bin": true, "-m": true, "-short": false, "--short": false, "--lf": false, "--last-failed": false,
	"-x": false, "--skip": true, "-skip": true, "--ignore": true, "--exclude": true, "-pl": true, "--example": true, "-e": true,
	"--disable": true, "--enable-only": true, "--only": true, "--changed": false, "--new": false, "--new-from-rev": true,
}

// valued flags take the next word, which is no target.
var valued = map[string]bool{
	"-count": true, "-timeout": true, "-tags": true, "-o": true, "-C": true, "-j": true, "-n": true, "-parallel": true,
	"-cover": false, "-coverprofile": true, "-f": true, "--timeout": true, "--maxWorkers": true, "--reporter": true,
	"--config": true, "-c": true, "--manifest-path": true, "--jobs": true, "--tb": true, "--cov": true, "--prefix": true, "--cwd": true,
}

// scopeOf reads the scope off the arguments behind the family's own words.
func scopeOf(s simple) scope {
	sc := scope{Dir: s.dir}
	own := strings.Fields(s.family)
	for i := 1; i < len(s.argv); i++ {
		arg := s.argv[i]
		name, _, joined := strings.Cut(arg, "=")
		takesNext, narrows := narrowing[name]
		switch {
		case narrows && takesNext && !joined && i+1 < len(s.argv):
			sc.filters = append(sc.filters, name+"="+s.argv[i+1])
			i++
		case narrows:
			sc.filters = append(sc.filters, arg)
		case strings.HasPrefix(arg, "-"):
			if valued[name] && !joined {
				i++
			}
		case arg == "run" || has(own, arg) || redirected(arg):
		default:
			sc.targets = append(sc.targets, strings.TrimPrefix(arg, "./"))
		}
	}
	sort.Strings(sc.targets)
	sort.Strings(sc.filters)
	return sc
}

func redirected(arg string) bool { return arg == "." || arg == "./..." || arg == "..." }

// Covers reports whether a run with scope s shows all that one with scope t
// showed: it names no fewer targets and filters out no more.
func (s scope) Covers(t scope) bool {
	if CleanPath(s.Dir) != CleanPath(t.Dir) && (s.Dir != "" || len(s.targets) > 0) {
		return false
	}
	for _, f := range s.filters {
		if !has(t.filters, f) {
			return false
		}
	}
	if len(s.targets) == 0 {
		return true
	}
	if len(t.targets) == 0 {
		return false
	}
	for _, target := range t.targets {
		if !s.names(target) {
			return false
		}
	}
	return true
}

// names reports whether one of the targets of s contains target.
func (s scope) names(target string) bool {
	for _, have := range s.targets {
		tree, whole := strings.CutSuffix(have, "/...")
		if have == target || whole && (target == tree || strings.HasPrefix(target, tree+"/")) {
			return true
		}
		if strings.HasPrefix(target, have+"/") || strings.HasPrefix(target, have+"::") {
			return true
		}
	}
	return false
}
