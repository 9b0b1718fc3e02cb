mergebrief demo --dir demo; sessions of it in ~/.claude/projects; mergebrief record --base main --out record.jsonl
