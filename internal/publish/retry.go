package publish

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

// The schedule is the one of GitHub's own artifact client: five attempts, three
// seconds growing by half, each with jitter (actions/toolkit,
// packages/artifact/src/internal/shared/artifact-twirp-client.ts).
const (
	maxAttempts  = 5
	firstDelay   = 3 * time.Second
	delayGrowth  = 1.5
	maxHonoured  = 30 * time.Second // longest Retry-After worth waiting for
	jitterSpread = 0.5              // a delay grows by up to half of itself
)

// transient is an error after which the same request may succeed.
type transient struct {
	err error
	// What the server asked to wait, 0 when it did not say.
	after time.Duration
}

func (t *transient) Error() string { return t.err.Error() }
func (t *transient) Unwrap() error { return t.err }

// retry repeats what fails transiently, as long as the context's deadline
// leaves room for the pause.
type retry struct {
	sleep  func(context.Context, time.Duration) error
	jitter func() float64 // in [0, 1)
}

func newRetry(sleep func(context.Context, time.Duration) error) retry {
	if sleep == nil {
		sleep = pause
	}
	return retry{sleep: sleep, jitter: rand.Float64}
}

func (r retry) do(ctx context.Context, once func(context.Context) error) error {
	delay := firstDelay
	for attempt := 1; ; attempt++ {
		err := once(ctx)
		t, again := errors.AsType[*transient](err)
		if !again {
			return err
		}
		if attempt == maxAttempts {
			return fmt.Errorf("%w (after %d attempts)", err, attempt)
		}
		wait := max(delay+time.Duration(jitterSpread*r.jitter()*float64(delay)), min(t.after, maxHonoured))
		if end, ok := ctx.Deadline(); ok && time.Until(end) < wait {
			return fmt.Errorf("%w (no time left for another attempt)", err)
		}
		if stopped := r.sleep(ctx, wait); stopped != nil {
			return fmt.Errorf("%w (%w)", err, stopped)
		}
		delay = time.Duration(delayGrowth * float64(delay))
	}
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
