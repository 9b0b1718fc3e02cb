package action

import (
	"fmt"
	"strings"
)

// InputsYAML returns the inputs block of action.yml.
func InputsYAML() string {
	var b strings.Builder
	b.WriteString("inputs:\n")
	for _, in := range Inputs {
		fmt.Fprintf(&b, "  %s:\n    description: %s\n    required: false\n    default: %s\n", in.Name, quote(in.Doc+allowed(in)), quote(in.Default))
	}
	return b.String()
}

// OutputsYAML returns the outputs block of action.yml.
func OutputsYAML() string {
	var b strings.Builder
	b.WriteString("outputs:\n")
	for _, out := range Outputs {
		fmt.Fprintf(&b, "  %s:\n    description: %s\n", out.Name, quote(out.Doc))
	}
	return b.String()
}

// InputsMarkdown returns the table of the inputs.
func InputsMarkdown() string {
	var b strings.Builder
	b.WriteString("| Input | Default | Meaning |\n| --- | --- | --- |\n")
	for _, in := range Inputs {
		def := "none"
		if in.Default != "" {
			def = "`" + in.Default + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", in.Name, def, cell(in.Doc+allowed(in)))
	}
	return b.String()
}

// OutputsMarkdown returns the table of the outputs.
func OutputsMarkdown() string {
	var b strings.Builder
	b.WriteString("| Output | Meaning |\n| --- | --- |\n")
	for _, out := range Outputs {
		fmt.Fprintf(&b, "| `%s` | %s |\n", out.Name, cell(out.Doc))
	}
	return b.String()
}

// Usage returns the text for the input's flag on the command line.
func (in Input) Usage() string {
	return strings.ReplaceAll(in.Doc+allowed(in), "`", "")
}

func allowed(in Input) string {
	if in.Values == nil {
		return ""
	}
	return " Allowed: `" + strings.Join(in.Values, "`, `") + "`."
}

// quote returns a YAML scalar. In single quotes a doubled quote is the only
// escape.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }
