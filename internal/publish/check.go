package publish

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/google/go-github/v60/github"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/ghapi"
	"github.com/mergebrief/mergebrief/internal/render"
)

const (
	// DefaultCheckName is the name of the check run unless configured otherwise.
	DefaultCheckName = "mergebrief"
	// GitHub takes 50 annotations in a request and appends those of the next
	// (REST description of POST and PATCH check-runs).
	annotationBatch = 50
	// maxAnnotations keeps the requests of one check run to four.
	maxAnnotations = 200
	// maxCheckText is GitHub's limit for summary and text, in characters.
	maxCheckText = 65535
	maxTitle     = 255
	perPage      = 100

	checkHint = "add checks: write under permissions:; runs from forks cannot have it"
)

// CheckConfig says how check runs are made.
type CheckConfig struct {
	REST *github.Client
	// Name of the check run, [DefaultCheckName] when empty. GitHub may show it
	// under any workflow, so it should say whose it is.
	Name string
	// Address behind "Details": the page of the workflow run.
	DetailsURL string
}

// Check returns the publisher of the check run on the head commit, which fills
// in Links.Check.
//
// There is one check run for a pull request and head; it is recognised by its
// external id, updated when its content changed and completed from the start. A
// token without the permission is refused with [evidence.Denied].
func Check(c CheckConfig) Publisher {
	c.Name = cmp.Or(c.Name, DefaultCheckName)
	return check{c, render.Check}
}

type check struct {
	CheckConfig
	render func(*evidence.Bundle, render.Options) render.CheckOutput
}

func (check) Name() string { return "check" }

func (c check) Publish(ctx context.Context, e *Edition) (Receipt, error) {
	target := e.Bundle.Record.Target
	if c.REST == nil || target.Repository.Owner == "" || target.Head == "" {
		return Receipt{}, refuse(evidence.NotConfigured, "run in a workflow of the repository with a token", "there is no commit on GitHub to put a check run on")
	}
	run := checkRun{
		checks: c.REST.Checks, owner: target.Repository.Owner, repo: target.Repository.Name, head: target.Head,
		name: c.CheckConfig.Name, externalID: externalID(target, e.Key),
		conclusion: e.Bundle.Assessment.Verdict.Conclusion, details: c.DetailsURL,
	}
	if of := e.Bundle.Record.Run; of != nil {
		run.run = of.RunID
	}
	run.fill(c.render(e.Bundle, e.options()))
	found, state, err := run.publish(ctx)
	if err != nil {
		return Receipt{}, classify(err, "the check run cannot be written", checkHint)
	}
	e.Links.Check = found.GetHTMLURL()
	return Receipt{State: state, ID: strconv.FormatInt(found.GetID(), 10), URL: e.Links.Check, Detail: run.remark}, nil
}

// externalID is what a check run is found again by: the pull request, its head,
// and the key where there are several records of one pull request.
func externalID(t evidence.Target, key string) string {
	id := fmt.Sprintf("mergebrief:%d:%s", t.PullRequest, t.Head)
	if key != "" {
		id += ":" + key
	}
	return id
}

// checkRun is the check run as it should be.
type checkRun struct {
	checks                 *github.ChecksService
	owner, repo, head      string
	name, externalID       string
	run                    int64 // id of the workflow run
	conclusion, details    string
	title, summary         string
	annotations            []*github.CheckRunAnnotation
	digest, remark         string
	unsettledText, settled string // text without and with the digest
}

