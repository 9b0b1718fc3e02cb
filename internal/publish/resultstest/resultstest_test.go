package resultstest

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func listen(t *testing.T) *Server {
	t.Helper()
	s, err := Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// post calls a method and returns the status and the answer.
func post(t *testing.T, s *Server, method, token, body string) (int, map[string]any) {
	t.Helper()
	status, data := send(t, http.MethodPost, s.URL+twirpPrefix+method, body, http.Header{
		"Content-Type": {"application/json"}, "Authorization": {"Bearer " + token},
	})
	var out map[string]any
	if err := json.Unmarshal(data, &out); err != nil {
		t.Fatalf("%s: %d %s", method, status, data)
	}
	return status, out
}

func send(t *testing.T, method, url, body string, h http.Header) (int, []byte) {
	t.Helper()
	req, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header = h
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, data
}

const ids = `"workflow_run_backend_id":"21","workflow_job_run_backend_id":"49"`

var create = `{` + ids + `,"name":"n","version":7,"mime_type":"application/zip"}`

func TestRequests(t *testing.T) {
	token := Token("21", "49")
	tests := map[string]struct {
		method, token, body string
		status              int
		code                string
	}{
		"good":                  {"CreateArtifact", token, create, 200, ""},
		"good with expiry":      {"CreateArtifact", token, strings.Replace(create, `"version"`, `"expires_at":"2026-12-03T08:42:48.779Z","version"`, 1), 200, ""},
		"version 4, no type":    {"CreateArtifact", token, `{` + ids + `,"name":"n","version":4}`, 200, ""},
		"version 7, no type":    {"CreateArtifact", token, `{` + ids + `,"name":"n","version":7}`, 400, "invalid_argument"},
		"version as text":       {"CreateArtifact", token, strings.Replace(create, "7", `"7"`, 1), 400, "malformed"},
		"unknown version":       {"CreateArtifact", token, strings.Replace(create, "7", "6", 1), 400, "invalid_argument"},
		"unknown field":         {"CreateArtifact", token, strings.Replace(create, `"version"`, `"x":1,"version"`, 1), 400, "malformed"},
		"camel case":            {"CreateArtifact", token, strings.Replace(create, "mime_type", "mimeType", 1), 400, "malformed"},
		"time without zone":     {"CreateArtifact", token, strings.Replace(create, `"version"`, `"expires_at":"2026-12-03T08:42:48","version"`, 1), 400, "malformed"},
		"name with a slash":     {"CreateArtifact", token, strings.Replace(create, `"n"`, `"a/b"`, 1), 400, "invalid_argument"},
		"no name":               {"CreateArtifact", token, strings.Replace(create, `"name":"n",`, ``, 1), 400, "invalid_argument"},
		"two values":            {"CreateArtifact", token, create + create, 400, "malformed"},
		"token of another job":  {"CreateArtifact", Token("21", "50"), create, 403, "permission_denied"},
		"token whose id begins": {"CreateArtifact", Token("21", "499"), create, 403, "permission_denied"},
		"no token":              {"CreateArtifact", "", create, 401, "unauthenticated"},
		"finalize, none":        {"FinalizeArtifact", token, `{` + ids + `,"name":"n","size":"1","hash":"sha256:"}`, 404, "not_found"},
		"finalize, size number": {"FinalizeArtifact", token, `{` + ids + `,"name":"n","size":1,"hash":"sha256:"}`, 400, "malformed"},
		"list, filter number":   {"ListArtifacts", token, `{` + ids + `,"id_filter":1001}`, 400, "malformed"},
		"list":                  {"ListArtifacts", token, `{` + ids + `}`, 200, ""},
		"address of nothing":    {"GetSignedArtifactURL", token, `{` + ids + `,"name":"n"}`, 404, "not_found"},
		"address, other job":    {"GetSignedArtifactURL", Token("21", "50"), `{` + ids + `,"name":"n"}`, 404, "not_found"},
		"address, other run":    {"GetSignedArtifactURL", Token("22", "49"), `{` + ids + `,"name":"n"}`, 403, "permission_denied"},
		"delete nothing":        {"DeleteArtifact", token, `{` + ids + `,"name":"n"}`, 404, "not_found"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			status, out := post(t, listen(t), tt.method, tt.token, tt.body)
			code, _ := out["code"].(string)
			if status != tt.status || code != tt.code {
				t.Errorf("%d %v, want %d %s", status, out, tt.status, tt.code)
			}
		})
	}
}

// upload returns the address at which a new artifact can be written.
func upload(t *testing.T, s *Server) string {
	t.Helper()
	_, out := post(t, s, "CreateArtifact", Token("21", "49"), create)
	return out["signed_upload_url"].(string)
}

