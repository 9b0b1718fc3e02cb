package agentlog

import (
	"cmp"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/mergebrief/mergebrief/internal/commandline"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

// deed is what a tool does, whatever an agent calls it.
type deed int

// What tools do. Those of other kinds are not understood.
const (
	doesOther deed = iota
	doesShell
	doesRead
	doesWrite
	doesEdit
	doesPatch
	doesFetch
	doesSearch
	doesDelegate
	doesCommandEdit // its argument "command" tells which: view, create, str_replace
	doesNothing     // neither runs nor writes nor reads a file by name
)

// toolVerbs are the names that the agents gave their tools, in lower case and
// without separators.
var toolVerbs = map[string]deed{
	"bash": doesShell, "shell": doesShell, "runshellcommand": doesShell, "runinterminal": doesShell, "executebash": doesShell,
	"terminal": doesShell, "runcommand": doesShell, "shellcommand": doesShell, "execcommand": doesShell, "localshell": doesShell,
	"runterminalcmd": doesShell, "runterminalcommand": doesShell, "execute": doesShell, "executecommand": doesShell, "run": doesShell,
	"powershell": doesShell, "bashcommand": doesShell, "exec": doesShell, "localshellcall": doesShell, "containerexec": doesShell,

	"read": doesRead, "readfile": doesRead, "view": doesRead, "viewfile": doesRead, "openfile": doesRead, "readmanyfiles": doesRead,
	"open": doesRead, "readnotebook": doesRead, "viewimage": doesRead,

	"write": doesWrite, "writefile": doesWrite, "create": doesWrite, "createfile": doesWrite, "newfile": doesWrite, "writetofile": doesWrite,

	"edit": doesEdit, "replace": doesEdit, "strreplace": doesEdit, "editfile": doesEdit, "searchreplace": doesEdit, "insert": doesEdit,
	"multiedit": doesEdit, "replacestringinfile": doesEdit, "multireplacestringinfile": doesEdit, "inserteditintofile": doesEdit,
	"editnotebook": doesEdit, "notebookedit": doesEdit, "searchandreplace": doesEdit, "multieditfile": doesEdit,

	"strreplaceeditor": doesCommandEdit, "strreplacebasededittool": doesCommandEdit, "fileeditor": doesCommandEdit,

	"applypatch": doesPatch,

	"webfetch": doesFetch, "fetch": doesFetch, "readwebpage": doesFetch, "fetchwebpage": doesFetch, "browse": doesFetch, "fetchurl": doesFetch,
	"websearch": doesSearch, "googlewebsearch": doesSearch, "searchweb": doesSearch,

	"task": doesDelegate, "agent": doesDelegate, "spawnagent": doesDelegate, "subagent": doesDelegate, "runsubagent": doesDelegate,
	"delegatetoagent": doesDelegate, "invokeagent": doesDelegate, "codebaseinvestigator": doesDelegate,

	// search and list
	"grep": doesNothing, "glob": doesNothing, "ls": doesNothing, "find": doesNothing, "rg": doesNothing,
	"list": doesNothing, "listdir": doesNothing, "listdirectory": doesNothing, "searchfilecontent": doesNothing, "grepsearch": doesNothing,
	"filesearch": doesNothing, "findfile": doesNothing, "findfiles": doesNothing,
	"semanticsearch": doesNothing, "codebasesearch": doesNothing, "codesearch": doesNothing, "searchfiles": doesNothing, "searchdir": doesNothing,
	"searchfile": doesNothing, "toolsearch": doesNothing, "lsp": doesNothing, "findtextinfiles": doesNothing, "listcodeusages": doesNothing,
	"listcodedefinitionnames": doesNothing, "geterrors": doesNothing,
	"getchangedfiles": doesNothing, "readlints": doesNothing, "getdiagnostics": doesNothing, "finder": doesNothing, "oracle": doesNothing,
	"librarian": doesNothing, "getinternaldocs": doesNothing, "clihelp": doesNothing,
	"goto": doesNothing, "scrolldown": doesNothing, "scrollup": doesNothing,
	// plan, think, ask, tell
	"todowrite": doesNothing, "todoread": doesNothing, "todo": doesNothing, "todos": doesNothing, "writetodos": doesNothing,
	"updatetodo": doesNothing, "updatetodos": doesNothing, "updatetodolist": doesNothing, "managetodolist": doesNothing, "updateplan": doesNothing,
	"think": doesNothing, "plan": doesNothing, "taskcreate": doesNothing, "taskupdate": doesNothing,
	"tasklist": doesNothing, "taskget": doesNothing, "exitplanmode": doesNothing, "enterplanmode": doesNothing, "planexit": doesNothing,
	"planenter": doesNothing, "askuserquestion": doesNothing, "askuser": doesNothing, "askfollowupquestion": doesNothing, "question": doesNothing,
	"requestuserinput": doesNothing,
	"reportintent":     doesNothing, "attemptcompletion": doesNothing, "completetask": doesNothing, "taskcomplete": doesNothing, "submit": doesNothing,
	"finish": doesNothing, "finalanswer": doesNothing, "structuredoutput": doesNothing, "reportfindings": doesNothing, "pushnotification": doesNothing,
	"sendusermessage": doesNothing, "sendmessage": doesNothing,
	"newtask": doesNothing, "switchmode": doesNothing, "getgoal": doesNothing, "updategoal": doesNothing, "creategoal": doesNothing,
	// look at and end what runs
	"bashoutput": doesNothing, "killshell": doesNothing, "killbash": doesNothing, "taskoutput": doesNothing, "taskstop": doesNothing,
	"agentoutput": doesNothing, "readbash": doesNothing, "stopbash": doesNothing, "listbash": doesNothing, "readpowershell": doesNothing,
	"stoppowershell": doesNothing, "listpowershell": doesNothing, "getterminaloutput": doesNothing, "killterminal": doesNothing, "awaitterminal": doesNothing,
	"wait": doesNothing, "waitagent": doesNothing, "closeagent": doesNothing, "resumeagent": doesNothing, "sendinput": doesNothing,
	"listagents": doesNothing, "readagent": doesNothing, "writeagent": doesNothing, "followuptask": doesNothing, "interruptagent": doesNothing,
	"schedulewakeup": doesNothing, "croncreate": doesNothing, "crondelete": doesNothing, "cronlist": doesNothing, "sleep": doesNothing,
	// skills and what servers offer
	"skill": doesNothing, "activateskill": doesNothing, "useskill": doesNothing, "slashcommand": doesNothing, "listmcpresources": doesNothing,
	"listmcpresourcetemplates": doesNothing, "readmcpresource": doesNothing, "listmcpresourcestool": doesNothing, "readmcpresourcetool": doesNothing, "fetchcopilotclidocumentation": doesNothing,
	"taskview": doesNothing, "invalid": doesNothing,
}

var separators = strings.NewReplacer("_", "", "-", "", ".", "", " ", "")

// verbOf returns what the tool with the name does.
func verbOf(name string) deed {
	name = separators.Replace(strings.ToLower(evidence.ClipValid(name, maxNameBytes)))
	return toolVerbs[name]
}

// toolArgs are the arguments of tools, under all the names that agents use.
type toolArgs struct {
	Command commandArg `json:"command"`
	Cmd     commandArg `json:"cmd"`
	Line    text       `json:"CommandLine"`

	Path       text       `json:"path"`
	FilePath   text       `json:"file_path"`
	FilePathC  text       `json:"filePath"`
	FilePathL  text       `json:"filepath"`
	AbsPath    text       `json:"absolute_path"`
	TargetFile text       `json:"target_file"`
	Relative   text       `json:"relativePath"`
	Files      list[text] `json:"paths"`

	Content  text `json:"content"`
	Contents text `json:"contents"`
	FileText text `json:"file_text"`

	Old   text           `json:"old_string"`
	OldS  text           `json:"old_str"`
	OldC  text           `json:"oldString"`
	OldT  text           `json:"oldText"`
	New   text           `json:"new_string"`
	NewS  text           `json:"new_str"`
	NewC  text           `json:"newString"`
	NewT  text           `json:"newText"`
	Edits list[toolSwap] `json:"edits"`

	Input text `json:"input"`
	Patch text `json:"patch"`

	URL    text       `json:"url"`
	URLs   list[text] `json:"urls"`
	Prompt text       `json:"prompt"`

	Workdir   text `json:"workdir"`
	CWD       text `json:"cwd"`
	Directory text `json:"directory"`
	DirPath   text `json:"dir_path"`

	Background  flag `json:"is_background"`
	Background2 flag `json:"isBackground"`
	Background3 flag `json:"run_in_background"`
	Escalated   flag `json:"with_escalated_permissions"`
	Permissions text `json:"sandbox_permissions"`
	// Session of a running command that is written to.
	Session jsontext.Value `json:"session_id"`
}

type toolSwap struct {
	Old  text `json:"old_string"`
	OldC text `json:"oldString"`
	OldT text `json:"oldText"`
	New  text `json:"new_string"`
	NewC text `json:"newString"`
	NewT text `json:"newText"`
}

// commandArg is a command as a line or as arguments.
type commandArg struct {
	line string
	argv []string
}

// UnmarshalJSONFrom implements json.UnmarshalerFrom.
func (c *commandArg) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	*c = commandArg{}
	if dec.PeekKind() != '[' {
		var t text
		err := t.UnmarshalJSONFrom(dec)
		c.line = string(t)
		return err
	}
	var l list[text]
	if err := l.UnmarshalJSONFrom(dec); err != nil {
		return err
	}
	for _, t := range l {
		c.argv = append(c.argv, string(t))
	}
	if len(c.argv) > 0 {
		if script := commandline.ShellScript(commandline.BaseName(c.argv[0]), c.argv); script != "" {
			c.line, c.argv = script, nil
		}
	}
	return nil
}

