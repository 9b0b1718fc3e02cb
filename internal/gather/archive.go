package gather

import (
	"archive/zip"
	"context"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"unicode"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format"
)

// Limits for one archive. They are counted on what comes out, not on what the
// archive says of itself.
const (
	// maxDirectoryBytes bounds the directory, which is held in memory. It has
	// room for maxEntries entries with long names.
	maxDirectoryBytes = 8 << 20
	maxEntries        = 10_000
	// maxEntryBytes is several times the largest report that is met; more in one
	// archive than maxUnpackedBytes takes minutes to look at.
	maxEntryBytes    = 256 << 20
	maxUnpackedBytes = 1 << 30
	// maxRunBytes bounds what comes out of all archives of a run.
	maxRunBytes = 4 << 30
	// maxRatio is above what reports compress to. Small files of zeros exceed it
	// without doing harm, so that it counts from minBombBytes on.
	maxRatio     = 200
	minBombBytes = 16 << 20
	// maxUnknown bounds how many files of no known format are listed: an archive
	// of a website has thousands, and its digest covers them.
	maxUnknown = 50
	// maxShownName bounds what a message repeats of a name that may be anything.
	maxShownName = 300
)

// unpacking is one archive being read.
type unpacking struct {
	ctx             context.Context
	source          string
	artifact, label string
	// Size of the archive, what came out of it, and what may.
	size, unpacked, budget int64
	entries, unknown       int
	// Why the archive was not read to its end.
	stopped error
}

// contents reads what an artifact holds: an archive or, since version 7 of the
// upload protocol, a single file as it is, which gave the artifact its name.
func (w *unpacking) contents(r io.ReaderAt, size int64) evidence.Fragment {
	var start [2]byte
	if _, err := r.ReadAt(start[:], 0); err == nil && string(start[:]) == "PK" || size == 0 {
		return w.archive(r, size)
	}
	var f evidence.Fragment
	w.entries = 1
	w.add(&f, format.ReadOf(w.source, w.artifact+"/"+w.artifact, io.NewSectionReader(r, 0, min(size, maxEntryBytes)), touchedBy(w.ctx)))
	if size > maxEntryBytes {
		w.stopped = evidence.Errorf(evidence.Truncated, "the file has more than %d bytes; the rest was not read", maxEntryBytes)
	}
	return f
}

// archive reads every file. Nothing is written to disk; names are labels only.
func (w *unpacking) archive(r io.ReaderAt, size int64) evidence.Fragment {
	var f evidence.Fragment
	w.size = size
	bounded := &directory{ReaderAt: r, left: maxDirectoryBytes}
	z, err := zip.NewReader(bounded, size)
	if err != nil {
		w.stopped = evidence.Errorf(evidence.Unreadable, "it is no zip archive that can be read: %w", err)
		return f
	}
	bounded.left = -1
	w.entries = len(z.File)
	seen := map[string]bool{}
	for i, entry := range z.File {
		switch {
		case i >= maxEntries:
			w.stopped = evidence.Errorf(evidence.Truncated, "it has %d entries; the first %d were read", len(z.File), maxEntries)
		case w.ctx.Err() != nil:
			w.stopped = evidence.Errorf(evidence.Unavailable, "the run ended before it was read: %w", w.ctx.Err())
		case strings.HasSuffix(entry.Name, "/") && entry.UncompressedSize64 == 0:
			continue // a folder
		default:
			w.add(&f, w.entry(entry, seen))
		}
		if w.stopped != nil {
			break
		}
	}
	return f
}

// add takes over what a file contributed, and lists unknown files up to a limit.
func (w *unpacking) add(f *evidence.Fragment, file evidence.Fragment) {
	for i := range file.Inputs {
		file.Inputs[i].Artifact = w.label
		if file.Inputs[i].Status == evidence.Unknown {
			if w.unknown++; w.unknown > maxUnknown {
				return
			}
		}
	}
	f.Add(file)
}

