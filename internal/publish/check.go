package publish

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/google/go-github/v60/github"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/render/brief"
	"github.com/mergebrief/mergebrief/internal/render/comment"
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
	// Slug of the app that the token belongs to, empty when it is not known: what
	// another app made is not ours.
	App string
	// The workflow runs that are ours; nil for none.
	Runs Runs
	// A comment is published, too: its digest stands in the check run.
	Comment bool
	// Address behind "Details": the page of the workflow run.
	DetailsURL string
	// External ids of the check runs on the head when the run began, nil when not
	// all are known. That there is none of ours among them saves a request.
	Listed []string
}

// Check returns the publisher of the check run on the head commit, which fills
// in Links.Check.
//
// There is one check run for a pull request, head and key; it is recognised by
// its external id and its app, updated when its content changed and completed from the start.
// One that a later run of ours wrote is left alone. Two runs at once may both make one,
// and GitHub deletes none: the newest stands, which is the one that GitHub shows,
// and the other says so and repeats its conclusion. A token without the permission
// is refused with [evidence.Denied].
func Check(c CheckConfig) Publisher {
	c.Name = cmp.Or(c.Name, DefaultCheckName)
	return check{c, comment.Check}
}

type check struct {
	CheckConfig
	render func(*evidence.Bundle, brief.Options) comment.Output
}

func (check) Name() string { return "check" }

func (c check) Publish(ctx context.Context, e *Edition) (Receipt, error) {
	target := e.Bundle.Record.Target
	if c.REST == nil || target.Repository.Owner == "" || target.Head == "" {
		return Receipt{}, refuse(evidence.NotConfigured, "run in a workflow of the repository with a token", "no commit on GitHub is known to put a check run on")
	}
	run := checkRun{
		checks: c.REST.Checks, owner: target.Repository.Owner, repo: target.Repository.Name, head: target.Head,
		name: c.CheckConfig.Name, externalID: externalID(target, e.Key), app: c.App, runs: c.Runs,
		conclusion: string(e.Bundle.Assessment.Verdict.Conclusion), details: c.DetailsURL,
	}
	if of := e.Bundle.Record.Run; of != nil {
		run.run, run.attempt = of.RunID, of.Attempt
	}
	if c.Comment {
		options := e.options()
		options.Links.Check = anyCheck
		run.comment = bodyDigest(comment.Body(e.Bundle, options))
	}
	out := c.render(e.Bundle, e.options())
	if e.Receipt != "" {
		out.Text = "`" + e.Receipt + "`\n\n" + out.Text
	}
	run.fill(out)
	found, state, err := run.publish(ctx, c.Listed == nil || slices.Contains(c.Listed, run.externalID))
	if err != nil {
		return Receipt{}, classify(err, "the check run cannot be written", checkHint)
	}
	e.Links.Check, e.Standing = found.GetHTMLURL(), run.standing
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
