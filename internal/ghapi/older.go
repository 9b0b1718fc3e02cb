package ghapi

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"github.com/google/go-github/v60/github"
)

// maxOlder bounds how often a query is asked again without what the server does
// not know. It names all unknown fields at once, but those inside of them only
// afterwards.
const maxOlder = 4

// unknownField is what GitHub says, with the code undefinedField, when its schema
// is older than the query, as on GitHub Enterprise Server.
var unknownField = regexp.MustCompile(`^Field '(\w+)' doesn't exist on type`)

// askOlder is [GraphQL] for servers of any age: what the server does not know is
// left out of the document, and is a fault.
func askOlder(ctx context.Context, client *github.Client, address, document string, vars map[string]any, out any) ([]Fault, error) {
	var faults []Fault
	err := GraphQL(ctx, client, address, document, vars, out)
	for range maxOlder {
		unknown := unknownFields(err)
		if len(unknown) == 0 {
			break
		}
		for _, field := range unknown {
			document = without(document, field)
			faults = append(faults, Fault{Type: undefinedField, Path: field, Message: "this server does not know the field " + field})
		}
		err = GraphQL(ctx, client, address, document, vars, out)
	}
	return faults, err
}

// unknownFields returns the fields that a server does not know, nil when that is
// not what is wrong.
func unknownFields(err error) []string {
	var names []string
	for _, f := range faultsOf(err) {
		m := unknownField.FindStringSubmatch(f.Message)
		if f.Type == undefinedField && m != nil && !slices.Contains(names, m[1]) {
			names = append(names, m[1])
		}
	}
	return names
}

// without returns a GraphQL document without the fields of a name, their
// arguments and what is selected of them.
func without(document, name string) string {
	field := regexp.MustCompile(`(?:\w+:\s*)?\b` + regexp.QuoteMeta(name) + `\b`)
	var b strings.Builder
	for {
		at := field.FindStringIndex(document)
		if at == nil {
			b.WriteString(document)
			return b.String()
		}
		end := skip(skip(at[1], document, '(', ')'), document, '{', '}')
		// A variable, or the name of an argument, is no field.
		if rest := strings.TrimLeft(document[at[1]:], " "); at[0] > 0 && strings.ContainsRune("$.", rune(document[at[0]-1])) || strings.HasPrefix(rest, ":") {
			end = at[1]
			b.WriteString(document[:end])
		} else {
			b.WriteString(document[:at[0]])
		}
		document = document[end:]
	}
}

// skip returns the end of a group that begins at the offset, space aside, or the
// offset when there is none.
func skip(from int, s string, open, shut byte) int {
	i := from
	for i < len(s) && strings.IndexByte(" \n", s[i]) >= 0 {
		i++
	}
	if i == len(s) || s[i] != open {
		return from
	}
	for depth := 0; i < len(s); i++ {
		switch s[i] {
		case open:
			depth++
		case shut:
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return from
}
