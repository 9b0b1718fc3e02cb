package evidence

import (
	"testing"
	"unicode/utf8"
)

func TestClip(t *testing.T) {
	for _, tt := range []struct {
		s           string
		limit       int
		end, middle string
	}{
		{"", 5, "", ""},
		{"short", 5, "short", "short"},
		{"0123456789", 9, "012345…", "0123…89"},
		// ä takes two bytes: the cut falls into one of them.
		{"ääääää", 8, "ää…", "ä…"},
		{"too little room", 3, "…", "…"},
	} {
		if got := Clip(tt.s, tt.limit); got != tt.end {
			t.Errorf("Clip(%q, %d) = %q, want %q", tt.s, tt.limit, got, tt.end)
		}
		if got := ClipMiddle(tt.s, tt.limit); got != tt.middle {
			t.Errorf("ClipMiddle(%q, %d) = %q, want %q", tt.s, tt.limit, got, tt.middle)
		}
	}
}

func FuzzClip(f *testing.F) {
	f.Add("ä日本🎉", 7)
	f.Fuzz(func(t *testing.T, s string, limit int) {
		if limit < len(ellipsis) {
			return
		}
		for _, got := range []string{Clip(s, limit), ClipMiddle(s, limit)} {
			if len(got) > limit {
				t.Errorf("%q has %d bytes, more than %d", got, len(got), limit)
			}
			if utf8.ValidString(s) && !utf8.ValidString(got) {
				t.Errorf("%q cut to %q", s, got)
			}
		}
	})
}
