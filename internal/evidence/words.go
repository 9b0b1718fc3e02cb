package evidence

import (
	"strconv"
	"strings"
)

// Count writes n with a comma between thousands.
func Count(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// ShortID abbreviates the id of a commit for messages.
func ShortID(id string) string { return id[:min(len(id), shortIDLength)] }

// shortIDLength is long enough to be unique in the largest public repositories.
const shortIDLength = 12

// Plural writes n with the noun in the right number.
func Plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	if stem, ok := strings.CutSuffix(noun, "criterion"); ok {
		return Count(n) + " " + stem + "criteria"
	}
	return Count(n) + " " + noun + "s"
}
