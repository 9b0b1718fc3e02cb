package correlate

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// fromFiles reports whether a fact was read in a file that may be gone when the next
// run looks: in the workspace of a job, or in an artifact. All else is asked again.
func fromFiles(o evidence.Origin) bool {
	return o.Class == evidence.FromWorkspace || o.Class == evidence.FromArtifact
}

// Earlier returns what an earlier record of a head knew from files, as reported by
// that record. by is the address of the run that made it. What that record had from
// another one before stays that one's.
func Earlier(rec *evidence.Record, by string) evidence.Fragment {
	aged := func(o evidence.Origin) evidence.Origin {
		o.Basis, o.Confirmed, o.RecordedBy = evidence.Weakest(o.Basis, evidence.Reported), "", cmp.Or(o.RecordedBy, by)
		return o
	}
	f := evidence.Fragment{
		Inputs:       ofFiles(rec.Inputs, func(x *evidence.Input) *evidence.Origin { return &x.Origin }, aged),
		Tickets:      ofFiles(rec.Tickets, func(x *evidence.Ticket) *evidence.Origin { return &x.Origin }, aged),
		Sessions:     ofFiles(rec.Sessions, func(x *evidence.Session) *evidence.Origin { return &x.Origin }, aged),
		Suites:       ofFiles(rec.Suites, func(x *evidence.Suite) *evidence.Origin { return &x.Origin }, aged),
		Scans:        ofFiles(rec.Scans, func(x *evidence.Scan) *evidence.Origin { return &x.Origin }, aged),
		Coverage:     ofFiles(rec.Coverage, func(x *evidence.Coverage) *evidence.Origin { return &x.Origin }, aged),
		Inventories:  ofFiles(rec.Inventories, func(x *evidence.Inventory) *evidence.Origin { return &x.Origin }, aged),
		Claims:       ofFiles(rec.Claims, func(x *evidence.Claim) *evidence.Origin { return &x.Origin }, aged),
		ClaimSources: ofFiles(rec.ClaimSources, func(x *evidence.ClaimSource) *evidence.Origin { return &x.Origin }, aged),
		Gaps:         ofFiles(rec.Gaps, func(x *evidence.Gap) *evidence.Origin { return &x.Origin }, aged),
	}
	f.Tickets = append(f.Tickets, reportedTickets(rec.Tickets, aged)...)
	// A gap that no file left is the other run's, not the head's.
	f.Gaps = slices.DeleteFunc(f.Gaps, func(g evidence.Gap) bool { return g.Origin.URI == "" })
	f.Distrust() // also what has a grade of its own, as an approval
	return f
}

// reportedTickets returns what files said of tickets that are better known otherwise:
// it stands beside those, with the approval that nothing better told of.
func reportedTickets(list []evidence.Ticket, aged func(evidence.Origin) evidence.Origin) (out []evidence.Ticket) {
	for _, t := range list {
		if fromFiles(t.Origin) {
			continue
		}
		approval := t.Approval
		for _, r := range t.Reports {
			if !fromFiles(r.Origin) {
				continue
			}
			one := evidence.Ticket{
				Origin: aged(r.Origin), Key: t.Key, URL: t.URL, FoundBy: evidence.FoundByManifest, Requester: r.Requester, Repository: r.Repository, Type: r.Type, Priority: r.Priority,
			}
			if approval != nil && !approval.Basis.Certain() {
				one.Approval, approval = approval, nil
			}
			out = append(out, one)
		}
	}
	return out
}

// ofFiles returns the facts that are from files, with their new origins.
func ofFiles[T any](list []T, origin func(*T) *evidence.Origin, aged func(evidence.Origin) evidence.Origin) (out []T) {
	for _, x := range list {
		if o := origin(&x); fromFiles(*o) {
			*o = aged(*o)
			out = append(out, x)
		}
	}
	return out
}

// recall leaves of what earlier records knew what this run did not find again.
func recall(f *evidence.Fragment) {
	before := evidence.Fragment{
		Inputs:       takeOut(&f.Inputs, func(x *evidence.Input) evidence.Origin { return x.Origin }),
		Tickets:      takeOut(&f.Tickets, func(x *evidence.Ticket) evidence.Origin { return x.Origin }),
		Sessions:     takeOut(&f.Sessions, func(x *evidence.Session) evidence.Origin { return x.Origin }),
		Suites:       takeOut(&f.Suites, func(x *evidence.Suite) evidence.Origin { return x.Origin }),
		Scans:        takeOut(&f.Scans, func(x *evidence.Scan) evidence.Origin { return x.Origin }),
		Coverage:     takeOut(&f.Coverage, func(x *evidence.Coverage) evidence.Origin { return x.Origin }),
		Inventories:  takeOut(&f.Inventories, func(x *evidence.Inventory) evidence.Origin { return x.Origin }),
		Claims:       takeOut(&f.Claims, func(x *evidence.Claim) evidence.Origin { return x.Origin }),
		ClaimSources: takeOut(&f.ClaimSources, func(x *evidence.ClaimSource) evidence.Origin { return x.Origin }),
		Gaps:         takeOut(&f.Gaps, func(x *evidence.Gap) evidence.Origin { return x.Origin }),
	}
	Remember(f, before)
}

