package depends

import (
	"bytes"
	"encoding/xml"
	"regexp"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// cargoManifest reads the tables of dependencies
// (doc.rust-lang.org/cargo/reference/specifying-dependencies.html).
func cargoManifest(data []byte, to list) {
	tables := map[string]string{} // of dependencies with a table of their own
	tomlEntries(data, func(table, key, value string) {
		kind := table
		if i := strings.LastIndex(table, "dependencies"); i >= 0 {
			kind = table[:i+len("dependencies")]
		}
		switch {
		case key == "" || !strings.HasSuffix(kind, "dependencies"):
		case kind == table:
			if name, member, dotted := strings.Cut(key, "."); dotted { // name.workspace = true
				if member != "workspace" {
					tables[name] += member + " = " + value + ", "
				}
				return
			}
			if field(value, "workspace") != "true" || strings.Contains(value, "features") {
				to.tomlDependency(key, value)
			}
		default:
			tables[strings.Trim(strings.TrimPrefix(table, kind+"."), `"'`)] += key + " = " + value + ", "
		}
	})
	for name, members := range tables {
		to.tomlDependency(name, "{"+members+"}")
	}
}

var (
	gemLine     = regexp.MustCompile(`^\s*gem\s*\(?\s*['"]([^'"]+)['"]((?:\s*,\s*['"][^'"]+['"])*)`)
	gemElse     = regexp.MustCompile(`(?:git|github)(?::|\s*=>)\s*['"]([^'"]+)`)
	gemSpecLine = regexp.MustCompile(`\.add_(?:runtime_|development_)?dependency\s*\(?\s*['"]([^'"]+)['"]((?:\s*,\s*['"][^'"]+['"])*)`)
	gemLocked   = regexp.MustCompile(`^    ([\w.-]+) \(([^)]+)\)$`)
)

func gemfile(data []byte, to list) {
	for line := range strings.SplitSeq(string(data), "\n") {
		if m := gemLine.FindStringSubmatch(line); m != nil {
			version := strings.Join(quoted(m[2]), ", ")
			if from := gemElse.FindStringSubmatch(line); from != nil {
				to.add(m[1], strings.TrimSpace(version+" "+from[1]), evidence.SignOtherSource)
				continue
			}
			to.add(m[1], version)
		}
	}
}

func gemspec(data []byte, to list) {
	for _, m := range gemSpecLine.FindAllStringSubmatch(string(data), -1) {
		to.add(m[1], strings.Join(quoted(m[2]), ", "))
	}
}

func gemfileLock(data []byte, to list) {
	section := ""
	for line := range strings.SplitSeq(string(data), "\n") {
		line = strings.TrimRight(line, "\r")
		if line != "" && line[0] != ' ' {
			section = line
		}
		if m := gemLocked.FindStringSubmatch(line); m != nil {
			signs := []evidence.DependencySign{evidence.SignIndirect}
			if section == "GIT" {
				signs = append(signs, evidence.SignOtherSource)
			}
			if section != "PATH" {
				to.add(m[1], m[2], signs...)
			}
		}
	}
}

// element is an XML element with what stands in it.
type element struct {
	name string
	text strings.Builder
	// The texts of its children, and its attributes, by name.
	fields map[string]string
}

// elements yields every element of an XML text at its end, with its parent's name.
// What follows an error is left out.
func elements(data []byte, yield func(parent string, e *element)) {
	d := xml.NewDecoder(bytes.NewReader(data))
	d.Strict = false
	var stack []*element
	for {
		token, err := d.Token()
		if err != nil {
			return
		}
		switch t := token.(type) {
		case xml.StartElement:
			e := &element{name: t.Name.Local, fields: map[string]string{}}
			for _, a := range t.Attr {
				e.fields[a.Name.Local] = a.Value
			}
			stack = append(stack, e)
		case xml.CharData:
			if n := len(stack); n > 0 {
				stack[n-1].text.Write(t)
			}
		case xml.EndElement:
			n := len(stack)
			if n == 0 {
				return
			}
			e, parent := stack[n-1], ""
			if stack = stack[:n-1]; n > 1 {
				parent = stack[n-2].name
				stack[n-2].fields[e.name] = strings.TrimSpace(e.text.String())
			}
			yield(parent, e)
		}
	}
}

var property = regexp.MustCompile(`\$\{([^}]+)\}`)

// pom reads dependencies, plugins and the parent of a Maven project.
func pom(data []byte, to list) {
	properties := map[string]string{}
	type found struct{ name, version string }
	var all []found
	elements(data, func(parent string, e *element) {
		switch e.name {
		case "dependency", "plugin", "parent", "extension":
			if id := e.fields["artifactId"]; id != "" {
				all = append(all, found{strings.TrimPrefix(e.fields["groupId"]+":"+id, ":"), e.fields["version"]})
			}
		default:
			if parent == "properties" {
				properties[e.name] = strings.TrimSpace(e.text.String())
			}
		}
	})
	for _, x := range all {
		to.add(x.name, property.ReplaceAllStringFunc(x.version, func(ref string) string {
			if v := properties[ref[2:len(ref)-1]]; v != "" {
				return v
			}
			return ref
		}))
	}
}

func msbuild(data []byte, to list) {
	elements(data, func(_ string, e *element) {
		switch e.name {
		case "PackageReference", "PackageVersion", "GlobalPackageReference":
			name := e.fields["Include"]
			if name == "" {
				name = e.fields["Update"]
			}
			version := e.fields["Version"]
			if version == "" {
				version = e.fields["VersionOverride"]
			}
			to.add(name, version)
		}
	})
}

var (
	gradleLine   = regexp.MustCompile(`(?m)^\s*(\w*(?:[iI]mplementation|[aA]pi|[cC]ompileOnly|[rR]untimeOnly|[cC]lasspath|[aA]nnotationProcessor|kapt|ksp|[dD]evelopmentOnly|errorprone|checkstyle|[cC]ompile))\s*\(?\s*(?:platform\()?['"]([\w.-]+:[\w.-]+)(?::([^'"@]+))?(?:@\w+)?['"]`)
	gradlePlugin = regexp.MustCompile(`(?m)^\s*id\s*\(?['"]([^'"]+)['"]\)?\s+version\s*\(?['"]([^'"]+)['"]`)
)

func gradle(data []byte, to list) {
	for _, m := range gradleLine.FindAllStringSubmatch(string(data), -1) {
		if strings.HasPrefix(m[3], "$") { // a variable says nothing here
			m[3] = ""
		}
		to.add(m[2], m[3])
	}
	for _, m := range gradlePlugin.FindAllStringSubmatch(string(data), -1) {
		to.add(m[1], m[2])
	}
}

func versionCatalog(data []byte, to list) {
	tomlEntries(data, func(table, key, value string) {
		switch table {
		case "versions":
			to.add(key, strings.Trim(value, `"'`))
		case "libraries", "plugins":
			name := field(value, "module") + field(value, "id")
			if name == "" {
				name = key
			}
			to.add(name, field(value, "version"))
		}
	})
}

var (
	usesLine = regexp.MustCompile(`(?m)^\s*(?:-\s+)?uses:\s*['"]?([\w.-]+/[\w./-]+)@([^\s'"#]+)['"]?(?:[ \t]*#[ \t]*(\S+))?`)
	fromLine = regexp.MustCompile(`(?mi)^FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?`)
	hookRepo = regexp.MustCompile(`^\s*-\s*repo:\s*['"]?(\S+?)['"]?\s*$`)
	hookRev  = regexp.MustCompile(`^\s*rev:\s*['"]?([^'"\s]+)`)
	fullID   = regexp.MustCompile(`^[0-9a-f]{40}$`)
)

// actionUses reads the actions of a workflow, each with the version that the
// comment beside a commit id states.
func actionUses(data []byte, to list) {
	seen := map[string]bool{}
	for _, m := range usesLine.FindAllStringSubmatch(string(data), -1) {
		version := m[2]
		if fullID.MatchString(version) && m[3] != "" {
			version = m[3] + " " + version
		}
		if key := m[1] + "@" + version; !seen[key] {
			seen[key] = true
			to.add(m[1], version)
		}
	}
}

func dockerfile(data []byte, to list) {
	stages := map[string]bool{"scratch": true}
	for _, m := range fromLine.FindAllStringSubmatch(string(data), -1) {
		image := m[1]
		if !stages[strings.ToLower(image)] && !strings.Contains(image, "$") {
			name, digest, _ := strings.Cut(image, "@sha256:")
			tag := ""
			if i := strings.LastIndexByte(name, ':'); i > strings.LastIndexByte(name, '/') {
				name, tag = name[:i], name[i+1:]
			}
			if digest != "" {
				tag = strings.TrimSpace(tag + " @" + digest)
			}
			to.add("image "+name, tag)
		}
		if m[2] != "" {
			stages[strings.ToLower(m[2])] = true
		}
	}
}

func preCommit(data []byte, to list) {
	repo := ""
	for line := range strings.SplitSeq(string(data), "\n") {
		if m := hookRepo.FindStringSubmatch(line); m != nil {
			repo = m[1]
		}
		if m := hookRev.FindStringSubmatch(line); m != nil && repo != "" && repo != "local" {
			to.add(strings.TrimPrefix(repo, "https://"), m[1])
		}
	}
}

func mise(data []byte, to list) {
	tomlEntries(data, func(table, key, value string) {
		if table == "tools" && key != "" {
			if strings.HasPrefix(value, "{") {
				value = field(value, "version")
			}
			to.add(key, strings.Trim(value, `"'`), evidence.SignToolchain)
		}
	})
}

func toolVersions(data []byte, to list) {
	for line := range strings.SplitSeq(string(data), "\n") {
		if words := strings.Fields(uncomment(line)); len(words) == 2 {
			to.add(words[0], words[1], evidence.SignToolchain)
		}
	}
}
