eslint 8.57.1, @microsoft/eslint-formatter-sarif 3.1.0: eslint -f @microsoft/eslint-formatter-sarif lint
