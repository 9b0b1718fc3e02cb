package evidence

import "strings"

// Touched tells of places in reports whether they may be of the lines that a change
// adds. Reports name files by the paths of the machine that was tested, so that
// only the last part of a path is compared: what it says no to is elsewhere for
// certain. A nil one says no to everything.
type Touched struct{ spans map[string][]LineRange }

// NewTouched returns the places of the added lines of files.
func NewTouched(files []File) *Touched {
	t := &Touched{spans: make(map[string][]LineRange, len(files))}
	for i := range files {
		base := lastPart(files[i].Path)
		t.spans[base] = append(t.spans[base], files[i].Spans...)
	}
	return t
}

// May reports whether the lines from first to last of the file at path may be
// added ones. Of lines that are not known it asks about the file as a whole.
func (t *Touched) May(path string, first, last int) bool {
	if t == nil || path == "" {
		return false
	}
	spans, changed := t.spans[lastPart(path)]
	if !changed || first <= 0 {
		return changed
	}
	for _, s := range spans {
		if first <= s.Last && s.First <= max(first, last) {
			return true
		}
	}
	return false
}

func lastPart(path string) string { return path[strings.LastIndexAny(path, `/\`)+1:] }
