package cli

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/google/go-github/v60/github"
	"github.com/spf13/cobra"

	"github.com/mergebrief/mergebrief/internal/action"
	"github.com/mergebrief/mergebrief/internal/assess"
	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/gather"
	"github.com/mergebrief/mergebrief/internal/ghapi"
	"github.com/mergebrief/mergebrief/internal/git"
	"github.com/mergebrief/mergebrief/internal/pipeline"
	"github.com/mergebrief/mergebrief/internal/publish"
	"github.com/mergebrief/mergebrief/internal/redact"
	"github.com/mergebrief/mergebrief/internal/render/brief"
	"github.com/mergebrief/mergebrief/internal/render/text"
)

// What is left to a run that is cancelled: the runner sends SIGINT and the next
// signal 7.5 s later (Runner.Sdk/ProcessInvoker.cs).
const (
	// gatherGrace is the time in which sources may finish: enough for what is on
	// the machine, and too short to wait for what is not.
	gatherGrace = 3 * time.Second
	// publishGrace is the time for publishing afterwards.
	publishGrace = 4 * time.Second
)

// What a run may take, so that it ends before the job does and the bundle is there
// whatever the services do: a job of 15 minutes is enough.
const (
	gatherBudget  = 10 * time.Minute
	publishBudget = 4 * time.Minute
)

func (c *Command) action() *cobra.Command {
	flags := map[string]*string{}
	cmd := &cobra.Command{
		Use:   "action",
		Short: "what the action runs: gather, publish, set outputs",
		Long: `Reads the variables and the event of a GitHub Actions runner, gathers the evidence
for the pull request, and publishes the artifact, the check run, the comment and
the job summary. Each flag stands for the input of its name.`,
		Example: "  mergebrief action\n  mergebrief action --comment off --fail-on error",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.runAction(cmd.Context(), func(input string) string {
				if v := *flags[input]; v != "" {
					return v
				}
				return action.FromVariables(c.Getenv)(input)
			})
		},
	}
	for _, in := range action.Inputs {
		flags[in.Name] = cmd.Flags().String(in.Name, "", in.Usage())
	}
	return cmd
}

// actionRun is one run of the action.
type actionRun struct {
	*Command
	env      action.Environment
	settings action.Settings
	event    action.Event
	log      *action.Log
	client   *github.Client
	graphQL  string
	redactor *redact.Redactor
	// The change that is being recorded, and what GitHub says about it.
	subject  subject
	snapshot *ghapi.Snapshot
	// What went wrong before the sources were asked.
	gaps []evidence.Gap
}

func (c *Command) runAction(ctx context.Context, value func(string) string) error {
	s, err := c.newActionRun(value)
	if err != nil {
		return err
	}
	return s.run(ctx)
}

// run makes the records that the event asks for.
func (s *actionRun) run(ctx context.Context) error {
	repo, err := git.Open(ctx, s.env.Workspace, git.Options{Token: s.settings.Token, Server: s.env.Repository.Server})
	if err != nil {
		s.lacks("repository", err, "check out the repository before this step: uses: actions/checkout")
	} else {
		defer repo.Close()
	}
	all, reason, err := s.subjects(ctx)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		s.log.Notice(action.Annotation{Title: "mergebrief"}, text.Clean("nothing to record: "+reason))
		return nil
	}
	known := s.gaps
	var worst error
	for _, one := range all {
		s.subject, s.snapshot, s.gaps = one, nil, slices.Clone(known)
		worst = worse(worst, s.one(ctx, repo, s.folder(len(all))))
	}
	return worst
}

// worse returns the error with the graver exit status.
func worse(a, b error) error {
	if a == nil || b != nil && asFailure(b).status > asFailure(a).status {
		return b
	}
	return a
}

