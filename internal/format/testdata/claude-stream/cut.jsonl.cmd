execution.json as "claude -p --output-format stream-json" prints it, without its last message: the run was killed
