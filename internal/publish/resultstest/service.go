package resultstest

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	twirpPrefix = "/twirp/github.actions.results.api.v1.ArtifactService/"
	// Requests hold names and digests; a bigger one is a mistake.
	maxRequest = 64 << 10
	// forbidden are the characters that the official client refuses in names.
	forbidden = "\":<>|*?\r\n\\/"
)

// fields are the fields of a message, by the names in the protocol's own
// description; each value says how protobuf's JSON mapping writes it.
type fields map[string]any

// A method of the service: which fields it takes and what it does with them.
// Kinds: "string", "int64" (a string of digits), "int32" (a number) and "time".
type method struct {
	takes map[string]string
	needs []string
	serve func(*Server, *http.Request, fields) (fields, *twirpError)
	// The job named is the one that made the artifact, not the one that asks.
	otherJob bool
}

var methods = map[string]method{
	"CreateArtifact": {
		map[string]string{"name": "string", "expires_at": "time", "version": "int32", "mime_type": "string"},
		[]string{"name", "version"},
		(*Server).create, false,
	},
	"FinalizeArtifact": {
		map[string]string{"name": "string", "size": "int64", "hash": "string"},
		[]string{"name", "size", "hash"},
		(*Server).finalize, false,
	},
	"ListArtifacts": {
		map[string]string{"name_filter": "string", "id_filter": "int64"}, nil, (*Server).listed, false,
	},
	"GetSignedArtifactURL": {map[string]string{"name": "string"}, []string{"name"}, (*Server).signed, true},
	"DeleteArtifact":       {map[string]string{"name": "string"}, []string{"name"}, (*Server).remove, true},
}

// twirpError is an error in Twirp's form, with the HTTP status of its code.
type twirpError struct {
	status    int
	code, msg string
}

func invalid(format string, args ...any) *twirpError {
	return &twirpError{http.StatusBadRequest, "invalid_argument", fmt.Sprintf(format, args...)}
}

func (s *Server) twirp(w http.ResponseWriter, r *http.Request, m method, call *Call) {
	in, err := decode(r, m)
	call.Fields = in
	var out fields
	if err == nil {
		out, err = m.serve(s, r, in)
	}
	status := http.StatusOK
	if err != nil {
		status, out = err.status, fields{"code": err.code, "msg": err.msg}
	} else if s.CamelCase {
		out = camel(out).(fields)
	}
	w.Header().Set("Content-Type", "application/json;charset=utf-8")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(out) //nolint:errcheck // the client is gone
}

// decode reads a request and checks that it may be made.
func decode(r *http.Request, m method) (fields, *twirpError) {
	if r.Method != http.MethodPost || !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		return nil, &twirpError{http.StatusNotFound, "bad_route", "only POST of application/json"}
	}
	var in fields
	d := json.NewDecoder(io.LimitReader(r.Body, maxRequest))
	d.UseNumber()
	if err := d.Decode(&in); err != nil || in == nil || d.More() {
		return nil, &twirpError{http.StatusBadRequest, "malformed", "the request is no JSON object"}
	}
	for name, value := range in {
		kind, known := m.takes[name]
		if name == "workflow_run_backend_id" || name == "workflow_job_run_backend_id" {
			kind, known = "string", true
		}
		if !known {
			return in, &twirpError{http.StatusBadRequest, "malformed", fmt.Sprintf("unknown field %q", name)}
		}
		if !isKind(value, kind) {
			return in, &twirpError{http.StatusBadRequest, "malformed", fmt.Sprintf("%s is no %s", name, kind)}
		}
	}
	for _, name := range append([]string{"workflow_run_backend_id", "workflow_job_run_backend_id"}, m.needs...) {
		if _, ok := in[name]; !ok {
			return in, invalid("%s is required", name)
		}
	}
	return in, authorise(r, m, in)
}

func isKind(v any, kind string) bool {
	text, isText := v.(string)
	switch kind {
	case "int64":
		_, err := strconv.ParseInt(text, 10, 64)
		return isText && err == nil
	case "int32":
		n, isNumber := v.(json.Number)
		_, err := strconv.ParseInt(n.String(), 10, 32)
		return isNumber && err == nil
	case "time":
		_, err := time.Parse(time.RFC3339Nano, text)
		return isText && err == nil
	}
	return isText
}

