package action

import "strings"

// maxEdits is how far a word may be from an allowed one to be taken for a slip
// of the finger.
const maxEdits = 2

// closest returns the allowed word that value was probably meant to be, or "".
func closest(allowed []string, value string) string {
	best, least := "", maxEdits+1
	for _, a := range allowed {
		// A word as long as the slip has nothing left in common with it.
		if d := edits(strings.ToLower(value), a); d < least && d < len(a) {
			best, least = a, d
		}
	}
	return best
}

// edits is the Levenshtein distance. Words that differ in length by more than
// maxEdits are not looked at.
func edits(a, b string) int {
	if len(a)-len(b) > maxEdits || len(b)-len(a) > maxEdits {
		return maxEdits + 1
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, diagonal+1, row[j]+1)
		}
	}
	return row[len(b)]
}
