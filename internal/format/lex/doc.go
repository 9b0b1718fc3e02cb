// Package lex holds what the decoders of test results, findings and coverage share: readers
// of XML, JSON and lines that take what real tools write, detection by the first
// bytes, texts within limits, and the signature by which one failure is known
// again.
//
// It hides the dialects of the notations (encodings, raw control characters,
// broken UTF-8, numbers with commas) and promises that memory is bounded by the
// named limits and never by the input, that no input makes a reader panic, and
// that what ended the reading is an [evidence.Problem] with the place. What the
// records mean is left to the packages results, findings and coverage.
package lex