func headers(pairs ...string) http.Header {
	h := http.Header{"X-Ms-Version": {"2024-11-04"}, "X-Ms-Blob-Type": {"BlockBlob"}}
	for i := 0; i < len(pairs); i += 2 {
		h.Del(pairs[i])
		if pairs[i+1] != "" {
			h.Set(pairs[i], pairs[i+1])
		}
	}
	return h
}

func TestStoreRefuses(t *testing.T) {
	same := func(u string) string { return u }
	tests := map[string]struct {
		url    func(string) string
		header http.Header
		status int
		code   string
	}{
		"good":                  {same, headers(), 201, ""},
		"signature decoded":     {func(u string) string { return strings.Replace(u, "%3D", "=", 1) }, headers(), 403, "AuthenticationFailed"},
		"query sorted":          {func(u string) string { return strings.Replace(u, "sv=2025-11-05&", "", 1) + "&sv=2025-11-05" }, headers(), 403, "AuthenticationFailed"},
		"query written anew":    {func(u string) string { return strings.Replace(u, "%7E", "~", 1) }, headers(), 403, "AuthenticationFailed"},
		"other expiry":          {func(u string) string { return strings.Replace(u, "se=2", "se=3", 1) }, headers(), 403, "AuthenticationFailed"},
		"other blob":            {func(u string) string { return strings.Replace(u, "1001.zip", "1002.zip", 1) }, headers(), 403, "AuthenticationFailed"},
		"no signature":          {func(u string) string { u, _, _ = strings.Cut(u, "?"); return u }, headers(), 403, "AuthenticationFailed"},
		"with credentials":      {same, headers("Authorization", "Bearer x"), 400, "InvalidAuthenticationInfo"},
		"no version":            {same, headers("x-ms-version", ""), 400, "MissingRequiredHeader"},
		"no blob type":          {same, headers("x-ms-blob-type", ""), 400, "InvalidHeaderValue"},
		"append blob":           {same, headers("x-ms-blob-type", "AppendBlob"), 400, "InvalidHeaderValue"},
		"block without id":      {func(u string) string { return u + "&comp=block" }, headers(), 400, "InvalidQueryParameterValue"},
		"list of no such block": {func(u string) string { return u + "&comp=blocklist" }, headers(), 400, "InvalidBlockList"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := listen(t)
			status, body := send(t, http.MethodPut, tt.url(upload(t, s)), "<BlockList><Latest>YQ==</Latest></BlockList>", tt.header)
			if status != tt.status || !strings.Contains(string(body), tt.code) {
				t.Errorf("%d %s, want %d %s", status, body, tt.status, tt.code)
			}
		})
	}
}

func TestStoreExpires(t *testing.T) {
	s := listen(t)
	address := s.URL + container + "1.zip?" + s.store.sign("1.zip", true, time.Now().Add(-time.Second))
	if status, _ := send(t, http.MethodPut, address, "x", headers()); status != 403 {
		t.Errorf("status %d", status)
	}
}

func TestStoreNeedsLength(t *testing.T) {
	s := listen(t)
	req, err := http.NewRequest(http.MethodPut, upload(t, s), io.MultiReader(strings.NewReader("x")))
	if err != nil {
		t.Fatal(err)
	}
	req.Header = headers()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != 411 {
		t.Errorf("status %d", resp.StatusCode)
	}
}

// Blocks count in the order of the list, not of their arrival, and the reading
// address does not write.
func TestBlocks(t *testing.T) {
	s := listen(t)
	address := upload(t, s)
	id := func(n int) string { return base64.StdEncoding.EncodeToString([]byte("block" + strconv.Itoa(n))) }
	for _, n := range []int{2, 1, 3} {
		if status, body := send(t, http.MethodPut, address+"&comp=block&blockid="+id(n), strconv.Itoa(n), headers()); status != 201 {
			t.Fatalf("%d %s", status, body)
		}
	}
	longer := base64.StdEncoding.EncodeToString([]byte("block0000"))
	if status, _ := send(t, http.MethodPut, address+"&comp=block&blockid="+longer, "x", headers()); status != 400 {
		t.Errorf("ids of two lengths: %d", status)
	}
	list := "<?xml version=\"1.0\"?><BlockList><Latest>" + id(1) + "</Latest><Latest>" + id(2) + "</Latest></BlockList>"
	if status, body := send(t, http.MethodPut, address+"&comp=blocklist", list, headers("x-ms-blob-content-type", "application/zip")); status != 201 {
		t.Fatalf("%d %s", status, body)
	}
	token := Token("21", "49")
	finalize := func(data string) (int, map[string]any) {
		body := `{` + ids + `,"name":"n","size":"` + strconv.Itoa(len(data)) + `","hash":"` + digest([]byte(data)) + `"}`
		return post(t, s, "FinalizeArtifact", token, body)
	}
	if status, out := finalize("21"); status != 400 {
		t.Errorf("wrong digest: %d %v", status, out)
	}
	if status, out := finalize("12"); status != 200 || out["artifact_id"] != "1001" {
		t.Errorf("%d %v", status, out)
	}
	if status, out := post(t, s, "CreateArtifact", Token("21", "50"), strings.Replace(create, `"49"`, `"50"`, 1)); status != 409 {
		t.Errorf("same name from another job: %d %v", status, out)
	}
	_, out := post(t, s, "GetSignedArtifactURL", token, `{`+ids+`,"name":"n"}`)
	read := out["signed_url"].(string)
	if status, body := send(t, http.MethodGet, read, "", nil); status != 200 || !bytes.Equal(body, []byte("12")) {
		t.Errorf("%d %s", status, body)
	}
	if status, _ := send(t, http.MethodPut, read, "x", headers()); status != 403 {
		t.Errorf("written through the address to read: %d", status)
	}
	if status, _ := send(t, http.MethodGet, address, "", nil); status != 403 {
		t.Errorf("read through the address to write: %d", status)
	}
}

