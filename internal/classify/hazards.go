package classify

import (
	"bytes"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// hazards is what is known of a file while its lines are read.
type hazards struct {
	kinds []hazard // those that the file is looked at for
	added int      // lines so far
	found []hazardLine
	gone  map[evidence.LineHash]int // lines with one that were taken out
}

// hazardLine is an added line with a hazard, by its number among the added ones.
type hazardLine struct {
	kind evidence.HazardKind
	nth  int
	hash evidence.LineHash
}

// maxHazards bounds the lines that are told of one file.
const maxHazards = 50

// hazard is a way to switch a protection off, as it is written in files of some
// sort. A pattern without a sort stands in any code or settings.
type hazard struct {
	kind    evidence.HazardKind
	sort    fileSort
	pattern *regexp.Regexp
	// A faster look for one of the words that the pattern needs, in lower case.
	words []string
}

// fileSort is what a file is to whoever runs it.
type fileSort int

const (
	anySort fileSort = iota
	// commandSort holds commands: scripts, make files, workflows, images.
	commandSort
)

var allHazards = []hazard{
	{evidence.HazardSudo, commandSort, regexp.MustCompile(`(?:^|[\s;&|("'` + "`" + `])sudo\s+[-\w./]`), []string{"sudo"}},
	{evidence.HazardPipedScript, commandSort, regexp.MustCompile(`(?i)\b(?:curl|wget)\b[^|#]*\|\s*(?:sudo\s+(?:-\S+\s+)*)?(?:env\s+)?(?:ba|z|da|k)?sh\b|\b(?:ba|z)?sh\s+(?:-c\s+["']?\$|<)\(\s*(?:curl|wget)|\biwr\b[^|]*\|\s*iex\b|\bdownloadstring\(`), []string{"curl", "wget", "iwr", "downloadstring"}},
	{
		evidence.HazardTLSOff, anySort, regexp.MustCompile(`InsecureSkipVerify:\s*true|\bverify\s*=\s*False\b|rejectUnauthorized["']?:\s*false|NODE_TLS_REJECT_UNAUTHORIZED["']?\]?\s*[:=]\s*["']?0|\bcurl\b[^|]*\s(?:-k|--insecure)\b|--no-check-certificate|http\.sslVerify[ =]+["']?false|CURLOPT_SSL_VERIFYPEER\s*(?:=>|,)\s*(?:false|0)|_create_unverified_context|danger_accept_invalid_certs\(true|\bCERT_NONE\b|NoopHostnameVerifier|VERIFY_NONE|strict-ssl\s*[= ]\s*false|GIT_SSL_NO_VERIFY\s*[:=]\s*["']?(?:1|true)`),
		[]string{"insecure", "verify", "rejectunauthorized", "tls_reject", "-k", "no-check-certificate", "cert_none", "invalid_certs", "noophostname", "unverified", "strict-ssl"},
	},
	{
		evidence.HazardSandboxOff, anySort, regexp.MustCompile(`--no-sandbox\b|--dangerously-skip-permissions|--dangerously-bypass-approvals|(?:seccomp|apparmor)\s*[=:]\s*["']?unconfined|unprivileged_userns\s*=\s*0|\bsetenforce\s+0\b|--disable-web-security|allowPrivilegeEscalation:\s*true`),
		[]string{"no-sandbox", "dangerously", "unconfined", "userns", "setenforce", "disable-web-security", "privilegeescalation"},
	},
	{evidence.HazardPrivileged, commandSort, regexp.MustCompile(`(?:^|\s)--privileged\b|\bprivileged:\s*true|--cap-add|\bcap_add:|--pid[= ]host|\bhostPID:\s*true|\bhostNetwork:\s*true|network_mode:\s*["']?host|--network[= ]host`), []string{"privileged", "cap-add", "cap_add", "host"}},
	{evidence.HazardSocket, commandSort, regexp.MustCompile(`/(?:docker|containerd|podman)\.sock\s*:|(?:source|path):\s*\S*/(?:docker|containerd)\.sock|src=\S*docker\.sock`), []string{".sock"}},
	{evidence.HazardHooksOff, commandSort, regexp.MustCompile(`\bgit\b.*\s--no-verify\b|\bHUSKY\s*[=:]\s*["']?0|core\.hooksPath[ =]+/dev/null`), []string{"no-verify", "husky", "hookspath"}},
}

// ofHazards returns what a file is looked at for: nothing in documentation, in
// tests and their data, and in what tools write.
func ofHazards(name string) []hazard {
	if IsDoc(name) || IsTestPath(name) || IsFixture(name) || IsGenerated(name) || IsLock(name) {
		return nil
	}
	command := holdsCommands(name)
	if !command && !IsCode(name) {
		return nil
	}
	var kinds []hazard
	for _, h := range allHazards {
		if h.sort == anySort || command {
			kinds = append(kinds, h)
		}
	}
	return kinds
}

// holdsCommands reports whether a file holds commands, or says how they run.
func holdsCommands(name string) bool {
	base := strings.ToLower(path.Base(name))
	switch path.Ext(base) {
	case ".sh", ".bash", ".zsh", ".ps1", ".bat", ".cmd", ".yml", ".yaml", ".mk", ".dockerfile":
		return true
	}
	switch base {
	case "makefile", "justfile", "dockerfile", "containerfile", "package.json", "jenkinsfile", "vagrantfile", "rakefile", "devcontainer.json", "mise.toml":
		return true
	}
	return strings.HasPrefix(base, "dockerfile.")
}

// count looks at a line that the change adds or removes.
func (h *hazards) count(line []byte, added bool) {
	if added {
		h.added++
	}
	if len(line) > maxTestLine || len(h.found) >= maxHazards || comment(bytes.TrimSpace(line)) {
		return
	}
	lower := strings.ToLower(string(line))
	for _, k := range h.kinds {
		if !slices.ContainsFunc(k.words, func(w string) bool { return strings.Contains(lower, w) }) || !k.pattern.Match(line) {
			continue
		}
		hash, _ := evidence.HashLine(bytes.TrimSpace(line))
		if added {
			h.found = append(h.found, hazardLine{k.kind, h.added, hash})
		} else {
			if h.gone == nil {
				h.gone = map[evidence.LineHash]int{}
			}
			h.gone[hash]++
		}
	}
}

// settle returns the hazards that are new in the file, by the lines at head.
func (h *hazards) settle(spans []evidence.LineRange) (all []evidence.Hazard) {
	for _, x := range h.found {
		if h.gone[x.hash] > 0 {
			h.gone[x.hash]--
			continue
		}
		if line := nth(spans, x.nth); line > 0 {
			all = append(all, evidence.Hazard{Kind: x.kind, Line: line})
		}
	}
	return all
}

// nth is the line of the nth added line, counted from one; 0 when there is none.
func nth(spans []evidence.LineRange, n int) int {
	for _, s := range spans {
		count := s.Last - s.First + 1
		if n <= count {
			return s.First + n - 1
		}
		n -= count
	}
	return 0
}
