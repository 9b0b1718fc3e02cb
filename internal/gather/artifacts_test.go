package gather

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/ghapi/ghtest"
)

func gatherArtifacts(t *testing.T, s *ghtest.Server, change func(*Artifacts)) (evidence.Fragment, error) {
	t.Helper()
	a := Artifacts{Client: s.Client(), Owner: "octo", Repo: "demo", RunID: 90, Patterns: []string{"*"}, Temp: t.TempDir()}
	if change != nil {
		change(&a)
	}
	f, err := a.Gather(t.Context(), pullTarget())
	if left, _ := os.ReadDir(a.Temp); len(left) != 0 {
		t.Errorf("%d files are left behind", len(left))
	}
	return f, err
}

// became lists what became of each input.
func became(f evidence.Fragment) []string {
	var list []string
	for _, in := range f.Inputs {
		list = append(list, strings.TrimSpace(fmt.Sprintf("%s %s %s %s", in.Path, in.Status, in.Origin.Reason, in.Detail)))
	}
	return list
}

func TestArtifacts(t *testing.T) {
	st := hub(t)
	st.Artifacts = []*ghtest.Artifact{
		{ID: 301, Name: "results", Run: 90, Files: map[string]string{"a/junit.xml": junit, "notes.txt": "hello\n", "dir/": ""}},
		{ID: 302, Name: "mergebrief-pr7-a1", Run: 90, Files: ownFiles()},
		{ID: 304, Name: "mergebrief-results-a1", Run: 90, Files: map[string]string{"own.xml": junit + "\n\n"}},
		{ID: 303, Name: "mergebrief-notes", Run: 90, Files: map[string]string{"more.xml": junit + "\n"}},
		{ID: 304, Name: "other", Run: 90, Files: map[string]string{"x": "x"}},
		{ID: 299, Name: "results", Run: 90, Files: map[string]string{"old.xml": junit}},
		{ID: 305, Name: "elsewhere", Run: 80},
	}
	s := ghtest.New(t, st)
	f, err := gatherArtifacts(t, s, func(a *Artifacts) { a.Patterns = []string{"results", "mergebrief-*", "none-*"}; a.Explicit = true })
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"results recognised unsupported replaced by artifact 301 of the same name",
		"mergebrief-notes parsed", "mergebrief-notes/more.xml parsed",
		"mergebrief-results-a1 parsed", "mergebrief-results-a1/own.xml parsed",
		"results parsed", "results/a/junit.xml parsed", "results/notes.txt unknown unsupported no known format",
	}
	if diff := cmp.Diff(want, became(f)); diff != "" {
		t.Errorf("inputs (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"GET artifacts", "GET artifact", "GET blob", "GET artifact", "GET blob", "GET artifact", "GET blob", "GET artifact", "GET blob"}, s.Names()); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]evidence.Reason{"artifacts none-*": evidence.NotFound}, gapsOf(f)); diff != "" {
		t.Errorf("gaps (-want +got):\n%s", diff)
	}
	in := f.Inputs[6]
	suite := f.Suites[2]
	if in.Artifact != "301 results" || in.Origin.Basis != evidence.Verified || in.RunID != 90 || suite.Origin.Basis != evidence.Reported || suite.Origin.URI != "results/a/junit.xml" || suite.Origin.Digest != evidence.Digest([]byte(junit)) {
		t.Errorf("input %+v, suite %+v", in, suite.Origin)
	}
	if whole := f.Inputs[5]; whole.Origin.Basis != evidence.Observed || whole.Origin.Digest == "" || whole.Bytes == 0 {
		t.Errorf("artifact %+v", whole)
	}
}