// fill takes over what was rendered, within GitHub's limits. The digest of all
// of it ends the text as a comment, so that the next run can compare; what only
// says which run it was is not part of it.
func (r *checkRun) fill(out render.CheckOutput) {
	all := out.Annotations
	if len(all) > maxAnnotations {
		r.remark = fmt.Sprintf("%d of %d annotations are shown", maxAnnotations, len(all))
		all = all[:maxAnnotations]
	}
	for _, a := range all {
		r.annotations = append(r.annotations, annotation(a))
	}
	r.title, r.summary = evidence.Clip(out.Title, maxTitle), evidence.Clip(out.Summary, maxCheckText)
	parts := []string{r.conclusion, settled(r.details, r.run), r.title, settled(r.summary, r.run), settled(out.Text, r.run)}
	for _, a := range r.annotations {
		parts = append(parts, annotationKey(a))
	}
	r.digest = "\n\n<!-- mergebrief:check " + evidence.Digest([]byte(strings.Join(parts, "\x00"))) + " -->"
	r.unsettledText = evidence.Clip(out.Text, maxCheckText-len(r.digest))
	r.settled = r.unsettledText + r.digest
}

func annotation(a render.Annotation) *github.CheckRunAnnotation {
	level := map[string]string{"failure": "failure", "error": "failure", "warning": "warning"}[a.Level]
	start := max(a.Start, 1)
	out := &github.CheckRunAnnotation{
		Path: github.String(a.Path), StartLine: github.Int(start), EndLine: github.Int(max(a.End, start)),
		AnnotationLevel: github.String(cmp.Or(level, "notice")), Message: github.String(evidence.Clip(a.Message, maxCheckText)),
	}
	if a.Title != "" {
		out.Title = github.String(evidence.Clip(a.Title, maxTitle))
	}
	return out
}

func annotationKey(a *github.CheckRunAnnotation) string {
	return fmt.Sprintf("%q %d %d %s %q %q", a.GetPath(), a.GetStartLine(), a.GetEndLine(), a.GetAnnotationLevel(), a.GetTitle(), a.GetMessage())
}

func (r *checkRun) publish(ctx context.Context) (*github.CheckRun, State, error) {
	found, err := r.find(ctx)
	if err != nil {
		return nil, "", err
	}
	if found == nil {
		return r.create(ctx)
	}
	return r.renew(ctx, found)
}

// find returns the newest check run with our external id, or nil. It asks for
// all of the name, since the latest may be that of another pull request with the
// same head.
func (r *checkRun) find(ctx context.Context) (*github.CheckRun, error) {
	opts := &github.ListCheckRunsOptions{
		CheckName: &r.name, Filter: github.String("all"), ListOptions: github.ListOptions{PerPage: perPage},
	}
	var newest *github.CheckRun
	for {
		list, resp, err := r.checks.ListCheckRunsForRef(ctx, r.owner, r.repo, r.head, opts)
		if err != nil {
			return nil, err
		}
		for _, run := range list.CheckRuns {
			if run.GetExternalID() == r.externalID && run.GetHeadSHA() == r.head && run.GetID() > newest.GetID() {
				newest = run
			}
		}
		if resp.NextPage == 0 {
			return newest, nil
		}
		opts.Page = resp.NextPage
	}
}

// create makes the check run. A request whose answer got lost is not repeated
// before having looked whether it did its work.
func (r *checkRun) create(ctx context.Context) (*github.CheckRun, State, error) {
	made, err := r.post(ctx)
	if err != nil && ghapi.Uncertain(err) && ctx.Err() == nil {
		found, lookErr := r.find(ctx)
		if lookErr != nil {
			return nil, "", err
		}
		if found != nil {
			renewed, _, err := r.renew(ctx, found)
			return renewed, Created, err
		}
		made, err = r.post(ctx)
	}
	if err != nil {
		return nil, "", err
	}
	if len(r.annotations) > annotationBatch {
		err = r.patch(ctx, made.GetID(), r.annotations[annotationBatch:])
	}
	return made, Created, err
}

