package gather

import (
	"cmp"
	"context"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/ghapi"
)

const (
	// maxFollowed bounds the workflows and actions of the repository that are read
	// because a workflow uses them. GitHub allows ten levels of workflows.
	maxFollowed = 100
	// maxDefinitionBytes bounds one of them, as GitHub does: 512 KB for a workflow.
	maxDefinitionBytes = 1 << 20
	// maxDefinitionFiles bounds the files that a check is said to differ by.
	maxDefinitionFiles = 20
)

// actionsSlug is the app of GitHub Actions, as which every workflow acts.
const actionsSlug = "github-actions"

// makers tells what made the checks of a head, and whether the change could have
// written that. What is compared are blobs at the merge base and the head: names
// prove nothing.
type makers struct {
	pull   Pull
	target evidence.Target
	// Paths at which the head differs from the merge base, and whether they are known.
	differing []string
	compared  bool
	// What was found out about workflows of the repository, by path.
	known map[string]*evidence.Definition
}

func (p Pull) makers(t evidence.Target) *makers {
	return &makers{pull: p, target: t, known: map[string]*evidence.Definition{}}
}

// compare reads by which files the change differs, once.
func (m *makers) compare(ctx context.Context) bool {
	if m.pull.Repo == nil || m.target.MergeBase == "" || m.target.Head != m.pull.Snapshot.Pull.HeadRefOid {
		return false
	}
	if m.differing == nil {
		differing, err := m.pull.Repo.Differing(ctx, m.target.MergeBase, m.target.Head)
		m.differing, m.compared = append([]string{}, differing...), err == nil
	}
	return m.compared
}

// of returns the definition of a check, nil for one that another app made.
func (m *makers) of(ctx context.Context, c *ghapi.Check) *evidence.Definition {
	if c.Type == "StatusContext" {
		return m.ofStatus(ctx, c)
	}
	if c.CheckSuite == nil || c.CheckSuite.WorkflowRun == nil && (c.CheckSuite.App == nil || c.CheckSuite.App.Slug != actionsSlug) {
		return nil
	}
	run := c.CheckSuite.WorkflowRun
	if !isJob(c) {
		return m.requested(ctx)
	}
	if run == nil || run.File == nil || run.File.Path == "" {
		return &evidence.Definition{State: evidence.DefinitionUnknown}
	}
	d := &evidence.Definition{State: evidence.DefinitionElsewhere, Path: run.File.Path}
	switch {
	case !m.ofRepository(run.File.RepositoryName):
		d.Repository = run.File.RepositoryName
	case m.ofOtherBase(run.Event):
		d.State = evidence.DefinitionUnknown
	case run.Event == "pull_request_target" || run.Event == "workflow_run": // as the base branch has it
	default:
		return m.workflow(ctx, run.File.Path)
	}
	return d
}

// ofRepository reports whether a workflow's file is of the repository, or of the one
// that the change is from. Not every server names the owner.
func (m *makers) ofRepository(name string) bool {
	s := m.pull.Snapshot
	repositories := []string{s.Repository}
	if from := s.Pull.HeadRepository; from != nil {
		repositories = append(repositories, from.NameWithOwner)
	}
	return slices.ContainsFunc(repositories, func(full string) bool {
		_, short, _ := strings.Cut(full, "/")
		return strings.EqualFold(name, full) || strings.EqualFold(name, short)
	})
}

// ofOtherBase reports whether the run may have been one for another pull request with
// this head: what it ran was merged from the head and a base that is not ours, or was
// that base's own. That there is no such pull request has to be known.
func (m *makers) ofOtherBase(event string) bool {
	s := m.pull.Snapshot
	head := s.Head()
	if head == nil || !strings.HasPrefix(event, "pull_request") {
		return false
	}
	all := head.AssociatedPullRequests
	if all.TotalCount > len(all.All()) || m.pull.unseen("associatedPullRequests") {
		return true
	}
	for _, other := range all.All() {
		if other.Number != s.Pull.Number && other.HeadRefOid == s.Pull.HeadRefOid && other.BaseRefName != s.Pull.BaseRefName {
			return true
		}
	}
	return false
}

// ofStatus is about a commit status, which whoever may write statuses can set under
// any name.
func (m *makers) ofStatus(ctx context.Context, c *ghapi.Check) *evidence.Definition {
	s := m.pull.Snapshot
	if c.Creator == nil {
		return nil
	}
	by := strings.TrimSuffix(c.Creator.Login, "[bot]")
	if by == actionsSlug {
		return m.requested(ctx)
	}
	authors := []string{actor(s.Pull.Author).Login}
	for _, n := range s.Pull.History.All() {
		authors = append(authors, login(n.Commit.Author))
	}
	if pusher := m.pull.lastPusher(); pusher != nil {
		authors = append(authors, pusher.Login)
	}
	if slices.ContainsFunc(authors, func(a string) bool { return evidence.SameLogin(a, by) }) {
		return &evidence.Definition{State: evidence.DefinitionAuthor, By: by}
	}
	return nil
}

