package sessionnote

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// Scope says what of a session may be told where the document goes.
type Scope struct {
	// Repository, as owner/name; pull requests of others are not named.
	Repository string
	// Path returns a path of the session as the repository has it, and whether it
	// lies in the repository.
	Path func(string) (string, bool)
	// Tracked reports whether the path is a file or folder of the commits.
	Tracked func(string) bool
	// Commits are the commits of the change; others are not named.
	Commits []string
	// Prompts keeps the beginnings of the prompts.
	Prompts bool
	// Key makes the digests of prompts, instructions and statements, which are
	// often short, useless for whoever guesses what they were. Without a key the
	// digests are left out.
	Key []byte
}

// digest returns a digest that only those can compare with a guess who have the
// key.
func (sc Scope) digest(plain string) string {
	if plain == "" || len(sc.Key) == 0 {
		return ""
	}
	sum := hmac.New(sha256.New, sc.Key)
	sum.Write([]byte(plain)) // a hash does not fail
	return "hmac-sha256:" + hex.EncodeToString(sum.Sum(nil))
}

// limits bound the lists of a session in a document.
type limits struct{ commands, names, edits int }

const (
	// sessionBytes is what the sessions of one document share. With the lines of
	// a commit it keeps nine of ten documents below 20 KB.
	sessionBytes = 14 << 10
	// minListed is the length below which lists are not cut further.
	minListed = 4
)

// Reduce returns what a document holds of a session: no text of prompts, of
// code or of output, no path outside the repository, and of command lines the
// words that name files of the repository. files are the paths that the session
// wrote in the commit, budget the bytes it may take.
func Reduce(s evidence.Session, sc Scope, files []string, budget int) evidence.Session {
	r := reducer{Scope: sc, files: files}
	for l := (limits{commands: 60, names: 120, edits: 60}); ; l = l.half() {
		out := r.session(s, l)
		if size(out) <= budget || l == l.half() {
			return out
		}
	}
}

// Budget is the share of one of n sessions of a document.
func Budget(n int) int { return sessionBytes / max(n, 1) }

func (l limits) half() limits {
	return limits{max(l.commands/2, minListed), max(l.names/2, minListed), max(l.edits/2, minListed)}
}

func size(s evidence.Session) int {
	data, err := Encode(Document{Entries: []Entry{{Session: s}}})
	if err != nil {
		return 0
	}
	return len(data)
}

type reducer struct {
	Scope
	files []string
}

func (r reducer) session(s evidence.Session, l limits) evidence.Session {
	out := evidence.Session{
		Origin: evidence.Origin{Basis: evidence.Reported, Source: "record"}, Format: s.Format,
		ID: s.ID, Agent: s.Agent, AgentVersion: s.AgentVersion, Provider: s.Provider, Models: s.Models,
		Started: s.Started, Ended: s.Ended, Ending: evidence.Ending(word(string(s.Ending))), Role: s.Role,
		Prompts:            evidence.Prompts{Count: s.Prompts.Count, Bytes: s.Prompts.Bytes, Digest: r.digest(s.Prompts.Digest)},
		InstructionsDigest: r.digest(s.InstructionsDigest), InstructionsBytes: s.InstructionsBytes,
		Subagents: s.Subagents, Compactions: s.Compactions, CommandCounts: s.CommandCounts,
		Freshness: s.Freshness, EditsAfterValidation: s.EditsAfterValidation,
		FilesReadOutside: s.FilesReadOutside, Usage: s.Usage, SubagentID: s.SubagentID, ParentID: s.ParentID, Continued: s.Continued,
	}
	if r.Prompts {
		out.Prompts.Texts = s.Prompts.Undisclosed
	}
	kept := r.commands(&out, s, l.commands)
	r.repairs(&out, s, kept, l.names)
	r.edits(&out, s, l.edits)
	out.FilesRead = r.paths(s.FilesRead, l.names)
	out.External = sources(s.External, l.names)
	out.Untracked = sources(s.Untracked, l.names)
	for _, odd := range s.NotUnderstood[:min(len(s.NotUnderstood), l.names)] {
		out.NotUnderstood = append(out.NotUnderstood, evidence.ToolCalls{Tool: cmp.Or(word(odd.Tool), "other"), Count: odd.Count})
	}
	out.Unavailable = r.unavailable(s.Unavailable, l.names)
	out.Boundaries = r.boundaries(s.Boundaries, l.names)
	for _, d := range s.Denied[:min(len(s.Denied), l.names)] {
		out.Denied = append(out.Denied, evidence.DeniedCall{Tool: word(d.Tool), By: d.By})
	}
	for _, d := range s.Drift[:min(len(s.Drift), l.names)] {
		d.Name = drifted(d)
		out.Drift = append(out.Drift, d)
	}
	for _, x := range s.Assurances[:min(len(s.Assurances), l.names)] {
		x.Paths, x.Digest = r.paths(x.Paths, l.names), r.digest(x.Digest)
		out.Assurances = append(out.Assurances, x)
	}
	out.Links = r.links(s.Links)
	return out
}

