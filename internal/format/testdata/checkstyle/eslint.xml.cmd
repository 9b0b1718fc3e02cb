eslint 8.57.1: eslint -f checkstyle lint
