package agentlog

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/mergebrief/mergebrief/internal/agents"
	"github.com/mergebrief/mergebrief/internal/commandline"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

// Limits of one session. Each is far above what was measured (the longest
// transcript at hand has 500 commands and 200 edits) and keeps a hostile file
// from filling the memory or the bundle.
const (
	// maxHeldCommands is the number of commands held while reading; later ones
	// are only counted.
	maxHeldCommands = 20_000
	// maxCommands is the number of commands listed in the session.
	maxCommands = 2_000
	maxEdits    = 20_000
	// maxEditLines bounds the line hashes of one edit, maxSessionLines those of
	// all edits of a session (8 MiB of hashes).
	maxEditLines    = 50_000
	maxSessionLines = 1 << 20
	// maxListed bounds each list of names: files read, sources, refusals.
	maxListed = 2_000
	// maxMessages bounds the messages whose usage is told apart.
	maxMessages = 200_000
	// maxNameBytes bounds a name or id.
	maxNameBytes = 200
	// maxHeldPrompts and maxPromptBytes bound what is kept of prompts for those
	// who opt in to see them: enough to know what a run was asked.
	maxHeldPrompts = 50
	maxPromptBytes = 2000
	// maxSummaryBytes bounds the line that stands for a command's output.
	maxSummaryBytes = 200
)

// builder collects the events of one session. Decoders call its methods in the
// order in which things happened; the zero builder is not usable.
type builder struct {
	session evidence.Session
	// root is the directory taken for the repository: where the session began.
	root     string
	shell    *commandline.Reader
	commands []*pendingCommand
	// beyond counts the commands over maxHeldCommands.
	beyond evidence.CommandCounts
	edits  []pendingEdit
	lines  int
	// tick numbers commands and edits in their common order.
	tick     int
	prompts  hash.Hash
	read     map[string]bool
	external map[[2]string]int
	missing  map[evidence.MissingContext]bool
	usage    map[messageKey]*tokens
	agents   map[string]bool
	cost     costs
	// whole usage, when the log states a total that replaces the answers.
	whole   *evidence.Usage
	outside map[string]bool
	writes  map[string]int
	drift   map[[2]string]int
	refused map[string]bool
	// calls follows tool calls to their ends.
	calls ledger
	// stashed: the agent put its changes away and has not taken them back.
	stashed bool
	// final is the agent's last message.
	final string
}

// pendingCommand is a command with what is needed to judge it later.
type pendingCommand struct {
	evidence.Command
	line commandline.Analysis
	// patch is the line when it carries one in a heredoc, documents are the files
	// whose whole text it carries.
	patch     string
	documents []commandline.Document
	// at is where the agent stood, as the log has it.
	at string
	// steps are the commands of the line, this one among them, when each ends for
	// itself. folded: it is part of another one.
	steps  []*pendingCommand
	step   commandline.Step
	folded bool
	// checks are the families of a list, of which one failed, that check something.
	checks []string
	// judged: verdict is what the output says of this command and not of the others.
	judged  bool
	verdict commandline.Verdict
	// ended: what it did is noted.
	ended bool
	// excess are the families of the line that the boundary did not allow.
	excess []string
	tick   int
	beyond bool
}

type pendingEdit struct {
	evidence.Edit
	tick int
}

// messageKey tells answers of the model apart.
type messageKey struct{ message, request string }

// tokens is the usage of one answer, and what the log says it cost.
type tokens struct {
	input, output, cacheRead, cacheWrite int64
	cost                                 *float64
	// output is that of the answer's start.
	partial bool
}

// costs is a total that the log itself states for the whole session.
type costs struct {
	usd   *float64
	basis evidence.CostBasis
}

// newBuilder begins a session that a log of a format tells of. It is that of the
// agent which alone writes the format; of a format that several write, the
// decoder says which.
func newBuilder(format string) *builder {
	by, _ := agents.Known().Writer(format)
	return &builder{
		session:  evidence.Session{Format: format, Agent: by.Key, Provider: by.Vendor},
		shell:    commandline.NewReader(),
		prompts:  sha256.New(),
		read:     map[string]bool{},
		external: map[[2]string]int{},
		missing:  map[evidence.MissingContext]bool{},
		usage:    map[messageKey]*tokens{},
		agents:   map[string]bool{},
		outside:  map[string]bool{},
		writes:   map[string]int{},
		drift:    map[[2]string]int{},
		refused:  map[string]bool{},
		calls:    ledger{open: map[string]string{}, odd: map[string]int{}},
	}
}

// at widens the session to an event at t.
func (b *builder) at(t time.Time) {
	if t.IsZero() {
		return
	}
	if b.session.Started.IsZero() || t.Before(b.session.Started) {
		b.session.Started = t
	}
	if t.After(b.session.Ended) {
		b.session.Ended = t
	}
}

