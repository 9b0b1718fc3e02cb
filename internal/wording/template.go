package wording

import "strings"

// template is a sentence of the table, taken apart.
type template struct {
	// What it shares with others at its beginning; empty when it shares nothing.
	opening string
	pieces  []piece
}

// piece is a part of a template: words of ours, a place for an argument, or
// pieces that are left out together when an argument in them is empty.
type piece struct {
	literal string
	// The literal is a name.
	name bool
	// Name of the argument, and the noun that a count has.
	place, noun string
	optional    []piece
}

func parseAll(texts map[string]string) map[string]template {
	all := make(map[string]template, len(texts))
	for id, text := range texts {
		t := template{}
		for _, o := range openings {
			if rest, ok := strings.CutPrefix(text, o); ok {
				t.opening, text = o, rest
			}
		}
		t.pieces = parse(text)
		all[id] = t
	}
	return all
}

// ends are the characters that begin a piece which is no literal, and those that
// end it.
var ends = map[byte]string{'{': "}", '[': "]", '`': "`"}

func parse(text string) []piece {
	var all []piece
	for text != "" {
		end := ends[text[0]]
		if end == "" {
			n := strings.IndexAny(text, "{[`")
			if n < 0 {
				n = len(text)
			}
			all, text = append(all, piece{literal: text[:n]}), text[n:]
			continue
		}
		inner, rest, closed := strings.Cut(text[1:], end)
		if !closed {
			panic("wording: a template does not close: " + text)
		}
		switch end {
		case "}":
			place, noun, _ := strings.Cut(inner, "|")
			all = append(all, piece{place: place, noun: noun})
		case "]":
			all = append(all, piece{optional: parse(inner)})
		default:
			all = append(all, piece{literal: inner, name: true})
		}
		text = rest
	}
	return all
}