// Artifacts that are not what they should be are not opened, and say why.
func TestArtifactsRefused(t *testing.T) {
	good := map[string]string{"junit.xml": junit}
	tests := map[string]struct {
		artifact ghtest.Artifact
		want     string
		gap      evidence.Reason
	}{
		"expired":            {ghtest.Artifact{Expired: true}, "r rejected expired GitHub does not keep it any more", evidence.Expired},
		"of another head":    {ghtest.Artifact{HeadSHA: earlier}, "r rejected unsupported it was made for commit c2c2c2c2c2c2, the record is about a1a1a1a1a1a1", evidence.Unsupported},
		"of another source":  {ghtest.Artifact{HeadRepositoryID: 666}, "r rejected unsupported it was made for a commit of another repository", evidence.Unsupported},
		"digest is wrong":    {ghtest.Artifact{Files: good, Digest: evidence.Digest([]byte("x"))}, "r rejected unreadable its bytes have the digest", evidence.Unreadable},
		"without digest":     {ghtest.Artifact{Files: good, Digest: "none"}, "r parsed", ""},
		"said to be giant":   {ghtest.Artifact{Files: good, Size: maxArtifactBytes + 1}, "r rejected truncated the archive has 536870913 bytes, more than 536870912", evidence.Truncated},
		"broken archive":     {ghtest.Artifact{Zip: []byte("PK\x03\x04hello")}, "r rejected unreadable it is no zip archive that can be read: zip: not a valid zip file", evidence.Unreadable},
		"nothing":            {ghtest.Artifact{Zip: []byte{}}, "r rejected unreadable it is no zip archive that can be read: zip: not a valid zip file", evidence.Unreadable},
		"a single file":      {ghtest.Artifact{Zip: []byte("hello")}, "r parsed", ""},
		"empty archive":      {ghtest.Artifact{Files: map[string]string{}}, "r parsed", ""},
		"directory is giant": {ghtest.Artifact{Zip: giantDirectory(t)}, "r rejected unreadable it is no zip archive that can be read: its directory is larger than 8388608 bytes", evidence.Unreadable},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			st := hub(t)
			tt.artifact.Name, tt.artifact.Run = "r", 90
			st.Artifacts = []*ghtest.Artifact{&tt.artifact}
			f, err := gatherArtifacts(t, ghtest.New(t, st), func(a *Artifacts) { a.HeadRepositoryID = 1 })
			if err != nil || len(f.Inputs) == 0 || !strings.HasPrefix(became(f)[0], tt.want) || gapsOf(f)["artifact r"] != tt.gap {
				t.Errorf("%v: %q, gaps %v", err, became(f), gapsOf(f))
			}
		})
	}
}

// Which run holds the evidence is not always known: of each workflow the latest run
// on the head that has artifacts counts, and runs for other branches do not.
func TestArtifactsOfHead(t *testing.T) {
	run := func(id int64, workflow, branch, repository string) *ghtest.Run {
		return &ghtest.Run{ID: id, Name: workflow, HeadSHA: headSHA, HeadBranch: branch, HeadRepository: repository}
	}
	artifact := func(run int64, name string) *ghtest.Artifact {
		return &ghtest.Artifact{ID: run*10 + 1, Name: name, Run: run, Files: map[string]string{"junit.xml": junit + strings.Repeat("\n", int(run))}}
	}
	gone := artifact(92, "gone")
	gone.Expired = true
	tests := map[string]struct {
		runs      []*ghtest.Run
		artifacts []*ghtest.Artifact
		want      []string
		calls     int
		gap       string
	}{
		"the latest of each workflow": {
			[]*ghtest.Run{run(90, "CI", "x", "octo/demo"), run(91, "CI", "x", "octo/demo"), run(92, "Lint", "x", "octo/demo")},
			[]*ghtest.Artifact{artifact(90, "old"), artifact(91, "new"), artifact(92, "lint")},
			[]string{"lint parsed", "new parsed"},
			2, "",
		},
		"a later run without any": {
			[]*ghtest.Run{run(90, "CI", "x", "octo/demo"), run(91, "CI", "x", "octo/demo")},
			[]*ghtest.Artifact{artifact(90, "old"), {ID: 7, Name: "mergebrief-pr7-a1", Run: 91, Files: ownFiles()}},
			[]string{"old parsed"},
			2, "",
		},
		"another branch, another repository": {
			[]*ghtest.Run{run(90, "CI", "y", "octo/demo"), run(91, "CI2", "x", "mallory/demo")},
			[]*ghtest.Artifact{artifact(90, "a"), artifact(91, "b")},
			nil, 0, "artifacts of the head",
		},
		"expired":  {[]*ghtest.Run{run(90, "CI", "x", "octo/demo"), run(92, "CI", "x", "octo/demo")}, []*ghtest.Artifact{artifact(90, "old"), gone}, []string{"gone rejected expired GitHub does not keep it any more"}, 1, "artifact gone"},
		"no runs":  {nil, nil, nil, 0, "artifacts of the head"},
		"too many": {[]*ghtest.Run{run(90, "1", "x", "octo/demo"), run(91, "2", "x", "octo/demo"), run(92, "3", "x", "octo/demo"), run(93, "4", "x", "octo/demo"), run(94, "5", "x", "octo/demo"), run(95, "6", "x", "octo/demo")}, nil, nil, 5, "artifacts"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			st := hub(t)
			st.Runs, st.Artifacts = tt.runs, tt.artifacts
			s := ghtest.New(t, st)
			f, err := gatherArtifacts(t, s, func(a *Artifacts) {
				a.RunID, a.OfHead, a.HeadRepository, a.HeadBranch = 0, true, "octo/demo", "x"
			})
			if err != nil {
				f.Gaps = append(f.Gaps, gap(t.Context(), "artifacts", err))
			}
			got := slices.DeleteFunc(became(f), func(s string) bool { return strings.Contains(s, "/junit.xml") })
			if diff := cmp.Diff(tt.want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			calls := strings.Join(s.Names(), "\n")
			if n := strings.Count(calls, "GET artifacts"); n != tt.calls || !strings.HasPrefix(calls, "GET runs") {
				t.Errorf("%d lists of artifacts, want %d: %s", n, tt.calls, calls)
			}
			if _, there := gapsOf(f)[tt.gap]; tt.gap != "" && !there || tt.gap == "" && len(f.Gaps) > 0 {
				t.Errorf("gaps %v, want %q", gapsOf(f), tt.gap)
			}
		})
	}
}

