package action

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// Place is where a glob of the input evidence points.
type Place struct {
	// Absolute path of the folder, either [Environment.Workspace] or
	// [Environment.Temp].
	Root string
	// Glob relative to Root, slash-separated.
	Glob string
}

// upward is a step to the parent folder, also as an alternative in braces.
var upward = regexp.MustCompile(`(^|[/{,])\.\.($|[/},])`)

// Place finds the folder that a glob is relative to. A relative one is relative
// to the workspace, and a folder, with a slash at its end, stands for all that
// is in it.
//
// An absolute path may be the container's or the host's: the runner translates a
// path only where it begins the value of an input (ContainerInfo.cs), so in a
// list only the first is translated. A path of the host that is under neither of
// its known folders is taken for the longest of its tails that exists in the
// workspace. Errors are [evidence.Problem].
func (e Environment) Place(glob string, exists func(path string) bool) (Place, error) {
	if upward.MatchString(strings.ReplaceAll(glob, `\`, "")) {
		return Place{}, evidence.Errorf(evidence.Denied, "%q leads out of the workspace by \"..\"", shorten(glob))
	}
	if !path.IsAbs(glob) {
		return Place{Root: e.Workspace, Glob: tidy(glob)}, nil
	}
	for _, known := range []struct{ from, to string }{
		{e.Workspace, e.Workspace}, {e.Temp, e.Temp}, {e.HostWorkspace, e.Workspace}, {e.HostTemp, e.Temp},
	} {
		if rest, ok := under(known.from, glob); ok && known.to != "" {
			return Place{Root: known.to, Glob: tidy(rest)}, nil
		}
	}
	if tail, ok := e.tail(strings.Split(glob, "/")[1:], exists); ok {
		return Place{Root: e.Workspace, Glob: tidy(tail)}, nil
	}
	return Place{}, evidence.Errorf(evidence.NotFound, "%q is neither in the workspace nor in the runner's temporary folder; use a path relative to the workspace", shorten(glob))
}

// under returns what follows folder in p.
func under(folder, p string) (string, bool) {
	if !path.IsAbs(folder) || folder == "/" {
		return "", false
	}
	if p == folder {
		return "", true
	}
	return strings.CutPrefix(p, strings.TrimRight(folder, "/")+"/")
}

// tail returns the longest tail of segments whose part before any wildcard
// exists in the workspace.
func (e Environment) tail(segments []string, exists func(string) bool) (string, bool) {
	fixed := slices.IndexFunc(segments, func(s string) bool { return strings.ContainsAny(s, `*?[{\`) })
	if fixed < 0 {
		fixed = len(segments)
	}
	for i := 1; i < fixed; i++ {
		if known := path.Join(segments[i:fixed]...); known != "" && exists(path.Join(e.Workspace, known)) {
			return strings.Join(segments[i:], "/"), true
		}
	}
	return "", false
}

// tidy drops "./", doubled slashes and the slash at the end. It is not
// path.Clean, which takes braces apart.
func tidy(glob string) string {
	folder := strings.HasSuffix(glob, "/")
	segments := slices.DeleteFunc(strings.Split(glob, "/"), func(s string) bool { return s == "" || s == "." })
	if folder || len(segments) == 0 {
		segments = append(segments, "**")
	}
	return strings.Join(segments, "/")
}
