package publish

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/google/go-github/v60/github"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/ghapi"
	"github.com/mergebrief/mergebrief/internal/render/comment"
)

const (
	commentHint = "add pull-requests: write under permissions:; runs from forks cannot have it, and nobody can comment on a locked conversation"
	// maxFallbackBytes is what is left of a comment that GitHub finds too long.
	// Renderers stay far below the 65,536 characters, so this never happens as
	// long as the limit is what it was.
	maxFallbackBytes = 30000
)

// Posted is a comment that stands under a pull request.
type Posted struct {
	// Database id, as in REST, and node id, as in GraphQL.
	ID   int64
	Node string
	Body string
	URL  string
	// Written by whoever the token belongs to.
	Mine bool
	// Folded away by somebody.
	Minimised bool
}

// Conversation is the comments of one pull request.
type Conversation interface {
	// List returns all comments of the pull request, as they are now or as they
	// were when the run began.
	List(ctx context.Context, now bool) ([]Posted, error)
	// Hide minimises a comment as outdated.
	Hide(ctx context.Context, node string) error
}

// CommentConfig says where comments go.
type CommentConfig struct {
	REST         *github.Client
	Conversation Conversation
	// The workflow runs that are ours; nil for none.
	Runs Runs
	// Name and app of the check run, as of [CheckConfig].
	CheckName, App string
}

// Comment returns the publisher of the comment on the pull request, which fills
// in Links.Comment.
//
// There is one comment for a pull request and key. It is recognised by the
// marker on its first line and by its author, since anyone can copy a marker.
// Further ones, left by two runs at once, are minimised. One that a later run wrote
// stands, if that run is ours and the text is what the check run of its head tells of;
// any other is written again, unless ours is about an older head. Where commenting is not
// allowed it is refused with [evidence.Denied].
func Comment(c CommentConfig) Publisher { return commenter{c} }

type commenter struct{ CommentConfig }

func (commenter) Name() string { return "comment" }

func (c commenter) Publish(ctx context.Context, e *Edition) (Receipt, error) {
	target := e.Bundle.Record.Target
	if c.REST == nil || c.Conversation == nil || target.PullRequest == 0 {
		return Receipt{}, refuse(evidence.NotConfigured, "run in a workflow of the repository, for a pull request, with a token", "no pull request on GitHub is known to comment on")
	}
	s := sticky{
		commenter: c, owner: target.Repository.Owner, repo: target.Repository.Name, number: target.PullRequest,
		prefix: comment.MarkerPrefix(target.PullRequest, e.Key), body: comment.Body(e.Bundle, e.options()),
	}
	if pull := e.Bundle.Record.PullRequest; pull != nil {
		s.head = pull.Head
	}
	s.target, s.key, s.standing = target, e.Key, e.Standing
	posted, state, err := s.publish(ctx)
	if err != nil {
		return Receipt{}, classify(err, "the comment cannot be posted", commentHint)
	}
	e.Links.Comment = posted.URL
	return Receipt{State: state, ID: strconv.FormatInt(posted.ID, 10), URL: posted.URL, Detail: s.remark, Foreign: s.foreign}, nil
}

// sticky is the one comment of an edition.
type sticky struct {
	commenter
	owner, repo  string
	number       int
	prefix, body string
	head         string // of the pull request now, empty when not known
	remark       string
	target       evidence.Target
	key          string
	standing     string // digest of the comment that stood at our head, empty when not known
	foreign      bool   // what stands is not known to be ours
}

func (s *sticky) publish(ctx context.Context) (Posted, State, error) {
	ours, err := s.ours(ctx, false)
	if err != nil {
		return Posted{}, "", err
	}
	s.keepFirst(ctx, ours)
	if len(ours) > 0 {
		posted, state, err := s.renew(ctx, ours[0])
		if status := ghapi.StatusOf(err); status != http.StatusNotFound && status != http.StatusGone {
			return posted, state, err
		}
		// Somebody deleted it since the list was made.
	}
	return s.create(ctx)
}

// ours lists the comments with our marker that we wrote and nobody folded away,
// oldest first.
func (s *sticky) ours(ctx context.Context, now bool) ([]Posted, error) {
	all, err := s.Conversation.List(ctx, now)
	if err != nil {
		return nil, err
	}
	ours := slices.DeleteFunc(slices.Clone(all), func(p Posted) bool {
		return !p.Mine || p.Minimised || !strings.HasPrefix(p.Body, s.prefix)
	})
	slices.SortFunc(ours, func(a, b Posted) int { return cmp.Compare(a.ID, b.ID) })
	return ours, nil
}

// keepFirst folds away all comments but the oldest. That it did not work is no
// reason not to publish.
func (s *sticky) keepFirst(ctx context.Context, ours []Posted) {
	for _, p := range ours[min(1, len(ours)):] {
		if err := s.Conversation.Hide(ctx, p.Node); err != nil {
			s.remark = "an older duplicate of the comment could not be folded away: " + err.Error()
		}
	}
}

