package gather

import (
	"maps"
	"strings"
	"testing"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/ghapi/ghtest"
)

// ownFiles are those of an artifact that mergebrief made.
func ownFiles() map[string]string {
	return map[string]string{
		"evidence.json": `{"schema": "` + evidence.SchemaURI + `"}`, "evidence.intoto.json": `{"predicateType": "` + evidence.SchemaURI + `"}`,
		"comment.md": "c", "summary.md": "s", "report.html": "<html>",
	}
}

// Results are read whatever their artifact is called, and whatever lies beside them.
func TestThreatT1OwnArtifactNames(t *testing.T) {
	const failing = `<testsuite><testcase name="a"><failure/></testcase></testsuite>`
	with := func(files map[string]string) map[string]string {
		all := ownFiles()
		maps.Copy(all, files)
		return all
	}
	for name, files := range map[string]map[string]string{
		"results alone":           {"junit.xml": failing},
		"beside a record":         with(map[string]string{"junit.xml": failing}),
		"in a folder":             with(map[string]string{"out/evidence.json": failing}),
		"in place of the bundle":  with(map[string]string{"evidence.json": failing}),
		"in place of a statement": with(map[string]string{"evidence.intoto.json": failing}),
		"of another schema":       {"evidence.json": `{"schema": "x"}`, "evidence.intoto.json": "{}", "junit.xml": failing},
		"a bundle, no statement":  {"evidence.json": ownFiles()["evidence.json"], "junit.xml": failing},
	} {
		t.Run(name, func(t *testing.T) {
			st := hub(t)
			st.Artifacts = []*ghtest.Artifact{{ID: 300, Name: "mergebrief-results-a1", Run: 90, Files: files}}
			f, err := gatherArtifacts(t, ghtest.New(t, st), func(a *Artifacts) { a.Patterns = []string{"*"} })
			if err != nil {
				t.Fatal(err)
			}
			failed := 0
			for _, s := range f.Suites {
				failed += s.Counts.Failed
			}
			if failed != 1 {
				t.Errorf("%d failures, inputs %v", failed, f.Inputs)
			}
			for _, in := range f.Inputs {
				if strings.Contains(in.Detail, "is not read again") {
					t.Errorf("%s: %s", in.Path, in.Detail)
				}
			}
		})
	}
}