func TestList(t *testing.T) {
	s := listen(t)
	s.CamelCase = true
	add := func(run, name string) {
		t.Helper()
		token, of := Token(run, "1"), `{"workflow_run_backend_id":"`+run+`","workflow_job_run_backend_id":"1","name":"`+name+`"`
		_, out := post(t, s, "CreateArtifact", token, of+`,"version":4}`)
		send(t, http.MethodPut, out["signedUploadUrl"].(string), name, headers())
		post(t, s, "FinalizeArtifact", token, of+`,"size":"`+strconv.Itoa(len(name))+`","hash":"`+digest([]byte(name))+`"}`)
	}
	for _, a := range [][2]string{{"1", "a"}, {"1", "b"}, {"2", "a"}} {
		add(a[0], a[1])
	}
	// Never finished, hence never listed.
	post(t, s, "CreateArtifact", Token("1", "1"), `{"workflow_run_backend_id":"1","workflow_job_run_backend_id":"1","name":"c","version":4}`)
	list := func(filter string) []string {
		t.Helper()
		_, out := post(t, s, "ListArtifacts", Token("1", "1"), `{"workflow_run_backend_id":"1","workflow_job_run_backend_id":"1"`+filter+`}`)
		var got []string
		for _, a := range out["artifacts"].([]any) {
			got = append(got, a.(map[string]any)["databaseId"].(string))
		}
		return got
	}
	for filter, want := range map[string][]string{
		"": {"1002", "1001"}, `,"name_filter":"a"`: {"1001"}, `,"id_filter":"1002"`: {"1002"}, `,"id_filter":"1003"`: nil,
	} {
		if diff := cmp.Diff(want, list(filter)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", filter, diff)
		}
	}
	post(t, s, "DeleteArtifact", Token("1", "1"), `{"workflow_run_backend_id":"1","workflow_job_run_backend_id":"1","name":"a"}`)
	if diff := cmp.Diff([]string{"1002"}, list("")); diff != "" {
		t.Errorf("after deletion (-want +got):\n%s", diff)
	}
}

func TestListenIsLocal(t *testing.T) {
	if s, err := Listen(":0"); err == nil {
		s.Close()
		t.Error("listens to everyone")
	}
}

// Requests of the official client, as captured, are understood.
func TestCaptures(t *testing.T) {
	corpus := os.Getenv("MERGEBRIEF_CORPUS")
	if corpus == "" {
		t.Skip("MERGEBRIEF_CORPUS is not set")
	}
	files, err := filepath.Glob(filepath.Join(corpus, "github/captures/*.json"))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	s := listen(t)
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var c struct {
			URL        string
			ReqHeaders http.Header
			ReqBody    json.RawMessage
		}
		if err := json.Unmarshal(data, &c); err != nil {
			t.Fatal(err)
		}
		method, ok := strings.CutPrefix(c.URL, twirpPrefix)
		if _, known := methods[method]; !ok || !known {
			continue
		}
		seen[method]++
		_, out := post(t, s, method, strings.TrimPrefix(c.ReqHeaders.Get("Authorization"), "Bearer "), string(c.ReqBody))
		switch code := out["code"]; code {
		case nil, "not_found", "failed_precondition", "already_exists": // nothing was uploaded here
		default:
			t.Errorf("%s: %v", filepath.Base(file), out)
		}
	}
	for method := range methods {
		if seen[method] == 0 {
			t.Errorf("no capture of %s", method)
		}
	}
}
