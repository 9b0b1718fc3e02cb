package gather

import (
	"slices"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// join brings the facts of several sources together, in place.
func join(rec *evidence.Record) {
	dropCopies(&rec.Fragment)
	rec.Claims = append(rec.Claims, contentClaims(rec.Sessions, rec.Files, rec.Target.Head)...)
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
