package local

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// indexName carries the version of what is in the file; a file of another one is
// not looked for.
const indexName = "sessions-v2.json"

// index remembers the headers of files by their size and time, so that a second
// run opens none of another repository. It is only ever a saving: without it, or
// with a damaged one, headers are read again.
type index struct {
	path    string
	old     map[string]indexed
	fresh   map[string]indexed
	changed bool
}

type indexed struct {
	Size     int64           `json:"size"`
	Modified time.Time       `json:"modified"`
	Header   Header          `json:"header"`
	Reason   string          `json:"reason,omitempty"`
	Kind     evidence.Reason `json:"kind,omitempty"`
}

// CacheDir returns the folder for the index by the variables, or "".
func CacheDir(getenv func(string) string) string {
	if dir := getenv("XDG_CACHE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "mergebrief")
	}
	if home := homeOf(getenv); home != "" {
		return filepath.Join(home, ".cache", "mergebrief")
	}
	return ""
}

func openIndex(dir string) *index {
	x := &index{old: map[string]indexed{}, fresh: map[string]indexed{}}
	if dir == "" {
		return x
	}
	x.path = filepath.Join(dir, indexName)
	data, err := os.ReadFile(x.path)
	if err != nil || json.Unmarshal(data, &x.old) != nil {
		x.old = map[string]indexed{}
	}
	return x
}

// header returns the header of a file, read only if the file changed.
func (x *index) header(c Candidate, read func() (Header, error)) (Header, error) {
	e, known := x.old[c.Path]
	if !known || e.Size != c.Size || !e.Modified.Equal(c.Modified) {
		h, err := read()
		e = indexed{Size: c.Size, Modified: c.Modified, Header: h}
		if err != nil {
			e.Reason, e.Kind = err.Error(), evidence.ReasonOf(err, evidence.Unreadable)
		}
		x.changed = true
	}
	x.fresh[c.Path] = e
	if e.Reason != "" {
		return e.Header, evidence.Errorf(e.Kind, "%w", errors.New(e.Reason))
	}
	return e.Header, nil
}

// save replaces the file if anything changed. Whether it can be written does
// not matter.
func (x *index) save() {
	if x.path == "" || !x.changed && len(x.fresh) == len(x.old) {
		return
	}
	data, err := json.Marshal(x.fresh)
	if err != nil || os.MkdirAll(filepath.Dir(x.path), 0o700) != nil {
		return
	}
	f, err := os.CreateTemp(filepath.Dir(x.path), indexName+".*")
	if err != nil {
		return
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Close()); err != nil || os.Rename(f.Name(), x.path) != nil {
		os.Remove(f.Name())
	}
}