// authorise checks that the token is one for the run and job of the request.
func authorise(r *http.Request, m method, in fields) *twirpError {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	parts := strings.Split(token, ".")
	if !ok || len(parts) != 3 {
		return &twirpError{http.StatusUnauthorized, "unauthenticated", "no token"}
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	var claims struct {
		Scope string `json:"scp"`
	}
	if err != nil || json.Unmarshal(payload, &claims) != nil {
		return &twirpError{http.StatusUnauthorized, "unauthenticated", "bad token"}
	}
	allowed := func(scope string) bool {
		ids := strings.Split(scope, ":")
		return len(ids) == 3 && ids[0] == "Actions.Results" && ids[1] == in.run() && (m.otherJob || ids[2] == in.job())
	}
	if !slices.ContainsFunc(strings.Fields(claims.Scope), allowed) {
		return &twirpError{http.StatusForbidden, "permission_denied", "the token is for another run or job"}
	}
	return nil
}

func (f fields) text(name string) string { s, _ := f[name].(string); return s }
func (f fields) run() string             { return f.text("workflow_run_backend_id") }
func (f fields) job() string             { return f.text("workflow_job_run_backend_id") }

func (s *Server) create(_ *http.Request, in fields) (fields, *twirpError) {
	name, version := in.text("name"), fmt.Sprint(in["version"])
	switch {
	case name == "" || strings.ContainsAny(name, forbidden):
		return nil, invalid("the name %q is not allowed", name)
	case version != "4" && version != "7":
		return nil, invalid("version %s is not known", version)
	case version == "7" && in.text("mime_type") == "":
		return nil, invalid("mime_type is required with version 7")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var used int64
	for _, a := range s.list {
		used += a.Size
	}
	if s.Quota > 0 && used >= s.Quota {
		return nil, &twirpError{http.StatusForbidden, "resource_exhausted", "insufficient usage to create artifact"}
	}
	if s.lookup(in.run(), name) != nil {
		return nil, &twirpError{http.StatusConflict, "already_exists", "an artifact with this name already exists on the workflow run"}
	}
	a := &Artifact{
		ID: int64(1001 + len(s.list)), Run: in.run(), Job: in.job(), Name: name,
		MIME: in.text("mime_type"), ExpiresAt: in.text("expires_at"), Created: time.Now().UTC(),
	}
	s.list = append(s.list, a)
	return fields{"ok": true, "signed_upload_url": s.Blobs.SignedURL(a.blob(), true)}, nil
}

// lookup finds an artifact of a run that was not deleted. The caller holds mu.
func (s *Server) lookup(run, name string) *Artifact {
	for _, a := range s.list {
		if a.Run == run && a.Name == name {
			return a
		}
	}
	return nil
}

func (s *Server) finalize(r *http.Request, in fields) (fields, *twirpError) {
	s.mu.Lock()
	a := s.lookup(in.run(), in.text("name"))
	s.mu.Unlock()
	if a == nil {
		return nil, &twirpError{http.StatusNotFound, "not_found", "no artifact was created with this name"}
	}
	data, err := s.Blobs.Read(r.Context(), a.blob())
	if err != nil {
		return nil, &twirpError{http.StatusPreconditionFailed, "failed_precondition", "nothing was uploaded"}
	}
	size := strconv.Itoa(len(data))
	if in.text("hash") != digest(data) || in.text("size") != size {
		return nil, invalid("stored are %s bytes with digest %s", size, digest(data))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if a.Finalized {
		return nil, &twirpError{http.StatusConflict, "already_exists", "the artifact is final already"}
	}
	a.Finalized, a.Size, a.Digest = true, int64(len(data)), digest(data)
	return fields{"ok": true, "artifact_id": strconv.FormatInt(a.ID, 10)}, nil
}

func (s *Server) listed(_ *http.Request, in fields) (fields, *twirpError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := []any{}
	for _, a := range slices.Backward(s.list) {
		id := strconv.FormatInt(a.ID, 10)
		name, byName := in["name_filter"]
		want, byID := in["id_filter"]
		if !a.Finalized || a.Run != in.run() || byName && name != a.Name || byID && want != id {
			continue
		}
		out = append(out, fields{
			"workflow_run_backend_id": a.Run, "workflow_job_run_backend_id": a.Job,
			"database_id": id, "name": a.Name, "size": strconv.FormatInt(a.Size, 10),
			"created_at": a.Created.Format(time.RFC3339Nano), "digest": a.Digest,
		})
	}
	return fields{"artifacts": out}, nil
}

func (s *Server) signed(_ *http.Request, in fields) (fields, *twirpError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.lookup(in.run(), in.text("name")); a != nil && a.Finalized {
		return fields{"signed_url": s.Blobs.SignedURL(a.blob(), false)}, nil
	}
	return nil, &twirpError{http.StatusNotFound, "not_found", "no such artifact"}
}

func (s *Server) remove(_ *http.Request, in fields) (fields, *twirpError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.lookup(in.run(), in.text("name"))
	if a == nil {
		return nil, &twirpError{http.StatusNotFound, "not_found", "no such artifact"}
	}
	// The entry stays, so that ids are not given twice.
	a.Run, a.Size = "", 0
	return fields{"ok": true, "artifact_id": strconv.FormatInt(a.ID, 10)}, nil
}

// camel renames the fields of a message to lowerCamelCase.
func camel(v any) any {
	switch v := v.(type) {
	case fields:
		out := fields{}
		for name, value := range v {
			words := strings.Split(name, "_")
			for i, w := range words[1:] {
				words[i+1] = strings.ToUpper(w[:1]) + w[1:]
			}
			out[strings.Join(words, "")] = camel(value)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, value := range v {
			out[i] = camel(value)
		}
		return out
	}
	return v
}
