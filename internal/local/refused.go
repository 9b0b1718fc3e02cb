package local

import (
	"context"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"
)

// patience is how long a destination that refused the notes is not asked again by a
// hook: rules that protect refs do not change from push to push.
const patience = 24 * time.Hour

// refusal is where is kept that a destination refused the notes.
func (r *Repository) refusal(ctx context.Context, d Destination) string {
	return r.private(ctx, "refused-"+path.Base(sentRef(d.URL)))
}

// Refused reports whether a destination refused the notes not long before now, and
// when.
func (r *Repository) Refused(ctx context.Context, d Destination, now time.Time) (time.Time, bool) {
	text, err := os.ReadFile(r.refusal(ctx, d))
	if err != nil {
		return time.Time{}, false
	}
	at, err := time.Parse(time.RFC3339, strings.TrimSpace(string(text)))
	return at, err == nil && !now.Before(at) && now.Sub(at) < patience
}

// Answered keeps whether a destination took the notes. Whether it can be kept does
// not matter.
func (r *Repository) Answered(ctx context.Context, d Destination, now time.Time, refused bool) {
	name := r.refusal(ctx, d)
	if !refused {
		os.Remove(name)
		return
	}
	if os.MkdirAll(filepath.Dir(name), 0o700) == nil {
		_ = os.WriteFile(name, []byte(now.UTC().Format(time.RFC3339)+"\n"), 0o600)
	}
}