// folder is where the bundle of the subject goes: not the workspace, which
// belongs to the checkout and to another user than the container's. Several
// subjects have a folder each.
func (s *actionRun) folder(subjects int) string {
	out := filepath.Join(cmp.Or(s.env.Temp, os.TempDir()), defaultOut)
	if subjects > 1 {
		out = filepath.Join(out, fmt.Sprintf("pr-%d", s.subject.number))
	}
	return out
}

// one makes and publishes the record of one subject.
func (s *actionRun) one(ctx context.Context, repo *git.Repo, out string) error {
	gathering, enough := context.WithTimeout(ctx, gatherBudget)
	defer enough()
	local, done := grace(gathering)
	defer done()
	target, err := s.target(gathering, local, repo)
	if err != nil {
		return err
	}
	policy, err := s.policy(local, repo, target.Base)
	if err != nil {
		s.lacks("policy", err, "mergebrief policy check says what is wrong with it")
	}
	change := s.change(repo, target, policy)
	e, err := change.Edition(change.Record(local), brief.Options{Key: s.settings.CommentKey}, s.lines(local, repo))
	if err != nil {
		return fail("", "%w", err)
	}
	if err := pipeline.Store(e, out); err != nil {
		return fail("is the disk of the runner full?", "%w", err)
	}
	ctx, stop := stillTime(ctx)
	defer stop()
	e.Receipt = s.keep(ctx, repo, e)
	receipts, _ := publish.All(ctx, e, s.publishers(target.Head)) // what failed is in the receipts
	return s.finish(e, out, receipts)
}

// lines says where the page has the lines of the diff from.
func (s *actionRun) lines(ctx context.Context, repo *git.Repo) pipeline.LineReader {
	if !s.settings.ReportCode {
		return pipeline.WithoutLines
	}
	return pipeline.LinesOf(ctx, repo, s.redactor)
}

// newSession reads everything that the runner hands over.
func (c *Command) newActionRun(value func(string) string) (*actionRun, error) {
	env, err := action.ReadEnvironment(c.Getenv)
	if err != nil {
		return nil, misuse("", "%w", err)
	}
	settings, err := action.Parse(value)
	if err != nil {
		return nil, misuse("see the inputs in the README", "%w", err)
	}
	payload, err := readBounded(env.EventPath)
	if err != nil {
		return nil, err
	}
	event, err := action.ParseEvent(env.EventName, payload)
	if err == nil {
		event, err = event.ForPull(settings.PullRequest)
	}
	if err != nil {
		return nil, misuse("", "%w", err)
	}
	api := ghapi.Config{Token: settings.Token, APIURL: env.APIURL, GraphQLURL: env.GraphQLURL, UserAgent: "mergebrief/" + version(), Sleep: c.pause}
	client, err := ghapi.New(api)
	if err != nil {
		return nil, misuse("", "%w", err)
	}
	s := &actionRun{
		Command: c, env: env, settings: settings, event: event, log: action.NewLog(c.Stdout, nil), client: client,
		graphQL: api.GraphQL(), redactor: redact.New([]string{settings.Token, env.RuntimeToken}),
	}
	s.log.Mask(settings.Token)
	return s, nil
}

// lacks notes a gap that is known before the sources are asked.
func (s *actionRun) lacks(subject string, err error, hint string) {
	g := evidence.MissingGap("run", subject, evidence.ReasonOf(err, evidence.Unavailable), err.Error())
	g.Hint = hint
	s.gaps = append(s.gaps, g)
}

