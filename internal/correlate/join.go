// Package correlate joins the facts of several sources: which session made which
// commit and wrote which lines, which files are attempts at the same tests, what a
// report's path means in the repository, and in whose name an agent acted.
//
// It hides how much has to agree before two facts are taken to be about one thing.
// It promises that a join says by what it was made, that what could be chance joins
// nothing, and that the order of files makes no difference. It is pure.
package correlate

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format/agentlog"
	"github.com/mergebrief/mergebrief/internal/sessionnote"
)

// Join brings the facts of several sources together in one record, in place.
func Join(rec *evidence.Record) {
	recall(&rec.Fragment)
	dropCopies(&rec.Fragment)
	rec.Tickets = joinTickets(rec.Tickets)
	JoinRecorded(&rec.Fragment)
	rec.Sessions = agentlog.Join(rec.Sessions)
	nameRuns(rec)
	rec.Suites = joinReruns(rec.Suites)
	confirmSuites(rec)
	locate(&rec.Fragment)
	rec.Claims = append(rec.Claims, TranscriptClaims(rec.Sessions, rec.Files, rec.Target.Head)...)
	rec.Gaps = append(rec.Gaps, joinSessions(rec)...)
	rec.Acting = acting(rec)
}

// nameRuns gives claims about a run the id under which the record has the run.
func nameRuns(rec *evidence.Record) {
	for i := range rec.Sessions {
		s := &rec.Sessions[i]
		for k := range rec.Claims {
			if c := &rec.Claims[k]; len(s.Continued) > 0 && c.Agent == s.Agent && s.Named(c.Session) {
				c.Session = s.ID
			}
		}
	}
}

// dropCopies keeps the facts of a file once, however often the same bytes were
// found: a report lies in the workspace and in an artifact, or in the artifacts
// of two attempts. The copies stay among the inputs and say whose they are.
func dropCopies(f *evidence.Fragment) {
	first := map[string]string{}
	for i := range f.Inputs {
		in := &f.Inputs[i]
		digest := in.Origin.Digest
		if digest == "" || in.Bytes == 0 {
			continue
		}
		if path, seen := first[digest]; !seen {
			first[digest] = in.Origin.URI
		} else if in.Detail == "" {
			in.Detail = "the same bytes as " + path + ", counted there"
		}
	}
	copied := func(o evidence.Origin) bool {
		path, known := first[o.Digest]
		return known && o.URI != path
	}
	f.Suites = slices.DeleteFunc(f.Suites, func(x evidence.Suite) bool { return copied(x.Origin) })
	f.Scans = slices.DeleteFunc(f.Scans, func(x evidence.Scan) bool { return copied(x.Origin) })
	f.Coverage = slices.DeleteFunc(f.Coverage, func(x evidence.Coverage) bool { return copied(x.Origin) })
	f.Inventories = slices.DeleteFunc(f.Inventories, func(x evidence.Inventory) bool { return copied(x.Origin) })
	f.Sessions = slices.DeleteFunc(f.Sessions, func(x evidence.Session) bool { return copied(x.Origin) })
	f.Claims = slices.DeleteFunc(f.Claims, func(x evidence.Claim) bool { return copied(x.Origin) })
	f.Tickets = slices.DeleteFunc(f.Tickets, func(x evidence.Ticket) bool { return copied(x.Origin) })
}

// joinTickets makes one ticket of those that have the same key and do not have
// different addresses: GitHub describes it, and a manifest says who approved it.
// The best known one stays. One that is known as well fills in what it lacks; what a
// weaker one says stands beside it with its own origin, as the approval does.
func joinTickets(list []evidence.Ticket) []evidence.Ticket {
	var out []evidence.Ticket
	for _, t := range list {
		i := slices.IndexFunc(out, func(o evidence.Ticket) bool {
			return o.Key == t.Key && (o.URL == t.URL || o.URL == "" || t.URL == "")
		})
		if i < 0 {
			out = append(out, t)
			continue
		}
		have := &out[i]
		if have.Origin.Basis.Weaker(t.Origin.Basis) {
			*have, t = t, *have
		}
		if have.Approval == nil {
			have.Approval = t.Approval
		}
		have.Reports = append(have.Reports, t.Reports...)
		if t.Origin.Basis.Weaker(have.Origin.Basis) {
			if r := (evidence.TicketReport{Origin: t.Origin, Requester: t.Requester, Repository: t.Repository, Type: t.Type, Priority: t.Priority}); r.Says() {
				have.Reports = append(have.Reports, r)
			}
			continue
		}
		have.Origin = have.Origin.With(t.Origin)
		if len(have.Criteria) == 0 {
			have.Criteria = t.Criteria
		}
		if have.Priority == "" {
			have.Priority, have.PriorityLabel = t.Priority, t.PriorityLabel
		}
		have.URL, have.Requester = cmp.Or(have.URL, t.URL), cmp.Or(have.Requester, t.Requester)
		have.Type, have.Repository = cmp.Or(have.Type, t.Type), cmp.Or(have.Repository, t.Repository)
	}
	return out
}

// JoinRecorded makes one session of the copies in several records, and compares
// the lines that records claim with those of the change.
func JoinRecorded(f *evidence.Fragment) {
	f.Sessions = sessionnote.Once(f.Sessions)
	var other map[string]int
	f.Claims, other = sessionnote.Confirm(f.Claims, f.Files)
	for _, commit := range slices.Sorted(maps.Keys(other)) {
		g := evidence.MissingGap("record", "recorded lines of commit "+commit, evidence.Unreadable,
			fmt.Sprintf("%d lines are not as the record has them; the session is not taken for their author", other[commit]))
		g.Hint = "run mergebrief record again where the agent worked"
		f.Gaps = append(f.Gaps, g)
	}
}
