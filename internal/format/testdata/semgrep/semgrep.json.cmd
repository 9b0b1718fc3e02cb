semgrep 1.185.0: semgrep scan --config semgrep.yml --json
