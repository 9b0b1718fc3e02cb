package format

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
)

// The generators write reports of the size and mix of real ones, the same bytes
// for the same size.

// newSource returns a source of random numbers that is the same in every run.
func newSource() *rand.Rand { return rand.New(rand.NewPCG(42, 0)) }

// generateJUnit writes size bytes of JUnit XML: suites of 50 cases of some 400
// bytes each, 2 % failed, 0.5 % errored, 3.5 % skipped, 1 % flaky, and the
// properties and outputs that Surefire adds.
func generateJUnit(out io.Writer, size int) {
	w, r := &counter{w: bufio.NewWriterSize(out, 1<<20)}, newSource()
	defer w.flush()
	fmt.Fprint(w, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n")
	for suite := 0; w.n < size; suite++ {
		class := fmt.Sprintf("com.example.shop.module%d.OrderServiceTest%d", suite%97, suite)
		fmt.Fprintf(w, "  <testsuite name=\"%s\" tests=\"50\" time=\"1.5\" timestamp=\"2026-11-24T21:00:00Z\">\n", class)
		fmt.Fprint(w, "    <properties><property name=\"java.version\" value=\"21.0.2\"/><property name=\"os.name\" value=\"Linux\"/></properties>\n")
		for i := range 50 {
			junitCase(w, r, class, i)
		}
		fmt.Fprint(w, "  </testsuite>\n")
	}
	fmt.Fprint(w, "</testsuites>\n")
}

func junitCase(w io.Writer, r *rand.Rand, class string, i int) {
	fmt.Fprintf(w, "    <testcase name=\"shouldHandleOrder%d[currency=EUR, amount=%d]\" classname=\"%s\" time=\"0.%03d\"", i, r.IntN(10000), class, r.IntN(1000))
	switch p := r.IntN(1000); {
	case p < 20:
		fmt.Fprintf(w, ">\n      <failure message=\"expected: &lt;%d&gt; but was: &lt;%d&gt;\" type=\"org.opentest4j.AssertionFailedError\">%s</failure>\n    </testcase>\n", r.IntN(100), r.IntN(100), javaTrace(class))
	case p < 25:
		fmt.Fprintf(w, ">\n      <error message=\"connection refused\" type=\"java.net.ConnectException\"><![CDATA[%s]]></error>\n    </testcase>\n", javaTrace(class))
	case p < 60:
		fmt.Fprint(w, ">\n      <skipped message=\"needs a database\"/>\n    </testcase>\n")
	case p < 70:
		fmt.Fprintf(w, ">\n      <flakyFailure message=\"timeout\" type=\"java.lang.AssertionError\"><stackTrace><![CDATA[%s]]></stackTrace></flakyFailure>\n    </testcase>\n", javaTrace(class))
	case p < 400:
		fmt.Fprintf(w, ">\n      <system-out><![CDATA[%s]]></system-out>\n    </testcase>\n", strings.Repeat("2026-11-24 21:00:00 INFO  OrderService - order accepted & stored\n", 4+r.IntN(12)))
	default:
		fmt.Fprint(w, "/>\n")
	}
}

func javaTrace(class string) string {
	return "java.lang.AssertionError: no match\n" + strings.Repeat("\tat "+class+".run(OrderServiceTest.java:42)\n", 8)
}

// generateSARIF writes size bytes of SARIF: one run of results of some 2 kB, as
// CodeQL and Semgrep write them, with code flows and fingerprints.
func generateSARIF(out io.Writer, size int) {
	w, r := &counter{w: bufio.NewWriterSize(out, 1<<20)}, newSource()
	defer w.flush()
	fmt.Fprint(w, `{"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","runs":[{"tool":{"driver":{"name":"scanner","version":"1.2.3","rules":[`)
	for i := range 200 {
		if i > 0 {
			fmt.Fprint(w, ",")
		}
		fmt.Fprintf(w, `{"id":"rule/%d","defaultConfiguration":{"level":"%s"},"shortDescription":{"text":"a rule"},"properties":{"security-severity":"%d.5","tags":["security"]}}`, i, []string{"error", "warning", "note"}[i%3], i%10)
	}
	fmt.Fprint(w, `]}},"results":[`)
	for i := 0; w.n < size; i++ {
		if i > 0 {
			fmt.Fprint(w, ",\n")
		}
		sarifEntry(w, r, i)
	}
	fmt.Fprint(w, "]}]}\n")
}

func sarifEntry(w io.Writer, r *rand.Rand, i int) {
	rule, line := r.IntN(200), 1+r.IntN(2000)
	fmt.Fprintf(w, `{"ruleId":"rule/%d","ruleIndex":%d,"message":{"text":"This value \"%d\" depends on a user-provided value."},`, rule, rule, i)
	location := fmt.Sprintf(`{"physicalLocation":{"artifactLocation":{"uri":"src/module%d/service.go","uriBaseId":"%%SRCROOT%%","index":%d},"region":{"startLine":%d,"startColumn":5,"endLine":%d,"endColumn":42,"snippet":{"text":"query := \"SELECT * FROM t WHERE id = \" + id"}}}}`, i%500, i%500, line, line+1)
	fmt.Fprintf(w, `"locations":[%s],"partialFingerprints":{"primaryLocationLineHash":"%016x:1","primaryLocationStartColumnFingerprint":"4"},`, location, r.Uint64())
	fmt.Fprintf(w, `"codeFlows":[{"threadFlows":[{"locations":[{"location":%s},{"location":%s},{"location":%s}]}]}],"relatedLocations":[%s]}`, location, location, location, location)
}

// generateGoTest writes size bytes of go test -json: packages of 100 tests of
// five events, 1 % failed, 2 % skipped.
func generateGoTest(out io.Writer, size int) {
	w, r := &counter{w: bufio.NewWriterSize(out, 1<<20)}, newSource()
	defer w.flush()
	for pkg := 0; w.n < size; pkg++ {
		path := fmt.Sprintf("example.com/shop/internal/module%d", pkg)
		failed := 0
		event := func(action, rest string) {
			fmt.Fprintf(w, `{"Time":"2026-11-24T21:00:00.%09dZ","Action":"%s","Package":"%s"%s}`+"\n", r.IntN(1e9), action, path, rest)
		}
		event("start", "")
		for i := range 100 {
			test := fmt.Sprintf(`,"Test":"TestOrder%d/currency_EUR"`, i)
			event("run", test)
			event("output", test+fmt.Sprintf(`,"Output":"=== RUN   TestOrder%d/currency_EUR\n"`, i))
			event("output", test+fmt.Sprintf(`,"Output":"    order_test.go:%d: total is \"%d\", as \u003cexpected\u003e\n"`, i, r.IntN(1000)))
			outcome := "pass"
			switch p := r.IntN(100); {
			case p < 1:
				outcome, failed = "fail", failed+1
			case p < 3:
				outcome = "skip"
			}
			event("output", test+fmt.Sprintf(`,"Output":"--- %s: TestOrder%d/currency_EUR (0.00s)\n"`, strings.ToUpper(outcome), i))
			event(outcome, test+`,"Elapsed":0.01`)
		}
		if failed > 0 {
			event("fail", `,"Elapsed":1.5`)
		} else {
			event("pass", `,"Elapsed":1.5`)
		}
	}
}

// counter counts what is written.
type counter struct {
	w *bufio.Writer
	n int
}

func (c *counter) Write(p []byte) (int, error) {
	c.n += len(p)
	return c.w.Write(p)
}

// flush ignores the error: the writers of these tests are files and buffers,
// and a short report shows in the numbers.
func (c *counter) flush() { _ = c.w.Flush() }