// parseArgs reads arguments, which some agents write as a string that holds
// JSON. What is no object stays empty.
func parseArgs(v jsontext.Value) *toolArgs {
	a := &toolArgs{}
	if v.Kind() == '"' {
		s := unquote(v)
		if v = jsontext.Value(strings.TrimSpace(s)); v.Kind() != '{' {
			a.Input = text(s)
			return a
		}
		if deep(v) {
			return a
		}
	}
	if v.Kind() == '{' {
		_ = json.Unmarshal(v, a, rowOptions) // what could be read stays
	}
	return a
}

func (a *toolArgs) command() commandArg {
	if a.Cmd.line != "" || a.Cmd.argv != nil {
		return a.Cmd
	}
	if a.Line != "" {
		return commandArg{line: string(a.Line)}
	}
	return a.Command
}

func (a *toolArgs) path() string {
	return cmp.Or(string(a.FilePath), string(a.Path), string(a.FilePathC), string(a.FilePathL), string(a.AbsPath), string(a.TargetFile), string(a.Relative))
}

func (a *toolArgs) dir() string {
	return cmp.Or(string(a.Workdir), string(a.CWD), string(a.Directory), string(a.DirPath))
}

func (a *toolArgs) patchText() string {
	return cmp.Or(string(a.Patch), string(a.Input), a.Command.line, strings.Join(a.Command.argv, "\n"))
}

