//go:build !unix

package render_test

import "time"

// processorTime is the clock where the system does not tell.
func processorTime() time.Duration { return time.Duration(time.Now().UnixNano()) }
