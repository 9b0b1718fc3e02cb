package classify

import (
	"path"
	"strings"
	"unicode"
)

// IsTestPath reports whether a path is that of a test, by the conventions of
// common runners: folders, Go, Python, JavaScript, JVM, .NET, Ruby, Rust, PHP,
// Elixir, Swift.
func IsTestPath(name string) bool {
	dir, base := path.Split(strings.ReplaceAll(name, `\`, "/")) // logs from Windows
	for d := range strings.SplitSeq(dir, "/") {
		switch strings.ToLower(d) {
		case "test", "tests", "__tests__", "spec", "specs", "testdata", "e2e", "__snapshots__", "__mocks__", "cypress", "integration_test":
			return true
		}
		if camelTest(d) {
			return true
		}
	}
	stem := strings.TrimSuffix(base, path.Ext(base))
	lower := strings.ToLower(stem)
	switch lower {
	case "test", "tests", "conftest":
		return true
	}
	for _, part := range []string{".test.", ".spec."} {
		if strings.Contains(strings.ToLower(base), part) {
			return true
		}
	}
	return strings.HasSuffix(lower, "_test") || strings.HasPrefix(lower, "test_") || strings.HasSuffix(lower, "_spec") ||
		strings.HasSuffix(base, ".snap") || camelTest(stem) || strings.HasSuffix(stem, "Spec") ||
		len(stem) > len("Test") && strings.HasPrefix(stem, "Test") && unicode.IsUpper(rune(stem[len("Test")])) ||
		jvm(base) && (strings.HasSuffix(stem, "IT") || strings.HasSuffix(stem, "TestCase"))
}

// jvm reports whether a file is a source of a language of the JVM, whose build
// tools tell tests by the ends of names.
func jvm(base string) bool {
	switch path.Ext(base) {
	case ".java", ".kt", ".kts", ".scala", ".groovy":
		return true
	}
	return false
}

// camelTest reports whether a name ends in the word Test or Tests.
func camelTest(name string) bool {
	return strings.HasSuffix(name, "Test") || strings.HasSuffix(name, "Tests")
}

// IsTestCode reports whether a path is that of a test in some language, and not
// of data that tests read or write.
func IsTestCode(name string) bool {
	if !IsTestPath(name) {
		return false
	}
	for d := range strings.SplitSeq(strings.ToLower(path.Dir(name)), "/") {
		switch d {
		case "testdata", "__snapshots__", "fixtures", "__fixtures__", "golden":
			return false
		}
	}
	return IsCode(name)
}

// IsCode reports whether a path has the ending of source code in some language.
func IsCode(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".go", ".py", ".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts", ".vue", ".svelte", ".java", ".kt", ".kts", ".groovy", ".scala", ".clj",
		".rb", ".rs", ".php", ".cs", ".fs", ".vb", ".swift", ".m", ".mm", ".c", ".cc", ".cpp", ".cxx", ".h", ".hpp", ".dart", ".ex", ".exs", ".lua", ".pl", ".t", ".sh", ".bats":
		return true
	}
	return false
}