func (a *toolArgs) background() bool {
	return bool(a.Background || a.Background2 || a.Background3)
}

// toolUse is a call of a tool.
type toolUse struct {
	id, name string
	args     *toolArgs
	// dir is where the agent stands when the call does not say.
	dir      string
	at       time.Time
	subagent bool
}

// toolCall is a call that waits for its result.
type toolCall struct {
	toolUse
	verb    deed
	command *pendingCommand
	done    bool
	// deniedBy: it was told who refused the call before its result.
	deniedBy evidence.Denier
}

// toolbox follows the calls of one session from start to result, for the formats
// whose calls are a name and arguments.
type toolbox struct {
	*builder
	pending map[string]*toolCall
	seen    map[string]bool
	order   []*toolCall
	// results counts the results: a log without any does not record them.
	results int
	// scoped: the ids of calls are those of a provider, which may number them anew
	// in each session.
	scoped bool
}

// ref is the id by which copies of a call are known in other files.
func (t *toolbox) ref(id string) string {
	if t.scoped && id != "" {
		id = t.session.ID + "/" + id
	}
	return evidence.ClipValid(id, maxNameBytes)
}

func newToolbox(b *builder) *toolbox {
	return &toolbox{builder: b, pending: map[string]*toolCall{}, seen: map[string]bool{}}
}

// use notes a call and returns it; nil for a copy of an earlier one.
func (t *toolbox) use(u toolUse) *toolCall {
	if u.id != "" {
		if t.seen[u.id] || len(t.seen) >= maxPending {
			return nil
		}
		t.seen[u.id] = true
	}
	if u.args == nil {
		u.args = &toolArgs{}
	}
	call := &toolCall{toolUse: u, verb: verbOf(u.name)}
	if call.verb == doesCommandEdit {
		call.verb = editorVerb(u.args.Command.line)
	}
	t.called(u.id, u.name, call.verb)
	if call.verb == doesShell {
		c := u.args.command()
		call.command = t.run(started{call: t.ref(u.id), line: c.line, argv: c.argv, dir: cmp.Or(u.args.dir(), u.dir), at: u.at, subagent: u.subagent})
		if bool(u.args.Escalated) || u.args.Permissions == "require_escalated" {
			t.drifts("sandbox", "escalated permissions")
		}
	}
	if u.id != "" && len(t.pending) < maxPending {
		t.pending[u.id] = call
		t.order = append(t.order, call)
	}
	return call
}

func editorVerb(command string) deed {
	switch command {
	case "view":
		return doesRead
	case "create":
		return doesWrite
	case "str_replace", "insert", "undo_edit":
		return doesEdit
	}
	return doesOther
}

// returned notes the result of the call with the id; by says who refused one that
// did not run.
func (t *toolbox) returned(id string, r result, by evidence.Denier) {
	call := t.pending[id]
	if call == nil {
		return
	}
	delete(t.pending, id)
	t.results++
	t.ended(call, r, by)
}

