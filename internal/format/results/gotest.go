package results

import (
	"bytes"
	"cmp"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format/lex"
)

const (
	// maxGoOutput is how much of the output of a test or package is kept until
	// it ends. What is said first explains a failure best.
	maxGoOutput = 2 << 10
	// maxGoHeld bounds the outputs of all tests that run at a time.
	maxGoHeld = 16 << 20
	// maxGoOpen bounds the tests and packages that have begun and not ended.
	// The largest repositories have some 10,000 packages, a thousand tests in
	// parallel.
	maxGoOpen = 1 << 17
)

// DetectGoTest knows the output of "go test -json" by an event among the first
// lines, and that of a build that failed before there was one.
func DetectGoTest(_ string, head []byte) bool {
	var e goEvent
	for line := range bytes.Lines(lex.Text(head)) {
		line = bytes.TrimSpace(line)
		if goBuildFailed(line) {
			return true
		}
		if !bytes.HasPrefix(line, []byte("{")) {
			continue
		}
		if !e.parse(line) {
			if lex.HasKeys(line, "Action", "Package") && lex.HasKeys(line, "output") {
				return true // head ends inside of it
			}
			continue
		}
		if (e.pkg != nil || e.test != nil || e.importPath != nil) && goAction(string(e.actionText)) {
			return true
		}
	}
	return false
}

func goAction(action string) bool {
	switch action {
	case "start", "run", "pause", "cont", "pass", "bench", "fail", "output", "skip", "attr", "artifacts", "build-output", "build-fail":
		return true
	}
	return false
}

// goBuildFailed recognises what the go command prints for a package whose tests
// it could not build.
func goBuildFailed(line []byte) bool {
	return bytes.HasPrefix(line, []byte("FAIL\t")) &&
		(bytes.HasSuffix(line, []byte(" [build failed]")) || bytes.HasSuffix(line, []byte(" [setup failed]")))
}

// DecodeGoTest reads the output of "go test -json", also of gotestsum
// --jsonfile: one event per line, other lines in between tolerated.
//
// Tests are counted with their parents, as the go command does. A test is
// identified by package and name. Within one run of a package its records are
// repetitions (-count, -cpu), of which one that fails makes it failed; in a further
// run, which begins with a further start of the package, it is tried again.
// Benchmarks that report no result are not tests. A package without tests is
// not a skip. A package that fails without a failed test in that run, or does not
// build, is a broken part of the suite.
func DecodeGoTest(r io.Reader) (evidence.Fragment, error) {
	d := gotest{
		in: lex.NewLines(r), tally: newTally("gotest", r),
		tests: map[string]*goOpen{}, packages: map[string]*goPackage{}, builds: map[string]*goOpen{},
	}
	err := d.lines()
	if d.events == 0 && len(d.tally.suite.Broken) == 0 {
		return evidence.Fragment{}, cmp.Or(err, evidence.Errorf(evidence.Unreadable, "no event of go test"))
	}
	if open := d.unfinished(); err == nil {
		err = open
	}
	return evidence.Fragment{Suites: []evidence.Suite{d.tally.finish(silent())}}, err // each package was settled
}

// goOpen is a test, package or build that has begun: what it said so far.
type goOpen struct {
	out  []byte
	used bool
	// The first line of a panic, and the places behind it, which may come when there
	// is no more room in out.
	cause  string
	frames []evidence.Frame
}

// goPackage is a package that has begun.
type goPackage struct {
	goOpen
	// Number of the run, and of tests that failed in it.
	run    int32
	failed int
	// The run has begun and not ended; the start of it was seen.
	open, started bool
	panicked      bool
	// Tests that failed in an earlier run and passed in this one; the run is no rerun
	// of failures, because a test ran that had only passed.
	joined []evidence.CaseID
	whole  bool
}

// begin notes an event of a run. The first one behind the result of a run begins
// the next, as does a start: before Go 1.20 there is none.
func (p *goPackage) begin(start bool) {
	if !p.open {
		p.run++
	}
	p.open, p.started = true, start || p.open && p.started
}

type gotest struct {
	in       *lex.Lines
	e        goEvent
	tally    *tally
	key      []byte
	tests    map[string]*goOpen
	packages map[string]*goPackage
	builds   map[string]*goOpen
	held     int
	events   int
	// Lines that are no events since the last event: the complaints of the go
	// command before a build failure.
	noise []byte
}

