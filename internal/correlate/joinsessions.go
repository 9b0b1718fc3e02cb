package correlate

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/mergebrief/mergebrief/internal/attribution"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

const (
	// minContent is how many added lines of a commit a run has to have written to
	// be joined by content; fewer, such as a closing bracket beside a common
	// statement, are alike by chance. Half of all the run wrote will do, too.
	minContent = 3
	// afterRun is how long after the end of a run a commit may come that still is
	// taken for its own: people look at the result before they commit it.
	afterRun = time.Hour
	// beforeChange is how long before the first commit of a change its commands may
	// have been recorded: longer ago, the log is of other work, or a specimen.
	beforeChange = 7 * 24 * time.Hour
	// maxUnjoined bounds the runs that are named when nothing joins them with the
	// change: a line of a comment.
	maxUnjoined = 3
	// minAbbreviated is the shortest abbreviation of a commit that git prints.
	minAbbreviated = 7
)

// joinMethods orders the methods, the strongest first.
var joinMethods = []evidence.JoinMethod{
	evidence.JoinPullLink, evidence.JoinCommitOutput, evidence.JoinNote, evidence.JoinTrace, evidence.JoinManifest, evidence.JoinCheckpoint,
	evidence.JoinTrailer, evidence.JoinDescription, evidence.JoinContent, evidence.JoinTime, evidence.JoinBranch, evidence.JoinWorkspace, evidence.JoinParent,
}

// claimJoins are the methods by which a claim joins its session with its commit.
var claimJoins = map[evidence.Method]evidence.JoinMethod{
	evidence.MethodNote: evidence.JoinNote, evidence.MethodRecord: evidence.JoinNote, evidence.MethodTrace: evidence.JoinTrace,
	evidence.MethodManifest: evidence.JoinManifest, evidence.MethodCheckpoint: evidence.JoinCheckpoint,
}

// joinSessions notes for each run what joins it with the change. What a run that
// nothing joins seems to have written is alike by chance and claims nothing. Only
// where no run is joined is that a gap: beside others, such runs were about
// something else. Without commits and files of the change nothing can be said.
func joinSessions(rec *evidence.Record) []evidence.Gap {
	if len(rec.Commits) == 0 && len(rec.Files) == 0 {
		return nil
	}
	j := newSessionJoiner(rec)
	type run struct {
		id     string
		origin evidence.Origin
	}
	var apart []*evidence.Session
	chance := map[run]bool{}
	for i := range rec.Sessions {
		s := &rec.Sessions[i]
		s.Joins = j.again(s, j.joins(s))
	}
	joinForks(rec.Sessions)
	for i := range rec.Sessions {
		s := &rec.Sessions[i]
		if len(s.Joins) == 0 {
			apart = append(apart, s)
			chance[run{s.ID, s.Origin}] = true
		}
	}
	rec.Claims = slices.DeleteFunc(rec.Claims, func(c evidence.Claim) bool {
		return c.Method.FromTranscript() && chance[run{c.Session, c.Origin}]
	})
	if len(apart) == 0 || len(apart) < len(rec.Sessions) {
		return nil
	}
	return []evidence.Gap{unjoined(apart)}
}

// joinForks joins the runs that were forked from one that is joined, and the forks of
// those.
func joinForks(list []evidence.Session) {
	joined := map[evidence.SessionKey]bool{}
	note := func(s *evidence.Session) {
		joined[s.Key()] = true
		for _, id := range s.Continued {
			joined[evidence.SessionKey{Agent: s.Agent, ID: id}] = true
		}
	}
	for i := range list {
		if len(list[i].Joins) > 0 {
			note(&list[i])
		}
	}
	for changed := true; changed; {
		changed = false
		for i := range list {
			s := &list[i]
			if s.ParentID != "" && len(s.Joins) == 0 && joined[evidence.SessionKey{Agent: s.Agent, ID: s.ParentID}] {
				s.Joins, changed = []evidence.SessionJoin{{Method: evidence.JoinParent, Confidence: evidence.Likely}}, true
				note(s)
			}
		}
	}
}

