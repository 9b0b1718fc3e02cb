package redact

import (
	"regexp"
	"strings"
)

// allRules returns the rules, the most telling kinds first: where two match the
// same text, the earlier one names it. The shapes are those that the issuers
// document for their tokens.
func allRules() []rule {
	rules := []rule{{kind: "private-key", keywords: []string{"-----begin"}, match: matchPEM}}
	for _, t := range tokens() {
		rules = append(rules, rule{
			kind: t.kind, keywords: strings.Fields(t.keywords), edge: t.edge, back: t.back,
			pattern: regexp.MustCompile(anchor(t.back) + t.shape),
		})
	}
	return append(rules, contextRules()...)
}

// anchor ties a pattern to its keyword, which it starts with unless secrets of
// the kind begin earlier.
func anchor(back int) string {
	if back > 0 {
		return ""
	}
	return "^"
}

// token describes secrets that are known by their own shape.
type token struct {
	kind, keywords, shape string
	edge                  bool
	back                  int
}

func tokens() []token {
	return append(forgeTokens(), serviceTokens()...)
}

// forgeTokens are those of code hosts, registries, build and model services:
// what a transcript of a coding session is likeliest to hold.
func forgeTokens() []token {
	return []token{
		{kind: "github-token", keywords: "ghp_ gho_ ghu_ ghs_ ghr_", shape: `gh[pousr]_[A-Za-z0-9_]{30,}`},
		{kind: "github-pat", keywords: "github_pat_", shape: `github_pat_[A-Za-z0-9_]{22,}`},
		{
			kind: "gitlab-token", keywords: "glpat- gldt- glptt- glrt- glcbt- glsoat- glft- glimt- glffct- glagent-",
			shape: `gl(?:pat|dt|ptt|rt|cbt|soat|ft|imt|ffct|agent)-[A-Za-z0-9_.-]{16,}`,
		},
		{kind: "bitbucket-token", keywords: "atbb", shape: `ATBB[A-Za-z0-9]{24,}`, edge: true},
		{kind: "atlassian-token", keywords: "atatt3 atctt3", shape: `AT[AC]TT3[A-Za-z0-9_=-]{30,}`},
		{kind: "npm-token", keywords: "npm_", shape: `npm_[A-Za-z0-9]{30,}`},
		{kind: "pypi-token", keywords: "pypi-", shape: `pypi-[A-Za-z0-9_-]{50,}`},
		{kind: "rubygems-token", keywords: "rubygems_", shape: `rubygems_[a-f0-9]{32,}`},
		{kind: "crates-token", keywords: "cio", shape: `cio[A-Za-z0-9]{32}`, edge: true},
		{kind: "nuget-key", keywords: "oy2", shape: `oy2[a-z0-9]{43}`, edge: true},
		{kind: "docker-token", keywords: "dckr_", shape: `dckr_[a-z]{3}_[A-Za-z0-9_-]{20,}`},
		{kind: "artifactory-token", keywords: "akcp", shape: `AKCp[A-Za-z0-9]{50,}`, edge: true},
		{kind: "anthropic-key", keywords: "sk-ant-", shape: `sk-ant-[A-Za-z0-9_-]{20,}`},
		{kind: "openrouter-key", keywords: "sk-or-", shape: `sk-or-(?:v\d-)?[A-Za-z0-9_-]{20,}`, edge: true},
		{kind: "openai-key", keywords: "sk-", shape: `sk-(?:proj|svcacct|admin|None)?-?[A-Za-z0-9_-]{20,}`, edge: true},
		{kind: "huggingface-token", keywords: "hf_", shape: `hf_[A-Za-z0-9]{30,}`, edge: true},
		{kind: "groq-key", keywords: "gsk_", shape: `gsk_[A-Za-z0-9]{40,}`, edge: true},
		{kind: "replicate-token", keywords: "r8_", shape: `r8_[A-Za-z0-9]{37,}`, edge: true},
		{kind: "perplexity-key", keywords: "pplx-", shape: `pplx-[A-Za-z0-9]{40,}`},
		{kind: "xai-key", keywords: "xai-", shape: `xai-[A-Za-z0-9]{60,}`, edge: true},
		{kind: "buildkite-token", keywords: "bkua_", shape: `bkua_[a-f0-9]{40}`},
		{kind: "circleci-token", keywords: "ccipat_ ccipr", shape: `CCIP(?:AT|RJ)_[A-Za-z0-9_]{20,}`},
		{kind: "sonar-token", keywords: "sqp_ squ_ sqa_", shape: `sq[pua]_[a-f0-9]{40}`, edge: true},
		{kind: "sentry-token", keywords: "sntrys_ sntryu_", shape: `sntry[su]_[A-Za-z0-9_=+/-]{32,}`},
		{kind: "pulumi-token", keywords: "pul-", shape: `pul-[a-f0-9]{40}`, edge: true},
		{kind: "terraform-token", keywords: ".atlasv1.", shape: `[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{50,}`, back: 14},
		{kind: "postman-key", keywords: "pmak-", shape: `PMAK-[a-f0-9]{24}-[a-f0-9]{34}`},
		{kind: "linear-key", keywords: "lin_api_ lin_oauth_", shape: `lin_(?:api|oauth)_[A-Za-z0-9]{32,}`},
		{kind: "notion-token", keywords: "ntn_", shape: `ntn_[A-Za-z0-9]{40,}`, edge: true},
		{kind: "figma-token", keywords: "figd_", shape: `figd_[A-Za-z0-9_-]{36,}`},
	}
}

