# The targets that need more than Go and git. `go test ./...` needs no make.
.PHONY: test lint fix race fuzz contract container verify generate dist

VERSION ?=
PLATFORMS ?= linux/amd64 linux/arm64 darwin/amd64 darwin/arm64

test: ## the tests, without network
	go test ./...

lint: ## gofmt, vet, staticcheck, golangci-lint, govulncheck, actionlint
	.ci/run format vet staticcheck golangci-lint govulncheck actionlint

fix: ## format the sources, and mend what a linter can mend
	.ci/run fix

race: ## the tests under the race detector
	.ci/run race

fuzz: ## each fuzz target for a few seconds
	.ci/run fuzz

contract: ## the artifact upload against GitHub's client and a blob server; needs node and npm
	.ci/run contract

container: ## build the image and run it as the runner does; needs root on Debian or Ubuntu
	.ci/run container

verify: ## everything, as in CI
	.ci/run

generate: ## rewrite action.yml, the tables of the README, the schema and the golden files
	go test ./internal/cli -run TestGenerated -update

dist: ## binaries for a release, the same bytes wherever they are built
	.ci/dist "$(VERSION)" $(PLATFORMS)
