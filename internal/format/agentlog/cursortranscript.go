package agentlog

import (
	"fmt"
	"io"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// cursorMessage is a row of the transcripts that Cursor's agent keeps, in the
// editor and on the command line: a message as the model's API has it, with calls
// of tools and without their results, ids and times.
type cursorMessage struct {
	Role    text                  `json:"role"`
	Message object[claudeMessage] `json:"message"`
}

// DecodeCursorTranscript reads a transcript of Cursor's agent. What became of its
// commands is unknown, and edits are what the agent asked for.
func DecodeCursorTranscript(r io.Reader) (evidence.Fragment, error) {
	t := newToolbox(newBuilder(string(kindCursorTranscript)))
	rows := 0
	err := readTexts(r, func(_ int, row *cursorMessage, text []byte) error {
		content := row.Message.v.Content.of(text)
		switch rows++; row.Role {
		case "user":
			t.prompt(asked(contentText(content)))
		case "assistant":
			t.final = evidence.ClipValid(contentText(content), maxFinalBytes)
			for i, b := range blocks(content) {
				if b.Type != "tool_use" {
					continue
				}
				call := t.use(toolUse{id: fmt.Sprintf("call %d.%d", rows, i+1), name: string(b.Name), args: parseArgs(b.Input.of(content))})
				if call != nil && call.verb != doesShell {
					t.ended(call, result{succeeded: true}, "") // nothing else will be said of it
				}
			}
		default:
			rows--
		}
		return nil
	})
	if rows == 0 {
		return evidence.Fragment{}, err
	}
	return evidence.Fragment{Sessions: []evidence.Session{t.build()}}, err
}

// asked is what the person typed: Cursor puts what is open and selected around it.
func asked(prompt string) string {
	_, rest, found := strings.Cut(prompt, "<user_query>")
	query, _, closed := strings.Cut(rest, "</user_query>")
	if !found || !closed {
		return prompt
	}
	return strings.TrimSpace(query)
}
