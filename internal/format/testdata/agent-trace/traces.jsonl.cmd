Written by hand in the form that reference/trace-store.ts of cursor/agent-trace writes to .agent-trace/traces.jsonl, and the README of 0.1.0 defines; the outputs in it are those of go 1.26.
