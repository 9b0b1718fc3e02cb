// Package results reads what test runners leave behind: one file per format,
// each with a Detect function that looks at the first bytes and a Decode function
// that reads the stream.
//
// It hides the dialects. What a repeated name means, which cases are kept and
// how the verdict of the file itself counts is decided once for all formats
// (tally); a decoder only recognises cases.
//
// The package promises that cases are counted, never the sums that a file
// states about itself; that a failure is never turned into a pass by the
// absence of something, by a name or by a repetition; and that memory is bounded
// by the named limits and not by the input. Decoders return what they read
// together with an error that carries an [evidence.Reason] and the place, so
// that a damaged file still counts as far as it goes. Nothing here is stamped
// with an origin: the caller knows the file.
package results
