package action

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
)

// Result is what the action returns to the workflow. The fields are described
// in [Outputs].
type Result struct {
	Bundle, BundleSHA256    string
	ArtifactID, ArtifactURL string
	CheckURL, CommentURL    string
	Conclusion              string
	Published               bool
	Gaps                    int
}

// Write writes the outputs in the syntax of the runner's file commands
// (FileCommandManager.cs). Each value stands between lines that random makes
// unpredictable, so no value can end early and set another output.
func (r Result) Write(w io.Writer, random io.Reader) error {
	delimiter, err := token(random)
	if err != nil {
		return fmt.Errorf("outputs: %w", err)
	}
	var b strings.Builder
	for _, out := range Outputs {
		fmt.Fprintf(&b, "%s<<%s\n%s\n%s\n", out.Name, delimiter, out.value(r), delimiter)
	}
	// In one piece: the runner refuses the whole file when its end is missing.
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("outputs: %w", err)
	}
	return nil
}

// token returns a word that text written before it was drawn cannot hold.
func token(random io.Reader) (string, error) {
	if random == nil {
		random = rand.Reader
	}
	var raw [16]byte
	if _, err := io.ReadFull(random, raw[:]); err != nil {
		return "", fmt.Errorf("no random bytes: %w", err)
	}
	return "mergebrief-" + hex.EncodeToString(raw[:]), nil
}

func truth(b bool) string { return strconv.FormatBool(b) }
func count(n int) string  { return strconv.Itoa(n) }

// CommandFile is the path of a file that the runner reads after the step, such
// as GITHUB_OUTPUT. Each Write appends to it.
type CommandFile string

func (f CommandFile) Write(p []byte) (n int, err error) {
	file, err := os.OpenFile(string(f), os.O_APPEND|os.O_WRONLY|os.O_CREATE, 0o644)
	if err != nil {
		return 0, err
	}
	n, err = file.Write(p)
	if closed := file.Close(); err == nil {
		err = closed
	}
	return n, err
}
