package evidence

import (
	"strings"
	"unicode/utf8"
)

// ellipsis stands for what was cut away.
const ellipsis = "…"

// Clip returns s in at most limit bytes: cut at a character, with "…" for the
// end that went.
func Clip(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	return s[:characterBefore(s, limit-len(ellipsis))] + ellipsis
}

// ClipValid is [Clip] without invalid UTF-8.
func ClipValid(s string, limit int) string {
	return Clip(strings.ToValidUTF8(s, "\uFFFD"), limit)
}

// ClipMiddle returns s in at most limit bytes, with "…" for the middle that went.
// Two thirds of what stays come from the front: names and messages tell most
// there, and results stand at the end.
func ClipMiddle(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	room := limit - len(ellipsis)
	head, tail := characterBefore(s, room*2/3), len(s)-room/3
	for tail < len(s) && !utf8.RuneStart(s[tail]) {
		tail++
	}
	return s[:head] + ellipsis + s[tail:]
}

// characterBefore returns the last index of at most i at which a character
// begins.
func characterBefore(s string, i int) int {
	for i > 0 && !utf8.RuneStart(s[i]) {
		i--
	}
	return max(i, 0)
}
