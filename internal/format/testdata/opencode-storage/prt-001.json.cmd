Written by hand in the form that ~/.local/share/opencode/storage/part has; the outputs in it are those of go 1.26.
