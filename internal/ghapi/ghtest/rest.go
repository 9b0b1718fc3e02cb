package ghtest

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// route is one kind of request that the server knows.
type route struct {
	method, path, name string
	// Permission that it takes, and the level; two permissions are separated by
	// "|".
	permission, level string
	handle            func(r *http.Request, body []byte) answer
}

const (
	// maxCommentChars is GitHub's limit for the body of a comment, in characters
	// (github.com/telia-oss/github-pr-resource issue 259 quotes the answer).
	maxCommentChars = 65536
	maxCheckChars   = 65535
	maxAnnotations  = 50
)

func (s *Server) routes() []route {
	const repo = "/repos/{owner}/{repo}"
	return []route{
		{"POST", "/graphql", "GraphQL", "", "", s.graphQL},
		{"GET", repo, "repository", "", "read", s.getRepository},
		{"GET", repo + "/pulls", "GET pulls", "pull-requests", "read", s.listPulls},
		{"GET", repo + "/pulls/{number}", "GET pull", "pull-requests", "read", s.getPull},
		{"GET", repo + "/commits/{sha}/pulls", "GET commit pulls", "pull-requests", "read", s.commitPulls},
		{"GET", repo + "/commits/{sha}/check-runs", "GET checks", "checks", "read", s.listChecks},
		{"GET", repo + "/commits/{sha}/status", "GET status", "statuses", "read", s.combinedStatus},
		{"GET", repo + "/pulls/{number}/reviews", "GET reviews", "pull-requests", "read", s.listReviews},
		{"POST", repo + "/check-runs", "POST checks", "checks", "write", s.createCheck},
		{"GET", repo + "/check-runs/{id}", "GET check", "checks", "read", s.getCheck},
		{"PATCH", repo + "/check-runs/{id}", "PATCH checks", "checks", "write", s.updateCheck},
		{"GET", repo + "/check-runs/{id}/annotations", "GET annotations", "checks", "read", s.listAnnotations},
		{"GET", repo + "/issues/comments/{id}", "GET comment", "pull-requests|issues", "read", s.getComment},
		{"PATCH", repo + "/issues/comments/{id}", "PATCH comments", "pull-requests|issues", "write", s.updateComment},
		{"GET", repo + "/issues/{number}/comments", "GET comments", "pull-requests|issues", "read", s.listComments},
		{"POST", repo + "/issues/{number}/comments", "POST comments", "pull-requests|issues", "write", s.createComment},
		{"GET", repo + "/actions/runs", "GET runs", "actions", "read", s.listRuns},
		{"GET", repo + "/actions/runs/{id}", "GET run", "actions", "read", s.getRun},
		{"GET", repo + "/actions/runs/{id}/jobs", "GET jobs", "actions", "read", s.listJobs},
		{"GET", repo + "/actions/runs/{id}/artifacts", "GET artifacts", "actions", "read", s.listArtifacts},
		{"GET", repo + "/actions/artifacts", "GET artifacts by name", "actions", "read", s.namedArtifacts},
		{"GET", repo + "/actions/artifacts/{id}/{format}", "GET artifact", "actions", "read", s.downloadArtifact},
		{"GET", repo + "/contents/{path...}", "GET contents", "contents", "read", s.getContents},
	}
}

func (s *Server) getRepository(*http.Request, []byte) answer { return ok(s.state.repository()) }

func (s *Server) getPull(r *http.Request, _ []byte) answer {
	p := s.state.pull(int(number(r, "number")))
	if p == nil {
		return notFound()
	}
	return ok(s.state.restPull(p))
}

func (s *Server) listPulls(r *http.Request, _ []byte) answer {
	q := r.URL.Query()
	var list []any
	pulls := slices.Clone(s.state.Pulls)
	if q.Get("sort") == "updated" && q.Get("direction") == "desc" {
		slices.SortStableFunc(pulls, func(a, b *Pull) int { return cmp.Compare(s.state.at(b.UpdatedAt), s.state.at(a.UpdatedAt)) })
	}
	for _, p := range pulls {
		owner, _, _ := strings.Cut(p.Head.Repository, "/")
		state := map[string]string{"OPEN": "open"}[p.State]
		switch head := q.Get("head"); {
		case head != "" && head != owner+":"+p.Head.Ref:
		case q.Get("state") != "all" && cmp.Or(q.Get("state"), "open") != cmp.Or(state, "closed"):
		default:
			list = append(list, s.state.restPull(p))
		}
	}
	return paged(s, r, list)
}

