gcc 12.2.0: gcc -Wall -c a.c
