package agentlog

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

const formatAider = "aider-history"

const (
	aiderStarted = "# aider chat started at "
	// maxAiderSessions bounds the sessions of one history, which aider appends
	// to for years.
	maxAiderSessions = 1000
)

// aiderReader reads .aider.chat.history.md line by line.
type aiderReader struct {
	*builder
	done     []evidence.Session
	dropped  int
	rows     int
	prompted strings.Builder
	asking   bool
	answers  int
}

// DecodeAider reads a chat history of Aider: a session for each start. It holds
// applied edits by path, commits by id, tokens rounded, and no outcome of
// commands.
func DecodeAider(r io.Reader) (evidence.Fragment, error) {
	a := &aiderReader{}
	a.begin("")
	in := bufio.NewReaderSize(io.LimitReader(r, maxFileBytes), readBufferBytes)
	for {
		line, err := in.ReadSlice('\n')
		a.line(string(bytes.TrimRight(line[:min(len(line), maxFinalBytes)], " \r\n")))
		for errors.Is(err, bufio.ErrBufferFull) {
			_, err = in.ReadSlice('\n')
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			a.finish()
			return evidence.Fragment{Sessions: a.done}, evidence.Errorf(evidence.Unreadable, "chat history: %w", err)
		}
	}
	a.finish()
	if a.dropped > 0 {
		return evidence.Fragment{Sessions: a.done}, evidence.Errorf(evidence.Truncated, "more than %d sessions: %d older ones were left out", maxAiderSessions, a.dropped)
	}
	return evidence.Fragment{Sessions: a.done}, nil
}

func (a *aiderReader) begin(started string) {
	a.builder = newBuilder(formatAider)
	a.rows, a.answers = 0, 0
	if started != "" {
		a.session.ID = evidence.ClipValid("aider "+started, maxNameBytes)
		a.at(localTime(started))
	}
}

// finish ends a session; one in which nothing happened is none.
func (a *aiderReader) finish() {
	a.flush()
	if a.rows == 0 {
		return
	}
	if len(a.done) >= maxAiderSessions {
		a.done = a.done[1:]
		a.dropped++
	}
	a.done = append(a.done, a.build())
}

func (a *aiderReader) line(l string) {
	if started, ok := strings.CutPrefix(l, aiderStarted); ok {
		a.finish()
		a.begin(strings.TrimSpace(started))
		return
	}
	if said, ok := strings.CutPrefix(l, "#### "); ok {
		a.asking = true
		a.prompted.WriteString(strings.TrimSpace(said) + "\n")
		return
	}
	if a.asking && l != "####" {
		a.flush()
	}
	if said, ok := strings.CutPrefix(l, "> "); ok {
		a.told(said)
	}
}

// flush counts the lines that were asked as one prompt. What Aider asks itself
// after a failed check is none.
func (a *aiderReader) flush() {
	said := a.prompted.String()
	a.prompted.Reset()
	a.asking = false
	switch {
	case strings.TrimSpace(said) == "", strings.HasPrefix(said, "# Fix any errors below"):
	case strings.HasPrefix(said, "/run "), strings.HasPrefix(said, "/test "), strings.HasPrefix(said, "!"):
		line, bang := strings.CutPrefix(said, "!")
		if !bang {
			_, line, _ = strings.Cut(said, " ")
		}
		a.run(started{line: strings.TrimSpace(line)})
		a.rows++
	case strings.HasPrefix(said, "/"):
	default:
		a.prompt(said)
		a.rows++
	}
}

var (
	aiderCommit = regexp.MustCompile(`^Commit ([0-9a-f]{7,40}) `)
	aiderTokens = regexp.MustCompile(`^Tokens: ([\d.,]+)([kM]?) sent(?:, ([\d.,]+)([kM]?) cache write)?(?:, ([\d.,]+)([kM]?) cache hit)?, ([\d.,]+)([kM]?) received\.?(?: Cost: \$([\d.]+) (?:request|message), \$([\d.]+) session)?`)
	aiderModel  = regexp.MustCompile(`^(?:Main model|Model|Models): (\S+) with `)
)

func (a *aiderReader) told(said string) {
	if v, ok := strings.CutPrefix(said, "Aider v"); ok {
		a.session.AgentVersion = evidence.ClipValid(v, maxNameBytes)
		return
	}
	if p, ok := strings.CutPrefix(said, "Applied edit to "); ok {
		a.rows++
		a.edit(evidence.Edit{Path: p})
		return
	}
	if m := aiderCommit.FindStringSubmatch(said); m != nil {
		a.rows++
		a.commit(m[1])
		return
	}
	if m := aiderModel.FindStringSubmatch(said); m != nil {
		a.model(m[1])
		return
	}
	if m := aiderTokens.FindStringSubmatch(said); m != nil {
		a.rows++
		a.answers++
		t := tokens{input: rounded(m[1], m[2]), cacheWrite: rounded(m[3], m[4]), cacheRead: rounded(m[5], m[6]), output: rounded(m[7], m[8])}
		if cost, err := strconv.ParseFloat(m[9], 64); err == nil {
			t.cost = &cost
		}
		a.spend(messageKey{message: fmt.Sprintf("answer %d", a.answers)}, t)
	}
}

// rounded reads "5,244" or "5.2k".
func rounded(digits, unit string) int64 {
	f, err := strconv.ParseFloat(strings.ReplaceAll(strings.TrimSuffix(digits, "."), ",", ""), 64)
	if err != nil || f < 0 || f > maxAmount {
		return 0
	}
	switch unit {
	case "k":
		f *= 1e3
	case "M":
		f *= 1e6
	}
	return int64(f)
}
