aider --analytics-log analytics.jsonl, shortened
