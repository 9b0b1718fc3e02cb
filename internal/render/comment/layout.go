package comment

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/render/text"
)

// section is a folded part of a page.
type section struct {
	// What the reader sees while it is folded; never text that others wrote,
	// since Markdown is not read inside of HTML.
	title string
	lines []string
}

const (
	sectionEnd = "\n</details>\n"
	// announcementRoom is kept free for saying what was cut.
	announcementRoom = 1500
)

func (s section) open() string {
	return "<details><summary>" + s.title + "</summary>\n\n"
}

func (s section) String() string {
	return s.open() + strings.TrimRight(joined(s.lines), "\n") + "\n" + sectionEnd
}

// fit lays out a page within budget bytes, which are at least ten thousand:
// head, as many sections as fit, and the footer. Sections are cut whole, from the bottom. The first one holds the
// failures; if even it does not fit, it is cut at the end of a line.
func (v *view) fit(head []string, all []section, budget int) string {
	page, footer := opening(head, budget*2/3), v.footer()+"\n"
	room := budget - len(page) - len(footer) - announcementRoom
	var b strings.Builder
	b.WriteString(page)
	for i, s := range all {
		block := s.String() + "\n"
		if len(block) <= room {
			b.WriteString(block)
			room -= len(block)
			continue
		}
		cutOff := all[i:]
		if i == 0 {
			b.WriteString(s.upTo(room))
			cutOff = slices.Concat([]section{{title: "the rest of " + s.title}}, all[1:])
		}
		b.WriteString(v.announce(cutOff))
		break
	}
	b.WriteString(footer)
	return b.String()
}

// opening returns the lines before the sections, as many as fit in room bytes:
// with names of the longest kind they could fill a page.
func opening(head []string, room int) string {
	n := 0
	for n < len(head) && len(head[n])+1 <= room {
		room -= len(head[n]) + 1
		n++
	}
	if n < len(head) {
		head = append(slices.Clone(head[:n]), "", "… and more")
	}
	if page := strings.Trim(joined(head), "\n"); page != "" {
		return page + "\n\n"
	}
	return ""
}

// upTo returns the section with as many of its lines as fit in room bytes.
func (s section) upTo(room int) string {
	room -= len(s.open()) + len(sectionEnd) + 1
	n := 0
	for n < len(s.lines) && len(s.lines[n])+1 <= room {
		room -= len(s.lines[n]) + 1
		n++
	}
	if n == 0 {
		return ""
	}
	return section{s.title, s.lines[:n]}.String() + "\n"
}

// announce says what was cut and where it can be read.
func (v *view) announce(all []section) string {
	names := make([]string, 0, len(all))
	for _, s := range all {
		name, _, _ := strings.Cut(s.title, " (")
		names = append(names, name)
	}
	return "_Cut for length: " + strings.Join(names, " · ") + ". " + v.whereElse() + "_\n\n"
}

// whereElse says where everything can be read.
func (v *view) whereElse() string {
	var places []string
	if url := text.Address(v.Links.Run); url != "" {
		places = append(places, "the [job summary]("+url+")")
	}
	if url := text.Address(v.Links.Artifact); url != "" {
		places = append(places, "the [bundle]("+url+")")
	}
	if len(places) == 0 {
		return "The bundle has it all."
	}
	return "All of it: " + strings.Join(places, ", ") + "."
}

// joined returns the lines, each with its end.
func joined(lines []string) string {
	if len(lines) == 0 {
		return ""
	}
	return strings.Join(lines, "\n") + "\n"
}

// table lays out rows below head, at most limit of them, and says how many more
// there are. A column whose title ends in "#" has numbers, which stand to the
// right.
func table(limit int, head string, rows []string) []string {
	if len(rows) == 0 {
		return nil
	}
	var rule strings.Builder
	rule.WriteByte('|')
	for title := range strings.SplitSeq(head, " | ") {
		rule.WriteString(map[bool]string{true: "---:|", false: "---|"}[strings.HasSuffix(title, "#")])
	}
	lines := []string{"| " + strings.ReplaceAll(head, "#", "") + " |", rule.String()}
	for _, r := range rows[:min(limit, len(rows))] {
		lines = append(lines, "| "+r+" |")
	}
	return append(append(lines, ""), more(limit, len(rows))...)
}

// items is a list of which only the first ones are written out: of the rest
// only the number matters.
type items struct {
	limit, total int
	shown        []string
}

func (it *items) add(write func() string) {
	if it.total++; it.total <= it.limit {
		it.shown = append(it.shown, write())
	}
}

// list lays out what is shown, and says how many more there are.
func (it *items) list() []string {
	if it.total == 0 {
		return nil
	}
	lines := list(len(it.shown), it.shown)
	if n := it.total - len(it.shown); n > 0 {
		lines = append(lines[:len(lines)-1], fmt.Sprintf("- … and %s more", evidence.Count(n)), "")
	}
	return lines
}

// list lays out items, at most limit of them, and says how many more there are.
func list(limit int, items []string) []string {
	if len(items) == 0 {
		return nil
	}
	var lines []string
	for _, it := range items[:min(limit, len(items))] {
		lines = append(lines, "- "+it)
	}
	if len(items) > limit {
		lines = append(lines, fmt.Sprintf("- … and %s more", evidence.Count(len(items)-limit)))
	}
	return append(lines, "")
}

func more(limit, n int) []string {
	if n <= limit {
		return nil
	}
	return []string{fmt.Sprintf("… and %s more", evidence.Count(n-limit)), ""}
}

// cells joins the cells of a row.
func cells(c ...string) string { return strings.Join(c, " | ") }

// titled puts a heading over lines, if there are any.
func titled(title string, lines []string) []string {
	if len(lines) == 0 {
		return nil
	}
	return append([]string{"**" + title + "**", ""}, lines...)
}
