// Package format reads the files that tools and agents leave behind. It hides
// which format a file has and how it is damaged: a file goes in, an
// [evidence.Fragment] comes out, and the fragment accounts for the file whatever
// happened.
//
// The package promises that every file yields exactly one [evidence.Input], that
// a file that is not wholly read says why and leaves a gap, that a file is read
// once, from front to back, with its digest taken on the way, and that memory
// does not grow with its size. The formats are in one literal table; what they
// mean is in the subpackages report and agentlog.
package format

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"slices"

	"github.com/mergebrief/mergebrief/internal/agents"
	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format/lex"
)

const (
	// maxHead is how much of a file Detect sees. Reports of test runners begin
	// with up to some kilobytes of banners, transcripts with long first lines.
	maxHead = 64 << 10
	// maxFileBytes is how much of a file is read: several times the largest
	// reports that are met, about 100 MB, and seconds of work.
	maxFileBytes = 512 << 20
)

// A Format is one kind of file.
type Format struct {
	// Short name, as in the record: "junit".
	Name string
	// Name for people: "JUnit XML".
	Title string
	// What it holds: "tests", "findings", "coverage", "sbom", "agent run" or
	// "claims".
	Kind string
	// One sentence for the documentation.
	Note string
	// Detect reports whether a file is of the format. head is its start, at most
	// 64 KiB; the path decides only where the content leaves it open.
	Detect func(path string, head []byte) bool
	// Decode reads a file. Together with an error it returns what it read until
	// then. Without Decode, the format is recognised and not read.
	Decode func(io.Reader) (evidence.Fragment, error)
}

// Read reads the file at path from r, on behalf of the named source. It never
// fails: the fragment has one input that says what became of the file, and each
// fact has an origin that names the file and its digest.
func Read(source, path string, r io.Reader) evidence.Fragment {
	return ReadOf(source, path, r, nil)
}

// ReadOf is [Read] for a change: what may be on lines that it touches is listed
// however long the lists of the file are. touched, which may wait for the change
// to be known, is asked only when a list is cut.
func ReadOf(source, path string, r io.Reader, touched func() *evidence.Touched) evidence.Fragment {
	return read(source, path, r, maxFileBytes, touched)
}

func read(source, path string, r io.Reader, limit int64, touched func() *evidence.Touched) evidence.Fragment {
	in := &input{r: r, left: limit, sum: sha256.New()}
	head := make([]byte, maxHead)
	n, _ := io.ReadFull(in, head) // an error comes again at the end of the file
	head = head[:n]
	f, fragment, err := decode(path, head, lex.OfChange(io.MultiReader(bytes.NewReader(head), in), touched))
	in.drain()
	err = in.problem(limit, err)
	o := evidence.Origin{Basis: evidence.Reported, Source: source, URI: path, Digest: in.digest()}
	account(&fragment, o, f, in.size, err)
	if alike := lookAlike(head); alike != "" && fragment.Inputs[0].Status == evidence.Unknown {
		fragment.Inputs[0].Detail = alike
	}
	return fragment
}

// decode finds the format and reads the file. The format is nil when there is
// none.
func decode(path string, head []byte, r io.Reader) (*Format, evidence.Fragment, error) {
	f := detect(path, head)
	if f == nil {
		return nil, evidence.Fragment{}, refuse(head)
	}
	if f.Decode == nil {
		return f, evidence.Fragment{}, nil
	}
	fragment, err := f.Decode(r)
	if _, ofAgent := agents.Known().Writer(f.Name); err == nil && ofAgent && hollow(&fragment) {
		return f, evidence.Fragment{}, evidence.Errorf(evidence.Unsupported,
			"none of its %s was understood as one of a %s: another program, or a version that mergebrief does not know, wrote the file",
			evidence.Plural(fragment.Sessions[0].Unread, "message"), f.Title)
	}
	return f, fragment, err
}

// hollow reports whether a file tells of sessions and of nothing that happened in
// them. Its rows are then those of another program, and numbers of 0 would be wrong.
func hollow(f *evidence.Fragment) bool {
	return len(f.Sessions) > 0 && len(f.Claims) == 0 && !slices.ContainsFunc(f.Sessions, func(s evidence.Session) bool { return s.Unread == 0 || !s.Empty() })
}

