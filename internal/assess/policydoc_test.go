package assess

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"
)

// Every example of docs/policy.md is a valid policy, and the whole one says
// everything that a policy can say.
func TestPolicyDocumentation(t *testing.T) {
	page, err := os.ReadFile("../../docs/policy.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(string(page), -1)
	if len(blocks) < 2 {
		t.Fatalf("%d examples", len(blocks))
	}
	longest := ""
	for _, b := range blocks {
		if _, err := ParsePolicy("policy.md", []byte(b[1]), "2026-11-20"); err != nil {
			t.Errorf("%v\n%s", err, b[1])
		}
		if len(b[1]) > len(longest) {
			longest = b[1]
		}
	}
	for _, key := range policyKeys(t) {
		if !strings.Contains(longest, key+":") {
			t.Errorf("the example does not have %q", key)
		}
	}
	for _, id := range itemIDs() {
		if !strings.Contains(longest, id) {
			t.Errorf("the example does not name the item %q", id)
		}
	}
}

// policyKeys returns the keys of the schema, those of rules aside.
func policyKeys(t *testing.T) []string {
	t.Helper()
	var keys []string
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, x := range v {
				walk(x)
			}
		case map[string]any:
			properties, _ := v["properties"].(map[string]any)
			for key, x := range properties {
				if !ruleExists(key) {
					keys = append(keys, key)
					walk(x)
				}
			}
			walk(v["items"])
		}
	}
	var schema any
	if err := json.Unmarshal(PolicySchema(), &schema); err != nil {
		t.Fatal(err)
	}
	walk(schema)
	return keys
}
