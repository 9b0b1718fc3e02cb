package action

import (
	"os"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
)

type actionFile struct {
	Name        string
	Description string
	Inputs      yaml.MapSlice
	Outputs     yaml.MapSlice
	Runs        map[string]any
	Branding    map[string]string
}

// What the runner makes of action.yml is what the tables say.
func TestActionFile(t *testing.T) {
	data, err := os.ReadFile("../../action.yml")
	if err != nil {
		t.Fatal(err)
	}
	var file actionFile
	if err := yaml.UnmarshalWithOptions(data, &file, yaml.Strict(), yaml.UseOrderedMap()); err != nil {
		t.Fatal(err)
	}
	var inputs, outputs yaml.MapSlice
	for _, in := range Inputs {
		inputs = append(inputs, yaml.MapItem{Key: in.Name, Value: yaml.MapSlice{
			{Key: "description", Value: in.Description()}, {Key: "required", Value: false}, {Key: "default", Value: in.Default},
		}})
	}
	for _, out := range Outputs {
		outputs = append(outputs, yaml.MapItem{Key: out.Name, Value: yaml.MapSlice{{Key: "description", Value: out.Doc}}})
	}
	if diff := cmp.Diff(inputs, file.Inputs); diff != "" {
		t.Errorf("inputs (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(outputs, file.Outputs); diff != "" {
		t.Errorf("outputs (-want +got):\n%s", diff)
	}
	// No args: the runner neither translates paths in them nor quotes them well.
	if diff := cmp.Diff(map[string]any{"using": "docker", "image": "Dockerfile"}, file.Runs); diff != "" {
		t.Errorf("runs (-want +got):\n%s", diff)
	}
	// The limit of the Marketplace.
	if n := len(file.Description); n == 0 || n > 125 {
		t.Errorf("the description has %d bytes, want 1 to 125", n)
	}
}

// Every builder that runners have builds the image: the one that Docker falls back
// to without buildx, which act, Gitea and Forgejo use, knows nothing of BuildKit.
func TestDockerfileIsPlain(t *testing.T) {
	data, err := os.ReadFile("../../Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	stages := 0
	for number, line := range strings.Split(string(data), "\n") {
		word, rest, _ := strings.Cut(line, " ")
		if word == "FROM" {
			stages++
		}
		for _, option := range []string{"--mount", "--platform", "--link", "--exclude", "--chmod", "--security", "--network", "<<"} {
			if strings.Contains("FROM RUN COPY ADD", word) && strings.HasPrefix(rest, option) {
				t.Errorf("Dockerfile:%d: %q needs BuildKit", number+1, line)
			}
		}
		if strings.HasPrefix(strings.ReplaceAll(line, " ", ""), "#syntax=") {
			t.Errorf("Dockerfile:%d: a frontend needs BuildKit", number+1)
		}
	}
	if stages != 3 {
		t.Errorf("%d stages, want 3", stages)
	}
}

func TestUsageIsPlain(t *testing.T) {
	for _, in := range Inputs {
		if strings.ContainsAny(in.Usage(), "`\n") {
			t.Errorf("usage of %s: %q", in.Name, in.Usage())
		}
	}
}
