Written by hand in the form of git-ai's tests/fixtures/cursor-session-simple.jsonl, which has no shell command
