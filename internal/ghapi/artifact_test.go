package ghapi_test

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/ghapi"
	"github.com/mergebrief/mergebrief/internal/ghapi/ghtest"
)

func TestArtifacts(t *testing.T) {
	st := state(t)
	for i := range 130 {
		st.Artifacts = append(st.Artifacts, &ghtest.Artifact{Name: fmt.Sprintf("a%d", i), Run: 90})
	}
	s := ghtest.New(t, st)
	list, err := ghapi.Artifacts(t.Context(), s.Client(), "octo", "demo", 90)
	if err != nil || len(list) != 131 {
		t.Fatalf("%d artifacts, %v", len(list), err)
	}
	first := list[0]
	if first.ID != 301 || !strings.HasPrefix(first.Digest, "sha256:") || first.Run.ID != 90 || first.Run.HeadSHA != st.Pulls[0].Head.SHA || first.Run.HeadRepositoryID != 1 {
		t.Errorf("artifact %+v", first)
	}
	body, err := ghapi.Download(t.Context(), s.Client(), "octo", "demo", 301)
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close()
	if data, err := io.ReadAll(body); err != nil || evidence.Digest(data) != first.Digest {
		t.Errorf("%d bytes, %v", len(data), err)
	}

	s.Fail(ghtest.Fault{Name: "GET artifacts", After: 1, Status: 403, Body: denied})
	if list, err = ghapi.Artifacts(t.Context(), s.Client(), "octo", "demo", 90); len(list) != 100 || evidence.ReasonOf(err, "") != evidence.Denied {
		t.Errorf("%d artifacts, %v", len(list), err)
	}
}

func TestDownloadFaults(t *testing.T) {
	for name, tt := range map[string]struct {
		fault  ghtest.Fault
		reason evidence.Reason
	}{
		"no permission":       {ghtest.Fault{Name: "GET artifact", Status: 403, Body: denied}, evidence.Denied},
		"expired":             {ghtest.Fault{Name: "GET artifact", Status: 410}, evidence.Expired},
		"gone":                {ghtest.Fault{Name: "GET artifact", Status: 404}, evidence.NotFound},
		"no address":          {ghtest.Fault{Name: "GET artifact", Status: 302}, evidence.Unavailable},
		"not an address":      {ghtest.Fault{Name: "GET artifact", Status: 302, Header: map[string]string{"Location": "file:///etc/passwd"}}, evidence.Unavailable},
		"no redirect":         {ghtest.Fault{Name: "GET artifact", Status: 200}, evidence.Unavailable},
		"signature is stale":  {ghtest.Fault{Name: "GET blob", Status: 403, Body: "<Error>" + ghtest.Signature() + "</Error>"}, evidence.Unavailable},
		"storage unreachable": {ghtest.Fault{Name: "GET blob", Drop: true, Times: 9}, evidence.Unavailable},
		"storage is down":     {ghtest.Fault{Name: "GET blob", Status: 503, Times: 9}, evidence.Unavailable},
	} {
		t.Run(name, func(t *testing.T) {
			s := ghtest.New(t, state(t))
			s.Fail(tt.fault)
			_, err := ghapi.Download(t.Context(), s.Client(), "octo", "demo", 301)
			if evidence.ReasonOf(err, "") != tt.reason {
				t.Errorf("error = %v", err)
			}
			if err != nil && (strings.Contains(err.Error(), ghtest.Signature()) || strings.Contains(err.Error(), "sig=")) {
				t.Errorf("the signature is in %v", err)
			}
		})
	}
}
