package correlate

import (
	"cmp"
	"path"
	"regexp"
	"slices"
	"strconv"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format/results"
)

// rerunMark is the part of a file's name by which it says that it holds a rerun:
// "junit-rerun2.xml", "results_attempt-1.json". A number alone is no mark: the
// jobs of a matrix have numbers too, and a failure there is not undone by a pass
// elsewhere.
var rerunMark = regexp.MustCompile(`(?i)[-_.]?(?:rerun|retry|attempt)(?:[-_.]?([0-9]+))?`)

// bazelAttempts is where Bazel keeps the failed attempts of a target, beside
// the last one in test.xml.
const bazelAttempts = "test_attempts"

// joinReruns joins suites of files that say that they are attempts at the same
// tests. All others stay apart.
func joinReruns(suites []evidence.Suite) []evidence.Suite {
	groups := map[string][]int{}
	for i, s := range suites {
		key, _ := rerunKey(s.Origin.URI)
		groups[key] = append(groups[key], i)
	}
	out := slices.Clone(suites)
	for _, members := range groups {
		slices.SortStableFunc(members, func(a, b int) int {
			_, x := rerunKey(suites[a].Origin.URI)
			_, y := rerunKey(suites[b].Origin.URI)
			return cmp.Compare(x, y)
		})
		if suites[members[0]].Origin.URI == suites[members[len(members)-1]].Origin.URI {
			continue // one file
		}
		group := make([]evidence.Suite, 0, len(members))
		for _, i := range members {
			group = append(group, suites[i])
		}
		for k, joined := range results.JoinReruns(group) {
			out[members[k]] = joined
		}
	}
	return out
}

// rerunKey returns the path of a file without its mark, and its place among the
// attempts: 0 for the first.
func rerunKey(uri string) (key string, place int) {
	dir, name := path.Split(uri)
	if path.Base(dir) == bazelAttempts {
		number, _ := strconv.Atoi(lastNumber(name)) // 0 without one
		return path.Join(path.Dir(path.Clean(dir)), "test"+path.Ext(name)), number
	}
	m := rerunMark.FindStringSubmatchIndex(name)
	switch {
	case m == nil && name == "test.xml":
		return uri, 1 << 30 // Bazel's last attempt
	case m == nil:
		return uri, 0
	}
	number := 1
	if m[2] >= 0 {
		number, _ = strconv.Atoi(name[m[2]:m[3]]) // 0 when absurdly long
	}
	return dir + name[:m[0]] + name[m[1]:], number
}

func lastNumber(name string) string {
	all := regexp.MustCompile(`[0-9]+`).FindAllString(name, -1)
	if len(all) == 0 {
		return ""
	}
	return all[len(all)-1]
}
