// Package pipeline makes the record of a change, and of the record everything that
// is stored or shown of it.
//
// It hides which sources there are and in which order they are asked, how patterns
// for files are understood, and how a record becomes an edition. It promises that
// every command that looks at a change sees the same facts: the sources are listed
// here and nowhere else.
package pipeline

import (
	"context"

	"github.com/mergebrief/mergebrief/internal/assess"
	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/gather"
	"github.com/mergebrief/mergebrief/internal/git"
	"github.com/mergebrief/mergebrief/internal/provenance"
	"github.com/mergebrief/mergebrief/internal/redact"
)

// Change is a change under examination and where evidence about it lies.
type Change struct {
	Target evidence.Target
	Policy assess.Policy
	// The program that makes the record.
	Collector evidence.Collector
	Redactor  *redact.Redactor
	// Repository with the commits of the change; nil when there is none.
	Repo *git.Repo
	// What the repository lacks may be fetched from origin.
	Fetch bool
	// Commit that merged the change, empty if it is not merged.
	Merged string
	// Heads that force-pushes replaced, the oldest first.
	Replaced []string
	// Files of evidence; nil to read none.
	Files *Files
	// What the code host says, before and after the facts of the repository.
	Before, After []gather.Source
	// Record the beginnings of prompts.
	Prompts bool
}

// Sources lists where the evidence comes from, in the order in which the facts
// stand in the record. A new source is a line here.
func (c Change) Sources() []gather.Source {
	all := append([]gather.Source{}, c.Before...)
	if c.Repo != nil {
		all = append(all, gather.Change{Repo: c.Repo, Merged: c.Merged, Fetch: c.Fetch})
		for _, s := range provenance.Sources(
			c.Repo,
			provenance.Notes{Repo: c.Repo, Fetch: c.Fetch},
			provenance.Checkpoints{Repo: c.Repo, Fetch: c.Fetch},
			provenance.Traces{Repo: c.Repo},
			provenance.SessionNotes{Repo: c.Repo, Fetch: c.Fetch, Replaced: c.Replaced},
		) {
			all = append(all, s)
		}
	}
	if c.Files != nil {
		files := *c.Files
		files.Repo = c.Repo
		all = append(all, files.Sources()...)
	}
	all = append(all, c.After...)
	if c.Prompts {
		all = gather.WithPrompts(all)
	}
	return all
}

// Record asks all sources and returns what they found, joined and redacted.
func (c Change) Record(ctx context.Context) *evidence.Record {
	return gather.Record(ctx, c.Target, c.Redactor, c.Sources())
}