// commands keeps validations, and of the others those that failed or hide how
// they ended, the failed ones first when there are too many. It returns where
// each command of s went, -1 for those left out.
func (r reducer) commands(out *evidence.Session, s evidence.Session, limit int) []int {
	worth := func(c evidence.Command) int {
		switch {
		case c.Validates() && (c.Outcome == evidence.CommandFailed || c.Masked != ""):
			return 3
		case c.Validates():
			return 2
		case c.Outcome == evidence.CommandFailed:
			return 1
		}
		return 0
	}
	var order []int
	for i, c := range s.Commands {
		if worth(c) > 0 {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return worth(s.Commands[b]) - worth(s.Commands[a]) })
	order = order[:min(len(order), limit)]
	slices.Sort(order)
	kept := slices.Repeat([]int{-1}, len(s.Commands))
	for at, i := range order {
		kept[i] = at
		out.Commands = append(out.Commands, r.command(s.Commands[i]))
	}
	out.CommandsOmitted = s.CommandsOmitted + len(s.Commands) - len(order)
	return kept
}

// command drops what a command line can carry beyond the names of files: code in
// a heredoc, a message, a variable with a secret.
func (r reducer) command(c evidence.Command) evidence.Command {
	out := evidence.Command{
		Family: family(c.Family), Class: c.Class, Exit: c.Exit, ExitBasis: c.ExitBasis, Outcome: c.Outcome, Masked: c.Masked,
		Started: c.Started, DurationMs: c.DurationMs, Subagent: c.Subagent, OutputBytes: c.OutputBytes, Summary: counts(c.Summary),
	}
	if dir, inside := r.Path(c.Dir); inside && c.Dir != "" && r.Tracked(dir) {
		out.Dir = dir
	}
	out.Line = out.Family
	if c.Validates() {
		for _, w := range strings.Fields(c.Line) {
			if r.names(w) && len(out.Line)+len(w) < 200 {
				out.Line += " " + w
			}
		}
	}
	return out
}

// pattern is a path or a pattern for paths, such as "./internal/token/...".
var pattern = regexp.MustCompile(`^[A-Za-z0-9_./*-]*[/.][A-Za-z0-9_./*-]*$`)

// names reports whether a word of a command line names files of the repository
// and nothing else.
func (r reducer) names(w string) bool {
	if w == "./..." || w == "." {
		return true
	}
	if !pattern.MatchString(w) || strings.HasPrefix(w, "-") || strings.HasPrefix(w, "/") {
		return false
	}
	w, _, _ = strings.Cut(w, "*")
	w = path.Clean(strings.TrimSuffix(w, "..."))
	return w != "." && r.Tracked(w)
}

// plain is a word of a command or a tool; families have two at most.
var plain = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_.:+-]{0,39}( [a-z][a-z0-9:_-]{0,29})?$`)

// family returns a family that is a program, not a path or a piece of a script.
func family(s string) string {
	if plain.MatchString(s) {
		return s
	}
	if base := path.Base(s); s != "" && plain.MatchString(base) && !strings.Contains(s, " ") {
		return base
	}
	return "other"
}

func word(s string) string {
	if plain.MatchString(s) {
		return s
	}
	return ""
}

// said are the words that a summary of an output is made of.
var said = strings.Fields(`all assertion assertions build check checks code command compiler doctest doctests error errors example examples
fail failed failing failure failures finished formatted go in issue issues lines make messages no npm ok or pass passed passing problem problems
recipe runs skipped style succeeded success successful suites task test tests todo total ts vet warning warnings xfailed xpassed deselected`)

// counts returns a summary if it holds numbers and the words of runners only.
func counts(summary string) string {
	for _, w := range strings.FieldsFunc(strings.ToLower(summary), func(c rune) bool { return c < 'a' || c > 'z' }) {
		if !slices.Contains(said, w) {
			return ""
		}
	}
	return summary
}

// repairs keeps what failed and was repaired, with the commands' new places.
func (r reducer) repairs(out *evidence.Session, s evidence.Session, kept []int, limit int) {
	moved := func(at *int) *int {
		if at == nil || *at < 0 || *at >= len(kept) || kept[*at] < 0 {
			return nil
		}
		return &kept[*at]
	}
	for _, x := range s.Repairs[:min(len(s.Repairs), limit)] {
		x.Family = family(x.Family)
		x.FirstFailure, x.LastRun = moved(x.FirstFailure), moved(x.LastRun)
		x.Edited = r.paths(x.Edited, limit)
		out.Repairs = append(out.Repairs, x)
	}
}

// edits keeps the edits of the files that the session wrote in the commit.
func (r reducer) edits(out *evidence.Session, s evidence.Session, limit int) {
	out.EditsOmitted = s.EditsOmitted
	for _, e := range s.Edits {
		p, inside := r.Path(e.Path)
		if !inside || !slices.Contains(r.files, p) || len(out.Edits) >= limit {
			out.EditsOmitted++
			continue
		}
		out.Edits = append(out.Edits, evidence.Edit{Path: p, Added: e.Added, Removed: e.Removed, Time: e.Time, Subagent: e.Subagent, LinesUnknown: e.LinesUnknown})
	}
}

// paths returns those that are tracked.
func (r reducer) paths(list []string, limit int) (kept []string) {
	for _, p := range list {
		p, inside := r.Path(p)
		if !inside || !r.Tracked(p) || len(kept) >= limit {
			continue
		}
		kept = append(kept, p)
	}
	return kept
}

// hostName is a host, a server or a tool; what has other characters may be
// anything.
var hostName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$`)