func (s *sticky) renew(ctx context.Context, p Posted) (Posted, State, error) {
	if sameText(p.Body, s.body) {
		return p, Unchanged, nil
	}
	// It was listed when the run began; another run may have written since.
	now, _, err := s.REST.Issues.GetComment(ctx, s.owner, s.repo, p.ID)
	if err != nil {
		return Posted{}, "", err
	}
	switch p.Body = now.GetBody(); {
	case sameText(p.Body, s.body):
		return p, Unchanged, nil
	case supersedes(p.Body, s.body, s.head) && s.leave(ctx, p.Body):
		return p, Superseded, nil
	}
	// Of an older head it would take a request to know, and the text goes anyway.
	if s.standing != "" && writerOf(p.Body).head == s.target.Head && s.standing != bodyDigest(p.Body) {
		s.remark = "somebody had edited it; it was written again"
	}
	edited, err := s.fitting(func(body string) (*github.IssueComment, *github.Response, error) {
		return s.REST.Issues.EditComment(ctx, s.owner, s.repo, p.ID, &github.IssueComment{Body: &body})
	})
	if err != nil {
		return Posted{}, "", err
	}
	return Posted{ID: p.ID, Node: p.Node, URL: cmp.Or(edited.GetHTMLURL(), p.URL)}, Updated, nil
}

// leave reports whether a comment that says to be newer may stand: a run of ours wrote
// it, and it is as that run left it. Without a check run nobody knows the latter. What
// is about an older head overwrites nothing, but says what it found.
func (s *sticky) leave(ctx context.Context, body string) bool {
	known := ours(ctx, s.Runs, body)
	digest := s.toldOf(ctx, body)
	if known && digest == bodyDigest(body) {
		return true
	}
	outdated := s.head != "" && s.head != s.target.Head
	if outdated || known && digest == "" {
		s.foreign, s.remark = true, "what stands there is not known to be ours"
		return true
	}
	return false
}

// toldOf returns the digest of the comment of which the check run tells that belongs to
// a comment, empty when there is none.
func (s *sticky) toldOf(ctx context.Context, body string) string {
	head := writerOf(body).head
	if head == s.target.Head {
		return s.standing
	}
	if head == "" {
		return ""
	}
	of := s.target
	of.Head = head
	run := checkRun{checks: s.REST.Checks, owner: s.owner, repo: s.repo, head: head, name: cmp.Or(s.CheckName, DefaultCheckName), externalID: externalID(of, s.key), app: s.App}
	found, err := run.find(ctx)
	if err != nil || found == nil {
		return ""
	}
	if mark := markOf(found); mark != nil {
		return mark[1]
	}
	return ""
}

// sameText compares as GitHub stores: line ends may have been changed to CR LF
// and white space trimmed.
func sameText(a, b string) bool { return settled(a, writerOf(a).run) == settled(b, writerOf(b).run) }

// create posts the comment. Another run may do the same at the same time, and
// an answer may be lost, so it looks afterwards what is there.
func (s *sticky) create(ctx context.Context) (Posted, State, error) {
	made, err := s.post(ctx)
	if err != nil && !ghapi.Uncertain(err) {
		return Posted{}, "", err
	}
	ours, lookErr := s.ours(ctx, true)
	if err != nil && lookErr == nil && len(ours) == 0 && ctx.Err() == nil {
		if made, err = s.post(ctx); err != nil {
			return Posted{}, "", err
		}
		ours, lookErr = s.ours(ctx, true)
	}
	if lookErr != nil || len(ours) == 0 {
		return made, Created, err
	}
	s.keepFirst(ctx, ours)
	if ours[0].ID == made.ID || made.ID == 0 && sameText(ours[0].Body, s.body) {
		return ours[0], Created, nil
	}
	return s.renew(ctx, ours[0])
}

func (s *sticky) post(ctx context.Context) (Posted, error) {
	made, err := s.fitting(func(body string) (*github.IssueComment, *github.Response, error) {
		return s.REST.Issues.CreateComment(ctx, s.owner, s.repo, s.number, &github.IssueComment{Body: &body})
	})
	if err == nil && made.GetID() == 0 {
		err = errNotThere
	}
	return Posted{ID: made.GetID(), Node: made.GetNodeID(), URL: made.GetHTMLURL()}, err
}

// fitting writes the comment, and a shortened one when GitHub finds it too long.
func (s *sticky) fitting(write func(body string) (*github.IssueComment, *github.Response, error)) (*github.IssueComment, error) {
	made, _, err := write(s.body)
	if ghapi.StatusOf(err) != http.StatusUnprocessableEntity || len(s.body) <= maxFallbackBytes {
		return made, err
	}
	s.remark = "GitHub found the comment too long; it was shortened"
	made, _, err = write(shorten(s.body))
	return made, err
}

// shorten cuts a comment at the end of a line and closes what it leaves open.
func shorten(body string) string {
	body = cut(body, maxFallbackBytes)
	if end := strings.LastIndexByte(body, '\n'); end >= 0 {
		body = body[:end+1]
	}
	if strings.Count(body, "\n```")%2 == 1 {
		body += "```\n"
	}
	open := strings.Count(body, "<details>") - strings.Count(body, "</details>")
	return body + strings.Repeat("\n</details>\n", max(open, 0)) + "\n_Cut here: the rest did not fit. The summary of the job has it all._\n"
}
