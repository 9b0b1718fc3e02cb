package assess

import (
	"slices"

	"github.com/mergebrief/mergebrief/internal/commandline"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

var networkOutside = Rule{
	ID: "network-outside", Level: evidence.LevelWarning,
	Sees:   "Hosts that an agent reached although they are not among the allowed ones, and hosts that it was kept from.",
	Why:    "What comes in from outside can change what an agent does, and what goes out is gone.",
	Accept: "Allow the host in the policy or in the agent's settings.",
	check: func(f *facts) []found {
		var all []found
		for i, s := range f.runs() {
			if outside := f.outside(s); len(outside) > 0 {
				all = append(all, found{
					about: s.ID + "\x00used", says: say("network-outside", asNames("hosts", outside)),
					facts: networkFacts(i, s), bases: []evidence.Basis{s.Origin.Basis},
				})
			}
			if blocked := blockedHosts(s); len(blocked) > 0 {
				all = append(all, found{
					about: s.ID + "\x00blocked", says: say("network-outside.blocked", asNames("hosts", blocked)), level: evidence.LevelNote,
					facts: []evidence.Ref{evidence.RefTo(evidence.ListSessions, i).AllIn(evidence.ListBoundaries)}, bases: []evidence.Basis{s.Origin.Basis},
				})
			}
		}
		return all
	},
}

func networkFacts(i int, s *evidence.Session) []evidence.Ref {
	var facts []evidence.Ref
	if len(s.External) > 0 {
		facts = append(facts, evidence.RefTo(evidence.ListSessions, i).AllIn(evidence.ListExternal))
	}
	if slices.ContainsFunc(s.Drift, func(d evidence.Drift) bool { return d.Kind == evidence.DriftHost }) {
		facts = append(facts, evidence.RefTo(evidence.ListSessions, i).AllIn(evidence.ListDrift))
	}
	return facts
}

// outside returns the hosts of URLs that a session used beyond the allowed
// ones. Without a list, nothing is outside.
func (f *facts) outside(s *evidence.Session) []string {
	allowed := slices.Clone(f.policy.AllowedHosts)
	var outside []string
	for _, d := range s.Drift {
		if d.Kind == evidence.DriftHost && !slices.ContainsFunc(allowed, func(a string) bool { return commandline.AllowsHost(a, d.Name) }) {
			outside = append(outside, d.Name)
		}
	}
	for _, b := range s.Boundaries {
		allowed = append(allowed, b.AllowedHosts...)
	}
	if len(allowed) == 0 {
		return outside
	}
	kept := blockedHosts(s)
	for _, m := range s.Unavailable {
		kept = append(kept, m.Name) // asked for, and not reached
	}
	for _, e := range s.External {
		if e.Kind == evidence.ExternalURL && !slices.Contains(outside, e.Name) && !slices.Contains(kept, e.Name) && !slices.ContainsFunc(allowed, func(a string) bool { return commandline.AllowsHost(a, e.Name) }) {
			outside = append(outside, e.Name)
		}
	}
	return outside
}

func blockedHosts(s *evidence.Session) []string {
	var all []string
	for _, b := range s.Boundaries {
		for _, h := range b.BlockedHosts {
			if !slices.Contains(all, h) {
				all = append(all, h)
			}
		}
	}
	return all
}
