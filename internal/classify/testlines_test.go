package classify

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// lineWords are lines of real tests and what they say: "assert", "skip", "test",
// a name after "test ", or nothing.
var lineWords = map[string]map[string]string{
	"Go": {
		"\tassert.Equal(t, 1, n)": "assert", "\t\tt.Fatalf(\"%v\", err)": "assert", "\trequire.NoError(t, err)": "assert", "\tg.Expect(n).To(Equal(1))": "assert",
		"\tcheckSame(t, got, want)": "assert", "func checkSame(t *testing.T, got, want string) {": "", "\tt.Skip(\"slow\")": "skip", "\ts.T().Skip(\"later\")": "skip", "\ttb.SkipNow()": "skip",
		"//go:build ignore": "skip", "//go:build integration": "", "\t// t.Skip(\"slow\")": "", "\t\"github.com/stretchr/testify/assert\"": "", "\tfmt.Println(sum)": "", "// the ship sails": "",
		"func TestParse(t *testing.T) {": "test TestParse", "func (s *Suite) TestParse() {": "test TestParse", "func FuzzParse(f *testing.F) {": "test FuzzParse", "func helper(t *testing.T) {": "",
		"\tskip := 10": "", "\trows.Skip(10)": "", "const exit = profit(1)": "", "requirements := load()": "", "\t\tlog.Fatal(err)": "", "\tresult.Error = nil": "",
	},
	"Python": {
		"    assert x == 1": "assert", "    self.assertEqual(x, 1)": "assert", "    with pytest.raises(ValueError):": "assert", "@pytest.mark.skip(reason=\"flaky\")": "skip", "@pytest.mark.xfail": "skip",
		"    pytest.skip('no network')": "skip", "@unittest.skipIf(sys.platform == 'win32', 'no')": "skip", "    self.skipTest('later')": "skip", "@unittest.expectedFailure": "skip",
		"pytestmark = pytest.mark.skip": "skip", "def test_total(client):": "test test_total", "    async def test_total(self):": "test test_total", "    # assert x == 1": "", "#assert x": "",
		"    model.fit(x, y)": "", "from numpy.testing import assert_allclose": "", "    rows = query.only('id').skip(5)": "", "def make_client():": "",
	},
	"JavaScript": {
		"  expect(sum(1, 2)).toBe(3);": "assert", "  cart.total.should.equal(3)": "assert", "  cy.get('a').should('be.visible')": "assert", "  assert.deepStrictEqual(a, b)": "assert",
		"describe.only('cart', () => {": "skip", "xdescribe('cart', () => {": "skip", "  test.fixme('later', async () => {": "skip test later",
		"  it.skip('works', () => {": "skip test works", "xit('works', () => {": "skip test works", "fit('works', () => {": "skip test works", "test('adds', { skip: true }, () => {": "skip test adds",
		"  it('adds', async () => {": "test adds", "test(`adds`, () => {": "test adds", "test.each(rows)('adds %i', () => {": "cases", "const assert = require('node:assert');": "", "import { expect } from 'vitest';": "",
		"  // it.skip('works')": "", "  /* expect(a) */": "", "   * expect(a)": "", "  await users.find().skip(10).limit(5);": "", "  findMany({ skip: 10, take: 5 })": "", "  _.only(['a'])": "", "  const [ignore, b] = pair;": "",
		"  process.exit(1)": "", "  const skip = page * size": "",
	},
	"Java": {
		"        assertEquals(1, n);": "assert", "        assertThat(n).isEqualTo(1);": "assert", "        verify(mail).send(any());": "assert", "    @Disabled(\"later\")": "skip", "    @Ignore": "skip", "    @Ignore(\"x\")": "skip",
		"    @Test": "test", "    @ParameterizedTest": "test", "    @Test(enabled = false)": "skip test", "    public void addsUp() {": "", "import static org.junit.jupiter.api.Assertions.assertEquals;": "",
		"    @JsonIgnore": "", "    @IgnoreForBinding": "", "        stream.skip(1).forEach(this::add);": "", "    private void verifyTotal(Cart c) {": "",
	},
	"Kotlin": {
		"        total shouldBe 3": "assert", "        shouldThrow<IllegalStateException> { add() }": "assert", "    @Test fun adds() {": "test", "    test(\"adds\").config(enabled = false) {": "skip test adds", "    xtest(\"adds\") {": "skip test adds",
		"import io.kotest.matchers.shouldBe": "", "        items.drop(1)": "", "    fun verifyAll() {": "",
	},
	"Ruby": {
		"    expect(total).to eq(3)": "assert", "    assert_equal 3, total": "assert", "    it { is_expected.to be_valid }": "assert", "    _(total).must_equal 3": "assert", "  xit 'adds' do": "skip test adds", "  skip 'later'": "skip",
		"  pending 'a fix'": "skip", "  it 'adds', skip: 'later' do": "skip test adds", "  it 'adds' do": "test adds", "  def test_adds": "test test_adds", "    # expect(total).to eq(3)": "", "  skip_before_action :login": "", "require 'minitest/autorun'": "",
	},
	"Rust": {
		"    #[case(1, 2)]":               "cases",
		"        assert_eq!(total(), 3);": "assert", "    #[ignore]": "skip", "    #[ignore = \"slow\"]": "skip", "    #[test]": "test", "    #[tokio::test]": "test", "    #[should_panic(expected = \"empty\")]": "assert",
		"    // #[ignore]": "", "        items.iter().skip(1)": "", "    fn check_total(n: u32) {": "", "    #[derive(Debug)]": "",
	},
	"PHP": {
		"        $this->assertSame(3, $n);": "assert", "        $this->expectException(E::class);": "assert", "        $this->markTestSkipped('later');": "skip", "        $this->markTestIncomplete();": "skip", "    public function testAdds(): void": "test testAdds",
		"    #[Test]": "test", "it('adds', function () {": "test adds", "})->skip('later');": "skip", "        $items->skip(2);": "", "        $request->only('a');": "", "    // $this->assertSame(3, $n);": "",
	},
	"C#": {
		"        Assert.Equal(3, n);": "assert", "        n.Should().Be(3);": "assert", "    [Fact(Skip = \"later\")]": "skip test", "    [Theory(Skip=\"later\")]": "skip test", "    [Ignore(\"later\")]": "skip", "    [Ignore]": "skip", "        Assert.Inconclusive(\"no\");": "skip",
		"    [Fact]": "test", "    [TestMethod]": "test", "    [TestCase(1, 2)]": "test", "using Xunit.Assert;": "", "        var skip = 10;": "", "        rows.Skip(1).First();": "", "        values[ignore] = 1;": "",
	},
	"Swift": {
		"        XCTAssertTrue(ok)": "assert", "        #expect(total == 3)": "assert", "        let x = try XCTUnwrap(y)": "assert", "        throw XCTSkip(\"later\")": "skip", "    func testAdds() throws {": "test testAdds",
		"    @Test func adds() {": "test", "    @Test(.disabled(\"later\")) func adds() {": "skip test", "import XCTest": "", "final class CartTests: XCTestCase {": "", "        // XCTAssertTrue(ok)": "",
	},
	"C++": {"  EXPECT_EQ(a, b);": "assert", "  GTEST_SKIP() << \"later\";": "skip", "TEST(Cart, DISABLED_Adds) {": "skip", "": ""},
}

