package depends

import (
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// goMod reads the requirements, replacements, tools and the language version of
// a module (go.dev/ref/mod).
func goMod(data []byte, to list) {
	block := ""
	for line := range strings.SplitSeq(string(data), "\n") {
		code, remark, _ := strings.Cut(line, "//")
		words := strings.Fields(code)
		switch {
		case len(words) == 0:
			continue
		case words[0] == ")":
			block = ""
			continue
		case len(words) == 2 && words[1] == "(":
			block = words[0]
			continue
		case block != "":
			words = append([]string{block}, words...)
		}
		switch {
		case words[0] == "require" && len(words) == 3:
			if strings.TrimSpace(remark) == "indirect" {
				to.add(words[1], words[2], evidence.SignIndirect)
				continue
			}
			to.add(words[1], words[2])
		case words[0] == "replace":
			old, fresh, ok := strings.Cut(strings.Join(words[1:], " "), " => ")
			if ok {
				name, _, _ := strings.Cut(old, " ")
				to.add(name+" (replaced)", fresh, evidence.SignOtherSource)
			}
		case words[0] == "go" && len(words) == 2:
			to.add("go", words[1], evidence.SignToolchain)
		}
	}
}
