package wording

// Texts of findings by id: that of a rule, or it and a variant. In a template
//
//	{suite}            stands for an argument
//	{total|test}       for a count with its noun, in the number that fits
//	[: {names}]        for words that are left out when an argument in them is empty
//	`|| true`          for a name
//
// Two texts about one place that begin with the same opening say it once.
var openings = []string{"AI-written"}

var table = parseAll(texts)

var texts = map[string]string{
	"policy-broken": "the policy on the base branch cannot be used: {problem}",

	// What failed.
	"tests-failed":      "{failed} of {total|test} failed in {suite}[: {names}]",
	"check-failed":      "CI check {check}[ of {owner}] {ending}",
	"suite-broken":      "{how}[: {subject}] in {suite}",
	"scan-unfinished":   "{tool} did not run to its end, its results say nothing",
	"validation-failed": "the agent's last {command} run failed",

	// What contradicts something else, or was required and is not there.
	"pass-contradicted":                    "result files report {total|test} without a failure[, but {checks} failed]",
	"failure-contradicted":                 "{failed|test} failed in result files while no check of the head failed",
	"local-ci-disagreement":                "the agent's last {command} run ended well[, {checks} failed]",
	"check-vanished":                       "failed on an earlier head, without a result on this one: {checks}",
	"answer-incomplete":                    "GitHub did not answer in full, so that nothing shows that all is well: {lists}",
	"required-check-not-passed":            "required check {check}[ of {owner}] {ending}",
	"required-check-not-passed.reported":   "required check {check}[ of {owner}] is only reported to have passed",
	"required-check-not-passed.absent":     "required check {check} did not run on the head",
	"required-check-not-passed.of-another": "required check {check} did not run on the head: the one of that name is not of the app that the rule names",
	"required-validation-missing":          "required validation not shown by any check of the head: {class}",
	"validation-not-observed":              "no check that tests, builds or is required is known to have passed on the head",
	"validation-not-observed.reported":     "test results are reported, but no check of the head confirms them",
	"required-command-not-run":             "required command {command} is in no agent run",
	"required-command-not-run.unconfirmed": "required command {command} is reported to have run, nothing confirms it",

	// What makes tests and checks say less.
	"repaired-by-editing-tests": "tests were edited between the failing and the passing {command} run",
	"tests-deleted":             "{files|test file} deleted: {names}",
	"tests-deleted.fewer":       "{tests|test} fewer than before[ in {files}][: {names}]",
	"tests-deleted.cases":       "{tests|test} fewer than before[ in {files}], and more that make one test many cases",
	"tests-weakened.assertions": "{lines|fewer line} asserting in tests[: {files}]",
	"tests-weakened.skips":      "{lines|more line} skipping tests[: {files}]",
	"tests-skipped":             "{tests|test} on added lines skipped: {names}",
	"nothing-asserted":          "no test ran in {suite}",
	"nothing-asserted.skipped":  "all tests were skipped in {suite}",
	"tests-flaky":               "{tests|test} passed only when tried again[: {names}]",
	"check-flaky":               "failed and passed on the same commit: {checks}",
	"check-shared":              "the head is also that of {others}: their checks stand on one commit",
	"hooks-bypassed":            "{commands|command} of the agent ran with hooks switched off",
	"checks-changed":            "changes what judges the change",
	"checks-changed.files":      "changes what judges it: {files}",
	"checks-changed.looser":     "looser: {settings}",
	"checks-silenced":           "{comments|more comment} silencing a linter, type checker, scanner or coverage[: {files}]",

	// What an agent was not supposed to do.
	"secrets-seen":              "secrets were found in the evidence and replaced: {kinds}",
	"boundary-bypassed":         "an agent ran with approvals or the sandbox switched off[ ({approval})]",
	"boundary-bypassed.sandbox": "an agent left its sandbox for single calls ({tool})",
	"boundary-exceeded":         "the agent went beyond what it was allowed: {used}",
	"network-outside":           "the agent used {hosts}, beyond the allowed hosts",
	"network-outside.blocked":   "the agent was kept from reaching {hosts}",
	"calls-refused":             "{calls|call} of the agent refused",

	// Lines that nobody looked at.
	"ai-lines-untested":           "AI-written, not executed by any test",
	"scan-results":                "{tool}[ {rule}][ ({severity})][: {message}]",
	"scan-results.unplaced":       "{results|result} without a line in the repository, the gravest of {tool}:[ {rule}][ ({severity})][ {message}]",
	"scan-results.elsewhere":      "{results|result} of linters and scanners outside of the added lines",
	"ai-lines-high-risk":          "AI-written, in a high-risk area ({area})",
	"validation-stale":            "AI-written, edited after the agent's last {validation}",
	"validation-stale.count":      "{edits|edit} after the agent's last {validation}",
	"validation-narrower":         "the passing {command} run covered less than the one that failed before",
	"validation-masked":           "how the agent's last {command} run ended is not known: {mask} hides its exit status",
	"validation-masked.several":   "how the last run of {validations} of the agent's validations ended is not known: their exit status is hidden",
	"validation-never-run":        "an agent run edited code and is not recorded to have validated anything",
	"evidence-contradictory":      "{suite} states {stated|test} with {statedFailed} failed, and lists {listed} with {listedFailed} failed",
	"claims-conflict":             "claimed for different authors",
	"claims-conflict.unused":      "{claims|claim} about lines that the change does not add",
	"evidence-unreadable":         "{path} was not read[: {detail}]",
	"evidence-unreadable.partial": "{path} was read in part only[: {detail}]",

	// What was said: a statement, and what there is about it.
	"statement-not-supported.tests-pass":     "{speaker} that tests pass",
	"statement-not-supported.lint-pass":      "{speaker} that linters find nothing",
	"statement-not-supported.build-pass":     "{speaker} that it builds",
	"statement-not-supported.tests-added":    "{speaker} that tests were added",
	"statement-not-supported.no-api-change":  "{speaker} that the interface is unchanged",
	"statement-not-supported.files-changed":  "{speaker} changed files",
	"statement-not-supported.other":          "{speaker} {statement}",
	"statement-not-supported.cannot-show":    "nothing recorded can show it",
	"statement-not-supported.not-shown":      "nothing recorded shows it",
	"statement-not-supported.command-failed": "the last {command} run failed",
	"statement-not-supported.check-failed":   "check {check} {ending}",
	"statement-not-supported.suite-failed":   "{failed} of {total|test} in {suite} failed",
	"statement-not-supported.suite-broken":   "{suite} did not run as planned",
	"statement-not-supported.not-changed":    "{files} not among the files of the change",
	"statement-not-supported.too-many":       "it says {said}, the largest run on record has {largest}",
	"statement-not-supported.no-such-number": "no run on record has the number {said}",
	"statement-not-supported.no-test-file":   "no test file of the change gained lines",
	"statement-not-supported.fewer-declared": "it says {said}, the change declares {declared} more; one declaration can be many tests",

	// What agents read.
	"agent-rules-changed":       "the change edits instructions for agents: {files}",
	"agent-rules-outdated":      "instructions for agents have changed on the base since the change began: {files}",
	"agent-rules-outdated.read": "instructions that an agent read have changed on the base since: {files}",
	"context-unavailable":       "context that the agent asked for was not available: {context}",
	"context-compacted":         "the agent's context was compacted {compactions|time}",
	"agent-rules-not-read":      "not among the files that the run is recorded to have read: {files}",

	// Reviews and the merge.
	"changes-requested":           "{reviewer} asks for changes",
	"approval-stale":              "the approval by {reviewer} is of an earlier commit",
	"approval-stale.unknown":      "which commit {reviewer} approved is not known",
	"approval-by-requester-alone": "nobody approved lines that an agent wrote but {people}",
	"approvals-too-few":           "{approvals} of {wanted|approval} that the policy asks for",
	"approvals-too-few.said":      "{approvals} of {wanted|approval} that the policy asks for, and {left} if it is true what only a file of this change says about {people}",
	"merged-without-approval":     "merged by {login} without an approval by another person",
	"merge-residual":              "the merge holds something else than the head that was checked and reviewed, although the base had not moved on",
	"merge-residual.patch":        "what was merged is not the patch that was checked and reviewed[: {missing} of {added|added line} are not in it]",
	"merge-residual.unknown":      "the base had moved on before the merge: whether the merge holds more than the head is not known",
	"threads-unresolved":          "{threads|review thread} not resolved",

	// Tickets.
	"ticket-not-approved":              "{ticket} is not approved",
	"ticket-not-approved.not-planned":  "{ticket} was closed as not planned",
	"ticket-not-approved.unknown":      "nothing tells whether {ticket} was approved",
	"ticket-not-approved.by-requester": "{ticket} was approved by the person who asked for it",
	"criteria-unchecked":               "{open} of {total} acceptance criteria of {ticket} not checked",
	"criteria-unchecked.no-box":        "{open} of {total} acceptance criteria of {ticket} have no box: whether they are met is not known",
	"ticket-changed":                   "{ticket} was edited after the first agent run began: {edits}",
	"ticket-for-another-repository":    "{ticket} asks for a change of {repository}",

	// The size and reach of the change.
	"out-of-scope":               "{files|file} outside of the paths that the policy allows: {names}",
	"dependencies-changed":       "dependencies may change: {files}",
	"dependencies-changed.locks": "lock files change without their manifest: {files}",
	"generated-without-source":   "generated files change without a source of theirs: {files}",
	"change-large":               "a large change: {lines|line} in {files|file}",
	"cost-over-budget":           "the agent runs cost {cost} USD, the budget is {budget} USD",
	"cost-over-budget.tokens":    "the agent runs used {tokens} tokens, the budget is {budget}",

	// What is not recorded.
	"required-item-missing":          "required and missing: {item}",
	"required-item-missing.reported": "required and only reported: {item}",
	"commits-without-record":         "no record for {silent} of {commits|commit} ({ids})[: {lines|line} unattested]",
	"lines-unattested":               "{lines} of {added|added line} unattested: nothing recorded tells who wrote them",
	"edited-after-run":               "{edit} by a later commit, {author}",
	"edited-after-run.validated":     "a validation passed since",
	"edited-after-run.not-validated": "no validation is known to have passed since",
	"edited-after-run.unclaimed":     "committed after the last agent run ended, and claimed by none",
	"agent-run-missing":              "no agent run is recorded",
	"agent-run-missing.one":          "nothing joins the recorded agent run with the change",
	"agent-run-missing.several":      "nothing joins the {runs} recorded agent runs with the change",
	"ticket-missing":                 "no ticket was found for the change",
	"ticket-missing.reported":        "a ticket is reported, nothing on GitHub confirms it",
	"review-missing":                 "nobody has approved the change yet",
	"cost-unknown":                   "the cost of {unknown} of {runs|agent run} is not known",

	// Parts of the sentences above.
	"breakage.build-failed":       "build failed",
	"breakage.aborted":            "test run aborted",
	"breakage.planned-not-run":    "planned tests did not run",
	"breakage.failure-not-listed": "a failure that no test shows",
	"breakage.other":              "{kind}",
	"criterion.edited":            "criterion {criterion} {change}",
	"criterion.more":              "{more|more criterion}",
	"edit.replaced":               "agent-written lines replaced",
	"edit.deleted":                "agent-written lines deleted",
	"edit.inserted":               "lines inserted into agent-written ones",
	"edit.by-person":              "by a person on record",
	"edit.by-other-run":           "by another agent run",
	"edit.by-some-run":            "by some agent run",
	"edit.unattested":             "author unattested",
	"ending.failed":               "failed",
	"ending.not-finished":         "has not finished ({status})",
	"ending.no-conclusion":        "ended without a conclusion",
	"ending.other":                "ended as {conclusion}",
	"mask.pipe":                   "a pipe",
	"mask.or-true":                "`|| true`",
	"mask.sequence":               "a command after it",
	"mask.background":             "the background",
	"mask.other":                  "{mask}",
	"person":                      "{login} ({roles})",
	"pull-request":                "pull request {number}",
	"secret":                      "{kind} ({count})",
	"speaker.agent":               "an agent's last message says",
	"speaker.description":         "the description says",
	"speaker.both":                "an agent's last message and the description say",
	"namer.agent":                 "an agent's last message names",
	"namer.description":           "the description names",
	"namer.both":                  "an agent's last message and the description name",
	"ticket.text":                 "its text, and none of the criteria",
	"ticket.title":                "its title",
	"ticket.unknown":              "what changed is not known in full",
	"validation.command":          "{command} run",
	"validation.unnamed":          "validation",
}
