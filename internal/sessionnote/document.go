// Package sessionnote defines the document in which `mergebrief record` carries what
// agents did from where they worked to the pull request: one for each commit,
// kept as a git note under [Ref].
//
// It hides how a session is reduced to what may leave a machine and how
// documents are stored. It promises that a document holds no text of prompts,
// code or outputs, unless prompts were asked for; that the lines it speaks of
// are lines of its own commit; that documents merge without conflicts, as a
// union of entries by id in which the fuller of two wins, in whatever order they
// meet; and that whatever is read from a note is bounded. docs/record.md
// describes the format. The package does no I/O.
package sessionnote

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/mergebrief/mergebrief/internal/agents"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

const (
	// Ref is where the notes are.
	Ref = "refs/notes/mergebrief"
	// Schema names the version of the format.
	Schema = "https://mergebrief.github.io/record/v1"
	// Format is the format of sessions that are read from a document.
	Format = "mergebrief-record"
	// MaxBytes bounds a document that is read. Those written here have some
	// kilobytes; a commit of 20,000 lines by several agents stays below.
	MaxBytes = 1 << 20
	// maxEntries bounds the entries of one document: sessions that wrote the same
	// commit.
	maxEntries = 200
)

// Document is the session note on one commit.
type Document struct {
	Schema string `json:"schema"`
	// Full id of the commit that the document was made for.
	Commit string `json:"commit"`
	// Patch id of the commit (git patch-id --stable), by which the document finds
	// the commit again after a rebase.
	Patch string `json:"patch,omitempty"`
	// One for each session that had part in the commit, by start and id.
	Entries []Entry `json:"records"`
}

// Join says what ties a session to the commit.
type Join string

const (
	// JoinCommit means that the transcript names the commit that it made.
	JoinCommit Join = "commit-id"
	// JoinContent means that lines which the session wrote are in the commit.
	JoinContent Join = "content"
	// JoinNamed means that the user named the session and nothing else ties it to
	// the commit.
	JoinNamed Join = "named"
)

// Entry is one session's part in the commit.
type Entry struct {
	// Name of the entry, made of agent, session and commit: two machines that
	// note the same thing give it the same name.
	ID   string `json:"id"`
	Join Join   `json:"join"`
	// The session, reduced.
	Session evidence.Session `json:"session"`
	// The lines of the commit that the session wrote, by path.
	Files []Lines `json:"files,omitempty"`
	// Notes ref of another tool that says which lines the session wrote; those of
	// its files are not repeated here.
	LinesIn string `json:"linesIn,omitempty"`
	// Checkpoint of another tool that holds the session itself, as
	// "branch:folder" or "ref:folder"; of the session only the name is here.
	SessionIn string `json:"sessionIn,omitempty"`
	// Commit for which the entry was made first, and how it found this one:
	// "patch-id" or "line-hashes".
	From    string `json:"from,omitempty"`
	Carried string `json:"carried,omitempty"`
}

// Same reports whether both entries are of one session.
func (r Entry) Same(other Entry) bool {
	return r.Session.Key() == other.Session.Key()
}

// LineCount is the number of lines of the commit that are the session's.
func (r Entry) LineCount() int { return lineCount(r.Files) }

// NewDocument returns the document of a commit with the entries, in order.
func NewDocument(commit, patch string, records []Entry) Document {
	d := Document{Schema: Schema, Commit: commit, Patch: patch, Entries: slices.Clone(records)}
	d.name()
	d.sort()
	return d
}

// name gives each entry the name that it has to have.
func (d *Document) name() {
	for i := range d.Entries {
		d.Entries[i].ID = entryID(d.Commit, d.Entries[i].Session)
	}
}

func entryID(commit string, s evidence.Session) string {
	sum := sha256.Sum256([]byte(s.Agent + "\x00" + s.ID + "\x00" + commit))
	return hex.EncodeToString(sum[:8])
}

