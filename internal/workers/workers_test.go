package workers

import (
	"runtime"
	"strconv"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMap(t *testing.T) {
	for name, items := range map[string][]int{"none": nil, "one": {7}, "more than cores": {5, 4, 3, 2, 1, 0, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0}} {
		want := make([]string, 0, len(items))
		for _, item := range items {
			want = append(want, strconv.Itoa(item))
		}
		var now, most atomic.Int32
		got := Map(items, func(i int) string {
			n := now.Add(1)
			defer now.Add(-1)
			m := most.Load()
			for n > m && !most.CompareAndSwap(m, n) {
				m = most.Load()
			}
			return strconv.Itoa(i)
		})
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if cores := runtime.GOMAXPROCS(0); int(most.Load()) > cores {
			t.Errorf("%s: %d at a time, want at most %d", name, most.Load(), cores)
		}
	}
}
