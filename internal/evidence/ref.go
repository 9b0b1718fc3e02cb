package evidence

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
)

// List names a list of the record by its JSON field, or a part of it of which
// there is only one. A later version may have others.
type List string

// The lists of the record.
const (
	ListActing       List = "acting"
	ListCarryOver    List = "carryOver"
	ListChecks       List = "checks"
	ListClaims       List = "claims"
	ListClaimSources List = "claimSources"
	ListCommits      List = "commits"
	ListCoverage     List = "coverage"
	ListFiles        List = "files"
	ListGaps         List = "gaps"
	ListHeads        List = "heads"
	ListInputs       List = "inputs"
	ListInventories  List = "inventories"
	ListMentions     List = "mentions"
	ListOwnChecks    List = "ownChecks"
	ListPullRequest  List = "pullRequest"
	ListReviews      List = "reviews"
	ListRules        List = "rules"
	ListRun          List = "run"
	ListScans        List = "scans"
	ListSecrets      List = "secrets"
	ListSessions     List = "sessions"
	ListSuites       List = "suites"
	ListTickets      List = "tickets"
	ListWhole        List = "whole"
)

// The lists within an entry of those.
const (
	ListBoundaries        List = "boundaries"
	ListCommands          List = "commands"
	ListCompactions       List = "compactions"
	ListCriteria          List = "criteria"
	ListDenied            List = "denied"
	ListDrift             List = "drift"
	ListEdits             List = "edits"
	ListExternal          List = "external"
	ListFilesRead         List = "filesRead"
	ListFreshness         List = "freshness"
	ListHeadTree          List = "headTree"
	ListMerge             List = "merge"
	ListRepairs           List = "repairs"
	ListRequiredChecks    List = "requiredChecks"
	ListResults           List = "results"
	ListSameHead          List = "sameHead"
	ListStatements        List = "statements"
	ListUnavailable       List = "unavailable"
	ListUnresolvedThreads List = "unresolvedThreads"
	ListUsage             List = "usage"
)

// Ref names a place in the record: a list, an entry of it, or a list or an entry
// within that. As text it is a JSON pointer (RFC 6901), such as
// "/sessions/0/commands/3". The zero value names the record itself. Refs can be
// compared.
type Ref struct {
	outer, inner step
}

// step is a list and the number of an entry counted from one, or zero for the
// whole list.
type step struct {
	list  List
	entry int
}

// RefTo names the entry of a list that has index i.
func RefTo(l List, i int) Ref { return Ref{outer: step{l, i + 1}} }

// RefToAll names a whole list, or the one thing of its name.
func RefToAll(l List) Ref { return Ref{outer: step{l, 0}} }

// In names an entry of a list within the place r.
func (r Ref) In(l List, i int) Ref { return Ref{r.outer, step{l, i + 1}} }

// AllIn names a whole list within the place r.
func (r Ref) AllIn(l List) Ref { return Ref{r.outer, step{l, 0}} }

// List returns the list of the record that the place is in.
func (r Ref) List() List { return r.outer.list }

// Index returns the index of the entry of [Ref.List] that the place is in; false
// when the place is no entry.
func (r Ref) Index() (int, bool) { return r.outer.entry - 1, r.outer.entry > 0 }

// Entry returns the index when the place is an entry of a list, and not something
// within one.
func (r Ref) Entry(l List) (int, bool) {
	return r.outer.entry - 1, r.outer.list == l && r.outer.entry > 0 && r.inner == step{}
}

// Within returns the index when the place is an entry of a list within another
// entry, such as a command of a session.
func (r Ref) Within(l List) (int, bool) {
	return r.inner.entry - 1, r.inner.list == l && r.inner.entry > 0
}

// Compare orders places by the names of their lists, then by their indexes; a list
// comes before its entries.
func (r Ref) Compare(x Ref) int { return cmp.Or(r.outer.compare(x.outer), r.inner.compare(x.inner)) }

func (s step) compare(x step) int {
	return cmp.Or(cmp.Compare(s.list, x.list), cmp.Compare(s.entry, x.entry))
}

// String returns the JSON pointer.
func (r Ref) String() string { return r.outer.String() + r.inner.String() }

func (s step) String() string {
	switch {
	case s == step{}:
		return ""
	case s.entry == 0:
		return "/" + string(s.list)
	}
	return "/" + string(s.list) + "/" + strconv.Itoa(s.entry-1)
}

// MarshalText returns the JSON pointer.
func (r Ref) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads a JSON pointer. A pointer that leads deeper than a Ref can,
// as one of a later version may, is read as the place that holds it.
func (r *Ref) UnmarshalText(text []byte) error {
	rest := string(text)
	if rest != "" && rest[0] != '/' {
		return fmt.Errorf("%q is not a JSON pointer: it does not begin with a slash", rest)
	}
	*r = Ref{}
	r.outer, rest = firstStep(rest)
	r.inner, _ = firstStep(rest)
	return nil
}

// firstStep takes the name of a list, and the index if one follows, off a pointer.
func firstStep(pointer string) (s step, rest string) {
	name, rest, more := strings.Cut(strings.TrimPrefix(pointer, "/"), "/")
	s.list = List(name)
	if !more {
		return s, ""
	}
	digits, deeper, _ := strings.Cut(rest, "/")
	if i, err := strconv.Atoi(digits); err == nil && i >= 0 && i < i+1 && strconv.Itoa(i) == digits {
		s.entry, rest = i+1, strings.TrimPrefix(rest, digits)
		if deeper == "" {
			rest = ""
		}
		return s, rest
	}
	return s, "/" + rest
}
