package action

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
)

// zeros is a source of randomness that a test can foresee.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

const zeroToken = "mergebrief-00000000000000000000000000000000"

func TestLog(t *testing.T) {
	tests := map[string]struct {
		issue func(*Log)
		want  string
	}{
		"plain text":          {func(l *Log) { l.Print("9 of 10 passed\n") }, "9 of 10 passed\n"},
		"text with a command": {func(l *Log) { l.Print("ok\n ::set-env name=X::y") }, "::stop-commands::" + zeroToken + "\nok\n ::set-env name=X::y\n::" + zeroToken + "::\n"},
		"text, old command":   {func(l *Log) { l.Print("a ##[add-path]/x") }, "::stop-commands::" + zeroToken + "\na ##[add-path]/x\n::" + zeroToken + "::\n"},
		"text, lone return":   {func(l *Log) { l.Print("a\r::debug::x") }, "::stop-commands::" + zeroToken + "\na::debug::x\n::" + zeroToken + "::\n"},
		"notice":              {func(l *Log) { l.Notice(Annotation{}, "100%\ndone") }, "::notice::100%25%0Adone\n"},
		"warning at lines": {
			func(l *Log) { l.Warning(Annotation{Title: "a, b: c", Path: "x:y.go", First: 3, Last: 9}, "m") },
			"::warning endLine=9,file=x%3Ay.go,line=3,title=a%2C b%3A c::m\n",
		},
		"warning, no lines":  {func(l *Log) { l.Warning(Annotation{Path: "x.go"}, "::m") }, "::warning file=x.go::::m\n"},
		"mask, line by line": {func(l *Log) { l.Mask("one\n two \n\n") }, "::add-mask::one\n::add-mask::two\n"},
		"mask of nothing":    {func(l *Log) { l.Mask("") }, ""},
		"annotations beyond ten": {
			func(l *Log) {
				for range maxAnnotations + 1 {
					l.Notice(Annotation{}, "n")
				}
			},
			strings.Repeat("::notice::n\n", maxAnnotations) + "notice: n\n",
		},
		"message at the limit":     {func(l *Log) { l.Notice(Annotation{}, strings.Repeat("é", 4095)) }, "::notice::" + strings.Repeat("é", 4095) + "\n"},
		"message beyond the limit": {func(l *Log) { l.Notice(Annotation{}, strings.Repeat("é", 4097)) }, "::notice::" + strings.Repeat("é", 4095) + "…\n"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			l := NewLog(&b, zeros{})
			tt.issue(l)
			if diff := cmp.Diff(tt.want, b.String()); diff != "" {
				t.Errorf("log (-want +got):\n%s", diff)
			}
		})
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("closed") }
func (broken) Read([]byte) (int, error)  { return 0, errors.New("empty") }

func TestLogSurvives(t *testing.T) {
	l := NewLog(broken{}, nil)
	l.Notice(Annotation{}, "x")
	l.Print("y")
	if err := l.out.err; err == nil || err.Error() != "closed" {
		t.Errorf("error %v", err)
	}
	var b bytes.Buffer
	l = NewLog(&b, broken{})
	l.Print("::stop::")
	if diff := cmp.Diff("::warning::a text was left out of the log: no random bytes: empty\n", b.String()); diff != "" {
		t.Errorf("log (-want +got):\n%s", diff)
	}
}

// As the runner reads a file of outputs (EnvFileKeyValuePairs).
func readOutputs(t *testing.T, text string) map[string]string {
	t.Helper()
	out := map[string]string{}
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines)-1; i++ {
		name, delimiter, ok := strings.Cut(lines[i], "<<")
		if !ok {
			t.Fatalf("line %q", lines[i])
		}
		var value []string
		for i++; lines[i] != delimiter; i++ {
			value = append(value, lines[i])
		}
		out[name] = strings.Join(value, "\n")
	}
	return out
}

func TestResultWrite(t *testing.T) {
	r := Result{
		Bundle: "mergebrief-out/evidence.json", BundleSHA256: "ab", ArtifactID: "1", ArtifactURL: "u", CheckURL: "c",
		CommentURL: "x\n_GitHubActionsFileCommandDelimeter_\nconclusion=success", Conclusion: "failure", Published: true, Gaps: 2,
	}
	var b bytes.Buffer
	if err := r.Write(&b, zeros{}); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"bundle": r.Bundle, "bundle-sha256": "ab", "artifact-id": "1", "artifact-url": "u", "check-url": "c",
		"comment-url": r.CommentURL, "conclusion": "failure", "published": "true", "gaps": "2",
	}
	if diff := cmp.Diff(want, readOutputs(t, b.String())); diff != "" {
		t.Errorf("outputs (-want +got):\n%s", diff)
	}
	if err := r.Write(&b, broken{}); err == nil {
		t.Error("outputs were written without randomness")
	}
	if err := r.Write(broken{}, nil); err == nil {
		t.Error("a failed write went unnoticed")
	}
}

func TestResultDelimitersDiffer(t *testing.T) {
	var a, b bytes.Buffer
	if err := errors.Join((Result{}).Write(&a, nil), (Result{}).Write(&b, nil)); err != nil {
		t.Fatal(err)
	}
	if a.String() == b.String() {
		t.Error("two files have the same delimiter")
	}
}

// Of what Print prints, the runner takes nothing for a command but our own.
func FuzzLogPrint(f *testing.F) {
	for _, s := range []string{"x", "::error::x", "  ::set-output name=a::b", "##[group]x", "a\r::x::", "\u2028::x::", "a::b", ":\n:x::", "##\n[x]"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var b bytes.Buffer
		NewLog(&b, zeros{}).Print(text)
		stopped := false
		for line := range strings.FieldsFuncSeq(b.String(), func(r rune) bool { return r == '\n' || r == '\r' }) {
			line = strings.TrimSpace(line)
			switch {
			case !stopped && line == "::stop-commands::"+zeroToken:
				stopped = true
			case stopped && line == "::"+zeroToken+"::":
				stopped = false
			case !stopped && (strings.HasPrefix(line, "::") || strings.Contains(line, "##[")):
				t.Errorf("line %q can be a command", line)
			}
		}
		if stopped {
			t.Error("commands stay stopped")
		}
	})
}

var _ io.Reader = zeros{}

// Nothing of a text that is logged reaches a terminal as a control.
func TestThreatT6LogControls(t *testing.T) {
	hostile := "a\x1b[31mb\u202ec\u009bd\re\x07\u2028f\u200bg\xff"
	var out bytes.Buffer
	l := NewLog(&out, nil)
	l.Print(hostile + "\n::error::x")
	for range maxAnnotations + 1 {
		l.Warning(Annotation{Title: hostile, Path: hostile}, hostile)
	}
	for _, r := range out.String() {
		if r != '\n' && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) {
			t.Errorf("%U is in the log: %q", r, &out)
		}
	}
	if !strings.Contains(out.String(), "a[31mbcde") {
		t.Errorf("the text is gone: %q", &out)
	}
}
