Written by hand in the form that claude-code-action writes to $RUNNER_TEMP/claude-execution-output.json; the outputs in it are those of go 1.26.
