package lex

import (
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

func TestMillis(t *testing.T) {
	tests := map[string]int64{
		"1.5": 1500, "1,234.56": 1_234_560, "1,234,567.8": 1_234_567_800, "0,25": 250, "": 0, "NaN": 0, "Inf": 0,
		"-345345": 0, " 2 ": 2000, "1e400": 0, "abc": 0, "99999999999999": 0, "1e-3": 1,
	}
	for in, want := range tests {
		if got := Millis(in); got != want {
			t.Errorf("millis(%q) = %d, want %d", in, got, want)
		}
	}
}

func TestClean(t *testing.T) {
	tests := map[string]string{
		"plain": "plain", "\x1b[31mred\x1b[0m": "red", "\x1b]0;title\x07x": "x", "a\x00b\x7f": "ab",
		"tab\tand\nline": "tab\tand\nline", "\xff\xfe": "\ufffd\ufffd", "\x1b": "", "\x1b[": "", "é\u0085": "é", "\x1b[12": "",
	}
	for in, want := range tests {
		if got := Clean(in); got != want {
			t.Errorf("clean(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestBounded(t *testing.T) {
	for n := 4; n < 12; n++ {
		got := evidence.Clip("äöüäöüäöü", n)
		if len(got) > n || !utf8.ValidString(got) {
			t.Errorf("bounded to %d: %q", n, got)
		}
	}
}

// TestShortStrings checks that what comes out is JSON whenever what goes in is,
// that short strings stay, and that long ones become short, wherever reads end.
func TestShortStrings(t *testing.T) {
	long := strings.Repeat(`a\"é\u00e4\\`, maxJSONString/6)
	in := `{"short":"a\\\"b","long":"` + long + `","n":[1,2,{"é":"\ud83d\ude00"}],"raw":"` + "a\nb" + `"}`
	for name, r := range map[string]io.Reader{
		"at once":        strings.NewReader(in),
		"byte by byte":   iotest.OneByteReader(strings.NewReader(in)),
		"half of a read": iotest.HalfReader(strings.NewReader(in)),
	} {
		t.Run(name, func(t *testing.T) {
			out, err := io.ReadAll(&shortStrings{r: r})
			if err != nil {
				t.Fatal(err)
			}
			if !jsontext.Value(out).IsValid(jsontext.AllowInvalidUTF8(true)) {
				t.Errorf("not JSON: %.100s … %s", out, out[len(out)-100:])
			}
			if len(out) > maxJSONString+200 {
				t.Errorf("%d bytes are left of %d", len(out), len(in))
			}
			for _, want := range []string{`"short":"a\\\"b"`, `"\ud83d\ude00"`, `"raw":"a b"`} {
				if !strings.Contains(string(out), want) {
					t.Errorf("%s is lost", want)
				}
			}
		})
	}
}

func TestUnescape(t *testing.T) {
	tests := map[string]string{
		"a &lt;b&gt; &amp;&quot;&apos;": `a <b> &"'`, "&#65;&#x42;": "AB", "&nbsp;&": "&nbsp;&", "&#x110000;": "&#x110000;",
		"&#xD800;": "\ufffd", "&;&#;&#x;": "&;&#;&#x;", "&#x1b;": "\x1b",
	}
	for in, want := range tests {
		if diff := cmp.Diff(want, string(unescape([]byte(in)))); diff != "" {
			t.Errorf("%q (-want +got):\n%s", in, diff)
		}
	}
}

// TestXMLWindows reads a document whose every part straddles the end of
// a window, at all offsets.
func TestXMLWindows(t *testing.T) {
	body := `<testcase name="a&amp;b" classname="c"><failure message="m"><![CDATA[x]]]>y&amp;z</failure></testcase><!-- - -- --><testcase name="d"/>`
	want := []string{"testsuite", "testcase a&b c", "failure m", "x]y&z", "testcase d"}
	for shift := range len(body) + 4 {
		pad := strings.Repeat(" ", xmlWindow-len(body)+shift-len("<testsuite>"))
		x := NewXML(strings.NewReader("<testsuite>" + pad + body + "</testsuite>"))
		var got []string
		err := x.Document(func(element string) error {
			words := []string{element}
			for _, name := range []string{"name", "classname", "message"} {
				if x.Has(name) {
					words = append(words, x.Attr(name))
				}
			}
			got = append(got, strings.Join(words, " "))
			if element != "failure" {
				return nil
			}
			text, err := x.Content(MaxMessageBytes)
			got = append(got, text)
			return err
		}, nil)
		if err != nil {
			t.Fatalf("shifted by %d: %v", shift, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("shifted by %d (-want +got):\n%s", shift, diff)
		}
	}
}
