Written by hand in the form that ~/.local/share/amp/threads/T-*.json has; the outputs in it are those of go 1.26.
