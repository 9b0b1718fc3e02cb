package depends

import (
	"strings"
)

// tomlEntries yields the keys of TOML text, each with the table that it is in and
// its value as written; a value over several lines is one. It reads what package
// managers write, and skips what it does not understand: nothing here decides
// whether the file is valid.
func tomlEntries(data []byte, yield func(table, key, value string)) {
	table, lines := "", strings.Split(string(data), "\n")
	for i := 0; i < len(lines); i++ {
		line := strings.TrimSpace(uncomment(lines[i]))
		switch {
		case line == "":
		case line[0] == '[':
			table = strings.Trim(strings.TrimSpace(line), "[] ")
			if strings.HasPrefix(line, "[[") {
				yield(table, "", "") // another element of the array
			}
		default:
			key, value, ok := cutKey(line)
			if !ok {
				continue
			}
			if quote := tripled(value); quote != "" {
				for strings.Count(value, quote) < 2 && i+1 < len(lines) {
					i++
					value += "\n" + lines[i]
				}
			}
			for open(value) > 0 && i+1 < len(lines) {
				i++
				value += " " + strings.TrimSpace(uncomment(lines[i]))
			}
			yield(table, key, value)
		}
	}
}

func tripled(value string) string {
	for _, q := range []string{`"""`, "'''"} {
		if strings.HasPrefix(value, q) {
			return q
		}
	}
	return ""
}

// cutKey divides a line at the first equals sign that no quotes are around.
func cutKey(line string) (key, value string, ok bool) {
	in := byte(0)
	for i := range len(line) {
		switch c := line[i]; {
		case in != 0:
			if c == in {
				in = 0
			}
		case c == '"' || c == '\'':
			in = c
		case c == '=':
			return strings.Trim(strings.TrimSpace(line[:i]), `"'`), strings.TrimSpace(line[i+1:]), true
		}
	}
	return "", "", false
}

// uncomment takes away what follows a hash that no quotes are around.
func uncomment(line string) string {
	in := byte(0)
	for i := range len(line) {
		switch c := line[i]; {
		case in != 0:
			if c == in && (i == 0 || line[i-1] != '\\') {
				in = 0
			}
		case c == '"' || c == '\'':
			in = c
		case c == '#':
			return line[:i]
		}
	}
	return line
}

// open is how many brackets of a value are not closed.
func open(value string) (n int) {
	in := byte(0)
	for i := range len(value) {
		switch c := value[i]; {
		case in != 0:
			if c == in && value[i-1] != '\\' {
				in = 0
			}
		case c == '"' || c == '\'':
			in = c
		case c == '[' || c == '{':
			n++
		case c == ']' || c == '}':
			n--
		}
	}
	return n
}

// quoted returns the quoted strings in a value, in order.
func quoted(value string) (all []string) {
	for i := 0; i < len(value); i++ {
		if c := value[i]; c == '"' || c == '\'' {
			end := strings.IndexByte(value[i+1:], c)
			if end < 0 {
				return all
			}
			all = append(all, value[i+1:i+1+end])
			i += end + 1
		}
	}
	return all
}

// field returns a member of an inline table, without its quotes.
func field(value, name string) string {
	body := strings.Trim(strings.TrimSpace(value), "{}")
	for body != "" {
		key, rest, ok := cutKey(body)
		if !ok {
			return ""
		}
		end := member(rest)
		if key == name {
			return strings.Trim(strings.TrimSpace(rest[:end]), `"'`)
		}
		body = strings.TrimPrefix(strings.TrimSpace(rest[end:]), ",")
		body = strings.TrimSpace(body)
	}
	return ""
}

// member is where the first value of a list ends.
func member(s string) int {
	depth, in := 0, byte(0)
	for i := range len(s) {
		switch c := s[i]; {
		case in != 0:
			if c == in {
				in = 0
			}
		case c == '"' || c == '\'':
			in = c
		case c == '[' || c == '{':
			depth++
		case c == ']' || c == '}':
			depth--
		case c == ',' && depth == 0:
			return i
		}
	}
	return len(s)
}
