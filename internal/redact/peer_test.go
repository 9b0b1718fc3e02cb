package redact

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"
)

// maxMissed is how many in a hundred of another tool's examples may stay: ids that
// are no secrets by themselves, names of services that we do not know, and
// numbers. It was 1.3 when this was written.
const maxMissed = 3

// TestPeer takes out what the tests of gitleaks' rules hold, which .ci/run secrets
// prints, and says what is left of which rule.
func TestPeer(t *testing.T) {
	name := os.Getenv("MERGEBRIEF_SECRETS")
	if name == "" {
		t.Skip("MERGEBRIEF_SECRETS is not set: the examples of gitleaks are not tested")
	}
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	r := New(nil)
	all, left := 0, 0
	for line := range strings.Lines(string(data)) {
		var rule struct {
			Rule, Regex string
			Secrets     []string
		}
		if !strings.HasPrefix(line, "{") || json.Unmarshal([]byte(line), &rule) != nil {
			continue
		}
		pattern, missed, example := regexp.MustCompile(rule.Regex), 0, ""
		for _, text := range rule.Secrets {
			secret := peerSecret(pattern, text)
			if secret == "" {
				continue
			}
			all++
			if got, _ := r.Text(text); strings.Contains(got, secret) {
				missed, example = missed+1, text
			}
		}
		if left += missed; missed > 0 {
			t.Logf("%s: %d of %d are left, as %.120q", rule.Rule, missed, len(rule.Secrets), example)
		}
	}
	t.Logf("%d of %d examples are left", left, all)
	if all < 5000 || left*100 > all*maxMissed {
		t.Errorf("%d of %d examples are left, want fewer than %d in 100 of 5,000 and more", left, all, maxMissed)
	}
}

// peerSecret returns what the pattern calls the secret of a text: its longest
// group, else all of it.
func peerSecret(pattern *regexp.Regexp, text string) string {
	groups := pattern.FindStringSubmatch(text)
	if groups == nil {
		return ""
	}
	secret := ""
	for _, g := range groups[1:] {
		if len(g) > len(secret) {
			secret = g
		}
	}
	if secret == "" {
		secret = groups[0]
	}
	return strings.Trim(secret, `"'`)
}
