Written by hand in the form that <session>/subagents/agent-<id>.jsonl has in Claude Code 2.1; the outputs in it are those of go 1.26.
