package evidence

import "testing"

func TestTouched(t *testing.T) {
	touched := NewTouched([]File{
		{Path: "web/src/index.ts", Spans: []LineRange{{First: 3, Last: 5}}},
		{Path: "src/index.ts", Spans: []LineRange{{First: 20, Last: 20}}},
	})
	for name, tt := range map[string]struct {
		path        string
		first, last int
		want        bool
	}{
		"on a line":          {"web/src/index.ts", 4, 4, true},
		"of another machine": {`C:\agent\web\src\index.ts`, 4, 0, true},
		"of either file":     {"/srv/src/index.ts", 20, 0, true},
		"ends on a line":     {"src/index.ts", 1, 3, true},
		"begins behind":      {"src/index.ts", 6, 19, false},
		"around the lines":   {"src/index.ts", 1, 99, true},
		"no line is known":   {"src/index.ts", 0, 0, true},
		"another file":       {"src/other.ts", 4, 4, false},
		"a longer name":      {"src/myindex.ts", 4, 4, false},
		"no file":            {"", 4, 4, false},
	} {
		if got := touched.May(tt.path, tt.first, tt.last); got != tt.want {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
	if (*Touched)(nil).May("src/index.ts", 4, 4) {
		t.Error("without a change, nothing is on its lines")
	}
}
