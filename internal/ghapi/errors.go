package ghapi

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"

	"github.com/google/go-github/v60/github"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// StatusOf returns the HTTP status of an error answer of GitHub, 0 when there
// was no answer. Answers about rate limits have a type of their own and count as
// 429, whatever GitHub calls them.
func StatusOf(err error) int {
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

// Uncertain reports whether a request may have taken effect despite its error.
func Uncertain(err error) bool {
	status := StatusOf(err)
	return status == 0 || status >= 500
}

// Explain says what could not be done, and gives the error of GitHub its reason
// as an [evidence.Problem].
func Explain(err error, what string) error {
	return evidence.Errorf(reasonOf(err), "%s: %w", what, err)
}

func reasonOf(err error) evidence.Reason {
	switch StatusOf(err) {
	case http.StatusUnauthorized, http.StatusForbidden:
		return evidence.Denied
	case http.StatusNotFound:
		return evidence.NotFound
	case http.StatusGone:
		return evidence.Expired
	}
	// GraphQL answers carry their reason already.
	return evidence.ReasonOf(err, evidence.Unavailable)
}

// withoutAddress returns err without the address that net/http puts into it, but
// for the host: the query of a signed one is a secret.
func withoutAddress(err error) error {
	wrapped, ok := errors.AsType[*url.Error](err)
	if !ok {
		return err
	}
	host := "another host"
	if u, parseErr := url.Parse(wrapped.URL); parseErr == nil && u.Host != "" {
		host = u.Hostname()
	}
	inner := withoutAddress(wrapped.Err)
	if slow, ok := errors.AsType[net.Error](inner); ok && slow.Timeout() {
		return fmt.Errorf("%s: no answer in time: %w", host, inner)
	}
	return fmt.Errorf("%s: %w", host, inner)
}