func TestTestLines(t *testing.T) {
	for language, lines := range lineWords {
		for line, want := range lines {
			var n testLines
			counted := n.count([]byte(line), true)
			var got []string
			for _, l := range n.lines {
				got = append(got, map[testLineKind]string{assertionLine: "assert", skipLine: "skip", tableLine: "cases", declarationLine: strings.TrimSpace("test " + l.name)}[l.kind])
			}
			for i := range got { // a skip first
				if i > 0 && got[i] == "skip" {
					got[0], got[i] = got[i], got[0]
				}
			}
			if s := strings.Join(got, " "); s != want || counted != (want != "") {
				t.Errorf("%s: %q is %q, want %q", language, line, s, want)
			}
		}
	}
}

// changed is a test file with lines taken out and put in.
func changed(lines ...string) *testLines {
	var n testLines
	for _, l := range lines {
		n.count([]byte(l[1:]), l[0] == '+')
	}
	return &n
}

// What one file lost and another gained is the rest of a move as far as both have
// it in the net.
func TestOffset(t *testing.T) {
	for _, c := range []struct{ lost, kept, gained, left, want int }{
		{3, 0, 3, 0, 3}, {3, 1, 3, 0, 2}, {3, 0, 3, 1, 2}, {3, 0, 1, 0, 1}, {1, 2, 3, 0, -1}, {3, 0, 1, 2, -1},
	} {
		lost, gained := c.lost, c.gained
		n := offset(&lost, &c.kept, &gained, &c.left)
		if taken := max(c.want, 0); n != c.want || lost != c.lost-taken || gained != c.gained-taken {
			t.Errorf("%+v: %d, then lost %d and gained %d", c, n, lost, gained)
		}
	}
}