// serviceTokens are those of clouds, messaging and payment services.
func serviceTokens() []token {
	return []token{
		{kind: "aws-access-key", keywords: "akia asia abia acca", shape: `A(?:KIA|SIA|BIA|CCA)[A-Z0-9]{16}`, edge: true},
		{kind: "google-api-key", keywords: "aiza", shape: `AIza[A-Za-z0-9_-]{35}`},
		{kind: "google-oauth-token", keywords: "ya29.", shape: `ya29\.[A-Za-z0-9_-]{20,}`, edge: true},
		{kind: "google-oauth-secret", keywords: "gocspx-", shape: `GOCSPX-[A-Za-z0-9_-]{20,}`},
		{kind: "azure-client-secret", keywords: "q~", shape: `[A-Za-z0-9_~.-]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,}`, back: 4},
		{
			kind: "azure-storage-key", keywords: "accountkey sharedaccesskey",
			shape: `(?i:accountkey|sharedaccesskey)=([A-Za-z0-9+/%]{40,}=*)`,
		},
		{kind: "azure-sas", keywords: "sig=", shape: `(?i:sig)=([A-Za-z0-9%+/]{30,}=*)`, edge: true},
		{kind: "digitalocean-token", keywords: "dop_v1_ doo_v1_ dor_v1_", shape: `do[por]_v1_[a-f0-9]{40,}`},
		{kind: "cloudflare-key", keywords: "v1.0-", shape: `v1\.0-[a-f0-9]{24}-[a-f0-9]{100,}`, edge: true},
		{kind: "databricks-token", keywords: "dapi", shape: `dapi[a-f0-9]{32}`, edge: true},
		{kind: "vault-token", keywords: "hvs. hvb. hvr.", shape: `hv[sbr]\.[A-Za-z0-9_-]{24,}`, edge: true},
		{kind: "doppler-token", keywords: "dp.", shape: `dp\.[a-z]{2,5}\.(?:[a-z0-9_-]{2,}\.)?[A-Za-z0-9]{40,}`, edge: true},
		{kind: "planetscale-token", keywords: "pscale_", shape: `pscale_[a-z]{2,5}_[A-Za-z0-9_.=-]{32,}`},
		{kind: "supabase-token", keywords: "sbp_ sb_secret_", shape: `(?:sbp|sb_secret)_[A-Za-z0-9_]{20,}`, edge: true},
		{kind: "fly-token", keywords: "fm2_ fo1_", shape: `(?:fm2|fo1)_[A-Za-z0-9_+/=-]{40,}`, edge: true},
		{kind: "netlify-token", keywords: "nfp_", shape: `nfp_[A-Za-z0-9]{36,}`, edge: true},
		{kind: "heroku-key", keywords: "hrku-", shape: `HRKU-[A-Za-z0-9_-]{30,}`},
		{kind: "new-relic-key", keywords: "nrak-", shape: `NRAK-[A-Z0-9]{27}`},
		{kind: "grafana-token", keywords: "glsa_ glc_", shape: `gl(?:sa|c)_[A-Za-z0-9_+/=]{32,}`, edge: true},
		{kind: "dynatrace-token", keywords: "dt0c01. dt0s01.", shape: `dt0[cs]01\.[A-Z0-9]{24}\.[A-Z0-9]{60,}`},
		{
			kind: "slack-token", keywords: "xoxa- xoxb- xoxc- xoxd- xoxe- xoxo- xoxp- xoxr- xoxs- xapp- xoxe.",
			shape: `(?:xox[abcdeoprs][.-]|xapp-)[A-Za-z0-9%._-]{10,}`,
		},
		{kind: "slack-webhook", keywords: "hooks.slack.com", shape: `hooks\.slack\.com(?:\\*/)(?:services|workflows|triggers)([A-Za-z0-9_/\\+-]{20,})`},
		{
			kind: "discord-webhook", keywords: "discord.com discordapp.com",
			shape: `discord(?:app)?\.com\\*/api\\*/webhooks\\*/([0-9]+\\*/[A-Za-z0-9_-]{40,})`,
		},
		{kind: "teams-webhook", keywords: "webhook.office.com", shape: `webhook\.office\.com\\*/webhookb2\\*/([A-Za-z0-9@/\\_-]{40,})`},
		{kind: "telegram-token", keywords: ":aa", shape: `[0-9]{8,10}:AA[A-Za-z0-9_-]{33}`, back: 10},
		{kind: "sendgrid-key", keywords: "sg.", shape: `SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}`, edge: true},
		{kind: "mailgun-key", keywords: "key-", shape: `key-[a-f0-9]{32}`, edge: true},
		{kind: "twilio-key", keywords: "sk", shape: `SK[a-f0-9]{32}`, edge: true},
		{kind: "stripe-key", keywords: "sk_live_ sk_test_ rk_live_ rk_test_", shape: `[sr]k_(?:live|test)_[A-Za-z0-9]{16,}`},
		{kind: "stripe-webhook-secret", keywords: "whsec_", shape: `whsec_[A-Za-z0-9+/=]{20,}`},
		{kind: "square-token", keywords: "sq0atp- sq0csp-", shape: `sq0(?:atp|csp)-[A-Za-z0-9_-]{20,}`},
		{kind: "shopify-token", keywords: "shpat_ shpca_ shppa_ shpss_", shape: `shp(?:at|ca|pa|ss)_[A-Fa-f0-9]{32}`},
		{kind: "airtable-token", keywords: "pat", shape: `pat[A-Za-z0-9]{14}\.[a-f0-9]{64}`, edge: true},
		{kind: "age-key", keywords: "age-secret-key-", shape: `AGE-SECRET-KEY-1[A-Z0-9]{50,}`},
		{kind: "onepassword-token", keywords: "ops_eyj", shape: `ops_eyJ[A-Za-z0-9_=-]{60,}`},
		{kind: "jwt", keywords: "eyj", shape: `eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_.-]{8,}`, edge: true},
	}
}

