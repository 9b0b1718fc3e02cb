// Package agents is the one table of coding agents: by which key the record
// names each, how its maker writes it, and by what it shows in logs, commits,
// descriptions, repositories and home folders.
//
// It hides how a spelling, an address, a trailer or a path is matched. It
// promises that every key, spelling, login, account and address belongs to one
// agent, that a key stands for itself, and that a new agent is one more row.
package agents

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Agent is one row of the table. Only Key and Name are always there.
type Agent struct {
	// Key is the word by which records name the agent: small letters, digits and
	// hyphens.
	Key string
	// Name is how its maker writes it, for people to read.
	Name string
	// Vendor is the provider that its sessions name where the log names none; ""
	// for agents that work with the models of several.
	Vendor string
	// Aliases are other spellings in logs, traces and notes. Key and Name need
	// none, nor do capitals, spaces, hyphens, underscores and dots.
	Aliases []string
	// Emails are the addresses with which it signs commits, in small letters.
	Emails []string
	// Accounts are the ids of its accounts on GitHub, which stand in the
	// addresses that GitHub gives out.
	Accounts []string
	// Logins are those of its apps on GitHub, in small letters with "[bot]", which
	// nobody else can have. Some tools write them with a foreign id, or with none.
	Logins []string
	// NameSuffix is what it appends to the name of the person whom it works for.
	NameSuffix string
	// Trailers are those that no other agent writes.
	Trailers []Trailer
	// Links are patterns (package regexp) for addresses of its sessions in
	// descriptions.
	Links []string
	// Phrases are patterns for what it writes into descriptions.
	Phrases []string
	// Stores are the folders where it keeps its sessions.
	Stores []Store
	// Instructions are the files that it alone takes instructions from.
	Instructions Instructions
	// Workspace are patterns (doublestar) for the names under which its logs lie
	// in the workspace of a job.
	Workspace []string
	// Page tells how to carry its sessions along: a path below docs/.
	Page string
	// Formats are the names of the formats that it alone writes.
	Formats []string
}

// Trailer is a line at the end of a commit message.
type Trailer struct {
	// Key in small letters.
	Key string
	// Value, if only one counts; capitals do not matter.
	Value string
	// Session says that the value names the session.
	Session bool
}

// Store is a folder in which an agent keeps its sessions.
type Store struct {
	// Variable of the environment that names a folder, or several with commas
	// between them; Folder below the user's home counts beside it. Below is the way
	// from there, with slashes.
	Variable, Folder, Below string
	// Worktree says that the folder is the top of the worktree instead, and that a
	// file holds sessions whose ids are not at its beginning.
	Worktree bool
	// Globs (doublestar) of the session files, relative to the folder.
	Globs []string
	// Export is the command that prints a session, of stores that are a database:
	// the file itself is not read.
	Export string
	// Unread says why the files are not read, where nothing reads them.
	Unread string
	// Slugged says that the top folder names the project, and the files do not.
	Slugged bool
	// Beside is a file in the top folder of a session file that names the folder in
	// which the agent worked: a path, or JSON with the member "folder".
	Beside string
}

// Instructions are files of a repository that tell agents what to do. All paths
// are relative to its top, with slashes.
type Instructions struct {
	// Names of files that count in every folder.
	Names []string
	// Paths of files.
	Paths []string
	// Folders are beginnings of paths; all that begins so counts.
	Folders []string
	// FoldersAnywhere are folders that count below every other one, too.
	FoldersAnywhere []string
}

// Table is the rows with what is needed to look things up in them. It does not
// change.
type Table struct {
	rows []Agent
	// Indexes into rows.
	spellings, addresses, accounts, logins, formats map[string]int
	suffixes                                        []suffix
	trailers                                        []trailer
	marks                                           []mark
	files, names                                    map[string]bool
	folders, anywhere                               []string
	// The bytes with which folders begin: most paths of a repository begin with
	// another one.
	begins [256]bool
}

type suffix struct{ ending, agent string }

type trailer struct {
	Trailer
	agent string
}

type mark struct {
	agent   string
	link    bool
	pattern *regexp.Regexp
}

// known is the table of the agents that are known.
var known = New(rows, shared)

// Known returns the table of the agents that are known.
func Known() *Table { return known }

// New returns a table of rows, and of instruction files that several agents
// read. It panics at a pattern that is none.
func New(rows []Agent, shared Instructions) *Table {
	t := &Table{
		rows: rows, spellings: map[string]int{}, addresses: map[string]int{}, accounts: map[string]int{},
		logins: map[string]int{}, formats: map[string]int{}, files: map[string]bool{}, names: map[string]bool{},
	}
	for i, a := range rows {
		index(t.spellings, i, folded(a.Key), folded(a.Name))
		for _, alias := range a.Aliases {
			index(t.spellings, i, folded(alias))
		}
		index(t.addresses, i, a.Emails...)
		index(t.accounts, i, a.Accounts...)
		index(t.logins, i, a.Logins...)
		index(t.formats, i, a.Formats...)
		if a.NameSuffix != "" {
			t.suffixes = append(t.suffixes, suffix{a.NameSuffix, a.Key})
		}
		for _, x := range a.Trailers {
			t.trailers = append(t.trailers, trailer{x, a.Key})
		}
		for _, p := range a.Links {
			t.marks = append(t.marks, mark{a.Key, true, regexp.MustCompile(`\b(?:` + p + `)\b`)})
		}
		t.instruct(a.Instructions)
	}
	for _, a := range rows {
		for _, p := range a.Phrases {
			t.marks = append(t.marks, mark{a.Key, false, regexp.MustCompile(p)})
		}
	}
	t.instruct(shared)
	return t
}