// target completes what the event says by what GitHub answers, and by what git
// finds between the two commits. Local is the context for what needs no answer of
// GitHub.
func (s *actionRun) target(ctx, local context.Context, repo *git.Repo) (evidence.Target, error) {
	t := evidence.Target{Repository: s.env.Repository, PullRequest: s.subject.number, Base: s.subject.base, Head: s.subject.head}
	var err error
	if t.PullRequest != 0 {
		s.snapshot, err = ghapi.TakeSnapshot(ctx, s.client, s.graphQL, t.Repository.Owner, t.Repository.Name, t.PullRequest)
	}
	switch {
	case err == nil && t.Head == "":
		t.Base, t.Head = s.snapshot.Pull.BaseRefOid, s.snapshot.Pull.HeadRefOid
	case err != nil && t.Head == "" && evidence.ReasonOf(err, "") == evidence.NotFound:
		return t, fail("check that the pull request exists and that the token may read it", "the pull request cannot be examined: %w", err)
	case err != nil:
		s.lacks("pull request", err, "give the token contents: read, pull-requests: read, checks: read and issues: read under permissions:")
	}
	if repo == nil || t.Head == "" {
		return t, nil
	}
	bases, err := repo.Connect(local, t.Base, t.Head)
	if err != nil || len(bases) == 0 {
		if err == nil {
			err = evidence.Errorf(evidence.NotFound, "%s and %s have no common commit", t.Base, t.Head)
		}
		s.lacks("history", err, "check out with fetch-depth: 0, or give the token contents: read")
		return t, nil
	}
	t.MergeBase = bases[0]
	if len(bases) > 1 {
		t.MergeBases = bases
	}
	return t, nil
}

// policy reads the policy of the base branch, from git or, where the base is not at
// hand, from GitHub: not to have looked is not the same as that there is none.
func (s *actionRun) policy(ctx context.Context, repo *git.Repo, base string) (assess.Policy, error) {
	read := func(path string) ([]byte, error) {
		return ghapi.Content(ctx, s.client, s.env.Repository.Owner, s.env.Repository.Name, base, path, maxPolicyBytes)
	}
	if repo != nil {
		if _, err := repo.Resolve(ctx, base); err == nil {
			read = func(path string) ([]byte, error) { return repo.Blob(ctx, base, path, maxPolicyBytes) }
		}
	}
	return policyFrom(read, s.settings.Config, s.settings.FailOn)
}

// change is the change of a target with what this run knows about it.
func (s *actionRun) change(repo *git.Repo, t evidence.Target, policy assess.Policy) pipeline.Change {
	c := pipeline.Change{
		Target: t, Policy: policy, Collector: collector(), Redactor: s.redactor, Repo: repo, Fetch: true,
		Merged: gather.MergedIn(s.snapshot), Replaced: gather.ReplacedIn(s.snapshot), Files: s.files(), Prompts: s.settings.IncludePrompts,
	}
	c.Before = append(c.Before, gather.Run{Workflow: s.workflow(), Gaps: s.gaps})
	if s.snapshot != nil {
		c.Before = append(c.Before, gather.Pull{
			Snapshot: s.snapshot, Client: s.client, GraphQL: s.graphQL, CheckName: s.settings.CheckName, Repo: repo,
			Trackers: trackers(policy), ApprovalLabels: policy.ApprovalLabels, Priorities: priorities(policy),
		})
	}
	if s.event.Name == "merge_group" {
		r := s.env.Repository
		c.Before = append(c.Before, gather.GroupChecks{Client: s.client, GraphQL: s.graphQL, Owner: r.Owner, Repository: r.Name, URL: r.URL(), Repo: repo})
	}
	if len(s.settings.Artifacts) > 0 {
		c.After = append(c.After, s.artifacts())
	}
	if t.PullRequest != 0 {
		c.After = append(c.After, s.earlier(t.PullRequest))
	}
	return c
}

// maxAttempts bounds the attempts of a run whose records are looked for: a request
// each.
const maxAttempts = 3

