package git

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/sourcegraph/go-diff/diff"
)

// rawDiff is the output of
//
//	git diff-tree -r -z --raw --numstat -p -U3 -M --full-index HEAD^ HEAD
//
// for a commit that edits, renames, adds and deletes a file, changes a symbolic
// link to a file, and adds a binary file and an empty one.
func rawDiff(t testing.TB) []byte {
	t.Helper()
	data, err := os.ReadFile("testdata/change.diff-tree")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestReadDiffCut cuts the output of git at every byte: nothing but the whole
// may pass for a change.
func TestReadDiffCut(t *testing.T) {
	t.Parallel()
	data := rawDiff(t)
	files, err := readDiff(bufio.NewReader(bytes.NewReader(data)), nil, nil)
	if err != nil || len(files) != 7 {
		t.Fatalf("%d files (%v)", len(files), err)
	}
	// A cut before the remark that the last line has no newline shows in git's
	// status only.
	last := bytes.LastIndex(data, []byte("+n2\n")) + len("+n2\n")
	for n := 1; n < last; n++ {
		if cut, err := readDiff(bufio.NewReader(bytes.NewReader(data[:n])), nil, nil); err == nil {
			t.Fatalf("cut after %d of %d bytes: no error, %d files", n, len(data), len(cut))
		}
	}
}

// TestReadPatchLinesCut cuts a patch inside of its last hunk and before: what
// breaks off after a header shows in git's status only.
func TestReadPatchLinesCut(t *testing.T) {
	t.Parallel()
	const raw = ":100644 100644 1 2 M\x00a\x00:000000 100644 0 3 A\x00b\x00\x00"
	const whole = raw + "diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1,2 +1,2 @@\n 1\n-2\n+x\n" +
		"diff --git a/b b/b\n--- /dev/null\n+++ b/b\n@@ -0,0 +1,2 @@\n+1\n+2\n"
	read := func(s string) (lines int, err error) {
		err = readPatchLines(bufio.NewReader(strings.NewReader(s)), func(PatchLine) { lines++ })
		return lines, err
	}
	if n, err := read(whole); n != 7 || err != nil {
		t.Errorf("%d lines (%v)", n, err)
	}
	header := strings.Index(whole, "diff --git a/b")
	hunk := strings.LastIndex(whole, "@@ -0")
	for n := 1; n < len(whole); n++ {
		if _, err := read(whole[:n]); err == nil && (n < header || n > hunk) {
			t.Errorf("no error after %d of %d bytes", n, len(whole))
		}
	}
}

func TestReadDiffDisagrees(t *testing.T) {
	data := string(rawDiff(t))
	for name, change := range map[string][2]string{
		"count in numstat":     {"1\t1\ta.txt", "2\t1\ta.txt"},
		"path in numstat":      {"1\t1\ta.txt", "1\t1\tb.txt"},
		"path in the patch":    {"diff --git a/a.txt b/a.txt", "diff --git a/b.txt b/b.txt"},
		"line added":           {"+three\n", "+three\n+four\n"},
		"line removed":         {"-3\n", ""},
		"section added at end": {"", "diff --git a/x b/x\n"},
	} {
		t.Run(name, func(t *testing.T) {
			changed := strings.Replace(data, change[0], change[1], 1)
			if change[0] == "" {
				changed = data + change[1]
			}
			if changed == data {
				t.Fatalf("%q is not in the specimen", change[0])
			}
			if _, err := readDiff(bufio.NewReader(strings.NewReader(changed)), nil, nil); err == nil {
				t.Error("no error")
			}
		})
	}
}

// TestGoDiffWithoutContext shows why -U0 patches have a reader of their own: to
// go-diff the removed "-- a" above the added "++ b" begins another file.
func TestGoDiffWithoutContext(t *testing.T) {
	const patch = "diff --git a/h b/h\nindex 1..2 100644\n--- a/h\n+++ b/h\n@@ -5 +5 @@\n--- a\n+++ b\n@@ -30 +30 @@\n-30\n+x\n"
	files, err := diff.ParseMultiFileDiff([]byte(patch))
	if err == nil && len(files) == 1 {
		t.Error("go-diff reads it right by now; the reader can go")
	}
	p := patchReader{in: bufio.NewReader(strings.NewReader(patch))}
	name, hunks, err := p.file()
	want := []hunk{{5, 1, 5, 1}, {30, 1, 30, 1}}
	if d := cmp.Diff(want, hunks, cmp.AllowUnexported(hunk{})); err != nil || name != "h" || d != "" {
		t.Errorf("%s (%v) %s", name, err, d)
	}
}

// TestCondenser has a line that is longer than the buffers, and lines of a file
// that look like those of a patch.
func TestCondenser(t *testing.T) {
	long := strings.Repeat("x", 3<<20)
	const before, after = "diff --git a/h b/h\n--- a/h\n+++ b/h\n@@ -1,2 +1,4 @@ f() {\n", "\\ No newline at end of file\ndiff --git a/i b/i\n@@ -5 +5,0 @@\n"
	type line struct {
		Section, Number int
		Content         string
	}
	var got []line
	shape, err := io.ReadAll(newCondenser(strings.NewReader(before+" c\n+"+long+"\r\n--- a\n+++ b\n+@@ -1 +1 @@\n"+after+"-\n"), func(section, number int, content []byte) {
		got = append(got, line{section, number, string(content)})
	}))
	if want := before + " \n+\n-\n+\n+\n" + after + "-\n"; err != nil || string(shape) != want {
		t.Errorf("%q (%v), want %q", shape, err, want)
	}
	if d := cmp.Diff([]line{{0, 2, long + "\r"}, {0, 3, "++ b"}, {0, 4, "@@ -1 +1 @@"}}, got); d != "" {
		t.Error(d)
	}
}

func TestQuote(t *testing.T) {
	for path, want := range map[string]string{
		"a b": "a b", "ü": "ü", `a"b`: `"a\"b"`, `a\b`: `"a\\b"`, "a\tb\nc\rd": `"a\tb\nc\rd"`, "\x01\x7f\a\b\v\f": `"\001\177\a\b\v\f"`, "end ": "end ",
	} {
		if got := quote(path); got != want {
			t.Errorf("%q is quoted as %s, want %s", path, got, want)
		}
	}
}

func FuzzReadDiff(f *testing.F) {
	f.Add(rawDiff(f))
	f.Fuzz(func(t *testing.T, data []byte) {
		files, err := readDiff(bufio.NewReader(bytes.NewReader(data)), nil, nil)
		for _, x := range files {
			n := 0
			for _, s := range x.Spans {
				n += s.Last - s.First + 1
			}
			if err == nil && (n != x.Added || len(x.Lines) != x.Added) {
				t.Errorf("%s: %d lines in spans, %d hashes, %d added", x.Path, n, len(x.Lines), x.Added)
			}
		}
	})
}

func FuzzPatch(f *testing.F) {
	f.Add([]byte("diff --git a/1 b/1\n--- a/1\n+++ b/1\n@@ -1,2 +1 @@ x\n-a\n-b\n+c\n\\ No newline at end of file\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		p := patchReader{in: bufio.NewReader(bytes.NewReader(data))}
		for {
			_, hunks, err := p.file()
			if err != nil {
				return
			}
			// Whatever the hunks, the lines of a version must not run out.
			v := whole(before, "f")
			for _, h := range hunks {
				if h.oldCount < 1<<30 && h.newCount < 1<<30 {
					v = v.patch([]hunk{h}, 1, "f")
				}
			}
			if v[len(v)-1].count != endless {
				t.Fatalf("%v ends", v)
			}
		}
	})
}

func TestOverlay(t *testing.T) {
	at := func(count, owner, line int) run { return run{count, owner, "f", line} }
	for _, c := range []struct {
		name    string
		parents []version
		want    version
	}{
		{
			"the first parent that has the line",
			[]version{{at(2, nobody, 0), at(endless, 3, 3)}, {at(1, 5, 1), at(endless, nobody, 0)}},
			version{at(1, 5, 1), at(1, 9, 2), at(endless, 3, 3)},
		},
		{
			"what none has is the merge's",
			[]version{{at(1, nobody, 0), at(endless, before, 1)}, {at(4, nobody, 0), at(endless, before, 1)}},
			version{at(1, 9, 1), at(endless, before, 1)},
		},
		{"both have it", []version{{at(endless, 3, 1)}, {at(endless, 5, 1)}}, version{at(endless, 3, 1)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if d := cmp.Diff(c.want, overlay(c.parents, 9, "f"), cmp.AllowUnexported(run{})); d != "" {
				t.Error(d)
			}
		})
	}
}

// BenchmarkReadDiff measures how fast the output of git becomes files, beside
// go-diff's own reading of the same patch (x-go-diff). The floor is 60 MB/s.
func BenchmarkReadDiff(b *testing.B) {
	var body strings.Builder
	for i := range 40_000 {
		body.WriteString("+\tresult := compute(values[17], options) // step " + strings.Repeat("x", i%40) + "\n")
	}
	head := ":000000 100644 " + strings.Repeat("0", 40) + " " + strings.Repeat("1", 40) + " A\x00f.go\x0040000\t0\tf.go\x00\x00"
	patch := "diff --git a/f.go b/f.go\nnew file mode 100644\nindex 0..1\n--- /dev/null\n+++ b/f.go\n@@ -0,0 +1,40000 @@\n" + body.String()
	whole := head + patch
	b.SetBytes(int64(len(whole)))
	var ours, theirs time.Duration
	for b.Loop() {
		start := time.Now()
		if _, err := readDiff(bufio.NewReaderSize(strings.NewReader(whole), streamBuffer), nil, nil); err != nil {
			b.Fatal(err)
		}
		ours += time.Since(start)
		b.StopTimer()
		start = time.Now()
		if _, err := diff.NewMultiFileDiffReader(strings.NewReader(patch)).ReadAllFiles(); err != nil {
			b.Fatal(err)
		}
		theirs += time.Since(start)
		b.StartTimer()
	}
	b.ReportMetric(float64(ours)/float64(theirs), "x-go-diff")
}
