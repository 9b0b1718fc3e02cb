// Package local is the machine on which agents worked, as `mergebrief record`
// sees it: the folders where they keep their sessions, the repository with its
// worktrees, the notes ref and the hook.
//
// It hides where each agent keeps what and how notes get into a repository
// without touching anything else. It promises that nothing is written to a
// folder of an agent; that no link is followed out of one, and no file of
// another user opened; that of a session of another repository no more than the
// header is read; that what is skipped is skipped with a reason; and that notes
// are added by compare and swap, merged with what the remote has, and never
// forced.
package local

import (
	"cmp"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/klauspost/compress/zstd"

	"github.com/mergebrief/mergebrief/internal/agents"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

const (
	// headerBytes is how much of a session file is its header. The first rows of
	// Codex hold its whole instructions, some 20 KB.
	headerBytes = 64 << 10
	// maxFiles bounds the session files of one machine; a thousand is much.
	maxFiles = 50_000
	// maxZstdMemory bounds the window of a compressed session.
	maxZstdMemory = 64 << 20
)

// Home is a user's home as agents know it.
type Home struct {
	// Variables, such as HOME, CLAUDE_CONFIG_DIR and CODEX_HOME.
	Getenv func(string) string
	// Globs of further session files, absolute.
	From []string
	// Folder for the index of headers; "" for none. It may be deleted at any
	// time.
	Cache string
}

// Candidate is a file that may hold a session.
type Candidate struct {
	Agent    string
	Path     string
	Size     int64
	Modified time.Time
	Header   Header
	// The file holds sessions whose ids its header does not tell.
	Many bool
	// The file was asked for by a glob.
	Asked bool
	// Why the file is not read.
	Skip error

	root, name string
}

// storeFolder is where an agent keeps its sessions.
type storeFolder struct {
	agents.Store
	agent, dir string
}

// homeOf is the home folder; outside of its own shell Windows has another name for
// it.
func homeOf(getenv func(string) string) string { return cmp.Or(getenv("HOME"), getenv("USERPROFILE")) }

// places lists the default places of the agents of a table.
func (h Home) places(table *agents.Table, worktrees []string) []storeFolder {
	nowhere := homeOf(h.Getenv) == ""
	var list []storeFolder
	for _, a := range table.All() {
		for _, s := range a.Stores {
			if s.Worktree {
				for _, w := range worktrees {
					list = append(list, storeFolder{agent: a.Key, dir: w, Store: s})
				}
				continue
			}
			for _, dir := range h.folders(s) {
				if filepath.IsAbs(dir) || !nowhere {
					list = append(list, storeFolder{agent: a.Key, dir: dir, Store: s})
				}
			}
		}
	}
	return list
}

// folders are where a store lies: where the variable says, which may be set for
// some programs and not for others, and in the home. They are relative where
// nothing says where the home is.
func (h Home) folders(s agents.Store) []string {
	var tops []string
	if s.Variable != "" {
		for top := range strings.SplitSeq(h.Getenv(s.Variable), ",") {
			if top = strings.TrimSpace(top); top != "" {
				tops = append(tops, top)
			}
		}
	}
	tops = append(tops, filepath.Join(homeOf(h.Getenv), filepath.FromSlash(s.Folder)))
	var dirs []string
	for _, top := range tops {
		if dir := filepath.Join(top, filepath.FromSlash(s.Below)); !slices.Contains(dirs, dir) {
			dirs = append(dirs, dir)
		}
	}
	return dirs
}

// Sessions lists the session files of the default places of agents and of the
// globs, by path, with their headers.
func (h Home) Sessions(ctx context.Context, worktrees []string) ([]Candidate, error) {
	index := openIndex(h.Cache)
	var all []Candidate
	for _, p := range h.places(agents.Known(), worktrees) {
		found, err := p.list(ctx, index)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	for _, glob := range h.From {
		dir, rest := doublestar.SplitPattern(filepath.ToSlash(glob))
		found, err := storeFolder{dir: filepath.FromSlash(dir), Store: agents.Store{Globs: []string{rest}}}.list(ctx, index)
		if err != nil {
			return nil, err
		}
		if len(found) == 0 {
			return nil, evidence.Errorf(evidence.NotFound, "--from %s: no file matches", glob)
		}
		for i := range found {
			found[i].Asked = true
		}
		all = append(found, all...)
	}
	index.save()
	slices.SortStableFunc(all, func(a, b Candidate) int { return cmp.Compare(a.Path, b.Path) })
	return slices.CompactFunc(all, func(a, b Candidate) bool { return a.Path == b.Path }), nil
}

// StoreState is a folder of an agent that is on this machine.
type StoreState struct {
	Agent, Dir string
	// Number of session files.
	Files int
	// Why they are not read; "" for those that are.
	Unread string
}

// Stores lists the folders in which agents keep their sessions and that are on
// this machine, by agent and folder, with what [Home.Sessions] found in them.
func (h Home) Stores(found []Candidate) []StoreState {
	var all []StoreState
	for _, p := range h.places(agents.Known(), nil) {
		if _, err := os.Stat(p.dir); err != nil || slices.ContainsFunc(all, func(s StoreState) bool { return s.Dir == p.dir && s.Agent == p.agent }) {
			continue
		}
		s := StoreState{Agent: p.agent, Dir: p.dir, Unread: p.Unread}
		if p.Export != "" {
			s.Unread = "a database; " + p.Export + " prints a session"
		}
		for _, c := range found {
			if c.root == p.dir && c.Agent == p.agent && p.matches(filepath.ToSlash(c.name)) {
				s.Files++
			}
		}
		if s.Files > 0 || s.Unread == "" {
			all = append(all, s)
		}
	}
	return all
}

// list finds the files of a folder. A folder that is not there has none.
func (p storeFolder) list(ctx context.Context, index *index) ([]Candidate, error) {
	root, err := os.OpenRoot(p.dir)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		}
		return []Candidate{{Agent: p.agent, Path: p.dir, Skip: reasonFor(err)}}, nil
	}
	defer root.Close()
	var found []Candidate
	visit := func(name string, d fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			found = append(found, Candidate{Agent: p.agent, Path: filepath.Join(p.dir, name), Skip: reasonFor(err)})
			return fs.SkipDir
		case d.IsDir():
			if !p.leads(name) {
				return fs.SkipDir
			}
			return nil
		case !p.matches(name) && !(d.Type()&fs.ModeSymlink != 0 && p.leads(name)):
			return nil
		case len(found) == maxFiles:
			return evidence.Errorf(evidence.Truncated, "%s: more than %d session files", p.dir, maxFiles)
		}
		found = append(found, p.candidate(root, name, d, index))
		return nil
	}
	return found, fs.WalkDir(root.FS(), ".", visit)
}

