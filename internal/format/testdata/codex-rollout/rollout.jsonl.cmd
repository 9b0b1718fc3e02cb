Written by hand in the form that $CODEX_HOME/sessions/**/rollout-*.jsonl has in Codex 0.104; the outputs in it are those of go 1.26.
