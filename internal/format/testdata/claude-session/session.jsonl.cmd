Written by hand in the form that ~/.claude/projects/<dir>/<session>.jsonl has in Claude Code 2.1.37; the outputs in it are those of go 1.26.
