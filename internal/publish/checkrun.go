package publish

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/google/go-github/v60/github"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/ghapi"
	"github.com/mergebrief/mergebrief/internal/render/comment"
)

// checkRun is the check run as it should be.
type checkRun struct {
	checks                 *github.ChecksService
	owner, repo, head      string
	name, externalID       string
	run                    int64 // id of the workflow run
	attempt                int
	conclusion, details    string
	title, summary         string
	annotations            []*github.CheckRunAnnotation
	mark, remark           string
	app                    string // of our token, empty when not known
	runs                   Runs
	comment                string // digest of the comment, if there is to be one
	standing               string // digest of the comment that was told of before
	unsettledText, settled string // text without and with the mark
	// Further check runs with our external id, as far as they were looked for.
	duplicates []*github.CheckRun
}

// checkMark ends the text of a check run: which workflow run wrote it, the digest of
// the comment that it wrote, and that of the check run.
var checkMark = regexp.MustCompile(`<!-- mergebrief:check (?:run=[0-9.]+ )?(?:comment=(sha256:[0-9a-f]{64}) )?(sha256:[0-9a-f]{64}) -->$`)

// markOf returns the mark of a check run, nil when it has none.
func markOf(run *github.CheckRun) []string {
	return checkMark.FindStringSubmatch(strings.TrimSpace(run.GetOutput().GetText()))
}

// fill takes over what was rendered, within GitHub's limits. The digest of all
// of it ends the text as a comment, so that the next run can compare; what only
// says which run it was is not part of it.
func (r *checkRun) fill(out comment.Output) {
	all := out.Annotations
	if len(all) > maxAnnotations {
		r.remark = fmt.Sprintf("%d of %d annotations are shown", maxAnnotations, len(all))
		all = all[:maxAnnotations]
	}
	for _, a := range all {
		r.annotations = append(r.annotations, annotation(a))
	}
	r.title, r.summary = evidence.Clip(out.Title, maxTitle), evidence.Clip(out.Summary, maxCheckText)
	parts := []string{r.conclusion, r.comment, settled(r.details, r.run), r.title, settled(r.summary, r.run), settled(out.Text, r.run)}
	for _, a := range r.annotations {
		parts = append(parts, annotationKey(a))
	}
	written := ""
	if r.run > 0 {
		written = fmt.Sprintf("run=%d.%d ", r.run, r.attempt)
	}
	if r.comment != "" {
		written += "comment=" + r.comment + " "
	}
	r.mark = "<!-- mergebrief:check " + written + evidence.Digest([]byte(strings.Join(parts, "\x00"))) + " -->"
	r.unsettledText = evidence.Clip(out.Text, maxCheckText-len(r.mark)-2)
	r.settled = r.unsettledText + "\n\n" + r.mark
}