// model notes a model that answered.
func (b *builder) model(name string) {
	if name == "" || len(b.session.Models) >= maxListed {
		return
	}
	name = evidence.ClipValid(name, maxNameBytes)
	if slices.Contains(b.session.Models, name) {
		return
	}
	b.session.Models = append(b.session.Models, name)
}

// prompt counts one thing that a person asked. The digest runs over the
// prompts in order, each followed by a zero byte, so that neither their text
// nor where one ends can be moved without changing it.
func (b *builder) prompt(text string) {
	b.session.Prompts.Count++
	b.session.Prompts.Bytes += int64(len(text))
	b.prompts.Write([]byte(text))
	b.prompts.Write([]byte{0})
	b.session.Prompts.Undisclosed = keepText(b.session.Prompts.Undisclosed, text)
}

// keepText keeps the beginning of one more prompt, for those who opt in.
func keepText(list []string, text string) []string {
	if len(list) >= maxHeldPrompts {
		return list
	}
	return append(list, evidence.ClipValid(text, maxPromptBytes))
}

// edit notes a change to a file; the path is as the agent gave it.
func (b *builder) edit(e evidence.Edit) {
	if e.Path == "" {
		return
	}
	if len(b.edits) >= maxEdits {
		b.session.EditsOmitted++
		return
	}
	b.tick++
	b.stashed = false
	b.keepEdit(e, b.tick)
}

// editBy notes a change that a command made. It is as old as the command, so that a
// test that writes a file is not followed by an edit.
func (b *builder) editBy(h *pendingCommand, e evidence.Edit) {
	switch {
	case e.Path == "":
	case len(b.edits) >= maxEdits:
		b.session.EditsOmitted++
	default:
		b.keepEdit(e, h.tick)
	}
}

func (b *builder) keepEdit(e evidence.Edit, tick int) {
	e.Path = b.relative(e.Path)
	if room := max(0, maxSessionLines-b.lines); len(e.Lines) > room {
		e.Lines = e.Lines[:room]
	}
	b.lines += len(e.Lines) + len(e.Whole)
	for _, h := range e.Hunks {
		b.lines += len(h.Lines)
	}
	if b.lines > maxSessionLines {
		e.Hunks, e.Whole = nil, nil
	}
	b.edits = append(b.edits, pendingEdit{Edit: e, tick: tick})
}

// reads notes a file that the agent read. Files outside the repository are not
// part of the record: their paths tell about a machine, not about the change.
func (b *builder) reads(path string) {
	rel := b.relative(path)
	switch {
	case rel == "":
	case commandline.AbsolutePath(rel):
		if len(b.outside) < maxHeldCommands {
			b.outside[rel] = true
		}
	case len(b.read) < maxHeldCommands:
		b.read[rel] = true
	}
}

// uses notes a source outside the repository.
func (b *builder) uses(kind, name string) {
	key := [2]string{kind, evidence.ClipValid(name, maxNameBytes)}
	if _, known := b.external[key]; name != "" && (known || len(b.external) < maxListed) {
		b.external[key]++
	}
}

// lacks notes context that the agent wanted and did not get.
func (b *builder) lacks(name string, reason evidence.Reason, detail string) {
	m := evidence.MissingContext{Name: evidence.ClipValid(name, commandline.MaxPathBytes), Reason: reason, Detail: evidence.ClipValid(detail, maxSummaryBytes)}
	if name == "" || b.missing[m] || len(b.missing) >= maxListed {
		return
	}
	b.missing[m] = true
	b.session.Unavailable = append(b.session.Unavailable, m)
}

// denies notes a refused tool call, once for each call.
func (b *builder) denies(call, tool, subject string, by evidence.Denier) {
	if call != "" {
		if b.refused[call] {
			return
		}
		b.refused[call] = true
	}
	if len(b.session.Denied) < maxListed {
		b.session.Denied = append(b.session.Denied, evidence.DeniedCall{
			Tool: evidence.ClipValid(tool, maxNameBytes), Subject: evidence.ClipValid(commandline.WithoutBodies(subject), commandline.MaxLineBytes), By: by, Call: evidence.ClipValid(call, maxNameBytes),
		})
	}
}

// boundary notes what holds from a point in time on, unless it held already.
func (b *builder) boundary(next evidence.Boundary) {
	if n := len(b.session.Boundaries); n > 0 {
		last := b.session.Boundaries[n-1]
		if n >= maxListed || same(last, next) {
			return
		}
	}
	b.session.Boundaries = append(b.session.Boundaries, next)
}

// same reports whether two boundaries allow the same.
func same(x, y evidence.Boundary) bool {
	return x.Approval == y.Approval && x.Sandbox == y.Sandbox && x.Bypass == y.Bypass && x.Network == y.Network &&
		x.Mode == y.Mode && x.Branch == y.Branch && slices.Equal(x.AllowedTools, y.AllowedTools) &&
		slices.Equal(x.AllowedHosts, y.AllowedHosts) && slices.Equal(x.BlockedHosts, y.BlockedHosts)
}

