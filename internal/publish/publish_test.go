package publish

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

type place struct {
	name string
	do   func(*Edition) (Receipt, error)
}

func (p place) Name() string { return p.name }
func (p place) Publish(_ context.Context, e *Edition) (Receipt, error) {
	return p.do(e)
}

func TestAll(t *testing.T) {
	broken := errors.New("broken")
	var sawLink string
	e := &Edition{}
	receipts, err := All(t.Context(), e, []Publisher{
		place{"first", func(e *Edition) (Receipt, error) {
			e.Links.Artifact = "link"
			return Receipt{State: Created, ID: "1"}, nil
		}},
		place{"second", func(*Edition) (Receipt, error) { return Receipt{}, broken }},
		place{"third", func(*Edition) (Receipt, error) { return Receipt{}, refuse(evidence.Denied, "ask", "not allowed") }},
		place{"fourth", func(e *Edition) (Receipt, error) { sawLink = e.Links.Artifact; return Receipt{State: Unchanged}, nil }},
	})
	var got []string
	for _, r := range receipts {
		got = append(got, r.Publisher+" "+string(r.State))
	}
	if diff := cmp.Diff([]string{"first created", "second failed", "third refused", "fourth unchanged"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !errors.Is(err, broken) || err.Error() != "second: broken" {
		t.Errorf("error = %v", err)
	}
	if sawLink != "link" {
		t.Errorf("link = %q", sawLink)
	}
	gap, ok := receipts[2].Gap()
	want := evidence.MissingGap("publish", "third", evidence.Denied, "not allowed")
	want.Hint = "ask"
	if diff := cmp.Diff(want, gap); !ok || diff != "" {
		t.Errorf("gap (-want +got):\n%s", diff)
	}
	if _, ok := receipts[0].Gap(); ok {
		t.Error("a gap though it was published")
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestSummary(t *testing.T) {
	var b strings.Builder
	e := onHub(0)
	e.Links.Comment = "https://example.com/comment"
	r, err := Summary(&b).Publish(t.Context(), e)
	if err != nil || r.State != Created || !strings.Contains(b.String(), "2 things need a reviewer") {
		t.Errorf("%+v, %v, %q", r, err, b.String())
	}
	if _, err := Summary(brokenWriter{}).Publish(t.Context(), e); err == nil {
		t.Error("a write that failed went unnoticed")
	}
	receipts, err := All(t.Context(), e, []Publisher{Summary(nil)})
	if err != nil || receipts[0].State != Refused {
		t.Errorf("no summary: %+v, %v", receipts[0], err)
	}
}