// detect returns the first format of the table that knows the file, or nil.
func detect(path string, head []byte) *Format {
	for i := range formats {
		if formats[i].Detect(path, head) {
			return &formats[i]
		}
	}
	return nil
}

// refuse rejects what no format can be: nothing at all, and archives.
func refuse(head []byte) error {
	switch {
	case len(bytes.TrimSpace(lex.Text(head))) == 0 && len(head) < maxHead:
		return evidence.Errorf(evidence.Unreadable, "the file is empty: the tool that writes it may not have run to its end")
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return evidence.Errorf(evidence.Unsupported, "a zip archive where a report was expected: unpack it, or name the artifact")
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		return evidence.Errorf(evidence.Unsupported, "compressed with gzip: unpack it")
	case bytes.HasPrefix(head, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		return evidence.Errorf(evidence.Unsupported, "compressed with zstd: unpack it")
	}
	return nil
}

// input reads a file up to a limit, taking its digest and size.
type input struct {
	r    io.Reader
	left int64
	size int64
	sum  hash.Hash
	err  error
	over bool
}

func (in *input) Read(p []byte) (int, error) {
	if in.err != nil {
		return 0, in.err
	}
	if in.left == 0 {
		var one [1]byte
		n, err := io.ReadFull(in.r, one[:])
		in.over = n > 0
		if in.err = err; in.over {
			in.err = io.EOF
		}
		return 0, in.err
	}
	n, err := in.r.Read(p[:min(int64(len(p)), in.left)])
	in.left -= int64(n)
	in.size += int64(n)
	in.sum.Write(p[:n])
	in.err = err
	return n, err
}

// drain reads what a decoder left, for the digest.
func (in *input) drain() {
	_, _ = io.Copy(io.Discard, in) // the error is kept in the input
}

func (in *input) digest() string {
	return "sha256:" + hex.EncodeToString(in.sum.Sum(nil))
}

// problem is what kept the file from being read to its end, else the problem
// that the decoder found.
func (in *input) problem(limit int64, err error) error {
	switch {
	case in.over:
		return evidence.Errorf(evidence.Truncated, "the file is larger than %d bytes; the rest was not read", limit)
	case in.err != nil && !errors.Is(in.err, io.EOF):
		return evidence.Errorf(evidence.Unreadable, "reading stopped after %d bytes: %w", in.size, in.err)
	}
	return err
}

// account completes a fragment: its one input, the origin of each fact, and the
// gap of a file that was not wholly read.
func account(fragment *evidence.Fragment, o evidence.Origin, f *Format, size int64, err error) {
	in := evidence.Input{Origin: o, Path: o.URI, Bytes: size}
	if f != nil {
		in.Format = f.Name
	}
	stamp(fragment, o)
	nameAgents(fragment)
	switch {
	case err != nil:
		in.Status = evidence.Partial
		if empty(fragment) {
			in.Status = evidence.Rejected
		}
		in.Origin.Reason = evidence.ReasonOf(err, evidence.Unreadable)
		in.Detail = evidence.Clip(err.Error(), maxDetail)
		fragment.Gaps = append(fragment.Gaps, gap(in))
	case f == nil:
		in.Status = evidence.Unknown
		in.Origin.Reason = evidence.Unsupported
		in.Detail = "no known format"
	case f.Decode == nil:
		in.Status = evidence.Recognised
		in.Origin.Reason = evidence.Unsupported
		in.Detail = f.Title + " is recognised and not read"
	default:
		in.Status = evidence.Parsed
	}
	fragment.Inputs = []evidence.Input{in}
}

// gap is the gap that a file leaves that was not, or not wholly, read.
func gap(in evidence.Input) evidence.Gap {
	g := evidence.MissingGap(in.Origin.Source, "the contents of "+in.Path, in.Origin.Reason, in.Detail)
	if in.Status == evidence.Partial {
		g.Subject = "the rest of " + in.Path
	}
	g.Origin.URI, g.Origin.Digest = in.Origin.URI, in.Origin.Digest
	return g
}

// maxDetail bounds a reason: errors quote the input.
const maxDetail = 400
