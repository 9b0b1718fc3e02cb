package action

import (
	"errors"
	"fmt"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/suggest"
)

// Settings are the inputs, parsed.
type Settings struct {
	// Token for the GitHub API; "" when there is none.
	Token string
	// Globs as given; empty for the usual places. [Environment.Place] says
	// where they point.
	Evidence []string
	// Name patterns of artifacts to read; empty for none.
	Artifacts []string
	// Path of the configuration, relative to the root of the repository.
	Config string
	// Whether to keep a comment.
	Comment bool
	// Tells apart several records of one pull request; may be "".
	CommentKey string
	// Name of the check run.
	CheckName string
	// Whether to record the texts of prompts.
	IncludePrompts bool
	// Whether the report shows the lines of the diff.
	ReportCode bool
	// "none", "warning" or "error"; "" for what the configuration says.
	FailOn string
	// Beginning of the artifact's name.
	ArtifactName string
	// Where the ledger is; "" for none.
	Ledger string
	// Days to keep the artifact; 0 for the repository's setting.
	RetentionDays int
	// Number of the pull request; 0 for the event's.
	PullRequest int
}

// Variable returns the name of the variable in which the runner passes the
// input. Hyphens stay, which is why a shell cannot read all of them.
func Variable(input string) string {
	return "INPUT_" + strings.ToUpper(strings.ReplaceAll(input, " ", "_"))
}

// FromVariables returns a value function for [Parse] that reads what the runner
// passed.
func FromVariables(getenv func(string) string) func(string) string {
	return func(input string) string { return getenv(Variable(input)) }
}

// Parse reads the settings. The value function returns the value of the input
// with the name, "" for its default. All inputs are looked at before an error
// is returned; it joins an [InputError] for each bad one.
func Parse(value func(input string) string) (Settings, error) {
	var s Settings
	var errs []error
	for _, in := range Inputs {
		given := strings.TrimSpace(value(in.Name))
		if given == "" {
			given = in.fallback()
		}
		if given == "" {
			continue
		}
		if err := in.parse(&s, given); err != nil {
			errs = append(errs, err)
		}
	}
	return s, errors.Join(errs...)
}

// fallback is the default, unless only the runner can evaluate it.
func (in Input) fallback() string {
	if strings.Contains(in.Default, "${{") {
		return ""
	}
	return in.Default
}

func (in Input) parse(s *Settings, value string) error {
	if in.Values != nil {
		word, ok := pick(in.Values, value)
		if !ok {
			return &InputError{Input: in.Name, Value: value, Allowed: strings.Join(in.Values, ", "), Meant: suggest.Closest(value, in.Values)}
		}
		value = word
	}
	err := in.set(s, value)
	if err == nil {
		return nil
	}
	bad := &InputError{Input: in.Name, Value: value, Allowed: err.Error()}
	if in.Secret {
		bad.Value = ""
	}
	return bad
}

// maxShownBytes bounds how much of a bad value an error repeats.
const maxShownBytes = 100

// InputError says that the value of an input is not allowed.
type InputError struct {
	// Name of the input.
	Input string
	// The value; "" when it may not be shown.
	Value string
	// What is allowed.
	Allowed string
	// The allowed value that was probably meant; "" when none is close.
	Meant string
}

func (e *InputError) Error() string {
	value := "the value"
	if e.Value != "" {
		value = fmt.Sprintf("%q", shorten(e.Value))
	}
	meant := ""
	if e.Meant != "" {
		meant = fmt.Sprintf("; did you mean %q?", e.Meant)
	}
	return fmt.Sprintf("input %s: %s is not allowed (allowed: %s)%s", e.Input, value, e.Allowed, meant)
}

// shorten makes a value that may be anything fit for an error.
func shorten(s string) string { return evidence.Clip(s, maxShownBytes) }

// pick returns the allowed word that value is. Workflows also spell on and off
// as YAML's true and false.
func pick(allowed []string, value string) (string, bool) {
	word := strings.ToLower(value)
	for _, a := range allowed {
		if word == a || a == "on" && word == "true" || a == "off" && word == "false" {
			return a, true
		}
	}
	return "", false
}
