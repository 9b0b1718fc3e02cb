package gather

import (
	"regexp"
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
	heading       = regexp.MustCompile(`^ {0,3}(#{1,6})\s+(.*?)\s*#*\s*$`)
	bold          = regexp.MustCompile(`^\s*(?:\*\*|__)(.+?)(?:\*\*|__)\s*:?\s*$`)
	taskItem      = regexp.MustCompile(`^\s*(?:[-*+]|[0-9]{1,9}[.)])\s+\[([ xX])\]\s+(\S.*)$`)
	listItem      = regexp.MustCompile(`^\s*(?:[-*+]|[0-9]{1,9}[.)])\s+(\S.*)$`)
	criteriaTitle = regexp.MustCompile(`(?i)^(?:\W*\s)?acceptance criteri(?:a|on)\b`)
)

// criteria reads the acceptance criteria of a ticket: the items below a heading
// "Acceptance criteria", with or without boxes, or else every item with a box.
func criteria(body string) []evidence.Criterion {
	lines := visible(body)
	if section, ok := criteriaSection(lines); ok {
		if items := tasks(section, true); len(items) > 0 {
			return items
		}
		return sentences(section)
	}
	return tasks(lines, false)
}

// criteriaSection returns the lines below the heading, up to the next heading of
// its rank. A line in bold is a heading of the lowest rank.
func criteriaSection(lines []string) ([]string, bool) {
	rank, from := 0, 0
	for i, line := range lines {
		level, title := headingOf(line)
		switch {
		case level == 0:
		case rank == 0 && criteriaTitle.MatchString(title):
			rank, from = level, i+1
		case rank != 0 && level <= rank:
			return lines[from:i], true
		}
	}
	if rank == 0 {
		return nil, false
	}
	return lines[from:], true
}

func headingOf(line string) (level int, title string) {
	const lowest = 7
	if m := heading.FindStringSubmatch(line); m != nil {
		return len(m[1]), m[2]
	}
	if m := bold.FindStringSubmatch(line); m != nil {
		return lowest, m[1]
	}
	if title, ok := strings.CutSuffix(strings.TrimSpace(line), ":"); ok && criteriaTitle.MatchString(title) {
		return lowest, title
	}
	return 0, ""
}

// tasks lists the items of lists; without plain, only those with a box.
func tasks(lines []string, plain bool) []evidence.Criterion {
	var all []evidence.Criterion
	for _, line := range lines {
		if m := taskItem.FindStringSubmatch(line); m != nil {
			all = append(all, evidence.Criterion{Text: evidence.Clip(m[2], maxCriterion), Checked: m[1] != " "})
		} else if m := listItem.FindStringSubmatch(line); m != nil && plain {
			all = append(all, evidence.Criterion{Text: evidence.Clip(m[1], maxCriterion), NoBox: true})
		}
	}
	return all[:min(len(all), maxCriteria)]
}

// sentences takes a section without lists line by line.
func sentences(lines []string) []evidence.Criterion {
	var all []evidence.Criterion
	for _, line := range lines {
		if line = strings.TrimSpace(line); line != "" && line != "_No response_" {
			all = append(all, evidence.Criterion{Text: evidence.Clip(line, maxCriterion), NoBox: true})
		}
	}
	return all[:min(len(all), maxCriteria)]
}

// visible returns the lines of Markdown that a reader sees as text: without
// fenced code and without comments, in which templates hide their instructions.
func visible(markdown string) []string {
	var out []string
	fence, hidden := "", false
	for line := range strings.Lines(strings.ReplaceAll(markdown, "\r\n", "\n")) {
		line = strings.TrimRight(line, "\n")
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
