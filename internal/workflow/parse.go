package workflow

import (
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

// Limits on what is read, since anyone may write the file: GitHub's own largest
// public workflows stay far below each.
const (
	maxBytes   = 512 << 10
	maxDepth   = 60
	maxAliases = 20 // more of them could multiply what they stand for
)

// file is a workflow, as far as edits of it are told.
type file struct {
	On          any            `yaml:"on"`
	Permissions any            `yaml:"permissions"`
	Jobs        map[string]job `yaml:"jobs"`
}

type job struct {
	If              any    `yaml:"if"`
	Uses            string `yaml:"uses"`
	Secrets         any    `yaml:"secrets"`
	Permissions     any    `yaml:"permissions"`
	ContinueOnError any    `yaml:"continue-on-error"`
	Steps           []step `yaml:"steps"`
	Strategy        any    `yaml:"strategy"`
	Needs           any    `yaml:"needs"`
	Container       any    `yaml:"container"`
	RunsOn          any    `yaml:"runs-on"`
}

type step struct {
	Name            string         `yaml:"name"`
	ID              string         `yaml:"id"`
	Uses            string         `yaml:"uses"`
	Run             string         `yaml:"run"`
	If              any            `yaml:"if"`
	With            map[string]any `yaml:"with"`
	ContinueOnError any            `yaml:"continue-on-error"`
}

// parse reads a workflow; none at all is an empty one.
func parse(data []byte) (f *file, ok bool) {
	if len(data) == 0 {
		return &file{}, true
	}
	if len(data) > maxBytes || !shallow(string(data)) {
		return nil, false
	}
	// The reader is of a library that was not written for hostile files.
	defer func() {
		if recover() != nil {
			f, ok = nil, false
		}
	}()
	f = &file{}
	if err := yaml.Unmarshal(data, f); err != nil {
		return nil, false
	}
	return f, true
}

// shallow reports whether nothing in a text lies so deep, or stands for so much,
// that reading it could exhaust the machine.
func shallow(s string) bool {
	depth, deepest := 0, 0
	for i := range len(s) {
		switch s[i] {
		case '[', '{':
			depth++
			deepest = max(deepest, depth)
		case ']', '}':
			depth = max(0, depth-1)
		}
	}
	aliases := strings.Count(s, " *") + strings.Count(s, "[*") + strings.Count(s, ",*")
	for line := range strings.SplitSeq(s, "\n") {
		if strings.Count(line, "- ") > maxDepth || len(line)-len(strings.TrimLeft(line, " ")) > 4*maxDepth {
			return false
		}
		if strings.Contains(line, " * * ") { // a schedule, which has no aliases
			aliases -= strings.Count(line, " *")
		}
	}
	return deepest <= maxDepth && aliases <= maxAliases
}

// triggers are the events on which the workflow runs, sorted.
func (f *file) triggers() (all []string) {
	switch on := f.On.(type) {
	case string:
		all = []string{on}
	case []any:
		for _, x := range on {
			all = append(all, fmt.Sprint(x))
		}
	case map[string]any:
		for name := range on {
			all = append(all, name)
		}
	}
	slices.Sort(all)
	return all
}

// The levels of permissions, ascending.
const (
	none = iota
	read
	write
)

// allScopes stands for every scope.
const allScopes = "all"

var levels = []string{"none", "read", "write"}

// scopes returns the widest level of each scope anywhere in the workflow, and in
// how many places permissions are set.
func (f *file) scopes() (widest map[string]int, stated int) {
	widest = map[string]int{}
	note := func(permissions any) {
		switch p := permissions.(type) {
		case string:
			stated++
			level := map[string]int{"write-all": write, "read-all": read}[p]
			widest[allScopes] = max(widest[allScopes], level)
		case map[string]any:
			stated++
			for scope, x := range p {
				widest[scope] = max(widest[scope], slices.Index(levels, fmt.Sprint(x)))
			}
		}
	}
	note(f.Permissions)
	for _, j := range f.Jobs {
		note(j.Permissions)
	}
	return widest, stated
}

// keys are what the steps of a job are, in order; versions of actions aside.
func (j job) keys() (all []string) {
	if j.Uses != "" {
		all = append(all, unversioned(j.Uses))
	}
	for _, s := range j.Steps {
		all = append(all, unversioned(s.Uses)+"\x00"+s.Run)
	}
	return all
}

// details are what else a job is made of.
func (j job) details() (all []string) {
	for _, x := range []any{j.Strategy, j.Needs, j.Container, j.RunsOn, j.If, j.ContinueOnError} {
		all = append(all, fmt.Sprint(x))
	}
	for _, s := range j.Steps {
		all = append(all, fmt.Sprint(s.With), condition(s.If))
	}
	return all
}

// is reports whether two steps are the same one, edited or not.
func (s step) is(x step) bool {
	switch {
	case s.Name == x.Name && s.Run == x.Run && s.Uses == x.Uses:
		return true
	case s.ID != "" && s.ID == x.ID, s.Name != "" && s.Name == x.Name, s.Run != "" && s.Run == x.Run:
		return true
	case s.Uses != "":
		return unversioned(s.Uses) == unversioned(x.Uses)
	}
	return s.Name == "" && x.Name == "" && s.Run != "" && firstWords(s.Run) == firstWords(x.Run)
}

// title is what people call a step.
func (s step) title() string {
	switch {
	case s.Name != "":
		return s.Name
	case s.Uses != "":
		return unversioned(s.Uses)
	}
	line, _, _ := strings.Cut(strings.TrimSpace(s.Run), "\n")
	return line
}

func unversioned(uses string) string {
	name, _, _ := strings.Cut(uses, "@")
	return name
}

func firstWords(run string) string {
	words := strings.Fields(run)
	return strings.Join(words[:min(2, len(words))], " ")
}

func condition(x any) string {
	if x == nil {
		return ""
	}
	s := strings.TrimSpace(fmt.Sprint(x))
	s = strings.TrimSuffix(strings.TrimPrefix(s, "${{"), "}}")
	return strings.TrimSpace(s)
}

func ignores(x any) bool {
	s := condition(x)
	return s != "" && s != "false"
}
