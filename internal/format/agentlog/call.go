package agentlog

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/mergebrief/mergebrief/internal/commandline"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

// maxPending bounds the calls that wait for their result, and the ids of those
// that were seen, so that a copied call counts once.
const maxPending = 200_000

// started is what a log says about a command that an agent starts.
type started struct {
	call, line, dir string
	// argv is the command when it was started without a shell.
	argv     []string
	at       time.Time
	subagent bool
}

// run notes that the agent starts a command line.
func (b *builder) run(s started) *pendingCommand {
	line := s.line
	var a commandline.Analysis
	if s.argv != nil {
		a, line = b.shell.Argv(s.argv), strings.Join(s.argv, " ")
	} else {
		a = b.shell.Read(line)
	}
	h := b.begin(a, evidence.Command{
		Line: line, Dir: s.dir, Started: s.at, Subagent: s.subagent, Call: evidence.ClipValid(s.call, maxNameBytes),
	})
	h.excess = b.excess(a)
	if b.stashed {
		b.elsewhere(h)
	}
	if strings.Contains(line, commandline.PatchBegin) {
		h.patch = line
	}
	h.documents, h.at = a.Documents, s.dir
	return h
}

// end notes the result of a command and what it did besides.
func (b *builder) end(h *pendingCommand, r result) {
	if len(h.steps) > 0 {
		b.endSteps(h, r)
	} else {
		b.finish(h, r)
	}
	if r.notRun {
		h.excess = nil
		return
	}
	failed := r.failed || r.exit != nil && *r.exit != 0
	switch {
	case h.line.Restores:
		b.stashed = false
	case h.line.Stashes && !failed && !bytes.Contains(r.output, []byte("No local changes to save")):
		b.stashed = true
	}
	b.exceeded(h)
	if h.line.Commits {
		for _, m := range committed.FindAllSubmatch(r.output, commandline.MaxCommands) {
			b.commit(string(m[1]))
		}
	}
	if h.line.Opens {
		b.pullRequest(string(pullRequestURL.Find(r.output)))
	}
	b.wrote(h, failed, r.output)
	if h.ended {
		return // it was told before that the command runs, and now how it ended
	}
	h.ended = true
	for _, u := range h.line.Urls {
		b.host(u)
	}
	for _, name := range h.line.Writes {
		if _, known := b.writes[name]; known || len(b.writes) < maxListed {
			b.writes[name]++
		}
	}
	if h.line.SkipsHooks {
		b.drift[[2]string{"hooks", "--no-verify"}]++
	}
}

// notWritten matches what a shell says when it cannot write a file.
var notWritten = regexp.MustCompile(`(?m)(?:Read-only file system|Permission denied|Operation not permitted|cannot create|No such file or directory|Is a directory|No space left)`)

// wrote notes the edits that stand in the command line itself: patches, documents
// that go into a file, and files of which the line tells the name and not the text.
func (b *builder) wrote(h *pendingCommand, failed bool, output []byte) {
	if h.patch != "" && !failed {
		b.patch(h.patch, h.Started, h.Subagent, h.Call)
	}
	for _, d := range h.documents {
		if failed && (!d.Sure || notWritten.Match(output)) {
			continue
		}
		e := evidence.Edit{Path: b.from(h, d.Path), Time: h.Started, Subagent: h.Subagent, Call: h.Call, LinesUnknown: !d.Known}
		if d.Known {
			e.Lines, e.Added = written(d.Text)
			if !d.Append {
				e.Whole = whole(d.Text)
			}
		}
		b.editBy(h, e)
	}
	h.patch, h.documents = "", nil
}

// from returns a path that a command line names as seen from the top.
func (b *builder) from(h *pendingCommand, p string) string {
	if h.at == "" || commandline.AbsolutePath(commandline.CleanPath(p)) {
		return p
	}
	return h.at + "/" + p
}

// elsewhere notes that the commands of a line look at other code.
func (b *builder) elsewhere(h *pendingCommand) {
	h.OtherCode = true
	for _, s := range h.steps {
		s.OtherCode = true
	}
}

// otherFolders marks the checks that ran outside of the repository, unless the agent
// worked there, too.
func (b *builder) otherFolders() {
	if b.root == "" || len(b.edits) == 0 {
		return
	}
	for _, h := range b.commands {
		if !h.Validates() || !commandline.AbsolutePath(h.Dir) {
			continue
		}
		worked := slices.ContainsFunc(b.edits, func(e pendingEdit) bool { return commandline.AbsolutePath(e.Path) })
		h.OtherCode = h.OtherCode || !worked
	}
}

// committed matches what git commit prints: "[main 1a2b3c4] subject".
var committed = regexp.MustCompile(`(?m)^\[[^\]\n]{1,255}? (?:\(root-commit\) )?([0-9a-f]{7,40})\] `)

var pullRequestURL = regexp.MustCompile(`https://[\w.-]+/[\w.-]+/[\w.-]+/pull/\d+`)

// shows notes the files that a command line printed, for agents that read
// through the shell.
func (b *builder) shows(h *pendingCommand) {
	if h.Outcome == evidence.CommandNotRun && len(h.steps) == 0 {
		return
	}
	for _, p := range h.line.Shows {
		if h.Dir != "" && !commandline.AbsolutePath(commandline.CleanPath(p)) && !strings.HasPrefix(h.Dir, "/") {
			p = h.Dir + "/" + p
		}
		b.reads(p)
	}
}

