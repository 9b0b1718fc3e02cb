package cli

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/sessionnote"
)

// What the screen calls the texts of a document, by the member that holds them.
// Texts of members that are not here are shown under toldElse, so that none is
// missing.
const (
	toldAgents   = "agents"
	toldFiles    = "files"
	toldCommands = "commands"
	toldSources  = "hosts, servers, tools"
	toldOutputs  = "counts of runners"
	toldPrompts  = "prompts"
	toldElse     = "other words"
	// toldNot are ids, digests and times: they say nothing to a reader, and each
	// document has them.
	toldNot = ""
)

var toldGroups = []string{toldAgents, toldFiles, toldCommands, toldSources, toldOutputs, toldPrompts, toldElse}

var toldMembers = map[string]string{
	"agent": toldAgents, "agentVersion": toldAgents, "provider": toldAgents, "models": toldAgents, "model": toldAgents,
	"path": toldFiles, "filesRead": toldFiles, "paths": toldFiles, "edited": toldFiles, "dir": toldFiles,
	"line": toldCommands, "family": toldCommands, "allowedCommands": toldCommands,
	"name": toldSources, "tool": toldSources, "allowedTools": toldSources, "allowedHosts": toldSources, "blockedHosts": toldSources,
	"summary": toldOutputs, "texts": toldPrompts,
	"schema": toldNot, "commit": toldNot, "commits": toldNot, "patch": toldNot, "id": toldNot, "from": toldNot, "lines": toldNot, "hashes": toldNot,
	"digest": toldNot, "instructionsDigest": toldNot, "started": toldNot, "ended": toldNot, "time": toldNot, "subagent": toldNot, "subagentId": toldNot,
}

// told returns the texts that documents hold, by what the screen calls them.
func told(docs []sessionnote.Document) (map[string][]string, error) {
	groups := map[string][]string{}
	for _, d := range docs {
		data, err := sessionnote.Encode(d)
		if err != nil {
			return nil, err
		}
		var v any
		if err := json.Unmarshal(data, &v); err != nil {
			return nil, err
		}
		tell(groups, "", v)
	}
	for name := range groups {
		slices.Sort(groups[name])
		groups[name] = slices.Compact(groups[name])
	}
	return groups, nil
}

func tell(groups map[string][]string, member string, v any) {
	switch v := v.(type) {
	case map[string]any:
		for name, inner := range v {
			tell(groups, name, inner)
		}
	case []any:
		for _, inner := range v {
			tell(groups, member, inner)
		}
	case string:
		group, known := toldMembers[member]
		if !known {
			group = toldElse
		}
		if group != toldNot && v != "" {
			groups[group] = append(groups[group], v)
		}
	}
}

// toldColumns is how long a line of the screen becomes, a long text aside.
const toldColumns = 110

// printTold shows every text that the notes hold, so that what is sent is what
// was seen.
func (c *Command) printTold(docs []sessionnote.Document) {
	groups, err := told(docs)
	if err != nil || len(docs) == 0 {
		return
	}
	say(c.Stdout, "\nall words in %s; the rest is ids, digests, times and numbers\n", map[bool]string{true: "this note", false: "these " + evidence.Plural(len(docs), "note")}[len(docs) == 1])
	for _, name := range toldGroups {
		line := ""
		for i, text := range groups[name] {
			if i > 0 {
				text = ", " + text
			}
			if line != "" && len(line)+len(text) > toldColumns {
				say(c.Stdout, "  %-22s%s,\n", name, line)
				name, line, text = "", "", strings.TrimPrefix(text, ", ")
			}
			line += text
		}
		if line != "" {
			say(c.Stdout, "  %-22s%s\n", name, line)
		}
	}
}
