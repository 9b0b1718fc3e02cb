package attribution

import (
	"regexp"
	"slices"
	"strings"

	"github.com/mergebrief/mergebrief/internal/agents"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

const (
	// maxMessageBytes bounds the part of a commit message that is searched. A
	// squash puts the messages of all its commits into one; some hundred of them
	// make 64 KiB.
	maxMessageBytes = 256 << 10
	// maxStray bounds the trailers that are taken from outside of the last
	// paragraph of one message.
	maxStray = 200
)

// recorderTrailers are those of tools that record what agents do.
var recorderTrailers = []string{"agent-session", "entire-checkpoint", "entire-session", "entire-agent"}

// strayTrailer finds the trailers of agents wherever they stand. Of 500 commits
// with a checkpoint measured in one repository, 2 % have it where git does not
// look: before a later paragraph, or in the list of a squash.
var strayTrailer = trailerPattern(agents.Known())

func trailerPattern(table *agents.Table) *regexp.Regexp {
	keys := slices.Concat(authorTrailers, recorderTrailers, table.TrailerKeys())
	for i, key := range keys {
		keys[i] = regexp.QuoteMeta(key)
	}
	return regexp.MustCompile(`(?im)^[ \t*-]*(` + strings.Join(keys, "|") + `):[ \t]*(\S[^\r\n]*?)[ \t\r]*$`)
}

// CompleteTrailers adds to the trailers of each commit those that stand outside
// of the block that git reads, and drops the messages, which are not kept.
func CompleteTrailers(commits []evidence.Commit) {
	for i := range commits {
		c := &commits[i]
		c.Trailers = append(c.Trailers, StrayTrailers(c.Message, c.Trailers)...)
		c.Message = ""
	}
}

// StrayTrailers returns the trailers of agents in a message that known does not have.
func StrayTrailers(message string, known []evidence.Trailer) []evidence.Trailer {
	seen := map[string]bool{}
	key := func(k, v string) string { return strings.ToLower(k) + "\x00" + v }
	for _, t := range known {
		seen[key(t.Key, t.Value)] = true
	}
	var out []evidence.Trailer
	for _, m := range strayTrailer.FindAllStringSubmatch(message[:min(len(message), maxMessageBytes)], -1) {
		if k := key(m[1], m[2]); !seen[k] && len(out) < maxStray {
			seen[k] = true
			out = append(out, evidence.Trailer{Key: m[1], Value: m[2], Stray: true})
		}
	}
	return out
}
