package resultstest

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// Limits of the storage in memory.
const (
	maxBlob = 256 << 20
	// Azure allows ids of up to 64 bytes before they are encoded.
	maxBlockID = 64
	// How long a signed address works.
	signedFor = time.Hour
	// Path of the one container, in the form of an emulator: account/container.
	container = "/mergebrief/artifacts/"
)

// store is a block blob storage in memory, after
// https://learn.microsoft.com/rest/api/storageservices/put-blob, put-block and
// put-block-list.
type store struct {
	server *Server
	key    []byte

	mu    sync.Mutex
	blobs map[string]*blob
}

type blob struct {
	committed   []byte
	exists      bool
	contentType string
	blocks      map[string][]byte // uploaded, not committed
}

func newStore(s *Server) *store {
	return &store{server: s, key: []byte("resultstest " + s.URL), blobs: map[string]*blob{}}
}

// SignedURL implements [Blobs]. Like Azure's, the signature is base64 in a query
// that stands in no particular order, so that a client that decodes and encodes
// it anew is caught.
func (s *store) SignedURL(name string, write bool) string {
	return s.server.URL + container + name + "?" + s.sign(name, write, time.Now().Add(signedFor))
}

func (s *store) sign(name string, write bool, expires time.Time) string {
	permission := "r"
	if write {
		permission = "cw"
	}
	se := expires.UTC().Format(time.RFC3339)
	mac := hmac.New(sha256.New, s.key)
	fmt.Fprintf(mac, "%s\n%s\n%s", permission, se, container+name)
	sig := base64.StdEncoding.EncodeToString(mac.Sum(nil))
	return "sv=2025-11-05&se=" + url.QueryEscape(se) + "&sr=b&sp=" + permission +
		"&sig=" + url.QueryEscape(sig) + "&skoid=a%2Fb%7E"
}

// permits checks the query of a request byte for byte, what the operation adds
// aside.
func (s *store) permits(r *http.Request, name string, write bool) bool {
	var signed []string
	for pair := range strings.SplitSeq(r.URL.RawQuery, "&") {
		switch key, _, _ := strings.Cut(pair, "="); key {
		case "comp", "blockid", "timeout":
		default:
			signed = append(signed, pair)
		}
	}
	expires, err := time.Parse(time.RFC3339, r.URL.Query().Get("se"))
	return err == nil && time.Now().Before(expires) &&
		hmac.Equal([]byte(strings.Join(signed, "&")), []byte(s.sign(name, write, expires)))
}

// Read implements [Blobs].
func (s *store) Read(_ context.Context, name string) ([]byte, error) {
	data, _, ok := s.load(name)
	if !ok {
		return nil, fmt.Errorf("resultstest: no blob %s", name)
	}
	return data, nil
}

func (s *store) load(name string) (data []byte, contentType string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.blobs[name]
	if b == nil || !b.exists {
		return nil, "", false
	}
	return slices.Clone(b.committed), b.contentType, true
}

func (s *store) route(r *http.Request) (string, serveFunc) {
	name, ok := strings.CutPrefix(r.URL.Path, container)
	if !ok {
		return "", nil
	}
	operation, serve := "", (func(*http.Request, *blob, []byte) *storeError)(nil)
	switch comp := r.URL.Query().Get("comp"); {
	case r.Method == http.MethodGet && comp == "":
		return "GetBlob", func(w http.ResponseWriter, r *http.Request, _ *Call, corrupt bool) { s.get(w, r, name, corrupt) }
	case r.Method == http.MethodPut && comp == "":
		operation, serve = "PutBlob", putBlob
	case r.Method == http.MethodPut && comp == "block":
		operation, serve = "PutBlock", putBlock
	case r.Method == http.MethodPut && comp == "blocklist":
		operation, serve = "PutBlockList", putBlockList
	}
	return operation, func(w http.ResponseWriter, r *http.Request, _ *Call, corrupt bool) {
		s.put(w, r, name, corrupt && operation != "PutBlockList", serve)
	}
}

// storeError is an error in Azure's form.
type storeError struct {
	status int
	code   string
}

func (e *storeError) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/xml")
	w.Header().Set("x-ms-error-code", e.code)
	w.WriteHeader(e.status)
	fmt.Fprintf(w, "<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>%s</Code></Error>", e.code)
}

