package assess

import (
	"path"
	"regexp"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// classes are the validations that a policy can ask for.
func classes() []string {
	return []string{string(evidence.ClassTest), string(evidence.ClassLint), string(evidence.ClassBuild), string(evidence.ClassTypecheck), string(evidence.ClassFormat)}
}

// requiredChecks reads names, and mappings that also say whose the check has to be.
func (r *policyReader) requiredChecks(n ast.Node) {
	r.items(n, "checks.required", func(item ast.Node) {
		var c RequiredCheck
		switch item.(type) {
		case *ast.MappingNode, *ast.MappingValueNode:
			r.mapping(item, "a required check", field{"name", r.text(&c.Name, "name")}, field{"workflow", r.text(&c.Workflow, "workflow")}, field{"app", r.text(&c.App, "app")})
		default:
			r.text(&c.Name, "each of checks.required")(item)
		}
		switch {
		case c.Name == "":
			r.problem(item, "a required check has a name")
		case c.Workflow != "" && (!strings.Contains(c.Workflow, "/") || path.Clean(c.Workflow) != c.Workflow || path.IsAbs(c.Workflow)):
			r.problem(item, "%q is no path of a workflow, such as .github/workflows/ci.yml", c.Workflow)
		}
		r.policy.RequiredChecks = append(r.policy.RequiredChecks, c)
	})
}

func (r *policyReader) validation(n ast.Node) {
	r.mapping(n, "validation", field{"required", func(n ast.Node) {
		r.items(n, "validation.required", func(item ast.Node) {
			var q ValidationRequirement
			r.mapping(item, "a required validation",
				field{"kinds", func(n ast.Node) {
					r.items(n, "kinds", func(one ast.Node) {
						var class string
						r.word(&class, "kinds", classes()...)(one)
						q.Classes = append(q.Classes, evidence.CommandClass(class))
					})
				}},
				field{"paths", r.patterns(&q.Paths, "paths")}, field{"labels", r.texts(&q.Labels, "labels")})
			if len(q.Classes) == 0 {
				r.problem(item, "a required validation has kinds")
			}
			r.policy.RequiredValidation = append(r.policy.RequiredValidation, q)
		})
	}})
}

func (r *policyReader) reviews(n ast.Node) {
	var approvals float64
	v := &r.policy.Reviews
	r.mapping(n, "reviews",
		field{"approvals", r.number(&approvals, "reviews.approvals")}, field{"allow-stale", r.truth(&v.AllowStale, "reviews.allow-stale")},
		field{"except-requester", r.truth(&v.ExceptRequester, "reviews.except-requester")}, field{"except-operator", r.truth(&v.ExceptOperator, "reviews.except-operator")})
	v.Approvals = int(approvals)
}

func (r *policyReader) tickets(n ast.Node) {
	r.mapping(n, "tickets",
		field{"approval-labels", r.texts(&r.policy.ApprovalLabels, "tickets.approval-labels")},
		field{"priority", func(n ast.Node) {
			r.entries(n, "tickets.priority", func(name string, _, v ast.Node) {
				x := Priority{Name: name}
				r.texts(&x.Labels, "tickets.priority")(v)
				r.policy.Priorities = append(r.policy.Priorities, x)
			})
		}},
		field{"trackers", func(n ast.Node) {
			r.items(n, "tickets.trackers", func(item ast.Node) {
				var t Tracker
				r.mapping(item, "a tracker", field{"pattern", r.text(&t.Pattern, "pattern")}, field{"url", r.text(&t.URL, "url")})
				_, err := regexp.Compile(t.Pattern)
				switch {
				case t.Pattern == "":
					r.problem(item, "a tracker has a pattern")
				case err != nil:
					r.problem(item, "%q is no regular expression: %s", t.Pattern, strings.TrimPrefix(err.Error(), "error parsing regexp: "))
				case t.URL != "" && !strings.HasPrefix(t.URL, "https://") && !strings.HasPrefix(t.URL, "http://"):
					r.problem(item, "%q is no address", t.URL)
				}
				r.policy.Trackers = append(r.policy.Trackers, t)
			})
		}})
}
