package lex

// words are the names that the JSON formats use, so that reading one does not
// allocate.
var words = wordSet(
	"runs", "results", "tool", "driver", "extensions", "rules", "id", "name", "version", "semanticVersion",
	"ruleId", "ruleIndex", "rule", "index", "toolComponent", "level", "kind", "message", "text", "markdown",
	"locations", "physicalLocation", "artifactLocation", "uri", "uriBaseId", "region", "startLine", "endLine",
	"startColumn", "endColumn", "snippet", "contextRegion", "partialFingerprints", "fingerprints",
	"primaryLocationLineHash", "suppressions", "status", "state", "baselineState", "properties",
	"security-severity", "defaultConfiguration", "invocations", "executionSuccessful", "arguments",
	"toolExecutionNotifications", "toolConfigurationNotifications", "codeFlows", "relatedLocations",
	"charOffset", "charLength", "guid", "correlationGuid", "tags", "fixes", "shortDescription",
	"fullDescription", "helpUri", "help", "hostedViewerUri", "taxa", "rank", "stacks", "graphs", "enabled",
	"error", "warning", "note", "none", "fail", "pass", "open", "review", "notApplicable", "informational",
	"new", "unchanged", "updated", "absent", "accepted", "underReview", "rejected",
	"severity", "line", "column", "endLine", "filePath", "messages", "fatal", "suppressedMessages",
	"tests", "suite", "title", "fullTitle", "duration", "err", "flaky", "retries", "trace", "filepath",
	"passed", "failed", "skipped", "pending", "other", "type", "time", "result", "hidden", "testID", "test",
	"examples", "description", "full_description", "file_path", "line_number", "exception", "pending_message",
	"run_time", "packages", "components", "vulnerabilities", "bomFormat", "spdxVersion", "relationships",
)

func wordSet(all ...string) map[string]string {
	set := make(map[string]string, len(all))
	for _, word := range all {
		set[word] = word
	}
	return set
}
