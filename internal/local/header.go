package local

import (
	"cmp"
	"encoding/json"
	"io"
	"net/url"
	"os"
	"regexp"
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
}

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
	dirMember     = member("cwd|gitRoot|workdir")
	branchMember  = member("gitBranch|branch")
	repoMember    = member("repository_url|repository")
	projectMember = member("projectHash")
	uriMember     = member("uri|path")
)

func parseHeader(head []byte) Header {
	return Header{
		ID: first(idMember, head), Dir: first(dirMember, head), Branch: first(branchMember, head),
		Repository: first(repoMember, head), Project: first(projectMember, head), Slug: fileFolder(first(uriMember, head)),
	}
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
}
