package format

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

// TestNothingPrivateLeaves: what people asked, what the agent thought and said,
// what commands printed and what files contain is in the specimens, and none of
// it is in what is read from them.
func TestNothingPrivateLeaves(t *testing.T) {
	private := map[string]string{
		"Let Parse read durations":      "a prompt",
		"Only commit it":                "a prompt",
		"a secret question":             "a conversation in a note",
		"Look first":                    "a thought",
		"Who calls Parse":               "the task of a subagent",
		"You are Codex":                 "instructions",
		"This session is being contin":  "a summary",
		"want 1h0m0s":                   "an output",
		"os.Args[1]":                    "an output of a subagent",
		"return time.ParseDuration":     "the contents of a file",
		"Parse reads durations now":     "the agent's last message",
		"Success. Updated the followin": "an output",
	}
	seen := map[string]bool{}
	for _, file := range specimens(t) {
		path, data := readSpecimen(t, file)
		f := Read("files", path, bytes.NewReader(data))
		if len(f.Sessions)+len(f.ClaimSources) == 0 {
			continue
		}
		out, err := json.Marshal(f)
		if err != nil {
			t.Fatal(err)
		}
		for text, what := range private {
			seen[text] = seen[text] || bytes.Contains(data, []byte(text))
			if strings.Contains(string(out), text) {
				t.Errorf("%s: %s leaves: %q", file, what, text)
			}
		}
	}
	for text := range private {
		if !seen[text] {
			t.Errorf("no specimen contains %q: the test tests nothing", text)
		}
	}
}
