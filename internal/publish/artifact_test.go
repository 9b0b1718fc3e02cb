package publish

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/publish/resultstest"
)

func service(t *testing.T) *resultstest.Server {
	t.Helper()
	s, err := resultstest.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// artifactConfig reaches s and never sleeps for real.
func artifactConfig(s *resultstest.Server) ArtifactConfig {
	return ArtifactConfig{
		Name: "mergebrief-pr7-a1", Token: resultstest.Token("run-1", "job-1"), ResultsURL: s.URL + "/some/path/",
		Server: "https://github.com", Repository: "octo/demo", RunID: 99,
		Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	}
}

func edition() *Edition {
	return &Edition{Files: []NamedFile{
		{Name: "summary.md", Data: []byte("# summary\n")},
		{Name: "evidence.json", Data: []byte(`{"schema":"x"}` + "\n")},
	}}
}

func TestArtifactUpload(t *testing.T) {
	for _, camel := range []bool{false, true} {
		name := "snake case answers"
		if camel {
			name = "camel case answers"
		}
		t.Run(name, func(t *testing.T) {
			s := service(t)
			s.CamelCase = camel
			e := edition()
			r, err := Artifact(artifactConfig(s)).Publish(t.Context(), e)
			if err != nil {
				t.Fatal(err)
			}
			stored := s.Artifacts()[0]
			want := Receipt{
				State: Created, ID: "1001", Artifact: "mergebrief-pr7-a1", Digest: stored.Digest,
				URL: "https://github.com/octo/demo/actions/runs/99/artifacts/1001",
			}
			if diff := cmp.Diff(want, r); diff != "" {
				t.Errorf("receipt (-want +got):\n%s", diff)
			}
			if e.Links.Artifact != want.URL {
				t.Errorf("link = %q", e.Links.Artifact)
			}
			if diff := cmp.Diff([]string{"CreateArtifact", "PutBlob", "FinalizeArtifact"}, s.Methods()); diff != "" {
				t.Errorf("calls (-want +got):\n%s", diff)
			}
			content, err := s.Content(t.Context(), 1001)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(map[string]string{"summary.md": "# summary\n", "evidence.json": `{"schema":"x"}` + "\n"}, unzip(t, content)); diff != "" {
				t.Errorf("files (-want +got):\n%s", diff)
			}
		})
	}
}

func unzip(t *testing.T, data []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range z.File {
		if !f.Modified.Equal(zipEpoch) {
			t.Errorf("%s has the time %s", f.Name, f.Modified)
		}
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		out[f.Name] = string(b)
	}
	return out
}

// What the service answers wrongly, and what is called and becomes of it.
func TestArtifactFaults(t *testing.T) {
	const name = "mergebrief-pr7-a1"
	busy := func(method string, status, times int) resultstest.Fault {
		return resultstest.Fault{Method: method, Status: status, Times: times, Body: `{"code":"internal","msg":"try later"}`}
	}
	tests := map[string]struct {
		faults []resultstest.Fault
		calls  string
		state  State
		name   string
		err    string
	}{
		"create answers 500":        {[]resultstest.Fault{busy("CreateArtifact", 500, 2)}, "Create Create Create PutBlob Finalize", Created, name, ""},
		"create answers 429":        {[]resultstest.Fault{busy("CreateArtifact", 429, 1)}, "Create Create PutBlob Finalize", Created, name, ""},
		"create answers 503 always": {[]resultstest.Fault{busy("CreateArtifact", 503, 9)}, "Create Create Create Create Create", "", "", "HTTP status 503 internal try later (after 5 attempts)"},
		"create answers 400":        {[]resultstest.Fault{busy("CreateArtifact", 400, 9)}, "Create", "", "", "HTTP status 400"},
		"create answers 501":        {[]resultstest.Fault{busy("CreateArtifact", 501, 9)}, "Create", "", "", "HTTP status 501"},
		"create is redirected":      {[]resultstest.Fault{{Method: "CreateArtifact", Status: 307, Header: http.Header{"Location": {"https://example.com/"}}}}, "Create", "", "", "HTTP status 307"},
		"create answers HTML":       {[]resultstest.Fault{{Method: "CreateArtifact", Status: 200, Body: "<html>"}}, "Create Create PutBlob Finalize", Created, name, ""},
		"create is not ok":          {[]resultstest.Fault{{Method: "CreateArtifact", Status: 200, Body: `{"signed_upload_url":"https://example.com/"}`}}, "Create", "", "", "did not agree"},
		"create drops connection":   {[]resultstest.Fault{{Method: "CreateArtifact", Drop: true}}, "Create Create PutBlob Finalize", Created, name, ""},
		// The name is then taken by an artifact that was never completed.
		"create's reply is lost":          {[]resultstest.Fault{{Method: "CreateArtifact", DropReply: true}}, "Create Create List Create PutBlob Finalize", Created, name + "-2", ""},
		"blob answers 503":                {[]resultstest.Fault{busy("PutBlob", 503, 1)}, "Create PutBlob PutBlob Finalize", Created, name, ""},
		"blob drops connection":           {[]resultstest.Fault{{Method: "PutBlob", Drop: true}}, "Create PutBlob PutBlob Finalize", Created, name, ""},
		"blob's reply is lost":            {[]resultstest.Fault{{Method: "PutBlob", DropReply: true}}, "Create PutBlob PutBlob Finalize", Created, name, ""},
		"blob answers 403":                {[]resultstest.Fault{{Method: "PutBlob", Status: 403, Header: http.Header{"X-Ms-Error-Code": {"AuthenticationFailed"}}, Body: "<Error/>"}}, "Create PutBlob", "", "", "upload: HTTP status 403 AuthenticationFailed"},
		"bytes are damaged on the way":    {[]resultstest.Fault{{Method: "PutBlob", Corrupt: true}}, "Create PutBlob Finalize List", "", "", "HTTP status 400 invalid_argument stored are"},
		"finalize answers 500":            {[]resultstest.Fault{busy("FinalizeArtifact", 500, 1)}, "Create PutBlob Finalize List Finalize", Created, name, ""},
		"finalize's reply is lost":        {[]resultstest.Fault{{Method: "FinalizeArtifact", DropReply: true}}, "Create PutBlob Finalize List", Created, name, ""},
		"finalize's reply and list fail":  {[]resultstest.Fault{{Method: "FinalizeArtifact", DropReply: true}, busy("ListArtifacts", 500, 1)}, "Create PutBlob Finalize List Finalize List", Created, name, ""},
		"finalize answers without number": {[]resultstest.Fault{{Method: "FinalizeArtifact", Status: 200, Body: `{"ok":true,"artifact_id":"1/../2"}`}}, "Create PutBlob Finalize List", "", "", "did not agree"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := service(t)
			for _, f := range tt.faults {
				s.Fail(f)
			}
			r, err := Artifact(artifactConfig(s)).Publish(t.Context(), edition())
			checkError(t, err, tt.err)
			calls := strings.NewReplacer("Artifacts", "", "Artifact", "").Replace(strings.Join(s.Methods(), " "))
			if calls != tt.calls {
				t.Errorf("calls = %s\nwant    %s", calls, tt.calls)
			}
			if r.State != tt.state || r.Artifact != tt.name {
				t.Errorf("receipt = %s %q, want %s %q", r.State, r.Artifact, tt.state, tt.name)
			}
		})
	}
}

