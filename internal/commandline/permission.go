package commandline

import "strings"

// Allows reports whether a pattern of an agent's settings, or of a policy, stands
// for a command: "git", "go test", "go test:*", "npm run *", "Bash(git add:*)",
// "Bash" and "*". Family is that of the command; line is the command line, empty
// when only the family is known. A pattern that says more than the family then
// allows the command, because nothing shows that it was another one.
func Allows(pattern, family, line string) bool {
	pattern = strings.TrimSpace(pattern)
	if inner, ok := strings.CutPrefix(pattern, "Bash("); ok {
		pattern = strings.TrimSuffix(inner, ")")
	}
	pattern = strings.TrimRight(strings.TrimSuffix(strings.TrimRight(pattern, "* "), ":"), " ")
	if pattern == "" || pattern == "Bash" {
		return true
	}
	if line == "" && begins(pattern, family) {
		return true
	}
	return begins(family, pattern) || begins(line, pattern)
}

// begins reports whether words begin with other words.
func begins(words, with string) bool {
	return with != "" && (words == with || strings.HasPrefix(words, with+" "))
}

// AllowsHost reports whether a pattern stands for a host: "example.com",
// "*.example.com" for all below it, or "*".
func AllowsHost(pattern, host string) bool {
	pattern, host = strings.ToLower(pattern), strings.ToLower(host)
	if rest, ok := strings.CutPrefix(pattern, "*"); ok {
		return strings.HasSuffix(host, rest)
	}
	return pattern == host
}
