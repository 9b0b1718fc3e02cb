package assess

import (
	"github.com/mergebrief/mergebrief/internal/classify"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

var licenceChanged = Rule{
	ID: "licence-changed", Level: evidence.LevelWarning,
	Sees:   "Changes to licence, copying and notice files of the project, those of what it uses aside.",
	Why:    "They decide what others may do with the code.",
	Accept: "Accept the finding by its id once somebody who may decide it looked.",
	check: func(f *facts) []found {
		x := found{}
		var names []string
		for i, file := range f.Files {
			if classify.IsLicence(file.Path) && !classify.IsFixture(file.Path) && file.Added+file.Deleted > 0 {
				names = append(names, file.Path)
				x.name(i, file)
			}
		}
		if len(names) == 0 {
			return nil
		}
		x.says = say("licence-changed", asNames("files", names))
		return []found{x}
	},
}
