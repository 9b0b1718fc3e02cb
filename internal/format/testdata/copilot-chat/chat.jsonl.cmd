Written by hand in the form that newer versions of VS Code append to; the outputs in it are those of go 1.26.
