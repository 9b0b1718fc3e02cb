package redact

import "strings"

// maxUserInfo bounds what stands before the host of a URL: a token of 520
// characters and a name.
const maxUserInfo = 1024

// matchURL finds the password in the address that a colon and a slash belong to:
// "//" may be escaped, and a cleaned path has one slash only. Where the user name
// is the token, it is the secret.
func matchURL(s string, start, _ int) (from, to int, ok bool) {
	if start == 0 || !isWord(s[start-1]) {
		return 0, 0, false
	}
	i := start + 1
	for i < len(s) && (s[i] == '/' || s[i] == '\\') {
		i++
	}
	at, colon := userInfo(s, i)
	if at < 0 || strings.HasPrefix(s[at:], "@sha256:") || strings.HasPrefix(s[at:], "@sha512:") {
		return 0, 0, false
	}
	if isMark(s[i:at]) { // the user is replaced already, and the mark holds a colon
		colon = i + strings.IndexByte(s[i:at], ']') + 1
		if s[colon] != ':' {
			return 0, 0, false
		}
	}
	if colon < 0 {
		return i, at, len(s[i:at]) >= minUserToken && random(s[i:at])
	}
	name, word := s[i:colon], s[colon+1:at]
	switch {
	case word == "" || word == "x-oauth-basic" || word == "x":
		return i, colon, len(name) >= minUserToken && !isMark(name)
	case isMark(word) || strings.HasPrefix(word, "$") || strings.HasPrefix(word, "<") || strings.HasPrefix(word, "{") || strings.Trim(word, "*") == "":
		return 0, 0, false
	}
	return colon + 1, at, true
}

// minUserToken is the length from which a user name may be a token. Names of
// accounts are shorter or no mixture of letters and digits.
const minUserToken = 16

// userInfo returns the offsets of the "@" before the host and of the first colon
// before it, -1 when there is none. A password may hold "@", and "/" unless
// what stands before that is the number of a port.
func userInfo(s string, from int) (at, colon int) {
	at, colon = -1, -1
	slash := false
	for i := from; i < len(s) && i-from <= maxUserInfo; i++ {
		c := s[i]
		switch {
		case c <= ' ' || strings.IndexByte("\"'<>`\\", c) >= 0:
			return at, colon
		case c == '@':
			if i > from {
				at = i
			}
			if slash {
				return at, colon
			}
		case c == ':' && colon < 0 && at < 0:
			colon = i
		case c == '/' || c == '?' || c == '#':
			if at >= 0 || colon < 0 || i == colon+1 || strings.Trim(s[colon+1:i], "0123456789") == "" {
				return at, colon
			}
			slash = true
		}
	}
	return at, colon
}
