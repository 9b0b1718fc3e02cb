Written by hand in the form that codex exec --json prints (codex-rs/exec/src/exec_events.rs); the outputs in it are those of go 1.26.
