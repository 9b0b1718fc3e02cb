// Package brief answers the questions that both the comment and the page put to a
// bundle, each in a line of Markdown: which sessions, how checks ended, what became
// of the ticket, how the merge relates to the head.
//
// It hides where in the bundle an answer stands. It promises that an answer carries
// the grade of the facts behind it.
package brief

import (
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/render/text"
)

// Options are what renderers need beside the bundle.
type Options struct {
	// Key that keeps several comments of one pull request apart.
	Key string
	// Where the edition can be seen; empty addresses are left out.
	Links Links
	// Digest of the stored bundle, as "sha256:<hex>".
	Digest string
	// Budget in bytes that replaces the default one, at least 10,000; 0 keeps it.
	MaxBytes int
}

// Links are addresses of an edition's places.
type Links struct {
	Artifact string
	Check    string
	Comment  string
	Run      string
}

// View is a bundle on its way to one place.
type View struct {
	Options
	Record     *evidence.Record
	Assessment *evidence.Assessment
	Rows       int
	Files      map[string]*evidence.File
}

// New returns the view of a bundle with lists of at most rows entries.
func New(b *evidence.Bundle, o Options, rows int) *View {
	v := &View{Options: o, Record: &b.Record, Assessment: &b.Assessment, Rows: rows, Files: make(map[string]*evidence.File, len(b.Record.Files))}
	for i := range b.Record.Files {
		v.Files[b.Record.Files[i].Path] = &b.Record.Files[i]
	}
	if v.Links.Run == "" && b.Record.Run != nil {
		v.Links.Run = b.Record.Run.URL
	}
	return v
}

// Blob returns the address of a file at the head, or "" where that is not known
// or the path leads elsewhere.
func (v *View) Blob(path, fragment string) string {
	base := text.Address(v.Record.Target.Repository.URL())
	if base == "" || !text.Hex(v.Record.Target.Head) || len(path) > 4*text.MaxName || strings.Contains("/"+path+"/", "/../") {
		return ""
	}
	return base + "/blob/" + v.Record.Target.Head + "/" + text.EscapedPath(path) + fragment
}

// Linked returns shown, linked to an address on the repository's own server. A
// fact that is merely reported is not linked: anyone could have chosen where to.
func (v *View) Linked(shown, raw string, o evidence.Origin) string {
	server := v.Record.Target.Repository.Server
	url := text.Address(raw)
	if url == "" || server == "" || !strings.HasPrefix(raw, server+"/") || !o.Basis.Certain() {
		return shown
	}
	return "[" + shown + "](" + url + ")"
}
