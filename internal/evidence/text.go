package evidence

import "strconv"

// Text is a sentence, or a part of one, before it is put into words: the id of a
// template and what fills it, like the message of a SARIF result. Comparing and
// counting findings goes by it; no program has to read the words.
type Text struct {
	// Id of the template: that of the rule, or it and a variant, such as
	// "nothing-asserted.skipped". Parts of sentences have ids of their own.
	ID string `json:"id"`
	// What fills the template.
	Arguments []Argument `json:"arguments,omitempty"`
}

// Argument fills one place of a template.
type Argument struct {
	// The place in the template.
	Name string       `json:"name"`
	Kind ArgumentKind `json:"kind"`
	// The number; 0 when absent.
	Count int `json:"count,omitempty"`
	// The name, the prose or the word.
	Text string `json:"text,omitempty"`
	// The first few of several names.
	Names []string `json:"names,omitempty"`
	// Number of further names.
	More int `json:"more,omitempty"`
	// Parts of the sentence that have templates of their own.
	Texts []Text `json:"texts,omitempty"`
}

// ArgumentKind says what an argument is, and so how it is shown.
type ArgumentKind string

const (
	// ArgumentCount is a number.
	ArgumentCount ArgumentKind = "count"
	// ArgumentName is a name that others chose: of a test, a file, a check, a
	// command, an account. It may hold any characters and is shown as code.
	ArgumentName ArgumentKind = "name"
	// ArgumentNames are the first few of several names.
	ArgumentNames ArgumentKind = "names"
	// ArgumentProse is text of a tool or a person.
	ArgumentProse ArgumentKind = "prose"
	// ArgumentWord is a word of a vocabulary of the record.
	ArgumentWord ArgumentKind = "word"
	// ArgumentTexts are parts of the sentence that have templates of their own.
	ArgumentTexts ArgumentKind = "texts"
)

// Key returns a string that equal texts have in common, and no others.
func (t Text) Key() string { return string(t.appendKey(nil)) }

func (t Text) appendKey(b []byte) []byte {
	b = strconv.AppendQuote(append(b, '('), t.ID)
	for _, a := range t.Arguments {
		b = strconv.AppendQuote(append(b, ' '), a.Name)
		b = strconv.AppendQuote(b, string(a.Kind))
		b = strconv.AppendInt(b, int64(a.Count), 10)
		b = strconv.AppendQuote(b, a.Text)
		for _, n := range a.Names {
			b = strconv.AppendQuote(b, n)
		}
		b = strconv.AppendInt(b, int64(a.More), 10)
		for _, x := range a.Texts {
			b = x.appendKey(b)
		}
	}
	return append(b, ')')
}
