Written by hand in the form that ~/.cursor/projects/*/agent-transcripts/*.jsonl has; the outputs in it are those of go 1.26.
