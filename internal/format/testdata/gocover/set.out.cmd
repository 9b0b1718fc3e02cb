go1.26.8: go test -coverprofile=cover.out ./price
