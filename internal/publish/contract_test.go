//go:build contract

package publish

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/publish/resultstest"
)

// These tests hold the uploader and the peer against GitHub's own artifact
// client and a real implementation of Azure's blob protocol. .ci/contract
// installs and starts both, and sets the environment:
//
//	MERGEBRIEF_CONTRACT_CLIENT  path of client.mjs beside its node_modules
//	MERGEBRIEF_CONTRACT_BLOB    address of the blob server, with the account
//	MERGEBRIEF_CONTRACT_KEY     the account's key, in base64
func contractEnv(t *testing.T, name string) string {
	t.Helper()
	v := os.Getenv(name)
	if v == "" {
		t.Fatalf("%s is not set: run .ci/contract", name)
	}
	return v
}

const sasVersion = "2020-08-04"

// azureStore keeps blobs on the blob server. The addresses are signed as in
// https://learn.microsoft.com/rest/api/storageservices/create-service-sas.
type azureStore struct {
	t    *testing.T
	base string // http://127.0.0.1:port/account
	acct string
	key  []byte
}

func newAzureStore(t *testing.T) *azureStore {
	t.Helper()
	base := contractEnv(t, "MERGEBRIEF_CONTRACT_BLOB")
	key, err := base64.StdEncoding.DecodeString(contractEnv(t, "MERGEBRIEF_CONTRACT_KEY"))
	if err != nil {
		t.Fatal(err)
	}
	s := &azureStore{t: t, base: base, acct: base[strings.LastIndex(base, "/")+1:], key: key}
	status, body := s.send(http.MethodPut, base+"/artifacts?restype=container&"+s.accountSAS(), nil)
	if status != http.StatusCreated && status != http.StatusConflict {
		t.Fatalf("container: %d %s", status, body)
	}
	return s
}

func (s *azureStore) signature(parts ...string) string {
	mac := hmac.New(sha256.New, s.key)
	mac.Write([]byte(strings.Join(parts, "\n")))
	return url.QueryEscape(base64.StdEncoding.EncodeToString(mac.Sum(nil)))
}

func (s *azureStore) expiry() string { return time.Now().Add(time.Hour).UTC().Format(time.RFC3339) }

// accountSAS permits to create containers.
func (s *azureStore) accountSAS() string {
	se := s.expiry()
	sig := s.signature(s.acct, "cw", "b", "c", "", se, "", "", sasVersion, "")
	return "sv=" + sasVersion + "&ss=b&srt=c&sp=cw&se=" + url.QueryEscape(se) + "&sig=" + sig
}

func (s *azureStore) SignedURL(blob string, write bool) string {
	sp := "r"
	if write {
		sp = "cw"
	}
	se := s.expiry()
	sig := s.signature(sp, "", se, "/blob/"+s.acct+"/artifacts/"+blob, "", "", "", sasVersion, "b", "", "", "", "", "", "")
	return s.base + "/artifacts/" + blob + "?sv=" + sasVersion + "&se=" + url.QueryEscape(se) + "&sr=b&sp=" + sp + "&sig=" + sig
}

func (s *azureStore) Read(_ context.Context, blob string) ([]byte, error) {
	status, body := s.send(http.MethodGet, s.SignedURL(blob, false), nil)
	if status != http.StatusOK {
		return nil, fmt.Errorf("%d %s", status, body)
	}
	return body, nil
}

func (s *azureStore) send(method, address string, data []byte) (int, []byte) {
	s.t.Helper()
	req, err := http.NewRequest(method, address, bytes.NewReader(data))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("x-ms-version", sasVersion)
	req.Header.Set("x-ms-blob-type", "BlockBlob")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return resp.StatusCode, body
}

// seen is what the official client says about an artifact.
type seen struct {
	ID       int               `json:"id"`
	Name     string            `json:"name"`
	Size     int               `json:"size"`
	Digest   string            `json:"digest"`
	Mismatch bool              `json:"mismatch"`
	Files    map[string]string `json:"files"`
	Error    string            `json:"error"`
}

// official runs the official client against s.
func official(t *testing.T, s *resultstest.Server, args ...string) map[string]seen {
	t.Helper()
	dir := t.TempDir()
	cmd := exec.CommandContext(t.Context(), "node", append([]string{contractEnv(t, "MERGEBRIEF_CONTRACT_CLIENT")}, args...)...)
	cmd.Dir = dir
	result := filepath.Join(dir, "result.json")
	cmd.Env = append(os.Environ(), "ACTIONS_RUNTIME_TOKEN="+resultstest.Token("run-1", "job-9"), "ACTIONS_RESULTS_URL="+s.URL+"/",
		"GITHUB_SERVER_URL=https://github.com", "GITHUB_WORKSPACE="+dir, "GITHUB_RETENTION_DAYS=90", "RESULT="+result)
	log, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n… %s", err, log[max(0, len(log)-2000):])
	}
	data, err := os.ReadFile(result)
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]seen
	if err := json.Unmarshal(data, &out); err != nil {
		t.Fatalf("%v\n%s", err, data)
	}
	return out
}

