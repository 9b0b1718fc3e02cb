package attribution

import (
	"cmp"
	"iter"
	"slices"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// claims are the record's claims, found by the lines that they are about.
type claims struct {
	list []claim
	// Indexes into list by where the claim holds. Claims about a whole commit
	// have no path.
	at   map[fileAt][]int
	head string
	// Agent and model of each session.
	sessions map[string]*evidence.Session
	parents  map[string][]string
	// Commits of which something knows the single lines. There, a claim about
	// the whole commit says nothing about the others.
	detailed map[string]bool
	// Lines that are still there, by where they were written: those that
	// transcripts claim, and all of them.
	placed map[fileAt][]placed
	left   map[fileAt][]evidence.LineRange
	// Room that is used again for every file.
	parts []evidence.AttributedRange
	edge  []edge
}

type fileAt struct{ commit, path string }

// claim is a claim with its ranges in order, and what it attests.
type claim struct {
	says   evidence.Attestation
	origin evidence.Origin
	ranges []evidence.LineRange
	rank   int
	used   bool
}

// ranks orders the methods, the strongest first.
var ranks = []evidence.Method{
	evidence.MethodNote, evidence.MethodTrace, evidence.MethodReplay, evidence.MethodManifest,
	evidence.MethodContent, evidence.MethodRecord, evidence.MethodCheckpoint, evidence.MethodTrailer, evidence.MethodAccount,
}

func rankOf(m evidence.Method) int {
	if at := slices.Index(ranks, m); at >= 0 {
		return at
	}
	return len(ranks)
}

func indexClaims(r *evidence.Record) *claims {
	c := &claims{
		at: map[fileAt][]int{}, head: r.Target.Head, sessions: map[string]*evidence.Session{},
		parents: map[string][]string{}, detailed: map[string]bool{},
	}
	for i := range r.Sessions {
		if s := &r.Sessions[i]; s.ID != "" && c.sessions[s.ID] == nil {
			c.sessions[s.ID] = s
		}
	}
	for _, commit := range r.Commits {
		c.parents[commit.ID] = commit.Parents
	}
	written := writtenLines(r.Files)
	c.left = written
	for _, x := range r.Claims {
		c.add(c.located(x, r.Commits, written))
	}
	for _, commit := range r.Commits {
		for _, x := range commitClaims(commit) {
			c.add(x)
		}
	}
	return c
}

// writtenLines lists, by commit and path, which of the added lines were written
// there.
func writtenLines(files []evidence.File) map[fileAt][]evidence.LineRange {
	written := map[fileAt][]evidence.LineRange{}
	for i := range files {
		for _, o := range files[i].Origins {
			if o.Commit == "" {
				continue
			}
			at := fileAt{o.Commit, cmp.Or(o.Path, files[i].Path)}
			written[at] = append(written[at], evidence.LineRange{First: o.Line, Last: o.Line + o.Last - o.First})
		}
	}
	return written
}

// located returns x at the commit that it is about, with the confidence that
// follows: a record about the very commit that wrote the lines is exact.
func (c *claims) located(x evidence.Claim, commits []evidence.Commit, written map[fileAt][]evidence.LineRange) evidence.Claim {
	switch x.Method {
	case evidence.MethodNote:
		x.Confidence = evidence.Exact
	case evidence.MethodTrace:
		named := x.Commit
		x.Commit, x.Confidence = c.traced(x, commits, written), evidence.Exact
		if x.Commit != named {
			x.Confidence = evidence.Strong
		}
	}
	return x
}

// traced returns the commit that the ranges of an Agent Trace record are about.
// The specification says the record's own revision; the reference writer
// records the revision that was checked out during the edit, the parent of the
// commit meant. Of these commits it is the one that wrote most of the lines in
// the ranges, the later one if that is a tie.
func (c *claims) traced(x evidence.Claim, commits []evidence.Commit, written map[fileAt][]evidence.LineRange) string {
	best, most := x.Commit, common(written[fileAt{x.Commit, x.Path}], x.Ranges)
	for _, commit := range commits {
		if !slices.Contains(commit.Parents, x.Commit) {
			continue
		}
		if n := common(written[fileAt{commit.ID, x.Path}], x.Ranges); n >= most && n > 0 {
			best, most = commit.ID, n
		}
	}
	return best
}

// common counts the lines that are in both lists.
func common(a, b []evidence.LineRange) int {
	return evidence.CountLines(evidence.IntersectRanges(ordered(a), ordered(b)))
}

// add indexes x. Notes on merge commits are left out: most of them repeat what
// the note on a parent says, with line numbers that do not hold at the merge.
func (c *claims) add(x evidence.Claim) {
	if x.Method == evidence.MethodNote && len(c.parents[x.Commit]) > 1 {
		c.list = append(c.list, claim{})
		return
	}
	says := evidence.Attestation{
		Kind: x.Author, Session: x.Session, Agent: x.Agent, Model: x.Model,
		Method: x.Method, Confidence: x.Confidence, Basis: cmp.Or(x.Origin.Basis, evidence.Reported),
	}
	if s := c.sessions[x.Session]; s != nil && x.Author == evidence.AuthorAI {
		basis := cmp.Or(s.Origin.Basis, evidence.Reported)
		if says.Agent == "" && s.Agent != "" {
			says.Agent, says.Basis = s.Agent, evidence.Weakest(says.Basis, basis)
		}
		if says.Model == "" && len(s.Models) == 1 {
			says.Model, says.Basis = s.Models[0], evidence.Weakest(says.Basis, basis)
		}
	}
	if x.Path != "" && (x.Method == evidence.MethodNote || x.Method == evidence.MethodTrace) {
		c.detailed[x.Commit] = true
	}
	at := fileAt{x.Commit, x.Path}
	c.at[at] = append(c.at[at], len(c.list))
	c.list = append(c.list, claim{says: says, origin: x.Origin, ranges: ordered(x.Ranges), rank: rankOf(x.Method), used: isWholeCommit(x)})
}

func isWholeCommit(x evidence.Claim) bool { return x.Path == "" }

// ordered returns the ranges sorted and joined, without those that are none.
func ordered(ranges []evidence.LineRange) []evidence.LineRange {
	valid := slices.DeleteFunc(slices.Clone(ranges), func(r evidence.LineRange) bool { return r.First < 1 || r.Last < r.First })
	return evidence.UnionRanges(valid...)
}

// edge is where a claim begins or ceases to be about the lines of a section.
type edge struct {
	line  int
	claim int
	begin bool
}

// divide splits a section where the claims about it change, and attributes each
// part.
func (c *claims) divide(path string, s section) iter.Seq[evidence.AttributedRange] {
	return func(yield func(evidence.AttributedRange) bool) {
		if s.known && s.commit == "" {
			yield(s.part(s.LineRange, evidence.AuthorPreexisting))
			return
		}
		c.edge = c.edges(c.edge[:0], path, s)
		slices.SortStableFunc(c.edge, func(a, b edge) int { return cmp.Compare(a.line, b.line) })
		c.decided(s, c.edge, yield)
	}
}

// decided yields the parts of a section between edges in order.
func (c *claims) decided(s section, edges []edge, yield func(evidence.AttributedRange) bool) {
	active := map[int]int{} // a claim can be found in two ways at once
	for at := s.First; at <= s.Last; {
		for len(edges) > 0 && edges[0].line <= at {
			if e := edges[0]; e.begin {
				active[e.claim]++
			} else if active[e.claim]--; active[e.claim] == 0 {
				delete(active, e.claim)
			}
			edges = edges[1:]
		}
		last := s.Last
		if len(edges) > 0 {
			last = min(last, edges[0].line-1)
		}
		if !yield(c.decide(s, evidence.LineRange{First: at, Last: last}, active)) {
			return
		}
		at = last + 1
	}
}

// edges appends the edges, in lines at the head, of all claims about s.
func (c *claims) edges(edges []edge, path string, s section) []edge {
	if c.head != "" && !s.gone {
		edges = c.between(edges, fileAt{c.head, path}, s.First, s)
	}
	if s.commit == "" {
		return edges
	}
	if s.gone || s.commit != c.head || s.path != path || s.line != s.First {
		edges = c.between(edges, fileAt{s.commit, s.path}, s.line, s)
	}
	for _, i := range c.at[fileAt{commit: s.commit}] {
		if !c.detailed[s.commit] {
			edges = append(edges, edge{s.First, i, true})
		}
	}
	return edges
}

// between adds the edges of the claims that hold at a place where the lines of s
// stand from line on.
func (c *claims) between(edges []edge, at fileAt, line int, s section) []edge {
	shift := s.First - line
	for _, i := range c.at[at] {
		x := &c.list[i]
		from, _ := slices.BinarySearchFunc(x.ranges, line, func(r evidence.LineRange, line int) int { return cmp.Compare(r.Last, line) })
		for _, r := range x.ranges[from:] {
			first, last := max(r.First+shift, s.First), min(r.Last+shift, s.Last)
			if first > s.Last {
				break
			}
			x.used = true
			edges = append(edges, edge{first, i, true}, edge{last + 1, i, false})
		}
	}
	return edges
}

// decide makes the part of s that the active claims are about.
func (c *claims) decide(s section, lines evidence.LineRange, active map[int]int) evidence.AttributedRange {
	p := s.part(lines, evidence.AuthorUnattested)
	if len(active) == 0 {
		return p
	}
	var few [4]int
	order := few[:0]
	for i := range active {
		order = append(order, i)
	}
	// Of two equal claims the later one holds: it was made with the lines of
	// the earlier one in place.
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(c.list[a].rank, c.list[b].rank), cmp.Compare(b, a))
	})
	first, origin := c.list[order[0]].says, c.list[order[0]].origin
	for _, i := range order[1:] {
		says := c.list[i].says
		if says == first || slices.Contains(p.Others, says) {
			continue
		}
		p.Others = append(p.Others, says)
		if disagree(first, says) {
			p.Conflict = true
		} else if sameLines(first, says) && origin.ConfirmedBy(c.list[i].origin, "").Basis == evidence.Verified {
			first.Basis = evidence.Verified
		}
	}
	p.Kind, p.Session, p.Agent, p.Model = first.Kind, first.Session, first.Agent, first.Model
	p.Method, p.Confidence, p.Basis = first.Method, first.Confidence, first.Basis
	return p
}

// disagree reports whether the two cannot both be right. A claim that names no
// session leaves open which one it was.
func disagree(a, b evidence.Attestation) bool {
	return a.Kind != b.Kind || a.Session != "" && b.Session != "" && a.Session != b.Session
}

// sameLines reports whether b says the same as a: the same session, by a record of
// another kind that knows lines.
func sameLines(a, b evidence.Attestation) bool {
	knowsLines := func(m evidence.Method) bool { return rankOf(m) <= rankOf(evidence.MethodContent) }
	return a.Session != "" && a.Session == b.Session && knowsLines(a.Method) && knowsLines(b.Method) &&
		a.Method.FromTranscript() != b.Method.FromTranscript()
}

func (s section) part(lines evidence.LineRange, kind evidence.AuthorKind) evidence.AttributedRange {
	p := evidence.AttributedRange{LineRange: lines, Kind: kind, Commit: s.commit}
	if s.known {
		p.OriginPath, p.OriginLine = s.path, s.line+lines.First-s.First
	}
	return p
}

// unused counts the claims that no added line was found for.
func (c *claims) unused() int {
	n := 0
	for _, x := range c.list {
		if !x.used {
			n++
		}
	}
	return n
}
