CTest 3.25.1: ctest -T Test --no-compress-output
