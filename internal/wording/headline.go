package wording

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// Headline says in a few words of ours what a finding is about: by its first text,
// else by its rule. It holds no name that others chose. It is "" for the rule of
// another version.
func Headline(f *evidence.Finding) string {
	if len(f.Texts) > 0 {
		t := f.Texts[0]
		if h, ok := headlines[t.ID]; ok {
			return capital(filled(h, t))
		}
	}
	h, ok := headlines[f.Rule]
	if !ok {
		return ""
	}
	return capital(filled(h, evidence.Text{ID: f.Rule}))
}

// Ask says what to do about what a rule found, as a sentence; "" when there is no
// more to it than to look.
func Ask(rule string) string { return asks[rule] }

// Settle says what the author of a change does about a finding, as a sentence; ""
// when it is not the author's to settle.
func Settle(f *evidence.Finding) string {
	if len(f.Texts) > 0 {
		if s, ok := settles[f.Texts[0].ID]; ok {
			return s
		}
	}
	return settles[f.Rule]
}

// filled puts the arguments of a text into a template that needs some of them.
func filled(h template, t evidence.Text) string {
	w := writer{}
	used := 0
	w.pieces(t, h.pieces, &used, 0)
	return h.opening + Plain(w.parts)
}

func capital(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	return strings.TrimSpace(string(unicode.ToUpper(r)) + s[size:])
}

// Labelled divides a sentence into a label and the rest, where its first words of
// ours end with a colon, a comma or a bracket: what a reader sees first.
func Labelled(parts []Part) (label string, rest []Part) {
	const most = 70
	if len(parts) > 1 && parts[0].Kind == Foreign && parts[1].Kind == Prose && strings.HasPrefix(parts[1].Text, ":") && len(parts[0].Text) <= most {
		return capital(parts[0].Text), parts[1:] // a kind that a policy may name
	}
	if len(parts) == 0 || parts[0].Kind != Prose {
		return "", parts
	}
	text := parts[0].Text
	end := len(text)
	for _, mark := range []string{":", ",", " (", ";", " in ", " hides"} {
		if i := strings.Index(text, mark); i > 0 {
			end = min(end, i)
		}
	}
	for end > 0 && text[end-1] == ' ' {
		end--
	}
	last := text[strings.LastIndexByte(text[:end], ' ')+1 : end]
	if end == 0 || end > most || end == len(strings.TrimRight(text, " ")) && len(parts) > 1 && slices.Contains([]string{"by", "of", "but", "in", "from", "to", "that", "says", "used"}, last) {
		return "", parts // the words end in the middle of what they say
	}
	rest = append([]Part{{Prose, text[end:]}}, parts[1:]...)
	return capital(text[:end]), rest
}