// spend sets the usage of one answer. Agents write several rows for an answer
// while it streams in; only the last has the final numbers. It reports whether
// there was room.
func (b *builder) spend(key messageKey, t tokens) bool {
	if _, known := b.usage[key]; !known && len(b.usage) >= maxMessages {
		return false
	}
	b.usage[key] = &t
	return true
}

// commit and pullRequest note what the transcript links to.
func (b *builder) commit(id string) {
	b.session.Links.Commits = appendNew(b.session.Links.Commits, id)
}

func (b *builder) pullRequest(url string) {
	b.session.Links.PullRequests = appendNew(b.session.Links.PullRequests, url)
}

func appendNew(list []string, s string) []string {
	if s == "" || len(s) > commandline.MaxPathBytes || len(list) >= maxListed {
		return list
	}
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

// build returns the session. The builder is not to be used afterwards.
func (b *builder) build() evidence.Session {
	s := &b.session
	if s.Prompts.Count > 0 {
		s.Prompts.Digest = "sha256:" + hex.EncodeToString(b.prompts.Sum(nil))
	}
	b.settlePaths()
	b.commands = slices.DeleteFunc(b.commands, func(h *pendingCommand) bool { return h.folded })
	for _, c := range b.commands {
		b.exceeded(c) // of commands of which the log has no end
	}
	b.otherFolders()
	slices.SortStableFunc(b.edits, func(x, y pendingEdit) int { return x.tick - y.tick })
	for _, e := range b.edits {
		s.Edits = append(s.Edits, e.Edit)
	}
	s.FilesRead = sortedKeys(b.read)
	for key, count := range b.external {
		s.External = append(s.External, evidence.External{Kind: evidence.ExternalKind(key[0]), Name: key[1], Count: count})
	}
	sort.Slice(s.External, func(i, j int) bool {
		x, y := s.External[i], s.External[j]
		return x.Kind < y.Kind || x.Kind == y.Kind && x.Name < y.Name
	})
	s.ReadOutside = sortedKeys(b.outside)
	s.FilesReadOutside = len(s.ReadOutside)
	for name, count := range b.writes {
		s.Untracked = append(s.Untracked, evidence.External{Kind: evidence.ExternalCommand, Name: name, Count: count})
	}
	sort.Slice(s.Untracked, func(i, j int) bool { return s.Untracked[i].Name < s.Untracked[j].Name })
	for key, count := range b.drift {
		s.Drift = append(s.Drift, evidence.Drift{Kind: evidence.DriftKind(key[0]), Name: key[1], Count: count})
	}
	sort.Slice(s.Drift, func(i, j int) bool {
		x, y := s.Drift[i], s.Drift[j]
		return x.Kind < y.Kind || x.Kind == y.Kind && x.Name < y.Name
	})
	s.NotUnderstood = b.notUnderstood()
	s.SubagentIDs = sortedKeys(b.agents)
	s.Subagents = max(s.Subagents, len(b.agents))
	s.Usage = b.total()
	s.Answers = b.answers()
	s.Assurances = assurances(b.final)
	b.list()
	b.freshness()
	if s.Role == "" {
		s.Role = b.role()
	}
	return *s
}

// settlePaths makes the paths that came before the root was known relative.
func (b *builder) settlePaths() {
	if b.root == "" {
		return
	}
	for i := range b.edits {
		b.edits[i].Path = b.relative(b.edits[i].Path)
	}
	for p := range b.outside {
		if rel := b.relative(p); !commandline.AbsolutePath(rel) {
			delete(b.outside, p)
			b.read[rel] = true
		}
	}
}

// total adds up the answers. A cost is reported only when the log states one
// for every answer, or for the session: a part of a cost is not a cost.
func (b *builder) total() *evidence.Usage {
	if b.whole != nil {
		return b.whole
	}
	if len(b.usage) == 0 && b.cost.usd == nil {
		return nil
	}
	u := &evidence.Usage{CostBasis: evidence.CostUnknown, TokensUnknown: len(b.usage) == 0}
	sum, priced := 0.0, 0
	for _, t := range b.usage {
		u.InputTokens += t.input
		u.OutputTokens += t.output
		u.CacheReadTokens += t.cacheRead
		u.CacheWriteTokens += t.cacheWrite
		u.OutputPartial = u.OutputPartial || t.partial
		if t.cost != nil && *t.cost >= 0 {
			priced++
		}
	}
	if b.cost.usd != nil {
		u.CostUSD, u.CostBasis = b.cost.usd, b.cost.basis
		return u
	}
	if priced > 0 && priced == len(b.usage) {
		for _, micro := range b.microCosts() {
			sum += float64(micro) / 1e9
		}
		u.CostUSD, u.CostBasis = &sum, evidence.CostReported
	}
	return u
}

// answers returns the usage of each answer, by key. A total that the log states
// itself is one answer.
func (b *builder) answers() []evidence.Answer {
	if b.whole != nil {
		return []evidence.Answer{{Key: b.session.ID + b.session.SubagentID, Usage: *b.whole, Whole: true}}
	}
	var out []evidence.Answer
	for key, t := range b.usage {
		out = append(out, evidence.Answer{Key: key.message + "\x00" + key.request, Usage: evidence.Usage{
			InputTokens: t.input, OutputTokens: t.output, CacheReadTokens: t.cacheRead, CacheWriteTokens: t.cacheWrite,
			CostUSD: t.cost, OutputPartial: t.partial,
		}})
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Key < out[j].Key })
	return out
}

