package assess

import (
	"path"
	"slices"
	"strings"

	"github.com/mergebrief/mergebrief/internal/classify"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

var generatedWithoutSource = Rule{
	ID: "generated-without-source", Level: evidence.LevelWarning,
	Sees:   "Generated files, by their names, that the change edits or adds without anything that they could be made of: no .proto beside code of protobuf, no manifest beside vendored code, no source beside minified code or snapshots, no other code beside the rest.",
	Why:    "They were made by another version of the tool, are about something else, or were edited by hand and will be overwritten.",
	Accept: "Generate them again from the base, or accept the finding by its id.",
	check: func(f *facts) []found {
		x := found{about: "generated"}
		var names []string
		for i, file := range f.Files {
			if file.Status != evidence.FileDeleted && classify.IsGenerated(file.Path) && !slices.ContainsFunc(f.Files, func(s evidence.File) bool { return sourceOf(file.Path, s.Path) }) {
				names = append(names, file.Path)
				x.name(i, file)
			}
		}
		if len(names) == 0 {
			return nil
		}
		x.says = say("generated-without-source", asNames("files", names))
		return []found{x}
	},
}

// sourceOf reports whether a generated file could be made of another file.
func sourceOf(generated, source string) bool {
	lower, ext := strings.ToLower(generated), strings.ToLower(path.Ext(source))
	base := strings.ToLower(path.Base(source))
	switch {
	case strings.HasPrefix(lower, "vendor/") || strings.Contains("/"+lower, "/node_modules/"):
		return classify.IsManifest(source) || classify.IsLock(source) || base == "modules.txt"
	case strings.Contains(lower, ".pb.") || strings.HasSuffix(lower, "_pb2.py"):
		return ext == ".proto" || strings.HasPrefix(base, "buf.")
	}
	// Anything that is not generated itself may be a source: templates, schemas,
	// queries, the generator.
	return !classify.IsGenerated(source) && !classify.IsLock(source) && !classify.IsDoc(source)
}