func TestContainsWord(t *testing.T) {
	for line, want := range map[string]bool{
		"t.skip": true, " t.skip": true, "(t.skip": true, "{t.skip": true, "`t.skip": true, "/t.skip": true, ":t.skip": true,
		"at.skip": false, "zt.skip": false, "0t.skip": false, "9t.skip": false, "_t.skip": false, "split.skip t.skip": true, "split.skip": false, "": false,
	} {
		if got := containsWord([]byte(line), []byte("t.skip")); got != want {
			t.Errorf("%q: %v", line, got)
		}
	}
}

func TestSettleTests(t *testing.T) {
	var many, names []string
	for n := range maxRemovedTests + 1 {
		names = append(names, fmt.Sprintf("Test%d", n))
		many = append(many, "-func "+names[n]+"(t *testing.T) {")
	}
	for name, c := range map[string]struct {
		files []*testLines
		want  []*evidence.TestLines
	}{
		"fewer of all": {
			[]*testLines{changed("-func TestA(t *testing.T) {", "-\tassert.True(t, a)", "-\tassert.True(t, b)", "+\tt.Skip()", "-func TestB(t *testing.T) {")},
			[]*evidence.TestLines{{AssertionsRemoved: 2, SkipsAdded: 1, TestsRemoved: 2, Removed: []string{"TestA", "TestB"}}},
		},
		"into a table":     {[]*testLines{changed("-func TestA(t *testing.T) {", "-func TestB(t *testing.T) {", "+func TestAll(t *testing.T) {", "+\t\tt.Run(name, func(t *testing.T) {")}, []*evidence.TestLines{{TestsRemoved: 1, Tables: 1}}},
		"renamed":          {[]*testLines{changed("-func TestA(t *testing.T) {", "+func TestAdds(t *testing.T) {")}, []*evidence.TestLines{nil}},
		"moved in a file":  {[]*testLines{changed("-func TestA(t *testing.T) {", "-\tassert.True(t, a)", "+func TestA(t *testing.T) {", "+\t\tassert.True(t, a)")}, []*evidence.TestLines{{Moved: 2}}},
		"moved elsewhere":  {[]*testLines{changed("-  it('a', () => {", "-    expect(a).toBe(1)"), changed("+  it('a', () => {", "+    expect(a).toBe(1)", "+    expect(b).toBe(1)")}, []*evidence.TestLines{{Moved: 2}, {AssertionsAdded: 1}}},
		"moved and edited": {[]*testLines{changed("-  it('a', () => {", "-    expect(a).toBe(1)", "-  it('b', () => {"), changed("+  it('a', () => {", "+    expect(a).toBe(2)", "+  it('is b', () => {")}, []*evidence.TestLines{{Moved: 1}, nil}},
		"gutted beside new ones": {
			[]*testLines{changed("-func TestA(t *testing.T) {", "-\tassert.True(t, a)"), changed("+func TestNew(t *testing.T) {", "+\tassert.True(t, fresh)")},
			[]*evidence.TestLines{{AssertionsRemoved: 1, TestsRemoved: 1, Removed: []string{"TestA"}}, {AssertionsAdded: 1, TestsAdded: 1}},
		},
		"into a helper":              {[]*testLines{changed("-\tassert.Equal(t, 1, a.N)", "-\tassert.Equal(t, 2, b.N)", "+\tcheckCount(t, a, 1)", "+\tcheckCount(t, b, 2)", "+func checkCount(t *testing.T, x X, n int) {", "+\tassert.Equal(t, n, x.N)")}, []*evidence.TestLines{{AssertionsAdded: 3, AssertionsRemoved: 2}}},
		"a table instead of another": {[]*testLines{changed("-\tt.Run(a, func(t *testing.T) {", "+\tt.Run(b, func(t *testing.T) {")}, []*evidence.TestLines{nil}},
		"more tests than are named":  {[]*testLines{changed(many...)}, []*evidence.TestLines{{TestsRemoved: maxRemovedTests + 1, Removed: names[:maxRemovedTests]}}},
		"assertions moved, a test removed": {
			[]*testLines{changed("-func TestA(t *testing.T) {", "-\tassert.True(t, a)"), changed("+\tassert.True(t, a)")},
			[]*evidence.TestLines{{TestsRemoved: 1, Removed: []string{"TestA"}, Moved: 1}, nil},
		},
		"commented out":     {[]*testLines{changed("-\tassert.True(t, a)", "+\t// assert.True(t, a)")}, []*evidence.TestLines{{AssertionsRemoved: 1}}},
		"comments removed":  {[]*testLines{changed("-\t// assert.True(t, a)")}, []*evidence.TestLines{nil}},
		"skip taken out":    {[]*testLines{changed("-it.skip('a', () => {", "+it('a', () => {")}, []*evidence.TestLines{{SkipsRemoved: 1, Moved: 1}}},
		"turned into skips": {[]*testLines{changed("-it('a', () => {", "+xit('a', () => {")}, []*evidence.TestLines{{SkipsAdded: 1, Moved: 1}}},
		"other library":     {[]*testLines{changed("-import { expect } from 'chai'", "-  expect(a).to.equal(1)", "+import assert from 'node:assert'", "+  assert.equal(a, 1)")}, []*evidence.TestLines{{AssertionsAdded: 1, AssertionsRemoved: 1}}},
		"annotations move":  {[]*testLines{changed("-    @Test"), changed("+    @Test")}, []*evidence.TestLines{{Moved: 1}, nil}},
	} {
		settleTests(c.files)
		var got []*evidence.TestLines
		for _, f := range c.files {
			if f.empty() {
				got = append(got, nil)
			} else {
				got = append(got, &f.TestLines)
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestIsTestPath(t *testing.T) {
	for name, want := range map[string][2]bool{
		"cart_test.go": {true, true}, "tests/test_cart.py": {true, true}, "src/cart.spec.ts": {true, true}, "src/test/java/CartIT.java": {true, true}, "TestCart.java": {true, true}, "CartSpec.kt": {true, true},
		"Shop.Tests/Cart.cs": {true, true}, "AppTests/Cart.swift": {true, true}, "src/commonTest/kotlin/Cart.kt": {true, true}, "spec/cart_spec.rb": {true, true},
		"testdata/cart_test.go": {true, false}, "tests/fixtures/a.py": {true, false}, "tests/expected.json": {true, false}, "src/__snapshots__/a.test.ts.snap": {true, false},
		"src/__mocks__/mail.ts": {true, true}, `src\cart\cart.test.tsx`: {true, true}, "integration_test/app.dart": {true, true}, "src/a.test.tsx.snap": {true, false}, "cart/tests.py": {true, true}, "app/CartTestCase.kt": {true, true},
		"src/contest.go": {false, false}, "src/EXIT.go": {false, false}, "Testimonial.tsx": {false, false}, "latest/cart.go": {false, false}, "attest.py": {false, false},
	} {
		if got := [2]bool{IsTestPath(name), IsTestCode(name)}; got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}
