// Package wording puts findings into words.
//
// It hides the one table of all sentences, and how sentences about one place
// become one. It promises that a name which others chose arrives whole, as a part
// of its own, whatever characters it holds; that the same texts become the same
// words; and that it says so when a text does not fit the table, as one of a later
// version may not.
package wording

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// Kind says who wrote a part of a sentence, and so how it may be shown.
type Kind int

const (
	// Prose is ours, from the table.
	Prose Kind = iota
	// Name is a name that others chose. It may hold any characters.
	Name
	// Foreign is prose that others wrote.
	Foreign
)

// Part is a piece of a sentence. The parts in their order are the sentence, spaces
// included.
type Part struct {
	Kind Kind
	Text string
}

// Finding returns what a finding says, without what is said beside it. A finding
// of another version, whose texts are not those of the table, says its message.
func Finding(f *evidence.Finding) []Part { return orMessage(f.Message, f.Times, f.Texts) }

// Remark returns what is said beside a finding, as [Finding] does.
func Remark(r *evidence.Remark) []Part { return orMessage(r.Message, 0, r.Texts) }

func orMessage(message string, times int, texts []evidence.Text) []Part {
	if parts, err := Parts(times, texts...); err == nil && len(texts) > 0 {
		return parts
	}
	return []Part{{Foreign, message}}
}

// Plain returns a sentence as plain text, with names in quotes.
func Plain(parts []Part) string {
	var b strings.Builder
	for _, p := range parts {
		if p.Kind == Name {
			b.WriteString("“" + p.Text + "”")
			continue
		}
		b.WriteString(p.Text)
	}
	return b.String()
}

// Parts puts texts about one place into one sentence, and says in it how many
// times it was found when that is more than once. The parts are the best that can
// be made when a text does not fit the table, which is the error.
func Parts(times int, texts ...evidence.Text) ([]Part, error) {
	w := writer{}
	for i, group := range byOpening(texts) {
		if i > 0 {
			w.prose("; ")
		}
		w.prose(table[group[0].ID].opening)
		for _, t := range group {
			w.text(t, 0)
		}
	}
	if times > 1 {
		w.prose(" (" + strconv.Itoa(times) + " times)")
	}
	return w.parts, w.err
}

// byOpening puts texts that begin alike together, in the place of the first one.
func byOpening(texts []evidence.Text) [][]evidence.Text {
	var groups [][]evidence.Text
	at := map[string]int{}
	for _, t := range texts {
		opening := table[t.ID].opening
		i, seen := at[opening]
		if opening == "" || !seen {
			at[opening] = len(groups)
			groups = append(groups, []evidence.Text{t})
			continue
		}
		groups[i] = append(groups[i], t)
	}
	return groups
}

// writer collects the parts of a sentence.
type writer struct {
	parts []Part
	// The first text that does not fit the table.
	err error
}

// maxDepth is how deep texts lie in each other in the table, and one more.
const maxDepth = 4

func (w *writer) fail(t evidence.Text, what string) {
	if w.err == nil {
		w.err = fmt.Errorf("text %s: %s", t.ID, what)
	}
}

// prose adds a piece of ours. Pieces that follow one another are one part.
func (w *writer) prose(s string) {
	if n := len(w.parts); n > 0 && w.parts[n-1].Kind == Prose {
		w.parts[n-1].Text += s
	} else if s != "" {
		w.parts = append(w.parts, Part{Prose, s})
	}
}

func (w *writer) add(k Kind, s string) { w.parts = append(w.parts, Part{k, s}) }

// text adds a text without the opening that it shares with others.
func (w *writer) text(t evidence.Text, depth int) {
	entry, known := table[t.ID]
	if !known || depth == maxDepth {
		w.fail(t, "it is not known")
		return
	}
	used := 0
	w.pieces(t, entry.pieces, &used, depth)
	if used != len(t.Arguments) {
		w.fail(t, "it has arguments that its template does not use")
	}
}

func (w *writer) pieces(t evidence.Text, all []piece, used *int, depth int) {
	for _, p := range all {
		switch {
		case p.optional != nil && absent(t, p.optional):
			*used += places(p.optional)
		case p.optional != nil:
			w.pieces(t, p.optional, used, depth)
		case p.place == "" && p.name:
			w.add(Name, p.literal)
		case p.place == "":
			w.prose(p.literal)
		default:
			*used++
			w.argument(t, p, depth)
		}
	}
}

func (w *writer) argument(t evidence.Text, p piece, depth int) {
	a, given := argument(t, p.place)
	if !given || p.noun != "" && a.Kind != evidence.ArgumentCount {
		w.fail(t, "the argument "+p.place+" is missing, or of another kind")
		return
	}
	switch a.Kind {
	case evidence.ArgumentCount:
		w.prose(counted(a.Count, p.noun))
	case evidence.ArgumentName:
		w.add(Name, a.Text)
	case evidence.ArgumentNames:
		for i, name := range a.Names {
			if i > 0 {
				w.prose(", ")
			}
			w.add(Name, name)
		}
		if a.More > 0 {
			w.prose(" and " + strconv.Itoa(a.More) + " more")
		}
	case evidence.ArgumentProse:
		w.add(Foreign, a.Text)
	case evidence.ArgumentWord:
		w.add(Foreign, strings.ReplaceAll(a.Text, "_", " "))
	case evidence.ArgumentTexts:
		for i, x := range a.Texts {
			if i > 0 {
				w.prose(", ")
			}
			w.text(x, depth+1)
		}
	default:
		w.fail(t, "the argument "+p.place+" is of a kind that is not known")
	}
}

func counted(n int, noun string) string {
	if noun == "" {
		return strconv.Itoa(n)
	}
	return evidence.Plural(n, noun)
}

func argument(t evidence.Text, place string) (evidence.Argument, bool) {
	for _, a := range t.Arguments {
		if a.Name == place {
			return a, true
		}
	}
	return evidence.Argument{}, false
}

// absent reports whether an argument of optional pieces is given and empty.
func absent(t evidence.Text, all []piece) bool {
	for _, p := range all {
		a, given := argument(t, p.place)
		if given && a.Count == 0 && a.Text == "" && len(a.Names) == 0 && len(a.Texts) == 0 {
			return true
		}
	}
	return false
}

func places(all []piece) (n int) {
	for _, p := range all {
		if p.place != "" {
			n++
		}
	}
	return n
}
