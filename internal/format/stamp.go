package format

import (
	"github.com/mergebrief/mergebrief/internal/agents"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

// stamp gives each fact of the fragment the origin. Gaps that a decoder found
// stay missing, with their reason.
func stamp(f *evidence.Fragment, o evidence.Origin) {
	each(f.Tickets, o, func(t *evidence.Ticket) *evidence.Origin { return &t.Origin })
	each(f.Sessions, o, func(s *evidence.Session) *evidence.Origin { return &s.Origin })
	each(f.Suites, o, func(s *evidence.Suite) *evidence.Origin { return &s.Origin })
	each(f.Scans, o, func(s *evidence.Scan) *evidence.Origin { return &s.Origin })
	each(f.Coverage, o, func(c *evidence.Coverage) *evidence.Origin { return &c.Origin })
	each(f.Inventories, o, func(i *evidence.Inventory) *evidence.Origin { return &i.Origin })
	each(f.Claims, o, func(c *evidence.Claim) *evidence.Origin { return &c.Origin })
	each(f.ClaimSources, o, func(c *evidence.ClaimSource) *evidence.Origin { return &c.Origin })
	for i := range f.Gaps {
		g := &f.Gaps[i].Origin
		g.Basis, g.Source, g.URI, g.Digest = evidence.Missing, o.Source, o.URI, o.Digest
	}
}

func each[T any](all []T, o evidence.Origin, origin func(*T) *evidence.Origin) {
	for i := range all {
		*origin(&all[i]) = o
	}
}

// nameAgents puts the keys of agents in the place of what the file calls them, so
// that all that is known of one agent meets under one word.
func nameAgents(f *evidence.Fragment) {
	table := agents.Known()
	for i := range f.Sessions {
		f.Sessions[i].Agent = table.Key(f.Sessions[i].Agent)
	}
	for i := range f.Claims {
		f.Claims[i].Agent = table.Key(f.Claims[i].Agent)
	}
	for i := range f.ClaimSources {
		f.ClaimSources[i].Agent = table.Key(f.ClaimSources[i].Agent)
	}
}

// empty reports whether the fragment has no facts. Gaps are none.
func empty(f *evidence.Fragment) bool {
	return len(f.Tickets)+len(f.Sessions)+len(f.Suites)+len(f.Scans)+len(f.Coverage)+
		len(f.Inventories)+len(f.Claims)+len(f.ClaimSources) == 0
}