// unjoined is the gap that runs leave which nothing joins with the change.
func unjoined(apart []*evidence.Session) evidence.Gap {
	names := make([]string, 0, maxUnjoined)
	for _, s := range apart[:min(len(apart), maxUnjoined)] {
		names = append(names, cmp.Or(s.ID, s.Origin.URI))
	}
	detail := "nothing joins the recorded run " + names[0] + " with it: it names no commit of it and not the pull request, and wrote none of its lines"
	if len(apart) > 1 {
		list := strings.Join(names, ", ")
		if more := len(apart) - len(names); more > 0 {
			list += fmt.Sprintf(" and %d more", more)
		}
		detail = fmt.Sprintf("nothing joins the %d recorded runs with it (%s): they name no commit of it and not the pull request, and wrote none of its lines", len(apart), list)
	}
	g := evidence.MissingGap(apart[0].Origin.Source, "agent run behind the change", evidence.NotFound, detail)
	g.Origin.URI, g.Origin.Digest = apart[0].Origin.URI, apart[0].Origin.Digest
	return g
}

// sessionJoiner holds the record as runs are looked up in it.
type sessionJoiner struct {
	rec *evidence.Record
	// The pull request, as "host/owner/name/pull/number" in lower case, or "".
	pull string
	// Commits of the change by their ids.
	commits map[string]*evidence.Commit
	// Commits that wrote added lines of a file, by its paths.
	writers map[string]map[string]bool
	origins map[string][]evidence.LineOrigin
}

func newSessionJoiner(rec *evidence.Record) *sessionJoiner {
	j := &sessionJoiner{
		rec: rec, commits: map[string]*evidence.Commit{},
		writers: map[string]map[string]bool{}, origins: map[string][]evidence.LineOrigin{},
	}
	if base := rec.Target.Repository.URL(); base != "" && rec.Target.PullRequest > 0 {
		j.pull = pullKey(fmt.Sprintf("%s/pull/%d", base, rec.Target.PullRequest))
	}
	for i := range rec.Commits {
		j.commits[rec.Commits[i].ID] = &rec.Commits[i]
	}
	for i := range rec.Files {
		f := &rec.Files[i]
		j.origins[f.Path] = f.Origins
		for _, p := range f.Names() {
			if j.writers[p] == nil {
				j.writers[p] = map[string]bool{}
			}
			for _, o := range f.Origins {
				j.writers[p][o.Commit] = true
			}
		}
	}
	return j
}

// pullKey is equal for the addresses of one pull request.
func pullKey(address string) string {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.Host == "" {
		return ""
	}
	parts := strings.Split(strings.Trim(u.Path, "/"), "/")
	if len(parts) < 4 || parts[2] != "pull" {
		return ""
	}
	return strings.ToLower(u.Host + "/" + strings.Join(parts[:4], "/"))
}

// joins lists what joins a run with the change, each commit and method once.
func (j *sessionJoiner) joins(s *evidence.Session) []evidence.SessionJoin {
	var all []evidence.SessionJoin
	add := func(commit string, m evidence.JoinMethod, c evidence.Confidence) {
		x := evidence.SessionJoin{Commit: commit, Method: m, Confidence: c}
		if !slices.Contains(all, x) {
			all = append(all, x)
		}
	}
	j.named(s, add)
	j.claimed(s, add)
	j.described(s, add)
	j.written(s, add)
	j.placed(s, add)
	at := map[string]int{"": -1}
	for i, c := range j.rec.Commits {
		at[c.ID] = i
	}
	slices.SortStableFunc(all, func(a, b evidence.SessionJoin) int {
		return cmp.Or(cmp.Compare(slices.Index(joinMethods, a.Method), slices.Index(joinMethods, b.Method)), cmp.Compare(at[a.Commit], at[b.Commit]))
	})
	return all
}

// again adds what joined a run when its log was read, if the commit is still of the
// change: a record does not keep the lines by which it could be found out again.
func (j *sessionJoiner) again(s *evidence.Session, all []evidence.SessionJoin) []evidence.SessionJoin {
	if s.Origin.RecordedBy == "" {
		return all
	}
	for _, x := range s.Joins {
		if (x.Commit == "" || j.commits[x.Commit] != nil) && !slices.Contains(all, x) {
			all = append(all, x)
		}
	}
	return all
}

type addJoin func(commit string, m evidence.JoinMethod, c evidence.Confidence)

// named adds what the transcript itself names: the pull request, and commits that
// it shows being made.
func (j *sessionJoiner) named(s *evidence.Session, add addJoin) {
	for _, link := range s.Links.PullRequests {
		if j.pull != "" && pullKey(link) == j.pull {
			add("", evidence.JoinPullLink, evidence.Strong)
		}
	}
	for _, id := range s.Links.Commits {
		for _, c := range j.rec.Commits {
			if len(id) >= minAbbreviated && strings.HasPrefix(c.ID, strings.ToLower(id)) {
				add(c.ID, evidence.JoinCommitOutput, evidence.Strong)
			}
		}
	}
}

