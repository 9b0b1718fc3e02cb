package depends

import (
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// installScripts run when a package is installed (docs.npmjs.com/cli/using-npm/scripts).
var installScripts = []string{"preinstall", "install", "postinstall"}

func packageJSON(data []byte, to list) {
	var p struct {
		Dependencies, DevDependencies, PeerDependencies, OptionalDependencies, Overrides, Resolutions map[string]json.RawMessage
		Scripts                                                                                       map[string]string
	}
	if json.Unmarshal(data, &p) != nil {
		return
	}
	for _, group := range []map[string]json.RawMessage{p.Dependencies, p.DevDependencies, p.PeerDependencies, p.OptionalDependencies, p.Overrides, p.Resolutions} {
		for name, raw := range group {
			var version string
			if json.Unmarshal(raw, &version) == nil && len(to[name]) == 0 {
				to.add(name, version, npmSource(version)...)
			}
		}
	}
	for _, name := range installScripts {
		if line := p.Scripts[name]; line != "" {
			to.add("script "+name, clip(line), evidence.SignInstallScript)
		}
	}
}

// clip bounds a line of a script.
func clip(s string) string { return evidence.ClipMiddle(strings.Join(strings.Fields(s), " "), 80) }

// npmSource tells whether a version is fetched from elsewhere than the registry.
func npmSource(version string) []evidence.DependencySign {
	for _, prefix := range []string{"git", "http:", "https:", "bitbucket:", "ssh:"} {
		if strings.HasPrefix(version, prefix) {
			return []evidence.DependencySign{evidence.SignOtherSource}
		}
	}
	if owner, _, slash := strings.Cut(version, "/"); slash && owner != "" && !strings.ContainsAny(owner, ":.@") { // owner/repo of GitHub
		return []evidence.DependencySign{evidence.SignOtherSource}
	}
	return nil
}

// locked is a package in package-lock.json.
type locked struct {
	Version, Resolved string
	HasInstallScript  bool
	Link              bool
	// Packages in it as npm 6 wrote them; later versions have ranges here.
	Dependencies json.RawMessage
}

func (l locked) add(name string, to list) {
	if l.Link || l.Version == "" && l.Resolved == "" {
		return
	}
	signs := []evidence.DependencySign{evidence.SignIndirect}
	if l.HasInstallScript {
		signs = append(signs, evidence.SignInstallScript)
	}
	if elsewhere(l.Resolved, "registry.npmjs.org", "registry.yarnpkg.com") {
		signs = append(signs, evidence.SignOtherSource)
	}
	to.add(name, l.Version, signs...)
}

// elsewhere reports whether an address is of another host than the usual ones.
func elsewhere(address string, usual ...string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return false
	}
	return !slices.Contains(usual, u.Host)
}

func packageLock(data []byte, to list) {
	var p struct {
		Packages     map[string]locked
		Dependencies json.RawMessage
	}
	if json.Unmarshal(data, &p) != nil {
		return
	}
	for place, l := range p.Packages {
		if i := strings.LastIndex(place, "node_modules/"); i >= 0 {
			l.add(place[i+len("node_modules/"):], to)
		}
	}
	if len(p.Packages) == 0 { // as npm 6 wrote it
		nested(p.Dependencies, to, 0)
	}
}

// maxNested is how deep packages lie in each other; npm 6 had some ten levels.
const maxNested = 40

func nested(raw json.RawMessage, to list, depth int) {
	var all map[string]locked
	if depth == maxNested || json.Unmarshal(raw, &all) != nil {
		return
	}
	for name, l := range all {
		l.add(name, to)
		nested(l.Dependencies, to, depth+1)
	}
}

var (
	yarnHead    = regexp.MustCompile(`^"?((?:@[^@/"]+/)?[^@"]+)@`)
	yarnVersion = regexp.MustCompile(`^  "?version"?:? "?([^"]+)"?$`)
	yarnFrom    = regexp.MustCompile(`^  "?resolved"?:? "([^"#]+)`)
	pnpmHead    = regexp.MustCompile(`^  '?/?((?:@[^/@']+/)?[^@/'\s]+)[@/](\d[^:('"]*)`)
)

func yarnLock(data []byte, to list) {
	name := ""
	for line := range strings.SplitSeq(string(data), "\n") {
		line = strings.TrimRight(line, "\r")
		if m := yarnHead.FindStringSubmatch(line); m != nil && !strings.HasPrefix(line, " ") {
			name = m[1]
			continue
		}
		if m := yarnVersion.FindStringSubmatch(line); m != nil && name != "" && m[1] != "0.0.0-use.local" {
			to.add(name, m[1], evidence.SignIndirect)
		}
		if m := yarnFrom.FindStringSubmatch(line); m != nil && elsewhere(m[1], "registry.npmjs.org", "registry.yarnpkg.com") && len(to[name]) > 0 {
			last := &to[name][len(to[name])-1]
			last.signs = append(last.signs, evidence.SignOtherSource)
		}
	}
}

func pnpmLock(data []byte, to list) {
	in := false
	for line := range strings.SplitSeq(string(data), "\n") {
		if line != "" && line[0] != ' ' && line[0] != '\r' {
			in = strings.HasPrefix(line, "packages:")
		}
		if m := pnpmHead.FindStringSubmatch(line); in && m != nil {
			to.add(m[1], strings.TrimRight(m[2], "'"), evidence.SignIndirect)
		}
	}
}

func composerJSON(data []byte, to list) {
	var p struct {
		Require    map[string]string
		RequireDev map[string]string `json:"require-dev"`
	}
	if json.Unmarshal(data, &p) != nil {
		return
	}
	for _, group := range []map[string]string{p.Require, p.RequireDev} {
		for name, version := range group {
			to.add(name, version)
		}
	}
}

func composerLock(data []byte, to list) {
	type locked struct{ Name, Version string }
	var p struct {
		Packages    []locked
		PackagesDev []locked `json:"packages-dev"`
	}
	if json.Unmarshal(data, &p) != nil {
		return
	}
	for _, l := range append(p.Packages, p.PackagesDev...) {
		to.add(l.Name, l.Version, evidence.SignIndirect)
	}
}
