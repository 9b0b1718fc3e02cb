package publish

import "testing"

func TestSameText(t *testing.T) {
	body := func(run, artifact, digest, fact string) string {
		return "<!-- mergebrief:v1 pr=7 key=k head=a run=" + run + ".1 -->\n### verdict\n" + fact +
			"\n[job](https://h/o/r/actions/runs/55/job/9)\n<sub>[bundle](https://h/o/r/actions/runs/" + run + "/artifacts/" + artifact +
			") · `sha256:" + digest[:12] + "` for `mergebrief verify` · [run](https://h/o/r/actions/runs/" + run + "/attempts/2)</sub>"
	}
	a, b := "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "1123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	first := body("99", "1", a, "1 failed")
	for name, c := range map[string]struct {
		other string
		want  bool
	}{
		"same":           {first, true},
		"next run":       {body("100", "2", b, "1 failed"), true},
		"other facts":    {body("100", "2", b, "2 failed"), false},
		"CR LF":          {"<!-- mergebrief:v1 pr=7 key=k head=a run=99.1 -->\r\n" + first[len("<!-- mergebrief:v1 pr=7 key=k head=a run=99.1 -->\n"):] + "\r\n", true},
		"digest in text": {body("99", "1", a, "`sha256:"+b+"`"), false},
	} {
		if got := sameText(first, c.other); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
