package agentlog

import (
	"bytes"
	"cmp"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/mergebrief/mergebrief/internal/commandline"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

const (
	formatNote = "git-ai-note"
	// maxNoteBytes bounds a note. The largest of 10,685 measured ones has 3.2 MB,
	// nearly all of it conversation, which is skipped.
	maxNoteBytes = 16 << 20
	// maxListedKeys bounds the undefined keys that are listed.
	maxListedKeys = 100
	// maxNoteFiles bounds the files of a note, maxNoteClaims the claims.
	maxNoteFiles  = 100_000
	maxNoteClaims = 200_000
)

// noteMeta is the part of a note behind the divider (specs/git_ai_standard,
// version 3.0.0, and what versions 1.0 to 2.0 were seen to write).
type noteMeta struct {
	Schema   text                                   `json:"schema_version"`
	Version  text                                   `json:"git_ai_version"`
	Base     text                                   `json:"base_commit_sha"`
	Prompts  object[map[string]object[noteSession]] `json:"prompts"`
	Sessions object[map[string]object[noteSession]] `json:"sessions"`
	Humans   object[map[string]object[noteHuman]]   `json:"humans"`
}

type noteSession struct {
	Agent object[struct {
		Tool  text `json:"tool"`
		ID    text `json:"id"`
		Model text `json:"model"`
	}] `json:"agent_id"`
	Messages noteMessages `json:"messages"`
}

type noteHuman struct {
	Author text `json:"author"`
}

// noteMessages skips a conversation and keeps whether there was one.
type noteMessages bool

// UnmarshalJSONFrom implements json.UnmarshalerFrom.
func (m *noteMessages) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	if dec.PeekKind() != '[' {
		return dec.SkipValue()
	}
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	for dec.PeekKind() != ']' {
		*m = true
		if err := dec.SkipValue(); err != nil {
			return err
		}
	}
	_, err := dec.ReadToken()
	return err
}

// noteEntry is one line of an attestation: a key and the lines it stands for.
type noteEntry struct {
	key    string
	ranges rangeSet
}

type noteFile struct {
	path    string
	entries []noteEntry
}

// DecodeNote reads a note of git-ai as it hangs on refs/notes/ai. The claims are
// valid at the commit that the note annotates; Commit is the one that the note
// names, for the caller to replace.
func DecodeNote(r io.Reader) (evidence.Fragment, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxNoteBytes+1))
	switch {
	case err != nil:
		return evidence.Fragment{}, evidence.Errorf(evidence.Unreadable, "note: %w", err)
	case len(data) > maxNoteBytes:
		return evidence.Fragment{}, evidence.Errorf(evidence.Truncated, "the note is larger than %d bytes", maxNoteBytes)
	}
	top, rest, ok := divide(data)
	if !ok {
		return evidence.Fragment{}, evidence.Errorf(evidence.Truncated, "the note has no line --- between the lines and what defines their keys")
	}
	if deep(rest) {
		return evidence.Fragment{}, evidence.Errorf(evidence.Truncated, "the note nests deeper than %d", maxDepth)
	}
	var meta noteMeta
	if err := json.Unmarshal(rest, &meta, rowOptions); err != nil {
		return evidence.Fragment{}, evidence.Errorf(evidence.Unreadable, "the note is no JSON behind the line ---")
	}
	n := &noteReader{meta: &meta, undefined: map[string]bool{}}
	n.files(top)
	return n.fragment(), nil
}

// divide splits a note at its first line "---".
func divide(data []byte) (top, rest []byte, ok bool) {
	data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	if after, cut := bytes.CutPrefix(data, []byte("---\n")); cut {
		return nil, after, true
	}
	top, rest, ok = bytes.Cut(data, []byte("\n---\n"))
	return top, rest, ok
}

type noteReader struct {
	meta      *noteMeta
	list      []noteFile
	undefined map[string]bool
	source    evidence.ClaimSource
}

// files reads the attestations: a path at the start of a line, its entries below
// it, indented by two spaces.
func (n *noteReader) files(top []byte) {
	for line := range bytes.Lines(top) {
		l := strings.TrimRight(string(line), "\r\n")
		entry, indented := strings.CutPrefix(l, "  ")
		switch {
		case strings.TrimSpace(l) == "":
		case !indented && len(n.list) >= maxNoteFiles:
			n.source.Dropped++
		case !indented:
			n.list = append(n.list, noteFile{path: notePath(l)})
		case len(n.list) > 0:
			n.entry(&n.list[len(n.list)-1], entry)
		}
	}
}

// notePath returns a path, which is quoted when it holds spaces.
func notePath(l string) string {
	if strings.HasPrefix(l, `"`) {
		if p, err := strconv.Unquote(l); err == nil {
			return p
		}
		return strings.Trim(l, `"`)
	}
	return l
}

