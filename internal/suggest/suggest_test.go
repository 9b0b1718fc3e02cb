package suggest

import "testing"

func TestClosest(t *testing.T) {
	levels := []string{"none", "warning", "error"}
	for word, want := range map[string]string{
		"erorr": "error", "ERRORS": "error", "warnings": "warning", "non": "none",
		"nn": "", "warn": "", "": "", "e": "", "information": "",
	} {
		if got := Closest(word, levels); got != want {
			t.Errorf("Closest(%q) = %q, want %q", word, got, want)
		}
	}
	if got := Closest("chek", []string{"cheek", "check"}); got != "cheek" {
		t.Errorf("of two equally close words the second was taken: %q", got)
	}
}

func TestDistance(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"kitten", "sitting", 3}, {"ab", "ba", 2},
	} {
		if got := distance(tt.a, tt.b); got != tt.want {
			t.Errorf("distance(%q, %q) = %d, want %d", tt.a, tt.b, got, tt.want)
		}
	}
}
