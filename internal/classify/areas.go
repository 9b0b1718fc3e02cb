package classify

import (
	"path"
	"slices"
	"strings"
)

// The high-risk areas.
const (
	AreaAuthentication = "authentication"
	AreaPermissions    = "permissions"
	AreaCryptography   = "cryptography"
	AreaPayments       = "payments"
	AreaMigrations     = "migrations"
	AreaInfrastructure = "infrastructure"
)

// area is a high-risk area, known by what a file is.
type area struct {
	name string
	// One of them in the path of a source file is enough. They mean little else.
	words []string
	// One of them together with the role of an entry point: a session may be a
	// terminal's, a sessions controller signs people in.
	entry []string
	// Other files of the area: neither source code nor named for it.
	is func(dirs []string, base string) bool
}

var areas = []area{
	{name: AreaMigrations, is: isMigration},
	{
		name:  AreaAuthentication,
		words: []string{"auth", "authn", "authentication", "authenticate", "authenticator", "oauth", "oauth2", "oidc", "saml", "sso", "login", "signin", "signup", "passkey", "passkeys", "webauthn", "fido2", "password", "passwords", "credential", "credentials", "jwt", "totp", "mfa", "2fa"},
		entry: []string{"session", "sessions", "token", "tokens", "account", "accounts", "registration", "registrations", "invitation", "invitations"},
	},
	{name: AreaPermissions, words: []string{"authz", "authorization", "authorize", "permission", "permissions", "rbac", "acl", "acls", "iam"}, entry: []string{"role", "roles", "policy", "policies", "access"}},
	{name: AreaCryptography, words: []string{"crypto", "cryptography", "cipher", "encryption", "encrypt", "decrypt", "tls", "x509", "keystore", "hmac", "csprng"}},
	{name: AreaPayments, words: []string{"payment", "payments", "billing", "invoice", "invoices", "stripe", "paypal", "payout", "payouts", "refund", "refunds"}, entry: []string{"checkout", "subscription", "subscriptions"}},
	{name: AreaInfrastructure, is: isInfrastructure},
}

// entryRoles are words for code that people and programs outside reach first.
var entryRoles = []string{"controller", "controllers", "route", "routes", "router", "handler", "handlers", "middleware", "endpoint", "endpoints", "guard", "guards", "policy", "policies", "views", "resource", "resources", "servlet", "filter"}

// Area returns the high-risk area that a file is in by what it is, or "". A word
// in the name of a picture, a page of documentation or a test says nothing.
func Area(name string) string {
	if IsTestPath(name) || IsFixture(name) || IsDoc(name) || IsGenerated(name) || IsLock(name) {
		return ""
	}
	lower := strings.ToLower(name)
	dirs, base := strings.Split(path.Dir(lower), "/"), path.Base(lower)
	code := IsCode(name) || hasSuffix(base, ".erb", ".haml", ".jinja", ".jinja2", ".sql", ".rules")
	in := Words(name)
	has := func(w string) bool { return slices.Contains(in, w) }
	for _, a := range areas {
		if a.is != nil && a.is(dirs, base) {
			return a.name
		}
		if !code {
			continue
		}
		if slices.ContainsFunc(a.words, has) || slices.ContainsFunc(a.entry, has) && slices.ContainsFunc(entryRoles, has) {
			return a.name
		}
	}
	return ""
}

// isMigration reports whether a file changes the schema of a database, as Rails,
// Django, Alembic, Flyway, Prisma, Laravel and others lay them out.
func isMigration(dirs []string, base string) bool {
	if !IsCode(base) && !hasSuffix(base, ".sql", ".prisma", ".xml") {
		return false
	}
	switch strings.TrimSuffix(base, path.Ext(base)) {
	case "migrations", "migration", "schema", "structure":
		return base != "schema.xml" && (base == "schema.rb" || base == "schema.prisma" || base == "structure.sql" || base == "schema.sql" || strings.HasPrefix(base, "migration"))
	}
	if base == "__init__.py" || base == "index.ts" || base == "index.js" {
		return false
	}
	for i, d := range dirs {
		switch d {
		case "migrate", "db_migrate", "migrations":
			return true
		case "versions":
			if i > 0 && (dirs[i-1] == "alembic" || dirs[i-1] == "migrations") {
				return true
			}
		}
	}
	// Flyway: V1_2__name.sql
	return strings.HasSuffix(base, ".sql") && strings.HasPrefix(base, "v") && strings.Contains(base, "__") && len(base) > 1 && base[1] >= '0' && base[1] <= '9'
}

// isInfrastructure reports whether a file describes machines, networks, images or
// what runs on them.
func isInfrastructure(dirs []string, base string) bool {
	if hasSuffix(base, ".tf", ".tfvars", ".bicep") || base == "dockerfile" || strings.HasPrefix(base, "dockerfile.") || base == "containerfile" || base == "chart.yaml" || strings.HasPrefix(base, "docker-compose") || base == "serverless.yml" {
		return true
	}
	if !hasSuffix(base, ".yml", ".yaml", ".json", ".tpl") {
		return false
	}
	return slices.ContainsFunc(dirs, func(d string) bool {
		return slices.Contains([]string{"terraform", "helm", "kubernetes", "k8s", "charts", "ansible", "cloudformation", "kustomize"}, d)
	})
}

func hasSuffix(s string, all ...string) bool {
	return slices.ContainsFunc(all, func(suffix string) bool { return strings.HasSuffix(s, suffix) })
}

// IsLicence reports whether a file states the terms of the project.
func IsLicence(name string) bool {
	lower := strings.ToLower(name)
	for _, other := range []string{"third-party", "third_party", "thirdparty", "vendor/", "node_modules/", "licenses/", "3rdparty"} {
		if strings.Contains(lower, other) {
			return false // of what the project uses
		}
	}
	base := path.Base(lower)
	stem := strings.TrimSuffix(base, path.Ext(base))
	switch stem {
	case "license", "licence", "copying", "notice", "copyright", "patents":
		return !IsCode(name)
	}
	return strings.HasPrefix(base, "license-") || strings.HasPrefix(base, "copying.")
}