func (d *gotest) lines() error {
	for {
		line, ok := d.in.Next()
		if !ok {
			return d.in.Failed()
		}
		switch {
		case d.e.parse(line):
			d.events++
			d.event()
		case !d.in.Whole && bytes.HasPrefix(line, []byte("{")):
			return d.in.Errorf(evidence.Truncated, "the file ends inside an event")
		default:
			d.other(line)
		}
	}
}

// other looks at a line that is no event.
func (d *gotest) other(line []byte) {
	if goBuildFailed(line) {
		subject, _, _ := strings.Cut(string(line[len("FAIL\t"):]), " [")
		d.tally.broken(evidence.BreakageBuildFailed, subject, string(d.noise))
		d.noise = d.noise[:0]
		return
	}
	if room := maxGoOutput - len(d.noise); room > 0 {
		d.noise = append(append(d.noise, line[:min(len(line), room)]...), '\n')
	}
}

func (d *gotest) event() {
	switch action := string(d.e.actionText); {
	case action == "build-output":
		d.hold(d.build(), d.e.output)
	case action == "build-fail":
		d.build()
	case len(d.e.testText) == 0:
		d.packageEvent(action)
	default:
		d.testEvent(action)
	}
}

func (d *gotest) build() *goOpen {
	d.key = lex.Unquoted(d.key, d.e.importPath)
	b := d.builds[string(d.key)]
	if b == nil && len(d.builds) < maxGoOpen {
		b = &goOpen{}
		d.builds[string(d.key)] = b
	}
	return b
}

// hold keeps output, within the limits.
func (d *gotest) hold(o *goOpen, quoted []byte) {
	if o == nil || len(quoted) < 2 {
		return
	}
	panics := o.cause != "" || goPanics(quoted[1:])
	if !panics && (len(o.out) >= maxGoOutput || d.held >= maxGoHeld) {
		return
	}
	d.key = lex.Unquoted(d.key, quoted)
	if panics {
		o.panicked(d.key)
	}
	before := len(o.out)
	if goMarker(d.key) || before >= maxGoOutput || d.held >= maxGoHeld {
		return
	}
	o.out = append(o.out, d.key[:min(len(d.key), maxGoOutput-before)]...)
	d.held += len(o.out) - before
}

// goPanics reports whether a line of output begins a panic.
func goPanics(line []byte) bool {
	return bytes.HasPrefix(line, []byte("panic: ")) || bytes.HasPrefix(line, []byte("fatal error: "))
}

const (
	// maxGoCause is how much of the first line of a panic is kept.
	maxGoCause = 300
	// maxGoFrames is the number of places behind it that are kept.
	maxGoFrames = 8
)

// panicked notes a line of a panic: the first, and places of calls behind it.
func (o *goOpen) panicked(line []byte) {
	switch {
	case o.cause == "":
		o.cause = evidence.Clip(strings.TrimSpace(string(line)), maxGoCause)
	case len(o.frames) < maxGoFrames && bytes.HasPrefix(line, []byte("\t")):
		o.frames = append(o.frames, lex.Frames(string(line))...)
	}
}

// why is the first line of a panic, else all that was said.
func (o *goOpen) why() string { return cmp.Or(o.cause, strings.TrimSpace(string(o.out))) }

// drop forgets what was held.
func (d *gotest) drop(o *goOpen) {
	d.held -= len(o.out)
	o.out, o.cause, o.frames = o.out[:0], "", nil
}

// goMarker reports whether a line of output is the frame that testing puts
// around the output of a test.
func goMarker(line []byte) bool {
	line = bytes.TrimLeft(line, " ")
	for _, prefix := range []string{"=== ", "--- FAIL", "--- PASS", "--- SKIP", "--- BENCH"} {
		if bytes.HasPrefix(line, []byte(prefix)) {
			return true
		}
	}
	return false
}

// pkg is the package at hand, nil when there are too many.
func (d *gotest) pkg() *goPackage {
	p := d.packages[string(d.e.pkgText)]
	if p == nil && len(d.packages) < maxGoOpen {
		p = &goPackage{}
		d.packages[string(d.e.pkgText)] = p
	}
	return p
}

