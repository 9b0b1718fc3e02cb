// Package resultstest is a peer for tests of GitHub's artifact service and of
// the block blob storage behind it.
//
// It speaks the protocol of the official client (github.com/actions/toolkit,
// packages/artifact) and is stricter than a real service wherever that finds
// mistakes: unknown fields, camel case in requests, wrong types, a digest or
// size that does not agree with the stored bytes, a signed URL that comes back
// with other bytes are all refused. It can be told to fail in the ways a
// network does. .ci/contract holds it against the official client.
package resultstest

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Artifact is an artifact in the service.
type Artifact struct {
	ID        int64
	Run, Job  string
	Name      string
	MIME      string
	ExpiresAt string
	Created   time.Time
	// Finalized artifacts are listed; Size and Digest ("sha256:<hex>") are those
	// of the stored bytes.
	Finalized bool
	Size      int64
	Digest    string
}

func (a *Artifact) blob() string { return fmt.Sprintf("%d.zip", a.ID) }

// Fault is one way to answer wrongly.
type Fault struct {
	// Method of the artifact service, or PutBlob, PutBlock, PutBlockList or
	// GetBlob.
	Method string
	// Number of calls to spoil; 0 means one.
	Times int
	// Answer with this status, headers and body, instead of doing anything.
	Status int
	Header http.Header
	Body   string
	// Do what was asked, then close the connection without an answer.
	DropReply bool
	// Close the connection without doing anything.
	Drop bool
	// Store or hand out the bytes with one bit turned, PutBlob, PutBlock and
	// GetBlob only.
	Corrupt bool
}

// Call is one request that was received.
type Call struct {
	Method string
	Status int
	// Fields of a call of the artifact service.
	Fields map[string]any
}

// Blobs is a storage for the contents of artifacts.
type Blobs interface {
	// SignedURL returns the address at which a blob can be written, or read,
	// by whoever has it.
	SignedURL(blob string, write bool) string
	// Read returns the committed bytes of a blob.
	Read(ctx context.Context, blob string) ([]byte, error)
}

// Server is the service. Its zero value does not work; see [New] and [Listen].
type Server struct {
	// URL at which the service is reached, without a path. [Listen] sets it.
	URL string
	// CamelCase makes answers use lowerCamelCase field names, which protobuf's
	// JSON mapping allows as well.
	CamelCase bool
	// Quota is the number of bytes that may be stored; 0 means any.
	Quota int64
	// Blobs is where contents are stored; a storage in memory by default.
	Blobs Blobs

	http   *http.Server
	store  *store
	mu     sync.Mutex
	list   []*Artifact
	faults []*Fault
	calls  []Call
}

// New returns a service to be served by the caller, whose base address is url.
func New(url string) *Server {
	s := &Server{URL: url}
	s.store = newStore(s)
	s.Blobs = s.store
	return s
}

// Listen starts a service on a loopback address such as "127.0.0.1:0".
func Listen(addr string) (*Server, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, err
	}
	if tcp, ok := l.Addr().(*net.TCPAddr); !ok || !tcp.IP.IsLoopback() {
		l.Close()
		return nil, fmt.Errorf("resultstest: %s is not a loopback address", addr)
	}
	s := New("http://" + l.Addr().String())
	s.http = &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
	go s.http.Serve(l) //nolint:errcheck // ends with ErrServerClosed
	return s, nil
}

// Close stops a service started by [Listen].
func (s *Server) Close() error { return s.http.Close() }

// Token returns a runtime token for a job of a run, as the runner would hand it
// out, without a valid signature.
func Token(run, job string) string {
	part := func(v any) string {
		b, err := json.Marshal(v)
		if err != nil {
			panic(err) // a map of strings always marshals
		}
		return base64.RawURLEncoding.EncodeToString(b)
	}
	return part(map[string]string{"alg": "none", "typ": "JWT"}) + "." +
		part(map[string]string{"scp": "Actions.ExampleScope Actions.Results:" + run + ":" + job, "ac": "[]"}) + ".sig"
}

// Fail adds a fault. Faults of one method take effect one after the other.
func (s *Server) Fail(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f.Times == 0 {
		f.Times = 1
	}
	s.faults = append(s.faults, &f)
}

// Calls returns the requests received so far, in the order of their answers.
func (s *Server) Calls() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
}

// Methods returns the methods of [Server.Calls].
func (s *Server) Methods() []string {
	var names []string
	for _, c := range s.Calls() {
		names = append(names, c.Method)
	}
	return names
}

// Artifacts returns the artifacts, finalized or not, oldest first.
func (s *Server) Artifacts() []Artifact {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Artifact
	for _, a := range s.list {
		out = append(out, *a)
	}
	return out
}

// Content returns the stored bytes of an artifact.
func (s *Server) Content(ctx context.Context, id int64) ([]byte, error) {
	return s.Blobs.Read(ctx, (&Artifact{ID: id}).blob())
}

// ServeHTTP serves the artifact service and, unless Blobs was replaced, the
// storage.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	method, serve := s.route(r)
	if method == "" {
		http.NotFound(w, r)
		return
	}
	rec := &recorder{ResponseWriter: w, status: http.StatusOK}
	call := Call{Method: method}
	fault := s.fault(method)
	switch {
	case fault.Drop:
		call.Status = -1
	case fault.Status != 0:
		maps.Copy(w.Header(), fault.Header)
		rec.WriteHeader(fault.Status)
		fmt.Fprint(rec, fault.Body)
		call.Status = rec.status
	case fault.DropReply:
		serve(&discard{header: http.Header{}}, r, &call, fault.Corrupt)
		call.Status = -1
	default:
		serve(rec, r, &call, fault.Corrupt)
		call.Status = rec.status
	}
	s.mu.Lock()
	s.calls = append(s.calls, call)
	s.mu.Unlock()
	if call.Status == -1 {
		panic(http.ErrAbortHandler)
	}
}

type serveFunc func(w http.ResponseWriter, r *http.Request, call *Call, corrupt bool)

func (s *Server) route(r *http.Request) (string, serveFunc) {
	if name, ok := strings.CutPrefix(r.URL.Path, twirpPrefix); ok {
		if m, known := methods[name]; known {
			return name, func(w http.ResponseWriter, r *http.Request, call *Call, _ bool) { s.twirp(w, r, m, call) }
		}
		return "", nil
	}
	return s.store.route(r)
}

func (s *Server) fault(method string) Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.faults {
		if f.Method == method && f.Times > 0 {
			f.Times--
			return *f
		}
	}
	return Fault{}
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return "sha256:" + hex.EncodeToString(sum[:])
}

type recorder struct {
	http.ResponseWriter
	status int
}

func (r *recorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

type discard struct{ header http.Header }

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(p []byte) (int, error) { return len(p), nil }
func (d *discard) WriteHeader(int)             {}