// earlier is the source of what earlier runs recorded of the pull request.
func (s *actionRun) earlier(number int) gather.Earlier {
	e := gather.Earlier{Client: s.client, Owner: s.env.Repository.Owner, Repo: s.env.Repository.Name, HeadRepositoryID: s.subject.repository, Temp: s.env.Temp}
	if s.snapshot != nil {
		e.BaseBranch = s.snapshot.Pull.BaseRefName
		if from := s.snapshot.Pull.HeadRepository; from != nil {
			e.HeadRepositoryID = cmp.Or(e.HeadRepositoryID, from.DatabaseID)
		}
	}
	for attempt := 1; attempt <= min(max(s.env.Attempt, 1), maxAttempts); attempt++ {
		e.Names = append(e.Names, publish.ArtifactName(s.settings.ArtifactName, number, s.settings.CommentKey, attempt))
	}
	return e
}

// artifacts is the source for the input artifacts: the run that is known to hold
// them, or the runs on the head.
func (s *actionRun) artifacts() gather.Artifacts {
	a := gather.Artifacts{
		Client: s.client, Owner: s.env.Repository.Owner, Repo: s.env.Repository.Name, RunID: s.subject.run, Patterns: s.settings.Artifacts,
		OfHead: s.subject.run == 0, HeadRepositoryID: s.subject.repository, Own: s.settings.ArtifactName, Temp: s.env.Temp,
	}
	if s.snapshot != nil {
		a.HeadBranch = s.snapshot.Pull.HeadRefName
		if from := s.snapshot.Pull.HeadRepository; from != nil {
			a.HeadRepository = from.NameWithOwner
		}
	}
	return a
}

// workflow describes the run, and what it is about when that is not a pull
// request of its own.
func (s *actionRun) workflow() evidence.WorkflowRun {
	w := s.env.Run()
	w.MergeGroup = s.subject.group
	if s.event.Run != nil {
		w.Examined = fmt.Sprintf("%s/actions/runs/%d", s.env.Repository.URL(), s.event.Run.ID)
	}
	return w
}

// files are those of the input evidence: in the workspace and in the folder for
// temporary files, to which several agents write.
func (s *actionRun) files() *pipeline.Files {
	return &pipeline.Files{
		Root: s.env.Workspace, Patterns: s.settings.Evidence,
		Out: []string{filepath.Join(s.env.Workspace, defaultOut), filepath.Join(s.env.Temp, defaultOut)},
		Place: func(glob string) (string, string, error) {
			place, err := s.env.Place(glob, exists)
			return place.Root, place.Glob, err
		},
	}
}

// trackers are the ticket systems that the policy names.
func trackers(p assess.Policy) []gather.Tracker {
	var all []gather.Tracker
	for _, t := range p.Trackers {
		all = append(all, gather.Tracker(t))
	}
	return all
}