func (d *gotest) packageEvent(action string) {
	p := d.pkg()
	if p == nil {
		p = &goPackage{} // what failed is not lost
	}
	switch action {
	case "output":
		p.begin(false)
		d.hold(&p.goOpen, d.e.output)
	case "pass", "skip", "fail":
		switch {
		case action == "fail" && p.failed == 0:
			d.packageFailed(p)
		case p.panicked:
			d.tally.broken(evidence.BreakageAborted, string(d.e.pkgText), "a test panicked; the tests behind it did not run")
		}
		d.ended(p)
		d.drop(&p.goOpen)
	case "start":
		d.restarted(p)
		p.begin(true)
	default:
		p.begin(false)
	}
}

// ended closes a run. "gotestsum --rerun-fails" runs what failed; a run of other
// tests, too, may be one with other flags, whose passes undo no failure.
func (d *gotest) ended(p *goPackage) {
	if p.whole {
		d.tally.unjoin(p.joined)
	}
	*p = goPackage{goOpen: p.goOpen, run: p.run, joined: p.joined[:0]}
}

// restarted notes that a run of a package ended without a result, because another
// one starts.
func (d *gotest) restarted(p *goPackage) {
	if !p.open || !p.started {
		return
	}
	d.tally.broken(evidence.BreakageAborted, string(d.e.pkgText), "the package starts again and had no result")
	d.ended(p)
	d.drop(&p.goOpen)
}

// packageFailed notes a package that failed without a failed test.
func (d *gotest) packageFailed(p *goPackage) {
	kind, said := evidence.BreakageAborted, string(p.out)
	d.key = lex.Unquoted(d.key, d.e.failedBuild)
	if b := d.builds[string(d.key)]; b != nil && len(d.key) > 0 {
		kind, said, b.used = evidence.BreakageBuildFailed, string(b.out), true
	} else if len(d.key) > 0 || strings.Contains(said, " [build failed]") || strings.Contains(said, " [setup failed]") {
		kind = evidence.BreakageBuildFailed
		said = string(d.noise) + said
		d.noise = d.noise[:0]
	}
	frames := p.frames
	if kind == evidence.BreakageAborted {
		said, frames = d.interrupted(string(d.e.pkgText), said, frames)
	}
	d.tally.brokenAt(kind, string(d.e.pkgText), said, frames)
}

// maxGoRunning is the number of running tests that are named. Hundreds may run in
// parallel; the panic is in the output of one.
const maxGoRunning = 10

