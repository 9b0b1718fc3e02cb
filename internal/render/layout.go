package render

import (
	"fmt"
	"slices"
	"strings"
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

// fit lays out a page within budget bytes: head, as many sections as fit, and
// the footer. Sections are cut whole, from the bottom. The first one holds the
// failures; if even it does not fit, it is cut at the end of a line.
func (v *view) fit(head []string, all []section, budget int) string {
	page, footer := strings.TrimRight(joined(head), "\n")+"\n\n", v.footer()+"\n"
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
	return "_Cut for length: " + strings.Join(names, " · ") + ". " + v.elsewhere() + "_\n\n"
}

// elsewhere says where everything can be read.
func (v *view) elsewhere() string {
	var places []string
	if url := address(v.Links.Run); url != "" {
		places = append(places, "the [job summary]("+url+")")
	}
	if url := address(v.Links.Artifact); url != "" {
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
// there are.
func table(limit int, head string, rows []string) []string {
	if len(rows) == 0 {
		return nil
	}
	lines := []string{"| " + head + " |", strings.Repeat("|---", strings.Count(head, " | ")+1) + "|"}
	for _, r := range rows[:min(limit, len(rows))] {
		lines = append(lines, "| "+r+" |")
	}
	return append(append(lines, ""), more(limit, len(rows))...)
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
		lines = append(lines, fmt.Sprintf("- … and %s more", count(len(items)-limit)))
	}
	return append(lines, "")
}

func more(limit, n int) []string {
	if n <= limit {
		return nil
	}
	return []string{fmt.Sprintf("… and %s more", count(n-limit)), ""}
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
