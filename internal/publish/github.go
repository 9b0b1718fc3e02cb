package publish

import (
	"net/http"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/ghapi"
)

// classify gives an error of GitHub its reason. A denial that is not about the
// token as such is a refusal with the hint: it may not do this.
func classify(err error, what, hint string) error {
	err = ghapi.Explain(err, what)
	if ghapi.StatusOf(err) != http.StatusUnauthorized && evidence.ReasonOf(err, "") == evidence.Denied {
		return &Refusal{Err: err, Hint: hint}
	}
	return err
}
