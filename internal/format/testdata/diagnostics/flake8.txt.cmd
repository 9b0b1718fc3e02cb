flake8 7.5.0: flake8 a.py
