package commandline

import "testing"

func TestAllows(t *testing.T) {
	for _, c := range []struct {
		pattern, family, line string
		want                  bool
	}{
		{"go test", "go test", "go test ./...", true},
		{"go test:*", "go test", "go test ./...", true},
		{"go test:*", "go test", "", true},
		{"Bash(go test:*)", "go test", "go test -run X", true},
		{"Bash(go test:*)", "go vet", "go vet ./...", false},
		{"Bash(go test)", "go test", "", true},
		{"npm run *", "npm run lint", "npm run lint", true},
		{"npm run *", "npm install", "npm install x", false},
		{"git", "git push", "git push origin", true},
		{"git", "gitk", "gitk", false},
		{"go", "gofmt", "gofmt -l .", false},
		{"golangci-lint run", "golangci-lint", "golangci-lint run ./...", true},
		{"golangci-lint run", "golangci-lint", "", true},
		{"golangci-lint run", "golangci-lint", "golangci-lint cache clean", false},
		{"make migrate", "make test", "", false},
		{"*", "rm", "rm -rf x", true},
		{"Bash", "rm", "rm -rf x", true},
		{"Bash(*)", "rm", "rm -rf x", true},
		{"", "rm", "rm", true},
		{"curl https://example.com", "curl", "curl https://example.com", true},
		{"go test", "", "", false},
	} {
		if got := Allows(c.pattern, c.family, c.line); got != c.want {
			t.Errorf("%q allows %q (%q): %t", c.pattern, c.family, c.line, got)
		}
	}
}

func TestAllowsHost(t *testing.T) {
	for _, c := range []struct {
		pattern, host string
		want          bool
	}{
		{"example.com", "Example.com", true},
		{"*.example.com", "api.example.com", true},
		{"*.example.com", "example.com", false},
		{"*", "anything.test", true},
		{"example.com", "example.com.evil.test", false},
		{"*.example.com", "evilexample.com", false},
	} {
		if got := AllowsHost(c.pattern, c.host); got != c.want {
			t.Errorf("%q allows %q: %t", c.pattern, c.host, got)
		}
	}
}