func index(in map[string]int, row int, words ...string) {
	for _, w := range words {
		in[w] = row
	}
}

func (t *Table) instruct(i Instructions) {
	for _, name := range i.Names {
		t.names[name] = true
	}
	for _, p := range i.Paths {
		t.files[p] = true
	}
	for _, folder := range slices.Concat(i.Folders, i.FoldersAnywhere) {
		t.folders = append(t.folders, folder)
		t.begins[folder[0]] = true
	}
	for _, folder := range i.FoldersAnywhere {
		t.anywhere = append(t.anywhere, "/"+folder)
	}
}

// All returns the rows, by key.
func (t *Table) All() []Agent { return slices.Clone(t.rows) }

// separators are written by one tool and left out by another.
var separators = strings.NewReplacer(" ", "", "-", "", "_", "", ".", "")

// folded is a spelling without what does not matter.
func folded(word string) string { return strings.ToLower(separators.Replace(word)) }

// Find returns the agent that a word means, in any of its spellings.
func (t *Table) Find(word string) (Agent, bool) {
	i, ok := t.spellings[folded(word)]
	if !ok {
		return Agent{}, false
	}
	return t.rows[i], true
}

// Key returns the key of the agent that a word means. The word for an agent that
// is not in the table stays, without space around it and line breaks in it.
func (t *Table) Key(word string) string {
	word = strings.Join(strings.Fields(word), " ")
	if a, ok := t.Find(word); ok {
		return a.Key
	}
	return word
}

// Name returns how people write the agent that a word means, which is the word
// itself for an agent that is not in the table.
func (t *Table) Name(word string) string {
	if a, ok := t.Find(word); ok {
		return a.Name
	}
	return word
}

// Page returns the page about the agent that a word means, as a path below docs/;
// "" where there is none.
func (t *Table) Page(word string) string {
	a, _ := t.Find(word)
	return a.Page
}

// Writer returns the agent that alone writes a format.
func (t *Table) Writer(format string) (Agent, bool) {
	i, ok := t.formats[format]
	if !ok {
		return Agent{}, false
	}
	return t.rows[i], true
}

// Workspace returns the patterns for the logs of all agents in the workspace of a
// job.
func (t *Table) Workspace() []string {
	var all []string
	for _, a := range t.rows {
		all = append(all, a.Workspace...)
	}
	return all
}

// noreplyHost ends the addresses that GitHub gives out: "<id>+<login>@", or
// "<login>@" for accounts from before 2017.
const noreplyHost = "@users.noreply.github.com"

// Signer returns the key of the agent that an identity of a commit belongs to,
// or "". Apart from a suffix, names decide nothing: there are people called
// Claude and Jules.
func (t *Table) Signer(name, email string) string {
	if i, ok := t.addressed(strings.ToLower(strings.TrimSpace(email))); ok {
		return t.rows[i].Key
	}
	for _, s := range t.suffixes {
		if strings.HasSuffix(name, s.ending) {
			return s.agent
		}
	}
	return ""
}

func (t *Table) addressed(email string) (row int, ok bool) {
	if row, ok = t.addresses[email]; ok {
		return row, true
	}
	local, ok := strings.CutSuffix(email, noreplyHost)
	if !ok {
		return 0, false
	}
	id, login, numbered := strings.Cut(local, "+")
	if !numbered {
		row, ok = t.logins[local]
		return row, ok
	}
	if row, ok = t.accounts[id]; ok {
		return row, true
	}
	row, ok = t.logins[login]
	return row, ok
}

// Trailer returns the key of the agent that alone writes a trailer, or "", and
// whether the value names the session.
func (t *Table) Trailer(key, value string) (agent string, session bool) {
	if value == "" {
		return "", false
	}
	for _, x := range t.trailers {
		if strings.EqualFold(key, x.Key) && (x.Value == "" || strings.EqualFold(value, x.Value)) {
			return x.agent, x.Session
		}
	}
	return "", false
}

// TrailerKeys returns the keys of the agents' own trailers, each once, sorted.
func (t *Table) TrailerKeys() []string {
	keys := map[string]bool{}
	for _, x := range t.trailers {
		keys[x.Key] = true
	}
	return slices.Sorted(maps.Keys(keys))
}

// Mention is a place of a description that names an agent.
type Mention struct {
	// Key of the agent.
	Agent string
	// Address of the session; "" when the agent alone is named.
	Session string
}

// Mentions returns the places of a text that name agents: sessions first, then
// agents alone, no more than most of each kind.
func (t *Table) Mentions(text string, most int) []Mention {
	var all []Mention
	for _, m := range t.marks {
		for _, found := range m.pattern.FindAllString(text, most) {
			x := Mention{Agent: m.agent}
			if m.link {
				x.Session = found
			}
			all = append(all, x)
		}
	}
	return all
}

// Instruction reports whether a path in a repository is that of an instruction
// or settings file for agents. Every path of a repository is looked up, and large
// repositories have a million: the table holds words, not patterns.
func (t *Table) Instruction(path string) bool {
	if t.files[path] || t.names[path[strings.LastIndexByte(path, '/')+1:]] {
		return true
	}
	if path != "" && t.begins[path[0]] {
		for _, folder := range t.folders {
			if strings.HasPrefix(path, folder) {
				return true
			}
		}
	}
	for _, folder := range t.anywhere {
		if strings.Contains(path, folder) {
			return true
		}
	}
	return false
}