func (s *Server) commitPulls(r *http.Request, _ []byte) answer {
	sha := r.PathValue("sha")
	var list []any
	for _, p := range s.state.Pulls {
		if slices.Contains(p.Commits, sha) || p.MergeCommit == sha || slices.Contains(s.state.commit(sha).Pulls, p.Number) {
			list = append(list, s.state.restPull(p))
		}
	}
	return paged(s, r, list)
}

// paged answers with a page of a plain list, which is never null.
func paged(s *Server, r *http.Request, list []any) answer {
	part, header := page(s, r, list)
	if part == nil {
		part = []any{}
	}
	return answer{status: http.StatusOK, body: part, header: header}
}

// counted answers with a page of a list inside an object.
func counted(s *Server, r *http.Request, name string, list []any) answer {
	a := paged(s, r, list)
	a.body = object{"total_count": len(list), name: a.body}
	return a
}

func (s *Server) listChecks(r *http.Request, _ []byte) answer {
	q, seen := r.URL.Query(), map[string]bool{}
	var list []any
	for _, c := range slices.Backward(s.state.Checks) { // the newest first
		key := fmt.Sprintf("%d %d %s", c.AppID, c.Run, c.Name)
		switch {
		case c.HeadSHA != r.PathValue("sha"), q.Get("check_name") != "" && q.Get("check_name") != c.Name:
		case q.Get("filter") != "all" && seen[key]:
		default:
			seen[key] = true
			list = append(list, restCheck(c, s.state.full()))
		}
	}
	return counted(s, r, "check_runs", list)
}

// combinedStatus is the latest status of each context.
func (s *Server) combinedStatus(r *http.Request, _ []byte) answer {
	sha, list := r.PathValue("sha"), []any{}
	for _, st := range s.state.Statuses {
		if st.SHA == sha {
			list = append(list, s.state.restStatus(st))
		}
	}
	a := paged(s, r, list)
	a.body = object{
		"state": "pending", "statuses": a.body, "sha": sha, "total_count": len(list), "repository": s.state.repository(),
		"commit_url": apiBase + "/repos/" + s.state.full() + "/commits/" + sha, "url": apiBase + "/repos/" + s.state.full() + "/commits/" + sha + "/status",
	}
	return a
}

func (s *Server) listReviews(r *http.Request, _ []byte) answer {
	p := s.state.pull(int(number(r, "number")))
	if p == nil {
		return notFound()
	}
	var list []any
	for n, review := range p.Reviews {
		list = append(list, s.state.restReview(p, n, review))
	}
	return paged(s, r, list)
}

func (s *Server) check(r *http.Request) *Check {
	id := number(r, "id")
	return find(s.state.Checks, func(c *Check) bool { return c.ID == id })
}

func (s *Server) getCheck(r *http.Request, _ []byte) answer {
	if c := s.check(r); c != nil {
		return ok(restCheck(c, s.state.full()))
	}
	return notFound()
}

func (s *Server) listAnnotations(r *http.Request, _ []byte) answer {
	c := s.check(r)
	if c == nil {
		return notFound()
	}
	var list []any
	for _, a := range c.Annotations {
		list = append(list, restAnnotation(a))
	}
	return paged(s, r, list)
}

// checkInput is what POST and PATCH take.
type checkInput struct {
	Name        string `json:"name"`
	HeadSHA     string `json:"head_sha"`
	ExternalID  string `json:"external_id"`
	DetailsURL  string `json:"details_url"`
	Status      string `json:"status"`
	Conclusion  string `json:"conclusion"`
	StartedAt   string `json:"started_at"`
	CompletedAt string `json:"completed_at"`
	Output      *struct {
		Title       string       `json:"title"`
		Summary     string       `json:"summary"`
		Text        string       `json:"text"`
		Annotations []Annotation `json:"annotations"`
	} `json:"output"`
}

func (s *Server) createCheck(_ *http.Request, body []byte) answer {
	c := &Check{ID: s.state.id(), App: s.state.app(), AppID: actionsApp}
	if a := s.writeCheck(c, body); a.status != http.StatusOK {
		return a
	}
	s.state.Checks = append(s.state.Checks, c)
	return answer{status: http.StatusCreated, body: restCheck(c, s.state.full())}
}

func (s *Server) updateCheck(r *http.Request, body []byte) answer {
	c := s.check(r)
	switch {
	case c == nil:
		return notFound()
	case c.App != s.state.app():
		return refuse(http.StatusForbidden, "Invalid app_id `15368` - check run can only be modified by the GitHub App that created it.")
	}
	return s.writeCheck(c, body)
}

