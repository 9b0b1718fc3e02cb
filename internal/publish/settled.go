package publish

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// bundleDigest is where the footer names the digest of the bundle, which holds the
// id of the run.
var bundleDigest = regexp.MustCompile("`sha256:[0-9a-f]{12,64}`( for `mergebrief verify`)")

// checkLink is the link to the check run, which is made before the comment.
var checkLink = regexp.MustCompile(`\[check\]\(https?://[^)\s]*/runs/[0-9]+\)`)

// anyCheck stands for the address of a check run that is not made yet.
const anyCheck = "https://github.com/runs/0"

// bodyDigest is the digest of a comment, without what differs between two runs that
// found the same and without the link to the check run. It stands in the check run,
// which only our app can edit, so that an edit of the comment shows.
func bodyDigest(body string) string {
	return evidence.Digest([]byte(checkLink.ReplaceAllString(settled(body, writerOf(body).run), "[check]")))
}

// settled returns a text without what differs between two runs that found the
// same: the number of the run in the marker, links to the run and its artifact,
// and the digest of the bundle. A text that is the same without them is not
// written again: its links lead to the record of the run that found it first.
func settled(text string, run int64) string {
	text = strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
	text = bundleDigest.ReplaceAllString(text, "$1")
	if run == 0 {
		return text
	}
	id := strconv.FormatInt(run, 10)
	links := regexp.MustCompile(`/actions/runs/` + id + `(?:/job/[0-9]+|(?:/attempts/[0-9]+)?(?:/artifacts/[0-9]+)?)\b`)
	text = links.ReplaceAllStringFunc(text, func(link string) string {
		if strings.Contains(link, "/job/") {
			return link // a check is a job of this run for all later runs, too
		}
		return "/actions/runs/"
	})
	return runInMarker.ReplaceAllString(text, "")
}
