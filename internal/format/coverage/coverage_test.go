package coverage

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// lines writes ranges as "1-3 7".
func lines(ranges []evidence.LineRange) string {
	var parts []string
	for _, r := range ranges {
		if r.First == r.Last {
			parts = append(parts, fmt.Sprint(r.First))
		} else {
			parts = append(parts, fmt.Sprintf("%d-%d", r.First, r.Last))
		}
	}
	return strings.Join(parts, " ")
}

func coverageText(c evidence.Coverage) []string {
	out := []string{fmt.Sprintf("%d of %d", c.Covered, c.Lines)}
	for _, f := range c.Files {
		out = append(out, f.Path+": "+lines(f.Covered)+" not "+lines(f.Missed))
	}
	return out
}

func TestCoverage(t *testing.T) {
	tests := map[string]struct {
		read   func(io.Reader) (evidence.Fragment, error)
		in     string
		want   []string
		reason evidence.Reason
	}{
		"cobertura joins classes of one file": {
			DecodeCobertura, `<coverage line-rate="1"><packages><package><classes><class filename="a.py"><lines><line number="1" hits="0"/><line number="2" hits="1"/></lines></class><class filename="a.py"><lines><line number="1" hits="3"/><line number="4" hits="0"/></lines></class></classes></package></packages></coverage>`,
			[]string{"2 of 3", "a.py: 1-2 not 4"},
			"",
		},
		"cobertura leaves the lines of methods aside": {
			DecodeCobertura, `<coverage line-rate="1"><class filename="a"><methods><method><lines><line number="9" hits="1"/></lines></method></methods><lines><line number="1" hits="1"/></lines></class></coverage>`,
			[]string{"1 of 1", "a: 1 not "},
			"",
		},
		"cobertura with one source": {
			DecodeCobertura, `<coverage line-rate="1"><sources><source>/home/dev/src/</source></sources><class filename="pkg\a.py"><lines><line number="1" hits="1"/></lines></class></coverage>`,
			[]string{"1 of 1", "/home/dev/src/pkg/a.py: 1 not "},
			"",
		},
		"cobertura cut": {
			DecodeCobertura, `<coverage line-rate="1"><class filename="a"><lines><line number="1" hits="1"/>`,
			[]string{"1 of 1", "a: 1 not "},
			evidence.Truncated,
		},
		"lcov joins sections, with checksums, drives and overflows": {
			DecodeLCOV, "TN:\nSF:C:\\a.c\nDA:1,0\nDA:2,99999999999999999999999\nDA:3,-4\nend_of_record\nSF:C:\\a.c\nDA:1,1,abcd\nend_of_record\n",
			[]string{"2 of 3", "C:/a.c: 1-2 not 3"},
			"",
		},
		"lcov with a summary only": {DecodeLCOV, "SF:a\nLF:10\nLH:4\nend_of_record\n", []string{"4 of 10"}, ""},
		"lcov cut":                 {DecodeLCOV, "SF:a\nDA:1,1\nDA:2,", []string{"1 of 1", "a: 1 not "}, evidence.Truncated},
		"jacoco":                   {DecodeJaCoCo, `<report><group name="g"><package name="com/x"><sourcefile name="A.java"><line nr="3" mi="0" ci="2"/><line nr="4" mi="1" ci="0"/></sourcefile></package></group></report>`, []string{"1 of 2", "com/x/A.java: 3 not 4"}, ""},
		"jacoco without lines":     {DecodeJaCoCo, `<report><counter type="LINE" missed="3" covered="4"/></report>`, []string{"4 of 7"}, ""},
		"clover": {
			DecodeClover, `<coverage clover="4"><project><package><file name="A.php" path="/x/A.php"><line num="1" type="method" count="1"/><line num="2" type="stmt" count="0"/><line num="3" type="cond" truecount="0" falsecount="1"/></file></package></project><testproject><file path="/x/T.php"><line num="1" type="stmt" count="1"/></file></testproject></coverage>`,
			[]string{"1 of 2", "/x/A.php: 3 not 2"},
			"",
		},
		"go counts statements and lists lines": {
			DecodeGoCover, "mode: set\nm/a.go:1.10,3.2 2 0\nm/a.go:3.2,4.1 1 1\nmode: set\nm/a.go:1.10,3.2 2 1\n",
			[]string{"3 of 3", "m/a.go: 1-3 not "},
			"",
		},
		"go cut": {DecodeGoCover, "mode: set\nm/a.go:1.10,3.2 2 0\nm/a.go:3.", []string{"0 of 2", "m/a.go:  not 1-3"}, evidence.Truncated},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f, err := tt.read(strings.NewReader(tt.in))
			if len(f.Coverage) != 1 {
				t.Fatalf("%d reports, %v", len(f.Coverage), err)
			}
			if diff := cmp.Diff(tt.want, coverageText(f.Coverage[0])); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if reason := evidence.ReasonOf(err, ""); err != nil && reason != tt.reason || err == nil && tt.reason != "" {
				t.Errorf("reason is %q (%v), want %q", reason, err, tt.reason)
			}
		})
	}
}
