package assess

import (
	"maps"
	"slices"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

var secretsSeen = Rule{
	ID: "secrets-seen", Level: evidence.LevelWarning,
	Sees:   "Secrets that were found in the evidence and replaced, by kind. Neither a value nor a digest of one is kept.",
	Why:    "What a transcript or a log holds, others may have read. The secret should be replaced where it is valid.",
	Accept: "Replace the secret, then accept the finding by its id; or accept a kind that is known to be made up.",
	check: func(f *facts) []found {
		counts := map[string]int{}
		x := found{}
		for i, s := range f.Secrets {
			counts[s.Kind] += s.Count
			x.facts, x.bases = append(x.facts, evidence.RefTo(evidence.ListSecrets, i)), append(x.bases, s.Origin.Basis)
		}
		if len(counts) == 0 {
			return nil
		}
		var kinds []evidence.Text
		for _, kind := range slices.Sorted(maps.Keys(counts)) {
			kinds = append(kinds, part("secret", asWord("kind", kind), asCount("count", counts[kind])))
			x.about += kind + "\x00"
		}
		x.says = say("secrets-seen", asParts("kinds", kinds...))
		return []found{x}
	},
}
