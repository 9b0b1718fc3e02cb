package gather

import (
	"context"
	"sync"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// touchedKey is the key under which the sources of one record share what the change
// touches: files are read while the change is being read, and need it when they
// cut a list.
type touchedKey struct{}

type announcement struct {
	once    sync.Once
	known   chan struct{}
	touched *evidence.Touched
}

func (a *announcement) announce(t *evidence.Touched) {
	a.once.Do(func() {
		a.touched = t
		close(a.known)
	})
}

// withAnnouncement returns a context in which the change is announced.
func withAnnouncement(ctx context.Context) (context.Context, *announcement) {
	a := &announcement{known: make(chan struct{})}
	return context.WithValue(ctx, touchedKey{}, a), a
}

// announceChange tells the other sources which lines the change adds.
func announceChange(ctx context.Context, files []evidence.File) {
	if a, ok := ctx.Value(touchedKey{}).(*announcement); ok {
		a.announce(evidence.NewTouched(files))
	}
}

// touchedBy returns what the change touches, when it is asked: nil when there is
// no change, or its lines cannot be known.
func touchedBy(ctx context.Context) func() *evidence.Touched {
	return func() *evidence.Touched {
		a, ok := ctx.Value(touchedKey{}).(*announcement)
		if !ok {
			return nil
		}
		select {
		case <-a.known:
			return a.touched
		case <-ctx.Done():
			return nil
		}
	}
}
