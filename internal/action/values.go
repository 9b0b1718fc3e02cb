package action

import (
	"errors"
	"fmt"
	"path"
	"strconv"
	"strings"
	"unicode"

	"github.com/bmatcuk/doublestar/v4"
)

const (
	// maxKeyBytes leaves room for a key in the artifact's name, beside its base.
	maxKeyBytes = 64
	// maxArtifactBytes keeps artifact names, with what follows, under the 255
	// bytes of a file name.
	maxArtifactBytes = 100
	// maxCheckBytes is what GitHub's list of checks shows without a cut, amply.
	maxCheckBytes = 100
	// maxRetentionDays is the longest that any plan of GitHub allows.
	maxRetentionDays = 400
	// maxPatterns bounds the globs, each of which walks the workspace.
	maxPatterns = 200
)

// The set functions store a value that is not empty. Their errors say what is
// allowed; [Input.parse] adds the name and the value.

func setToken(s *Settings, value string) error {
	if strings.ContainsFunc(value, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }) {
		return errors.New("a token, without spaces or line breaks")
	}
	s.Token = value
	return nil
}

func setEvidence(s *Settings, value string) (err error) {
	s.Evidence, err = patterns(value)
	return err
}

func setArtifacts(s *Settings, value string) (err error) {
	if strings.EqualFold(value, "none") {
		s.Artifacts = nil
		return nil
	}
	s.Artifacts, err = patterns(value)
	return err
}

// patterns returns the lines that are not blank.
func patterns(value string) ([]string, error) {
	var list []string
	for line := range strings.Lines(value) {
		line = strings.TrimSpace(line)
		switch {
		case line == "":
		case !doublestar.ValidatePattern(line):
			return nil, fmt.Errorf("globs, one per line, with every bracket closed; %q has one open", shorten(line))
		default:
			list = append(list, line)
		}
	}
	if len(list) > maxPatterns {
		return nil, fmt.Errorf("at most %d lines, not %d", maxPatterns, len(list))
	}
	return list, nil
}

func setConfig(s *Settings, value string) error {
	clean := path.Clean(value)
	if path.IsAbs(clean) || clean == "." || clean == ".." || strings.HasPrefix(clean, "../") || hasControl(value) {
		return errors.New("a path inside the repository, relative to its root")
	}
	s.Config = clean
	return nil
}

func setComment(s *Settings, value string) error {
	s.Comment = value == "on"
	return nil
}

func setReportCode(s *Settings, value string) error {
	s.ReportCode = value == "on"
	return nil
}

func setIncludePrompts(s *Settings, value string) error {
	s.IncludePrompts = value == "on"
	return nil
}

func setCommentKey(s *Settings, value string) error {
	odd := strings.ContainsFunc(value, func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("._-", r))
	})
	if odd || len(value) > maxKeyBytes {
		return fmt.Errorf("letters, digits, \".\", \"_\" and \"-\", at most %d", maxKeyBytes)
	}
	s.CommentKey = value
	return nil
}

func setCheckName(s *Settings, value string) error {
	if hasControl(value) || len(value) > maxCheckBytes {
		return fmt.Errorf("one line of at most %d bytes", maxCheckBytes)
	}
	s.CheckName = value
	return nil
}

func setFailOn(s *Settings, value string) error {
	s.FailOn = value
	return nil
}

// setArtifactName refuses what actions/toolkit refuses
// (packages/artifact/src/internal/upload/path-and-artifact-name-validation.ts).
func setArtifactName(s *Settings, value string) error {
	const forbidden = "\":<>|*?\\/"
	if strings.ContainsAny(value, forbidden) || hasControl(value) || len(value) > maxArtifactBytes {
		return fmt.Errorf("at most %d bytes without any of %s", maxArtifactBytes, forbidden)
	}
	s.ArtifactName = value
	return nil
}

func setLedger(s *Settings, value string) error {
	ref, isRef := strings.CutPrefix(value, "git:")
	if hasControl(value) || strings.Contains(value, "://") || isRef && !strings.HasPrefix(ref, "refs/") {
		return errors.New("off, git, git:REF with the whole name of a ref such as git:refs/heads/evidence, or a folder")
	}
	if value != "off" {
		s.Ledger = value
	}
	return nil
}

func setRetention(s *Settings, value string) error {
	days, err := strconv.Atoi(value)
	if err != nil || days < 0 || days > maxRetentionDays {
		return fmt.Errorf("a number of days from 1 to %d, or 0 for the repository's setting", maxRetentionDays)
	}
	s.RetentionDays = days
	return nil
}

func setPullRequest(s *Settings, value string) error {
	number, err := pullNumber(value)
	if err != nil {
		return err
	}
	s.PullRequest = number
	return nil
}

// pullNumber reads the number of a pull request, also as people write it.
func pullNumber(value string) (int, error) {
	// In 32 bits, as in GitHub's GraphQL schema.
	number, err := strconv.ParseInt(strings.TrimPrefix(value, "#"), 10, 32)
	if err != nil || number <= 0 {
		return 0, errors.New("the number of a pull request, such as 482")
	}
	return int(number), nil
}

func hasControl(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) || r == unicode.ReplacementChar })
}
