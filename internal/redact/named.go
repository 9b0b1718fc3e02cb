package redact

import (
	"regexp"
	"strings"
)

const (
	// maxName bounds a name: GitLab's longest variable has 255 characters, and
	// the words that tell stand at the end.
	maxName = 64
	// maxBlanks is how far a value may stand from its name, on either side of
	// what joins them.
	maxBlanks = 16
	// maxIndent is how far before a name the start of its line is looked for.
	maxIndent = 200
	// maxQuoted bounds a quoted value.
	maxQuoted = 400
)

// assignment is a name that a keyword is part of, and the value it is given.
type assignment struct {
	// Name, in lower case what of it follows the keyword, and the keyword.
	name, tail, word string
	// What joins the two ("=", ":", ":=", …), blanks aside, and whether there
	// were any.
	operator string
	spaced   bool
	value    string
	from, to int
	quoted   bool
	// The assignment is all that its line, element or quotation holds.
	alone bool
	// What follows the value, 0 at the end.
	next byte
}

// passwordNamed are the words for what people make up; other names are for what
// machines generate.
var passwordNamed = map[string]bool{"password": true, "passwd": true, "passphrase": true, "passcode": true, "pwd": true, "pass": true}

// assignmentAt reads the assignment to the name around the keyword s[start:end].
func assignmentAt(s string, start, end int) (a assignment, ok bool) {
	for end > start && !isWord(s[end-1]) {
		end--
	}
	last := end
	for last < len(s) && last-end < maxName && nameByte(s[last]) {
		last++
	}
	unquoted := afterQuote(s, last)
	i, before := blanks(s, unquoted)
	i = afterType(s, i)
	n := operatorAt(s, i)
	if n == 0 || s[i] == ',' && unquoted == last {
		return a, false
	}
	a.operator = s[i : i+n]
	i, after := blanks(s, i+n)
	a.spaced = before || after
	if a.from, a.to, a.quoted = valueAt(s, i); a.from == a.to || a.operator == "," && !a.quoted {
		return a, false
	}
	first := start
	for first > 0 && start-first < maxName && nameByte(s[first-1]) {
		first--
	}
	a.value, a.name, a.word, a.tail = s[a.from:a.to], s[first:last], s[start:end], s[end:last]
	if len(a.word) == len("pass") && (first == start || last > end || a.operator == ":") {
		return a, false // what passes is no password: the name says more, as SMTP_PASS
	}
	a.word, a.tail = strings.ToLower(a.word), strings.ToLower(a.tail)
	if a.to < len(s) {
		a.next = s[a.to]
	}
	a.alone = a.standsAlone(s, first)
	return a, true
}

func nameByte(c byte) bool { return isWord(c) || c == '-' || c == '.' }

// afterQuote skips a quote, which backslashes may escape.
func afterQuote(s string, i int) int {
	j := i
	for j < len(s) && s[j] == '\\' {
		j++
	}
	if j < len(s) && (s[j] == '"' || s[j] == '\'') {
		return j + 1
	}
	return i
}

func blanks(s string, i int) (int, bool) {
	from := i
	for i < len(s) && i-from < maxBlanks && (s[i] == ' ' || s[i] == '\t' || s[i] == '\n') {
		i++
	}
	return i, i > from
}

// afterType skips the type of a string in a declaration.
func afterType(s string, i int) int {
	for _, word := range [...]string{"string = ", "String = ", "str = ", "&str = "} {
		if strings.HasPrefix(s[i:], word) {
			return i + len(word) - len("= ")
		}
	}
	return i
}

// operatorAt returns the length of what joins a name and a value. A comma does so
// between two quotations, as in a call.
func operatorAt(s string, i int) int {
	for _, operator := range [...]string{":::=", "::=", "===", "=>", ":=", "?=", ".=", "==", "=", ":", ">", ","} {
		if strings.HasPrefix(s[i:], operator) {
			return len(operator)
		}
	}
	return 0
}

// valueAt returns where the value stands that begins at i: all of a quotation,
// else up to a delimiter.
func valueAt(s string, i int) (from, to int, quoted bool) {
	slashes := i
	for i < len(s) && s[i] == '\\' {
		i++
	}
	if i < len(s) && strings.IndexByte("\"'`", s[i]) >= 0 {
		end := quotation(s, i, i-slashes)
		return i + 1, end, true
	}
	if i > slashes {
		return i, i, false
	}
	to = i
	for to < len(s) && s[to] > ' ' && strings.IndexByte("\"'`\\,;&<>|(){}[]", s[to]) < 0 {
		to++
	}
	return i, to, false
}

// quotation returns where the quotation ends that begins at i: with the same
// quote behind as many backslashes, with the line, or after too much.
func quotation(s string, i, slashes int) int {
	to, run := i+1, 0
	for ; to < len(s) && to-i <= maxQuoted && s[to] != '\n'; to++ {
		switch {
		case s[to] == '\\':
			run++
			continue
		case s[to] == s[i] && run <= slashes:
			return to - run
		case run > 0 && slashes > 0 && run >= slashes && strings.IndexByte("nr", s[to]) >= 0: // an escaped line end
			return to - run
		}
		run = 0
	}
	return to
}

