ruff 0.17.6: ruff check --output-format concise a.py