// headlines say in a few words what is worst, by the id of a text or of a rule.
// They hold arguments of the text of the same id, none that others chose.
var headlines = parseAll(map[string]string{
	"ci-skipped":    "A commit asks for no checks",
	"policy-broken": "The policy cannot be used",

	"tests-failed":                   "{failed|test} failed",
	"check-failed":                   "A CI check failed",
	"suite-broken":                   "A test run broke off",
	"scan-unfinished":                "A scanner did not finish",
	"validation-failed":              "{kind} failed in the agent's final state",
	"validation-failed.passed-in-ci": "{kind} failed in the agent's final state",

	"pass-contradicted":           "Result files and CI disagree",
	"failure-contradicted":        "Result files and CI disagree",
	"local-ci-disagreement":       "The agent's run and CI disagree",
	"check-vanished":              "A check that failed before has no result now",
	"answer-incomplete":           "GitHub did not answer in full",
	"required-check-not-passed":   "A required check has not passed",
	"required-validation-missing": "A required validation is missing",
	"validation-not-observed":     "No check is known to have passed",
	"required-command-not-run":    "A required command was not run",

	"repaired-by-editing-tests":         "Older tests were edited to pass",
	"tests-deleted":                     "{files|test file} removed",
	"tests-deleted.fewer":               "{lost} removed",
	"tests-weakened":                    "Tests check less",
	"tests-weakened.assertions":         "{lines|assertion} removed",
	"tests-skipped":                     "{tests|test} skipped",
	"nothing-asserted":                  "No test ran in a suite",
	"tests-flaky":                       "{tests|test} passed only when tried again",
	"check-flaky":                       "A check failed and passed on one commit",
	"check-shared":                      "The checks are shared with another pull request",
	"hooks-bypassed":                    "The agent skipped hooks",
	"checks-changed":                    "The checks change",
	"checks-changed.trigger-added":      "A workflow runs on a new event",
	"checks-changed.permission-widened": "A workflow gets more permissions",
	"checks-changed.secrets-inherited":  "A job hands on all secrets",
	"checks-changed.workflow-removed":   "A workflow is removed",
	"checks-changed.trigger-removed":    "A workflow runs on fewer events",
	"checks-changed.job-removed":        "A CI job is removed",
	"checks-changed.step-removed":       "A CI step is removed",
	"checks-changed.failure-ignored":    "A CI step may fail unnoticed",
	"checks-changed.job-conditional":    "CI jobs run under a new condition",
	"checks-changed.step-conditional":   "CI steps run under a new condition",
	"checks-changed.looser":             "A check asks for less",
	"checks-silenced":                   "More comments silence checks",
	"protection-removed":                "A protection is taken away",
	"protection-removed.sudo":           "A script runs with sudo",
	"protection-removed.piped-script":   "A download runs in a shell",
	"protection-removed.tls-off":        "Certificates are not verified",
	"protection-removed.sandbox-off":    "A sandbox is switched off",
	"protection-removed.privileged":     "A container gets the rights of its host",
	"protection-removed.mounted-socket": "A container gets the Docker socket",

	"secrets-seen":      "Secrets in the evidence",
	"boundary-bypassed": "The agent ran without approvals or sandbox",
	"boundary-exceeded": "The agent went beyond what it was allowed",
	"network-outside":   "The agent used other hosts than allowed",
	"calls-refused":     "Calls of the agent were refused",

	"ai-lines-untested":        "Agent-written lines that no test runs",
	"ai-lines-untested.named":  "Lines that no test runs",
	"scan-results":             "A scanner found something",
	"ai-lines-high-risk":       "Agent-written {area} code",
	"ai-lines-high-risk.named": "Changed {area} code",
	"area-touched":             "Changed {area} code",
	"area-touched.new":         "New {area} code",
	"area-touched.migration":   "A database migration",
	"validation-stale":         "Edited after the agent's last validation",
	"validation-narrower":      "A narrower run replaced a failing one",
	"validation-masked":        "{kind}: result unknown",
	"validation-never-run":     "The agent validated nothing",
	"evidence-contradictory":   "A result file contradicts itself",
	"statement-not-supported":  "A statement that the record does not bear out",
	"claims-conflict":          "Records disagree about who wrote lines",
	"evidence-unreadable":      "Evidence was not read",

	"agent-rules-changed":  "Instructions for agents change",
	"agent-rules-outdated": "Instructions for agents changed on the base",
	"context-unavailable":  "Context was not available to the agent",
	"context-compacted":    "The agent's context was compacted",
	"agent-rules-not-read": "The agent did not read all instructions",

	"changes-requested":             "A reviewer asks for changes",
	"approval-stale":                "The approval is of an earlier commit",
	"approval-by-requester-alone":   "Nobody else approved the agent's lines",
	"approvals-too-few":             "Approvals are missing",
	"merged-without-approval":       "Merged without an approval",
	"merge-residual":                "The merge differs from what was reviewed",
	"threads-unresolved":            "Review threads are open",
	"ticket-not-approved":           "The ticket is not approved",
	"criteria-unchecked":            "Acceptance criteria are open",
	"ticket-changed":                "The ticket changed after the work began",
	"ticket-for-another-repository": "The ticket is for another repository",

	"out-of-scope":                  "Files outside of the allowed paths",
	"dependencies-changed":          "Dependencies change",
	"dependencies-changed.source":   "A dependency from another source",
	"dependencies-changed.script":   "A dependency runs an install script",
	"dependencies-changed.new":      "New dependencies",
	"dependencies-changed.lower":    "A lower version of a dependency",
	"dependencies-changed.preview":  "A dependency that is not released",
	"dependencies-changed.major":    "A new major version of a dependency",
	"dependencies-changed.unpinned": "A version is no longer pinned",
	"licence-changed":               "The licence changes",
	"workflow-without-effect":       "A workflow that GitHub does not run",
	"generated-without-source":      "Generated files without their source",
	"change-large":                  "A large change",
	"cost-over-budget":              "The agent cost more than the budget",

	"required-item-missing":  "Something required is missing",
	"commits-without-record": "Commits without a record",
	"lines-unattested":       "Lines of unknown author",
	"edited-after-run":       "Edited after the agent's run",
	"agent-run-missing":      "No agent run is recorded",
	"ticket-missing":         "No ticket",
	"review-missing":         "No review yet",
	"cost-unknown":           "The cost is not known",
})