// entry reads "key 1,4-9".
func (n *noteReader) entry(f *noteFile, l string) {
	cut := strings.LastIndexByte(strings.TrimSpace(l), ' ')
	if cut < 0 {
		n.source.BadRanges++
		return
	}
	e := noteEntry{key: strings.TrimSpace(l[:cut+1])}
	for part := range strings.SplitSeq(strings.TrimSpace(l)[cut+1:], ",") {
		from, to, dash := strings.Cut(part, "-")
		if !dash {
			to = from
		}
		x, err1 := strconv.Atoi(from)
		y, err2 := strconv.Atoi(to)
		if err1 != nil || err2 != nil {
			e.ranges.bad++
			continue
		}
		n.source.Ranges++
		if x >= 1 && y >= x && y <= maxLineNumber {
			n.source.StatedLines += y - x + 1
		}
		e.ranges.add(x, y)
	}
	n.source.BadRanges += e.ranges.bad
	f.entries = append(f.entries, e)
}

// author finds what a key stands for.
func (n *noteReader) author(key string) (evidence.Claim, bool) {
	session, _, _ := strings.Cut(key, "::")
	if h, ok := n.meta.Humans.v[key]; ok {
		return evidence.Claim{Author: evidence.AuthorHuman, Session: evidence.ClipValid(cmp.Or(string(h.v.Author), "a person"), maxNameBytes)}, true
	}
	for _, from := range []map[string]object[noteSession]{n.meta.Sessions.v, n.meta.Prompts.v} {
		if s, ok := from[session]; ok {
			a := s.v.Agent.v
			return evidence.Claim{
				Author: evidence.AuthorAI, Session: evidence.ClipValid(cmp.Or(string(a.ID), session), maxNameBytes),
				Agent: evidence.ClipValid(string(a.Tool), maxNameBytes), Model: evidence.ClipValid(string(a.Model), maxNameBytes),
			}, true
		}
	}
	return evidence.Claim{}, false
}

func (n *noteReader) fragment() evidence.Fragment {
	s := &n.source
	s.Format, s.Schema = formatNote, evidence.ClipValid(string(n.meta.Schema), maxNameBytes)
	s.ToolVersion, s.Commit = evidence.ClipValid(string(n.meta.Version), maxNameBytes), evidence.ClipValid(string(n.meta.Base), maxNameBytes)
	var f evidence.Fragment
	for i := range n.list {
		n.claims(&n.list[i], &f)
	}
	for _, from := range []map[string]object[noteSession]{n.meta.Sessions.v, n.meta.Prompts.v} {
		for _, key := range sortedKeys(from) {
			s.HoldsMessages = s.HoldsMessages || bool(from[key].v.Messages)
			s.Sessions = appendNew(s.Sessions, evidence.ClipValid(string(from[key].v.Agent.v.ID), maxNameBytes))
			s.Agent = cmp.Or(s.Agent, evidence.ClipValid(string(from[key].v.Agent.v.Tool), maxNameBytes))
		}
	}
	s.UndefinedKeyCount = len(n.undefined)
	s.UndefinedKeys = sortedKeys(n.undefined)
	s.UndefinedKeys = s.UndefinedKeys[:min(len(s.UndefinedKeys), maxListedKeys)]
	f.ClaimSources = []evidence.ClaimSource{*s}
	return f
}

// claims makes one claim of each author's lines of a file.
func (n *noteReader) claims(file *noteFile, f *evidence.Fragment) {
	if len(file.entries) == 0 {
		return
	}
	n.source.Files++
	var all, ai, human rangeSet
	start := len(f.Claims)
	for i := range file.entries {
		e := &file.entries[i]
		own := e.ranges.merged()
		all.list = append(all.list, own...)
		c, ok := n.author(e.key)
		if !ok {
			n.undefined[evidence.ClipValid(e.key, maxNameBytes)] = true
			n.source.UndefinedEntries++
			continue
		}
		if c.Author == evidence.AuthorHuman {
			human.list = append(human.list, own...)
		} else {
			ai.list = append(ai.list, own...)
		}
		if len(own) == 0 {
			continue
		}
		c.Commit, c.Path = evidence.ClipValid(string(n.meta.Base), maxNameBytes), evidence.ClipValid(file.path, commandline.MaxPathBytes)
		c.Method, c.Confidence, c.Ranges = evidence.MethodNote, evidence.Stated, own
		n.join(f, start, c)
	}
	n.source.Lines += all.lines()
	n.source.AILines += ai.lines()
	n.source.HumanLines += human.lines()
}

// join adds a claim, or its ranges to the claim of the same author on the file.
func (n *noteReader) join(f *evidence.Fragment, start int, c evidence.Claim) {
	at := slices.IndexFunc(f.Claims[start:], func(have evidence.Claim) bool {
		return have.Author == c.Author && have.Session == c.Session && have.Agent == c.Agent && have.Model == c.Model
	})
	switch {
	case at >= 0:
		have := &f.Claims[start+at]
		set := rangeSet{list: append(have.Ranges, c.Ranges...)}
		have.Ranges = set.merged()
	case len(f.Claims) >= maxNoteClaims:
		n.source.Dropped++
	default:
		f.Claims = append(f.Claims, c)
	}
}
