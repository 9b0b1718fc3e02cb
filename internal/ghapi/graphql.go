package ghapi

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/google/go-github/v60/github"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// rateLimited is the type of the error that GraphQL answers with when there were
// too many queries.
const rateLimited = "RATE_LIMITED"

// undefinedField is the code of the error for a field that the server's schema
// does not have.
const undefinedField = "undefinedField"

// maxQueryErrors bounds how many errors of one answer are repeated.
const maxQueryErrors = 5

// QueryError is what GraphQL found wrong with a query.
type QueryError struct {
	Faults []Fault
	// Partial answers have data nevertheless: all that the faults do not name.
	Partial bool
}

// Fault is one error in an answer of GraphQL.
type Fault struct {
	// GitHub's type, such as "FORBIDDEN" or "NOT_FOUND", or the code of its
	// extensions, such as "undefinedField".
	Type    string
	Message string
	// Path of the field that is missing because of it, such as
	// "repository.pullRequest.reviews".
	Path string
}

func (e *QueryError) Error() string {
	var b strings.Builder
	for i, f := range e.Faults {
		if i == maxQueryErrors {
			fmt.Fprintf(&b, "; and %d more", len(e.Faults)-i)
			break
		}
		if i > 0 {
			b.WriteString("; ")
		}
		b.WriteString(f.Message)
	}
	return b.String()
}

// Unwrap gives the error its reason.
func (e *QueryError) Unwrap() error {
	if len(e.Faults) == 0 {
		return nil
	}
	return &evidence.Problem{Reason: e.Faults[0].Reason(), Err: errText(e.Faults[0].Message)}
}

type errText string

func (e errText) Error() string { return string(e) }

// Reason says why the field is missing.
func (f Fault) Reason() evidence.Reason {
	switch f.Type {
	case "FORBIDDEN", "INSUFFICIENT_SCOPES":
		return evidence.Denied
	case "NOT_FOUND":
		return evidence.NotFound
	case undefinedField:
		return evidence.Unsupported
	}
	return evidence.Unavailable
}

// GraphQL sends one document to the GraphQL interface at address and decodes its
// data into out. An answer with errors gives a [*QueryError]; when it is partial,
// out holds what was answered. Queries are repeated like any request that changes
// nothing, mutations are not.
func GraphQL(ctx context.Context, client *github.Client, address, document string, vars map[string]any, out any) error {
	body, err := json.Marshal(map[string]any{"query": document, "variables": vars})
	if err != nil {
		return err
	}
	if !strings.HasPrefix(strings.TrimSpace(document), "mutation") {
		ctx = context.WithValue(ctx, repeatable{}, true)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("the address of GitHub's GraphQL is no web address")
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", client.UserAgent)
	req.Header.Set("GraphQL-Features", "issue_types") // servers from 2025 show the types of issues only on demand
	resp, err := client.Client().Do(req)
	if err != nil {
		return withoutAddress(err)
	}
	defer resp.Body.Close()
	if err := github.CheckResponse(resp); err != nil {
		return err
	}
	return decode(resp, out)
}

func decode(resp *http.Response, out any) error {
	var answer struct {
		Data   json.RawMessage
		Errors []struct {
			Type, Message string
			Path          []any
			Extensions    struct{ Code string }
		}
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		return fmt.Errorf("GraphQL: %w: %w", errCut, err)
	}
	some := len(answer.Data) > 0 && string(answer.Data) != "null"
	if some {
		if err := json.Unmarshal(answer.Data, out); err != nil {
			return evidence.Errorf(evidence.Unreadable, "GraphQL: the answer is not as documented: %w", err)
		}
	}
	if len(answer.Errors) == 0 {
		if !some {
			return evidence.Errorf(evidence.Unreadable, "GraphQL: the answer has neither data nor errors")
		}
		return nil
	}
	found := &QueryError{Partial: some}
	for _, e := range answer.Errors {
		var path []string
		for _, step := range e.Path {
			path = append(path, fmt.Sprint(step))
		}
		found.Faults = append(found.Faults, Fault{Type: cmp.Or(e.Type, e.Extensions.Code), Message: oneLine(e.Message), Path: strings.Join(path, ".")})
	}
	return found
}

// oneLine makes what a server says fit for an error.
func oneLine(s string) string {
	const maxBytes = 300
	return strings.Join(strings.Fields(evidence.Clip(s, maxBytes)), " ")
}

func faultsOf(err error) []Fault {
	if q, ok := errors.AsType[*QueryError](err); ok {
		return q.Faults
	}
	return nil
}

func asPartial(err error) (*QueryError, bool) {
	q, ok := errors.AsType[*QueryError](err)
	return q, ok && q.Partial
}