// standsAlone reports whether nothing but blanks, list marks and the quotes of
// an option stands before the name in its line, and nothing after the value.
func (a *assignment) standsAlone(s string, first int) bool {
	if a.operator == ">" {
		return first > 0 && s[first-1] == '<' && strings.HasPrefix(strings.TrimLeft(s[a.to:min(len(s), a.to+maxIndent)], " \n\t"), "</")
	}
	before := s[max(0, first-maxIndent):first]
	if i := strings.LastIndexByte(before, '\n'); i >= 0 {
		before = before[i+1:]
	}
	line := len(before)
	before = strings.TrimRight(before, `"'\`)
	header := len(before) < line && (strings.HasSuffix(before, "-H ") || strings.HasSuffix(before, "--header ") || strings.HasSuffix(before, "--header="))
	return (header || strings.Trim(before, " \t-+>") == "") && strings.IndexByte("\x00\n\r\"'\\", a.next) >= 0
}

// secret reports whether the value is one. The name decides wherever the text is
// surely an assignment; elsewhere, as in prose, the value must look like one too.
func (a *assignment) secret() bool {
	if isMark(a.value) || reference(a.value) {
		return false
	}
	if a.named() && a.assigns() {
		return true
	}
	if a.word == "pass" || len(a.value) < 8 {
		return false
	}
	if passwordNamed[a.word] {
		return password(a.value)
	}
	return !strings.Contains(a.value, " ") && random(a.value) && !uuid.MatchString(a.value)
}

// tails are the words that a name may end with after the keyword and still be
// the name of a secret itself, and not of a file, limit or address of one.
var tails = map[string]bool{
	"": true, "prod": true, "production": true, "dev": true, "development": true, "stage": true, "staging": true, "test": true, "ci": true,
	"local": true, "live": true, "key": true, "value": true, "base64": true, "b64": true, "string": true, "text": true, "plain": true,
	"old": true, "new": true, "admin": true, "root": true, "db": true, "main": true, "ro": true, "rw": true, "data": true, "64": true,
	"again": true, "confirm": true, "confirmation": true, "in": true, "out": true, "accesskey": true, "access-key": true, "access_key": true,
}

// named reports whether the name is that of a secret.
func (a *assignment) named() bool {
	tail := strings.TrimLeft(a.tail, "_-.")
	if strings.Trim(tail, "0123456789") == "" && len(tail) <= 2 || a.word == "credential" && tail == "s" {
		return true
	}
	return tails[tail]
}

// assigns reports whether the text surely gives the name this value.
func (a *assignment) assigns() bool {
	lower := strings.ToLower(a.value)
	number := strings.Trim(a.value, "0123456789.,") == ""
	variable := a.operator == "=" && !a.spaced && !strings.ContainsAny(a.name, "abcdefghijklmnopqrstuvwxyz")
	switch {
	case nothing[lower] || strings.Contains(a.value, "://") || path.MatchString(a.value):
		return false
	case variable:
		return len(a.value) >= 2 && (!number || passwordNamed[a.word] && len(a.value) >= 4)
	case len(a.value) < 3 || number && !a.quoted || described[lower] || strings.Contains(a.value, " "), a.refersToName(lower):
		return false
	case a.quoted:
		return a.operator != ">" && a.operator != ","
	case a.operator == "=" && !a.spaced:
		return a.next != '(' && a.next != '[' && !code.MatchString(a.value)
	}
	return a.alone && (a.operator == ":" || a.operator == ">") && !code.MatchString(a.value)
}

// refersToName reports whether the value says again what the name says: a
// variable, a label, the name of a field.
func (a *assignment) refersToName(lower string) bool {
	squeezed := strings.NewReplacer("_", "", "-", "", " ", "").Replace(lower)
	return strings.HasSuffix(squeezed, strings.NewReplacer("_", "", "-", "").Replace(a.word)) && strings.Trim(squeezed, "abcdefghijklmnopqrstuvwxyz.") == ""
}

// nothing are the values that say that there is none.
var nothing = map[string]bool{
	"null": true, "none": true, "nil": true, "true": true, "false": true, "undefined": true, "inherit": true, "unset": true, "not": true, "~": true,
}

// described are the words that describe a secret where it could stand.
var described = map[string]bool{
	"required": true, "optional": true, "string": true, "str": true, "text": true, "number": true, "object": true, "boolean": true, "bool": true,
	"bytes": true, "invalid": true, "valid": true, "missing": true, "wrong": true, "expired": true, "empty": true, "hidden": true,
	"redacted": true, "masked": true, "changed": true, "unchanged": true, "unknown": true, "set": true, "present": true, "absent": true,
	"disabled": true, "enabled": true, "here": true, "yes": true, "prompt": true, "stdin": true, "env": true, "file": true, "vault": true,
	"bearer": true, "basic": true, "ok": true, "error": true, "incorrect": true, "rejected": true, "accepted": true, "write": true, "read": true,
	"rotated": true, "leaked": true, "found": true, "self": true, "any": true, "varchar": true, "char": true, "literal": true,
}

// uuid matches an id: a secret of that form, which some services issue, has a name
// that says so.
var uuid = regexp.MustCompile(`^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

// path matches the path of a file with at least one folder, or one that says
// where it starts.
var path = regexp.MustCompile(`^(?:~|\.{1,2})?/[\w.@/-]+$`)

// code matches what a program text has in the place of a value: a member of
// something, which a call or an index may follow.
var code = regexp.MustCompile(`^[A-Za-z_][A-Za-z_]*(?:\.[A-Za-z_]+)+$`)

// reference reports whether a value stands for another: a variable, an
// expression, a place to be filled in, asterisks.
func reference(value string) bool {
	return strings.IndexByte("$%<{*[@", value[0]) >= 0 || strings.HasPrefix(value, "...") || strings.HasPrefix(value, "…") ||
		strings.Trim(value, "xX*.-_•") == ""
}

// matchNamed finds the value of a name that tells.
func matchNamed(s string, start, end int) (from, to int, ok bool) {
	a, ok := assignmentAt(s, start, end)
	if !ok || !a.secret() {
		return 0, 0, false
	}
	return a.from, a.to, true
}
