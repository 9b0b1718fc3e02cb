// Package results reads what test runners, linters, coverage tools and
// inventories leave behind: one file per format, each with a Detect function
// that looks at the first bytes and a Decode function that reads the stream.
//
// It hides the dialects. What a repeated record means, which cases are kept,
// how a level is resolved and how lines are merged is decided once for all
// formats (tally, scan and lineSet); a decoder only recognises records.
//
// The package promises that cases are counted, never the sums that a file
// states about itself; that a failure is never turned into a pass by the
// absence of something; that memory is bounded by the named limits and not by
// the input; and that no input makes it panic. Decoders return what they read
// together with an error that carries an [evidence.Reason] and the place, so
// that a damaged file still counts as far as it goes. Nothing here is stamped
// with an origin: the caller knows the file.
package results