// priorities are the labels that the policy names.
func priorities(p assess.Policy) []gather.Priority {
	var all []gather.Priority
	for _, x := range p.Priorities {
		all = append(all, gather.Priority(x))
	}
	return all
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// publishers are the places where the edition of a head goes, each one able to
// point to those before it.
func (s *actionRun) publishers(head string) []publish.Publisher {
	repo := s.env.Repository
	var listed []string
	if s.snapshot != nil {
		listed = s.snapshot.ExternalIDs(head)
	}
	client := s.client
	if s.subject.unsure || head == "" {
		client = nil // nowhere to put it
	}
	runs, app := publish.NewRuns(client, repo.Owner, repo.Name, s.env.RunID), ""
	if s.snapshot != nil {
		app = s.snapshot.App
	}
	comments := s.settings.Comment && !s.subject.quiet
	all := []publish.Publisher{
		publish.Artifact(publish.ArtifactConfig{
			Name:  publish.ArtifactName(s.settings.ArtifactName, s.subject.number, s.settings.CommentKey, s.env.Attempt),
			Token: s.env.RuntimeToken, ResultsURL: s.env.ResultsURL, Server: repo.Server, Repository: repo.FullName(),
			RunID: s.env.RunID, RetentionDays: s.settings.RetentionDays, MaxRetentionDays: s.env.RetentionDays, Mask: s.log.Mask, Sleep: s.pause,
		}),
		publish.Check(publish.CheckConfig{
			REST: client, Name: s.settings.CheckName, App: app, Runs: runs, Comment: comments, DetailsURL: s.env.RunURL(), Listed: listed,
		}),
	}
	if comments {
		talk := publish.NewConversation(s.client, s.graphQL, repo.Owner, repo.Name, s.subject.number, s.posted())
		all = append(all, publish.Comment(publish.CommentConfig{REST: client, Conversation: talk, Runs: runs, CheckName: s.settings.CheckName, App: app}))
	}
	return append(all, publish.Summary(s.env.Summary()))
}

// posted returns the comments that the snapshot holds, nil unless it holds all.
func (s *actionRun) posted() []publish.Posted {
	if s.snapshot == nil || s.snapshot.Pull.Comments.PageInfo.HasNextPage {
		return nil
	}
	list := []publish.Posted{}
	for _, n := range s.snapshot.Pull.Comments.All() {
		list = append(list, publish.Posted{ID: n.FullDatabaseID, Node: n.ID, Body: n.Body, URL: n.URL, Mine: n.ViewerDidAuthor, Minimised: n.IsMinimized})
	}
	return list
}

// stillTime returns the context for publishing, a short one when the run was
// cancelled while it gathered.
func stillTime(ctx context.Context) (context.Context, context.CancelFunc) {
	if ctx.Err() == nil {
		return context.WithTimeout(ctx, publishBudget)
	}
	return context.WithTimeout(context.WithoutCancel(ctx), publishGrace)
}

// grace returns a context that ends some time after ctx does.
func grace(ctx context.Context) (context.Context, context.CancelFunc) {
	later, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(gatherGrace, cancel) })
	return later, func() { stop(); cancel() }
}

// finish tells the workflow what became of the run.
func (s *actionRun) finish(e *publish.Edition, out string, receipts []publish.Receipt) error {
	verdict := e.Bundle.Assessment.Verdict
	result := action.Result{
		Bundle: s.hostPath(filepath.Join(out, pipeline.BundleFile)), BundleSHA256: strings.TrimPrefix(e.Digest, "sha256:"),
		CheckURL: e.Links.Check, CommentURL: e.Links.Comment, ArtifactURL: e.Links.Artifact,
		Conclusion: string(verdict.Conclusion), Published: true, Gaps: len(e.Bundle.Record.Gaps),
	}
	for _, r := range receipts {
		parts := slices.DeleteFunc([]string{string(r.State), r.URL, r.Detail}, func(p string) bool { return p == "" })
		s.log.Print(text.Clean(r.Publisher + ": " + strings.Join(parts, ", ")))
		if r.Publisher == "artifact" {
			result.ArtifactID = r.ID
		}
		if r.Foreign {
			result.Published = false
			s.log.Warning(action.Annotation{Title: "mergebrief: " + r.Publisher + " not published"}, text.Clean(r.Detail))
		}
		if gap, ok := r.Gap(); ok {
			result.Gaps++
			result.Published = false
			s.log.Warning(action.Annotation{Title: "mergebrief: " + gap.Subject + " not published"}, joinHint(gap))
		}
	}
	s.log.Print(text.Clean(verdict.Title))
	if w := s.env.Outputs(); w != nil {
		if err := result.Write(w, nil); err != nil {
			return fail("", "%w", err)
		}
	}
	return exit(gateStatus(e.Bundle))
}

func joinHint(g evidence.Gap) string {
	if g.Hint == "" {
		return text.Clean(g.Detail)
	}
	return text.Clean(g.Detail) + "\nhint: " + text.Clean(g.Hint)
}

// hostPath is a path in the folder for temporary files as later steps know it.
func (s *actionRun) hostPath(p string) string {
	rest, ok := strings.CutPrefix(p, s.env.Temp+"/")
	if !ok || s.env.Temp != "/github/runner_temp" || s.env.HostTemp == "" {
		return p
	}
	return s.env.HostTemp + "/" + rest
}
