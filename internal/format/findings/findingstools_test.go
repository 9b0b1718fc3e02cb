package findings

import (
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

func TestFindingsOfTools(t *testing.T) {
	tests := map[string]struct {
		read func(io.Reader) (evidence.Fragment, error)
		in   string
		want scanned
	}{
		"code climate: documents with zero bytes between them": {
			DecodeCodeClimate, `{"type":"issue","check_name":"a","location":{"path":"./b.go","lines":{"begin":4,"end":5}},"severity":"minor"}` + "\x00" + `{"type":"measurement","name":"x","value":1}` + "\x00",
			scanned{Counts: evidence.LevelCounts{Total: 1, Warning: 1}, Results: []string{"warning a b.go:4"}},
		},
		"code climate: words": {
			DecodeCodeClimate, `[{"check_name":"a","severity":"blocker","location":{}},{"check_name":"b","severity":"info","location":{}},{"check_name":"c","severity":"odd","location":{}},{"check_name":"d","severity":"major","location":{"positions":{"begin":{"line":7}}}}]`,
			scanned{Counts: evidence.LevelCounts{Total: 4, Error: 2, Warning: 1, Note: 1}, Results: []string{"error a", "error d :7", "warning c", "note b"}},
		},
		"code climate: cut": {
			DecodeCodeClimate, `[{"check_name":"a","severity":"major","location":{}},{"check_name":"b"`,
			scanned{Counts: evidence.LevelCounts{Total: 1, Error: 1}, Results: []string{"error a"}, Reason: evidence.Truncated},
		},
		"golangci: no severity is an error": {
			DecodeGolangci, `{"Issues":[{"FromLinter":"govet","Text":"t","Pos":{"Filename":"a.go","Line":3}},{"FromLinter":"x","Severity":"warning","Pos":7}],"Report":{}}`,
			scanned{Counts: evidence.LevelCounts{Total: 2, Error: 1, Warning: 1}, Results: []string{"error govet a.go:3 t", "warning x"}},
		},
		"golangci: a run that failed": {
			DecodeGolangci, `{"Issues":null,"Report":{"Error":"timeout"}}`,
			scanned{DidNotRun: "timeout"},
		},
		"golangci: clean": {DecodeGolangci, `{"Issues":[],"Report":{}}`, scanned{}},
		"semgrep: ignored": {
			DecodeSemgrep, `{"results":[{"check_id":"r","path":"a.py","start":{"line":2},"extra":{"severity":"ERROR","message":"m"}},{"check_id":"r","extra":{"is_ignored":true}}],"errors":[{"level":"warn","message":"w"}]}`,
			scanned{Counts: evidence.LevelCounts{Total: 2, Error: 1, Suppressed: 1}, Results: []string{"error r a.py:2 m"}},
		},
		"semgrep: an error of the scan": {
			DecodeSemgrep, `{"results":[],"errors":[{"level":"error","message":"out of memory"}]}`,
			scanned{DidNotRun: "out of memory"},
		},
		"trivy: before the second schema": {
			DecodeTrivy, `[{"Target":"go.mod","Vulnerabilities":[{"VulnerabilityID":"CVE-1","PkgName":"p","InstalledVersion":"1","Severity":"HIGH"}]}]`,
			scanned{Counts: evidence.LevelCounts{Total: 1, Error: 1}, Results: []string{"error high CVE-1 go.mod p 1"}},
		},
		"trivy: a cluster": {
			DecodeTrivy, `{"ClusterName":"c","Resources":[{"Results":[{"Target":"t","Misconfigurations":[{"ID":"K","Status":"FAIL","Severity":"LOW"},{"ID":"L","Status":"PASS"},{"ID":"M","Status":"EXCEPTION"}]}]}]}`,
			scanned{Counts: evidence.LevelCounts{Total: 2, Note: 1, Suppressed: 1}, Results: []string{"note low K t"}},
		},
		"trivy: clean": {DecodeTrivy, `{"SchemaVersion":2,"ArtifactName":"a"}`, scanned{}},
		"trivy: other types": {
			DecodeTrivy, `{"SchemaVersion":2,"Results":[7,{"Vulnerabilities":[null,{"Severity":{}}]}]}`,
			scanned{Counts: evidence.LevelCounts{Total: 1, Warning: 1}, Results: []string{"warning"}},
		},
		"grype: cut": {
			DecodeGrype, `{"matches":[{"vulnerability":{"id":"CVE-1","severity":"High"},"artifact":{"name":"p","version":"1"}},{"vulner`,
			scanned{Counts: evidence.LevelCounts{Total: 1, Error: 1}, Results: []string{"error high CVE-1 p 1"}, Reason: evidence.Truncated},
		},
		"osv: a group counts once, what is in none counts too": {
			DecodeOSV, `{"results":[{"source":{"path":"go.mod"},"packages":[{"package":{"name":"p","version":"1"},"groups":[{"ids":["A","B"],"max_severity":"5.0"}],"vulnerabilities":[{"id":"A"},{"id":"B","summary":"s"},{"id":"MAL-1"}]}]}]}`,
			scanned{Counts: evidence.LevelCounts{Total: 2, Error: 1, Warning: 1}, Results: []string{"error critical MAL-1 go.mod p 1", "warning medium A go.mod p 1: s"}},
		},
		"npm audit: of npm 6": {
			DecodeNPMAudit, `{"actions":[],"advisories":{"577":{"module_name":"lodash","severity":"low","title":"t","url":"https://npmjs.com/advisories/577","vulnerable_versions":"<4"}},"metadata":{}}`,
			scanned{Counts: evidence.LevelCounts{Total: 1, Note: 1}, Results: []string{"note low 577 lodash <4: t"}},
		},
		"npm audit: clean": {DecodeNPMAudit, `{"auditReportVersion":2,"vulnerabilities":{}}`, scanned{}},
		"npm audit: not run": {
			DecodeNPMAudit, `{"error":{"code":"ENOLOCK","summary":"This command requires an existing lockfile.","detail":""}}`,
			scanned{DidNotRun: "nothing was audited: ENOLOCK\nThis command requires an existing lockfile."},
		},
		"spotbugs: the line of the bug goes before that of the method": {
			DecodeSpotBugs, `<BugCollection><BugInstance type="NP" priority="1"><Class><SourceLine start="1" sourcepath="a/A.java"/></Class><Method><SourceLine start="2" sourcepath="a/A.java"/></Method><SourceLine start="3" sourcepath="a/A.java"/><SourceLine start="9" sourcepath="a/A.java"/></BugInstance><BugInstance type="UF" priority="3"><Class><SourceLine start="1" sourcepath="a/A.java"/></Class></BugInstance></BugCollection>`,
			scanned{Counts: evidence.LevelCounts{Total: 2, Error: 1, Note: 1}, Results: []string{"error NP a/A.java:3 NP", "note UF a/A.java UF"}},
		},
		"spotbugs: errors of the analysis": {
			DecodeSpotBugs, `<BugCollection><Errors errors="1"><Error><ErrorMessage>no class</ErrorMessage></Error></Errors></BugCollection>`,
			scanned{DidNotRun: "1 error of the analysis\nno class"},
		},
		"pmd": {
			DecodePMD, `<pmd version="7"><file name="/r/A.java"><violation beginline="3" rule="U" priority="1">m</violation></file><suppressedviolation filename="b"/><error filename="C.java" msg="no parse"/></pmd>`,
			scanned{Counts: evidence.LevelCounts{Total: 2, Error: 1, Suppressed: 1}, Results: []string{"error U /r/A.java:3 m"}, DidNotRun: "C.java: no parse"},
		},
		"cpd: a duplication is one result": {
			DecodeCPD, `<pmd-cpd><duplication lines="3" tokens="20"><file line="2" path="/r/A.java"/><file line="9" path="/r/B.java"/><codefragment>x</codefragment></duplication></pmd-cpd>`,
			scanned{Counts: evidence.LevelCounts{Total: 1, Warning: 1}, Results: []string{"warning duplication /r/A.java:2 3 duplicated lines of 20 tokens, again at /r/B.java:9"}},
		},
		"diagnostics: shapes": {
			DecodeDiagnostics, "a.ts(4,7): error TS1: m\na.ts:5:7 - error TS2: n\na.c:6: fatal error: x.h: no such file\na.c:6:1: note: explains\nC:\\r\\a.c(7): warning C4: w\nb.py:8:1: W0611: unused\nb.py:9:1: C0114: doc\n",
			scanned{Counts: evidence.LevelCounts{Total: 6, Error: 3, Warning: 2, Note: 1}, Results: []string{"error TS1 a.ts:4 m", "error TS2 a.ts:5 n", "error a.c:6 x.h: no such file", "warning C4 C:/r/a.c:7 w", "warning W0611 b.py:8 unused", "note C0114 b.py:9 doc"}},
		},
		"diagnostics: an error without a place": {
			DecodeDiagnostics, "collect2: error: ld returned 1 exit status\n",
			scanned{Counts: evidence.LevelCounts{Total: 1, Error: 1}, Results: []string{"error collect2: ld returned 1 exit status"}},
		},
		"diagnostics: errors that are counted and not listed": {
			DecodeDiagnostics, "a.c:6:1: warning: w [-Wall]\n2 warnings and 3 errors generated.\n",
			scanned{Counts: evidence.LevelCounts{Total: 1, Warning: 1}, Results: []string{"warning -Wall a.c:6 w"}, DidNotRun: "the output counts 3 errors and lists none"},
		},
		"diagnostics: clean": {DecodeDiagnostics, "Success: no issues found in 3 source files\n", scanned{}},
		"diagnostics: none":  {DecodeDiagnostics, "make: nothing to be done\n", scanned{Reason: evidence.Unreadable}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, scanOf(t, tt.read, tt.in)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
