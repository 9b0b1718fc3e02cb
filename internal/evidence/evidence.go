// Package evidence defines the record of one pull request: what was found,
// where it was found, and what was looked for and not found.
//
// A [Record] holds facts only, each with the [Origin] that says how it was
// learnt. Judgements about the facts are made by internal/assess and kept
// apart in [Assessment]; a [Bundle] is the two side by side and is what is
// stored. The package promises that equal bundles have equal bytes
// ([Bundle.Canonical]) and that every exported JSON field is described by the
// schema ([Schema]), which is generated from these declarations and their
// comments. It does no I/O and imports the standard library only.
//
// Field names are lowerCamelCase and RFC 3339 times are in UTC, as the in-toto
// attestation guidelines ask of a predicate. An absent field makes no claim: it
// never means zero, none or passed.
package evidence

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
)

// Basis says how a fact entered the record. The zero value is invalid.
type Basis string

const (
	// Observed facts were read by this run from the thing itself: a git
	// object, an answer of the GitHub API.
	Observed Basis = "observed"
	// Verified facts are reported ones with which a second source agrees that nobody
	// can write who can write the first; Origin.Confirmed names that source. Only
	// [Origin.ConfirmedBy] makes them.
	Verified Basis = "verified"
	// Reported facts were stated by an agent, a tool or an artifact, whoever
	// uploaded it. Nothing read by this run confirms them.
	Reported Basis = "reported"
	// Missing facts were looked for and not found; Origin.Reason says why.
	Missing Basis = "missing"
)

// grades orders the bases, the strongest first.
var grades = []Basis{Observed, Verified, Reported, Missing}

// Known reports whether the basis is one of those above.
func (b Basis) Known() bool { return slices.Contains(grades, b) }

// Certain reports whether this run itself saw the fact, or a second source agrees
// with it. Only such facts open a gate.
func (b Basis) Certain() bool { return b == Observed || b == Verified }

// Weaker reports whether b carries less than c. A basis that nobody knows, such as
// one of a later version, is the weakest of all.
func (b Basis) Weaker(c Basis) bool { return b.rank() > c.rank() }

func (b Basis) rank() int {
	if i := slices.Index(grades, b); i >= 0 {
		return i
	}
	return len(grades)
}

// Weakest returns the weakest of bases, which is what is true of all of them, and
// [Missing] when there are none.
func Weakest(all ...Basis) Basis {
	if len(all) == 0 {
		return Missing
	}
	return slices.MaxFunc(all, func(a, b Basis) int { return cmp.Compare(a.rank(), b.rank()) })
}

// Reason says why a fact is missing or an input could not be used.
type Reason string

const (
	// NotConfigured means that nobody asked for it.
	NotConfigured Reason = "not-configured"
	// NotFound means that it was looked for and is not there.
	NotFound Reason = "not-found"
	// Denied means that permission is lacking.
	Denied Reason = "denied"
	// Unreadable means that it exists but is malformed or damaged.
	Unreadable Reason = "unreadable"
	// Unsupported means that it was recognised but mergebrief does not read it.
	Unsupported Reason = "unsupported"
	// Truncated means that it ends before its end, or was cut at a limit.
	Truncated Reason = "truncated"
	// Expired means that it existed and is no longer kept.
	Expired Reason = "expired"
	// Unavailable means that the service that holds it did not answer.
	Unavailable Reason = "unavailable"
)

// Origin says where a fact came from and how far it can be trusted.
type Origin struct {
	// How the fact was learnt.
	Basis Basis `json:"basis"`
	// Where it was read, which says who could have written it; absent when not known.
	Class Class `json:"class,omitempty"`
	// Name of the source that gathered it, such as "files" or "change".
	Source string `json:"source"`
	// File path relative to the workspace, API URL, or git object name.
	URI string `json:"uri,omitempty"`
	// Digest of the bytes read, as "sha256:<hex>".
	Digest string `json:"digest,omitempty" redact:"keep"`
	// Why the fact is missing; only with the basis "missing".
	Reason Reason `json:"reason,omitempty"`
	// The independent source that agrees; only with the basis "verified".
	Confirmed string `json:"confirmed,omitempty"`
	// Address of the workflow run whose record has the fact, when this run did not find
	// it again. Such a fact is reported at best.
	RecordedBy string `json:"recordedBy,omitempty"`
}

// Gap is something a reader might expect in the record and will not find.
type Gap struct {
	Origin Origin `json:"origin"`
	// What is missing, in the reader's words: "ticket", "commits before a1b2c3d".
	Subject string `json:"subject"`
	// What happened, in one sentence.
	Detail string `json:"detail,omitempty"`
	// What would close the gap, in one sentence.
	Hint string `json:"hint,omitempty"`
}

// MissingGap returns the gap for a subject that source looked for in vain.
func MissingGap(source, subject string, reason Reason, detail string) Gap {
	return Gap{
		Origin:  Origin{Basis: Missing, Source: source, Reason: reason},
		Subject: subject,
		Detail:  detail,
	}
}

// Problem is an error that knows its [Reason]. Decoders and sources return it
// so that the entry in the record says why, not merely that, something failed.
type Problem struct {
	Reason Reason
	Err    error
}

func (p *Problem) Error() string { return p.Err.Error() }
func (p *Problem) Unwrap() error { return p.Err }

// Errorf returns a [Problem] with the reason and a formatted message.
func Errorf(reason Reason, format string, args ...any) error {
	return &Problem{Reason: reason, Err: fmt.Errorf(format, args...)}
}

// ReasonOf returns the reason carried by err, or fallback when it has none.
func ReasonOf(err error, fallback Reason) Reason {
	if p, ok := errors.AsType[*Problem](err); ok {
		return p.Reason
	}
	return fallback
}
