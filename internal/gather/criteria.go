package gather

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

const (
	// maxCriteria and maxCriterion bound what a ticket may put into the record.
	// Longer lists are specifications.
	maxCriteria  = 100
	maxCriterion = 500
)

var (
	heading     = regexp.MustCompile(`^ {0,3}(#{1,6})\s+(.*?)\s*#*\s*$`)
	htmlHeading = regexp.MustCompile(`(?i)^\s*(?:<details[^>]*>\s*)?<(h[1-6]|summary)\b[^>]*>(.*?)</`)
	underline   = regexp.MustCompile(`^ {0,3}(?:=+|-{2,})\s*$`)
	bold        = regexp.MustCompile(`^\s*(?:\*\*|__)(.+?)(?:\*\*|__)\s*:?\s*$`)
	taskItem    = regexp.MustCompile(`^\s*(?:[-*+]|[0-9]{1,9}[.)])\s+\[([ xX])\]\s+(\S.*)$`)
	listItem    = regexp.MustCompile(`^\s*(?:[-*+]|[0-9]{1,9}[.)])\s+(\S.*)$`)
	// What follows a number, an emoji, a mark of emphasis or an opening tag.
	criteriaTitle = regexp.MustCompile(`(?i)^(?:<[^>]*>|[^\pL<])*(?:` + strings.Join(criteriaNames, "|") + `)`)
	titleCell     = regexp.MustCompile(`(?i)criteri|kriteri|critère|critér|requirement|критер|基準|标准|標準|조건|기준`)
	rowRule       = regexp.MustCompile(`^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$`)
	doneCell      = regexp.MustCompile(`(?i)^(?:\[x\]|✅|☑\x{FE0F}?|✔\x{FE0F}?|:(?:white_check_mark|heavy_check_mark|ballot_box_with_check):|done|yes)$`)
	openCell      = regexp.MustCompile(`(?i)^(?:\[ ?\]|☐|⬜\x{FE0F}?|❌|✗|:(?:x|white_large_square):|open|no|todo)$`)
)

// criteriaNames are what acceptance criteria are called at the beginning of a
// heading, in the languages of large communities on GitHub.
var criteriaNames = []string{
	`acceptance\s+criteri(?:a|on)\b`, `akzeptanz-?kriterien`, `abnahmekriterien`, `crit[èe]res?\s+d[’']acceptation`, `criterios?\s+de\s+aceptaci[óo]n`,
	`crit[ée]rios?\s+de\s+ace(?:ita[çc][ãa]o|ite)`, `criteri\s+di\s+accettazione`, `acceptatiecriteria`, `acceptanskriterie`, `akseptansekriterie`,
	`acceptkriterie`, `hyväksymiskriteeri`, `kryteria\s+akceptacji`, `akceptační\s+kritéria`, `kabul\s+kriter`, `критерии\s+при[её]мки`, `критерії\s+прийма`,
	`受け?入れ?(?:条件|基準)`, `验收(?:标准|条件)`, `驗收(?:標準|條件)`, `(?:인수|수용)\s*(?:조건|기준)`,
}

// criteria reads the acceptance criteria of a ticket: the items below headings
// "Acceptance criteria", with or without boxes, or else every item with a box. It
// returns the number of those that it left out at the limit, too.
func criteria(body string) (all []evidence.Criterion, omitted int) {
	lines := visible(body)
	if section, ok := criteriaSection(lines); ok {
		all = slices.Concat(tasks(section, true), rows(section))
		if len(all) == 0 {
			all = sentences(section)
		}
	} else {
		all = tasks(lines, false)
	}
	if len(all) > maxCriteria {
		return all[:maxCriteria], len(all) - maxCriteria
	}
	return all, 0
}

// criteriaSection returns the lines below the headings, each up to the next
// heading of its rank. A line in bold is a heading of the lowest rank.
func criteriaSection(lines []string) (section []string, found bool) {
	rank := 0
	for i, line := range lines {
		next := ""
		if i+1 < len(lines) {
			next = lines[i+1]
		}
		level, title := headingOf(line, next)
		switch {
		case level != 0 && criteriaTitle.MatchString(title):
			rank, found = level, true
		case level != 0 && level <= rank, strings.Contains(line, "</details>"):
			rank = 0
		case rank != 0 && level == 0:
			section = append(section, line)
		}
	}
	return section, found
}

// lowestRank is below those of the six headings of Markdown.
const lowestRank = 7

// headingOf returns the rank and text of a heading, 0 for other lines.
func headingOf(line, next string) (level int, title string) {
	if m := heading.FindStringSubmatch(line); m != nil {
		return len(m[1]), m[2]
	}
	if m := htmlHeading.FindStringSubmatch(line); m != nil {
		if level, err := strconv.Atoi(m[1][1:]); err == nil {
			return level, m[2]
		}
		return lowestRank, m[2]
	}
	trimmed := strings.TrimSpace(line)
	if underline.MatchString(next) && trimmed != "" && !listItem.MatchString(line) && !strings.Contains(line, "|") {
		return map[bool]int{true: 1, false: 2}[strings.Contains(next, "=")], trimmed
	}
	if m := bold.FindStringSubmatch(line); m != nil {
		return lowestRank, m[1]
	}
	if title, ok := strings.CutSuffix(trimmed, ":"); ok && criteriaTitle.MatchString(title) {
		return lowestRank, title
	}
	return 0, ""
}

