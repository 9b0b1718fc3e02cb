package gather

import (
	"context"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/ghapi"
	"github.com/mergebrief/mergebrief/internal/git"
)

// TextTickets is the source of the work requests that a change itself names, for
// reports without GitHub: its commits, its branch and, when there is one, the file
// that describes the pull request. Nobody asked GitHub whether they exist.
type TextTickets struct {
	Repo *git.Repo
	// Name of the branch, "" when it is not known.
	Branch string
	// The description of the pull request, which may be nil.
	Pull *PullFile
	// Other trackers, whose tickets are found by their keys.
	Trackers []Tracker
}

// Name returns "change-texts".
func (TextTickets) Name() string { return "change-texts" }

// Class returns the class of what whoever writes the change can write.
func (TextTickets) Class() evidence.Class { return evidence.FromChange }

// Gather returns the tickets. A change that names none is no gap of this source.
func (s TextTickets) Gather(ctx context.Context, t evidence.Target) (evidence.Fragment, error) {
	var f evidence.Fragment
	commits, _, err := s.Repo.NewestCommits(ctx, t.MergeBase, t.Head, git.MaxCommits)
	if err != nil {
		return f, err
	}
	snapshot := &ghapi.Snapshot{Repository: t.Repository.FullName()}
	pull := &snapshot.Pull
	pull.HeadRefName = s.Branch
	if s.Pull != nil {
		p := s.Pull.pull
		pull.Title, pull.Body, pull.URL, pull.HeadRefName = p.GetTitle(), p.GetBody(), p.GetHTMLURL(), p.GetHead().GetRef()
	}
	for _, c := range commits {
		node := &struct{ Commit ghapi.Commit }{}
		node.Commit.Message = c.Message
		pull.History.Nodes = append(pull.History.Nodes, node)
	}
	asker := Pull{Snapshot: snapshot, Trackers: s.Trackers}
	asker.named(ctx, mentions(snapshot, t.Repository.Server, map[string]bool{}), &f)
	asker.tracked(&f)
	for i := range f.Tickets {
		o := &f.Tickets[i].Origin
		o.Source, o.Basis, o.Class = s.Name(), evidence.Reported, s.Class()
	}
	for i := range f.Gaps {
		f.Gaps[i].Origin.Source = s.Name()
		f.Gaps[i].Hint = "the action asks GitHub about the issues that a change names"
	}
	return f, nil
}
