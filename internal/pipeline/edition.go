package pipeline

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/mergebrief/mergebrief/internal/assess"
	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/publish"
	"github.com/mergebrief/mergebrief/internal/render/brief"
	"github.com/mergebrief/mergebrief/internal/render/comment"
	"github.com/mergebrief/mergebrief/internal/render/page"
	"github.com/mergebrief/mergebrief/internal/statement"
)

// Names of the files that a run leaves.
const (
	BundleFile    = statement.BundleName
	StatementFile = "evidence.intoto.json"
	CommentFile   = "comment.md"
	SummaryFile   = "summary.md"
	ReportFile    = "report.html"
)

// Edition judges a record of the change and makes everything that is stored or
// shown of it. Lines reads what only the page shows.
func (c Change) Edition(rec *evidence.Record, options brief.Options, lines LineReader) (*publish.Edition, error) {
	b := &evidence.Bundle{
		Schema: evidence.SchemaURI, Collector: c.Collector, Record: *rec, Assessment: assess.Assess(rec, c.Policy),
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
	page, err := page.HTML(b, options, lines(b))
	if err != nil {
		return nil, err
	}
	return &publish.Edition{
		Bundle: b,
		Files: []publish.NamedFile{
			{Name: BundleFile, Data: stored},
			{Name: StatementFile, Data: stated},
			{Name: CommentFile, Data: []byte(comment.Body(b, options))},
			{Name: SummaryFile, Data: []byte(comment.Summary(b, options))},
			{Name: ReportFile, Data: []byte(page)},
		},
		Key: options.Key, Digest: options.Digest, Links: options.Links,
	}, nil
}

// Store writes the files of an edition into a directory, which it makes. Each
// file appears whole or not at all.
func Store(e *publish.Edition, dir string) error {
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