func hexDigest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

func filesOf(e *Edition) map[string]string {
	out := map[string]string{}
	for _, f := range e.Files {
		out[f.Name] = hexDigest(f.Data)
	}
	return out
}

// What we upload is found, downloaded and accepted by the official client: from
// a real blob server, from the peer's own storage, and in both spellings.
func TestContractUpload(t *testing.T) {
	big := make([]byte, 20<<20)
	rand.Read(big)
	for _, store := range []string{"blob server", "peer"} {
		for _, camel := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, camel %t", store, camel), func(t *testing.T) {
				s := service(t)
				s.CamelCase = camel
				if store == "blob server" {
					s.Blobs = newAzureStore(t)
				}
				e := edition()
				e.Files = append(e.Files, NamedFile{"data/big.bin", big})
				r, err := Artifact(artifactConfig(s)).Publish(t.Context(), e)
				if err != nil {
					t.Fatal(err)
				}
				got := official(t, s, "read")["mergebrief-pr7-a1"]
				want := seen{
					ID: 1001, Name: "mergebrief-pr7-a1", Size: int(s.Artifacts()[0].Size),
					Digest: r.Digest, Files: filesOf(e),
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			})
		}
	}
}

// Canary: bytes that change after the upload are noticed by the official client,
// and bytes that change during it by the service, so a pass above means
// something.
func TestContractCanary(t *testing.T) {
	t.Run("after the upload", func(t *testing.T) {
		s := service(t)
		store := newAzureStore(t)
		s.Blobs = store
		if _, err := Artifact(artifactConfig(s)).Publish(t.Context(), edition()); err != nil {
			t.Fatal(err)
		}
		e := edition()
		e.Files[0].Data = []byte("# forgery\n")
		other, err := archive(e.Files)
		if err != nil {
			t.Fatal(err)
		}
		if status, body := store.send(http.MethodPut, store.SignedURL("1001.zip", true), other); status != http.StatusCreated {
			t.Fatalf("%d %s", status, body)
		}
		if got := official(t, s, "read")["mergebrief-pr7-a1"]; !got.Mismatch {
			t.Errorf("the official client noticed nothing: %+v", got)
		}
	})
	t.Run("during the upload", func(t *testing.T) {
		s := service(t)
		s.Blobs = newAzureStore(t)
		c := artifactConfig(s)
		c.Transport = damage{}
		_, err := Artifact(c).Publish(t.Context(), edition())
		checkError(t, err, "FinalizeArtifact: HTTP status 400")
		if got := official(t, s, "read"); len(got) != 0 {
			t.Errorf("listed: %v", got)
		}
	})
}

// damage turns one bit of what is uploaded.
type damage struct{}

func (damage) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method == http.MethodPut {
		data, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		data[len(data)/2] ^= 1
		r = r.Clone(r.Context())
		r.Body = io.NopCloser(bytes.NewReader(data))
	}
	return http.DefaultTransport.RoundTrip(r)
}

// The official client is satisfied with the peer: one block, several blocks in
// parallel, a name that is taken, and reading back.
func TestContractPeer(t *testing.T) {
	for _, camel := range []bool{false, true} {
		t.Run(fmt.Sprintf("camel %t", camel), func(t *testing.T) {
			s := service(t)
			s.CamelCase = camel
			up := official(t, s, "write")
			for _, name := range []string{"small", "big"} {
				if a := up[name]; a.Error != "" || a.ID == 0 {
					t.Errorf("%s: %+v", name, a)
				}
			}
			if again := up["again"]; !strings.Contains(again.Error, "already exists") {
				t.Errorf("the same name again: %+v", again)
			}
			down := official(t, s, "read")
			for _, a := range s.Artifacts() {
				want := seen{ID: int(a.ID), Name: a.Name, Size: int(a.Size), Digest: a.Digest, Files: up[a.Name].Files}
				if diff := cmp.Diff(want, down[a.Name]); diff != "" {
					t.Errorf("%s (-want +got):\n%s", a.Name, diff)
				}
				if strings.TrimPrefix(a.Digest, "sha256:") != up[a.Name].Digest {
					t.Errorf("%s: uploaded %s, stored %s", a.Name, up[a.Name].Digest, a.Digest)
				}
			}
			blocks := 0
			for _, m := range s.Methods() {
				if m == "PutBlock" {
					blocks++
				}
			}
			if len(down) != 2 || blocks < 4 {
				t.Errorf("%d artifacts, %d blocks: %v", len(down), blocks, s.Methods())
			}
		})
	}
}
