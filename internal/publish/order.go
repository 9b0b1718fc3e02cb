package publish

import (
	"regexp"
	"strconv"
	"strings"
)

var (
	// runInMarker is the id and attempt of the workflow run that wrote a text.
	runInMarker = regexp.MustCompile(`\brun=([0-9]{1,18})(?:\.([0-9]{1,9}))?\b`)
	// headInMarker is the commit that it is about.
	headInMarker = regexp.MustCompile(`\bhead=([0-9a-f]{40,64})\b`)
)

// writer is what the first line of a text says of who wrote it.
type writer struct {
	head    string
	run     int64 // 0 when it does not say
	attempt int64
}

func writerOf(text string) writer {
	line, _, _ := strings.Cut(text, "\n")
	var w writer
	if m := headInMarker.FindStringSubmatch(line); m != nil {
		w.head = m[1]
	}
	if m := runInMarker.FindStringSubmatch(line); m != nil {
		w.run, _ = strconv.ParseInt(m[1], 10, 64) // of digits, and few enough
		w.attempt, _ = strconv.ParseInt(m[2], 10, 64)
	}
	return w
}

// supersedes reports whether the text that stands is newer than ours. Of two heads
// the current one counts, if it is known. Ids of runs ascend in the order in which
// things happened, so that a run that was held up does not overwrite a later one;
// but a run that somebody started again happened now, and knows more about its head
// than later runs did.
func supersedes(standing, ours, current string) bool {
	a, b := writerOf(standing), writerOf(ours)
	same := a.head == b.head
	switch {
	case !same && current != "" && a.head == current:
		return true
	case !same && current != "" && b.head == current, a.run == 0, b.run == 0:
		return false
	case a.run == b.run:
		return a.attempt > b.attempt
	}
	return a.run > b.run && (!same || b.attempt < 2)
}
