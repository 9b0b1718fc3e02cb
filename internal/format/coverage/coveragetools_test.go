package coverage

import (
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

func TestCoverageOfTools(t *testing.T) {
	tests := map[string]struct {
		read   func(io.Reader) (evidence.Fragment, error)
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
