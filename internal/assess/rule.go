package assess

import "github.com/mergebrief/mergebrief/internal/evidence"

// Rule is one thing that is looked for in a record.
type Rule struct {
	// Stable name, part of the ids of its findings.
	ID string
	// Level of its findings, unless the policy or a finding says otherwise.
	Level evidence.Level
	// Its findings are about something that is not there.
	Gap bool
	// Its findings are failures, and are called so in the verdict.
	Failure bool
	// What it looks at, why that matters, and how a team accepts what it finds.
	// Sentences for the documentation.
	Sees, Why, Accept string

	check func(*facts) []found
}

// Rules returns all rules in the order of their weight: of two findings with
// the same level, that of the earlier rule is shown first. Failures come before
// contradictions, those before what makes tests say less, then what an agent
// was not supposed to do, then lines that nobody looked at, then what is old,
// then what is missing.
func Rules() []Rule {
	return []Rule{
		policyBroken, testsFailed, checkFailed, suiteBroken, scanUnfinished, validationFailed, validationMasked,
		passContradicted, failureContradicted, localCIDisagreement, checkVanished, answerIncomplete, requiredCheckNotPassed, requiredValidationMissing, validationNotObserved, requiredCommandNotRun,
		repairedByEditingTests, testsDeleted, testsWeakened, testsSkipped, nothingAsserted, testsFlaky, checkFlaky, checkShared, hooksBypassed, ciSkipped, protectionRemoved, checksChanged, checksSilenced,
		secretsSeen, boundaryBypassed, boundaryExceeded, networkOutside, callsRefused,
		aiLinesUntested, scanResults, areaTouched, aiLinesHighRisk, validationStale, validationNarrower, validationNeverRun,
		evidenceContradictory, statementNotSupported, claimsConflict, evidenceUnreadable,
		agentRulesChanged, agentRulesOutdated, contextUnavailable, contextCompacted, agentRulesNotRead,
		changesRequested, approvalStale, approvalByRequesterAlone, approvalsTooFew, mergedWithoutApproval, mergeResidual, threadsUnresolved,
		ticketNotApproved, criteriaUnchecked, ticketChanged, ticketForAnotherRepository,
		outOfScope, dependenciesChanged, licenceChanged, workflowWithoutEffect, generatedWithoutSource, changeLarge, costOverBudget,
		requiredItemMissing, commitsWithoutRecord, linesUnattested, editedAfterRun, agentRunMissing, ticketMissing, reviewMissing, costUnknown,
	}
}

// failure reports whether findings of the rule are failures.
func failure(id string) bool {
	for _, r := range Rules() {
		if r.ID == id {
			return r.Failure
		}
	}
	return false
}
