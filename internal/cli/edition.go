package cli

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/mergebrief/mergebrief/internal/assess"
	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/publish"
	"github.com/mergebrief/mergebrief/internal/render"
	"github.com/mergebrief/mergebrief/internal/statement"
)

// Names of the files that a run leaves.
const (
	bundleFile    = statement.BundleName
	statementFile = "evidence.intoto.json"
	commentFile   = "comment.md"
	summaryFile   = "summary.md"
	reportFile    = "report.html"
)

// newEdition judges a record and makes everything that is stored or shown of it.
// Lines reads what only the page shows.
func newEdition(rec *evidence.Record, policy assess.Policy, options render.Options, lines lineReader) (*publish.Edition, error) {
	b := &evidence.Bundle{
		Schema: evidence.SchemaURI, Collector: collector(), Record: *rec, Assessment: assess.Assess(rec, policy),
	}
	stored, err := b.Canonical()
	if err != nil {
		return nil, err
	}
	stated, err := statement.New(stored)
	if err != nil {
		return nil, err
	}
	options.Digest = evidence.Digest(stored)
	options.Diff = lines(b)
	page, err := render.Report(b, options)
	if err != nil {
		return nil, err
	}
	return &publish.Edition{
		Bundle: b,
		Files: []publish.NamedFile{
			{Name: bundleFile, Data: stored},
			{Name: statementFile, Data: stated},
			{Name: commentFile, Data: []byte(render.Comment(b, options))},
			{Name: summaryFile, Data: []byte(render.Summary(b, options))},
			{Name: reportFile, Data: []byte(page)},
		},
		Key: options.Key, Digest: options.Digest, Links: options.Links,
	}, nil
}

// store writes the files of an edition into a directory, which it makes. Each
// file appears whole or not at all.
func store(e *publish.Edition, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("the folder for the bundle cannot be made: %w", err)
	}
	for _, f := range e.Files {
		if err := replaceFile(filepath.Join(dir, f.Name), f.Data); err != nil {
			return fmt.Errorf("the bundle cannot be stored: %w", err)
		}
	}
	return nil
}

func replaceFile(name string, data []byte) error {
	temp, err := os.CreateTemp(filepath.Dir(name), ".mergebrief-*")
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name()) // gone already once renamed
	if _, err := temp.Write(data); err != nil {
		temp.Close()
		return err
	}
	if err := temp.Close(); err != nil {
		return err
	}
	// CreateTemp makes files that only their owner reads; what runs after this
	// step may be somebody else.
	if err := os.Chmod(temp.Name(), 0o644); err != nil {
		return err
	}
	return os.Rename(temp.Name(), name)
}