// asks say what to do about what a rule found, as one sentence. Rules without one
// are about something that needs to be looked at and no more.
var asks = map[string]string{
	"tests-failed":              "Fix it, or say why it may fail.",
	"check-failed":              "Look at the log.",
	"validation-failed":         "Run it in CI.",
	"validation-masked":         "Run it again without what hides the status.",
	"validation-stale":          "Run the validation again.",
	"validation-never-run":      "Run the tests.",
	"validation-narrower":       "Run what failed in full.",
	"repaired-by-editing-tests": "Ask whether the test or the code was wrong.",
	"tests-deleted":             "Ask where they went.",
	"tests-weakened":            "Ask why.",
	"tests-skipped":             "Ask why.",
	"secrets-seen":              "Replace the secret where it is valid.",
	"approval-stale":            "Approve this commit.",
	"agent-rules-changed":       "Read them as code.",
	"required-command-not-run":  "Run it.",
	"commits-without-record":    "Record the runs.",
	"criteria-unchecked":        "Check them.",
	"hooks-bypassed":            "Run them.",
}

// settles say what an author does about a finding, by the id of a text or of a rule.
var settles = map[string]string{
	"ci-skipped":                    "Push a commit without the mark.",
	"tests-failed":                  "Fix it until it passes.",
	"check-failed":                  "Read the log of the check and fix it.",
	"suite-broken":                  "Run it to its end.",
	"scan-unfinished":               "Run it to its end.",
	"validation-failed":             "Run it until it passes.",
	"validation-masked":             "Run it without what hides its exit status.",
	"validation-stale":              "Run it again.",
	"validation-narrower":           "Run in full what failed.",
	"validation-never-run":          "Run the tests of the project.",
	"required-command-not-run":      "Run it.",
	"local-ci-disagreement":         "Find out why the two differ.",
	"hooks-bypassed":                "Commit again with hooks.",
	"repaired-by-editing-tests":     "Say in the description why the tests had to change.",
	"tests-deleted":                 "Restore them, or say in the description where they went.",
	"tests-weakened":                "Restore them, or say in the description why.",
	"tests-skipped":                 "Let them run, or say in the description why not.",
	"nothing-asserted":              "Find out why no test ran.",
	"checks-changed":                "Take it back, or say in the description why.",
	"protection-removed":            "Do without it, or say in the description why it is needed.",
	"secrets-seen":                  "Replace the secret where it is valid.",
	"ai-lines-untested":             "Add a test.",
	"scan-results":                  "Fix it.",
	"dependencies-changed":          "Say in the description why it is needed.",
	"dependencies-changed.left":     "Update the lock file.",
	"dependencies-changed.unpinned": "Pin it.",
	"licence-changed":               "Say in the description why.",
	"generated-without-source":      "Generate it again from its source.",
	"out-of-scope":                  "Take it out of this change.",
	"agent-rules-changed":           "Say in the description why.",
	"statement-not-supported":       "Correct the sentence, or run what shows it.",
	"evidence-contradictory":        "Make the report again.",
	"commits-without-record":        "Run mergebrief record.",
	"criteria-unchecked":            "Meet and tick them.",
	"changes-requested":             "Answer the review.",
	"approval-stale":                "Ask for an approval of this commit.",
	"ticket-missing":                "Name the ticket in the description or in a commit.",
	"required-check-not-passed":     "Let it pass.",
}