// check refuses what Azure refuses before it looks at the operation.
func (s *store) check(r *http.Request, name string, write bool) *storeError {
	switch {
	case r.Header.Get("Authorization") != "":
		return &storeError{http.StatusBadRequest, "InvalidAuthenticationInfo"}
	case !s.permits(r, name, write):
		return &storeError{http.StatusForbidden, "AuthenticationFailed"}
	case write && r.Header.Get("x-ms-version") == "":
		return &storeError{http.StatusBadRequest, "MissingRequiredHeader"}
	case write && r.ContentLength < 0:
		return &storeError{http.StatusLengthRequired, "MissingContentLengthHeader"}
	case write && r.ContentLength > maxBlob:
		return &storeError{http.StatusRequestEntityTooLarge, "RequestBodyTooLarge"}
	}
	return nil
}

func (s *store) put(w http.ResponseWriter, r *http.Request, name string, corrupt bool, serve func(*http.Request, *blob, []byte) *storeError) {
	if err := s.check(r, name, true); err != nil {
		err.write(w)
		return
	}
	data, err := io.ReadAll(r.Body)
	if err != nil {
		(&storeError{http.StatusBadRequest, "IncompleteBody"}).write(w)
		return
	}
	if corrupt && len(data) > 0 {
		data[len(data)/2] ^= 1
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.blobs[name]
	if b == nil {
		b = &blob{blocks: map[string][]byte{}}
		s.blobs[name] = b
	}
	if err := serve(r, b, data); err != nil {
		err.write(w)
		return
	}
	w.Header().Set("x-ms-version", r.Header.Get("x-ms-version"))
	w.Header().Set("ETag", `"0x`+digest(data)[7:23]+`"`)
	w.WriteHeader(http.StatusCreated)
}

func putBlob(r *http.Request, b *blob, data []byte) *storeError {
	if r.Header.Get("x-ms-blob-type") != "BlockBlob" {
		return &storeError{http.StatusBadRequest, "InvalidHeaderValue"}
	}
	contentType := r.Header.Get("x-ms-blob-content-type")
	if contentType == "" {
		contentType = r.Header.Get("Content-Type")
	}
	*b = blob{committed: data, exists: true, contentType: contentType, blocks: map[string][]byte{}}
	return nil
}

func putBlock(r *http.Request, b *blob, data []byte) *storeError {
	id := r.URL.Query().Get("blockid")
	raw, err := base64.StdEncoding.DecodeString(id)
	if err != nil || len(raw) == 0 || len(raw) > maxBlockID {
		return &storeError{http.StatusBadRequest, "InvalidQueryParameterValue"}
	}
	for other := range b.blocks {
		if len(other) != len(id) {
			return &storeError{http.StatusBadRequest, "InvalidBlobOrBlock"}
		}
	}
	b.blocks[id] = data
	return nil
}

func putBlockList(r *http.Request, b *blob, data []byte) *storeError {
	var list struct {
		XMLName xml.Name `xml:"BlockList"`
		Latest  []string `xml:"Latest"`
		Other   []struct {
			XMLName xml.Name
		} `xml:",any"`
	}
	if err := xml.Unmarshal(data, &list); err != nil || len(list.Other) > 0 {
		return &storeError{http.StatusBadRequest, "InvalidXmlDocument"}
	}
	var content []byte
	for _, id := range list.Latest {
		block, ok := b.blocks[id]
		if !ok {
			return &storeError{http.StatusBadRequest, "InvalidBlockList"}
		}
		content = append(content, block...)
	}
	*b = blob{committed: content, exists: true, contentType: r.Header.Get("x-ms-blob-content-type"), blocks: map[string][]byte{}}
	return nil
}

func (s *store) get(w http.ResponseWriter, r *http.Request, name string, corrupt bool) {
	if err := s.check(r, name, false); err != nil {
		err.write(w)
		return
	}
	data, contentType, ok := s.load(name)
	if !ok {
		(&storeError{http.StatusNotFound, "BlobNotFound"}).write(w)
		return
	}
	if corrupt && len(data) > 0 {
		data[len(data)/2] ^= 1
	}
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("x-ms-blob-type", "BlockBlob")
	w.Write(data) //nolint:errcheck // the client is gone
}
