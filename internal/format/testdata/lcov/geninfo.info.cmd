lcov 1.16, gcc 12: geninfo . -o a.info
