// Package suggest finds the word that somebody probably meant when the one they
// wrote is not known: a slip of a few letters, measured by the Levenshtein
// distance. Its promise is to say nothing rather than something far-fetched.
package suggest

import "strings"

// lettersPerSlip is how many letters of a word there are for each further one
// that may be wrong: a short word with two other letters is another word.
const lettersPerSlip = 3

// Closest returns the known word that is most like word, the first of several, or
// "" when none is like it. Known words are in lower case.
func Closest(word string, known []string) string {
	word = strings.ToLower(word)
	best, least := "", len(word)/lettersPerSlip+2
	for _, k := range known {
		if d := distance(word, k); d < least && d < len(k) {
			best, least = k, d
		}
	}
	return best
}

// distance is the number of bytes to insert, delete or replace to get from a to b.
func distance(a, b string) int {
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
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
