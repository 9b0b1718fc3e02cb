package gather

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/ghapi"
)

const (
	// maxNamed bounds the issues that are fetched because a text names them, and
	// the tickets of other trackers. More are a list, not a reason.
	maxNamed = 10

	noTicketHint = "link the issue that asks for the change, by the sidebar or by “Fixes #123” in the description"
)

// Tracker is a tracker of tickets other than GitHub's issues.
type Tracker struct {
	// Pattern of the keys, such as "JIRA-[0-9]+". Keys count where no letter,
	// digit or hyphen touches them.
	Pattern string
	// Address of a ticket, with {key} in the place of the key and {number} in that
	// of the digits at its end.
	URL string
}

// tickets finds the work requests: those that GitHub links, those that the
// description, the commits and the branch name, and keys of other trackers.
func (p Pull) tickets(ctx context.Context, t evidence.Target, f *evidence.Fragment) {
	known := map[string]bool{}
	linked := p.Snapshot.Pull.ClosingIssuesReferences
	for _, i := range linked.All() {
		known[strings.ToLower(i.Repository.NameWithOwner)+"#"+strconv.Itoa(i.Number)] = true
		p.add(i, evidence.FoundByClosing, f)
	}
	if n := len(linked.Nodes); linked.TotalCount > n {
		f.Gaps = append(f.Gaps, evidence.MissingGap(p.Name(), "tickets", evidence.Truncated, fmt.Sprintf("GitHub links %d issues; %d of them are in the record", linked.TotalCount, n)))
	}
	p.hidden(f)
	p.named(ctx, mentions(p.Snapshot, t.Repository.Server, known), f)
	p.tracked(f)
	if len(f.Tickets) == 0 && !p.unseen("closingIssuesReferences") && !slices.Contains(linked.Nodes, nil) {
		g := evidence.MissingGap(p.Name(), "ticket", evidence.NotFound, "neither links nor the description, the commits and the branch name a work request")
		g.Hint = noTicketHint
		f.Gaps = append(f.Gaps, g)
	}
}

// hidden tells of linked issues that GitHub does not show to the token: those of
// a repository or organisation that it has no access to.
func (p Pull) hidden(f *evidence.Fragment) {
	n := 0
	for _, i := range p.Snapshot.Pull.ClosingIssuesReferences.Nodes {
		if i == nil {
			n++
		}
	}
	if n == 0 {
		return
	}
	reason, detail := evidence.Denied, ""
	for _, fault := range p.Snapshot.Faults {
		if linkedIssue.MatchString(fault.Path) {
			reason, detail = fault.Reason(), ": "+fault.Message
		}
	}
	g := evidence.MissingGap(p.Name(), "ticket in another repository", reason, fmt.Sprintf("GitHub links %d of the issues without showing them to this token%s", n, detail))
	g.Hint = "the token of a workflow sees its own repository and public ones"
	f.Gaps = append(f.Gaps, g)
}

// linkedIssue is the path of a linked issue that GitHub does not show.
var linkedIssue = regexp.MustCompile(`\.closingIssuesReferences\.nodes\.[0-9]+$`)

// add adds an issue as a ticket, and a gap where its approval was not looked for
// everywhere.
func (p Pull) add(i *ghapi.Issue, by evidence.FoundBy, f *evidence.Fragment) {
	t := p.ticket(i, by)
	f.Tickets = append(f.Tickets, t)
	if seen := len(i.Comments.All()); t.Approval == nil && i.Comments.TotalCount > seen {
		f.Gaps = append(f.Gaps, evidence.MissingGap(p.Name(), "approval of "+t.Key, evidence.Truncated,
			fmt.Sprintf("the latest %d of %d comments were looked at, and none of them approves it", seen, i.Comments.TotalCount)))
	}
}

