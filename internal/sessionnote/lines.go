package sessionnote

import (
	"encoding/base64"
	"encoding/binary"
	"strconv"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// Lines are lines of a file of the commit that a session wrote.
type Lines struct {
	// Path in the commit.
	Path string `json:"path"`
	// The lines, as "3-9,12", ascending, in the numbers of the commit.
	Ranges string `json:"lines"`
	// The hash of each of these lines in order, four bytes each, in base64;
	// absent when there are too many.
	Hashes string `json:"hashes,omitempty"`
}

// hashBytes is the length of a stored hash. It tells whether the line at a
// known place is the same; to find a line anywhere, neighbours count too.
const hashBytes = 4

// maxLine is the highest line number that is believed; git's own limit for a
// file is of this order.
const maxLine = 1 << 30

// Fold shortens the hash of a line to what documents hold.
func Fold(h evidence.LineHash) uint32 { return uint32(h ^ h>>32) }

// NewLines returns the lines of a file with their hashes, which may be nil.
func NewLines(path string, ranges []evidence.LineRange, hashes []uint32) Lines {
	l := Lines{Path: path, Ranges: formatRanges(ranges)}
	if len(hashes) > 0 {
		raw := make([]byte, 0, len(hashes)*hashBytes)
		for _, h := range hashes {
			raw = binary.BigEndian.AppendUint32(raw, h)
		}
		l.Hashes = base64.RawStdEncoding.EncodeToString(raw)
	}
	return l
}

func formatRanges(ranges []evidence.LineRange) string {
	var parts []string
	for _, r := range ranges {
		part := strconv.Itoa(r.First)
		if r.Last != r.First {
			part += "-" + strconv.Itoa(r.Last)
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, ",")
}

// Split returns the ranges and the hashes, none when the document has none.
func (l Lines) Split() ([]evidence.LineRange, []uint32) {
	ranges, err := parseRanges(l.Ranges)
	if err != nil {
		return nil, nil
	}
	raw, err := base64.RawStdEncoding.DecodeString(l.Hashes)
	if err != nil {
		return ranges, nil
	}
	var hashes []uint32
	for ; len(raw) >= hashBytes; raw = raw[hashBytes:] {
		hashes = append(hashes, binary.BigEndian.Uint32(raw))
	}
	return ranges, hashes
}

// Count is the number of lines.
func (l Lines) Count() (n int) {
	ranges, _ := parseRanges(l.Ranges)
	for _, r := range ranges {
		n += r.Last - r.First + 1
	}
	return n
}

// check refuses lines that are none, and hashes that are not one for each line.
func (l Lines) check() error {
	ranges, err := parseRanges(l.Ranges)
	if err != nil {
		return err
	}
	_, hashes := l.Split()
	n := 0
	for _, r := range ranges {
		n += r.Last - r.First + 1
	}
	if l.Hashes != "" && len(hashes) != n {
		return evidence.Errorf(evidence.Unreadable, "a record with %d hashes for %d lines of %.200q", len(hashes), n, l.Path)
	}
	return nil
}

// parseRanges reads "3-9,12". Ranges that do not ascend are refused: each line
// has one hash.
func parseRanges(s string) ([]evidence.LineRange, error) {
	var out []evidence.LineRange
	last := 0
	for part := range strings.SplitSeq(s, ",") {
		from, to, span := strings.Cut(part, "-")
		first, err := strconv.Atoi(from)
		end := first
		if err == nil && span {
			end, err = strconv.Atoi(to)
		}
		if err != nil || first <= last || end < first || end > maxLine {
			return nil, evidence.Errorf(evidence.Unreadable, "a record with the lines %.80q, which are none", s)
		}
		out = append(out, evidence.LineRange{First: first, Last: end})
		last = end
	}
	return out, nil
}

// LineHashes returns the short hashes of added lines of a file, in order, or nil
// if one of the lines is not among them.
func LineHashes(f evidence.File, ranges []evidence.LineRange) []uint32 {
	at := map[int]uint32{}
	next := 0
	for _, s := range f.Spans {
		for n := s.First; n <= s.Last && next < len(f.Lines); n++ {
			at[n] = Fold(f.Lines[next])
			next++
		}
	}
	var out []uint32
	for _, r := range ranges {
		for n := r.First; n <= r.Last; n++ {
			h, known := at[n]
			if !known {
				return nil
			}
			out = append(out, h)
		}
	}
	return out
}
