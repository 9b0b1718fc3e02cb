package format

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/mergebrief/mergebrief/internal/agents"
)

// TestAgentKeys reads every specimen, and every sample of the corpus if there is
// one: wherever a fact names an agent it has the key, and the run that a log of one
// agent tells of is that agent's.
func TestAgentKeys(t *testing.T) {
	named := map[string]bool{}
	check := func(path string, data []byte) {
		f := Read("files", path, bytes.NewReader(data))
		text, err := json.Marshal(f)
		if err != nil {
			t.Fatal(err)
		}
		var tree any
		if err := json.Unmarshal(text, &tree); err != nil {
			t.Fatal(err)
		}
		for _, word := range agentsIn(tree) {
			named[word] = true
			if key := agents.Known().Key(word); word != key {
				t.Errorf("%s: an agent is named %q, and not by its key %q", path, word, key)
			}
		}
		for _, s := range f.Sessions {
			by, alone := agents.Known().Writer(s.Format)
			amp := s.Format == "claude-stream" && s.Agent == "amp" // prints the form of another agent
			if alone && s.Agent != by.Key && !amp || s.Agent == "" {
				t.Errorf("%s: a session of %q in the format %s, which %q writes", path, s.Agent, s.Format, by.Key)
			}
		}
	}
	for _, file := range specimens(t) {
		check(readSpecimen(t, file))
	}
	for _, key := range []string{"aider", "amp", "claude-code", "codex", "copilot", "cursor", "gemini-cli", "openhands", "swe-agent", "windsurf"} {
		if !named[key] {
			t.Errorf("no specimen names %s", key)
		}
	}
	t.Run("corpus", func(t *testing.T) { agentSamples(t, check) })
}

// agentsIn returns the agents that a fact, or a part of one, names.
func agentsIn(tree any) (words []string) {
	switch x := tree.(type) {
	case []any:
		for _, v := range x {
			words = append(words, agentsIn(v)...)
		}
	case map[string]any:
		for name, v := range x {
			if word, ok := v.(string); ok && name == "agent" {
				words = append(words, word)
			}
			words = append(words, agentsIn(v)...)
		}
	}
	return words
}

// TestAgentWords: what a log calls an agent becomes its key, and the word for an
// agent that nobody knows stays.
func TestAgentWords(t *testing.T) {
	for _, c := range []struct{ path, text, want string }{
		{"trajectory.json", `{"schema_version":"ATIF-v1.6","session_id":"s","agent":{"name":"Claude Code","version":"2"},"steps":[{"step_id":1,"source":"user","message":"go"}]}`, "claude-code"},
		{"trajectory.json", `{"schema_version":"ATIF-v1.6","session_id":"s","agent":{"name":"terminus-2","version":"2"},"steps":[{"step_id":1,"source":"user","message":"go"}]}`, "terminus-2"},
		{"agent-run.json", `{"schema":"https://mergebrief.github.io/agent-run/v1","agent":{"name":"GitHub Copilot"},"session":"s"}`, "copilot"},
		{"agent-run.json", `{"schema":"https://mergebrief.github.io/agent-run/v1","agent":{"name":" House  Agent"},"session":"s"}`, "House Agent"},
	} {
		f := Read("files", c.path, bytes.NewReader([]byte(c.text)))
		if len(f.Sessions) != 1 || f.Sessions[0].Agent != c.want {
			t.Errorf("%s: %+v %+v, want a session of %q", c.text, f.Sessions, f.Inputs, c.want)
		}
	}
}
