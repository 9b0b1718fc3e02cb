package ghtest

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// The state as GraphQL shows it: objects by field name.

func (s *Server) query() object {
	st := &s.state
	return object{"__typename": "Query", "viewer": object{"__typename": "User", "login": st.viewer()}, "nodes": field(func(args map[string]any) any {
		var found []object
		ids, _ := args["ids"].([]any)
		for _, id := range ids {
			c := find(st.Checks, func(c *Check) bool { return fmt.Sprintf("CR_%d", c.ID) == id })
			if c == nil {
				found = append(found, nil)
				continue
			}
			found = append(found, st.checkObject(c))
		}
		return found
	}), "repository": field(func(args map[string]any) any {
		owner, _ := args["owner"].(string)
		name, _ := args["name"].(string)
		full := owner + "/" + name
		if full != st.full() && !slices.ContainsFunc(st.Issues, func(i *Issue) bool { return i.Repository == full }) {
			return fault{"NOT_FOUND", "Could not resolve to a Repository with the name '" + full + "'."}
		}
		return object{
			"__typename": "Repository", "nameWithOwner": full, "isPrivate": st.Repository.Private,
			"pullRequest": field(func(args map[string]any) any {
				n, _ := integer(args["number"])
				if p := st.pull(n); p != nil && full == st.full() {
					return st.pullObject(p)
				}
				return fault{"NOT_FOUND", fmt.Sprintf("Could not resolve to a PullRequest with the number of %d.", n)}
			}),
			"issueOrPullRequest": field(func(args map[string]any) any {
				n, _ := integer(args["number"])
				if p := st.pull(n); p != nil && full == st.full() {
					return object{"__typename": "PullRequest"}
				}
				return st.issueObject(full, n)
			}),
			"object": field(func(args map[string]any) any {
				sha, _ := args["oid"].(string)
				if !slices.ContainsFunc(st.Commits, func(c *Commit) bool { return c.SHA == sha }) {
					return nil
				}
				return st.commitObject(sha)
			}),
			"mergeQueue": field(func(args map[string]any) any { return st.queueObject(args["branch"]) }),
		}
	})}
}

func (s *Server) mutations() object {
	st := &s.state
	return object{"__typename": "Mutation", "minimizeComment": field(func(args map[string]any) any {
		in, _ := args["input"].(map[string]any)
		c := find(st.Comments, func(c *Comment) bool { return c.node() == in["subjectId"] })
		switch {
		case !st.may("pull-requests|issues", "write"):
			return forbidden()
		case c == nil:
			return fault{"NOT_FOUND", fmt.Sprintf("Could not resolve to a node with the global id of '%v'", in["subjectId"])}
		}
		c.Minimized = true
		return object{"__typename": "MinimizeCommentPayload", "minimizedComment": object{"__typename": "IssueComment", "isMinimized": true}}
	})}
}

func actor(a *Account) any {
	if a == nil {
		return nil
	}
	return object{"__typename": cmp.Or(a.Kind, "User"), "login": a.Login}
}

func names(list []string, kind, key string) field {
	var nodes []object
	for _, n := range list {
		nodes = append(nodes, object{"__typename": kind, key: n})
	}
	return connection(nodes)
}

func gitObject(sha string) object { return object{"__typename": "Tree", "oid": sha} }

func (s *State) pullObject(p *Pull) object {
	o := object{
		"__typename": "PullRequest", "number": p.Number, "title": p.Title, "body": p.Body, "state": p.State, "isDraft": p.Draft, "locked": p.Locked,
		"url": fmt.Sprintf("%s/%s/pull/%d", webBase, s.full(), p.Number), "createdAt": s.at(p.CreatedAt), "author": actor(p.author()),
		"authorAssociation": p.Association, "baseRefName": p.Base.Ref, "baseRefOid": p.Base.SHA, "headRefName": p.Head.Ref, "headRefOid": p.Head.SHA,
		"isCrossRepository": p.Head.Repository != s.full(), "headRepository": nil, "reviewDecision": null(p.ReviewDecision), "mergedAt": null(p.MergedAt),
		"mergedBy": actor(p.MergedBy), "mergeCommit": nil, "autoMergeRequest": nil, "mergeQueueEntry": nil, "labels": names(p.Labels, "Label", "name"),
		"baseRef": p.rules(), "closingIssuesReferences": s.closing(p), "reviews": s.reviews(p), "reviewThreads": threads(p), "reviewRequests": requests(p),
		"comments": s.conversation(p), "timelineItems": timeline(s.events(p)), "commits": s.commits(p),
	}
	if p.Head.Repository != "-" {
		o["headRepository"] = object{"__typename": "Repository", "nameWithOwner": p.Head.Repository, "databaseId": s.repositoryID(p.Head.Repository, p.Head.RepositoryID)}
	}
	if p.MergeCommit != "" {
		o["mergeCommit"] = s.commitObject(p.MergeCommit)
	}
	return o
}

