rows of subagent.jsonl: two values on one line, a line that was cut, and a good one