func checkError(t *testing.T, err error, want string) {
	t.Helper()
	if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
		t.Errorf("error = %v, want %q", err, want)
	}
}

func TestArtifactAgain(t *testing.T) {
	s := service(t)
	p := Artifact(artifactConfig(s))
	publish := func(e *Edition) Receipt {
		t.Helper()
		r, err := p.Publish(t.Context(), e)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	first := publish(edition())
	shuffled := edition()
	slices.Reverse(shuffled.Files)
	if got := publish(shuffled); got.State != Unchanged || got.ID != first.ID || got.URL != first.URL {
		t.Errorf("the same files again: %+v", got)
	}
	other := edition()
	other.Files[0].Data = []byte("changed\n")
	if got := publish(other); got.State != Created || got.Artifact != "mergebrief-pr7-a1-2" {
		t.Errorf("other files: %+v", got)
	}
	if got := publish(other); got.State != Unchanged || got.Artifact != "mergebrief-pr7-a1-2" {
		t.Errorf("other files again: %+v", got)
	}
	if slices.Contains(s.Methods(), "DeleteArtifact") {
		t.Error("something was deleted")
	}
	for n := range maxNames - 2 {
		other.Files[0].Data = []byte{byte(n)}
		publish(other)
	}
	other.Files[0].Data = []byte("one too many")
	_, err := p.Publish(t.Context(), other)
	checkError(t, err, "mergebrief-pr7-a1 to mergebrief-pr7-a1-10 are all taken")
}

func TestArtifactRefusals(t *testing.T) {
	tests := map[string]struct {
		change func(*resultstest.Server, *ArtifactConfig)
		reason evidence.Reason
		err    string
		soft   bool
	}{
		"no token":        {func(_ *resultstest.Server, c *ArtifactConfig) { c.Token = "" }, evidence.NotConfigured, "gave no access", true},
		"no address":      {func(_ *resultstest.Server, c *ArtifactConfig) { c.ResultsURL = "" }, evidence.NotConfigured, "gave no access", true},
		"own server":      {func(_ *resultstest.Server, c *ArtifactConfig) { c.Server = "https://github.example.com" }, evidence.Unsupported, "no artifact service", true},
		"look-alike host": {func(_ *resultstest.Server, c *ArtifactConfig) { c.Server = "https://notgithub.com" }, evidence.Unsupported, "no artifact service", true},
		"quota":           {func(s *resultstest.Server, c *ArtifactConfig) { fill(t, s); s.Quota = 1 }, evidence.Denied, "quota for artifacts is used up", true},
		"token for another job": {func(s *resultstest.Server, c *ArtifactConfig) {
			s.Fail(resultstest.Fault{Method: "CreateArtifact", Status: 403, Body: `{"code":"permission_denied","msg":"no"}`})
		}, evidence.Denied, "permission_denied", false},
		"token without scope": {func(_ *resultstest.Server, c *ArtifactConfig) { c.Token = "e30.e30.sig" }, evidence.Unreadable, "names no run", false},
		"token is opaque":     {func(_ *resultstest.Server, c *ArtifactConfig) { c.Token = "secret-token" }, evidence.Unreadable, "no JSON web token", false},
		"token is not base64": {func(_ *resultstest.Server, c *ArtifactConfig) { c.Token = "a.!secret-token!.c" }, evidence.Unreadable, "not base64url", false},
		"address is a file":   {func(_ *resultstest.Server, c *ArtifactConfig) { c.ResultsURL = "file:///secret-token" }, evidence.Unreadable, "no web address", false},
		"bad name":            {func(_ *resultstest.Server, c *ArtifactConfig) { c.Name = "a/b" }, "", "is no name for an artifact", false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := service(t)
			c := artifactConfig(s)
			tt.change(s, &c)
			receipts, joined := All(t.Context(), edition(), []Publisher{Artifact(c)})
			r := receipts[0]
			checkError(t, r.Err, tt.err)
			if got := evidence.ReasonOf(r.Err, ""); got != tt.reason {
				t.Errorf("reason = %q, want %q", got, tt.reason)
			}
			if strings.Contains(r.Err.Error(), "secret-token") {
				t.Errorf("the error shows the token: %v", r.Err)
			}
			gap, ok := r.Gap()
			if (joined == nil) != tt.soft || !ok || (gap.Hint != "") != tt.soft || gap.Subject != "artifact" {
				t.Errorf("joined = %v, gap = %+v", joined, gap)
			}
		})
	}
}