// named fetches the issues that a text names. One that is not there is a gap,
// unless only the name of the branch looked like one.
func (p Pull) named(ctx context.Context, all []mention, f *evidence.Fragment) {
	if len(all) > maxNamed {
		f.Gaps = append(f.Gaps, evidence.MissingGap(p.Name(), "tickets", evidence.Truncated, fmt.Sprintf("%d issues are named; the first %d were read", len(all), maxNamed)))
		all = all[:maxNamed]
	}
	var found map[ghapi.IssueRef]*ghapi.Issue
	var faults []ghapi.Fault
	err := evidence.Errorf(evidence.NotConfigured, "nobody asked GitHub")
	if p.Client != nil {
		var refs []ghapi.IssueRef
		for _, m := range all {
			refs = append(refs, m.ref)
		}
		found, faults, err = ghapi.Issues(ctx, p.Client, p.GraphQL, refs)
	}
	for i, m := range all {
		issue := found[m.ref]
		at := slices.IndexFunc(faults, func(fault ghapi.Fault) bool { return fault.Path == strconv.Itoa(i) })
		switch {
		case issue != nil:
			p.add(issue, m.by, f)
		case m.by == evidence.FoundByBranch || err == nil && at < 0:
			// A number in a branch is a guess, and what is no issue is a pull
			// request, which is no work request.
		default:
			reason, detail := evidence.ReasonOf(err, evidence.Unavailable), ""
			if err != nil {
				detail = err.Error()
			} else {
				reason, detail = faults[at].Reason(), faults[at].Message
			}
			t := p.unread(m)
			f.Tickets = append(f.Tickets, t)
			g := evidence.MissingGap(p.Name(), "ticket "+t.Key, reason, detail)
			if reason == evidence.NotFound {
				g.Hint = "it was moved or deleted, or its repository is out of reach of this token; link the issue where it is now"
			}
			f.Gaps = append(f.Gaps, g)
		}
	}
}

// unread is a ticket of which nothing but the mention is known.
func (p Pull) unread(m mention) evidence.Ticket {
	return evidence.Ticket{
		Origin: evidence.Origin{Basis: evidence.Reported, Class: evidence.FromChange, Source: p.Name(), URI: p.Snapshot.Pull.URL},
		Key:    p.key(m.ref.Owner+"/"+m.ref.Name, m.ref.Number), FoundBy: m.by,
	}
}

// key names an issue as GitHub does.
func (p Pull) key(repository string, number int) string {
	if strings.EqualFold(repository, p.Snapshot.Repository) {
		repository = ""
	}
	return repository + "#" + strconv.Itoa(number)
}

func (p Pull) ticket(i *ghapi.Issue, by evidence.FoundBy) evidence.Ticket {
	t := evidence.Ticket{
		Origin: p.observed(i.URL), Key: p.key(i.Repository.NameWithOwner, i.Number), URL: i.URL, FoundBy: by, Title: i.Title,
		State: evidence.State(strings.ToLower(i.State)), StateReason: evidence.StateReason(strings.ToLower(i.StateReason)), Requester: actor(i.Author).Login,
		Repository: p.namedRepository(i.Body), Labels: labelNames(i.Labels), Created: i.CreatedAt.UTC(), Edited: instant(i.LastEditedAt), Approval: p.approval(i),
	}
	t.Priority, t.PriorityLabel = p.priority(t.Labels)
	t.Criteria, t.CriteriaOmitted = criteria(i.Body)
	t.Edits, t.EditsOmitted = edits(i)
	if i.Milestone != nil {
		t.Milestone = i.Milestone.Title
	}
	if i.IssueType != nil {
		t.Type = i.IssueType.Name
	}
	for _, a := range i.Assignees.All() {
		t.Assignees = append(t.Assignees, a.Login)
	}
	return t
}

var (
	// approvalWords is a comment that approves and says nothing else on its first
	// line, rejectionWords one that does not.
	approvalWords  = regexp.MustCompile(`(?i)^\s*(?:/approved?|approved)[.!]?\s*(?:\n|$)`)
	rejectionWords = regexp.MustCompile(`(?i)^\s*(?:/unapproved?|/reject(?:ed)?|not approved|rejected)[.!]?\s*(?:\n|$)`)
)

// approval finds the label, or else the latest comment by somebody of the
// repository, that approves the request or rejects it. That nothing does says
// nothing.
func (p Pull) approval(i *ghapi.Issue) *evidence.Approval {
	wanted := p.ApprovalLabels
	if len(wanted) == 0 {
		wanted = []string{"approved"}
	}
	for _, name := range labelNames(i.Labels) {
		if !slices.ContainsFunc(wanted, func(w string) bool { return strings.EqualFold(w, name) }) {
			continue
		}
		a := &evidence.Approval{Basis: evidence.Observed, Approved: true, By: "label " + name}
		for _, event := range i.TimelineItems.All() { // the latest counts
			if event.Label.Name == name {
				a.Login, a.At = actor(event.Actor).Login, event.CreatedAt.UTC()
				a.By = a.Login + ", label " + name
			}
		}
		return a
	}
	for _, c := range slices.Backward(i.Comments.All()) {
		entitled := c.AuthorAssociation == "OWNER" || c.AuthorAssociation == "MEMBER" || c.AuthorAssociation == "COLLABORATOR"
		if !entitled || c.Author == nil || c.Author.Type != "User" {
			continue
		}
		if approved := approvalWords.MatchString(c.Body); approved || rejectionWords.MatchString(c.Body) {
			return &evidence.Approval{Basis: evidence.Observed, Approved: approved, By: c.Author.Login + ", comment", Login: c.Author.Login, At: c.CreatedAt.UTC()}
		}
	}
	return nil
}

