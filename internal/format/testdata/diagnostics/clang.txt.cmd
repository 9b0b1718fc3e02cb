clang 14.0.6: clang -Wall -c a.c
