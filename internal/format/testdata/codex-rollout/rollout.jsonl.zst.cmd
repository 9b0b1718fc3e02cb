zstd -3 -c of the first nine rows of rollout.jsonl
