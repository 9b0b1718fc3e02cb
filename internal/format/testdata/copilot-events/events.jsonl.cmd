Written by hand in the form that ~/.copilot/session-state/<id>/events.jsonl has in Copilot 1.0; the outputs in it are those of go 1.26.