func (w *unpacking) entry(e *zip.File, seen map[string]bool) evidence.Fragment {
	path := w.artifact + "/" + printable(e.Name)
	if problem := refuseEntry(e, seen); problem != "" {
		return w.rejected(path, int64(min(e.UncompressedSize64, 1<<62)), evidence.Unreadable, problem)
	}
	seen[e.Name] = true
	content, err := e.Open()
	if err != nil {
		return w.rejected(path, int64(min(e.UncompressedSize64, 1<<62)), evidence.Unsupported, "it cannot be unpacked: "+err.Error())
	}
	defer content.Close()
	return format.ReadOf(w.source, path, &unpacker{unpacking: w, r: content, packed: int64(min(e.CompressedSize64, uint64(w.size)))}, touchedBy(w.ctx))
}

// refuseEntry says why an entry is not opened, "" when it is.
func refuseEntry(e *zip.File, seen map[string]bool) string {
	const encrypted = 1 // APPNOTE.TXT 4.4.4, bit 0
	switch {
	case strings.ContainsAny(e.Name, "\\\x00") || !fs.ValidPath(e.Name) || strings.ContainsFunc(e.Name, unicode.IsControl):
		return "its name is no path inside the archive"
	case len(e.Name) > 1 && e.Name[1] == ':':
		return "its name is a path on a Windows drive"
	case seen[e.Name]:
		return "the archive has two files of this name"
	case e.Mode()&fs.ModeSymlink != 0:
		return "it is a link"
	case !e.Mode().IsRegular():
		return "it is no regular file"
	case e.Flags&encrypted != 0:
		return "it is encrypted"
	}
	return ""
}

// printable is a name as a label: without what a terminal would obey.
func printable(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return '_'
		}
		return r
	}, evidence.Clip(strings.ToValidUTF8(name, "_"), maxShownName))
}

func (w *unpacking) rejected(path string, size int64, reason evidence.Reason, detail string) evidence.Fragment {
	o := evidence.Origin{Basis: evidence.Reported, Source: w.source, URI: path, Reason: reason}
	return evidence.Fragment{
		Inputs: []evidence.Input{{Origin: o, Path: path, Bytes: size, Status: evidence.Rejected, Detail: detail}},
		Gaps:   []evidence.Gap{evidence.MissingGap(w.source, "the contents of "+path, reason, detail)},
	}
}

// account says what became of the archive as a whole.
func (w *unpacking) account() (evidence.Status, evidence.Reason, string) {
	switch {
	case w.stopped != nil && w.entries == 0:
		return evidence.Rejected, evidence.ReasonOf(w.stopped, evidence.Unreadable), w.stopped.Error()
	case w.stopped != nil:
		return evidence.Partial, evidence.ReasonOf(w.stopped, evidence.Truncated), w.stopped.Error()
	case w.unknown > maxUnknown:
		return evidence.Parsed, "", fmt.Sprintf("%d files of no known format, %d of them listed", w.unknown, maxUnknown)
	}
	return evidence.Parsed, "", ""
}

// directory bounds what is read of an archive before its directory is known.
type directory struct {
	io.ReaderAt
	left int64 // negative: no bound
}

func (d *directory) ReadAt(p []byte, at int64) (int, error) {
	if d.left >= 0 {
		if d.left -= int64(len(p)); d.left < 0 {
			d.left = 0
			return 0, fmt.Errorf("its directory is larger than %d bytes", maxDirectoryBytes)
		}
	}
	return d.ReaderAt.ReadAt(p, at)
}

// unpacker counts what comes out of an entry, and ends the whole archive when it
// is a bomb.
type unpacker struct {
	*unpacking
	r            io.Reader
	packed, read int64
}

func (u *unpacker) Read(p []byte) (int, error) {
	n, err := u.r.Read(p)
	u.read += int64(n)
	u.unpacked += int64(n)
	switch {
	case u.read > maxEntryBytes:
		return n, fmt.Errorf("it has more than %d bytes", maxEntryBytes)
	case u.unpacked > u.budget:
		u.stopped = evidence.Errorf(evidence.Truncated, "its files together have more than %d bytes", u.budget)
		return n, u.stopped
	case u.read > minBombBytes && u.read/max(u.packed, 1) > maxRatio:
		u.stopped = evidence.Errorf(evidence.Truncated, "a file in it is packed more than %d to 1", maxRatio)
		return n, u.stopped
	}
	return n, err
}