// An artifact may be one file that nobody packed.
func TestArtifactsSingleFile(t *testing.T) {
	st := hub(t)
	st.Artifacts = []*ghtest.Artifact{{ID: 301, Name: "junit.xml", Run: 90, Zip: []byte(junit)}}
	f, err := gatherArtifacts(t, ghtest.New(t, st), nil)
	if diff := cmp.Diff([]string{"junit.xml parsed", "junit.xml/junit.xml parsed"}, became(f)); diff != "" || err != nil || len(f.Suites) != 1 {
		t.Errorf("%v, %d suites (-want +got):\n%s", err, len(f.Suites), diff)
	}
}

// giantDirectory is an archive of a million empty entries.
func giantDirectory(t *testing.T) []byte {
	t.Helper()
	entry := make([]byte, 46+1)
	copy(entry, "PK\x01\x02")
	entry[28], entry[46] = 1, 'a' // length of the name, and the name
	const count = 60000
	body := bytes.Repeat(entry, count)
	for len(body) < maxDirectoryBytes+1<<20 {
		body = append(body, body...)
	}
	end := make([]byte, 22)
	copy(end, "PK\x05\x06")
	binary.LittleEndian.PutUint16(end[8:], count)
	binary.LittleEndian.PutUint16(end[10:], count)
	binary.LittleEndian.PutUint32(end[12:], uint32(len(body)))
	return append(body, end...)
}

// entry is a file of an archive.
type entry struct {
	name    string
	content string
	mode    fs.FileMode
	flags   uint16
	method  uint16
}