func (s *Server) writeCheck(c *Check, body []byte) answer {
	var in checkInput
	if err := json.Unmarshal(body, &in); err != nil {
		return refuse(http.StatusBadRequest, "Problems parsing JSON")
	}
	conclusion := cmp.Or(in.Conclusion, c.Conclusion)
	switch {
	case in.Status == "completed" && conclusion == "":
		return invalid("CheckRun", "conclusion", "missing_field", "")
	case in.Output != nil && len(in.Output.Annotations) > maxAnnotations:
		return invalid("CheckRun", "annotations", "custom", fmt.Sprintf("No subschema in \"anyOf\" matched; %d annotations", len(in.Output.Annotations)))
	case in.Output != nil && max(len(in.Output.Summary), len(in.Output.Text)) > maxCheckChars:
		return invalid("CheckRun", "output", "custom", "Only 65535 characters are allowed")
	}
	for field, value := range map[*string]string{
		&c.Name: in.Name, &c.HeadSHA: in.HeadSHA, &c.ExternalID: in.ExternalID, &c.DetailsURL: in.DetailsURL,
		&c.Status: in.Status, &c.Conclusion: conclusion,
	} {
		*field = cmp.Or(value, *field)
	}
	c.StartedAt, c.Status = cmp.Or(c.StartedAt, s.state.Now), cmp.Or(c.Status, "queued")
	if c.Status == "completed" {
		c.CompletedAt = s.state.Now
	}
	if in.Output != nil {
		c.Title, c.Summary, c.Text = in.Output.Title, in.Output.Summary, in.Output.Text
		c.Annotations = append(c.Annotations, in.Output.Annotations...)
	}
	return ok(restCheck(c, s.state.full()))
}

// invalid is GitHub's answer to input that it does not take.
func invalid(resource, field, code, message string) answer {
	a := refuse(http.StatusUnprocessableEntity, "Validation Failed")
	a.body.(object)["errors"] = []object{{"resource": resource, "field": field, "code": code, "message": message}}
	return a
}

func (s *Server) listComments(r *http.Request, _ []byte) answer {
	var list []any
	for _, c := range s.state.Comments {
		if int64(c.Pull) == number(r, "number") {
			list = append(list, s.state.restComment(c))
		}
	}
	return paged(s, r, list)
}

func (s *Server) createComment(r *http.Request, body []byte) answer {
	p := s.state.pull(int(number(r, "number")))
	switch {
	case p == nil:
		return notFound()
	case p.Locked:
		return refuse(http.StatusForbidden, "Unable to create comment because issue is locked.")
	}
	text, refused := commentText(body)
	if refused != nil {
		return *refused
	}
	c := &Comment{ID: s.state.id(), Pull: p.Number, Author: &s.state.Viewer, Body: text}
	s.state.Comments = append(s.state.Comments, c)
	return answer{status: http.StatusCreated, body: s.state.restComment(c)}
}

func commentText(body []byte) (string, *answer) {
	var in struct{ Body string }
	if err := json.Unmarshal(body, &in); err != nil {
		a := refuse(http.StatusBadRequest, "Problems parsing JSON")
		return "", &a
	}
	if utf8.RuneCountInString(in.Body) > maxCommentChars {
		a := invalid("IssueComment", "data", "unprocessable", "Body is too long (maximum is 65536 characters)")
		return "", &a
	}
	return in.Body, nil
}

func (s *Server) comment(r *http.Request) *Comment {
	id := number(r, "id")
	return find(s.state.Comments, func(c *Comment) bool { return c.ID == id })
}

func (s *Server) getComment(r *http.Request, _ []byte) answer {
	if c := s.comment(r); c != nil {
		return ok(s.state.restComment(c))
	}
	return notFound()
}

func (s *Server) updateComment(r *http.Request, body []byte) answer {
	c := s.comment(r)
	if c == nil {
		return notFound()
	}
	if p := s.state.pull(c.Pull); p != nil && p.Locked {
		return refuse(http.StatusForbidden, "Unable to edit comment because issue is locked.")
	}
	text, refused := commentText(body)
	if refused != nil {
		return *refused
	}
	c.Body = text
	return ok(s.state.restComment(c))
}

func (s *Server) listRuns(r *http.Request, _ []byte) answer {
	q := r.URL.Query()
	var list []any
	runs := slices.Clone(s.state.Runs)
	slices.SortStableFunc(runs, func(a, b *Run) int { return cmp.Compare(b.ID, a.ID) })
	for _, run := range runs {
		switch {
		case q.Get("branch") != "" && q.Get("branch") != run.HeadBranch, q.Get("event") != "" && q.Get("event") != run.Event,
			q.Get("head_sha") != "" && q.Get("head_sha") != run.HeadSHA:
		default:
			list = append(list, s.state.restRun(run))
		}
	}
	return counted(s, r, "workflow_runs", list)
}

