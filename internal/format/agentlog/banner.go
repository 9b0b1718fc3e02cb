package agentlog

import (
	"bytes"
	"io"
)

// maxBannerBytes bounds the line that a program prints before a document.
const maxBannerBytes = 1000

// behindBanner leaves out what a program prints on the line on which a document
// begins, such as "Exporting session: ses_1{".
func behindBanner(r io.Reader) io.Reader {
	head := make([]byte, maxBannerBytes)
	n, _ := io.ReadFull(r, head) // an error comes again at the end
	head = head[:n]
	return io.MultiReader(bytes.NewReader(withoutBanner(head)), r)
}

// withoutBanner returns head from the brace that ends its first line, if words stand
// before it.
func withoutBanner(head []byte) []byte {
	head = bytes.TrimPrefix(head, []byte("\uFEFF"))
	line, _, _ := bytes.Cut(head[:min(len(head), maxBannerBytes)], []byte("\n"))
	line = bytes.TrimRight(line, " \r")
	if at := len(line) - 1; at > 0 && line[at] == '{' && bytes.Count(line, []byte("{")) == 1 && !bytes.ContainsAny(line, `"[}`) {
		return head[at:]
	}
	return head
}
