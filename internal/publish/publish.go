// Package publish puts an edition, which is one bundle and what was rendered
// from it, where people look: an artifact of the workflow run, a check run, a
// comment on the pull request and the summary of the job.
//
// It hides the protocols behind those places: GitHub's artifact service with
// its signed storage URLs, check runs whose annotations go in batches, comments
// found again by marker and author. It promises that publishing again is
// harmless (what did not change is not written, what did is replaced), that one
// place's refusal does not keep the others from being tried, and that no
// credential and no signed URL appears in an error.
package publish

import (
	"context"
	"errors"
	"fmt"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/render/brief"
)

// NamedFile is a file of an edition.
type NamedFile struct {
	// Slash-separated path, relative to the root of the artifact.
	Name string
	Data []byte
}

// Edition is what is published: a bundle, the files made from it and the links
// that become known on the way.
type Edition struct {
	Bundle *evidence.Bundle
	// The files of the artifact.
	Files []NamedFile
	// Key that keeps several editions of one pull request apart.
	Key string
	// Digest of the stored bundle, as "sha256:<hex>".
	Digest string
	// Digest of the comment that the check run told of which stood at the head before;
	// empty when there was none. The check run sets it for the comment.
	Standing string
	// Where the edition can be seen. Publishers fill in their own place for the
	// ones after them.
	Links brief.Links
	// Where the ledger has the record: who keeps that can tell later whether the end
	// of the ledger was removed. Empty when there is none.
	Receipt string
}

// options are what the renderers need beside the bundle.
func (e *Edition) options() brief.Options {
	return brief.Options{Key: e.Key, Links: e.Links, Digest: e.Digest}
}

// State says what publishing changed.
type State string

const (
	// Created means that the place did not exist before.
	Created State = "created"
	// Updated means that the place was overwritten.
	Updated State = "updated"
	// Unchanged means that the place held the edition already.
	Unchanged State = "unchanged"
	// Superseded means that the place holds the edition of a later run, which
	// was left alone.
	Superseded State = "superseded"
	// Refused means that the place does not take the edition, see [Refusal].
	Refused State = "refused"
	// Failed means that an error occurred.
	Failed State = "failed"
)

// Receipt says what became of an edition in one place.
type Receipt struct {
	// Name of the publisher.
	Publisher string
	State     State
	// Id and address of the place; empty when unknown.
	ID, URL string
	// Name of the artifact, when it is one.
	Artifact string
	// Digest of the bytes stored, as "sha256:<hex>", when it is an artifact.
	Digest string
	// What stands in the place is not known to be ours, and was left alone.
	Foreign bool
	// A remark for the log.
	Detail string
	// Why the edition is not there; with the states Refused and Failed only.
	Err error
}

// Publisher publishes editions in one place.
type Publisher interface {
	// Name names the place in a word.
	Name() string
	// Publish brings the edition to its place. It may be called again with the
	// same or a later edition. It may fill in e.Links.
	Publish(ctx context.Context, e *Edition) (Receipt, error)
}

// Refusal is an error that says that a place does not take editions here: no
// permission, no such service, no storage left. Everything else can go on, so it
// is a gap and no reason to end with an error.
type Refusal struct {
	// What happened; carries an [evidence.Problem].
	Err error
	// What would close the gap, in one sentence.
	Hint string
}

func (r *Refusal) Error() string { return r.Err.Error() }
func (r *Refusal) Unwrap() error { return r.Err }

func refuse(reason evidence.Reason, hint, format string, args ...any) error {
	return &Refusal{Err: evidence.Errorf(reason, format, args...), Hint: hint}
}

// Gap returns the gap that a refused or failed receipt leaves, and false for
// the others.
func (r Receipt) Gap() (evidence.Gap, bool) {
	if r.Err == nil {
		return evidence.Gap{}, false
	}
	gap := evidence.MissingGap("publish", r.Publisher, evidence.ReasonOf(r.Err, evidence.Unavailable), r.Err.Error())
	if refusal, ok := errors.AsType[*Refusal](r.Err); ok {
		gap.Hint = refusal.Hint
	}
	return gap, true
}

// All publishes e with each of ps in order, whatever became of the ones before.
// There is a receipt for each of them, in the same order. The error joins what
// failed, by name of publisher; refusals are in the receipts only.
func All(ctx context.Context, e *Edition, ps []Publisher) ([]Receipt, error) {
	receipts := make([]Receipt, 0, len(ps))
	var errs []error
	for _, p := range ps {
		r, err := p.Publish(ctx, e)
		r.Publisher, r.Err = p.Name(), err
		switch _, refused := errors.AsType[*Refusal](err); {
		case refused:
			r.State = Refused
		case err != nil:
			r.State = Failed
			errs = append(errs, fmt.Errorf("%s: %w", p.Name(), err))
		}
		receipts = append(receipts, r)
	}
	return receipts, errors.Join(errs...)
}
