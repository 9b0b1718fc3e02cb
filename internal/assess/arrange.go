package assess

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

const (
	// maxFocus is how many findings a reviewer is asked to look at first: more
	// than a handful is no order at all.
	maxFocus = 5
	// maxFocusOfRule keeps one rule from filling the list.
	maxFocusOfRule = 2
	// maxSpans and maxFacts bound what one finding names; beyond it, its message
	// or the record has the numbers.
	maxSpans = 200
	maxFacts = 50
)

// found is what a rule found, before it is put in order.
type found struct {
	// What it is about, apart from its places, in words that stay the same when
	// the same thing is found again. No line numbers, no counts.
	about string
	says  []evidence.Text
	// What it says beside the finding that a check failed, when it rests on that
	// failure: the failure itself is said once.
	beside []evidence.Text
	// Level, when it is not that of the rule.
	level evidence.Level
	spans []evidence.Span
	facts []evidence.Ref
	bases []evidence.Basis
}

// candidate is a finding on its way.
type candidate struct {
	evidence.Finding
	// The failed check on which it rests, zero when there is none.
	check evidence.Ref
	// What it says beside another finding about that check.
	beside []evidence.Text
}

// arrange runs the rules and puts what they find in order: the gravest level
// first, then places about which several rules agree, then the order of the
// table. Findings about one place, which is lines or a failed check, become one
// finding, and the same finding in several places becomes one finding with
// several places.
func arrange(f *facts) []evidence.Finding {
	var all []*candidate
	rank := map[string]int{}
	for i, rule := range Rules() {
		rank[rule.ID] = i
		level := f.policy.level(rule)
		if level == evidence.LevelNone {
			continue
		}
		for _, x := range rule.check(f) {
			all = append(all, f.finding(rule, level, x))
		}
	}
	order := func(a, b *evidence.Finding) int {
		return cmp.Or(cmp.Compare(severity(b.Level), severity(a.Level)), cmp.Compare(len(b.Also), len(a.Also)), cmp.Compare(rank[a.Rule], rank[b.Rule]))
	}
	slices.SortStableFunc(all, func(a, b *candidate) int { return order(&a.Finding, &b.Finding) })
	out := group(merge(all))
	for i := range out {
		out[i].ID = identity(out[i])
		f.accept(&out[i])
		putIntoWords(&out[i])
	}
	slices.SortStableFunc(out, func(a, b evidence.Finding) int { return order(&a, &b) })
	return out
}

func (f *facts) finding(rule Rule, level evidence.Level, x found) *candidate {
	out := evidence.Finding{
		ID: x.about, Rule: rule.ID, Level: level, Gap: rule.Gap, Texts: x.says,
		Spans: x.spans[:min(len(x.spans), maxSpans)], SpansOmitted: max(0, len(x.spans)-maxSpans), Facts: x.facts[:min(len(x.facts), maxFacts)], Basis: evidence.Weakest(x.bases...),
	}
	if x.level != "" && !f.policy.overrides(rule) {
		out.Level = x.level
	}
	if len(f.policy.Accepted) > 0 {
		// Its own id accepts it, whatever it would be merged with.
		alone := out
		alone.ID = identity(out)
		f.accept(&alone)
		out.Accepted, out.Lapsed = alone.Accepted, alone.Lapsed
	}
	c := &candidate{Finding: out, check: f.failedCheck(x.facts), beside: x.beside}
	if rule.Failure {
		c.beside = x.says
	}
	return c
}

// failedCheck returns the first failed check among facts; zero when there is none.
func (f *facts) failedCheck(all []evidence.Ref) evidence.Ref {
	for _, r := range all {
		if i, ok := r.Entry(evidence.ListChecks); ok && f.Checks[i].Failed() {
			return r
		}
	}
	return evidence.Ref{}
}

// merge makes one finding of those about overlapping lines of one file, and of
// those about one failed check. The narrowest place stays: the widest is often
// the whole file.
func merge(all []*candidate) []evidence.Finding {
	at := map[string][]int{} // path → indexes into out
	failed := map[evidence.Ref]int{}
	var out []evidence.Finding
next:
	for _, c := range all {
		x := c.Finding
		path, ok := onePath(x)
		if !ok {
			none := c.check == evidence.Ref{}
			if i, seen := failed[c.check]; !none && seen && out[i].Rule != x.Rule && same(out[i].Accepted, x.Accepted) {
				joinCheck(&out[i], x, c.beside)
				continue
			} else if !none && !seen {
				failed[c.check] = len(out)
			}
			out = append(out, x)
			continue
		}
		for _, i := range at[path] {
			if y := &out[i]; y.Rule != x.Rule && same(y.Accepted, x.Accepted) && overlap(y.Spans, x.Spans) {
				join(y, x)
				continue next
			}
		}
		at[path] = append(at[path], len(out))
		out = append(out, x)
	}
	return out
}

// onePath returns the file that a finding about lines is in.
func onePath(x evidence.Finding) (string, bool) {
	if len(x.Spans) == 0 {
		return "", false
	}
	for _, s := range x.Spans {
		if s.Path != x.Spans[0].Path || s.First <= 0 {
			return "", false
		}
	}
	return x.Spans[0].Path, true
}

func same(a, b *evidence.Acceptance) bool {
	return a == b || a != nil && b != nil && *a == *b
}

