package agentlog

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// hunkLine adds one line of a diff, with its mark, to a hunk. What is no line of
// a file, such as the remark that there is no newline, is left out.
func hunkLine(h *evidence.EditHunk, line string) {
	mark := byte(' ')
	if line != "" {
		mark, line = line[0], line[1:]
	}
	if mark == ' ' || mark == '+' || mark == '-' {
		hash, _ := evidence.HashLine([]byte(line))
		h.Lines = append(h.Lines, evidence.EditLine{Mark: mark, Hash: hash})
	}
}

// unifiedHunks returns the hunks of a diff of one file. A diff whose hunks do
// not all say where they begin has none.
func unifiedHunks(diff string) []evidence.EditHunk {
	var hunks []evidence.EditHunk
	for line := range strings.Lines(diff) {
		line = strings.TrimRight(line, "\r\n")
		if rest, ok := strings.CutPrefix(line, "@@"); ok {
			first, ok := hunkStart(rest)
			if !ok {
				return nil
			}
			hunks = append(hunks, evidence.EditHunk{First: first})
		} else if n := len(hunks); n > 0 {
			hunkLine(&hunks[n-1], line)
		}
	}
	return hunks
}

// hunkStart reads " -<first>[,<count>] +…". With a count of 0 the hunk stands
// behind the line that it names.
func hunkStart(s string) (int, bool) {
	s, ok := strings.CutPrefix(strings.TrimLeft(s, " "), "-")
	if !ok {
		return 0, false
	}
	old, _, _ := strings.Cut(s, " ")
	number, count, _ := strings.Cut(old, ",")
	first, err := strconv.Atoi(number)
	if count == "0" {
		first++
	}
	return first, err == nil && first > 0
}

// whole returns the hashes of all lines of content, blank ones too.
func whole(content string) []evidence.LineHash {
	var hashes []evidence.LineHash
	for line := range bytes.Lines([]byte(content)) {
		if len(hashes) == maxEditLines {
			return nil
		}
		hash, _ := evidence.HashLine(line)
		hashes = append(hashes, hash)
	}
	return hashes
}
