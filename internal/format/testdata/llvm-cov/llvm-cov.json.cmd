clang 14.0.6: clang -fprofile-instr-generate -fcoverage-mapping; llvm-cov export
