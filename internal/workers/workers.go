// Package workers spreads independent work over the cores. It hides channels and
// goroutines and promises results in the order of what was given, so that the
// number of cores shows in nothing.
package workers

import (
	"runtime"
	"sync"
)

// Map calls do for each item, as many at a time as there are cores, and returns
// the results in the order of the items.
func Map[T, R any](items []T, do func(T) R) []R {
	out := make([]R, len(items))
	next := make(chan int)
	var all sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(items)) {
		all.Go(func() {
			for i := range next {
				out[i] = do(items[i])
			}
		})
	}
	for i := range items {
		next <- i
	}
	close(next)
	all.Wait()
	return out
}
