package commandline

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestDocuments: the files that a line writes, with the text where it is in the line.
func TestDocuments(t *testing.T) {
	known := func(path, text string) Document { return Document{Path: path, Text: text, Known: true, Sure: true} }
	named := func(path string) Document { return Document{Path: path, Sure: true} }
	more := func(d Document) Document { d.Append = true; return d }
	maybe := func(d Document) Document { d.Sure = false; return d }
	for _, c := range []struct {
		line string
		want []Document
	}{
		{"cat > a.py <<'X'\nx = 1\ny = $2\nX", []Document{known("a.py", "x = 1\ny = $2\n")}},
		{"cat <<X > a.py\nx = 1\nX\npytest", []Document{known("a.py", "x = 1\n")}},
		{"cat <<-X > a.py\n\tx = 1\n\tX", []Document{known("a.py", "x = 1\n")}},
		{"cat >> a.py <<'X'\nx = 1\nX", []Document{more(known("a.py", "x = 1\n"))}},
		{"cd sub && cat > a.py <<'X'\nx\nX", []Document{maybe(known("sub/a.py", "x\n"))}},
		{"cat > a.py <<'X' && pytest\nx\nX", []Document{known("a.py", "x\n")}},
		{"if true; then cat > a.py <<'X'\nx\nX\nfi", []Document{maybe(known("a.py", "x\n"))}},
		{"tee a.py b.py <<'X'\nx\nX", []Document{known("a.py", "x\n"), known("b.py", "x\n")}},
		{"tee -a a.py <<'X' > /dev/null\nx\nX", []Document{more(known("a.py", "x\n"))}},
		{"cat > a.py <<X\nx = $y\nX", []Document{named("a.py")}},
		{"cat > a.py <<X\nx = `date`\nX", []Document{named("a.py")}},
		{"python3 - <<'X' > a.py\nprint(1)\nX", []Document{named("a.py")}},
		{"cat b.py > a.py", []Document{named("a.py")}},
		{"sed -i 's/x/y/' a.py b.py", []Document{more(named("a.py")), more(named("b.py"))}},
		{"sed -i -e 's/x/y/' -e 's/y/z/' a.py", []Document{more(named("a.py"))}},
		{"sed -i '' 's/x/y/' a.py", []Document{more(named("a.py"))}},
		{"perl -pi -e 's/x/y/' a.py", []Document{more(named("a.py"))}},
		{"sed 's/x/y/' a.py", nil},
		{"go test ./... > /tmp/out.txt 2>&1", nil},
		{"go test ./... > test.log", nil},
		{"cat > $OUT <<'X'\nx\nX", nil},
		{"cat > 'a*.py' <<'X'\nx\nX", nil},
		{"cat <<'X'\nx\nX", nil},
		{"echo x >&2", nil},
	} {
		got := NewReader().Read(c.line + "\nls").Documents
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", c.line, diff)
		}
	}
}

// TestLoneDocument: of a line that does nothing else, the failure is that of the file.
func TestLoneDocument(t *testing.T) {
	for line, want := range map[string]bool{
		"cat > a.py <<'X'\nx\nX":          false,
		"cd sub; cat > a.py <<'X'\nx\nX":  false,
		"cat > a.py <<'X'\nx\nX\ngo test": true,
	} {
		if got := NewReader().Read(line).Documents[0].Sure; got != want {
			t.Errorf("%q: sure %v", line, got)
		}
	}
}
