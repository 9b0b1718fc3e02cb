package render_test

import (
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/metrics"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mergebrief/mergebrief/internal/assess"
	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/render/comment"
	"github.com/mergebrief/mergebrief/internal/render/page"
)

// The largest record that has to be judged and shown while somebody waits.
const (
	largeFiles    = 3000
	largeLines    = 500_000
	largeTests    = 200_000
	largeSessions = 50
)

// large makes a record of that size: every fifth line is a part of its own,
// one test in a hundred failed, every session validated and repaired something.
func large(t testing.TB) *evidence.Record {
	t.Helper()
	r := clean(t)
	one, wrote := r.Sessions[0], r.Claims[0]
	r.Files, r.Claims, r.Sessions, r.Suites, r.Coverage[0].Files = nil, nil, nil, nil, nil
	perFile := largeLines / largeFiles
	for i := range largeFiles {
		path := fmt.Sprintf("service/%02d/auth/file%04d.go", i%40, i)
		f := added(path, perFile, i%7)
		r.Files = append(r.Files, f)
		c := wrote
		c.Path, c.Session, c.Ranges = path, fmt.Sprintf("s%02d", i%largeSessions), nil
		fc := evidence.FileCoverage{Path: path}
		for line := 10; line+4 < 10+perFile; line += 5 {
			c.Ranges = append(c.Ranges, evidence.LineRange{First: line, Last: line + 3})
			fc.Covered = append(fc.Covered, evidence.LineRange{First: line, Last: line + 1})
			fc.Missed = append(fc.Missed, evidence.LineRange{First: line + 2, Last: line + 2})
		}
		r.Claims = append(r.Claims, c)
		r.Coverage[0].Files = append(r.Coverage[0].Files, fc)
	}
	sortCoverage(r.Coverage[0].Files)
	for i := range largeSessions {
		s := one
		s.Commands, s.Edits = slices.Clone(one.Commands), slices.Clone(one.Edits)
		s.ID, s.Freshness, s.EditsAfterValidation = fmt.Sprintf("s%02d", i), evidence.ValidatedStale, 200
		for k := range 400 {
			s.Commands = append(s.Commands, testRun(fmt.Sprintf("go test ./service/%d", k), evidence.CommandOK))
			s.Edits = append(s.Edits, evidence.Edit{Path: r.Files[(i*60+k)%largeFiles].Path, Added: 5, Time: at(28).Add(time.Duration(k) * time.Second)})
		}
		r.Sessions = append(r.Sessions, s)
	}
	for i := range largeTests / 1000 {
		s := evidence.Suite{Origin: reported(fmt.Sprintf("junit/TEST-%03d.xml", i)), Format: "junit", Counts: evidence.Counts{Total: 1000, Passed: 980, Failed: 10, Skipped: 10}}
		for k := range 20 {
			s.Cases = append(s.Cases, evidence.Case{Name: fmt.Sprintf("case %d of %d", k, i), Class: "com.example.Suite", File: r.Files[i].Path, Line: 12, Outcome: map[bool]evidence.Outcome{true: evidence.Failed, false: evidence.Skipped}[k < 10], Message: "expected <1> but was <2>"})
		}
		r.Suites = append(r.Suites, s)
	}
	return &r
}

// BenchmarkLarge judges and shows the largest record. What counts is the time of
// the processor, since the clock also shows what else the machine does. The floor
// is writing the same record as JSON, which every run does anyway.
func BenchmarkLarge(b *testing.B) {
	r := large(b)
	var floor, spent time.Duration
	var peak uint64
	b.ReportAllocs()
	for b.Loop() {
		start := processorTime()
		if _, err := json.Marshal(r); err != nil {
			b.Fatal(err)
		}
		floor += processorTime() - start
		heap := watchHeap()
		start = processorTime()
		bundle := &evidence.Bundle{Record: *r, Assessment: assess.Assess(r, assess.Policy{FailOn: "error"})}
		o := options(bundle)
		comment, summary, check := comment.Body(bundle, o), comment.Summary(bundle, o), comment.Check(bundle, o)
		spent += processorTime() - start
		peak = max(peak, heap())
		if len(comment) == 0 || len(summary) == 0 || len(check.Text) == 0 {
			b.Fatal("nothing rendered")
		}
	}
	b.ReportMetric(float64(spent.Milliseconds())/float64(b.N), "cpu-ms/record")
	b.ReportMetric(float64(spent)/float64(floor), "×json")
	b.ReportMetric(float64(peak)/(1<<20), "MB-peak")
}

// watchHeap returns a function that tells by how much the heap was larger, at
// most, than when the watch began.
func watchHeap() func() uint64 {
	runtime.GC()
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	size := func() uint64 {
		metrics.Read(sample)
		return sample[0].Value.Uint64()
	}
	before := size()
	stop, peak := make(chan struct{}), make(chan uint64)
	go func() {
		most := before
		for tick := time.NewTicker(time.Millisecond); ; {
			select {
			case <-stop:
				peak <- max(most, size()) - before
				return
			case <-tick.C:
				most = max(most, size())
			}
		}
	}()
	return func() uint64 {
		close(stop)
		return <-peak
	}
}

func sortCoverage(all []evidence.FileCoverage) {
	slices.SortFunc(all, func(a, b evidence.FileCoverage) int { return strings.Compare(a.Path, b.Path) })
}

// BenchmarkReport makes the page of the largest record, with lines of the diff
// for all files, beside the same floor.
func BenchmarkReport(b *testing.B) {
	r := large(b)
	bundle := &evidence.Bundle{Record: *r, Assessment: assess.Assess(r, assess.Policy{FailOn: "error"})}
	o := options(bundle)
	d := lines(bundle)
	var floor, spent time.Duration
	var peak uint64
	b.ReportAllocs()
	for b.Loop() {
		start := processorTime()
		if _, err := json.Marshal(r); err != nil {
			b.Fatal(err)
		}
		floor += processorTime() - start
		heap := watchHeap()
		start = processorTime()
		page, err := page.HTML(bundle, o, d)
		spent += processorTime() - start
		peak = max(peak, heap())
		if err != nil || len(page) == 0 {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(spent.Milliseconds())/float64(b.N), "cpu-ms/page")
	b.ReportMetric(float64(spent)/float64(floor), "×json")
	b.ReportMetric(float64(peak)/(1<<20), "MB-peak")
}