// Priority is a priority with the labels that mean it.
type Priority struct {
	Name   string
	Labels []string
}

// priorityLabel matches labels as repositories name them: "P1", "P1: high",
// "priority: high", "priority/critical", "prio-2", "high priority".
var priorityLabel = regexp.MustCompile(`(?i)^(?:(?:priority|prio|pri|severity)\s*(?:::?|[/ -])\s*(\S.*)|(p[0-4])(?:\s*[:(-].*)?|(\S+)[ -]priority)$`)

// priority is what the labels say about it. With a configured map the first entry
// of which a label is there counts, whatever the labels' order; else the label's own
// words do, of the first label that has such.
func (p Pull) priority(labels []string) (name, label string) {
	for _, want := range p.Priorities {
		for _, l := range labels {
			if slices.ContainsFunc(want.Labels, func(w string) bool { return strings.EqualFold(w, l) }) {
				return want.Name, l
			}
		}
	}
	if len(p.Priorities) > 0 {
		return "", ""
	}
	for _, l := range labels {
		if m := priorityLabel.FindStringSubmatch(l); m != nil {
			return m[1] + m[2] + m[3], l
		}
	}
	return "", ""
}

const repositoryName = `(?:https://[^/\s]+/)?[a-z0-9][a-z0-9-]*/[a-z0-9._-]+`

var (
	repositoryLine = regexp.MustCompile(`(?im)^\s*(?:#{1,6}\s+)?(?:target\s+)?repositor(?:y|ies)\s*:?\s*(?:\n\s*)*(` + repositoryName + `(?:\s*,\s*` + repositoryName + `)*)\s*$`)
	repositoryHost = regexp.MustCompile(`^https://[^/]+/`)
)

// namedRepository is the repository that a ticket asks to be changed, when a
// line or a field of its form says so: ours when it is among several.
func (p Pull) namedRepository(body string) string {
	m := repositoryLine.FindStringSubmatch(strings.Join(visible(body), "\n"))
	if m == nil {
		return ""
	}
	first := ""
	for name := range strings.SplitSeq(m[1], ",") {
		name = strings.TrimSuffix(repositoryHost.ReplaceAllString(strings.TrimSpace(name), ""), ".git")
		if strings.EqualFold(name, p.Snapshot.Repository) {
			return name
		}
		first = cmp.Or(first, name)
	}
	return first
}

// mention is an issue that a text names.
type mention struct {
	ref ghapi.IssueRef
	by  evidence.FoundBy
}

var (
	// The keywords that close issues (docs.github.com, "Linking a pull request
	// to an issue").
	closing = regexp.MustCompile(`(?i)(?:^|[^\w-])(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?)(?::\s*|\s+)(?:([\w.-]+/[\w.-]+)?#([0-9]{1,9})|(https?://\S+/issues/[0-9]{1,9}))\b`)
	// A trailer names its issue without a keyword.
	trailer = regexp.MustCompile(`(?im)^(?:ticket|issue|task|story|refs?|references|related-to):\s*(?:([\w.-]+/[\w.-]+)?#([0-9]{1,9})|(https?://\S+/issues/[0-9]{1,9}))\s*$`)
	// GitHub's own "Create a branch" makes 482-title; others write issue-482.
	branch = regexp.MustCompile(`(?i)(?:^|/)(?:(?:issue|gh|ticket)[-_/]?)?([0-9]{1,7})[-_]\w|(?:^|[/_-])(?:issue|gh|ticket)[-_/]?([0-9]{1,7})$`)
	dated  = regexp.MustCompile(`(?:^|/)20[0-9]{2}-[01][0-9](?:-|$)`)
	code   = regexp.MustCompile("`[^`\n]*`")
)

// maxCloses bounds the tickets that one message closes.
const maxCloses = 20

