package cli

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestQuestions holds docs/questions.md to the story: each of its ten commands is run
// there as it stands.
func TestQuestions(t *testing.T) {
	doc, err := os.ReadFile("../../docs/questions.md")
	if err != nil {
		t.Fatal(err)
	}
	story, err := os.ReadFile("testdata/script/story.txtar")
	if err != nil {
		t.Fatal(err)
	}
	commands := regexp.MustCompile("(?m)^\\| [0-9]+ \\| .* \\| `(mergebrief [^`]+)` \\|$").FindAllStringSubmatch(string(doc), -1)
	if len(commands) != 10 {
		t.Errorf("%d questions", len(commands))
	}
	for _, c := range commands {
		if !strings.Contains(string(story), "exec "+c[1]+"\n") {
			t.Errorf("story.txtar does not run %s", c[1])
		}
	}
}
