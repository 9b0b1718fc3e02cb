package specimen_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/specimen"
)

const change = `
-- target.json --
{"base": "1", "head": "2222222"}
-- git.json --
{"commits": [{"id": "2222222"}], "files": [{"path": "a.go", "status": "modified", "added": 3}]}
-- agent-run.json --
{"schema": "https://mergebrief.github.io/agent-run/v1", "session": "s", "agent": {"name": "claude-code"}, "commits": ["2222222"]}
`

func set(t *testing.T, archives ...string) specimen.Set {
	t.Helper()
	var s specimen.Set
	for _, a := range archives {
		var err error
		if s, err = s.With(txtar.Parse([]byte(a)).Files...); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// What nothing writes is an error, wherever it stands.
func TestStrict(t *testing.T) {
	for name, c := range map[string]struct{ files, want string }{
		"unknown member":       {"-- github.json --\n{\"check\": []}\n", "check"},
		"member in other case": {"-- github.json --\n{\"Checks\": []}\n", "Checks"},
		"member twice":         {"-- github.json --\n{\"checks\": [], \"checks\": []}\n", "checks"},
		"word of no schema":    {"-- git.more.json --\n{\"files\": [{\"path\": \"b\", \"status\": \"touched\"}]}\n", "status"},
		"word of no basis":     {"-- github.json --\n{\"checks\": [{\"origin\": {\"basis\": \"sure\"}, \"name\": \"x\", \"status\": \"completed\"}]}\n", "basis"},
		"unknown target":       {"-- target.json --\n{\"number\": 7}\n", "number"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := set(t, change, c.files).Record(); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one about %s", err, c.want)
			}
		})
	}
	if _, err := set(t, change).With(txtar.File{Name: specimen.WithoutFile, Data: []byte("junit.xml")}); err == nil {
		t.Error("a file was left out that is not there")
	}
}

// A record is made as a run makes it: facts are joined and know their origin.
func TestRecord(t *testing.T) {
	rec, err := set(t, change).Record()
	if err != nil {
		t.Fatal(err)
	}
	lines := evidence.LineRange{First: 1, Last: 3}
	want := []evidence.File{{
		Origin: evidence.Origin{Basis: evidence.Observed, Class: evidence.FromChange, Source: "change"}, Path: "a.go", Status: evidence.FileModified, Added: 3,
		Spans: []evidence.LineRange{lines}, Origins: []evidence.LineOrigin{{LineRange: lines, Commit: "2222222", Line: 1}},
	}}
	if diff := cmp.Diff(want, rec.Files); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	if len(rec.Inputs) != 1 || rec.Inputs[0].Format != "agent-run" || rec.Inputs[0].Status != evidence.Parsed {
		t.Errorf("inputs %+v", rec.Inputs)
	}
	if len(rec.Sessions) != 1 || !rec.Joined(&rec.Sessions[0]) || rec.Sessions[0].Origin.Basis != evidence.Reported {
		t.Errorf("sessions %+v", rec.Sessions)
	}
}

func TestWith(t *testing.T) {
	for name, c := range map[string]struct{ files, agent, paths string }{
		"a member replaces a member": {"-- agent-run.json --\n{\"agent\": {\"name\": \"codex\"}}\n", "codex", "a.go"},
		"a list replaces a list":     {"-- git.json --\n{\"files\": [{\"path\": \"b.go\", \"status\": \"added\"}]}\n", "claude-code", "b.go"},
		"null takes away":            {"-- git.json --\n{\"files\": null}\n", "claude-code", ""},
		"more comes on top":          {"-- git.more.json --\n{\"files\": [{\"path\": \"b.go\", \"status\": \"added\"}]}\n", "claude-code", "a.go b.go"},
		"a file can be left out":     {"-- without --\nagent-run.json\n", "", "a.go"},
		"other files are replaced":   {"-- x.txt --\n1\n-- x.txt --\n2\n", "claude-code", "a.go"},
	} {
		t.Run(name, func(t *testing.T) {
			rec, err := set(t, change, c.files).Record()
			if err != nil {
				t.Fatal(err)
			}
			var agent string
			var paths []string
			for _, s := range rec.Sessions {
				agent = s.Agent
			}
			for _, f := range rec.Files {
				paths = append(paths, f.Path)
			}
			if got := strings.Join(paths, " "); agent != c.agent || got != c.paths {
				t.Errorf("agent %q, files %q; want %q, %q", agent, got, c.agent, c.paths)
			}
		})
	}
	before := set(t, change)
	if _, err := before.With(txtar.File{Name: "git.json", Data: []byte(`{"files": null}`)}); err != nil {
		t.Fatal(err)
	}
	if rec, err := before.Record(); err != nil || len(rec.Files) != 1 {
		t.Errorf("a set was changed by what was made of it: %v, %v", rec, err)
	}
}