// requested is about what a request of some workflow made. GitHub does not tell of
// which one and files check runs with any: it can be one of the change's own, unless
// there is none.
func (m *makers) requested(ctx context.Context) *evidence.Definition {
	own := func(p string) bool {
		base := path.Base(p)
		return strings.HasPrefix(p, ".github/workflows/") || strings.HasPrefix(p, ".github/actions/") || base == "action.yml" || base == "action.yaml"
	}
	if m.compare(ctx) && !slices.ContainsFunc(m.differing, own) {
		return &evidence.Definition{State: evidence.DefinitionUnchanged}
	}
	return &evidence.Definition{State: evidence.DefinitionUnknown}
}

// workflow compares a workflow of the repository, and all that it uses of it.
func (m *makers) workflow(ctx context.Context, file string) *evidence.Definition {
	if d := m.known[file]; d != nil {
		return d
	}
	d := &evidence.Definition{State: evidence.DefinitionUnknown, Path: file}
	m.known[file] = d
	if !m.compare(ctx) {
		return d
	}
	differing, sure := m.follow(ctx, file)
	switch {
	case len(differing) > 0:
		d.State = evidence.DefinitionChanged
		d.Files = differing[:min(len(differing), maxDefinitionFiles)]
		d.FilesOmitted = len(differing) - len(d.Files)
	case sure:
		d.State = evidence.DefinitionUnchanged
	}
	return d
}

// follow returns the files by which a workflow differs, with all that it uses of the
// repository, and whether all of that could be read.
func (m *makers) follow(ctx context.Context, file string) (differing []string, sure bool) {
	sure = true
	queue := []string{file}
	for i := 0; i < len(queue); i++ {
		if i == maxFollowed {
			return differing, false
		}
		at := queue[i]
		if found := m.below(at); len(found) > 0 {
			differing = append(differing, found...)
			continue // that it differs is all there is to know
		}
		text, known := m.text(ctx, at)
		sure = sure && known
		for _, used := range usedHere(text) {
			if !slices.Contains(queue, used) {
				queue = append(queue, used)
			}
		}
	}
	slices.Sort(differing)
	return slices.Compact(differing), sure
}

// isWorkflow reports whether what is used is a workflow. Otherwise it is the folder
// of an action.
func isWorkflow(p string) bool { return path.Ext(p) == ".yml" || path.Ext(p) == ".yaml" }

// actionFiles say what an action does.
var actionFiles = []string{"action.yml", "action.yaml", "Dockerfile"}

// below returns the differing files of a workflow or an action, which has its whole
// folder. Only that of an action at the root holds more than the action.
func (m *makers) below(at string) []string {
	of := func(p string) bool { return p == at || strings.HasPrefix(p, at+"/") }
	switch {
	case isWorkflow(at):
		of = func(p string) bool { return p == at }
	case at == ".":
		of = func(p string) bool { return slices.Contains(actionFiles, p) }
	}
	var found []string
	for _, p := range m.differing {
		if of(p) {
			found = append(found, p)
		}
	}
	return found
}

// text returns what defines a workflow or an action, as before the change, and
// whether that could be read. What neither the change nor its base has is nothing
// that the change wrote.
func (m *makers) text(ctx context.Context, at string) (text []byte, known bool) {
	files := []string{at}
	if !isWorkflow(at) {
		files = []string{path.Join(at, actionFiles[0]), path.Join(at, actionFiles[1])}
	}
	for _, rev := range slices.Compact([]string{m.target.MergeBase, cmp.Or(m.target.Base, m.target.MergeBase)}) {
		for _, file := range files {
			text, err := m.read(ctx, rev, file)
			if err == nil || evidence.ReasonOf(err, "") != evidence.NotFound {
				return text, err == nil
			}
		}
	}
	if isWorkflow(at) || at == "." {
		return nil, true
	}
	// A link leads to another folder, which may be edited.
	_, err := m.read(ctx, m.target.MergeBase, at)
	return nil, evidence.ReasonOf(err, "") == evidence.NotFound
}

// read reads a file from git or, where that does not have it, from GitHub.
func (m *makers) read(ctx context.Context, rev, file string) ([]byte, error) {
	text, err := m.pull.Repo.Blob(ctx, rev, file, maxDefinitionBytes)
	if err != nil && evidence.ReasonOf(err, "") != evidence.NotFound && m.pull.Client != nil {
		owner, name, _ := strings.Cut(m.pull.Snapshot.Repository, "/")
		return ghapi.Content(ctx, m.pull.Client, owner, name, rev, file, maxDefinitionBytes)
	}
	return text, err
}

// uses finds what workflows and actions use of their own repository. It is read
// loosely: what is found too much is compared, too.
var uses = regexp.MustCompile(`uses["']?\s*:\s*["']?(\./[^\s"'#,}]*)`)

// usedHere returns the workflows and folders of actions that a text uses of its own
// repository.
func usedHere(text []byte) []string {
	var all []string
	for _, match := range uses.FindAllSubmatch(text, -1) {
		if p := path.Clean(string(match[1])); !strings.HasPrefix(p, "..") {
			all = append(all, p)
		}
	}
	return all
}
