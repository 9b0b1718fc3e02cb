// Package agentlog reads what coding agents leave behind: transcripts of their
// sessions, and the manifest that a run may write about itself.
//
// It hides the shapes of the files, which their makers change without notice,
// behind one normal form, [evidence.Session]. A decoder for a format only
// recognises events; what they mean is decided in one place for all formats, the
// session builder: which family a command line belongs to and what hides its
// exit status, whether it passed, which edits followed a failure, what was
// read, refused and consumed.
//
// What a file is, the first values in it decide by a vote ([DetectClaudeSession]
// and its like); names decide nothing. The same session often lies in several
// files, and [Join] makes one of them. Notes and traces say who wrote which lines
// and become claims, beside an account of what they hold and what in them cannot
// be used.
//
// The package promises that a command whose own status is hidden is never
// reported as passed on the strength of the line's status; that prompts, outputs
// and file contents do not leave it, only their sizes and digests; that memory
// is bounded by the named limits and not by the input; and that no input makes
// it panic. Decoders return what they read together with an error that carries
// an [evidence.Reason] and the line, so a damaged transcript still counts as far
// as it goes. Everything read here is what a tool says about itself: the caller
// stamps the facts as reported.
package agentlog
