package commandline

import (
	"path"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// maxDocuments bounds the files of one line.
const maxDocuments = 50

// writes notes the files that a statement writes: those into which its output goes,
// with the text when it is that of a here document, and those that sed and its like
// change in place.
func (w *lineWalk) writes(s *syntax.Stmt) {
	call, ok := s.Cmd.(*syntax.CallExpr)
	if !ok || len(call.Args) == 0 {
		return
	}
	argv, script := unwrap(words(call.Args))
	if script != "" || len(argv) == 0 {
		return
	}
	text, known := hereDocument(s)
	known = known && (argv[0] == "cat" && len(argv) == 1 || argv[0] == "tee")
	for _, to := range targets(s) {
		w.document(Document{Path: to.path, Append: to.more, Text: text, Known: known && argv[0] == "cat"})
	}
	switch {
	case argv[0] == "tee":
		more := has(argv, "-a") || has(argv, "--append")
		for _, a := range argv[1:] {
			if !strings.HasPrefix(a, "-") {
				w.document(Document{Path: a, Append: more, Text: text, Known: known})
			}
		}
	default:
		for _, p := range inPlace(argv) {
			w.document(Document{Path: p, Append: true})
		}
	}
}

// document keeps a file whose name is written out and may be one of the repository.
func (w *lineWalk) document(d Document) {
	if d.Path == "" || strings.ContainsAny(d.Path, "$*?[]{}`~\n") || elsewhere(d.Path) || len(w.documents) >= maxDocuments {
		return
	}
	if w.dir != "" && !AbsolutePath(CleanPath(d.Path)) {
		d.Path = path.Join(w.dir, d.Path)
	}
	if elsewhere(d.Path) {
		return
	}
	d.Sure = w.maybe == 0
	if !d.Known {
		d.Text = ""
	}
	w.documents = append(w.documents, d)
}

// elsewhere reports whether a path is surely none of a repository: a device, a
// temporary file, a log.
func elsewhere(p string) bool {
	for _, folder := range []string{"/dev/", "/tmp/", "/var/", "/proc/", "/etc/"} {
		if strings.HasPrefix(p, folder) {
			return true
		}
	}
	return p == "-" || strings.HasPrefix(p, "&") || strings.HasSuffix(p, ".log")
}

// target is a file into which the output goes.
type target struct {
	path string
	more bool
}

func targets(s *syntax.Stmt) []target {
	var out []target
	for _, r := range s.Redirs {
		switch r.Op {
		case syntax.RdrOut, syntax.AppOut, syntax.RdrAll, syntax.AppAll, syntax.ClbOut:
		default:
			continue
		}
		if r.N != nil && r.N.Value != "1" || r.Word == nil {
			continue
		}
		out = append(out, target{word(r.Word), r.Op == syntax.AppOut || r.Op == syntax.AppAll})
	}
	return out
}

// hereDocument returns the text of the last here document of a statement; ok tells
// whether there is one whose text the shell leaves as it is.
func hereDocument(s *syntax.Stmt) (text string, ok bool) {
	for _, r := range s.Redirs {
		if r.Op != syntax.Hdoc && r.Op != syntax.DashHdoc || r.Hdoc == nil {
			continue
		}
		text, ok = word(r.Hdoc), true
		if !quoted(r.Word) && (strings.ContainsAny(text, "$`\\") || !literal(r.Hdoc)) {
			ok = false
		}
		if r.Op == syntax.DashHdoc {
			var b strings.Builder
			for line := range strings.Lines(text) {
				b.WriteString(strings.TrimLeft(line, "\t"))
			}
			text = b.String()
		}
	}
	return text, ok
}

// quoted reports whether some of a word is quoted.
func quoted(x *syntax.Word) bool {
	for _, part := range x.Parts {
		lit, ok := part.(*syntax.Lit)
		if !ok || strings.Contains(lit.Value, "\\") {
			return true
		}
	}
	return false
}

func literal(x *syntax.Word) bool {
	for _, part := range x.Parts {
		if _, ok := part.(*syntax.Lit); !ok {
			return false
		}
	}
	return true
}

// inPlace returns the files that an editor of streams changes.
func inPlace(argv []string) []string {
	switch argv[0] {
	case "sed", "gsed", "perl", "yq":
	default:
		return nil
	}
	if !flagged(argv[1:], "-i") && !has(argv, "--in-place") && !(argv[0] == "perl" && bundled(argv[1:], 'i')) {
		return nil
	}
	skip := 1 // the script
	var files []string
	for i := 1; i < len(argv); i++ {
		a := argv[i]
		switch {
		case a == "-e" || a == "-f" || a == "--expression" || argv[0] == "perl" && strings.HasPrefix(a, "-") && strings.HasSuffix(a, "e"):
			i++
			skip = 0
		case a == "-i" && i+1 < len(argv) && argv[i+1] == "":
			i++ // of BSD: no copy
		case strings.HasPrefix(a, "-"):
		case skip > 0:
			skip--
		default:
			files = append(files, a)
		}
	}
	return files
}

// bundled reports whether one of the short flags stands in a bundle of them.
func bundled(argv []string, flag byte) bool {
	for _, a := range argv {
		if len(a) > 1 && a[0] == '-' && a[1] != '-' && strings.IndexByte(a, flag) > 0 {
			return true
		}
	}
	return false
}

// tells reports whether the line has the whole text that a command writes.
func (w *lineWalk) tells(s simple) bool {
	if s.argv[0] != "cat" && s.argv[0] != "tee" {
		return false
	}
	for _, d := range w.documents {
		if !d.Known {
			return false
		}
	}
	return len(w.documents) > 0
}
