package ghtest

import (
	"cmp"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"hash/fnv"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// The objects below hold every field that GitHub's description requires, so that
// a client that needs one finds it.

const (
	apiBase = "https://api.github.com"
	webBase = "https://github.com"
)

func idOf(name string) int64 {
	h := fnv.New32a()
	h.Write([]byte(name))
	return int64(h.Sum32())
}

func blobID(text string) string {
	sum := sha1.Sum(fmt.Appendf(nil, "blob %d\x00%s", len(text), text))
	return hex.EncodeToString(sum[:])
}

// app is the slug of the app that the token belongs to.
func (s *State) app() string { return strings.TrimSuffix(s.Viewer.Login, "[bot]") }

func user(a *Account) any {
	if a == nil {
		return nil
	}
	login, kind := a.Login, cmp.Or(a.Kind, "User")
	if kind == "Bot" && !strings.HasSuffix(login, "[bot]") {
		login += "[bot]"
	}
	o := object{
		"login": login, "id": idOf(login), "node_id": "U_" + login, "avatar_url": webBase + "/" + login + ".png", "gravatar_id": "",
		"url": apiBase + "/users/" + login, "html_url": webBase + "/" + login, "type": kind, "site_admin": false,
	}
	for _, name := range []string{
		"followers", "following", "gists", "starred", "subscriptions", "organizations", "repos", "events", "received_events",
	} {
		o[name+"_url"] = apiBase + "/users/" + login + "/" + name
	}
	return o
}

func (s *State) repository() object {
	return repository(s.full(), s.Repository.ID, s.Repository.Private, s.Repository.DefaultBranch)
}

func repository(full string, id int64, private bool, branch string) object {
	owner, name, _ := strings.Cut(full, "/")
	base := apiBase + "/repos/" + full
	o := object{
		"id": id, "node_id": "R_" + name, "name": name, "full_name": full, "private": private, "owner": user(&Account{Login: owner}),
		"html_url": webBase + "/" + full, "description": nil, "fork": false, "url": base, "default_branch": branch,
		"git_url": "git://github.com/" + full + ".git", "ssh_url": "git@github.com:" + full + ".git", "clone_url": webBase + "/" + full + ".git",
		"svn_url": webBase + "/" + full, "homepage": nil, "language": nil, "forks_count": 0, "stargazers_count": 0, "watchers_count": 0,
		"size": 1, "open_issues_count": 0, "is_template": false, "topics": []string{}, "has_issues": true, "has_projects": true,
		"has_wiki": true, "has_pages": false, "has_downloads": true, "has_discussions": false, "archived": false, "disabled": false,
		"visibility": "public", "pushed_at": "2026-01-01T00:00:00Z", "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z",
		"forks": 0, "open_issues": 0, "watchers": 0, "license": nil, "mirror_url": nil, "allow_forking": true, "subscribers_count": 0, "network_count": 0,
	}
	for name, path := range map[string]string{
		"archive": "{archive_format}{/ref}", "assignees": "assignees{/user}", "blobs": "git/blobs{/sha}", "branches": "branches{/branch}",
		"collaborators": "collaborators{/collaborator}", "comments": "comments{/number}", "commits": "commits{/sha}",
		"compare": "compare/{base}...{head}", "contents": "contents/{+path}", "contributors": "contributors", "deployments": "deployments",
		"downloads": "downloads", "events": "events", "forks": "forks", "git_commits": "git/commits{/sha}", "git_refs": "git/refs{/sha}",
		"git_tags": "git/tags{/sha}", "hooks": "hooks", "issue_comment": "issues/comments{/number}", "issue_events": "issues/events{/number}",
		"issues": "issues{/number}", "keys": "keys{/key_id}", "labels": "labels{/name}", "languages": "languages", "merges": "merges",
		"milestones": "milestones{/number}", "notifications": "notifications", "pulls": "pulls{/number}", "releases": "releases{/id}",
		"stargazers": "stargazers", "statuses": "statuses/{sha}", "subscribers": "subscribers", "subscription": "subscription",
		"tags": "tags", "teams": "teams", "trees": "git/trees{/sha}",
	} {
		o[name+"_url"] = base + "/" + path
	}
	return o
}

func (s *State) branch(b Branch) object {
	o := object{"label": ":" + b.Ref, "ref": b.Ref, "sha": b.SHA, "user": nil, "repo": nil}
	if b.Repository == "-" {
		return o
	}
	owner, _, _ := strings.Cut(b.Repository, "/")
	o["label"], o["user"] = owner+":"+b.Ref, user(&Account{Login: owner})
	o["repo"] = repository(b.Repository, s.repositoryID(b.Repository, b.RepositoryID), false, "main")
	return o
}

func (s *State) repositoryID(full string, stated int64) int64 {
	if stated == 0 && full == s.full() {
		return s.Repository.ID
	}
	return cmp.Or(stated, idOf(full))
}

func (s *State) restPull(p *Pull) object {
	base := fmt.Sprintf("%s/repos/%s/pulls/%d", apiBase, s.full(), p.Number)
	web := fmt.Sprintf("%s/%s/pull/%d", webBase, s.full(), p.Number)
	state, labels := "open", []any{}
	if p.State != "OPEN" {
		state = "closed"
	}
	for _, l := range p.Labels {
		labels = append(labels, object{
			"id": idOf(l), "node_id": "LA_" + l, "url": apiBase + "/repos/" + s.full() + "/labels/" + l, "name": l, "color": "ededed",
			"default": false, "description": "",
		})
	}
	o := object{
		"id": idOf(base), "node_id": fmt.Sprintf("PR_%d", p.Number), "number": p.Number, "url": base, "html_url": web, "state": state,
		"title": p.Title, "body": p.Body, "user": user(p.author()), "draft": p.Draft, "locked": p.Locked, "active_lock_reason": nil,
		"labels": labels, "milestone": nil, "assignee": nil, "assignees": []any{}, "requested_reviewers": []any{}, "requested_teams": []any{},
		"head": s.branch(p.Head), "base": s.branch(p.Base), "author_association": p.Association, "auto_merge": nil,
		"created_at": s.at(p.CreatedAt), "updated_at": s.at(p.UpdatedAt), "closed_at": null(cmp.Or(p.ClosedAt, p.MergedAt)), "merged_at": null(p.MergedAt), "merge_commit_sha": null(p.MergeCommit),
		"merged": p.State == "MERGED", "merged_by": user(p.MergedBy), "mergeable": true, "rebaseable": true, "mergeable_state": "clean",
		"maintainer_can_modify": false, "comments": 0, "review_comments": 0, "commits": len(p.Commits), "additions": 1, "deletions": 0, "changed_files": 1,
	}
	links := object{}
	for name, path := range map[string]string{
		"commits": "/commits", "review_comments": "/comments", "review_comment": "/comments{/number}",
	} {
		o[name+"_url"], links[name] = base+path, object{"href": base + path}
	}
	issue := fmt.Sprintf("%s/repos/%s/issues/%d", apiBase, s.full(), p.Number)
	o["issue_url"], o["comments_url"], o["statuses_url"] = issue, issue+"/comments", apiBase+"/repos/"+s.full()+"/statuses/"+p.Head.SHA
	o["diff_url"], o["patch_url"] = web+".diff", web+".patch"
	for name, href := range map[string]string{
		"self": base, "html": web, "issue": issue, "comments": issue + "/comments", "statuses": apiBase + "/repos/" + s.full() + "/statuses/" + p.Head.SHA,
	} {
		links[name] = object{"href": href}
	}
	o["_links"] = links
	return o
}

func (p *Pull) author() *Account {
	if p.Author == nil {
		return &Account{Login: "contributor"}
	}
	return p.Author
}

// viewer is the name of whom the token acts for, with the ending that apps have.
func (s *State) viewer() string {
	if s.Viewer.Kind == "Bot" {
		return strings.TrimSuffix(s.Viewer.Login, "[bot]") + "[bot]"
	}
	return s.Viewer.Login
}

func (r *Run) file() any {
	if r.Path == "-" {
		return nil
	}
	return object{"__typename": "WorkflowRunFile", "path": r.Path, "repositoryName": r.PathRepository}
}

// at returns a stated time, or now.
func (s *State) at(stated string) string { return cmp.Or(stated, s.Now) }

func null(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func restCheck(c *Check, full string) object {
	return object{
		"id": c.ID, "node_id": fmt.Sprintf("CR_%d", c.ID), "head_sha": c.HeadSHA, "external_id": c.ExternalID, "name": c.Name,
		"url": fmt.Sprintf("%s/repos/%s/check-runs/%d", apiBase, full, c.ID), "html_url": c.address(full), "details_url": null(c.DetailsURL),
		"status": c.Status, "conclusion": null(c.Conclusion), "started_at": null(c.StartedAt), "completed_at": null(c.CompletedAt),
		"output": object{
			"title": null(c.Title), "summary": null(c.Summary), "text": null(c.Text), "annotations_count": len(c.Annotations),
			"annotations_url": fmt.Sprintf("%s/repos/%s/check-runs/%d/annotations", apiBase, full, c.ID),
		},
		"check_suite": object{"id": c.AppID*10 + c.Run}, "pull_requests": []any{},
		"app": object{
			"id": c.AppID, "slug": c.App, "node_id": "A_" + c.App, "owner": user(&Account{Login: "github"}), "name": c.App, "description": "",
			"external_url": webBase, "html_url": webBase + "/apps/" + c.App, "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z",
			"permissions": object{}, "events": []any{},
		},
	}
}

// address is the page of a check run: one of its own, or for a job of a workflow one
// below that of the workflow run.
func (c *Check) address(full string) string {
	if c.Run != 0 && !c.Made {
		return fmt.Sprintf("%s/%s/actions/runs/%d/job/%d", webBase, full, c.Run, c.ID)
	}
	return fmt.Sprintf("%s/%s/runs/%d", webBase, full, c.ID)
}

func restAnnotation(a Annotation) object {
	return object{
		"path": a.Path, "start_line": a.Start, "end_line": a.End, "start_column": nil, "end_column": nil, "annotation_level": a.Level,
		"title": null(a.Title), "message": a.Message, "raw_details": nil, "blob_href": webBase + "/blob",
	}
}

func (s *State) restComment(c *Comment) object {
	return object{
		"id": c.ID, "node_id": c.node(), "url": fmt.Sprintf("%s/repos/%s/issues/comments/%d", apiBase, s.full(), c.ID), "html_url": c.address(s.full()),
		"body": c.Body, "user": user(c.Author), "created_at": s.Now, "updated_at": s.Now, "author_association": "NONE",
		"issue_url": fmt.Sprintf("%s/repos/%s/issues/%d", apiBase, s.full(), c.Pull),
	}
}

func (c *Comment) node() string { return fmt.Sprintf("IC_%d", c.ID) }

func (c *Comment) address(full string) string {
	return fmt.Sprintf("%s/%s/pull/%d#issuecomment-%d", webBase, full, c.Pull, c.ID)
}

func (s *State) restRun(r *Run) object {
	base := fmt.Sprintf("%s/repos/%s/actions/runs/%d", apiBase, s.full(), r.ID)
	o := object{
		"id": r.ID, "node_id": fmt.Sprintf("WFR_%d", r.ID), "name": r.Name, "head_branch": r.HeadBranch, "head_sha": r.HeadSHA, "path": strings.TrimPrefix(r.Path, "-"),
		"check_suite_id": actionsApp*10 + r.ID,
		"run_number":     r.ID, "run_attempt": r.Attempt, "event": r.Event, "status": r.Status, "conclusion": null(r.Conclusion), "workflow_id": r.workflow(),
		"url": base, "html_url": fmt.Sprintf("%s/%s/actions/runs/%d", webBase, s.full(), r.ID), "pull_requests": []any{}, "display_title": r.Name,
		"created_at": s.Now, "updated_at": s.Now, "run_started_at": s.Now, "head_commit": nil, "previous_attempt_url": nil,
		"repository": s.repository(), "head_repository": repository(r.HeadRepository, s.repositoryID(r.HeadRepository, r.HeadRepositoryID), false, "main"),
		"actor": user(&Account{Login: "contributor"}), "triggering_actor": user(&Account{Login: "contributor"}),
		"workflow_url": apiBase + "/repos/" + s.full() + "/actions/workflows/7",
	}
	for _, name := range []string{"jobs", "logs", "check_suite", "artifacts", "cancel", "rerun"} {
		o[name+"_url"] = base + "/" + name
	}
	return o
}

func (s *State) restJob(r *Run, j *Job) object {
	steps := []any{}
	for i, step := range j.Steps {
		steps = append(steps, object{
			"name": step.Name, "status": "completed", "conclusion": step.Conclusion, "number": i + 1, "started_at": s.at(j.StartedAt), "completed_at": s.at(j.CompletedAt),
		})
	}
	base := fmt.Sprintf("%s/repos/%s", apiBase, s.full())
	return object{
		"id": j.ID, "run_id": r.ID, "run_attempt": max(j.Attempt, 1), "name": j.Name, "head_sha": r.HeadSHA, "head_branch": r.HeadBranch,
		"run_url": fmt.Sprintf("%s/actions/runs/%d", base, r.ID), "node_id": fmt.Sprintf("CR_%d", j.ID), "url": fmt.Sprintf("%s/actions/jobs/%d", base, j.ID),
		"html_url": fmt.Sprintf("%s/%s/actions/runs/%d/job/%d", webBase, s.full(), r.ID, j.ID), "status": cmp.Or(j.Status, "completed"), "conclusion": null(j.Conclusion),
		"created_at": s.Now, "started_at": s.at(j.StartedAt), "completed_at": null(j.CompletedAt), "steps": steps, "workflow_name": r.Name,
		"check_run_url": fmt.Sprintf("%s/check-runs/%d", base, j.ID), "labels": []string{"ubuntu-latest"}, "runner_id": 1, "runner_name": "r",
		"runner_group_id": 1, "runner_group_name": "g",
	}
}

func (s *State) restStatus(st *Status) object {
	return object{
		"id": idOf(st.Context), "node_id": "SC_" + st.Context, "url": apiBase + "/repos/" + s.full() + "/statuses/" + st.SHA, "state": st.State,
		"context": st.Context, "description": null(st.Description), "target_url": null(st.TargetURL), "required": st.Required, "avatar_url": nil,
		"creator": user(st.Creator), "created_at": s.at(st.At), "updated_at": s.at(st.At),
	}
}

func (s *State) restReview(p *Pull, n int, r *Review) object {
	web := fmt.Sprintf("%s/%s/pull/%d", webBase, s.full(), p.Number)
	pull := fmt.Sprintf("%s/repos/%s/pulls/%d", apiBase, s.full(), p.Number)
	page := fmt.Sprintf("%s#pullrequestreview-%d", web, n+1)
	return object{
		"id": n + 1, "node_id": fmt.Sprintf("PRR_%d", n), "user": user(r.Author), "body": "", "state": r.State, "html_url": page, "pull_request_url": pull,
		"_links": object{"html": object{"href": page}, "pull_request": object{"href": pull}}, "submitted_at": s.at(r.SubmittedAt), "commit_id": null(r.Commit),
		"author_association": cmp.Or(r.Association, "NONE"),
	}
}

func (s *State) restArtifact(a *Artifact) object {
	data, run := a.archive(), s.run(a.Run)
	base := fmt.Sprintf("%s/repos/%s/actions/artifacts/%d", apiBase, s.full(), a.ID)
	o := object{
		"id": a.ID, "node_id": fmt.Sprintf("MDg6QXJ0aWZhY3Q%d", a.ID), "name": a.Name, "size_in_bytes": cmp.Or(a.Size, int64(len(data))), "url": base,
		"archive_download_url": base + "/zip", "expired": a.Expired, "created_at": s.Now, "updated_at": s.Now, "expires_at": "2026-04-02T03:04:05Z",
		"workflow_run": object{
			"id": a.Run, "repository_id": s.Repository.ID, "head_branch": run.HeadBranch, "head_sha": cmp.Or(a.HeadSHA, run.HeadSHA),
			"head_repository_id": cmp.Or(a.HeadRepositoryID, s.repositoryID(run.HeadRepository, run.HeadRepositoryID)),
		},
	}
	if a.Digest != "none" {
		o["digest"] = cmp.Or(a.Digest, evidence.Digest(data))
	}
	return o
}
