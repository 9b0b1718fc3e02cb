// Package coverage reads which lines tests executed: one file per format, each
// with a Detect function that looks at the first bytes and a Decode function that
// reads the stream.
//
// It hides the units of the tools. Blocks, regions, statements and branches all
// become lines that were executed or were not (lineSet); a line that any record
// calls executed is executed. Paths stay as the tool wrote them: finding them in
// the repository is the work of the package correlate. Damaged files count as
// far as they go, with an error that says the place.
package coverage