// fill puts an artifact of another job into the service.
func fill(t *testing.T, s *resultstest.Server) {
	t.Helper()
	c := artifactConfig(s)
	c.Name, c.Token = "other", resultstest.Token("run-1", "job-2")
	if _, err := Artifact(c).Publish(t.Context(), edition()); err != nil {
		t.Fatal(err)
	}
}

// capture is a transport that remembers signed addresses and breaks the upload
// with an error that repeats them.
type capture struct{ signed []string }

func (c *capture) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method == http.MethodPut {
		c.signed = append(c.signed, r.URL.String(), r.URL.RawQuery, r.URL.Query().Get("sig"), url.QueryEscape(r.URL.Query().Get("sig")))
		return nil, &url.Error{Op: "Put", URL: r.URL.String(), Err: errors.New("broken on the way to " + r.URL.String())}
	}
	return http.DefaultTransport.RoundTrip(r)
}

func TestArtifactKeepsSecrets(t *testing.T) {
	s := service(t)
	c := artifactConfig(s)
	seen := &capture{}
	var masked []string
	c.Transport, c.Mask = seen, func(m string) { masked = append(masked, m) }
	_, err := Artifact(c).Publish(t.Context(), edition())
	checkError(t, err, "upload: 127.0.0.1: broken on the way to ***")
	if len(seen.signed) != 4*maxAttempts {
		t.Errorf("%d attempts", len(seen.signed)/4)
	}
	for _, secret := range seen.signed {
		if strings.Contains(err.Error(), secret) {
			t.Errorf("the error shows %q: %v", secret, err)
		}
	}
	if diff := cmp.Diff(seen.signed[2:4], masked); diff != "" {
		t.Errorf("masked (-want +got):\n%s", diff)
	}
}