func annotation(a comment.Annotation) *github.CheckRunAnnotation {
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

// publish brings the check run to its place. Unless one may exist it does not
// look for it first.
func (r *checkRun) publish(ctx context.Context, mayExist bool) (*github.CheckRun, State, error) {
	if !mayExist {
		return r.create(ctx)
	}
	found, err := r.find(ctx)
	if err != nil {
		return nil, "", err
	}
	if found == nil {
		return r.create(ctx)
	}
	return r.renew(ctx, found)
}

// find returns the newest check run of our app with our external id, or nil, and notes
// the others. Whoever makes a check run writes its external id, and GitHub the app. A
// job of a workflow is none that we made. It asks for all of the name, since the latest may be that of another
// pull request with the same head.
func (r *checkRun) find(ctx context.Context) (*github.CheckRun, error) {
	opts := &github.ListCheckRunsOptions{
		CheckName: &r.name, Filter: github.String("all"), ListOptions: github.ListOptions{PerPage: perPage},
	}
	var ours []*github.CheckRun
	for {
		list, resp, err := r.checks.ListCheckRunsForRef(ctx, r.owner, r.repo, r.head, opts)
		if err != nil {
			return nil, err
		}
		for _, run := range list.CheckRuns {
			foreign := r.app != "" && run.GetApp().GetSlug() != r.app || strings.Contains(run.GetHTMLURL(), "/actions/runs/")
			if run.GetExternalID() == r.externalID && run.GetHeadSHA() == r.head && !foreign {
				ours = append(ours, run)
			}
		}
		if opts.Page = resp.NextPage; opts.Page == 0 {
			break
		}
	}
	if len(ours) == 0 {
		return nil, nil
	}
	slices.SortFunc(ours, func(a, b *github.CheckRun) int { return cmp.Compare(b.GetID(), a.GetID()) })
	r.duplicates = ours[1:]
	return ours[0], nil
}

// create makes the check run. Another run may do the same at the same time, and
// an answer may be lost, so it looks afterwards what is there.
func (r *checkRun) create(ctx context.Context) (*github.CheckRun, State, error) {
	made, err := r.post(ctx)
	if err != nil && (!ghapi.Uncertain(err) || ctx.Err() != nil) {
		return nil, "", err
	}
	found, lookErr := r.find(ctx)
	if err != nil && lookErr == nil && found == nil {
		if made, err = r.post(ctx); err != nil {
			return nil, "", err
		}
		found, lookErr = r.find(ctx)
	}
	switch {
	case (lookErr != nil || found == nil) && err != nil:
		return nil, "", err
	case lookErr != nil || found == nil || found.GetID() == made.GetID():
		if len(r.annotations) > annotationBatch {
			err = r.patch(ctx, made.GetID(), r.annotations[annotationBatch:])
		}
		r.retire(ctx, made, r.conclusion)
		return made, Created, err
	}
	renewed, state, err := r.renew(ctx, found)
	if made == nil { // it is the one whose answer was lost
		state = Created
	}
	return renewed, state, err
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
	switch {
	case err != nil:
		return nil, err // go-github returns an empty one with it
	case made.GetID() == 0:
		return nil, errNotThere
	}
	return made, nil
}

// renew brings an existing check run up to date, unless it is.
func (r *checkRun) renew(ctx context.Context, found *github.CheckRun) (*github.CheckRun, State, error) {
	mark := markOf(found)
	completed := mark != nil && found.GetStatus() == "completed"
	if mark != nil {
		r.standing = mark[1]
	}
	switch {
	case completed && found.GetConclusion() == r.conclusion && strings.HasSuffix(r.mark, mark[2]+" -->") && r.shows(found, mark[0]):
		r.retire(ctx, found, found.GetConclusion())
		return found, Unchanged, nil
	case completed && supersedes(mark[0], r.mark, "") && ours(ctx, r.runs, mark[0]):
		r.retire(ctx, found, found.GetConclusion())
		return found, Superseded, nil
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
	if err == nil {
		r.retire(ctx, found, r.conclusion)
	}
	return found, Updated, err
}

// shows reports whether a check run has our title and summary, not only our digest.
func (r *checkRun) shows(found *github.CheckRun, mark string) bool {
	out := found.GetOutput()
	return out.GetTitle() == r.title && settled(out.GetSummary(), writerOf(mark).run) == settled(r.summary, r.run)
}

// supersededTitle is the title of a check run beside the one that stands.
const supersededTitle = "superseded: two runs made a check run at the same time"

// retire makes the duplicates say what they are, with the conclusion of the check
// run that stands: should GitHub show or count one of them, it shows the same. That
// it did not work is no reason not to publish. What another app made is its own.
func (r *checkRun) retire(ctx context.Context, standing *github.CheckRun, conclusion string) {
	for _, d := range r.duplicates {
		if d.GetApp().GetID() != standing.GetApp().GetID() || d.GetOutput().GetTitle() == supersededTitle && d.GetConclusion() == conclusion {
			continue
		}
		_, _, err := r.checks.UpdateCheckRun(ctx, r.owner, r.repo, d.GetID(), github.UpdateCheckRunOptions{
			Name: r.name, ExternalID: &r.externalID, Status: github.String("completed"), Conclusion: &conclusion,
			Output: &github.CheckRunOutput{
				Title: github.String(supersededTitle), Summary: github.String("[The other one](" + standing.GetHTMLURL() + ") is kept up to date. This one repeats its conclusion."),
			},
		})
		if err != nil {
			r.remark = "an older duplicate of the check run could not be marked as such: " + err.Error()
		}
	}
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