// separator stands between a name and its value in shell, JSON, YAML, TOML, XML
// and program text; quotes may be escaped because the text is itself quoted.
const separator = `(?:\\*["'])?\s{0,4}(?:=>|:=|={1,3}|:|>)\s{0,4}`

// value is what follows: all of a quoted string, else up to a delimiter.
const value = `(?:\\*["'` + "`" + `]([^"'` + "`" + `\\\n]{8,400})|([^\s"'` + "`" + `\\,;&<>|(){}\[\]]{8,}))`

// contextRules know secrets by what stands before them.
func contextRules() []rule {
	re := regexp.MustCompile
	return []rule{
		{
			kind: "basic-auth-url", keywords: []string{"://", `:\/\/`},
			pattern: re(`^:(?:\\*/){2}[^\s/:@"'<>\\]{0,200}:([^\s/@"'<>\\]{1,400})@`),
		},
		{
			kind: "authorization-header", keywords: []string{"authorization"}, accept: mixed,
			pattern: re(`(?i)^authorization` + separator + `(?:\\*["'])?(?:bearer|basic|token|digest|negotiate)\s+([^\s"'\\,]{6,})`),
		},
		{
			kind: "bearer-token", keywords: []string{"bearer "}, edge: true, accept: mixed,
			pattern: re(`(?i)^bearer\s+([A-Za-z0-9._~+/=-]{16,})`),
		},
		{
			kind: "basic-auth", keywords: []string{"basic "}, edge: true, accept: mixed,
			pattern: re(`(?i)^basic\s+([A-Za-z0-9+/]{12,}={0,2})`),
		},
		{
			kind: "cookie", keywords: []string{"cookie:", "cookie\":"}, accept: func(s string) bool { return strings.Contains(s, "=") },
			pattern: re(`(?i)^cookie(?:\\*")?:\s{0,4}(?:\\*["'])?([^\n"'\\]{8,})`),
		},
		{
			kind: "aws-secret-key", keywords: []string{"secret_access_key", "secretaccesskey", "secret-access-key"}, accept: mixed,
			pattern: re(`(?i)^secret[_-]?access[_-]?key` + separator + `(?:\\*["'])?([A-Za-z0-9+/]{40})`),
		},
		{
			kind: "connection-string", keywords: []string{"password=", "pwd="}, edge: true,
			accept:  func(s string) bool { return !strings.ContainsAny(s[:1], "/$%<{") },
			pattern: re(`(?i)^(?:password|pwd)=([^;\s"'\\]{3,400});`),
		},
		{
			kind: "password", keywords: []string{"password", "passwd", "passphrase", "pwd"}, accept: password,
			pattern: re(`(?i)^(?:password|passwd|passphrase|pwd)[\w-]{0,40}` + separator + value),
		},
		{
			kind: "named-secret", accept: func(s string) bool { return !strings.Contains(s, " ") && random(s) },
			keywords: []string{
				"secret", "token", "api_key", "api-key", "apikey", "access_key", "access-key", "accesskey",
				"private_key", "private-key", "privatekey", "auth_key", "auth-key", "authkey", "signing_key", "encryption_key", "credential",
			},
			pattern: re(`(?i)^[a-z]+(?:[_-]?key)?[\w-]{0,40}` + separator + value),
		},
		{
			kind: "secret-option", keywords: []string{"-password ", "-passwd ", "-token ", "-secret ", "-api-key ", "-apikey ", "-access-key "}, accept: password,
			pattern: re(`(?i)^-[a-z-]+\s+["']?([^\s"'\\]{8,})`),
		},
		{
			kind: "user-option", keywords: []string{"-u ", "--user "}, accept: password,
			pattern: re(`(?i)^-(?:u|-user)\s+["']?[^\s"':]{1,100}:([^\s"'\\]{6,})`),
		},
	}
}