func (r *checkRun) post(ctx context.Context) (*github.CheckRun, error) {
	first := r.annotations[:min(annotationBatch, len(r.annotations))]
	opts := github.CreateCheckRunOptions{
		Name: r.name, HeadSHA: r.head, ExternalID: &r.externalID, Status: github.String("completed"),
		Conclusion: &r.conclusion, Output: r.output(first, len(first) == len(r.annotations)),
	}
	if r.details != "" {
		opts.DetailsURL = &r.details
	}
	made, _, err := r.checks.CreateCheckRun(ctx, r.owner, r.repo, opts)
	return made, err
}

// renew brings an existing check run up to date, unless it is.
func (r *checkRun) renew(ctx context.Context, found *github.CheckRun) (*github.CheckRun, State, error) {
	if found.GetStatus() == "completed" && found.GetConclusion() == r.conclusion && strings.HasSuffix(strings.TrimSpace(found.GetOutput().GetText()), strings.TrimSpace(r.digest)) {
		return found, Unchanged, nil
	}
	lacking, err := r.lacking(ctx, found)
	if err == nil {
		err = r.patch(ctx, found.GetID(), lacking)
	}
	if ghapi.StatusOf(err) == http.StatusForbidden || ghapi.StatusOf(err) == http.StatusNotFound {
		// Only the app that made a check run may change it. With another token
		// than last time, it takes a new one.
		if made, err := r.post(ctx); err == nil {
			if len(r.annotations) > annotationBatch {
				err = r.patch(ctx, made.GetID(), r.annotations[annotationBatch:])
			}
			return made, Created, err
		}
	}
	return found, Updated, err
}

// lacking returns the annotations that the check run does not have yet. GitHub
// appends annotations and never withdraws one, so repeating them all would show
// them twice.
func (r *checkRun) lacking(ctx context.Context, found *github.CheckRun) ([]*github.CheckRunAnnotation, error) {
	if found.GetOutput().GetAnnotationsCount() == 0 {
		return r.annotations, nil
	}
	has := map[string]bool{}
	for opts := (&github.ListOptions{PerPage: perPage}); ; {
		list, resp, err := r.checks.ListCheckRunAnnotations(ctx, r.owner, r.repo, found.GetID(), opts)
		if err != nil {
			return nil, err
		}
		for _, a := range list {
			has[annotationKey(a)] = true
		}
		if resp.NextPage == 0 {
			break
		}
		opts.Page = resp.NextPage
	}
	lacking := slices.DeleteFunc(slices.Clone(r.annotations), func(a *github.CheckRunAnnotation) bool {
		known := has[annotationKey(a)]
		delete(has, annotationKey(a))
		return known
	})
	if len(has) > 0 {
		r.remark = strings.TrimPrefix(fmt.Sprintf("%s; %d annotations of an earlier run stay, GitHub cannot withdraw them", r.remark, len(has)), "; ")
	}
	return lacking, nil
}

// patch appends annotations, in as many requests as it takes. The digest goes
// with the last one: a check run that was interrupted is not taken for complete.
func (r *checkRun) patch(ctx context.Context, id int64, annotations []*github.CheckRunAnnotation) error {
	for {
		batch := annotations[:min(annotationBatch, len(annotations))]
		annotations = annotations[len(batch):]
		opts := github.UpdateCheckRunOptions{
			Name: r.name, ExternalID: &r.externalID, Status: github.String("completed"),
			Conclusion: &r.conclusion, Output: r.output(batch, len(annotations) == 0),
		}
		if r.details != "" {
			opts.DetailsURL = &r.details
		}
		if _, _, err := r.checks.UpdateCheckRun(ctx, r.owner, r.repo, id, opts); err != nil {
			return err
		}
		if len(annotations) == 0 {
			return nil
		}
	}
}

func (r *checkRun) output(annotations []*github.CheckRunAnnotation, last bool) *github.CheckRunOutput {
	text := r.unsettledText
	if last {
		text = r.settled
	}
	out := &github.CheckRunOutput{Title: &r.title, Summary: &r.summary, Annotations: annotations}
	if text != "" {
		out.Text = &text
	}
	return out
}
