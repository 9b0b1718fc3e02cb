package assess

import (
	"strings"

	"github.com/mergebrief/mergebrief/internal/classify"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

var workflowWithoutEffect = Rule{
	ID: "workflow-without-effect", Level: evidence.LevelNote,
	Sees:   "New workflow files in a place where GitHub does not look for them: below .github/workflows in a folder of their own, or in a .github folder that is not at the top.",
	Why:    "GitHub runs workflows of the top folder alone. A check that never runs looks like one that never fails.",
	Accept: "Move the file to .github/workflows, or accept the finding by its id where it is a template.",
	check: func(f *facts) []found {
		x := found{}
		var names []string
		for i, file := range f.Files {
			at := strings.Index("/"+file.Path, "/.github/workflows/")
			if file.Status != evidence.FileAdded || at < 0 || !strings.HasSuffix(file.Path, ".yml") && !strings.HasSuffix(file.Path, ".yaml") || classify.IsFixture(file.Path) {
				continue
			}
			if at > 0 || strings.Contains(strings.TrimPrefix(file.Path, ".github/workflows/"), "/") {
				names = append(names, file.Path)
				x.name(i, file)
			}
		}
		if len(names) == 0 {
			return nil
		}
		x.says = say("workflow-without-effect", asNames("files", names))
		return []found{x}
	},
}
