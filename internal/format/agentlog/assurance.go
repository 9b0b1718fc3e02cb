package agentlog

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strconv"
	"strings"

	"github.com/mergebrief/mergebrief/internal/commandline"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

const (
	// maxAssurances bounds the sentences kept of one message.
	maxAssurances = 50
	// maxFinalBytes bounds the part of a last message that is searched.
	maxFinalBytes = 64 << 10
	// maxSentence bounds a sentence; longer ones are tables or code.
	maxSentence = 600
)

// claimKind recognises one kind of assurance. The patterns want the assurance
// itself: "should pass", "make sure tests pass" and questions are none.
type claimKind struct {
	kind    evidence.AssuranceKind
	pattern *regexp.Regexp
}

var claimKinds = []claimKind{
	{evidence.StatesTestsPass, regexp.MustCompile(`(?i)\b(?:all |the |unit |integration |e2e |existing |new )*tests?(?: suite)?s? (?:are |is |now |all |still |have |has )*(?:pass(?:es|ed|ing)?|green|succeed(?:s|ed)?)\b|\b(?:all|\d+) (?:\d+ )?(?:\w+ )?(?:tests? )?(?:pass(?:ed|ing)?)\b|\b\d+(?:/\d+)? tests? pass`)},
	{evidence.StatesLintPass, regexp.MustCompile(`(?i)\b(?:lint(?:er|ing)?|vet|golangci-lint|eslint|ruff)\b[^.]{0,30}\b(?:pass(?:es|ed)?|clean|no (?:issues|errors|warnings)|0 issues)\b|\bno lint(?:er|ing)? (?:errors|issues|warnings)\b`)},
	{evidence.StatesBuildPass, regexp.MustCompile(`(?i)\b(?:build|compil\w+|type-?check\w*)\b[^.]{0,30}\b(?:pass(?:es|ed)?|succeed(?:s|ed)?|successful(?:ly)?|clean(?:ly)?|without errors)\b`)},
	{evidence.StatesTestsAdded, regexp.MustCompile(`(?i)\b(?:added|wrote|created|adding|new)\b[^.]{0,40}\btests?\b`)},
	{evidence.StatesNoAPIChange, regexp.MustCompile(`(?i)\b(?:no|without(?: any)?)\b[^.]{0,25}\b(?:breaking|api|behaviou?ral|public)\b[^.]{0,20}\bchanges?\b`)},
	{evidence.StatesFilesChanged, regexp.MustCompile("(?i)\\b(?:changed|modified|updated|edited|created|added|removed|deleted)\\b[^.]{0,60}(?:`[^`]+`|\\b\\d+ files?\\b)")},
}

// hedged sentences do not state anything.
var hedged = regexp.MustCompile(`(?i)\b(?:should|will|would|could|might|may|make sure|ensure|verify that|if|unless|want|need to|try|once|after|please|don't|do not|didn't|not yet|haven't|cannot|can't)\b|\?\s*$`)

var (
	sentenceEnd = regexp.MustCompile(`[.!]\s+|\n+`)
	quotedPath  = regexp.MustCompile("`([\\w./@-]*[\\w-]+\\.[A-Za-z]\\w{0,9})(?::\\d+)?`")
	fileCount   = regexp.MustCompile(`(?i)\b(\d{1,7}) (?:new |other |more )?files?\b`)
	// testCount is a number of tests: "all 1,204 unit tests", "12/12 tests", "12 of
	// 14 tests", "340 passed".
	testCount = regexp.MustCompile(`(?i)\b(all )?(?:of )?(?:the )?(\d{1,3}(?:,\d{3})+|\d{1,7})(?:(?:/| of )(\d{1,7}))? (?:(?:new|more|additional|existing|unit|integration|e2e|end-to-end|regression|backend|frontend) ){0,2}(?:tests?|specs?|test cases|passed|passing)\b`)
	// ofTests follows "test" where it is not tests that are counted.
	ofTests = regexp.MustCompile(`(?i)^[ -](?:files?|suites?|packages?|classes|class|modules?|runs?|commands?)\b`)
)

// assurances returns the checkable assurances of a message.
func assurances(message string) []evidence.Assurance {
	if len(message) > maxFinalBytes {
		message = message[len(message)-maxFinalBytes:]
	}
	var out []evidence.Assurance
	for _, sentence := range sentenceEnd.Split(message, -1) {
		sentence = strings.TrimSpace(sentence)
		if sentence == "" || len(sentence) > maxSentence || hedged.MatchString(sentence) {
			continue
		}
		for _, k := range claimKinds {
			if k.pattern.MatchString(sentence) && len(out) < maxAssurances {
				out = append(out, assurance(k.kind, sentence))
			}
		}
	}
	return out
}

// Assurances returns the checkable assurances of a text that a person or an
// agent wrote about a change, such as the body of a pull request.
func Assurances(message string) []evidence.Assurance { return assurances(message) }

func assurance(kind evidence.AssuranceKind, sentence string) evidence.Assurance {
	sum := sha256.Sum256([]byte(sentence))
	s := evidence.Assurance{Kind: kind, Digest: "sha256:" + hex.EncodeToString(sum[:])}
	switch kind {
	case evidence.StatesTestsPass, evidence.StatesTestsAdded:
		s.Count, s.All = countedTests(sentence)
	case evidence.StatesFilesChanged:
		if m := fileCount.FindStringSubmatch(sentence); m != nil {
			s.Count, _ = strconv.Atoi(m[1])
		}
	}
	if kind != evidence.StatesFilesChanged && kind != evidence.StatesTestsAdded {
		return s
	}
	for _, m := range quotedPath.FindAllStringSubmatch(sentence, maxAssurances) {
		s.Paths = appendNew(s.Paths, commandline.CleanPath(m[1]))
	}
	return s
}

// countedTests returns the number of tests that a sentence names, 0 when it names
// none or several, and whether it says that these are all.
func countedTests(sentence string) (n int, all bool) {
	for _, at := range testCount.FindAllStringSubmatchIndex(sentence, -1) {
		if ofTests.MatchString(sentence[at[1]:]) {
			continue
		}
		if n > 0 {
			return 0, false
		}
		number := sentence[at[4]:at[5]]
		n, _ = strconv.Atoi(strings.ReplaceAll(number, ",", ""))
		all = at[2] >= 0
		if at[6] >= 0 { // "12/12", or "12 of 14", which are not all
			all = sentence[at[6]:at[7]] == number
		}
	}
	return n, all
}
