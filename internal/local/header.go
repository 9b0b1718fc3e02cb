package local

import (
	"cmp"
	"encoding/json"
	"io"
	"net/url"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
)

// Header is what the first rows of a session file tell of it. It holds no text.
type Header struct {
	ID         string `json:"id,omitempty"`
	Dir        string `json:"dir,omitempty"`
	Branch     string `json:"branch,omitempty"`
	Repository string `json:"repository,omitempty"`
	// Hash of the folder, where the agent writes that instead (Gemini CLI).
	Project string `json:"project,omitempty"`
	// Folder name made of the path of the project, where there is nothing else.
	Slug string `json:"slug,omitempty"`
	// The other folders in which the agent worked, and the folders of files that it
	// named, the first ones of each.
	Dirs     []string `json:"dirs,omitempty"`
	Mentions []string `json:"mentions,omitempty"`
	// The session that this one began as a copy of.
	Fork string `json:"fork,omitempty"`
}

// none reports whether nothing is known of the file.
func (h Header) none() bool {
	return h.ID+h.Dir+h.Branch+h.Repository+h.Project+h.Slug == "" && len(h.Mentions) == 0
}

// maxMentions bounds the folders that a header keeps of each kind.
const maxMentions = 32

// member finds a string member of JSON by one of its names. A cut file, a row of
// megabytes and every format are read alike; text inside of strings cannot match
// because its quotes are escaped.
func member(names string) *regexp.Regexp {
	return regexp.MustCompile(`"(?:` + names + `)"\s*:\s*("(?:[^"\\]|\\.)*")`)
}

// The members by which agents name session, folder, branch and repository:
// Claude Code sessionId, cwd, gitBranch; Codex id, cwd, branch, repository_url;
// Copilot sessionId, cwd, gitRoot, branch, repository; Gemini sessionId,
// projectHash; Amp id and the uri of its trees; Windsurf the files it shows.
var (
	idMember      = member("sessionId|session_id|thread_id|id")
	dirMember     = member("cwd|gitRoot|workdir|workspaceDirectory|workspace_root")
	branchMember  = member("gitBranch|branch")
	repoMember    = member("repository_url|repository")
	projectMember = member("projectHash")
	uriMember     = member("uri|path")
	folderMember  = member("folder")
	fileMember    = member("file_path|filePath|absolute_path|path")
	forkMember    = regexp.MustCompile(`"forkedFrom"\s*:\s*\{[^{}]*?"sessionId"\s*:\s*("(?:[^"\\]|\\.)*")`)
)

func parseHeader(head []byte) Header {
	h := Header{
		ID: first(idMember, head), Dir: first(dirMember, head), Branch: first(branchMember, head),
		Repository: first(repoMember, head), Project: first(projectMember, head), Slug: fileFolder(first(uriMember, head)),
		Fork: first(forkMember, head),
	}
	h.mention(head)
	return h
}

// mention adds the folders that a text names.
func (h *Header) mention(text []byte) {
	for _, dir := range every(dirMember, text) {
		if dir = slashed(dir); path.IsAbs(drive(dir)) && dir != h.Dir && !slices.Contains(h.Dirs, dir) && len(h.Dirs) < maxMentions {
			h.Dirs = append(h.Dirs, dir)
		}
	}
	for _, name := range every(fileMember, text) {
		dir := path.Dir(slashed(strings.TrimPrefix(name, "file://")))
		if path.IsAbs(drive(dir)) && !slices.Contains(h.Mentions, dir) && len(h.Mentions) < maxMentions {
			h.Mentions = append(h.Mentions, dir)
		}
	}
}

// every returns the members in a text.
func every(re *regexp.Regexp, text []byte) (all []string) {
	for _, m := range re.FindAllSubmatch(text, -1) {
		var s string
		if json.Unmarshal(m[1], &s) == nil {
			all = append(all, s)
		}
	}
	return all
}

// windows is a path of Windows.
var windows = regexp.MustCompile(`^[A-Za-z]:[\\/]`)

// slashed is a path with slashes, wherever it is from.
func slashed(p string) string {
	if windows.MatchString(p) {
		return strings.ReplaceAll(p, `\`, "/")
	}
	return p
}

// drive is a path without the letter of its drive.
func drive(p string) string {
	if windows.MatchString(p) {
		return p[2:]
	}
	return p
}

func first(re *regexp.Regexp, text []byte) string {
	m := re.FindSubmatch(text)
	if m == nil {
		return ""
	}
	var s string
	if json.Unmarshal(m[1], &s) != nil {
		return ""
	}
	return s
}

// fileFolder returns the path of a file URL.
func fileFolder(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "file" {
		return ""
	}
	return u.Path
}

// readTail completes a header from the end of a file, where documents that are
// written as a whole have what they say of themselves.
func (h *Header) readTail(f *os.File) {
	end, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return
	}
	from := max(0, end-headerBytes)
	text := make([]byte, end-from)
	if _, err := f.ReadAt(text, from); err != nil {
		return
	}
	if _, trees, ok := strings.Cut(string(text), `"trees"`); ok {
		h.Dir = fileFolder(first(uriMember, []byte(trees)))
	}
	h.Project = cmp.Or(h.Project, first(projectMember, text))
	h.mention(text)
}