func TestArtifactStops(t *testing.T) {
	tests := map[string]struct {
		change func(*ArtifactConfig, context.CancelFunc)
		after  string // Retry-After of the failing answers
		calls  int
		err    string
	}{
		"no time for a pause": {func(c *ArtifactConfig, _ context.CancelFunc) { c.Budget = 2 * time.Second }, "", 1, "no time left"},
		"asked to wait longer than there is time": {func(c *ArtifactConfig, _ context.CancelFunc) {
			c.Budget = 15 * time.Second
		}, "20", 1, "no time left"},
		"cancelled in a pause": {func(c *ArtifactConfig, cancel context.CancelFunc) {
			c.Sleep = func(ctx context.Context, _ time.Duration) error { cancel(); return ctx.Err() }
		}, "", 1, "context canceled"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := service(t)
			h := http.Header{}
			if tt.after != "" {
				h.Set("Retry-After", tt.after)
			}
			s.Fail(resultstest.Fault{Method: "CreateArtifact", Status: 503, Times: 9, Header: h})
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			c := artifactConfig(s)
			tt.change(&c, cancel)
			_, err := Artifact(c).Publish(ctx, edition())
			checkError(t, err, tt.err)
			if got := len(s.Calls()); got != tt.calls {
				t.Errorf("%d calls, want %d", got, tt.calls)
			}
		})
	}
}

