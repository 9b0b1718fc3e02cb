package agentlog

import (
	"path"
	"strings"
)

// testPath reports whether p looks like a test, by the conventions of the
// common runners: a name with a test or spec part, or a folder for tests.
func testPath(p string) bool {
	dir, name := path.Split(strings.ToLower(strings.ReplaceAll(p, `\`, "/")))
	for _, part := range strings.Split(dir, "/") {
		switch part {
		case "test", "tests", "__tests__", "spec", "specs", "e2e", "testdata", "__snapshots__", "__mocks__", "integration_test":
			return true
		}
	}
	stem, _, _ := strings.Cut(name, ".")
	switch {
	case strings.Contains(name, ".test."), strings.Contains(name, ".spec."), strings.HasSuffix(name, ".snap"):
		return true
	case strings.HasPrefix(stem, "test_"), strings.HasSuffix(stem, "_test"), strings.HasSuffix(stem, "_spec"):
		return true
	case stem == "conftest", stem == "tests", stem == "test":
		return true
	}
	return camelTest(path.Base(strings.ReplaceAll(p, `\`, "/")))
}

// camelTest reports whether name is of the form FooTest.java, FooTests.cs,
// FooSpec.kt or TestFoo.java.
func camelTest(name string) bool {
	stem, ext, ok := strings.Cut(name, ".")
	switch ext {
	case "java", "kt", "kts", "scala", "groovy", "cs", "swift", "php", "m", "cpp", "cc":
	default:
		return false
	}
	if !ok {
		return false
	}
	for _, end := range []string{"Test", "Tests", "TestCase", "Spec", "IT"} {
		if rest, cut := strings.CutSuffix(stem, end); cut && rest != "" {
			return true
		}
	}
	rest, cut := strings.CutPrefix(stem, "Test")
	return cut && rest != "" && rest[0] >= 'A' && rest[0] <= 'Z'
}