func (p storeFolder) matches(name string) bool {
	return slices.ContainsFunc(p.Globs, func(g string) bool { return doublestar.MatchUnvalidated(g, name) })
}

// leads reports whether a folder can hold files of the store. It saves walking
// through a worktree for a file at its top.
func (p storeFolder) leads(dir string) bool {
	if dir == "." {
		return true
	}
	depth := strings.Count(dir, "/") + 1
	return slices.ContainsFunc(p.Globs, func(g string) bool {
		parts := strings.Split(g, "/")
		for i, part := range parts[:len(parts)-1] {
			if part == "**" || i == depth-1 {
				return doublestar.MatchUnvalidated(path.Join(parts[:i+1]...), dir)
			}
		}
		return false
	})
}

func (p storeFolder) candidate(root *os.Root, name string, d fs.DirEntry, index *index) Candidate {
	c := Candidate{Agent: p.agent, Path: filepath.Join(p.dir, filepath.FromSlash(name)), root: p.dir, name: filepath.FromSlash(name)}
	if d.Type()&fs.ModeSymlink != 0 {
		c.Skip = evidence.Errorf(evidence.Denied, "a symbolic link; links are not followed")
		return c
	}
	info, err := d.Info()
	if err != nil {
		c.Skip = reasonFor(err)
		return c
	}
	c.Size, c.Modified = info.Size(), info.ModTime()
	switch {
	case !info.Mode().IsRegular():
		c.Skip = evidence.Errorf(evidence.Unsupported, "not a regular file")
	case p.Unread != "":
		c.Skip = evidence.Errorf(evidence.Unsupported, "%s", p.Unread)
	case p.Export != "":
		c.Skip = evidence.Errorf(evidence.Unsupported, "a database: run %s > FILE and name it with --from", p.Export)
	case foreign(info):
		c.Skip = evidence.Errorf(evidence.Denied, "it belongs to another user")
	default:
		c.Header, c.Skip = index.header(c, func() (Header, error) { return readHeader(root, c.name) })
	}
	if p.Slugged {
		slug, _, _ := strings.Cut(name, "/")
		c.Header = Header{Slug: slug, Mentions: c.Header.Mentions}
	}
	if p.Worktree {
		c.Header.Dir, c.Many = p.dir, true
	}
	if p.Beside != "" && c.Header.Dir == "" && c.Skip == nil {
		top, _, _ := strings.Cut(name, "/")
		c.Header.Dir = projectBeside(root, filepath.Join(top, p.Beside))
	}
	return c
}

// projectBeside reads the file beside sessions that names their folder.
func projectBeside(root *os.Root, name string) string {
	f, err := root.Open(name)
	if err != nil {
		return ""
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, headerBytes))
	if err != nil {
		return ""
	}
	if dir := fileFolder(first(folderMember, text)); dir != "" {
		return dir
	}
	if dir := strings.TrimSpace(string(text)); filepath.IsAbs(dir) && !strings.Contains(dir, "\n") {
		return dir
	}
	return ""
}

// readHeader reads the start of a file, and the end of a document whose start
// does not say where the agent worked.
func readHeader(root *os.Root, name string) (Header, error) {
	f, err := root.Open(name)
	if err != nil {
		return Header{}, reasonFor(err)
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(name, ".zst") {
		dec, err := zstd.NewReader(f, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxZstdMemory))
		if err != nil {
			return Header{}, evidence.Errorf(evidence.Unreadable, "zstd: %w", err)
		}
		defer dec.Close()
		r = dec
	}
	head := make([]byte, headerBytes)
	n, err := io.ReadFull(r, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return Header{}, evidence.Errorf(evidence.Unreadable, "%w", err)
	}
	if n == 0 {
		return Header{}, evidence.Errorf(evidence.Truncated, "the file is empty: the agent has not written to it yet")
	}
	h := parseHeader(head[:n])
	if strings.HasSuffix(name, ".json") && h.Dir == "" && h.Project == "" {
		h.readTail(f)
	}
	return h, nil
}

// reasonFor drops the path from a file error, which is named beside it.
func reasonFor(err error) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		err = p.Err
	}
	if errors.Is(err, fs.ErrPermission) {
		return evidence.Errorf(evidence.Denied, "%w", err)
	}
	return evidence.Errorf(evidence.Unreadable, "%w", err)
}