// tasks lists the items of lists; without plain, only those with a box. An item
// without a box below another item says more about that one, and one that ends
// with a colon is the title of what follows.
func tasks(lines []string, plain bool) []evidence.Criterion {
	var all []evidence.Criterion
	top := -1
	for _, line := range lines {
		indent := len(line) - len(strings.TrimLeft(line, " \t"))
		switch m := listItem.FindStringSubmatch(line); {
		case m == nil:
		case taskItem.MatchString(line):
			m := taskItem.FindStringSubmatch(line)
			all = append(all, evidence.Criterion{Text: evidence.Clip(m[2], maxCriterion), Checked: m[1] != " "})
			if top < 0 || indent < top {
				top = indent
			}
		case plain && (top < 0 || indent <= top) && !strings.HasSuffix(strings.TrimSpace(m[1]), ":"):
			all, top = append(all, evidence.Criterion{Text: evidence.Clip(m[1], maxCriterion), NoBox: true}), indent
		}
	}
	return all
}

// rows lists the rows of tables. What is asked for stands in the column that is
// titled so, or else in the longest cell; a cell that is nothing but a mark says
// whether it is met.
func rows(lines []string) []evidence.Criterion {
	var all []evidence.Criterion
	inside, column := false, -1
	for i, line := range lines {
		switch {
		case !strings.Contains(line, "|"):
			inside = false
		case rowRule.MatchString(line):
			if inside = i > 0 && strings.Contains(lines[i-1], "|"); inside {
				column = slices.IndexFunc(cellsOf(lines[i-1]), titleCell.MatchString)
			}
		case inside:
			if c := row(cellsOf(line), column); c.Text != "" {
				all = append(all, c)
			}
		}
	}
	return all
}

func row(cells []string, column int) evidence.Criterion {
	c := evidence.Criterion{NoBox: true}
	for i, cell := range cells {
		switch {
		case i == column:
			c.Text = evidence.Clip(cell, maxCriterion)
		case doneCell.MatchString(cell):
			c.Checked, c.NoBox = true, false
		case openCell.MatchString(cell):
			c.NoBox = false
		case column < 0 && len(cell) > len(c.Text):
			c.Text = evidence.Clip(cell, maxCriterion)
		}
	}
	return c
}

// cellsOf returns the cells of a row, in which a pipe can be escaped.
func cellsOf(line string) []string {
	line = strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(strings.ReplaceAll(line, `\|`, "\x00")), "|"), "|")
	cells := strings.Split(line, "|")
	for i, c := range cells {
		cells[i] = strings.TrimSpace(strings.ReplaceAll(c, "\x00", "|"))
	}
	return cells
}

// sentences takes a section without lists line by line.
func sentences(lines []string) []evidence.Criterion {
	var all []evidence.Criterion
	for _, line := range lines {
		if line = strings.TrimSpace(line); line != "" && line != "_No response_" && !underline.MatchString(line) && !strings.HasPrefix(line, "<") {
			all = append(all, evidence.Criterion{Text: evidence.Clip(line, maxCriterion), NoBox: true})
		}
	}
	return all
}

// visible returns the lines of Markdown that a reader sees as text: without
// fenced code and without comments, in which templates hide their instructions.
func visible(markdown string) []string {
	var out []string
	fence, hidden := "", false
	for line := range strings.Lines(strings.ReplaceAll(markdown, "\r\n", "\n")) {
		line = strings.TrimRight(line, " \t\n")
		mark := fenceOf(line)
		switch {
		case fence != "":
			if strings.HasPrefix(mark, fence) && strings.TrimSpace(line) == mark {
				fence = ""
			}
		case !hidden && mark != "":
			fence = mark
		default:
			line, hidden = uncomment(line, hidden)
			out = append(out, line)
		}
	}
	return out
}

// fenceOf returns the run of backticks or tildes that opens or closes a block.
func fenceOf(line string) string {
	trimmed := strings.TrimLeft(line, " ")
	for _, c := range []string{"`", "~"} {
		if run := len(trimmed) - len(strings.TrimLeft(trimmed, c)); run >= 3 {
			return trimmed[:run]
		}
	}
	return ""
}

// uncomment drops comments from a line, which may begin or end inside of one.
func uncomment(line string, hidden bool) (shown string, still bool) {
	for {
		mark := map[bool]string{false: "<!--", true: "-->"}[hidden]
		before, after, found := strings.Cut(line, mark)
		if !hidden {
			shown += before
		}
		if !found {
			return shown, hidden
		}
		line, hidden = after, !hidden
	}
}
