package assess

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// A rule is found by its id: its file and its variable bear the same name.
func TestRulesAreNamedAsTheirIDs(t *testing.T) {
	for _, r := range Rules() {
		file := strings.ReplaceAll(r.ID, "-", "_") + ".go"
		text, err := os.ReadFile(file)
		if err != nil {
			t.Errorf("rule %s has no file of its name: %v", r.ID, err)
			continue
		}
		variable := strings.ReplaceAll(r.ID, "-", "")
		if !regexp.MustCompile(`(?i)\nvar ` + variable + ` = Rule\{\n\tID: "` + r.ID + `"`).Match(text) {
			t.Errorf("%s has no variable that is called as the rule %s", file, r.ID)
		}
	}
}
