package evidence

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"sync"
)

// Normalise takes words out of the fragment that the schema does not have: files,
// artifacts and notes say what they like, and what they say becomes part of a
// bundle that others validate. A word outside of a closed vocabulary becomes absent
// or, where there must be one, the one that claims least; an entry that is nothing
// without its word is left out. It returns how many entries were left out.
func (f *Fragment) Normalise() int {
	n := normaliser{}
	n.value(reflect.ValueOf(f).Elem())
	return n.dropped
}

// least are the words that claim least, by type. An entry of a list whose word is
// of another type is left out when nobody knows the word.
var least = map[string]string{
	"Basis": string(Missing), "CommandOutcome": string(CommandUnknown), "ExitBasis": string(ExitUnknown), "CommandClass": string(ClassOther),
	"CostBasis": string(CostUnknown), "Confidence": string(CommitLevel), "Outcome": string(Errored), "Level": string(LevelWarning),
	"DefinitionState": string(DefinitionUnknown), "Status": string(Unknown), "Reason": string(Unreadable),
}

// vocabularies are the closed vocabularies of the schema, by the names of types.
var vocabularies = sync.OnceValue(func() map[string][]string {
	var schema struct {
		Defs map[string]struct{ Enum []string } `json:"$defs"`
	}
	if err := json.Unmarshal(Schema, &schema); err != nil {
		panic(err) // the schema is part of the program
	}
	words := map[string][]string{}
	for name, def := range schema.Defs {
		if len(def.Enum) > 0 {
			words[name] = def.Enum
		}
	}
	return words
})

// worded remembers which types hold words of closed vocabularies.
var worded sync.Map // reflect.Type → bool

func hasWords(t reflect.Type) bool {
	if known, ok := worded.Load(t); ok {
		return known.(bool)
	}
	has := false
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice:
		has = hasWords(t.Elem())
	case reflect.String:
		has = t.PkgPath() != "" && vocabularies()[t.Name()] != nil
	case reflect.Struct:
		for f := range t.Fields() {
			has = has || f.IsExported() && f.Tag.Get("json") != "-" && hasWords(f.Type)
		}
	}
	worded.Store(t, has)
	return has
}

type normaliser struct{ dropped int }

// value normalises what is below v, and reports whether v can stay.
func (n *normaliser) value(v reflect.Value) bool {
	if !hasWords(v.Type()) {
		return true
	}
	switch v.Kind() {
	case reflect.Pointer:
		return v.IsNil() || n.value(v.Elem())
	case reflect.Slice:
		kept := 0
		for i := range v.Len() {
			if !n.value(v.Index(i)) {
				n.dropped++
				continue
			}
			if kept < i {
				v.Index(kept).Set(v.Index(i))
			}
			kept++
		}
		v.SetLen(kept)
	case reflect.Struct:
		return n.structure(v)
	}
	return true
}

func (n *normaliser) structure(v reflect.Value) bool {
	stays := true
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if !f.IsExported() || f.Tag.Get("json") == "-" || !hasWords(f.Type) {
			continue
		}
		if f.Type.Kind() == reflect.String {
			stays = word(v.Field(i), strings.Contains(f.Tag.Get("json"), ",omitempty")) && stays
		} else {
			stays = n.value(v.Field(i)) && stays
		}
	}
	return stays
}

// word normalises one word, and reports whether what it stands in can stay.
func word(v reflect.Value, optional bool) bool {
	name := v.Type().Name()
	if slices.Contains(vocabularies()[name], v.String()) || optional && v.String() == "" {
		return true
	}
	substitute, ok := least[name]
	if optional && name != "Basis" {
		substitute, ok = "", true
	}
	v.SetString(substitute)
	return ok
}