// interrupted adds to what a package said which of its tests ran when it ended and
// why, those that say so first, and forgets them.
func (d *gotest) interrupted(pkg, said string, frames []evidence.Frame) (string, []evidence.Frame) {
	var keys, causes, silent []string
	for key := range d.tests {
		if of, test, _ := strings.Cut(key, "\x00"); of == pkg && !strings.HasPrefix(test, "Benchmark") {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	for _, key := range keys {
		t, test := d.tests[key], key[len(pkg)+1:]
		if why := t.why(); why != "" {
			causes = append(causes, test+" did not end: "+evidence.Clip(why, maxGoCause))
		} else {
			silent = append(silent, test)
		}
		if t.cause != "" {
			frames = append(t.frames, frames...)
		}
		d.drop(t)
		delete(d.tests, key)
	}
	causes = append(causes[:min(len(causes), maxGoRunning)], strings.TrimSpace(said))
	if len(silent) > 0 {
		causes = append(causes, "still running: "+strings.Join(silent[:min(len(silent), maxGoRunning)], ", "))
	}
	return strings.TrimSpace(strings.Join(causes, "\n")), frames
}

// testKey is the key of the test at hand, valid until the next event.
func (d *gotest) testKey() []byte {
	d.key = append(append(append(d.key[:0], d.e.pkgText...), 0), d.e.testText...)
	return d.key
}

func (d *gotest) testEvent(action string) {
	if action == "output" {
		if t := d.tests[string(d.testKey())]; t != nil {
			d.hold(t, d.e.output)
		}
		return
	}
	p := d.pkg()
	if p == nil {
		p = &goPackage{}
	}
	p.begin(false)
	switch action {
	case "run", "start":
		if key := d.testKey(); d.tests[string(key)] == nil && len(d.tests) < maxGoOpen {
			d.tests[string(key)] = &goOpen{}
		}
	case "pass", "fail", "skip", "bench":
		d.testEnd(action, p)
	}
}

func (d *gotest) testEnd(action string, p *goPackage) {
	key := d.testKey()
	t := d.tests[string(key)]
	delete(d.tests, string(key))
	r := record{name: string(d.e.testText), class: string(d.e.pkgText), outcome: evidence.Passed}
	r.id = evidence.Identify(r.class, r.name)
	r.key = r.id
	r.run = p.run
	if !strings.Contains(r.name, "/") {
		r.millis = lex.Millis(string(d.e.elapsed))
	}
	var said string
	if t != nil {
		said = string(t.out)
		d.held -= len(t.out)
	}
	switch action {
	case "fail":
		r.outcome = evidence.Failed
		r.message, r.signed = lex.Message(said), goFailure(said)
		r.file, r.line = goPlace(r.class, said)
		if t != nil {
			r.frames = t.frames
		}
		p.testFailed(said)
	case "skip":
		r.outcome = evidence.Skipped
		r.message = evidence.Clip(lex.Message(said), lex.MaxReasonBytes)
		r.file, r.line = goPlace(r.class, said)
	}
	switch d.tally.add(r) {
	case passedNow:
		p.joined = append(p.joined, r.key)
	case passedAgain:
		p.whole = p.whole || !strings.Contains(r.name, "/")
	}
}

// testFailed notes for the package of the test at hand that one failed, and
// whether it took the rest with it.
func (p *goPackage) testFailed(said string) {
	p.failed++
	p.panicked = p.panicked || strings.Contains(said, "panic: ") && strings.Contains(said, "[running]:")
}

// unfinished notes packages without a result and builds that nothing refers to.
func (d *gotest) unfinished() error {
	for _, path := range slices.Sorted(maps.Keys(d.builds)) {
		if b := d.builds[path]; !b.used {
			d.tally.broken(evidence.BreakageBuildFailed, path, string(b.out))
		}
	}
	var err error
	for _, pkg := range slices.Sorted(maps.Keys(d.packages)) {
		if !d.packages[pkg].open {
			continue
		}
		p := d.packages[pkg]
		said, frames := d.interrupted(pkg, strings.TrimSpace("the output ends before the package has a result\n"+p.cause), p.frames)
		d.ended(p)
		d.tally.brokenAt(evidence.BreakageAborted, pkg, said, frames)
		if err == nil {
			err = evidence.Errorf(evidence.Truncated, "the output ends before package %s has a result", evidence.Clip(pkg, 200))
		}
	}
	return err
}

// goLine is how testing marks a line of a log: "    file_test.go:12: text".
var goLine = regexp.MustCompile(`(?m)^\s*([^\s:/\\]+\.go):(\d+): ?(.*)$`)

// goPlace finds where a test failed. The file stands in the folder of its
// package.
func goPlace(pkg, said string) (file string, at int) {
	m := goLine.FindStringSubmatch(said)
	if m == nil {
		return "", 0
	}
	if pkg == "" {
		return m[1], lex.LineNumber(m[2])
	}
	return pkg + "/" + m[1], lex.LineNumber(m[2])
}

// goPlain is the output of a test without the frames of testing. Texts of other
// runners stay as they are.
func goPlain(said string) string {
	if !strings.HasPrefix(said, "=== RUN ") {
		return said
	}
	var b strings.Builder
	for text := range strings.Lines(said) {
		if !goMarker([]byte(text)) {
			b.WriteString(text)
		}
	}
	return strings.TrimSpace(b.String())
}

// goFailure is the part of a text from the first line on that says why a test
// failed: frames of testing are passed over, and the place before a message.
func goFailure(said string) string {
	for text := range strings.Lines(said) {
		if goMarker([]byte(text)) || strings.TrimSpace(text) == "" {
			continue
		}
		if m := goLine.FindStringSubmatch(strings.TrimRight(text, "\n")); m != nil {
			if m[3] == "" {
				continue
			}
			return m[3]
		}
		return text
	}
	return said
}
