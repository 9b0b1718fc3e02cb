package classify

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

func TestArea(t *testing.T) {
	for path, want := range map[string]string{
		"app/controllers/sessions/passkeys_controller.rb": AreaAuthentication,
		"app/controllers/sessions_controller.rb":          AreaAuthentication,
		"internal/auth/handler.go":                        AreaAuthentication,
		"src/routes/login.tsx":                            AreaAuthentication,
		"crates/uv-auth/src/middleware.rs":                AreaAuthentication,
		"src/api/routes/tokens.ts":                        AreaAuthentication,
		"cmd/session/session.go":                          "",
		"parser/tokens.go":                                "",
		"public/images/login.svg":                         "",
		"locales/auth.en.yml":                             "",
		"docs/auth/README.md":                             "",
		"internal/auth/handler_test.go":                   "",
		"pkg/author/author.go":                            "",
		"app/policies/access_policy.rb":                   AreaPermissions,
		"pkg/rbac/roles.go":                               AreaPermissions,
		"lib/crypto/box.py":                               AreaCryptography,
		"billing/run.go":                                  AreaPayments,
		"src/checkout.ts":                                 "",
		"src/checkout/handler.ts":                         AreaPayments,
		"db/migrate/20260213_create_passkeys.rb":          AreaMigrations,
		"shop/migrations/0002_more.py":                    AreaMigrations,
		"shop/migrations/__init__.py":                     "",
		"llm/migrations.py":                               AreaMigrations,
		"alembic/versions/ab12_users.py":                  AreaMigrations,
		"src/main/resources/db/V2__users.sql":             AreaMigrations,
		"docs/migrations/from-v1.md":                      "",
		"db/schema.rb":                                    AreaMigrations,
		"api/schema.go":                                   "",
		"infra/main.tf":                                   AreaInfrastructure,
		"Dockerfile":                                      AreaInfrastructure,
		"deploy/helm/values.yaml":                         AreaInfrastructure,
		"test/e2e/k8s/pod.yaml":                           "",
		"vendor/x/auth/auth.go":                           "",
	} {
		if got := Area(path); got != want {
			t.Errorf("%s is in %q, want %q", path, got, want)
		}
	}
}

func TestFixture(t *testing.T) {
	for path, want := range map[string]bool{
		"test/ecosystem/flask/pyproject.toml": true, "pkg/testdata/go.mod": true, "tests/fixtures/package.json": true, "tests/pyproject.toml": false,
		"tests/Shop.Tests/Shop.Tests.csproj": false, "src/package.json": false, "tests/unit/x_test.go": false,
	} {
		if IsFixture(path) != want {
			t.Errorf("%s: %t", path, !want)
		}
	}
}

func TestLicence(t *testing.T) {
	for path, want := range map[string]bool{
		"LICENSE": true, "COPYING.LESSER": true, "docs/NOTICE.md": true, "LICENSE-MIT": true, "third-party/x/LICENSE": false, "src/license.go": false, "license_test.go": false, "third-party-licenses.linux.md": false,
	} {
		if IsLicence(path) != want {
			t.Errorf("%s: %t", path, !want)
		}
	}
}

func TestHazards(t *testing.T) {
	for name, c := range map[string]struct {
		path  string
		lines []string
		want  []evidence.Hazard
	}{
		"sudo":                 {"install.sh", []string{"+echo", "+  sudo apt-get install x"}, []evidence.Hazard{{Kind: evidence.HazardSudo, Line: 11}}},
		"sudo in prose":        {"install.sh", []string{"+# run it with sudo make"}, nil},
		"sudo in Go":           {"main.go", []string{`+x := "sudo make"`}, nil},
		"looked for":           {"install.sh", []string{"+command -v sudo >/dev/null"}, nil},
		"piped":                {"Dockerfile", []string{"+RUN curl -fsSL https://x.example/i.sh | bash"}, []evidence.Hazard{{Kind: evidence.HazardPipedScript, Line: 10}}},
		"piped with sudo":      {"a.yml", []string{"+  run: wget -qO- https://x | sudo -E sh"}, []evidence.Hazard{{Kind: evidence.HazardSudo, Line: 10}, {Kind: evidence.HazardPipedScript, Line: 10}}},
		"saved":                {"a.sh", []string{"+curl -o x https://x.example | tee log"}, nil},
		"moved":                {"a.sh", []string{"-  curl https://x | sh", "+curl https://x | sh"}, nil},
		"TLS in Go":            {"client.go", []string{"+\tTLSClientConfig: &tls.Config{InsecureSkipVerify: true},"}, []evidence.Hazard{{Kind: evidence.HazardTLSOff, Line: 10}}},
		"TLS in Python":        {"a.py", []string{"+r = requests.get(u, verify=False)"}, []evidence.Hazard{{Kind: evidence.HazardTLSOff, Line: 10}}},
		"TLS in a test":        {"client_test.go", []string{"+\tInsecureSkipVerify: true,"}, nil},
		"TLS back on":          {"client.go", []string{"+\tInsecureSkipVerify: false,"}, nil},
		"TLS in documentation": {"docs/a.md", []string{"+curl -k https://x"}, nil},
		"sandbox":              {"action.yml", []string{"+  sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"}, []evidence.Hazard{{Kind: evidence.HazardSudo, Line: 10}, {Kind: evidence.HazardSandboxOff, Line: 10}}},
		"privileged":           {"compose.yml", []string{"+    privileged: true", "+    volumes: [/var/run/docker.sock:/var/run/docker.sock]"}, []evidence.Hazard{{Kind: evidence.HazardPrivileged, Line: 10}, {Kind: evidence.HazardSocket, Line: 11}}},
		"hooks":                {"release.sh", []string{"+git commit --no-verify -m x"}, []evidence.Hazard{{Kind: evidence.HazardHooksOff, Line: 10}}},
		"taken out":            {"a.sh", []string{"-sudo make"}, nil},
		"in data of a test":    {"testdata/a.sh", []string{"+sudo make"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			var l Lens
			file := evidence.File{Path: c.path}
			for _, line := range c.lines {
				if line[0] == '+' {
					file.Spans = []evidence.LineRange{{First: 10, Last: 99}}
				}
			}
			if see := l.Look(c.path); see != nil {
				for _, line := range c.lines {
					see([]byte(line[1:]), line[0] == '+')
				}
			}
			files := []evidence.File{file}
			l.Settle(files)
			if diff := cmp.Diff(c.want, files[0].Hazards); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestAsserted(t *testing.T) {
	for line, want := range map[string]int{
		"assert peak <= n": 1, "assert 0 < peak <= n": 2, "assert a and b and c": 3, "expect(a).tobe(1)": 1, `assert a == b, "a and b"`: 1, "assert(a && b)": 2,
	} {
		if got := asserted([]byte(line)); got != want {
			t.Errorf("%s: %d, want %d", line, got, want)
		}
	}
}
