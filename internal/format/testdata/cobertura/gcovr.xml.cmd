gcovr 5.2, gcc 12: gcovr --xml