// option is an option of a program, without a value.
var option = regexp.MustCompile(`^--?[a-z][a-z-]{0,39}$`)

// named keeps a host, a server or a tool. A tool of a server keeps the server.
func named(name string) string {
	if server, tool, ok := strings.Cut(name, "/"); ok && hostName.MatchString(server) && hostName.MatchString(tool) {
		return name
	}
	if hostName.MatchString(name) {
		return name
	}
	return family(name)
}

func sources(list []evidence.External, limit int) (kept []evidence.External) {
	for _, x := range list[:min(len(list), limit)] {
		x.Name = named(x.Name)
		kept = append(kept, x)
	}
	return kept
}

// drifted keeps the tool, host, program or option that a boundary did not allow.
func drifted(d evidence.Drift) string {
	if option.MatchString(d.Name) {
		return d.Name
	}
	return named(d.Name)
}

// unavailable names the tracked file or the host that was not to be had, and of
// others whether they would be in the repository.
func (r reducer) unavailable(list []evidence.MissingContext, limit int) (kept []evidence.MissingContext) {
	for _, m := range list[:min(len(list), limit)] {
		m = evidence.MissingContext{Name: r.wanted(m.Name), Reason: m.Reason}
		if !slices.Contains(kept, m) {
			kept = append(kept, m)
		}
	}
	return kept
}

func (r reducer) wanted(name string) string {
	if u, err := url.Parse(name); err == nil && u.Scheme != "" && hostName.MatchString(u.Hostname()) {
		return u.Hostname()
	}
	switch p, inside := r.Path(name); {
	case inside && r.Tracked(p):
		return p
	case inside:
		return "a path of the repository that the commit does not have"
	}
	return "outside the repository"
}

// boundaries keeps modes, tools and hosts; the name of the machine and the words
// of rules stay where they are.
func (r reducer) boundaries(list []evidence.Boundary, limit int) (kept []evidence.Boundary) {
	for _, b := range list[:min(len(list), limit)] {
		b.Worker, b.SecretRules, b.Branch = "", nil, ""
		b.AllowedHosts = each(b.AllowedHosts, host, limit)
		b.BlockedHosts = each(b.BlockedHosts, host, limit)
		b.Permissions = each(b.Permissions, permission, limit)
		b.Credential = word(b.Credential)
		b.AllowedCommands = each(b.AllowedCommands, family, limit)
		b.AllowedTools = each(b.AllowedTools, tool, limit)
		b.Approval, b.Sandbox, b.Network = word(b.Approval), word(b.Sandbox), word(b.Network)
		kept = append(kept, b)
	}
	return kept
}

// host keeps a host or a pattern for hosts.
func host(s string) string {
	if hostName.MatchString(strings.TrimPrefix(s, "*.")) {
		return s
	}
	return ""
}

// permission keeps a scope and what may be done with it, such as "contents: write".
func permission(s string) string {
	if scope, may, ok := strings.Cut(s, ": "); ok && word(scope) != "" && word(may) != "" {
		return s
	}
	return word(s)
}

// tool keeps the name of a tool without the pattern that may follow it.
func tool(s string) string {
	name, _, _ := strings.Cut(s, "(")
	return word(name)
}

func each(list []string, f func(string) string, limit int) (out []string) {
	for _, s := range list[:min(len(list), limit)] {
		if s = f(s); s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

func (r reducer) links(l evidence.Links) (out evidence.Links) {
	for _, id := range l.Commits {
		if NamedIn(id, r.Commits) != "" {
			out.Commits = append(out.Commits, id)
		}
	}
	for _, u := range l.PullRequests {
		if r.Repository != "" && strings.Contains(u, "/"+r.Repository+"/pull/") {
			out.PullRequests = append(out.PullRequests, u)
		}
	}
	return out
}

// minAbbreviation is the length from which the start of a commit id names it.
const minAbbreviation = 7

// NamedIn returns the one of the commits that id, perhaps abbreviated, names.
func NamedIn(id string, commits []string) string {
	for _, c := range commits {
		if len(id) >= minAbbreviation && strings.HasPrefix(c, id) {
			return c
		}
	}
	return ""
}