// rules is the base branch with what it requires.
func (p *Pull) rules() object {
	var rule any
	if len(p.Required) > 0 {
		rule = object{"__typename": "RefUpdateRule", "requiredStatusCheckContexts": p.Required}
	}
	nodes := []object{{"__typename": "RepositoryRule", "type": "DELETION", "parameters": nil}}
	if len(p.Rules) > 0 {
		var checks []object
		for _, name := range p.Rules {
			checks = append(checks, object{"__typename": "StatusCheckConfiguration", "context": name, "integrationId": actionsApp})
		}
		nodes = append(nodes, object{
			"__typename": "RepositoryRule", "type": "REQUIRED_STATUS_CHECKS",
			"parameters": object{"__typename": "RequiredStatusChecksParameters", "requiredStatusChecks": checks},
		})
	}
	return object{"__typename": "Ref", "refUpdateRule": rule, "rules": connection(nodes)}
}

func (s *State) closing(p *Pull) field {
	if !s.may("issues", "read") {
		return func(map[string]any) any { return forbidden() }
	}
	var nodes []object
	for _, ref := range p.Closes {
		full, number, _ := strings.Cut(ref, "#")
		n, _ := strconv.Atoi(number)
		// What the token may not see leaves a hole.
		o, _ := s.issueObject(cmp.Or(full, s.full()), n).(object)
		nodes = append(nodes, o)
	}
	return connection(nodes)
}

// issueObject returns an issue, or why there is none to see.
func (s *State) issueObject(full string, number int) any {
	i := find(s.Issues, func(i *Issue) bool { return i.Repository == full && i.Number == number })
	switch {
	case !s.may("issues", "read"):
		return forbidden()
	case i == nil || i.Hidden:
		return fault{"NOT_FOUND", fmt.Sprintf("Could not resolve to an issue or pull request with the number of %d.", number)}
	}
	var comments, events, revisions []object
	base := fmt.Sprintf("%s/%s/issues/%d", webBase, full, number)
	for n, c := range i.Comments {
		comments = append(comments, object{
			"__typename": "IssueComment", "body": c.Body, "url": fmt.Sprintf("%s#issuecomment-%d", base, n+1), "createdAt": s.at(c.At),
			"authorAssociation": cmp.Or(c.Association, "NONE"), "author": actor(c.Author),
		})
	}
	for _, l := range i.Labelled {
		events = append(events, object{
			"__typename": "LabeledEvent", "createdAt": s.at(l.At), "actor": actor(l.Actor), "label": object{"__typename": "Label", "name": l.Label},
		})
	}
	for _, r := range i.Renames {
		events = append(events, object{"__typename": "RenamedTitleEvent", "createdAt": s.at(r.At), "actor": actor(r.Actor), "previousTitle": r.From})
	}
	for _, r := range slices.Backward(i.Revisions) {
		o := object{"__typename": "UserContentEdit", "editedAt": s.at(r.At), "editor": actor(r.Editor), "diff": r.Body}
		if r.Deleted {
			o["diff"] = nil
		}
		revisions = append(revisions, o)
	}
	var milestone, kind any
	if i.Type != "" {
		kind = object{"__typename": "IssueType", "name": i.Type}
	}
	if i.Milestone != "" {
		milestone = object{"__typename": "Milestone", "title": i.Milestone}
	}
	return object{
		"__typename": "Issue", "number": number, "title": i.Title, "url": base, "body": i.Body, "state": i.State, "stateReason": null(i.StateReason),
		"authorAssociation": cmp.Or(i.Association, "NONE"), "createdAt": s.at(i.CreatedAt), "lastEditedAt": null(i.EditedAt), "author": actor(i.Author),
		"repository": object{"__typename": "Repository", "nameWithOwner": full}, "labels": names(i.Labels, "Label", "name"), "milestone": milestone,
		"assignees": names(i.Assignees, "User", "login"), "comments": connection(comments), "issueType": kind,
		"includesCreatedEdit": len(revisions) > 0, "userContentEdits": connection(revisions), "timelineItems": timeline(events),
	}
}

