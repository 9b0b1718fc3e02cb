package cli

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/mergebrief/mergebrief/internal/agents"
	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/local"
	"github.com/mergebrief/mergebrief/internal/sessionnote"
)

// maxShownCommits and maxShownFiles keep a dry run on one screen.
const (
	maxShownCommits = 8
	maxShownFiles   = 3
	maxShownLines   = 5
)

// printCollection shows what would be written.
func (c *Command) printCollection(found *local.Collection) {
	size, shown := 0, 0
	for _, d := range found.Documents {
		data, _ := sessionnote.Encode(d) // it was made here
		size += len(data)
	}
	say(c.Stdout, "would write %s, %d bytes, to %s; --out - prints them as they are\n",
		evidence.Plural(len(found.Documents), "note"), size, sessionnote.Ref)
	for _, commit := range found.Commits {
		d, known := found.Documents[commit.ID]
		if !known {
			continue
		}
		if shown++; shown > maxShownCommits {
			continue
		}
		c.printDocument(d, commit.Subject)
	}
	if shown > maxShownCommits {
		say(c.Stdout, "and %s more\n", evidence.Plural(shown-maxShownCommits, "commit"))
	}
	c.printTold(slices.Collect(maps.Values(found.Documents)))
	c.printRest(found)
}

// printDocument shows a document in a few lines.
func (c *Command) printDocument(d sessionnote.Document, subject string) {
	say(c.Stdout, "\n%s\n", strings.TrimSpace(d.Commit[:12]+" "+subject))
	for _, r := range d.Entries {
		say(c.Stdout, "  %s %s%s\n", agents.Known().Name(r.Session.Agent), r.Session.ID, joinWords(r))
		if r.SessionIn != "" {
			continue
		}
		say(c.Stdout, "    %s\n", strings.Join(sessionWords(r.Session), ", "))
		for i, l := range r.Files {
			if i == maxShownFiles {
				say(c.Stdout, "    and %s more\n", evidence.Plural(len(r.Files)-i, "file"))
				break
			}
			say(c.Stdout, "    %s lines %s\n", l.Path, few(l.Ranges))
		}
		for _, p := range r.Session.Prompts.Texts {
			say(c.Stdout, "    prompt: %.100q\n", p)
		}
	}
}

// few shortens a list of ranges.
func few(ranges string) string {
	parts := strings.Split(ranges, ",")
	if len(parts) <= 2*maxShownLines {
		return ranges
	}
	return strings.Join(parts[:2*maxShownLines], ",") + fmt.Sprintf(" and %d more ranges", len(parts)-2*maxShownLines)
}

func joinWords(r sessionnote.Entry) string {
	words := map[sessionnote.Join]string{
		sessionnote.JoinCommit: ", which names the commit", sessionnote.JoinContent: ", by the lines it wrote", sessionnote.JoinNamed: ", because you named it",
	}[r.Join]
	if r.Carried != "" {
		words += fmt.Sprintf(", carried from %.12s by its %s", r.From, r.Carried)
	}
	if r.LinesIn != "" {
		words += "; lines of its files are in " + r.LinesIn + " and not stored again"
	}
	if r.SessionIn != "" {
		words += "; the session is in " + r.SessionIn + " and not stored again"
	}
	return words
}

// sessionWords counts what a record tells of a session.
func sessionWords(s evidence.Session) []string {
	n := s.CommandCounts
	words := []string{evidence.Plural(n.Total, "command")}
	for _, more := range []struct {
		n    int
		what string
	}{
		{n.Failed, "failed"},
		{n.Masked, "masked"},
		{n.Validations, "validations"},
		{len(s.Repairs), "repairs"},
		{len(s.FilesRead), "files read"},
		{len(s.Boundaries), "boundaries"},
		{s.Prompts.Count, "prompts (digest)"},
	} {
		if more.n > 0 {
			words = append(words, fmt.Sprintf("%d %s", more.n, more.what))
		}
	}
	if n := s.CallsNotUnderstood(); n > 0 {
		words = append(words, evidence.Plural(n, "call")+" not understood")
	}
	if s.Usage != nil && !s.Usage.TokensUnknown {
		words = append(words, fmt.Sprintf("%d tokens out", s.Usage.OutputTokens))
	}
	return words
}

// printRest says what is not recorded, and why.
func (c *Command) printRest(found *local.Collection) {
	if silent := len(found.Commits) - found.Recorded(); silent > 0 {
		say(c.Stdout, "\n%s without a session\n", evidence.Plural(silent, "commit"))
	}
	var lines []string
	if n := len(found.Unused); n > 0 {
		lines = append(lines, evidence.Plural(n, "session")+" of this repository wrote none of these lines")
	}
	if found.Old > 0 {
		lines = append(lines, evidence.Plural(found.Old, "session file")+" older than the change, not read; --since reaches further back")
	}
	if found.Elsewhere > 0 {
		lines = append(lines, evidence.Plural(found.Elsewhere, "session file")+" of other repositories, not read")
	}
	for _, id := range found.Lost {
		lines = append(lines, fmt.Sprintf("the record of %.12s, which is gone, fits none of these commits", id))
	}
	skipped := skippedByReason(found.Skipped)
	for _, s := range skipped[:min(len(skipped), maxShownLines)] {
		lines = append(lines, "skipped "+s)
	}
	if over := len(skipped) - maxShownLines; over > 0 {
		lines = append(lines, fmt.Sprintf("and %d more reasons to skip", over))
	}
	for _, l := range lines {
		say(c.Stdout, "%s\n", l)
	}
}
