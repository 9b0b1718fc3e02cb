package depends

import (
	"regexp"
	"slices"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// requirement is one of PEP 508: a name, extras, versions or an address.
var requirement = regexp.MustCompile(`^([A-Za-z0-9][\w.-]*)\s*(\[[^\]]*\])?\s*(@\s*\S+|[^;#]*)`)

func (l list) require(text string, signs ...evidence.DependencySign) {
	m := requirement.FindStringSubmatch(strings.TrimSpace(text))
	if m == nil {
		return
	}
	version := strings.TrimSpace(strings.Trim(strings.TrimSpace(m[3]), "()"))
	version, _, _ = strings.Cut(version, " \\")
	version, _, _ = strings.Cut(version, " --hash")
	if strings.HasPrefix(version, "@") {
		version, signs = strings.TrimSpace(version[1:]), append(signs, evidence.SignOtherSource)
	}
	l.add(pythonName(m[1]), strings.ReplaceAll(version, " ", ""), signs...)
}

// pythonName is a name as PEP 503 makes equal ones equal.
func pythonName(name string) string {
	return strings.ToLower(strings.NewReplacer("_", "-", ".", "-").Replace(name))
}

func requirements(data []byte, to list) {
	for line := range strings.SplitSeq(string(data), "\n") {
		line = strings.TrimSpace(line)
		for _, option := range []string{"--index-url", "--extra-index-url", "-i ", "--find-links"} {
			if rest, ok := strings.CutPrefix(line, option); ok {
				to.add("registry "+strings.Trim(rest, " ="), "", evidence.SignOtherSource)
			}
		}
		for _, prefix := range []string{"-e ", "git+"} {
			if rest, ok := strings.CutPrefix(line, prefix); ok && strings.Contains(line, "git+") {
				to.add(strings.TrimPrefix(rest, "git+"), "", evidence.SignOtherSource)
			}
		}
		if line != "" && !strings.ContainsAny(line[:1], "#-.") && !strings.HasPrefix(line, "git+") {
			to.require(line)
		}
	}
}

func pyproject(data []byte, to list) {
	tomlEntries(data, func(table, key, value string) {
		switch {
		case table == "project" && key == "dependencies", table == "build-system" && key == "requires",
			table == "project.optional-dependencies", table == "dependency-groups", table == "tool.uv" && strings.HasSuffix(key, "dependencies"):
			for _, text := range quoted(value) {
				to.require(text)
			}
		case table == "tool.poetry.dependencies", table == "tool.poetry.dev-dependencies",
			strings.HasPrefix(table, "tool.poetry.group.") && strings.HasSuffix(table, ".dependencies"):
			if key != "python" {
				to.tomlDependency(pythonName(key), value)
			}
		case table == "tool.uv.sources":
			if address := field(value, "git") + field(value, "url"); address != "" {
				to.add("source of "+pythonName(key), address, evidence.SignOtherSource)
			}
		case (table == "tool.uv.index" || table == "tool.poetry.source") && key == "url":
			to.add("registry "+strings.Trim(value, `"'`), "", evidence.SignOtherSource)
		}
	})
}

func pipfile(data []byte, to list) {
	tomlEntries(data, func(table, key, value string) {
		switch {
		case key == "":
		case table == "packages" || table == "dev-packages":
			to.tomlDependency(pythonName(key), value)
		case table == "source" && key == "url" && !strings.Contains(value, "://pypi.org/"):
			to.add("registry "+strings.Trim(value, `"'`), "", evidence.SignOtherSource)
		}
	})
}

// tomlDependency reads "1.2", or a table with version, git, path and features.
func (l list) tomlDependency(name, value string) {
	if !strings.HasPrefix(value, "{") {
		l.add(name, strings.Trim(value, `"'`))
		return
	}
	version := field(value, "version")
	var signs []evidence.DependencySign
	if address := field(value, "git") + field(value, "url"); address != "" {
		version, signs = strings.TrimSpace(version+" "+address), append(signs, evidence.SignOtherSource)
		for _, at := range []string{"rev", "tag", "branch"} {
			if v := field(value, at); v != "" {
				version += "@" + v
			}
		}
	}
	if features := quoted(field(value, "features")); len(features) > 0 {
		slices.Sort(features)
		version += " features " + strings.Join(features, "+")
	}
	if field(value, "default-features") == "false" {
		version += " without default features"
	}
	l.add(name, strings.TrimSpace(version), signs...)
}

// packageTables reads the [[package]] tables of uv, Poetry and Cargo.
func packageTables(data []byte, to list) {
	name, version, source := "", "", ""
	flush := func() {
		if name != "" && version != "" {
			signs := []evidence.DependencySign{evidence.SignIndirect}
			if strings.Contains(source, "git") && !strings.Contains(source, "github.com/rust-lang/crates.io-index") {
				signs = append(signs, evidence.SignOtherSource)
			}
			to.add(name, version, signs...)
		}
		name, version, source = "", "", ""
	}
	tomlEntries(data, func(table, key, value string) {
		if table != "package" {
			return
		}
		switch key {
		case "":
			flush()
		case "name":
			name = strings.Trim(value, `"'`)
		case "version":
			version = strings.Trim(value, `"'`)
		case "source":
			source = value
		}
	})
	flush()
}
