package render

import (
	"slices"
	"strconv"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// reportOrigins bounds the origins of one finding; its facts name them all.
const reportOrigins = 5

// origins returns where the facts behind a finding are from, each once. Facts
// that are not there have the basis missing.
func (p *filesPage) origins(facts []string) []evidence.Origin {
	if len(facts) == 0 {
		return []evidence.Origin{{Basis: evidence.Missing}}
	}
	var all []evidence.Origin
	for _, pointer := range facts {
		for _, o := range p.originsOf(pointer) {
			if !slices.Contains(all, o) && len(all) < reportOrigins {
				all = append(all, o)
			}
		}
	}
	return all
}

// originsOf finds the origins of what a pointer into the record leads to: an
// entry of a list, all of them, or the one thing of its name.
func (p *filesPage) originsOf(pointer string) []evidence.Origin {
	parts := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	list := p.originList(parts[0])
	if len(parts) > 1 && !list.single {
		if i, err := strconv.Atoi(parts[1]); err == nil {
			if i < 0 || i >= list.n {
				return nil
			}
			return []evidence.Origin{list.at(i)}
		}
	}
	return p.distinct(parts[0], list)
}

// distinct returns the origins in a list, each once and a few of them.
func (p *filesPage) distinct(name string, list originList) []evidence.Origin {
	if all, known := p.listed[name]; known {
		return all
	}
	var all []evidence.Origin
	for i := 0; i < list.n && len(all) < reportOrigins; i++ {
		if o := list.at(i); !slices.Contains(all, o) {
			all = append(all, o)
		}
	}
	if len(all) == 0 {
		all = []evidence.Origin{{Basis: evidence.Missing}}
	}
	p.listed[name] = all
	return all
}

// originList are the origins of the entries of a list of the record, or of a
// single thing.
type originList struct {
	n      int
	at     func(int) evidence.Origin
	single bool
}

func originsIn[T any](all []T, origin func(*T) evidence.Origin) originList {
	return originList{n: len(all), at: func(i int) evidence.Origin { return origin(&all[i]) }}
}

func originsIf[T any](one *T, origin func(*T) evidence.Origin) originList {
	if one == nil {
		return originList{single: true}
	}
	return originList{n: 1, at: func(int) evidence.Origin { return origin(one) }, single: true}
}

func (p *filesPage) originList(name string) originList {
	r := p.record
	switch name {
	case "run":
		return originsIf(r.Run, func(x *evidence.WorkflowRun) evidence.Origin { return x.Origin })
	case "pullRequest":
		return originsIf(r.PullRequest, func(x *evidence.PullRequest) evidence.Origin { return x.Origin })
	case "carryOver":
		return originsIf(r.CarryOver, func(x *evidence.CarryOver) evidence.Origin { return x.Origin })
	case "checks":
		return originsIn(r.Checks, func(x *evidence.Check) evidence.Origin { return x.Origin })
	case "claims":
		return originsIn(r.Claims, func(x *evidence.Claim) evidence.Origin { return x.Origin })
	case "claimSources":
		return originsIn(r.ClaimSources, func(x *evidence.ClaimSource) evidence.Origin { return x.Origin })
	case "commits":
		return originsIn(r.Commits, func(x *evidence.Commit) evidence.Origin { return x.Origin })
	case "coverage":
		return originsIn(r.Coverage, func(x *evidence.Coverage) evidence.Origin { return x.Origin })
	case "files":
		return originsIn(r.Files, func(x *evidence.File) evidence.Origin { return x.Origin })
	case "gaps":
		return originsIn(r.Gaps, func(x *evidence.Gap) evidence.Origin { return x.Origin })
	case "heads":
		return originsIn(r.Heads, func(x *evidence.Head) evidence.Origin { return x.Origin })
	case "inputs":
		return originsIn(r.Inputs, func(x *evidence.Input) evidence.Origin { return x.Origin })
	case "mentions":
		return originsIn(r.Mentions, func(x *evidence.Mention) evidence.Origin { return x.Origin })
	case "reviews":
		return originsIn(r.Reviews, func(x *evidence.Review) evidence.Origin { return x.Origin })
	case "rules":
		return originsIn(r.Rules, func(x *evidence.RuleFile) evidence.Origin { return x.Origin })
	case "scans":
		return originsIn(r.Scans, func(x *evidence.Scan) evidence.Origin { return x.Origin })
	case "secrets":
		return originsIn(r.Secrets, func(x *evidence.Secret) evidence.Origin { return x.Origin })
	case "sessions":
		return originsIn(r.Sessions, func(x *evidence.Session) evidence.Origin { return x.Origin })
	case "suites":
		return originsIn(r.Suites, func(x *evidence.Suite) evidence.Origin { return x.Origin })
	case "tickets":
		return originsIn(r.Tickets, func(x *evidence.Ticket) evidence.Origin { return x.Origin })
	}
	return originList{}
}
