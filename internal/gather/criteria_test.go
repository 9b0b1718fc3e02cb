package gather

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

func TestCriteria(t *testing.T) {
	for name, tt := range map[string]struct {
		body string
		want []evidence.Criterion
	}{
		"none":               {"Please do it.\n- a list\n", nil},
		"tasks anywhere":     {"- [x] one\n* [ ] two\n3. [X] three\n", []evidence.Criterion{{Text: "one", Checked: true}, {Text: "two"}, {Text: "three", Checked: true}}},
		"section only":       {"- [x] chore\n\n## Acceptance criteria\n- [ ] one\n### Detail\n- [x] two\n## Notes\n- [ ] three\n", []evidence.Criterion{{Text: "one"}, {Text: "two", Checked: true}}},
		"several sections":   {"# A\n## Acceptance criteria\n- [ ] one\n# B\n- [ ] no\n## Acceptance criteria\n- [ ] two\n", []evidence.Criterion{{Text: "one"}, {Text: "two"}}},
		"without boxes":      {"# Acceptance Criteria:\r\n\r\n1. one\r\n2. two\r\n", []evidence.Criterion{{Text: "one", NoBox: true}, {Text: "two", NoBox: true}}},
		"sentences":          {"### Acceptance criteria\n\nIt works.\n\n### Other\n\nx\n", []evidence.Criterion{{Text: "It works.", NoBox: true}}},
		"in bold":            {"**Acceptance criteria**\n- [ ] one\n**Notes**\n- [ ] two\n", []evidence.Criterion{{Text: "one"}}},
		"with a colon":       {"Acceptance criteria:\n- one\n", []evidence.Criterion{{Text: "one", NoBox: true}}},
		"with an emoji":      {"## ✅ Acceptance criteria\n- [ ] one\n", []evidence.Criterion{{Text: "one"}}},
		"numbered, emphatic": {"## 2. **Acceptance Criteria**\n- [ ] one\n## 3. Notes\n- [ ] no\n", []evidence.Criterion{{Text: "one"}}},
		"underlined":         {"Acceptance criteria\n---\n- [ ] one\n\nNotes\n---\n- [ ] no\n", []evidence.Criterion{{Text: "one"}}},
		"in HTML":            {"<h3>Acceptance criteria</h3>\n\n- [ ] one\n<h3>Notes</h3>\n\n- [ ] no\n", []evidence.Criterion{{Text: "one"}}},
		"folded":             {"<details><summary>Acceptance criteria</summary>\n\n- [ ] one\n</details>\n\n- [ ] no\n", []evidence.Criterion{{Text: "one"}}},
		"not one":            {"## No acceptance criteria\n- a\n", nil},
		"empty form field":   {"### Acceptance criteria\n\n_No response_\n", nil},
		"in code":            {"```md\n- [x] one\n```\n- [ ] two\n", []evidence.Criterion{{Text: "two"}}},
		"in a comment":       {"<!-- - [x] one\n- [x] two -->- [ ] no\n- [ ] three", []evidence.Criterion{{Text: "no"}, {Text: "three"}}},
		"fence in comment":   {"<!--\n```\n-->\n- [ ] one\n", []evidence.Criterion{{Text: "one"}}},
		"comment in fence":   {"```\n<!--\n```\n- [ ] one\n", []evidence.Criterion{{Text: "one"}}},
		"not a box":          {"- [link](x)\n- [y] z\n- []\n", nil},
		"nested boxes":       {"- [ ] one\n  - [x] two\n\t- [ ] three\n", []evidence.Criterion{{Text: "one"}, {Text: "two", Checked: true}, {Text: "three"}}},
		"details of a box":   {"## Acceptance criteria\n- [ ] one\n  - with SSO\n  - without\n- two\n", []evidence.Criterion{{Text: "one"}, {Text: "two", NoBox: true}}},
		"details of an item": {"## Acceptance criteria\n- one\n  - detail\n- two\n", []evidence.Criterion{{Text: "one", NoBox: true}, {Text: "two", NoBox: true}}},
		"groups":             {"## Acceptance criteria\n- Login:\n  - [ ] one\n- Logout:\n  - [x] two\n", []evidence.Criterion{{Text: "one"}, {Text: "two", Checked: true}}},
		"table": {
			"## Acceptance criteria\n\n| # | Criterion | Done |\n|---|:---|---:|\n| 1 | keys rotate | ✅ |\n| 2 | a \\| b | [ ] |\n| 3 | no mark | |\n\nBye\n",
			[]evidence.Criterion{{Text: "keys rotate", Checked: true}, {Text: "a | b"}, {Text: "no mark", NoBox: true}},
		},
		"table without a title": {"## Acceptance criteria\na | ok\n-|-\nx | it does what it should\n[x] | and more\n", []evidence.Criterion{{Text: "it does what it should", NoBox: true}, {Text: "and more", Checked: true}}},
		"table elsewhere":       {"| a | b |\n|---|---|\n| c | [x] |\n", nil},
	} {
		t.Run(name, func(t *testing.T) {
			got, omitted := criteria(tt.body)
			if diff := cmp.Diff(tt.want, got); diff != "" || omitted != 0 {
				t.Errorf("%d omitted (-want +got):\n%s", omitted, diff)
			}
		})
	}
}

// The heading is known in other languages, too.
func TestCriteriaHeadings(t *testing.T) {
	for _, title := range []string{
		"Akzeptanzkriterien", "Critères d'acceptation", "Criterios de aceptación", "Critérios de Aceitação", "Critérios de aceite", "Criteri di accettazione",
		"Acceptatiecriteria", "Acceptanskriterier", "Kryteria akceptacji", "Критерии приёмки", "受け入れ条件", "受入基準", "验收标准", "驗收標準", "인수 조건", "Kabul kriterleri",
	} {
		got, _ := criteria("- [ ] chore\n\n## " + title + "\n- [ ] one\n")
		if diff := cmp.Diff([]evidence.Criterion{{Text: "one"}}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", title, diff)
		}
	}
}

func TestCriteriaMany(t *testing.T) {
	if got, omitted := criteria(strings.Repeat("- [ ] one\n", maxCriteria+3)); len(got) != maxCriteria || omitted != 3 {
		t.Errorf("%d criteria, %d omitted", len(got), omitted)
	}
}