// closes returns the tickets that a commit message says it closes, each once.
func closes(message string) (all []string) {
	for _, m := range closing.FindAllStringSubmatch(code.ReplaceAllString(message, ""), maxCloses) {
		name := m[3]
		if m[2] != "" {
			name = m[1] + "#" + m[2]
		}
		if !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return all
}

// mentions lists the issues that the pull request names, the surest first, each
// once and none that is known already.
func mentions(s *ghapi.Snapshot, server string, known map[string]bool) []mention {
	var all []mention
	add := func(by evidence.FoundBy, repository, number, address string) {
		if address != "" {
			repository, number = issueAddress(address, server)
		}
		owner, name, ok := strings.Cut(cmp.Or(repository, s.Repository), "/")
		n, err := strconv.Atoi(number)
		if !ok || err != nil || n == 0 {
			return
		}
		ref := ghapi.IssueRef{Owner: owner, Name: name, Number: n}
		if id := strings.ToLower(ref.Key()); !known[id] {
			known[id] = true
			all = append(all, mention{ref, by})
		}
	}
	scan := func(by evidence.FoundBy, pattern *regexp.Regexp, text string) {
		for _, m := range pattern.FindAllStringSubmatch(text, -1) {
			add(by, m[1], m[2], m[3])
		}
	}
	scan(evidence.FoundByKeyword, closing, code.ReplaceAllString(strings.Join(visible(s.Pull.Body), "\n"), ""))
	for _, c := range s.Pull.History.All() {
		scan(evidence.FoundByCommit, closing, c.Commit.Message)
		scan(evidence.FoundByTrailer, trailer, c.Commit.Message)
	}
	if m := branch.FindStringSubmatch(s.Pull.HeadRefName); m != nil && !dated.MatchString(s.Pull.HeadRefName) {
		add(evidence.FoundByBranch, "", m[1]+m[2], "")
	}
	return all
}

// issueAddress reads the address of an issue of the same server.
func issueAddress(address, server string) (repository, number string) {
	u, err := url.Parse(address)
	home, homeErr := url.Parse(cmp.Or(server, "https://github.com"))
	if err != nil || homeErr != nil || !strings.EqualFold(u.Host, home.Host) {
		return "", ""
	}
	part := strings.Split(strings.Trim(u.Path, "/"), "/")
	if len(part) != 4 || part[2] != "issues" {
		return "", ""
	}
	return part[0] + "/" + part[1], part[3]
}

// tracked finds keys of other trackers. Nobody asks those, so that the keys are
// what somebody wrote.
func (p Pull) tracked(f *evidence.Fragment) {
	// In branches, keys are often in lower case, and "_" stands for a space.
	branch := strings.ReplaceAll(p.Snapshot.Pull.HeadRefName, "_", " ")
	texts := []string{p.Snapshot.Pull.Title, branch, strings.Join(visible(p.Snapshot.Pull.Body), "\n")}
	for _, c := range p.Snapshot.Pull.History.All() {
		texts = append(texts, c.Commit.Message)
	}
	seen := map[string]bool{}
	for _, tracker := range p.Trackers {
		pattern, err := regexp.Compile(tracker.Pattern)
		if err != nil {
			f.Gaps = append(f.Gaps, evidence.MissingGap(p.Name(), "tickets "+tracker.Pattern, evidence.Unreadable, "the pattern is no regular expression: "+err.Error()))
			continue
		}
		inBranch := strings.ToUpper(branch)
		if len(keys(pattern, anyKey)) > 0 {
			inBranch = "" // "release-2" would be a key, too
		}
		for _, text := range append(texts, inBranch) {
			for _, key := range keys(pattern, text) {
				if id := strings.ToUpper(key); seen[id] {
					continue
				} else if seen[id] = true; len(seen) <= maxNamed {
					f.Tickets = append(f.Tickets, p.keyed(tracker, key))
				}
			}
		}
	}
	if len(seen) > maxNamed {
		f.Gaps = append(f.Gaps, evidence.MissingGap(p.Name(), "tickets", evidence.Truncated, fmt.Sprintf("%d keys of other trackers are named; the first %d are in the record", len(seen), maxNamed)))
	}
}

// anyKey is a key that only a pattern for the keys of any project matches.
const anyKey = "QZXJ-1"

// keys returns what a pattern matches in a text where no letter, digit, underscore
// or, before it, hyphen touches it.
func keys(pattern *regexp.Regexp, text string) []string {
	var all []string
	for _, m := range pattern.FindAllStringIndex(text, -1) {
		before, _ := utf8.DecodeLastRuneInString(text[:m[0]])
		after, _ := utf8.DecodeRuneInString(text[m[1]:])
		if m[0] < m[1] && !partOfWord(before) && before != '-' && !partOfWord(after) {
			all = append(all, text[m[0]:m[1]])
		}
	}
	return all
}

func partOfWord(r rune) bool {
	return r != utf8.RuneError && (r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r))
}

var trailingNumber = regexp.MustCompile(`[0-9]*$`)

func (p Pull) keyed(tracker Tracker, key string) evidence.Ticket {
	address := strings.NewReplacer("{key}", url.PathEscape(key), "{number}", trailingNumber.FindString(key)).Replace(tracker.URL)
	return evidence.Ticket{
		Origin: evidence.Origin{Basis: evidence.Reported, Class: evidence.FromChange, Source: p.Name(), URI: p.Snapshot.Pull.URL}, Key: key, URL: address, FoundBy: evidence.FoundByPattern,
	}
}
