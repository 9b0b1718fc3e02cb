package ghtest

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

// maxFirst is the largest page that GitHub gives.
const maxFirst = 100

// field is a field that takes arguments.
type field func(args map[string]any) any

// fault is what GraphQL says in the place of a value.
type fault struct{ kind, message string }

func forbidden() fault { return fault{"FORBIDDEN", "Resource not accessible by integration"} }

// graphQL executes a document over the state.
func (s *Server) graphQL(_ *http.Request, body []byte) answer {
	var in struct {
		Query     string
		Variables map[string]any
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return refuse(http.StatusBadRequest, "Problems parsing JSON")
	}
	doc, err := parser.ParseQuery(&ast.Source{Input: in.Query})
	if err == nil {
		doc, err = s.rules.document(in.Variables, doc)
	}
	if err != nil || len(doc.Operations) != 1 {
		s.t.Errorf("ghtest: GraphQL: %v\n%s", err, in.Query)
		return ok(object{"errors": []object{{"message": fmt.Sprint(err)}}})
	}
	op := doc.Operations[0]
	root := s.query()
	if op.Operation == ast.Mutation {
		root = s.mutations()
	}
	x := &execution{t: s.t, doc: doc, vars: in.Variables}
	out := object{"data": x.object(root, op.SelectionSet, nil)}
	if len(x.errors) > 0 {
		out["errors"] = x.errors
	}
	return ok(out)
}

// execution is one document being answered.
type execution struct {
	t      T
	doc    *ast.QueryDocument
	vars   map[string]any
	errors []object
}

func (x *execution) object(o object, set ast.SelectionSet, path []any) object {
	out := object{}
	for _, sel := range set {
		switch sel := sel.(type) {
		case *ast.Field:
			at := append(slices.Clone(path), sel.Alias)
			out[sel.Alias] = x.value(x.resolve(o, sel), sel, at)
		case *ast.InlineFragment:
			x.merge(out, o, sel.TypeCondition, sel.SelectionSet, path)
		case *ast.FragmentSpread:
			f := x.doc.Fragments.ForName(sel.Name)
			if f == nil {
				x.t.Errorf("ghtest: GraphQL: there is no fragment %s", sel.Name)
				continue
			}
			x.merge(out, o, f.TypeCondition, f.SelectionSet, path)
		}
	}
	return out
}

func (x *execution) merge(out, o object, condition string, set ast.SelectionSet, path []any) {
	name, _ := o["__typename"].(string)
	actor := condition == "Actor" && slices.Contains([]string{"User", "Bot", "Mannequin", "Organization"}, name)
	if name == "" {
		x.t.Errorf("ghtest: GraphQL: a fragment on %s in an object without a type at %v", condition, path)
	}
	if name != condition && !actor {
		return
	}
	maps.Copy(out, x.object(o, set, path))
}

func (x *execution) resolve(o object, f *ast.Field) any {
	v, known := o[f.Name]
	if !known {
		x.t.Errorf("ghtest: GraphQL: %v has no field %s", o["__typename"], f.Name)
	}
	if call, ok := v.(field); ok {
		args := map[string]any{}
		for _, a := range f.Arguments {
			value, err := a.Value.Value(x.vars)
			if err != nil {
				x.t.Errorf("ghtest: GraphQL: %s: %v", f.Name, err)
			}
			args[a.Name] = value
		}
		v = call(args)
	}
	return v
}

func (x *execution) value(v any, f *ast.Field, path []any) any {
	switch v := v.(type) {
	case fault:
		e := object{"message": v.message, "path": path, "locations": []object{{"line": f.Position.Line, "column": 1}}}
		if v.kind != "" {
			e["type"] = v.kind
		}
		x.errors = append(x.errors, e)
		return nil
	case object:
		if v == nil {
			return nil
		}
		return x.object(v, f.SelectionSet, path)
	case []object:
		list := []any{}
		for i, item := range v {
			list = append(list, x.value(item, f, append(slices.Clone(path), i)))
		}
		return list
	}
	if len(f.SelectionSet) > 0 && v != nil {
		x.t.Errorf("ghtest: GraphQL: %s is no object", f.Name)
	}
	if f.Definition != nil {
		if err := conforms(f.Definition.Type, v); err != nil {
			x.t.Errorf("ghtest: GraphQL: %v: %v", path, err)
		}
	}
	return v
}

// connection is a field that gives pages of nodes.
func connection(nodes []object) field {
	return func(args map[string]any) any {
		from, to := 0, len(nodes)
		if after, ok := args["after"].(string); ok {
			from, _ = strconv.Atoi(after)
		}
		if before, ok := args["before"].(string); ok {
			at, _ := strconv.Atoi(before)
			to = min(at-1, to) // the cursor of an entry is its number, from 1
		}
		from = min(from, to)
		first, hasFirst := integer(args["first"])
		last, hasLast := integer(args["last"])
		switch {
		case !hasFirst && !hasLast:
			return fault{"MISSING_PAGINATION_BOUNDARIES", "You must provide a `first` or `last` value to properly paginate the connection."}
		case max(first, last) > maxFirst:
			return fault{"EXCESSIVE_PAGINATION", fmt.Sprintf("Requesting %d records exceeds the `first` limit of 100 records.", max(first, last))}
		case hasFirst:
			to = min(from+first, to)
		default:
			from = max(to-last, from)
		}
		page := object{"__typename": "PageInfo", "hasNextPage": to < len(nodes), "endCursor": nil, "hasPreviousPage": from > 0, "startCursor": nil}
		if to > from {
			page["startCursor"], page["endCursor"] = strconv.Itoa(from+1), strconv.Itoa(to)
		}
		return object{"__typename": "Connection", "totalCount": len(nodes), "nodes": nodes[from:to], "pageInfo": page}
	}
}

func integer(v any) (int, bool) {
	switch v := v.(type) {
	case int64:
		return int(v), true
	case float64:
		return int(v), true
	}
	return 0, false
}
