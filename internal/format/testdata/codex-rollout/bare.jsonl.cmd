Written by hand in the form that Codex had before its lines got an envelope, as in the older sample of yoavf/ai-sessions; the outputs in it are those of go 1.26.
