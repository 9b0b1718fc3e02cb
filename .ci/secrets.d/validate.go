// Package utils replaces that of gitleaks: instead of testing the examples of a
// rule it prints them, for .ci/run secrets.
package utils

import (
	"encoding/json"
	"maps"
	"os"
	"slices"

	"github.com/zricethezav/gitleaks/v8/config"
)

// Validate prints the examples of a rule as a line of JSON.
func Validate(rule config.Rule, secrets []string, harmless []string) *config.Rule {
	if rule.Regex != nil {
		_ = json.NewEncoder(os.Stderr).Encode(map[string]any{"rule": rule.RuleID, "regex": rule.Regex.String(), "secrets": secrets, "harmless": harmless})
	}
	return &rule
}

// ValidateWithPaths is Validate for examples that name a file.
func ValidateWithPaths(rule config.Rule, secrets map[string]string, harmless map[string]string) *config.Rule {
	return Validate(rule, slices.Sorted(maps.Values(secrets)), slices.Sorted(maps.Values(harmless)))
}
