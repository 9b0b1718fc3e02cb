package assess

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"github.com/mergebrief/mergebrief/internal/suggest"
)

// reader reads a YAML file into values and notes everything that is wrong with
// it, with line and column, instead of stopping at the first.
type reader struct {
	name     string
	problems []error
}

// root returns the top of the file, nil when it is empty or malformed.
func (r *reader) root(data []byte) ast.Node {
	file, err := parser.ParseBytes(data, 0)
	if err != nil {
		if syntax, ok := errors.AsType[*yaml.SyntaxError](err); ok {
			r.at(syntax.Token, "%s", syntax.Message)
		} else {
			r.problems = append(r.problems, fmt.Errorf("%s: not YAML", r.name))
		}
		return nil
	}
	if len(file.Docs) > 1 {
		r.problem(file.Docs[1].Body, "a policy is one document, this file has %d", len(file.Docs))
	}
	if len(file.Docs) == 0 {
		return nil
	}
	return file.Docs[0].Body
}

func (r *reader) problem(n ast.Node, format string, args ...any) {
	var t *token.Token
	if n != nil {
		t = n.GetToken()
	}
	r.at(t, format, args...)
}

func (r *reader) at(t *token.Token, format string, args ...any) {
	where := r.where(t)
	if t != nil && t.Position != nil {
		where = fmt.Sprintf("%s:%d", where, t.Position.Column)
	}
	r.problems = append(r.problems, fmt.Errorf("%s: %s", where, fmt.Sprintf(format, args...)))
}

// where names the line of a token.
func (r *reader) where(t *token.Token) string {
	if t == nil || t.Position == nil {
		return r.name
	}
	return fmt.Sprintf("%s:%d", r.name, t.Position.Line)
}

// field reads the value of one key.
type field struct {
	key  string
	read func(ast.Node)
}

// mapping reads keys and values; unknown keys are problems.
func (r *reader) mapping(n ast.Node, what string, fields ...field) {
	known := make([]string, 0, len(fields))
	for _, f := range fields {
		known = append(known, f.key)
	}
	r.entries(n, what, func(key string, k, v ast.Node) {
		i := slices.Index(known, key)
		if i < 0 {
			r.problem(k, "%q is no key of %s%s", key, what, suggestion(key, known))
			return
		}
		fields[i].read(v)
	})
}

// entries yields each key and value of a mapping.
func (r *reader) entries(n ast.Node, what string, each func(key string, k, v ast.Node)) {
	var values []*ast.MappingValueNode
	switch n := n.(type) {
	case nil, *ast.NullNode:
	case *ast.MappingNode:
		values = n.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{n}
	default:
		r.problem(n, "%s is a mapping of keys to values", what)
	}
	for _, v := range values {
		if key, ok := v.Key.(*ast.StringNode); ok {
			each(key.Value, key, v.Value)
		} else {
			r.problem(v.Key, "a key is a plain word")
		}
	}
}

// items yields each item of a sequence.
func (r *reader) items(n ast.Node, what string, each func(ast.Node)) {
	switch n := n.(type) {
	case nil, *ast.NullNode:
	case *ast.SequenceNode:
		for _, v := range n.Values {
			each(v)
		}
	default:
		r.problem(n, "%s is a list", what)
	}
}

// text reads a word or sentence into to.
func (r *reader) text(to *string, what string) func(ast.Node) {
	return func(n ast.Node) {
		switch n := n.(type) {
		case *ast.StringNode:
			*to = n.Value
		case *ast.LiteralNode:
			*to = strings.TrimSpace(n.Value.Value)
		default:
			r.problem(n, "%s is text; put it in quotes", what)
		}
	}
}

// texts reads a list of words into to.
func (r *reader) texts(to *[]string, what string) func(ast.Node) {
	return func(n ast.Node) {
		r.items(n, what, func(item ast.Node) {
			var s string
			r.text(&s, "each of "+what)(item)
			if s != "" {
				*to = append(*to, s)
			}
		})
	}
}

// patterns is texts for patterns of paths.
func (r *reader) patterns(to *[]string, what string) func(ast.Node) {
	return func(n ast.Node) {
		r.items(n, what, func(item ast.Node) {
			var s string
			r.text(&s, "each of "+what)(item)
			switch {
			case !validPattern(s):
				r.problem(item, "%q is no pattern of paths", s)
			case strings.HasPrefix(s, "/") || strings.Contains(s, `\`):
				r.problem(item, "%q never matches: paths are relative to the repository and use /", s)
			default:
				*to = append(*to, s)
			}
		})
	}
}

// word reads one of a few words into to.
func (r *reader) word(to *string, what string, allowed ...string) func(ast.Node) {
	return func(n ast.Node) {
		var s string
		r.text(&s, what)(n)
		if s == "" || slices.Contains(allowed, s) {
			*to = s
			return
		}
		r.problem(n, "%q is not allowed for %s (allowed: %s)%s", s, what, strings.Join(allowed, ", "), suggestion(s, allowed))
	}
}

// truth reads true or false into to.
func (r *reader) truth(to *bool, what string) func(ast.Node) {
	return func(n ast.Node) {
		if b, ok := n.(*ast.BoolNode); ok {
			*to = b.Value
			return
		}
		r.problem(n, "%s is true or false", what)
	}
}

// number reads a number that is not negative into to.
func (r *reader) number(to *float64, what string) func(ast.Node) {
	return func(n ast.Node) {
		var value float64
		var err error
		switch n := n.(type) {
		case *ast.IntegerNode, *ast.FloatNode:
			value, err = strconv.ParseFloat(strings.ReplaceAll(n.GetToken().Value, "_", ""), 64)
		default:
			err = errors.New("not a number")
		}
		if err != nil || value < 0 {
			r.problem(n, "%s is a number of at least 0", what)
			return
		}
		*to = value
	}
}

// suggestion names the known word that is most like an unknown one.
func suggestion(word string, known []string) string {
	best := suggest.Closest(word, known)
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %q?", best)
}
