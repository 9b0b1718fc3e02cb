package evidence

// LineHash identifies the content of a line, white space aside. It is a 64-bit
// FNV-1a hash: good enough to compare lines of one pull request, and never
// stored.
type LineHash uint64

const (
	fnvOffset LineHash = 14695981039346656037
	fnvPrime  LineHash = 1099511628211
)

// HashLine returns the hash of line with all ASCII white space removed, and
// whether anything is left.
func HashLine(line []byte) (LineHash, bool) {
	h, blank := fnvOffset, true
	for _, c := range line {
		switch c {
		case ' ', '\t', '\r', '\n', '\v', '\f':
			continue
		}
		h, blank = (h^LineHash(c))*fnvPrime, false
	}
	return h, !blank
}