func overlap(a, b []evidence.Span) bool {
	for len(a) > 0 && len(b) > 0 {
		if a[0].First <= b[0].Last && b[0].First <= a[0].Last {
			return true
		}
		if a[0].Last < b[0].Last {
			a = a[1:]
		} else {
			b = b[1:]
		}
	}
	return false
}

// join adds what x says to y. What is known worse stands beside it with its own grade:
// anybody can claim something about the lines of a failed test.
func join(y *evidence.Finding, x evidence.Finding) {
	y.ID += "\x00" + x.ID
	own := y.Basis
	adopt(y, x)
	if x.Basis.Weaker(own) {
		y.Beside, y.Basis = append(slices.Clip(y.Beside), evidence.Remark{Texts: x.Texts, Basis: x.Basis}), own
	} else {
		y.Texts = slices.Concat(y.Texts, x.Texts)
	}
	if extent(x.Spans) < extent(y.Spans) {
		y.Spans, y.SpansOmitted = x.Spans, x.SpansOmitted
	}
}

// joinCheck adds what x says to the finding about its failed check. The id stays
// that of the check: what else is said follows from its failure.
func joinCheck(y *evidence.Finding, x evidence.Finding, beside []evidence.Text) {
	said := func(r evidence.Remark) bool { return r.Basis == x.Basis && key(r.Texts) == key(beside) }
	if len(beside) > 0 && !slices.ContainsFunc(y.Beside, said) {
		y.Beside = append(slices.Clip(y.Beside), evidence.Remark{Texts: beside, Basis: x.Basis})
	}
	own := y.Basis
	adopt(y, x)
	y.Basis = own
}

// adopt notes that y speaks for x, too.
func adopt(y *evidence.Finding, x evidence.Finding) {
	y.Lapsed = max(y.Lapsed, x.Lapsed)
	if !slices.Contains(y.Also, x.Rule) {
		y.Also = append(y.Also, x.Rule)
	}
	y.Facts = slices.Clip(y.Facts)
	for _, p := range x.Facts {
		if len(y.Facts) < maxFacts && !slices.Contains(y.Facts, p) {
			y.Facts = append(y.Facts, p)
		}
	}
	y.Basis = evidence.Weakest(y.Basis, x.Basis)
}

func extent(all []evidence.Span) (n int) {
	for _, s := range all {
		n += s.Lines()
	}
	return n
}

// group makes one finding of those that say the same about several places, or
// several times.
func group(all []evidence.Finding) []evidence.Finding {
	type kind struct {
		rule, says string
		level      evidence.Level
		accepted   evidence.Acceptance
		lapsed     string
	}
	at := map[kind]int{}
	times := map[int]int{} // how often what has no place was found
	out := all[:0:0]
	for _, x := range all {
		k := kind{x.Rule, keyOf(x), x.Level, evidence.Acceptance{}, x.Lapsed}
		if x.Accepted != nil {
			k.accepted = *x.Accepted
		}
		i, seen := at[k]
		if !seen {
			at[k] = len(out)
			out = append(out, x)
			continue
		}
		y := &out[i]
		if len(x.Spans) == 0 {
			times[i]++
		}
		if !strings.HasSuffix(y.ID, x.ID) {
			y.ID += "\x00" + x.ID
		}
		room := min(maxSpans-len(y.Spans), len(x.Spans))
		y.SpansOmitted += x.SpansOmitted + len(x.Spans) - room
		y.Spans = append(slices.Clip(y.Spans), x.Spans[:room]...)
		y.Facts = append(slices.Clip(y.Facts), x.Facts[:min(maxFacts-len(y.Facts), len(x.Facts))]...)
		y.Basis = evidence.Weakest(y.Basis, x.Basis)
	}
	for i, n := range times {
		out[i].Times = n + 1
	}
	return out
}

// keyOf is a string that findings which say the same have in common, and no
// others.
func keyOf(x evidence.Finding) string {
	all := []string{key(x.Texts)}
	for _, r := range x.Beside {
		all = append(all, key(r.Texts))
	}
	return strings.Join(all, ";")
}

func key(all []evidence.Text) string {
	var b strings.Builder
	for _, t := range all {
		b.WriteString(t.Key())
	}
	return b.String()
}

// identity names a finding so that the same one has the same name next time,
// and one in other files has another.
func identity(x evidence.Finding) string {
	var paths []string
	for i, s := range x.Spans {
		if i == 0 || s.Path != x.Spans[i-1].Path {
			paths = append(paths, s.Path)
		}
	}
	slices.Sort(paths)
	paths = slices.Compact(paths)
	sum := sha256.Sum256([]byte(x.ID + "\x00" + strings.Join(paths, "\x00")))
	return x.Rule + "-" + hex.EncodeToString(sum[:4])
}

// focus returns the indexes of the findings to look at first: warnings and
// errors about something that is there, in their order.
func focus(all []evidence.Finding) []int {
	var out []int
	of := map[string]int{}
	for i, x := range all {
		if x.Gap || x.Accepted != nil || severity(x.Level) < severity(evidence.LevelWarning) || of[x.Rule] == maxFocusOfRule {
			continue
		}
		of[x.Rule]++
		if out = append(out, i); len(out) == maxFocus {
			break
		}
	}
	return out
}
