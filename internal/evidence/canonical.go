package evidence

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// Schema is the JSON schema (draft 2020-12) of a [Bundle].
//
//go:embed bundle.schema.json
var Schema []byte

// Canonical returns the bytes of the bundle as they are stored: JSON indented
// by one space, struct fields in the order of their declaration, map keys
// sorted, "<", ">" and "&" unescaped, and a newline at the end.
func (b *Bundle) Canonical() ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(b); err != nil {
		return nil, fmt.Errorf("bundle: %w", err)
	}
	return buf.Bytes(), nil
}

// ParseBundle reads a stored bundle. Unknown fields are ignored, so that a
// bundle of a later minor version can still be shown.
func ParseBundle(data []byte) (*Bundle, error) {
	var b Bundle
	if err := json.Unmarshal(data, &b); err != nil {
		return nil, fmt.Errorf("bundle: %w", err)
	}
	if b.Schema != SchemaURI {
		return nil, fmt.Errorf("bundle: schema is %q, want %q", b.Schema, SchemaURI)
	}
	return &b, nil
}

// Digest returns the digest of data in the form of [Origin.Digest].
func Digest(data []byte) string {
	sum := sha256.Sum256(data)
	return "sha256:" + hex.EncodeToString(sum[:])
}