func (s *State) reviews(p *Pull) field {
	var nodes []object
	for n, r := range p.Reviews {
		o := object{
			"__typename": "PullRequestReview", "id": fmt.Sprintf("PRR_%d", n), "state": r.State, "submittedAt": null(r.SubmittedAt),
			"url":               fmt.Sprintf("%s/%s/pull/%d#pullrequestreview-%d", webBase, s.full(), p.Number, n+1),
			"authorAssociation": cmp.Or(r.Association, "NONE"), "author": actor(r.Author), "commit": nil,
		}
		if r.Commit != "" {
			o["commit"] = s.commitObject(r.Commit)
		}
		nodes = append(nodes, o)
	}
	return connection(nodes)
}

func requests(p *Pull) field {
	var nodes []object
	for _, owner := range p.Requested {
		nodes = append(nodes, object{"__typename": "ReviewRequest", "asCodeOwner": owner})
	}
	return connection(nodes)
}

func threads(p *Pull) field {
	var nodes []object
	for n, resolved := range p.Threads {
		nodes = append(nodes, object{"__typename": "PullRequestReviewThread", "id": fmt.Sprintf("PRRT_%d", n), "isResolved": resolved, "isOutdated": false})
	}
	return connection(nodes)
}

func (s *State) conversation(p *Pull) field {
	var nodes []object
	for _, c := range s.Comments {
		if c.Pull != p.Number {
			continue
		}
		mine := c.Author != nil && c.Author.Login == s.Viewer.Login
		nodes = append(nodes, object{
			"__typename": "IssueComment", "id": c.node(), "fullDatabaseId": strconv.FormatInt(c.ID, 10), "url": c.address(s.full()), "body": c.Body,
			"isMinimized": c.Minimized, "viewerDidAuthor": mine,
		})
	}
	return connection(nodes)
}

// timeline is a field that gives the events of the types asked for.
func timeline(events []object) field {
	return func(args map[string]any) any {
		types, _ := args["itemTypes"].([]any)
		var shown []object
		for _, e := range events {
			wanted := func(t any) bool {
				return strings.EqualFold(strings.ReplaceAll(fmt.Sprint(t), "_", ""), fmt.Sprint(e["__typename"]))
			}
			if slices.ContainsFunc(types, wanted) {
				shown = append(shown, e)
			}
		}
		return connection(shown)(args)
	}
}

func (s *State) events(p *Pull) []object {
	var nodes []object
	for _, f := range p.ForcePushes {
		nodes = append(nodes, object{
			"__typename": "HeadRefForcePushedEvent", "createdAt": s.at(f.At), "actor": actor(f.Actor),
			"beforeCommit": s.commitObject(f.Before), "afterCommit": s.commitObject(f.After),
		})
	}
	for _, m := range p.Merging {
		nodes = append(nodes, object{"__typename": m.Event, "actor": actor(m.Actor)})
	}
	return nodes
}

func (s *State) commits(p *Pull) field {
	var nodes []object
	for _, sha := range p.Commits {
		nodes = append(nodes, object{"__typename": "PullRequestCommit", "commit": s.commitObject(sha)})
	}
	return connection(nodes)
}

func (s *State) commitObject(sha string) object {
	c := s.commit(sha)
	headline, _, _ := strings.Cut(c.Message, "\n")
	person := func(login string) object {
		o := object{"__typename": "GitActor", "user": nil}
		if login != "" {
			o["user"] = object{"__typename": "User", "login": login}
		}
		return o
	}
	var parents []object
	for _, p := range c.Parents {
		parent := s.commit(p)
		first, _, _ := strings.Cut(parent.Message, "\n")
		parents = append(parents, object{"__typename": "Commit", "oid": p, "messageHeadline": first, "authoredDate": s.at(parent.At)})
	}
	return object{
		"__typename": "Commit", "oid": sha, "authoredDate": s.at(c.At), "committedDate": s.at(c.At), "messageHeadline": headline, "message": c.Message,
		"tree": gitObject(c.tree()), "author": person(c.Author), "committer": person(c.Committer), "parents": connection(parents),
		"statusCheckRollup": s.rollup(sha), "checkSuites": s.suites(sha), "status": s.statuses(sha),
		"associatedPullRequests": s.containing(sha),
	}
}

func (s *State) containing(sha string) field {
	var nodes []object
	for _, p := range s.Pulls {
		if p.Head.SHA == sha || slices.Contains(p.Commits, sha) {
			nodes = append(nodes, object{"__typename": "PullRequest", "number": p.Number, "state": p.State, "headRefOid": p.Head.SHA, "baseRefName": p.Base.Ref})
		}
	}
	return connection(nodes)
}

