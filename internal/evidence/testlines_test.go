package evidence

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTestLines(t *testing.T) {
	for line, want := range map[string]TestLines{
		"\tassert.Equal(t, 1, n)":                  {AssertionsAdded: 1},
		"    assert x == 1":                        {AssertionsAdded: 1},
		"    self.assertEqual(x, 1)":               {AssertionsAdded: 1},
		"  expect(sum(1, 2)).toBe(3);":             {AssertionsAdded: 1},
		"  EXPECT_EQ(a, b);":                       {AssertionsAdded: 1},
		"\t\tt.Fatalf(\"%v\", err)":                {AssertionsAdded: 1},
		"\trequire.NoError(t, err)":                {AssertionsAdded: 1},
		"        XCTAssertTrue(ok)":                {AssertionsAdded: 1},
		"\tt.Skip(\"slow\")":                       {SkipsAdded: 1},
		"it.skip('works', () => {":                 {SkipsAdded: 1},
		"describe.only('cart', () => {":            {SkipsAdded: 1},
		"@pytest.mark.skip(reason=\"flaky\")":      {SkipsAdded: 1},
		"    @Disabled(\"later\")":                 {SkipsAdded: 1},
		"    [Fact(Skip = \"later\")]":             {SkipsAdded: 1},
		"#[ignore]":                                {SkipsAdded: 1},
		"        $this->markTestSkipped('later');": {SkipsAdded: 1},
		"\tfmt.Println(sum)":                       {},
		"// the ship sails":                        {},
		"const exit = profit(1)":                   {},
		"requirements := load()":                   {},
		"":                                         {},
	} {
		var added, removed TestLines
		added.Count([]byte(line), true)
		removed.Count([]byte(line), false)
		if diff := cmp.Diff(want, added); diff != "" {
			t.Errorf("%q (-want +got):\n%s", line, diff)
		}
		if removed.AssertionsRemoved != want.AssertionsAdded || removed.SkipsRemoved != want.SkipsAdded {
			t.Errorf("%q removed: %+v", line, removed)
		}
	}
}
