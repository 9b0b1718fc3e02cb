// Package render holds the rooms that turn a bundle into what people see: text,
// brief, comment and page.
//
// Together they promise that equal bundles and options give equal bytes, that
// every fact carries the letter of its basis, and that text which others wrote is
// shown and does nothing else: all of it goes through package text. The tests here
// look at whole comments and pages.
package render