// takeOut takes the facts that another run recorded out of a list.
func takeOut[T any](list *[]T, origin func(*T) evidence.Origin) (before []T) {
	if !slices.ContainsFunc(*list, func(x T) bool { return origin(&x).RecordedBy != "" }) {
		return nil
	}
	var now []T
	for _, x := range *list {
		if origin(&x).RecordedBy != "" {
			before = append(before, x)
		} else {
			now = append(now, x)
		}
	}
	*list = now
	return before
}

// Remember adds to f what an earlier record, of [Earlier], knew and f does not have.
// A file of the same bytes is there already; one of the same name was replaced, which
// its input says; and so is a session of the same agent and id.
func Remember(f *evidence.Fragment, before evidence.Fragment) {
	known := newFound(f)
	taken := map[source]bool{}
	for _, in := range before.Inputs {
		at := sourceOf(in.Origin)
		if known.sources[at] || known.digests[in.Origin.Digest] {
			continue
		}
		if known.paths[in.Path] && in.Status != evidence.Recognised {
			in.Detail = fmt.Sprintf("read by %s; a later file of this name replaced it%s", in.Origin.RecordedBy, failedIn(&before, in.Origin))
			in.Status = evidence.Recognised
		} else {
			taken[at] = true
			in.Detail = cmp.Or(in.Detail, "read by "+in.Origin.RecordedBy+"; it was not there again")
		}
		f.Inputs = append(f.Inputs, in)
	}
	f.Suites = append(f.Suites, taking(before.Suites, taken, func(x *evidence.Suite) evidence.Origin { return x.Origin })...)
	f.Scans = append(f.Scans, taking(before.Scans, taken, func(x *evidence.Scan) evidence.Origin { return x.Origin })...)
	f.Coverage = append(f.Coverage, taking(before.Coverage, taken, func(x *evidence.Coverage) evidence.Origin { return x.Origin })...)
	f.Inventories = append(f.Inventories, taking(before.Inventories, taken, func(x *evidence.Inventory) evidence.Origin { return x.Origin })...)
	f.Tickets = append(f.Tickets, taking(before.Tickets, taken, func(x *evidence.Ticket) evidence.Origin { return x.Origin })...)
	f.ClaimSources = append(f.ClaimSources, taking(before.ClaimSources, taken, func(x *evidence.ClaimSource) evidence.Origin { return x.Origin })...)
	f.Gaps = append(f.Gaps, taking(before.Gaps, taken, func(x *evidence.Gap) evidence.Origin { return x.Origin })...)
	for _, s := range before.Sessions {
		key := sessionKey{s.Key(), s.SubagentID}
		if s.ID != "" && known.sessions[key] || s.ID == "" && !taken[sourceOf(s.Origin)] {
			taken[sourceOf(s.Origin)] = false
			continue
		}
		known.sessions[key] = true
		taken[sourceOf(s.Origin)] = true
		f.Sessions = append(f.Sessions, s)
	}
	f.Claims = append(f.Claims, taking(before.Claims, taken, func(x *evidence.Claim) evidence.Origin { return x.Origin })...)
}

// taking returns the facts of the sources that are taken.
func taking[T any](list []T, taken map[source]bool, origin func(*T) evidence.Origin) (out []T) {
	for _, x := range list {
		if taken[sourceOf(origin(&x))] {
			out = append(out, x)
		}
	}
	return out
}

// source is where a fact was read.
type source struct{ uri, digest string }

func sourceOf(o evidence.Origin) source { return source{o.URI, o.Digest} }

type sessionKey struct {
	evidence.SessionKey
	subagent string
}

// found is what is there: where it was read, under which names, and the sessions.
type found struct {
	sources        map[source]bool
	digests, paths map[string]bool
	sessions       map[sessionKey]bool
}

func newFound(f *evidence.Fragment) found {
	now := found{map[source]bool{}, map[string]bool{}, map[string]bool{}, map[sessionKey]bool{}}
	for _, in := range f.Inputs {
		now.sources[sourceOf(in.Origin)], now.paths[in.Path] = true, true
		if in.Origin.Digest != "" {
			now.digests[in.Origin.Digest] = true
		}
	}
	for i := range f.Sessions {
		if s := &f.Sessions[i]; s.ID != "" {
			now.sessions[sessionKey{s.Key(), s.SubagentID}] = true
		}
	}
	return now
}

// failedIn says what failed in a file that was replaced, so that it is not lost.
func failedIn(f *evidence.Fragment, o evidence.Origin) string {
	cases, results := 0, 0
	for i := range f.Suites {
		if f.Suites[i].Origin == o {
			cases += f.Suites[i].Counts.Bad() + f.Suites[i].BrokenParts()
		}
	}
	for i := range f.Scans {
		if f.Scans[i].Origin == o {
			results += f.Scans[i].Counts.Error
		}
	}
	text := ""
	if cases > 0 {
		text += fmt.Sprintf("; %d tests or parts of the run had failed in it", cases)
	}
	if results > 0 {
		text += fmt.Sprintf("; it had %d errors", results)
	}
	return text
}