// ended notes what a call did. by says who refused one that did not run.
func (t *toolbox) ended(call *toolCall, r result, by evidence.Denier) {
	if call.done {
		return
	}
	call.done = true
	t.settled(call.id)
	if r.notRun {
		if by != "" {
			t.denies(call.id, call.name, call.subject(), by)
		}
		if call.command != nil {
			t.end(call.command, r)
		}
		return
	}
	failed := r.failed || r.exit != nil && *r.exit != 0
	switch call.verb {
	case doesShell:
		r.background = r.background || call.args.background()
		t.end(call.command, r)
		t.shows(call.command)
	case doesRead:
		t.read(call, failed, string(r.output))
	case doesWrite, doesEdit, doesPatch:
		switch {
		case failed:
		case r.succeeded || r.exit != nil:
			t.changed(call, r.at)
		default: // what was asked for need not be what was done
			t.puzzled(call.name)
		}
	case doesFetch:
		t.fetched(call, failed, string(r.output))
	case doesSearch:
		t.uses("search", "web")
	case doesDelegate:
		if !failed {
			t.agents["call:"+evidence.ClipValid(call.id, maxNameBytes)] = true
		}
	default:
		t.foreign(call.name, failed, string(r.output))
	}
}

func (c *toolCall) subject() string {
	if c.verb == doesPatch {
		for _, e := range patchEdits(c.args.patchText()) {
			return e.Path
		}
		return ""
	}
	cmd := c.args.command()
	return cmp.Or(cmd.line, strings.Join(cmd.argv, " "), c.args.path(), hostOf(string(c.args.URL)))
}

func (t *toolbox) read(call *toolCall, failed bool, said string) {
	paths := []string{call.args.path()}
	for _, p := range call.args.Files {
		paths = append(paths, string(p))
	}
	for _, p := range paths {
		if failed {
			t.lacks(t.relative(p), reasonOf(said), "")
		} else {
			t.reads(p)
		}
	}
}

func (t *toolbox) fetched(call *toolCall, failed bool, said string) {
	list := []string{string(call.args.URL)}
	for _, u := range call.args.URLs {
		list = append(list, string(u))
	}
	if call.args.URL == "" {
		list = append(list, commandline.Addresses(append([]string{""}, strings.Fields(string(call.args.Prompt))...))...)
	}
	for _, u := range list {
		if u == "" {
			continue
		}
		t.host(u)
		if failed {
			t.lacks(hostOf(u), reasonOf(said), "")
		}
	}
}

// changed notes the edit that a call made, from its arguments.
func (t *toolbox) changed(call *toolCall, at time.Time) {
	a := call.args
	if at.IsZero() {
		at = call.at
	}
	e := evidence.Edit{Path: a.path(), Time: at, Subagent: call.subagent, Call: t.ref(call.id)}
	switch call.verb {
	case doesPatch:
		t.patch(a.patchText(), at, call.subagent, t.ref(call.id))
		return
	case doesWrite:
		content := cmp.Or(string(a.Content), string(a.Contents), string(a.FileText))
		e.Lines, e.Added = written(content)
		e.Whole = whole(content)
	default:
		swap(&e, cmp.Or(string(a.Old), string(a.OldS), string(a.OldC), string(a.OldT)), cmp.Or(string(a.New), string(a.NewS), string(a.NewC), string(a.NewT)))
		for _, s := range a.Edits {
			swap(&e, cmp.Or(string(s.Old), string(s.OldC), string(s.OldT)), cmp.Or(string(s.New), string(s.NewC), string(s.NewT)))
		}
	}
	t.edit(e)
}

// settle takes the calls of a log that records no results as done. In a log
// that does, a call without one was cut off, and nothing is known about it.
func (t *toolbox) settle() {
	if t.results > 0 {
		return
	}
	for _, call := range t.order {
		if call.verb != doesShell {
			t.ended(call, result{at: call.at, succeeded: true}, "")
		}
	}
}

// diffed notes the edit that a call made by its diff, which its result has.
func (t *toolbox) diffed(call *toolCall, diff string, at time.Time) {
	e := evidence.Edit{Path: call.args.path(), Time: at, Subagent: call.subagent, Call: t.ref(call.id)}
	inside := !strings.Contains(diff, "\n@@ ") && !strings.HasPrefix(diff, "@@ ")
	for line := range strings.Lines(diff) {
		line = strings.TrimRight(line, "\r\n")
		switch {
		case strings.HasPrefix(line, "@@ "):
			inside = true
		case inside && !strings.HasPrefix(line, "+++ ") && !strings.HasPrefix(line, "--- "):
			diffLine(&e, line)
		}
	}
	e.Hunks = unifiedHunks(diff)
	t.edit(e)
	call.done = true
	t.settled(call.id)
}