func pack(t *testing.T, entries ...entry) []byte {
	t.Helper()
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	for _, e := range entries {
		h := &zip.FileHeader{Name: e.name, Method: zip.Deflate, Flags: e.flags}
		if e.mode != 0 {
			h.SetMode(e.mode)
		}
		out, err := w.CreateHeader(h)
		if err == nil {
			_, err = io.WriteString(out, e.content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	data := buf.Bytes()
	for _, e := range entries {
		if e.method != 0 { // in the directory, which is what readers go by
			at := bytes.LastIndex(data, []byte(e.name)) - 46
			binary.LittleEndian.PutUint16(data[at+10:], e.method)
		}
	}
	return data
}

// Whatever is in an archive: a good file beside it is read, nothing is written,
// and the entry says why it was not opened.
func TestArchiveEntries(t *testing.T) {
	tests := map[string]struct {
		entry entry
		want  string
	}{
		"leads out":       {entry{name: "../../etc/cron.d/x", content: junit}, "r/../../etc/cron.d/x rejected unreadable its name is no path inside the archive"},
		"absolute":        {entry{name: "/etc/passwd", content: junit}, "r//etc/passwd rejected unreadable its name is no path inside the archive"},
		"backslashes":     {entry{name: `..\x.xml`, content: junit}, `r/..\x.xml rejected unreadable its name is no path inside the archive`},
		"drive":           {entry{name: "C:x.xml", content: junit}, "r/C:x.xml rejected unreadable its name is a path on a Windows drive"},
		"escape sequence": {entry{name: "a\x1b[2Jb.xml", content: junit}, "r/a_[2Jb.xml rejected unreadable its name is no path inside the archive"},
		"same name":       {entry{name: "good.xml", content: "<x/>"}, "r/good.xml rejected unreadable the archive has two files of this name"},
		"link":            {entry{name: "link.xml", content: "/etc/passwd", mode: fs.ModeSymlink | 0o777}, "r/link.xml rejected unreadable it is a link"},
		"device":          {entry{name: "dev.xml", mode: fs.ModeDevice | 0o666}, "r/dev.xml rejected unreadable it is no regular file"},
		"encrypted":       {entry{name: "enc.xml", content: junit, flags: 1}, "r/enc.xml rejected unreadable it is encrypted"},
		"unknown method":  {entry{name: "lzma.xml", content: junit, method: 14}, "r/lzma.xml rejected unsupported it cannot be unpacked: zip: unsupported compression algorithm"},
		"archive in it":   {entry{name: "in.zip", content: string(pack(t, entry{name: "a.xml", content: junit}))}, "r/in.zip rejected unsupported a zip archive"},
		"empty file":      {entry{name: "empty.xml"}, "r/empty.xml rejected unreadable the file is empty"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			st := hub(t)
			st.Artifacts = []*ghtest.Artifact{{Name: "r", Run: 90, Zip: pack(t, entry{name: "good.xml", content: junit}, tt.entry)}}
			f, err := gatherArtifacts(t, ghtest.New(t, st), nil)
			got := became(f)
			if err != nil || len(got) != 3 || got[1] != "r/good.xml parsed" || !strings.HasPrefix(got[2], tt.want) {
				t.Errorf("%v: %q", err, got)
			}
			if len(f.Suites) != 1 || len(f.Gaps) != 1 {
				t.Errorf("%d suites, gaps %+v", len(f.Suites), f.Gaps)
			}
		})
	}
}

// An archive that unpacks to far more than it is ends where it is noticed, and
// what came before counts.
func TestArchiveBomb(t *testing.T) {
	var bomb bytes.Buffer
	w := zip.NewWriter(&bomb)
	w.RegisterCompressor(zip.Deflate, func(out io.Writer) (io.WriteCloser, error) { return flate.NewWriter(out, flate.BestSpeed) })
	for _, name := range []string{"a.xml", "b.xml", "c.xml"} {
		out, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		content := junit
		if name == "b.xml" {
			content = "<testsuite>" + strings.Repeat(" ", 20<<20)
		}
		if _, err := io.WriteString(out, content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	st := hub(t)
	st.Artifacts = []*ghtest.Artifact{{Name: "r", Run: 90, Zip: bomb.Bytes()}}
	f, err := gatherArtifacts(t, ghtest.New(t, st), nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Inputs) != 3 || f.Inputs[0].Status != evidence.Partial || !strings.Contains(f.Inputs[0].Detail, "packed more than 200 to 1") || f.Inputs[2].Bytes > 20<<20 {
		t.Errorf("%q", became(f))
	}
	if len(f.Suites) == 0 || f.Suites[0].Origin.URI != "r/a.xml" {
		t.Errorf("suites %+v", f.Suites)
	}
	if gapsOf(f)["artifact r"] != evidence.Truncated {
		t.Errorf("gaps %v", gapsOf(f))
	}
}

func TestArchiveBudget(t *testing.T) {
	data := pack(t, entry{name: "a.xml", content: junit}, entry{name: "b.xml", content: junit}, entry{name: "c.xml", content: junit})
	w := unpacking{ctx: t.Context(), artifact: "r", budget: int64(len(junit)) + 10}
	f := w.archive(bytes.NewReader(data), int64(len(data)))
	if status, reason, _ := w.account(); status != evidence.Partial || reason != evidence.Truncated || len(f.Inputs) != 2 || f.Inputs[0].Status != evidence.Parsed {
		t.Errorf("%s %s, %q", status, reason, became(f))
	}
}

func TestArchiveMany(t *testing.T) {
	var all []entry
	for i := range maxEntries + 1 {
		all = append(all, entry{name: fmt.Sprintf("%05d.bin", i), content: "x"})
	}
	data := pack(t, all...)
	w := unpacking{ctx: t.Context(), artifact: "r", budget: maxUnpackedBytes}
	f := w.archive(bytes.NewReader(data), int64(len(data)))
	status, reason, detail := w.account()
	if status != evidence.Partial || reason != evidence.Truncated || !strings.Contains(detail, "10001 entries") || len(f.Inputs) != maxUnknown {
		t.Errorf("%s %s %q, %d inputs", status, reason, detail, len(f.Inputs))
	}
}

func TestArtifactsFaults(t *testing.T) {
	once := map[string]ghtest.Fault{
		"500": {Status: 500}, "drop": {Drop: true}, "lost": {LoseAnswer: true}, "truncated": {Truncate: true}, "429": {Status: 429},
	}
	for _, call := range []string{"GET artifacts", "GET artifact", "GET blob"} {
		for name, fault := range once {
			t.Run(call+" "+name, func(t *testing.T) {
				s := ghtest.New(t, hub(t))
				fault.Name = call
				s.Fail(fault)
				f, err := gatherArtifacts(t, s, nil)
				if err != nil || len(f.Inputs) != 2 || f.Inputs[0].Status != evidence.Parsed || len(f.Gaps) != 0 {
					t.Errorf("%v: %q", err, became(f))
				}
			})
		}
		t.Run(call+" for good", func(t *testing.T) {
			s := ghtest.New(t, hub(t))
			s.Fail(ghtest.Fault{Name: call, Status: 503, Times: 99})
			f, err := gatherArtifacts(t, s, nil)
			listed := call == "GET artifacts"
			if (evidence.ReasonOf(err, "") == evidence.Unavailable) != listed || (gapsOf(f)["artifact results"] == evidence.Unavailable) == listed {
				t.Errorf("%v: gaps %v", err, gapsOf(f))
			}
		})
	}
	t.Run("denied", func(t *testing.T) {
		st := hub(t)
		st.Permissions = map[string]string{"contents": "read"}
		if _, err := gatherArtifacts(t, ghtest.New(t, st), nil); evidence.ReasonOf(err, "") != evidence.Denied {
			t.Errorf("error = %v", err)
		}
	})
	t.Run("without a run", func(t *testing.T) {
		if _, err := (Artifacts{}).Gather(t.Context(), pullTarget()); evidence.ReasonOf(err, "") != evidence.NotConfigured {
			t.Errorf("error = %v", err)
		}
	})
}

// No archive, however damaged, does more than leave an entry.
func FuzzArchive(f *testing.F) {
	f.Add([]byte("PK\x05\x06"))
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	out, _ := w.Create("a.xml")
	io.WriteString(out, junit)
	w.Close()
	f.Add(buf.Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		w := unpacking{ctx: t.Context(), source: "artifacts", artifact: "r", budget: 1 << 20}
		got := w.archive(bytes.NewReader(data), int64(len(data)))
		if status, reason, _ := w.account(); status == evidence.Rejected && (len(got.Inputs) > 0 || reason == "") {
			t.Errorf("rejected with %q", became(got))
		}
		for _, in := range got.Inputs {
			if in.Artifact != w.label || in.Status == "" {
				t.Errorf("input %+v", in)
			}
		}
	})
}
