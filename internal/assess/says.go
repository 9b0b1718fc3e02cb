package assess

import (
	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/wording"
)

// say is one text that a rule says, by its id in the table of package wording.
func say(id string, arguments ...evidence.Argument) []evidence.Text {
	return []evidence.Text{part(id, arguments...)}
}

// part is a part of a text that has an entry of its own in the table.
func part(id string, arguments ...evidence.Argument) evidence.Text {
	return evidence.Text{ID: id, Arguments: arguments}
}

func asCount(place string, n int) evidence.Argument {
	return evidence.Argument{Name: place, Kind: evidence.ArgumentCount, Count: n}
}

func asName(place, name string) evidence.Argument {
	return evidence.Argument{Name: place, Kind: evidence.ArgumentName, Text: name}
}

// maxNames is how many of several names a finding tells.
const maxNames = 3

func asNames(place string, all []string) evidence.Argument {
	return asNamesOf(place, all, len(all))
}

// asNamesOf tells some of a number of names, of which not all are known.
func asNamesOf(place string, known []string, number int) evidence.Argument {
	told := min(len(known), maxNames)
	return evidence.Argument{Name: place, Kind: evidence.ArgumentNames, Names: known[:told:told], More: max(number, len(known)) - told}
}

func asProse(place, text string) evidence.Argument {
	return evidence.Argument{Name: place, Kind: evidence.ArgumentProse, Text: text}
}

func asWord[S ~string](place string, word S) evidence.Argument {
	return evidence.Argument{Name: place, Kind: evidence.ArgumentWord, Text: string(word)}
}

func asParts(place string, all ...evidence.Text) evidence.Argument {
	return evidence.Argument{Name: place, Kind: evidence.ArgumentTexts, Texts: all}
}

// putIntoWords makes the messages of a finding from its texts.
func putIntoWords(x *evidence.Finding) {
	x.Message = plain(x.Times, x.Texts...)
	for i := range x.Beside {
		x.Beside[i].Message = plain(0, x.Beside[i].Texts...)
	}
}

// plain puts texts into words. A test holds every text of this package to the
// table, so that what does not fit is said as far as it can be.
func plain(times int, texts ...evidence.Text) string {
	parts, _ := wording.Parts(times, texts...)
	return wording.Plain(parts)
}
