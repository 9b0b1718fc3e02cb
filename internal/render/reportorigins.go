package render

import (
	"slices"
	"strconv"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// reportOrigins bounds the origins of one finding; its facts name them all.
const reportOrigins = 5

// origins returns where the facts behind a finding are from, each once.
func (v *view) origins(facts []string) []evidence.Origin {
	var all []evidence.Origin
	for _, pointer := range facts {
		o, ok := v.originOf(pointer)
		if ok && !slices.Contains(all, o) && len(all) < reportOrigins {
			all = append(all, o)
		}
	}
	return all
}

// originOf finds the origin of the fact that a pointer into the record leads to:
// that of the entry of a list, or of the pull request.
func (v *view) originOf(pointer string) (evidence.Origin, bool) {
	parts := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	if parts[0] == "pullRequest" && v.record.PullRequest != nil {
		return v.record.PullRequest.Origin, true
	}
	if len(parts) < 2 {
		return evidence.Origin{}, false
	}
	i, err := strconv.Atoi(parts[1])
	if err != nil || i < 0 {
		return evidence.Origin{}, false
	}
	r := v.record
	switch parts[0] {
	case "checks":
		return at(r.Checks, i, func(x *evidence.Check) evidence.Origin { return x.Origin })
	case "suites":
		return at(r.Suites, i, func(x *evidence.Suite) evidence.Origin { return x.Origin })
	case "scans":
		return at(r.Scans, i, func(x *evidence.Scan) evidence.Origin { return x.Origin })
	case "sessions":
		return at(r.Sessions, i, func(x *evidence.Session) evidence.Origin { return x.Origin })
	case "files":
		return at(r.Files, i, func(x *evidence.File) evidence.Origin { return x.Origin })
	case "commits":
		return at(r.Commits, i, func(x *evidence.Commit) evidence.Origin { return x.Origin })
	case "tickets":
		return at(r.Tickets, i, func(x *evidence.Ticket) evidence.Origin { return x.Origin })
	case "reviews":
		return at(r.Reviews, i, func(x *evidence.Review) evidence.Origin { return x.Origin })
	case "rules":
		return at(r.Rules, i, func(x *evidence.RuleFile) evidence.Origin { return x.Origin })
	case "heads":
		return at(r.Heads, i, func(x *evidence.Head) evidence.Origin { return x.Origin })
	case "inputs":
		return at(r.Inputs, i, func(x *evidence.Input) evidence.Origin { return x.Origin })
	case "secrets":
		return at(r.Secrets, i, func(x *evidence.Secret) evidence.Origin { return x.Origin })
	}
	return evidence.Origin{}, false
}

func at[T any](all []T, i int, origin func(*T) evidence.Origin) (evidence.Origin, bool) {
	if i >= len(all) {
		return evidence.Origin{}, false
	}
	return origin(&all[i]), true
}
