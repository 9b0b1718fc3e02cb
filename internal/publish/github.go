package publish

import (
	"errors"
	"net/http"

	"github.com/google/go-github/v60/github"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// statusOf returns the HTTP status of an error answer of GitHub, 0 when there
// was no answer. Answers about rate limits have a type of their own and count as
// 429, whatever GitHub calls them.
func statusOf(err error) int {
	if _, ok := errors.AsType[*github.RateLimitError](err); ok {
		return http.StatusTooManyRequests
	}
	if _, ok := errors.AsType[*github.AbuseRateLimitError](err); ok {
		return http.StatusTooManyRequests
	}
	if answer, ok := errors.AsType[*github.ErrorResponse](err); ok && answer.Response != nil {
		return answer.Response.StatusCode
	}
	return 0
}

// uncertain reports whether a request may have taken effect despite its error.
func uncertain(err error) bool {
	status := statusOf(err)
	return status == 0 || status >= 500
}

// classify gives an error of GitHub its reason. 403 is a refusal with the hint:
// the token may not do this.
func classify(err error, what, hint string) error {
	switch statusOf(err) {
	case http.StatusForbidden:
		return refuse(evidence.Denied, hint, "%s: %w", what, err)
	case http.StatusUnauthorized:
		return evidence.Errorf(evidence.Denied, "%s: %w", what, err)
	case http.StatusNotFound, http.StatusGone:
		return evidence.Errorf(evidence.NotFound, "%s: %w", what, err)
	}
	// GraphQL answers carry their reason already.
	reason := evidence.ReasonOf(err, evidence.Unavailable)
	if reason == evidence.Denied {
		return refuse(reason, hint, "%s: %w", what, err)
	}
	return evidence.Errorf(reason, "%s: %w", what, err)
}
