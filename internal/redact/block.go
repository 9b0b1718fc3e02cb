package redact

import "strings"

const (
	// blockKind is the kind of lines in the middle of something encoded.
	blockKind = "encoded-block"
	// minBlock is how many such lines in a row are a block: a change in the
	// middle of a key has three lines of it before and three after.
	minBlock = 3
	// The lines of a block, but for its last one, are 64 characters long (RFC
	// 7468), 70 (OpenSSH) or 76 (RFC 2045).
	minBlockLine, maxBlockLine = 60, 80
)

// withoutBlocks replaces lines that are in the middle of something encoded in
// base64, in place, and what ends it.
func withoutBlocks(lines []string) []string {
	for from := 0; from < len(lines); from++ {
		to := from
		for to < len(lines) && encoded(lines[to], minBlockLine) {
			to++
		}
		if to-from < minBlock {
			from = to
			continue
		}
		if to < len(lines) && encoded(lines[to], 1) { // what ends a block is shorter
			to++
		}
		for i := from; i < to; i++ {
			lines[i] = mark(blockKind)
		}
		from = to
	}
	return lines
}

// encoded reports whether a line is nothing but base64 of a key or the like,
// indented or quoted, with at least so many characters. Digests in hexadecimal
// are not.
func encoded(line string, least int) bool {
	line = strings.TrimRight(strings.Trim(line, " \t\"',;+\\"), "=")
	line = strings.TrimSuffix(line, `\n`)
	if len(line) < least || len(line) > maxBlockLine {
		return false
	}
	for i := range len(line) {
		if c := line[i]; c == '_' || !isWord(c) && c != '+' && c != '/' {
			return false
		}
	}
	return strings.ContainsAny(line, "0123456789") && line != strings.ToLower(line) && line != strings.ToUpper(line)
}
