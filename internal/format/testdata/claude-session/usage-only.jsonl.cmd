Written by hand in the form that Claude Code before 1.0 wrote, without types and with costs; the outputs in it are those of go 1.26.
