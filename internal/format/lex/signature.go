package lex

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// maxSignedLine is how much of an error line counts for a signature. Longer
// lines differ in what they print, not in what they say.
const maxSignedLine = 400

// Signature is equal for failures of the same test, or results of the same
// rule, with the same first error line when numbers, paths, addresses and times
// are left aside. It is 16 bytes of a SHA-256 in hexadecimal digits.
func Signature(tool, id, text string) string {
	sum := sha256.Sum256([]byte(tool + "\x00" + id + "\x00" + normalize(firstLine(Clean(evidence.Clip(text, MaxCapture))))))
	return hex.EncodeToString(sum[:16])
}

// normalize replaces what differs between two runs of the same thing: words with
// digits become "#", words with slashes "/". What quotes and brackets enclose is
// looked at word by word.
func normalize(line string) string {
	line = evidence.Clip(line, maxSignedLine)
	var b strings.Builder
	for len(line) > 0 {
		end := strings.IndexAny(line, " \t\"'`()[]{}<>,;=|")
		if end < 0 {
			end = len(line)
		}
		b.WriteString(normalWord(line[:end]))
		line = line[end:]
		if line != "" {
			b.WriteByte(line[0])
			line = line[1:]
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func normalWord(word string) string {
	if word == "" {
		return ""
	}
	trimmed := strings.TrimRight(word, ".:!?")
	tail := word[len(trimmed):]
	switch {
	case strings.ContainsAny(trimmed, `/\`):
		return "/" + tail
	case strings.ContainsAny(trimmed, "0123456789"), isHex(trimmed):
		return "#" + tail
	}
	return word
}

// isHex reports whether word can only be an address or digest: eight or more
// hexadecimal digits.
func isHex(word string) bool {
	if len(word) < 8 {
		return false
	}
	return strings.Trim(word, "0123456789abcdefABCDEF") == ""
}
