// Package statement states what a bundle is about in the form that attestation
// tools read: an in-toto Statement v1 whose predicate is the bundle.
//
// It hides the layout of the statement and which digests name the subjects. It
// promises that the statement is made from the stored bytes of the bundle and
// from nothing else, that equal bundles give equal statements, and that [Verify]
// accepts exactly the pairs that [New] makes. It signs nothing: a statement is
// as trustworthy as whoever hands it over, until somebody signs it.
package statement

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

const (
	// Type is the type of the statement, from the in-toto attestation framework,
	// spec/v1/statement.md.
	Type = "https://in-toto.io/Statement/v1"
	// BundleName is the name of the subject that stands for the stored bundle.
	BundleName = "evidence.json"
)

// Statement is an in-toto Statement v1.
type Statement struct {
	Type          string          `json:"_type"`
	Subject       []Subject       `json:"subject"`
	PredicateType string          `json:"predicateType"`
	Predicate     json.RawMessage `json:"predicate"`
}

// Subject is what a statement is about. Digests are lower-case hex by algorithm
// (in-toto spec/v1/digest_set.md); consumers match by digest alone.
type Subject struct {
	Name   string            `json:"name"`
	Digest map[string]string `json:"digest"`
}

// New returns the statement about a bundle, given as its stored bytes. The head
// commit is a subject under "gitCommit", the algorithm's name for git objects,
// and under "sha1", which indexes look up; a commit with a longer id has
// "gitCommit" alone. The stored bytes are the other subject, since the common
// verifiers take files.
func New(stored []byte) ([]byte, error) {
	b, err := evidence.ParseBundle(stored)
	if err != nil {
		return nil, err
	}
	s := Statement{Type: Type, Subject: subjects(b, stored), PredicateType: evidence.SchemaURI, Predicate: stored}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(s); err != nil {
		return nil, fmt.Errorf("statement: %w", err)
	}
	return out.Bytes(), nil
}

func subjects(b *evidence.Bundle, stored []byte) []Subject {
	head := b.Record.Target.Head
	commit := map[string]string{"gitCommit": head}
	if len(head) == len("da39a3ee5e6b4b0d3255bfef95601890afd80709") {
		commit["sha1"] = head
	}
	_, sum, _ := strings.Cut(evidence.Digest(stored), ":")
	return []Subject{
		{Name: headName(b.Record.Target), Digest: commit},
		{Name: BundleName, Digest: map[string]string{"sha256": sum}},
	}
}

// headName names the head commit by its repository and ref, as SPDX does for
// download locations.
func headName(t evidence.Target) string {
	url := t.Repository.URL()
	switch {
	case url == "":
		return "git"
	case t.PullRequest == 0:
		return "git+" + url
	}
	return fmt.Sprintf("git+%s@refs/pull/%d/head", url, t.PullRequest)
}

// Verify checks that a statement is the one about the stored bytes of a bundle.
// It says what differs.
func Verify(statement, stored []byte) error {
	var s Statement
	if err := json.Unmarshal(statement, &s); err != nil {
		return fmt.Errorf("statement: %w", err)
	}
	if s.Type != Type || s.PredicateType != evidence.SchemaURI {
		return fmt.Errorf("statement: it is a %q about a %q, want %q about %q", s.Type, s.PredicateType, Type, evidence.SchemaURI)
	}
	b, err := evidence.ParseBundle(stored)
	if err != nil {
		return err
	}
	want, err := New(stored)
	if err != nil {
		return err
	}
	for i, subject := range subjects(b, stored) {
		if i >= len(s.Subject) || !sameDigests(s.Subject[i], subject) {
			return fmt.Errorf("statement: the digest of its subject %q does not match the bundle", subject.Name)
		}
	}
	if !sameJSON(want, statement) {
		return fmt.Errorf("statement: its predicate is not the bundle")
	}
	return nil
}

func sameDigests(a, b Subject) bool {
	if len(a.Digest) != len(b.Digest) {
		return false
	}
	for algorithm, sum := range b.Digest {
		if a.Digest[algorithm] != sum {
			return false
		}
	}
	return true
}

// sameJSON compares without white space between tokens, which tools that store
// statements may change.
func sameJSON(a, b []byte) bool {
	var x, y bytes.Buffer
	return json.Compact(&x, a) == nil && json.Compact(&y, b) == nil && bytes.Equal(x.Bytes(), y.Bytes())
}
