package results

import (
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// read is the Decode of a format.
type read = func(io.Reader) (evidence.Fragment, error)

func TestCoverageOfTools(t *testing.T) {
	tests := map[string]struct {
		read   read
		in     string
		want   []string
		reason evidence.Reason
	}{
		"istanbul: a line with two statements is executed when one is": {
			DecodeIstanbul, `{"a.js":{"path":"/r/a.js","statementMap":{"0":{"start":{"line":2}},"1":{"start":{"line":2}},"2":{"start":{"line":3}}},"s":{"0":0,"1":4,"2":0}}}`,
			[]string{"1 of 2", "/r/a.js: 2 not 3"},
			"",
		},
		"istanbul: counts before the map": {
			DecodeIstanbul, `{"a.js":{"s":{"0":1},"statementMap":{"0":{"start":{"line":2}}}}}`,
			[]string{"1 of 1", "a.js: 2 not "},
			"",
		},
		"istanbul: cut before the counts": {
			DecodeIstanbul, `{"a.js":{"statementMap":{"0":{"start":{"line":2}}},"s":{`,
			[]string{"0 of 0"},
			evidence.Truncated,
		},
		"istanbul: other types": {
			DecodeIstanbul, `{"a.js":[],"b.js":{"statementMap":{"0":null,"1":{"start":7}},"s":{"0":"x","1":-1}}}`,
			[]string{"0 of 0"},
			"",
		},
		"istanbul summary: more covered than there are": {
			DecodeIstanbulSummary, `{"total":{"lines":{"total":2,"covered":9}},"/a":{"lines":{"total":7,"covered":7}}}`,
			[]string{"2 of 2"},
			"",
		},
		"istanbul summary: no total": {DecodeIstanbulSummary, `{"total":{"statements":{"total":2}}}`, nil, evidence.Unreadable},
		"coverage.py: lists of functions are left aside": {
			DecodeCoveragePy, `{"meta":{},"files":{"a.py":{"executed_lines":[1,2],"missing_lines":[4],"excluded_lines":[9],"functions":{"f":{"executed_lines":[8]}}}}}`,
			[]string{"2 of 3", "a.py: 1-2 not 4"},
			"",
		},
		"coverage.py: cut": {
			DecodeCoveragePy, `{"meta":{},"files":{"a.py":{"executed_lines":[1,2`,
			[]string{"2 of 2", "a.py: 1-2 not "},
			evidence.Truncated,
		},
		"simplecov: two commands, one file": {
			DecodeSimpleCov, `{"RSpec":{"coverage":{"/r/a.rb":{"lines":[1,null,0,"ignored",0]}},"timestamp":1},"Cucumber":{"coverage":{"/r/a.rb":{"lines":[0,null,1]}}}}`,
			[]string{"2 of 3", "/r/a.rb: 1 3 not 5"},
			"",
		},
		"simplecov: before version 0.18": {
			DecodeSimpleCov, `{"RSpec":{"coverage":{"/r/a.rb":[1,0]}}}`,
			[]string{"1 of 2", "/r/a.rb: 1 not 2"},
			"",
		},
		"simplecov: the report of the formatter": {
			DecodeSimpleCov, `{"meta":{},"coverage":{"/r/a.rb":{"lines":[1,0]}},"groups":{}}`,
			[]string{"1 of 2", "/r/a.rb: 1 not 2"},
			"",
		},
		"llvm-cov: a region reaches over lines": {
			DecodeLLVMCov, `{"data":[{"files":[{"filename":"/r/a.c","segments":[[1,1,1,true,true,false],[2,5,0,true,true,false],[4,2,1,true,false,false],[6,2,0,false,false,false]]}]}]}`,
			[]string{"4 of 6", "/r/a.c: 1-2 5-6 not 3-4"},
			"",
		},
		"llvm-cov: a skipped region and a gap": {
			DecodeLLVMCov, `{"data":[{"files":[{"filename":"a.c","segments":[[1,1,1,1,1],[2,1,0,0,1],[3,1,1,1,0],[4,1,0,1,1,true],[5,1,0,0,0]]}]}]}`,
			[]string{"2 of 3", "a.c: 1 4 not 5"},
			"",
		},
		"llvm-cov: numbers only": {
			DecodeLLVMCov, `{"data":[{"files":[{"filename":"a.c","summary":{"lines":{"count":4,"covered":3}}}]}]}`,
			[]string{"3 of 4"},
			"",
		},
		"llvm-cov: other types": {DecodeLLVMCov, `{"data":[{"files":[{"segments":[1,[],["x",{},null,7,true]]}]}]}`, []string{"0 of 0"}, ""},
		"opencover: files of two modules have the same number": {
			DecodeOpenCover, `<CoverageSession><Modules><Module><Files><File uid="1" fullPath="C:\a.cs"/></Files><SequencePoint vc="1" sl="1" fileid="1"/></Module><Module><Files><File uid="1" fullPath="C:\b.cs"/></Files><SequencePoint vc="0" sl="2" fileid="1"/><SequencePoint vc="1" sl="3" fileid="9"/></Module></Modules></CoverageSession>`,
			[]string{"1 of 2", "C:/a.cs: 1 not ", "C:/b.cs:  not 2"},
			"",
		},
		"opencover: a point without a file is in that of its method": {
			DecodeOpenCover, `<CoverageSession><Modules><Module><Files><File uid="1" fullPath="a.cs"/></Files><Method><FileRef uid="1"/><SequencePoint vc="1" sl="4"/></Method></Module></Modules></CoverageSession>`,
			[]string{"1 of 1", "a.cs: 4 not "},
			"",
		},
		"opencover: cut": {DecodeOpenCover, `<CoverageSession><Modules><Module>`, []string{"0 of 0"}, evidence.Truncated},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f, err := tt.read(strings.NewReader(tt.in))
			var got []string
			for _, c := range f.Coverage {
				got = append(got, coverageText(c)...)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if reason := evidence.ReasonOf(err, ""); reason != tt.reason {
				t.Errorf("reason is %q (%v), want %q", reason, err, tt.reason)
			}
		})
	}
}