// freshness sets the last edit against the last validation that ran.
func (b *builder) freshness() {
	s := &b.session
	if len(b.edits) == 0 {
		return
	}
	last := 0
	for _, c := range b.commands {
		if c.Validates() && c.OfWork() {
			last = c.tick
		}
	}
	if last == 0 {
		s.Freshness = evidence.ValidatedNever
		return
	}
	for _, e := range b.edits {
		if e.tick == 0 {
			s.EditsAfterValidation = 0
			return
		}
		if e.tick > last {
			s.EditsAfterValidation++
		}
	}
	s.Freshness = evidence.ValidatedFresh
	if s.EditsAfterValidation > 0 {
		s.Freshness = evidence.ValidatedStale
	}
}

// microCosts returns the costs in billionths of a dollar, sorted: adding
// floating-point numbers in the order of a map would not be reproducible.
func (b *builder) microCosts() []int64 {
	var out []int64
	for _, t := range b.usage {
		out = append(out, int64(min(*t.cost, 1e6)*1e9))
	}
	slices.Sort(out)
	return out
}

// role says what the run did with code, as far as the log tells. Files can be
// changed through the shell without a trace, so a run is only called a review
// when it read files, changed none, committed nothing and ran no command that
// is not a validation or version control.
func (b *builder) role() evidence.Role {
	s := &b.session
	if len(s.Edits) > 0 {
		return evidence.RoleAuthored
	}
	if len(s.FilesRead) == 0 || len(s.Links.Commits) > 0 {
		return ""
	}
	for _, c := range b.commands {
		if !c.Validates() && c.Class != evidence.ClassVCS {
			return ""
		}
	}
	return evidence.RoleReviewed
}

// list counts the commands, finds the repairs, and lists as many commands as
// fit: those that did not simply succeed and those that repairs refer to first.
func (b *builder) list() {
	s := &b.session
	s.CommandCounts = b.beyond
	for _, c := range b.commands {
		s.CommandCounts.Count(c.Command)
	}
	repairs := repairs(b.commands, b.edits)
	keep := b.kept(repairs)
	index := make([]int, len(b.commands))
	for i, c := range b.commands {
		if index[i] = len(s.Commands); keep[i] {
			s.Commands = append(s.Commands, c.Command)
		}
	}
	s.CommandsOmitted += len(b.commands) - len(s.Commands)
	for i := range repairs {
		repairs[i].FirstFailure = moved(repairs[i].FirstFailure, keep, index)
		repairs[i].LastRun = moved(repairs[i].LastRun, keep, index)
	}
	if len(s.Repairs) == 0 {
		s.Repairs = repairs
	}
}

func moved(at *int, keep []bool, index []int) *int {
	if at == nil || !keep[*at] {
		return nil
	}
	i := index[*at]
	return &i
}

// kept marks the commands to list, in three rounds.
func (b *builder) kept(repairs []evidence.Repair) []bool {
	keep := make([]bool, len(b.commands))
	left := maxCommands
	mark := func(i int) {
		if !keep[i] && left > 0 {
			keep[i], left = true, left-1
		}
	}
	for _, r := range repairs {
		mark(*r.FirstFailure)
		mark(*r.LastRun)
	}
	for i, c := range b.commands {
		if c.Outcome == evidence.CommandFailed || c.Masked != "" || c.Validates() {
			mark(i)
		}
	}
	for i := range b.commands {
		mark(i)
	}
	return keep
}

// relative returns path relative to the root when it lies inside, else cleaned
// as it is. Windows paths come out with forward slashes.
func (b *builder) relative(path string) string {
	path = commandline.CleanPath(path)
	root := b.root
	switch {
	case path == "" || root == "":
		return path
	case path == root:
		return "."
	case root == "/":
		return strings.TrimPrefix(path, "/")
	}
	if rest, ok := strings.CutPrefix(path, root+"/"); ok {
		return rest
	}
	return path
}