// claimed adds what notes, traces, manifests and checkpoints say about commits of
// the change.
func (j *sessionJoiner) claimed(s *evidence.Session, add addJoin) {
	for i := range j.rec.Claims {
		c := &j.rec.Claims[i]
		method, ok := claimJoins[c.Method]
		if !ok || s.ID == "" || c.Session != s.ID {
			continue
		}
		// A trace names the commit or the one before: the merge base, too.
		if j.commits[c.Commit] != nil || method == evidence.JoinTrace && c.Commit == j.rec.Target.MergeBase {
			commit := c.Commit
			if j.commits[commit] == nil {
				commit = ""
			}
			add(commit, method, evidence.Stated)
		}
	}
}

// described adds trailers of commits and the description of the pull request,
// where they name the run.
func (j *sessionJoiner) described(s *evidence.Session, add addJoin) {
	if s.ID == "" {
		return
	}
	for _, c := range j.rec.Commits {
		for _, m := range attribution.Marks(c) {
			if s.Named(m.Session) {
				add(c.ID, evidence.JoinTrailer, evidence.Stated)
			}
		}
		for _, t := range c.Trailers {
			key := strings.ToLower(t.Key)
			if (key == "entire-session" || key == "agent-session") && s.Named(attribution.RunID(t.Value)) {
				add(c.ID, evidence.JoinTrailer, evidence.Stated)
			}
		}
	}
	for _, m := range j.rec.Mentions {
		if s.Named(m.Session) {
			add("", evidence.JoinDescription, evidence.Stated)
		}
	}
}

// written adds the commits that wrote lines which the run wrote before, or that
// were made of its files while it went on.
func (j *sessionJoiner) written(s *evidence.Session, add addJoin) {
	lines, total := map[string]int{}, 0
	for i := range j.rec.Claims {
		c := &j.rec.Claims[i]
		if !c.Method.FromTranscript() || c.Session != s.ID || c.Origin != s.Origin {
			continue
		}
		for commit, n := range overlap(c.Ranges, j.origins[c.Path]) {
			lines[commit] += n
			total += n
		}
	}
	wrote := 0
	for _, e := range s.Edits {
		wrote += len(e.Lines)
	}
	for commit := range lines {
		if commit != "" && (total >= minContent || 2*total >= wrote) {
			add(commit, evidence.JoinContent, evidence.Likely)
		}
	}
	if s.Ended.IsZero() {
		return
	}
	for _, e := range s.Edits {
		for commit := range j.writers[e.Path] {
			c := j.commits[commit]
			if c != nil && !e.Time.IsZero() && !c.Authored.Before(e.Time) && !c.Authored.After(s.Ended.Add(afterRun)) {
				add(commit, evidence.JoinTime, evidence.Likely)
			}
		}
	}
}

// overlap counts the lines of the ranges by the commit that wrote them.
func overlap(ranges []evidence.LineRange, origins []evidence.LineOrigin) map[string]int {
	n := map[string]int{}
	for _, r := range ranges {
		for _, o := range origins {
			if lines := min(r.Last, o.Last) - max(r.First, o.First) + 1; lines > 0 {
				n[o.Commit] += lines
			}
		}
	}
	return n
}

// outdated reports whether a run ended long before the change began.
func (j *sessionJoiner) outdated(s *evidence.Session) bool {
	var first time.Time
	for _, c := range j.rec.Commits {
		if first.IsZero() || c.Authored.Before(first) {
			first = c.Authored
		}
	}
	return !s.Ended.IsZero() && s.Ended.Add(beforeChange).Before(first)
}

// placed adds where the run took place: on the branch of the pull request, or, for
// commands that mergebrief exec recorded, in this workspace.
func (j *sessionJoiner) placed(s *evidence.Session, add addJoin) {
	if s.Format == "commands" && !j.outdated(s) {
		add("", evidence.JoinWorkspace, evidence.Likely)
	}
	if p := j.rec.PullRequest; p != nil && p.HeadRef != "" && p.HeadRef != p.BaseRef {
		for _, b := range s.Boundaries {
			if b.Branch == p.HeadRef {
				add("", evidence.JoinBranch, evidence.Likely)
			}
		}
	}
}