// suites are all results of check runs, grouped as GitHub does: by app and
// workflow run.
func (s *State) suites(sha string) any {
	if !s.may("checks", "read") {
		return forbidden()
	}
	var nodes []object
	var keys []string
	runs := map[string][]object{}
	for _, c := range s.Checks {
		if c.HeadSHA != sha {
			continue
		}
		o, key := s.checkObject(c), fmt.Sprintf("%d %d", c.AppID, c.Run)
		if runs[key] == nil {
			keys = append(keys, key)
			nodes = append(nodes, o["checkSuite"].(object))
		}
		runs[key] = append(runs[key], o)
	}
	for i, key := range keys {
		nodes[i]["checkRuns"] = connection(runs[key])
	}
	return connection(nodes)
}

func (s *State) statuses(sha string) any {
	var nodes []object
	for _, st := range s.Statuses {
		if st.SHA == sha {
			nodes = append(nodes, s.statusObject(st))
		}
	}
	if nodes == nil {
		return nil
	}
	return object{"__typename": "Status", "contexts": nodes}
}

// rollup shows the latest run of each check, as GitHub does.
func (s *State) rollup(sha string) any {
	if !s.may("checks", "read") {
		return forbidden()
	}
	var nodes []object
	seen := map[string]bool{}
	for _, c := range slices.Backward(s.Checks) {
		key := fmt.Sprintf("%d %d %s", c.AppID, c.Run, c.Name)
		if c.HeadSHA != sha || seen[key] {
			continue
		}
		seen[key] = true
		nodes = append(nodes, s.checkObject(c))
	}
	for _, st := range s.Statuses {
		if st.SHA == sha {
			nodes = append(nodes, s.statusObject(st))
		}
	}
	if len(nodes) == 0 {
		return nil
	}
	return object{"__typename": "StatusCheckRollup", "contexts": connection(nodes)}
}

func (s *State) checkObject(c *Check) object {
	suite := object{
		"__typename": "CheckSuite", "push": s.push(c.HeadSHA),
		"app": object{"__typename": "App", "databaseId": c.AppID, "slug": c.App}, "workflowRun": nil,
	}
	if r := s.run(c.Run); r != nil {
		suite["workflowRun"] = object{"__typename": "WorkflowRun", "databaseId": r.ID, "event": r.Event, "file": r.file(), "workflow": object{"__typename": "Workflow", "name": r.Name, "databaseId": r.workflow()}}
	}
	var annotations []object
	for _, a := range c.Annotations {
		annotations = append(annotations, object{"__typename": "CheckAnnotation", "message": a.Message})
	}
	return object{
		"title": null(c.Title), "annotations": connection(annotations),
		"__typename": "CheckRun", "id": fmt.Sprintf("CR_%d", c.ID), "steps": s.steps(c), "databaseId": c.ID, "name": c.Name, "status": strings.ToUpper(c.Status), "conclusion": null(strings.ToUpper(c.Conclusion)),
		"startedAt": null(c.StartedAt), "completedAt": null(c.CompletedAt), "detailsUrl": null(c.DetailsURL), "permalink": c.address(s.full()),
		"externalId": c.ExternalID, "checkSuite": suite, "isRequired": field(func(map[string]any) any { return c.Required }),
	}
}

// push is what put a commit on its branch, when the fixture says who did.
func (s *State) push(sha string) any {
	if c := s.commit(sha); c.Pusher != nil {
		return object{"__typename": "Push", "pusher": actor(c.Pusher)}
	}
	return nil
}

// steps are those of the job that the check run stands for.
func (s *State) steps(c *Check) field {
	var nodes []object
	if r := s.run(c.Run); r != nil {
		if j := find(r.Jobs, func(j *Job) bool { return j.ID == c.ID }); j != nil {
			for i, step := range j.Steps {
				nodes = append(nodes, object{"__typename": "CheckStep", "name": step.Name, "number": i + 1, "conclusion": strings.ToUpper(step.Conclusion)})
			}
		}
	}
	return connection(nodes)
}

func (s *State) statusObject(st *Status) object {
	return object{
		"__typename": "StatusContext", "id": "SC_" + st.Context, "context": st.Context, "state": strings.ToUpper(st.State), "description": null(st.Description),
		"targetUrl": null(st.TargetURL), "createdAt": s.at(st.At), "creator": actor(st.Creator), "isRequired": field(func(map[string]any) any { return st.Required }),
	}
}

func (s *State) queueObject(branch any) any {
	var nodes []object
	for i, e := range s.Queue {
		if e.Branch != branch {
			continue
		}
		nodes = append(nodes, object{
			"__typename": "MergeQueueEntry", "position": i + 1, "baseCommit": gitObject(e.Base), "headCommit": gitObject(e.Head),
			"pullRequest": object{"__typename": "PullRequest", "number": e.Pull},
		})
	}
	if nodes == nil {
		return nil
	}
	return object{"__typename": "MergeQueue", "entries": connection(nodes)}
}
