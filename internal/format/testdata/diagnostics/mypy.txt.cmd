mypy 2.4.1 (compiled: yes): mypy a.py