func TestFindingsOfTools(t *testing.T) {
	tests := map[string]struct {
		read read
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

func TestCucumber(t *testing.T) {
	feature := func(elements string) string {
		return `[{"uri":"a.feature","name":"F","keyword":"Feature","elements":[` + elements + `]}]`
	}
	const ok = `{"name":"s","result":{"status":"passed"}}`
	check(t, DecodeCucumber, table{
		"a failed step": {
			feature(`{"name":"x","type":"scenario","steps":[` + ok + `,{"result":{"status":"failed","error_message":"no"}},{"result":{"status":"skipped"}}]}`),
			decoded{Total: 1, Failed: 1, Cases: []string{"failed x: no"}},
		},
		"a failed background fails its scenario": {
			feature(`{"type":"background","steps":[{"result":{"status":"failed","error_message":"no"}}]},{"name":"x","type":"scenario","steps":[{"result":{"status":"skipped"}}]},{"type":"background","steps":[` + ok + `]},{"name":"y","type":"scenario","steps":[` + ok + `]}`),
			decoded{Total: 2, Passed: 1, Failed: 1, Cases: []string{"failed x: no"}},
		},
		"a failed background without a scenario": {
			feature(`{"type":"background","steps":[{"result":{"status":"failed","error_message":"no"}}]}`),
			decoded{Broken: []string{"aborted a.feature: no"}},
		},
		"a failed hook": {
			feature(`{"name":"x","type":"scenario","steps":[` + ok + `],"after":[{"result":{"status":"failed","error_message":"hook"}}]}`),
			decoded{Total: 1, Failed: 1, Cases: []string{"failed x: hook"}},
		},
		"undefined is an error, skipped is skipped": {
			feature(`{"name":"x","type":"scenario","steps":[{"name":"pay","result":{"status":"undefined"}}]},{"name":"y","type":"scenario","steps":[{"result":{"status":"skipped"}}]}`),
			decoded{Total: 2, Errored: 1, Skipped: 1, Cases: []string{"errored x: undefined: pay", "skipped y: skipped"}},
		},
		"rows of an outline are two": {
			feature(`{"name":"x","line":3,"type":"scenario","steps":[{"result":{"status":"failed"}}]},{"name":"x","line":4,"type":"scenario","steps":[` + ok + `]}`),
			decoded{Total: 2, Passed: 1, Failed: 1, Cases: []string{"failed x"}},
		},
		"behave": {
			`[{"keyword":"Feature","location":"a.feature:1","name":"F","elements":[{"name":"x","type":"scenario","location":"a.feature:3","status":"failed","steps":[{"result":{"status":"failed","error_message":["no","more"]}}]}]}]`,
			decoded{Total: 1, Failed: 1, Cases: []string{"failed x: no|more"}},
		},
		"cut in a scenario that passed so far": {
			feature(`{"name":"x","type":"scenario","steps":[` + ok + `,`)[:140],
			decoded{Reason: evidence.Truncated},
		},
	})
}

func TestRobot(t *testing.T) {
	check(t, DecodeRobot, table{
		"the status of keywords is not that of the test": {
			`<robot><suite name="S"><test name="x"><kw><status status="FAIL">inner</status></kw><status status="PASS"/></test><status status="PASS"/></suite></robot>`,
			decoded{Total: 1, Passed: 1},
		},
		"a teardown of the suite fails passed tests": {
			`<robot><suite name="S"><test name="x"><status status="PASS"/></test><status status="FAIL">Suite teardown failed:
boom</status></suite></robot>`,
			decoded{Total: 1, Passed: 1, Broken: []string{"aborted S: Suite teardown failed:|boom"}},
		},
		"failed by the statistics": {
			`<robot><suite name="S"/><statistics><total><stat pass="1" fail="2" skip="0">All Tests</stat></total></statistics></robot>`,
			decoded{Broken: []string{"failure-not-listed S: 2 failures stated, 0 listed"}},
		},
		"a suite that failed without a failed test": {
			`<robot><suite name="S"><test name="x"><status status="PASS"/></test><status status="FAIL">why</status></suite></robot>`,
			decoded{Total: 1, Passed: 1, Broken: []string{"failure-not-listed S: the suite failed; why"}},
		},
		"run again by rebot": {
			`<robot><suite name="S"><test name="x"><status status="PASS">*HTML* Test has been re-executed and results merged. New status: PASS Old status: FAIL Old message: no</status></test></suite></robot>`,
			decoded{Total: 1, Passed: 1, Flaky: 1, Cases: []string{"passed x: *HTML* Test has been re-executed and results merged. New status: PASS Old status: FAIL Old message: no [failed passed]"}},
		},
		"no status is no pass": {
			`<robot><suite name="S"><test name="x"/></suite></robot>`,
			decoded{Total: 1, Errored: 1, Cases: []string{"errored x: the output states no status of the test"}},
		},
		"cut in a test": {
			`<robot><suite name="S"><test name="x"><status status="FAIL">no</status></test><test name="y"><kw>`,
			decoded{Total: 1, Failed: 1, Cases: []string{"failed x: no"}, Reason: evidence.Truncated},
		},
	})
}

func TestCTest(t *testing.T) {
	site := func(tests string) string {
		return `<Site><Testing><TestList><Test>./a</Test></TestList>` + tests + `</Testing></Site>`
	}
	check(t, DecodeCTest, table{
		"disabled and skipped are skipped": {
			site(`<Test Status="notrun"><Name>a</Name><Results><NamedMeasurement name="Completion Status"><Value>Disabled</Value></NamedMeasurement></Results></Test>`),
			decoded{Total: 1, Skipped: 1, Cases: []string{"skipped a: Disabled"}},
		},
		"what could not run is errored": {
			site(`<Test Status="notrun"><Name>a</Name><Results><NamedMeasurement name="Completion Status"><Value>Required Files Missing</Value></NamedMeasurement></Results></Test>`),
			decoded{Total: 1, Errored: 1, Cases: []string{"errored a: not run: Required Files Missing"}},
		},
		"a crash": {
			site(`<Test Status="failed"><Name>a</Name><Results><NamedMeasurement name="Exit Code"><Value>SEGFAULT</Value></NamedMeasurement><Measurement><Value>said</Value></Measurement></Results></Test>`),
			decoded{Total: 1, Errored: 1, Cases: []string{"errored a: SEGFAULT|said"}},
		},
		"planned and not run": {site(``), decoded{Broken: []string{"planned-not-run 1 test:"}}},
		"a status of tomorrow is no pass": {
			site(`<Test Status="odd"><Name>a</Name></Test>`),
			decoded{Total: 1, Errored: 1, Cases: []string{"errored a"}},
		},
	})
}

func TestAllure(t *testing.T) {
	check(t, DecodeAllure, table{
		"a step that failed is not the test": {
			`{"uuid":"u","name":"x","status":"passed","steps":[{"status":"failed"}],"start":1,"stop":3}`,
			decoded{Total: 1, Passed: 1},
		},
		"broken":  {`{"uuid":"u","name":"x","status":"broken","statusDetails":{"message":"boom"}}`, decoded{Total: 1, Errored: 1, Cases: []string{"errored x: boom"}}},
		"unknown": {`{"uuid":"u","name":"x","status":"unknown"}`, decoded{Total: 1, Errored: 1, Cases: []string{"errored x: status: unknown"}}},
		"cut":     {`{"uuid":"u","name":"x","status":"passed","steps":[`, decoded{Reason: evidence.Truncated}},
		"nothing": {`{"uuid":"u"}`, decoded{Reason: evidence.Unreadable}},
	})
}