func TestRetryDelays(t *testing.T) {
	var waits []time.Duration
	r := retry{
		sleep:  func(_ context.Context, d time.Duration) error { waits = append(waits, d); return nil },
		jitter: func() float64 { return 0.5 },
	}
	if err := r.do(t.Context(), func(context.Context) error { return &transient{err: errors.New("no")} }); err == nil {
		t.Error("no error")
	}
	want := []time.Duration{3750 * time.Millisecond, 5625 * time.Millisecond, 8437500 * time.Microsecond, 12656250 * time.Microsecond}
	if diff := cmp.Diff(want, waits); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestArtifactRetention(t *testing.T) {
	now := time.Date(2026, 11, 23, 8, 42, 48, 779e6, time.UTC)
	tests := map[string]struct {
		days, most int
		want       any
	}{
		"not configured": {0, 90, nil},
		"within":         {10, 90, "2026-12-03T08:42:48.779Z"},
		"capped":         {400, 90, "2027-02-21T08:42:48.779Z"},
		"no cap known":   {100, 0, "2027-03-03T08:42:48.779Z"},
		"nonsense":       {-1, 90, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := service(t)
			c := artifactConfig(s)
			c.RetentionDays, c.MaxRetentionDays, c.Now = tt.days, tt.most, func() time.Time { return now }
			if _, err := Artifact(c).Publish(t.Context(), edition()); err != nil {
				t.Fatal(err)
			}
			if got := s.Calls()[0].Fields["expires_at"]; got != tt.want {
				t.Errorf("expires_at = %v, want %v", got, tt.want)
			}
		})
	}
}

func TestHosted(t *testing.T) {
	for server, want := range map[string]bool{
		"https://github.com": true, "https://GitHub.com/": true, "https://octo.ghe.com": true, "http://github.localhost": true,
		"http://127.0.0.1:3000": true, "http://[::1]:3000": true, "https://github.com.example.com": false, "https://ghe.com": false,
		"https://github.com@example.com": false, "": false, "://": false, "http://10.0.0.1": false,
	} {
		if got := hosted(server); got != want {
			t.Errorf("%q: %t", server, got)
		}
	}
}

func TestArtifactName(t *testing.T) {
	long := strings.Repeat("é", 300)
	tests := map[string]struct {
		base    string
		pr      int
		key     string
		attempt int
		want    string
	}{
		"defaults":        {"", 7, "", 1, "mergebrief-pr7-a1"},
		"key and attempt": {"evidence", 7, "linux", 2, "evidence-pr7-linux-a2"},
		"no pull request": {"", 0, "", 0, "mergebrief-a1"},
		"forbidden":       {"a/b", 1, "x:\"<>|*?\r\n\\y", 1, "a-b-pr1-x----------y-a1"},
		"control, bidi":   {"", 1, "a\x00\u202eb\xff", 1, "mergebrief-pr1-a--b--a1"},
		"spaces, dots":    {" .. ", 1, "..", 1, "mergebrief-pr1-a1"},
		"long":            {long, 12345, long, 3, strings.Repeat("é", 50) + "-pr12345-" + strings.Repeat("é", 44) + "-a3"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := ArtifactName(tt.base, tt.pr, tt.key, tt.attempt)
			if got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
			if err := checkName(got); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestArchive(t *testing.T) {
	good := edition().Files
	a, err := archive(good)
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(good)
	b, err := archive(good)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(a, b) {
		t.Error("the order of the files changes the bytes")
	}
	for name, tt := range map[string]struct {
		files []NamedFile
		err   string
	}{
		"nothing":       {nil, "nothing to put"},
		"empty files":   {[]NamedFile{{Name: "a"}}, "nothing to put"},
		"climbs out":    {[]NamedFile{{"../a", []byte("x")}}, "no name for a file"},
		"absolute":      {[]NamedFile{{"/a", []byte("x")}}, "no name for a file"},
		"backslash":     {[]NamedFile{{`a\b`, []byte("x")}}, "no name for a file"},
		"line break":    {[]NamedFile{{"a\nb", []byte("x")}}, "no name for a file"},
		"twice":         {[]NamedFile{{"a", []byte("x")}, {"A", []byte("y")}}, "twice"},
		"too much data": {[]NamedFile{{"a", make([]byte, maxArchiveBytes+1)}}, "more than"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := archive(tt.files)
			checkError(t, err, tt.err)
		})
	}
}
