coverage.py .: coverage run --branch -m pytest; coverage json