func (s *Server) getRun(r *http.Request, _ []byte) answer {
	if run := s.state.run(number(r, "id")); run != nil {
		return ok(s.state.restRun(run))
	}
	return notFound()
}

func (s *Server) listJobs(r *http.Request, _ []byte) answer {
	run := s.state.run(number(r, "id"))
	if run == nil {
		return notFound()
	}
	var list []any
	for _, j := range run.Jobs {
		if r.URL.Query().Get("filter") == "all" || max(j.Attempt, 1) == run.Attempt {
			list = append(list, s.state.restJob(run, j))
		}
	}
	return counted(s, r, "jobs", list)
}

func (s *Server) listArtifacts(r *http.Request, _ []byte) answer {
	id := number(r, "id")
	if s.state.run(id) == nil {
		return notFound()
	}
	var list []any
	for _, a := range s.state.Artifacts {
		if name := r.URL.Query().Get("name"); a.Run == id && (name == "" || name == a.Name) {
			list = append(list, s.state.restArtifact(a))
		}
	}
	return counted(s, r, "artifacts", list)
}

func (s *Server) namedArtifacts(r *http.Request, _ []byte) answer {
	var list []any
	for _, a := range s.state.Artifacts {
		if name := r.URL.Query().Get("name"); name == "" || name == a.Name {
			list = append(list, s.state.restArtifact(a))
		}
	}
	return counted(s, r, "artifacts", list)
}

// downloadArtifact sends to a signed address on another host, as GitHub does.
func (s *Server) downloadArtifact(r *http.Request, _ []byte) answer {
	a := s.artifact(number(r, "id"))
	switch {
	case a == nil || r.PathValue("format") != "zip":
		return notFound()
	case a.Expired:
		return refuse(http.StatusGone, "Artifact has expired")
	}
	return answer{status: http.StatusFound, header: map[string]string{"Location": fmt.Sprintf("%s/%d.zip?sig=%s", s.blobs.URL, a.ID, signature)}}
}

func (s *Server) artifact(id int64) *Artifact {
	return find(s.state.Artifacts, func(a *Artifact) bool { return a.ID == id })
}

// signature is the secret part of the addresses of artifacts. No error may show
// it.
const signature = "c2VjcmV0LXNpZ25hdHVyZQ%3D%3D"

// Signature is the secret part of a signed address, which must not show up
// anywhere.
func Signature() string { return signature }

// blob is the storage of artifacts: another host, which must not see the token.
func (s *Server) blob(w http.ResponseWriter, r *http.Request) {
	f := s.note("GET blob", r)
	if r.Header.Get("Authorization") != "" {
		s.t.Errorf("ghtest: the storage of artifacts was shown a token")
	}
	id, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimPrefix(r.URL.Path, "/"), ".zip"), 10, 64)
	if err != nil {
		s.t.Errorf("ghtest: unexpected %s", r.URL.Path)
	}
	s.mu.Lock()
	a := s.artifact(id)
	s.mu.Unlock()
	reply := answer{status: http.StatusForbidden, body: raw("<Error><Code>AuthenticationFailed</Code></Error>")}
	switch {
	case f != nil && f.Drop:
		panic(http.ErrAbortHandler)
	case f != nil && f.Status != 0:
		reply = answer{status: f.Status, body: raw(f.Body), header: f.Header}
	case a != nil && r.URL.RawQuery == "sig="+signature:
		reply = answer{status: http.StatusOK, body: raw(a.archive()), header: map[string]string{"Content-Type": "application/zip"}}
	}
	s.send(w, "GET blob", reply, f)
}

func (s *Server) getContents(r *http.Request, _ []byte) answer {
	path, ref := r.PathValue("path"), cmp.Or(r.URL.Query().Get("ref"), s.state.Repository.DefaultBranch)
	c := find(s.state.Contents, func(c *Content) bool { return c.Path == path && (c.Ref == "" || c.Ref == ref) })
	if c == nil {
		return notFound()
	}
	if strings.Contains(r.Header.Get("Accept"), "raw") {
		return answer{status: http.StatusOK, body: raw(c.Text), header: map[string]string{"Content-Type": "application/vnd.github.raw"}}
	}
	base := "https://api.github.com/repos/" + s.state.full()
	return ok(object{
		"type": "file", "encoding": "base64", "size": len(c.Text), "name": path[strings.LastIndexByte(path, '/')+1:], "path": path,
		"content": base64.StdEncoding.EncodeToString([]byte(c.Text)), "sha": blobID(c.Text), "url": base + "/contents/" + path,
		"git_url": nil, "html_url": nil, "download_url": nil, "_links": object{"git": nil, "html": nil, "self": base + "/contents/" + path},
	})
}
