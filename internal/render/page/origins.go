package page

import (
	"slices"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// reportOrigins bounds the origins of one finding; its facts name them all.
const reportOrigins = 5

// origins returns where the facts behind a finding are from, each once. Facts
// that are not there have the basis missing.
func (p *filesPage) origins(facts []evidence.Ref) []evidence.Origin {
	if len(facts) == 0 {
		return []evidence.Origin{{Basis: evidence.Missing}}
	}
	var all []evidence.Origin
	for _, place := range facts {
		for _, o := range p.originsOf(place) {
			if !slices.Contains(all, o) && len(all) < reportOrigins {
				all = append(all, o)
			}
		}
	}
	return all
}

// originsOf finds the origins of what a place in the record holds: of an entry of
// a list, of all entries, or of the one thing of its name.
func (p *filesPage) originsOf(place evidence.Ref) []evidence.Origin {
	list := p.originList(place.List())
	if i, ok := place.Index(); ok && !list.single {
		if i >= list.n {
			return nil
		}
		return []evidence.Origin{list.at(i)}
	}
	return p.distinct(place.List(), list)
}

// distinct returns the origins in a list, each once and a few of them.
func (p *filesPage) distinct(name evidence.List, list originList) []evidence.Origin {
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

func (p *filesPage) originList(name evidence.List) originList {
	r := p.Record
	switch name {
	case evidence.ListRun:
		return originsIf(r.Run, func(x *evidence.WorkflowRun) evidence.Origin { return x.Origin })
	case evidence.ListPullRequest:
		return originsIf(r.PullRequest, func(x *evidence.PullRequest) evidence.Origin { return x.Origin })
	case evidence.ListCarryOver:
		return originsIf(r.CarryOver, func(x *evidence.CarryOver) evidence.Origin { return x.Origin })
	case evidence.ListChecks:
		return originsIn(r.Checks, func(x *evidence.Check) evidence.Origin { return x.Origin })
	case evidence.ListOwnChecks:
		return originsIn(r.OwnChecks, func(x *evidence.Check) evidence.Origin { return x.Origin })
	case evidence.ListClaims:
		return originsIn(r.Claims, func(x *evidence.Claim) evidence.Origin { return x.Origin })
	case evidence.ListClaimSources:
		return originsIn(r.ClaimSources, func(x *evidence.ClaimSource) evidence.Origin { return x.Origin })
	case evidence.ListCommits:
		return originsIn(r.Commits, func(x *evidence.Commit) evidence.Origin { return x.Origin })
	case evidence.ListCoverage:
		return originsIn(r.Coverage, func(x *evidence.Coverage) evidence.Origin { return x.Origin })
	case evidence.ListFiles:
		return originsIn(r.Files, func(x *evidence.File) evidence.Origin { return x.Origin })
	case evidence.ListGaps:
		return originsIn(r.Gaps, func(x *evidence.Gap) evidence.Origin { return x.Origin })
	case evidence.ListHeads:
		return originsIn(r.Heads, func(x *evidence.Head) evidence.Origin { return x.Origin })
	case evidence.ListInputs:
		return originsIn(r.Inputs, func(x *evidence.Input) evidence.Origin { return x.Origin })
	case evidence.ListMentions:
		return originsIn(r.Mentions, func(x *evidence.Mention) evidence.Origin { return x.Origin })
	case evidence.ListReviews:
		return originsIn(r.Reviews, func(x *evidence.Review) evidence.Origin { return x.Origin })
	case evidence.ListRules:
		return originsIn(r.Rules, func(x *evidence.RuleFile) evidence.Origin { return x.Origin })
	case evidence.ListScans:
		return originsIn(r.Scans, func(x *evidence.Scan) evidence.Origin { return x.Origin })
	case evidence.ListSecrets:
		return originsIn(r.Secrets, func(x *evidence.Secret) evidence.Origin { return x.Origin })
	case evidence.ListSessions:
		return originsIn(r.Sessions, func(x *evidence.Session) evidence.Origin { return x.Origin })
	case evidence.ListSuites:
		return originsIn(r.Suites, func(x *evidence.Suite) evidence.Origin { return x.Origin })
	case evidence.ListTickets:
		return originsIn(r.Tickets, func(x *evidence.Ticket) evidence.Origin { return x.Origin })
	}
	return originList{}
}
