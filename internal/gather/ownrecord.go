package gather

import (
	"archive/zip"
	"encoding/json"
	"io"
	"slices"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// recordFiles are the files of our own artifacts. A test of the pipeline holds them
// to the ones that it stores.
var recordFiles = []string{"evidence.json", "evidence.intoto.json", "comment.md", "summary.md", "report.html"}

// holdsOnlyARecord reports whether an archive has the bundle and the statement of
// mergebrief, and no file that is not made with them. One that has results as well is
// read like any other.
func holdsOnlyARecord(r io.ReaderAt, size int64) bool {
	bounded := &directory{ReaderAt: r, left: maxDirectoryBytes}
	z, err := zip.NewReader(bounded, size)
	if err != nil {
		return false
	}
	bounded.left = -1
	seen := map[string]*zip.File{}
	for _, f := range z.File {
		if !slices.Contains(recordFiles, f.Name) || seen[f.Name] != nil {
			return false
		}
		seen[f.Name] = f
	}
	return says(seen["evidence.json"], "schema", evidence.SchemaURI) && says(seen["evidence.intoto.json"], "predicateType", evidence.SchemaURI)
}

// says reports whether a file is a JSON object of which a member has the value.
func says(f *zip.File, member, value string) bool {
	if f == nil || f.UncompressedSize64 > maxEntryBytes {
		return false
	}
	content, err := f.Open()
	if err != nil {
		return false
	}
	defer content.Close()
	var document map[string]json.RawMessage
	if json.NewDecoder(io.LimitReader(content, maxEntryBytes)).Decode(&document) != nil {
		return false
	}
	var have string
	return json.Unmarshal(document[member], &have) == nil && have == value
}