// host notes the host of an address that the agent opened.
func (b *builder) host(address string) {
	name := hostOf(address)
	b.uses("url", name)
	if n := len(b.session.Boundaries); n > 0 && name != "" {
		if allowed := b.session.Boundaries[n-1].AllowedHosts; len(allowed) > 0 && !slices.ContainsFunc(allowed, func(p string) bool { return commandline.AllowsHost(p, name) }) {
			b.drifts("host", name)
		}
	}
}

// excess returns the families of a line that the boundary in force does not allow.
func (b *builder) excess(a commandline.Analysis) []string {
	n := len(b.session.Boundaries)
	if n == 0 || len(b.session.Boundaries[n-1].AllowedCommands) == 0 {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(a.Families), func(family string) bool {
		return slices.ContainsFunc(b.session.Boundaries[n-1].AllowedCommands, func(p string) bool { return commandline.Allows(p, family, "") })
	})
}

// exceeded notes what a command did beyond the boundary. One that was refused did
// nothing.
func (b *builder) exceeded(h *pendingCommand) {
	for _, family := range h.excess {
		b.drifts("command", family)
	}
	h.excess = nil
}

// hostOf returns the host of a URL without user, port and path.
func hostOf(address string) string {
	_, rest, ok := strings.Cut(address, "://")
	if !ok {
		rest = address
	}
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		rest = rest[:i]
	}
	rest = rest[strings.LastIndexByte(rest, '@')+1:]
	if i := strings.LastIndexByte(rest, ':'); i >= 0 && !strings.HasSuffix(rest, "]") {
		rest = rest[:i]
	}
	return evidence.ClipValid(strings.ToLower(rest), maxNameBytes)
}

// tool notes the use of a tool by its name and checks it against what the
// boundary in force allows.
func (b *builder) tool(name string) {
	n := len(b.session.Boundaries)
	if n == 0 || name == "" {
		return
	}
	if allowed := b.session.Boundaries[n-1].AllowedTools; len(allowed) > 0 && !slices.Contains(allowed, name) {
		b.drifts("tool", name)
	}
}

func (b *builder) drifts(kind, name string) {
	key := [2]string{kind, evidence.ClipValid(name, maxNameBytes)}
	if _, known := b.drift[key]; known || len(b.drift) < maxListed {
		b.drift[key]++
	}
}

// reasonOf reads the reason out of an error message of a tool.
func reasonOf(message string) evidence.Reason {
	m := strings.ToLower(evidence.ClipValid(message, commandline.MaxOutputLine))
	for _, r := range []struct {
		words  []string
		reason evidence.Reason
	}{
		{[]string{"does not exist", "no such file", "not found", "enoent", "404", "not exist"}, evidence.NotFound},
		{[]string{"permission", "denied", "403", "401", "forbidden", "unauthorized", "eacces", "not allowed", "rejected", "doesn't want"}, evidence.Denied},
		{[]string{"exceeds", "too large", "too long"}, evidence.Truncated},
	} {
		for _, w := range r.words {
			if strings.Contains(m, w) {
				return r.reason
			}
		}
	}
	return evidence.Unavailable
}

// written returns the hashes of the lines of content and their number.
func written(content string) (hashes []evidence.LineHash, n int) {
	rest := []byte(content)
	for len(rest) > 0 {
		line := rest
		if i := bytes.IndexByte(rest, '\n'); i >= 0 {
			line, rest = rest[:i], rest[i+1:]
		} else {
			rest = nil
		}
		n++
		if h, ok := evidence.HashLine(line); ok && len(hashes) < maxEditLines {
			hashes = append(hashes, h)
		}
	}
	return hashes, n
}

// replaced returns the lines that differ between two texts, those that they
// share at both ends left out.
func replaced(before, after string) (hashes []evidence.LineHash, added, removed int) {
	x, y := split(before), split(after)
	for len(x) > 0 && len(y) > 0 && x[0] == y[0] {
		x, y = x[1:], y[1:]
	}
	for len(x) > 0 && len(y) > 0 && x[len(x)-1] == y[len(y)-1] {
		x, y = x[:len(x)-1], y[:len(y)-1]
	}
	for _, line := range y {
		if h, ok := evidence.HashLine([]byte(line)); ok && len(hashes) < maxEditLines {
			hashes = append(hashes, h)
		}
	}
	return hashes, len(y), len(x)
}

func split(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(s, "\n"), "\n")
}

// swap adds the replacement of one text by another to an edit.
func swap(e *evidence.Edit, before, after string) {
	hashes, added, removed := replaced(before, after)
	e.Added += added
	e.Removed += removed
	if room := maxEditLines - len(e.Lines); len(hashes) > room {
		hashes = hashes[:room]
	}
	e.Lines = append(e.Lines, hashes...)
}

// foreignTool takes the name of a tool of an MCP server apart: mcp__server__tool, as
// most agents write it, and mcp_server_tool, as Gemini CLI does.
func foreignTool(name string) (server, tool string, ok bool) {
	if rest, found := strings.CutPrefix(name, "mcp__"); found {
		server, tool, _ = strings.Cut(rest, "__")
		return server, tool, server != ""
	}
	if rest, found := strings.CutPrefix(name, "mcp_"); found {
		server, tool, _ = strings.Cut(rest, "_")
		return server, tool, server != ""
	}
	return "", "", false
}

// foreign notes the tools of MCP servers.
func (b *builder) foreign(tool string, failed bool, said string) {
	server, of, ok := foreignTool(tool)
	if !ok {
		return
	}
	name := server
	if of != "" {
		name += "/" + of
	}
	b.uses("mcp", name)
	if failed {
		b.lacks(name, reasonOf(said), "")
	}
}
