package publish

import (
	"errors"
	"net/http"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/ghapi"
)

// errNotThere is for an answer of success that names nothing: whether the request
// took effect is not known.
var errNotThere = errors.New("GitHub's answer does not name what it made")

// classify gives an error of GitHub its reason. A denial that is not about the
// token as such is a refusal with the hint: it may not do this.
func classify(err error, what, hint string) error {
	err = ghapi.Explain(err, what)
	if ghapi.StatusOf(err) != http.StatusUnauthorized && evidence.ReasonOf(err, "") == evidence.Denied {
		return &Refusal{Err: err, Hint: hint}
	}
	return err
}
