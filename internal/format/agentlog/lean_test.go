package agentlog

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLeanText(t *testing.T) {
	pad := strings.Repeat(" ", minLean)
	for name, c := range map[string]struct{ text, want string }{
		"string":                    {`{"skip":"abc","keep":"d"}`, `{"skip":"","keep":"d"}`},
		"several, in any order":     {`{"other":"x","a":{"skip":"y"},"skip":"z"}`, `{"other":"","a":{"skip":""},"skip":""}`},
		"quotes inside":             {`{"skip":"a\"b\\","keep":1}`, `{"skip":"","keep":1}`},
		"no string":                 {`{"skip":{"skip":1},"other":null}`, `{"skip":{"skip":1},"other":null}`},
		"inside of a string":        {`{"keep":"{\"skip\":\"a\"}"}`, `{"keep":"{\"skip\":\"a\"}"}`},
		"end of a longer name":      {`{"keep\"skip":"a"}`, `{"keep\"skip":"a"}`},
		"value that is the name":    {`["skip","skip"]`, `["skip","skip"]`},
		"no end":                    {`{"skip":"abc`, `{"skip":"abc`},
		"two values":                {`{"skip":"a"}{"skip":"b"}`, `{"skip":""}{"skip":""}`},
		"member inside of a member": {`{"skip":"\"other\":\"x\"","keep":"y"}`, `{"skip":"","keep":"y"}`},
	} {
		t.Run(name, func(t *testing.T) {
			l := leanText{unread: [][]byte{member("skip"), member("other")}}
			if diff := cmp.Diff(c.want+pad, string(l.of([]byte(c.text+pad)))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if got := l.of([]byte(c.text)); string(got) != c.text {
				t.Errorf("a short text became %s", got)
			}
		})
	}
}

func TestLeanTextOffset(t *testing.T) {
	text := `{"skip":"0123456789","a":1,"skip":"01234","b":2}` + strings.Repeat(" ", minLean)
	l := leanText{unread: [][]byte{member("skip")}}
	lean := l.of([]byte(text))
	for _, mark := range []string{`{"skip"`, `"a"`, `"b"`, "}"} {
		if got, want := l.offset(bytes.Index(lean, []byte(mark))), strings.Index(text, mark); got != want {
			t.Errorf("%s is at %d, want %d", mark, got, want)
		}
	}
}

// Whatever the JSON, the members that are read are the same with and without the
// others.
func FuzzLeanText(f *testing.F) {
	f.Add(`{"skip":"a\"b","keep":{"skip":"c","keep":"\\"}}`)
	f.Add(`["skip",{"keep":"\"skip\":\"x\""},"\\","skip"]`)
	f.Fuzz(func(t *testing.T, text string) {
		var whole, lean any
		if json.Unmarshal([]byte(text), &whole) != nil {
			return
		}
		l := leanText{unread: [][]byte{member("skip")}}
		got := l.of([]byte(text + strings.Repeat(" ", minLean)))
		if err := json.Unmarshal(got, &lean); err != nil {
			t.Fatalf("%s became %s: %v", text, got, err)
		}
		if diff := cmp.Diff(emptied(whole), emptied(lean)); diff != "" {
			t.Errorf("%s became %s (-want +got):\n%s", text, got, diff)
		}
	})
}

// emptied empties the strings of the members "skip".
func emptied(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, x := range v {
			if _, text := x.(string); k == "skip" && text {
				x = ""
			}
			v[k] = emptied(x)
		}
	case []any:
		for i := range v {
			v[i] = emptied(v[i])
		}
	}
	return v
}
