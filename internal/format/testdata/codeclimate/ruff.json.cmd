ruff 0.17.6: ruff check --output-format gitlab a.py
