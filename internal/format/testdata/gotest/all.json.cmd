go1.26.8: go test -json ./...; one package does not build, one panics, one has no tests