func (d *Document) sort() {
	slices.SortStableFunc(d.Entries, func(a, b Entry) int {
		return cmp.Or(a.Session.Started.Compare(b.Session.Started), cmp.Compare(a.ID, b.ID))
	})
}

// Encode returns the bytes of the document: one line of JSON, equal for equal
// documents.
func Encode(d Document) ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(d); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// objectName is a full object name in either hash function.
var objectName = regexp.MustCompile(`^(?:[0-9a-f]{40}|[0-9a-f]{64})$`)

// Decode reads a document. What is none, or of a later version, is a Problem.
// The names of entries are made anew, so that nobody's entry takes the place of
// another session's; of several with one name the fullest stays.
func Decode(data []byte) (Document, error) {
	if len(data) > MaxBytes {
		return Document{}, evidence.Errorf(evidence.Truncated, "a record of %d bytes; more than %d are not read", len(data), MaxBytes)
	}
	var d Document
	if err := json.Unmarshal(data, &d); err != nil {
		return Document{}, evidence.Errorf(evidence.Unreadable, "not a record of mergebrief: %w", err)
	}
	switch {
	case !strings.HasPrefix(d.Schema, "https://mergebrief.github.io/record/"):
		return Document{}, evidence.Errorf(evidence.Unreadable, "not a record of mergebrief: schema %.80q", d.Schema)
	case d.Schema != Schema:
		return Document{}, evidence.Errorf(evidence.Unsupported, "a record of version %.80q: a later mergebrief reads it", d.Schema)
	case !objectName.MatchString(d.Commit):
		return Document{}, evidence.Errorf(evidence.Unreadable, "a record without the commit that it is about")
	case len(d.Entries) > maxEntries:
		return Document{}, evidence.Errorf(evidence.Truncated, "a record of %d sessions; more than %d are not read", len(d.Entries), maxEntries)
	}
	for i, r := range d.Entries {
		d.Entries[i].Session.Agent = agents.Known().Key(r.Session.Agent)
		for _, f := range r.Files {
			if err := f.check(); err != nil {
				return Document{}, err
			}
		}
	}
	d.name()
	return Union(d, Document{Commit: d.Commit, Patch: d.Patch}), nil
}

// Union returns the entries of both documents, each once. Of two with the same
// id the fuller one stays. It does not matter which document comes first, nor
// how often one comes: notes that were pushed at the same time can be merged in
// any order.
func Union(a, b Document) Document {
	if d := cmp.Compare(a.Commit+a.Patch, b.Commit+b.Patch); d > 0 {
		a, b = b, a // a note that git copied to another commit keeps its own name
	}
	out := Document{Schema: Schema, Commit: a.Commit, Patch: cmp.Or(a.Patch, b.Patch)}
	at := map[string]int{}
	for _, r := range slices.Concat(a.Entries, b.Entries) {
		i, known := at[r.ID]
		if !known {
			at[r.ID] = len(out.Entries)
			out.Entries = append(out.Entries, r)
		} else if fuller(r, out.Entries[i]) {
			out.Entries[i] = r
		}
	}
	out.sort()
	return out
}

// fuller reports whether a knows more than b. It is an order of all entries, so
// that a union does not depend on the order of its parts.
func fuller(a, b Entry) bool {
	first, _ := json.Marshal(a) // an entry that was decoded or built always marshals
	second, _ := json.Marshal(b)
	order := cmp.Or(
		-cmp.Compare(boolean(a.Carried != ""), boolean(b.Carried != "")),
		a.Session.Ended.Compare(b.Session.Ended),
		cmp.Compare(lineCount(a.Files), lineCount(b.Files)),
		cmp.Compare(len(first), len(second)),
		bytes.Compare(first, second),
	)
	return order > 0
}

func boolean(b bool) int {
	if b {
		return 1
	}
	return 0
}

func lineCount(files []Lines) (n int) {
	for _, f := range files {
		n += f.Count()
	}
	return n
}
