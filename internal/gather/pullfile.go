package gather

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/google/go-github/v60/github"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// PullFile is the source of a pull request that a file describes, for reports
// without GitHub. Its facts are reported: nobody asked GitHub.
type PullFile struct {
	pull github.PullRequest
	name string
}

// ParsePullFile reads GitHub's description of a pull request: the answer of
// GET /repos/{owner}/{repo}/pulls/{number}, or the payload of an event with a
// member "pull_request". Name names the file in errors and origins.
func ParsePullFile(name string, data []byte) (*PullFile, error) {
	var file struct {
		github.PullRequest
		Event *github.PullRequest `json:"pull_request"`
	}
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, evidence.Errorf(evidence.Unreadable, "%s: not JSON of a pull request: %w", name, err)
	}
	pull := file.PullRequest
	if file.Event != nil {
		pull = *file.Event
	}
	if pull.GetNumber() <= 0 {
		return nil, evidence.Errorf(evidence.Unreadable, `%s: no pull request in it: the member "number" is missing`, name)
	}
	return &PullFile{pull: pull, name: name}, nil
}

// Name returns "pull-file".
func (*PullFile) Name() string { return "pull-file" }

// Class returns the class of a file of the workspace.
func (*PullFile) Class() evidence.Class { return evidence.FromWorkspace }

// Number is the number of the pull request.
func (p *PullFile) Number() int { return p.pull.GetNumber() }

// Repository is the repository that the pull request belongs to, zero when the
// file does not name it.
func (p *PullFile) Repository() evidence.Repository {
	repo := p.pull.GetBase().GetRepo()
	server, _, _ := strings.Cut(strings.TrimPrefix(repo.GetHTMLURL(), "https://"), "/")
	if server == "" {
		return evidence.Repository{}
	}
	return evidence.Repository{Server: "https://" + server, Owner: repo.GetOwner().GetLogin(), Name: repo.GetName()}
}

// Gather returns the pull request. A head other than the target's is a gap.
func (p *PullFile) Gather(_ context.Context, t evidence.Target) (evidence.Fragment, error) {
	pull := &p.pull
	out := evidence.PullRequest{
		Origin: evidence.Origin{Basis: evidence.Reported, Source: p.Name(), URI: p.name},
		Number: pull.GetNumber(), URL: pull.GetHTMLURL(), Title: pull.GetTitle(), State: evidence.State(pull.GetState()),
		Draft: pull.GetDraft(), Author: account(pull.GetUser()), Association: strings.ToLower(pull.GetAuthorAssociation()),
		BaseRef: pull.GetBase().GetRef(), HeadRef: pull.GetHead().GetRef(), Head: pull.GetHead().GetSHA(),
		HeadRepository: pull.GetHead().GetRepo().GetFullName(), Created: pull.GetCreatedAt().UTC(),
	}
	base := pull.GetBase().GetRepo().GetFullName()
	out.Fork = base != "" && out.HeadRepository != base
	for _, l := range pull.Labels {
		out.Labels = append(out.Labels, l.GetName())
	}
	if pull.GetMerged() {
		out.State = evidence.StateMerged
		out.Merge = &evidence.Merge{By: account(pull.GetMergedBy()), At: pull.GetMergedAt().UTC(), Commit: pull.GetMergeCommitSHA()}
	}
	f := evidence.Fragment{PullRequest: &out}
	out.Assurances, f.Mentions = readBody(out.Origin, pull.GetBody())
	if out.Head != "" && out.Head != t.Head {
		g := evidence.MissingGap(p.Name(), "pull request at this head", evidence.NotFound,
			"the file describes the pull request at "+evidence.ShortID(out.Head)+", the report is about "+evidence.ShortID(t.Head))
		g.Hint = "fetch the description again, or give --head " + evidence.ShortID(out.Head)
		f.Gaps = append(f.Gaps, g)
	}
	return f, nil
}

func account(u *github.User) evidence.Account {
	return evidence.Account{Login: u.GetLogin(), Kind: evidence.AccountKind(strings.ToLower(u.GetType()))}
}
