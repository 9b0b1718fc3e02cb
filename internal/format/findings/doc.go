// Package findings reads what linters and scanners report, and the inventories
// that they take: one file per format, each with a Detect function that looks at
// the first bytes and a Decode function that reads the stream.
//
// It hides how a tool names its levels: a severity, a score, the default of
// a rule and an override become one level and, where the tool is about security,
// one severity (scan). All findings are counted; those that are kept one by one
// are the worst and those on lines of the change. Damaged files count as far as
// they go, with an error that says the place.
package findings
