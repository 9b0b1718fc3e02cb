package redact

import (
	"regexp"
	"slices"
	"strings"
)

// allRules returns the rules, the most telling kinds first: where two match the
// same text, the earlier one names it. The shapes are those that the issuers
// document for their tokens.
func allRules() []rule {
	rules := []rule{{kind: "private-key", keywords: []string{"-----begin"}, match: matchPEM}}
	for _, t := range tokens() {
		rules = append(rules, rule{
			kind: t.kind, keywords: strings.Fields(t.keywords), edge: t.edge, back: t.back, shape: true,
			pattern: regexp.MustCompile(anchor(t.back) + t.shape), weak: t.weak,
		})
	}
	rules = append(rules, contextRules()...)
	return append(rules, optionRules()...)
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
	// The shape is little more than its prefix: what has it must look random, and is
	// no name of a file.
	weak bool
}

func tokens() []token {
	return slices.Concat(forgeTokens(), serviceTokens(), furtherTokens())
}

// forgeTokens are those of code hosts, registries, build and model services:
// what a transcript of a coding session is likeliest to hold.
func forgeTokens() []token {
	return []token{
		{
			// Since spring 2026 tokens of installations are ghs_APPID_JWT.
			kind: "github-token", keywords: "ghp_ gho_ ghu_ ghs_ ghr_",
			shape: `gh[pousr]_(?:[A-Za-z0-9]{1,20}_eyJ[A-Za-z0-9_=-]{6,}(?:\.[A-Za-z0-9_=-]*){0,2}|[A-Za-z0-9_]{30,}(?:\.[A-Za-z0-9_-]{10,}){0,2})`,
		},
		{kind: "github-pat", keywords: "github_pat_", shape: `github_pat_[A-Za-z0-9_]{22,}`},
		{
			kind: "gitlab-token", keywords: "glpat- gldt- glptt- glrt- glcbt- glsoat- glft- glimt- glffct- glagent- gloas- glwt-",
			shape: `gl(?:pat|dt|ptt|rt|cbt|soat|ft|imt|ffct|agent|oas|wt)-[A-Za-z0-9_.-]{16,}`,
		},
		{kind: "gitlab-token", keywords: "gr1348941", shape: `GR1348941[A-Za-z0-9_-]{20,}`, edge: true},
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
		{kind: "openai-key", keywords: "sk-", shape: `sk-(?:proj|svcacct|admin|None)?-?[A-Za-z0-9_-]{20,}`, edge: true, weak: true},
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
		{kind: "aws-access-key", keywords: "a3t", shape: `A3T[A-Z0-9][A-Z2-7]{16}`, edge: true},
		{kind: "aws-bedrock-key", keywords: "absk bedrock-api-key-", shape: `(?:ABSK|bedrock-api-key-)[A-Za-z0-9+/]{40,}=*`, edge: true},
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

// furtherTokens are those of services that are met less often.
func furtherTokens() []token {
	return []token{
		{kind: "onepassword-key", keywords: "a3-", shape: `A3-[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})-[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{5}`, edge: true},
		{kind: "adobe-secret", keywords: "p8e-", shape: `p8e-[A-Za-z0-9]{32}`, edge: true},
		{kind: "alibaba-key", keywords: "ltai", shape: `LTAI[A-Za-z0-9]{20}`, edge: true},
		{kind: "artifactory-token", keywords: "cmvmd", shape: `cmVmd[A-Za-z0-9]{59}`, edge: true},
		{
			kind: "authress-key", keywords: "sc_ ext_ scauth_ authress_",
			shape: `(?:sc|ext|scauth|authress)_[a-zA-Z0-9]{5,30}\.[a-zA-Z0-9]{4,6}\.acc[_-][a-zA-Z0-9-]{10,32}\.[a-zA-Z0-9+/_=-]{30,}`, edge: true,
		},
		{kind: "clickhouse-key", keywords: "4b1d", shape: `4b1d[A-Za-z0-9]{38}`, edge: true},
		{kind: "clojars-token", keywords: "clojars_", shape: `(?i)CLOJARS_[a-z0-9]{60}`},
		{kind: "defined-key", keywords: "dnkey-", shape: `dnkey-[A-Za-z0-9=_-]{26}-[A-Za-z0-9=_-]{52}`, edge: true},
		{kind: "duffel-token", keywords: "duffel_", shape: `duffel_(?:test|live)_[A-Za-z0-9_=-]{43}`},
		{kind: "dropbox-token", keywords: "sl.", shape: `sl\.(?:u\.)?[A-Za-z0-9_=-]{100,}`, edge: true},
		{kind: "easypost-token", keywords: "ezak eztk", shape: `EZ[AT]K[A-Za-z0-9]{54}`, edge: true},
		{kind: "facebook-token", keywords: "eaam eaac", shape: `EAA[MC][A-Za-z0-9]{100,}`, edge: true},
		{kind: "flutterwave-key", keywords: "flwseck_test- flwseck-", shape: `FLWSECK(?:_TEST)?-[A-Za-z0-9]{12,}(?:-X)?`},
		{kind: "fly-token", keywords: "fm1a_ fm1r_", shape: `fm1[ar]_[A-Za-z0-9+/]{40,}=*`, edge: true},
		{kind: "frameio-token", keywords: "fio-u-", shape: `fio-u-[A-Za-z0-9_=-]{64}`, edge: true},
		{kind: "gitlab-session", keywords: "_gitlab_session=", shape: `_gitlab_session=([0-9a-z]{32})`},
		{kind: "harness-key", keywords: "pat. sat.", shape: `[ps]at\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9]{24}\.[A-Za-z0-9]{20}`, edge: true},
		{kind: "huggingface-token", keywords: "api_org_", shape: `api_org_[A-Za-z]{34}`, edge: true},
		{kind: "infracost-token", keywords: "ico-", shape: `ico-[A-Za-z0-9]{32}`, edge: true},
		{kind: "intra42-secret", keywords: "s-s4t2ud- s-s4t2af-", shape: `s-s4t2(?:ud|af)-[a-f0-9]{64}`, edge: true},
		{kind: "mailchimp-key", keywords: "-us", shape: `[a-f0-9]{32}-us[0-9]{1,2}`, back: 32, edge: true},
		{kind: "mapbox-token", keywords: "sk. pk.eyj", shape: `(?:sk|pk)\.[A-Za-z0-9]{60,}\.[A-Za-z0-9_-]{22}`, edge: true},
		{kind: "maxmind-key", keywords: "_mmk", shape: `[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk`, back: 36},
		{kind: "new-relic-key", keywords: "nrii- nrjs- nral-", shape: `NR(?:II|JS|AL)-[A-Za-z0-9-]{19,}`, edge: true},
		{kind: "nvidia-key", keywords: "nvapi-", shape: `nvapi-[A-Za-z0-9_-]{40,}`, edge: true},
		{kind: "octopus-key", keywords: "api-", shape: `API-[A-Z0-9]{26}`, edge: true},
		{kind: "openshift-token", keywords: "sha256~", shape: `sha256~[A-Za-z0-9_-]{43}`, edge: true},
		{kind: "plaid-token", keywords: "access-sandbox- access-development- access-production-", shape: `access-(?:sandbox|development|production)-[0-9a-f-]{36}`, edge: true},
		{kind: "posthog-key", keywords: "phx_ phc_", shape: `ph[xc]_[A-Za-z0-9]{40,}`, edge: true},
		{kind: "prefect-key", keywords: "pnu_", shape: `pnu_[A-Za-z0-9]{36}`, edge: true},
		{kind: "readme-key", keywords: "rdme_", shape: `rdme_[a-z0-9]{70}`, edge: true},
		{kind: "scalingo-token", keywords: "tk-us-", shape: `tk-us-[A-Za-z0-9_-]{48}`, edge: true},
		{kind: "sendinblue-key", keywords: "xkeysib-", shape: `xkeysib-[a-f0-9]{64}-[A-Za-z0-9]{16}`, edge: true},
		{kind: "settlemint-token", keywords: "sm_aat_ sm_pat_ sm_sat_", shape: `sm_[aps]at_[A-Za-z0-9]{16}`, edge: true},
		{kind: "shippo-token", keywords: "shippo_", shape: `shippo_(?:live|test)_[a-fA-F0-9]{40}`, edge: true},
		{kind: "sourcegraph-token", keywords: "sgp_", shape: `sgp_(?:(?:[a-fA-F0-9]{16}|local)_)?[a-fA-F0-9]{40}`, edge: true},
		{kind: "square-token", keywords: "eaaa", shape: `EAAA[A-Za-z0-9_-]{56,}`, edge: true},
		{kind: "stripe-key", keywords: "sk_prod_ rk_prod_ sk_org_", shape: `[sr]k_(?:prod|org)_[A-Za-z0-9_]{10,}`, edge: true},
		{kind: "tailscale-key", keywords: "tskey-", shape: `tskey-[a-z]{2,10}-[A-Za-z0-9]{6,}-[A-Za-z0-9]{16,}`, edge: true},
		{kind: "tavily-key", keywords: "tvly-", shape: `tvly-[A-Za-z0-9_-]{24,}`, edge: true},
		{kind: "typeform-token", keywords: "tfp_", shape: `tfp_[A-Za-z0-9_.=-]{59}`, edge: true},
		{kind: "vault-token", keywords: "s.", shape: `s\.[A-Za-z0-9]{24}`, edge: true},
		{kind: "vercel-token", keywords: "vcp_ vci_ vca_ vcr_ vck_", shape: `vc[piark]_[A-Za-z0-9]{24,}`, edge: true},
		{kind: "yandex-key", keywords: "aqvn", shape: `AQVN[A-Za-z0-9_-]{35,}`, edge: true},
	}
}

// separator stands between a name and its value in shell, JSON, YAML, TOML, XML
// and program text; quotes may be escaped because the text is itself quoted.
const separator = `(?:\\*["'])?\s{0,4}(?:=>|:=|={1,3}|:|>)\s{0,4}`

// contextRules know secrets by what stands before them.
func contextRules() []rule {
	re := regexp.MustCompile
	return []rule{
		{kind: "basic-auth-url", keywords: []string{":/", `:\/`}, match: matchURL},
		{
			kind: "authorization-header", keywords: []string{"authorization"}, accept: authorizes,
			pattern: re(`(?i)^authorization` + separator + `(?:\\*["'])?(?:bearer|basic|token|digest|negotiate|apikey|bot|key)\s+([^\s"'\\,]{4,})`),
		},
		{
			kind: "authorization-header", keywords: []string{"authorization"}, accept: func(s string) bool { return mixed(s) && random(s) },
			pattern: re(`(?i)^authorization:\s{0,4}([^\s"'\\,]{16,})`),
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
		{kind: "password", keywords: []string{"password", "passwd", "passphrase", "passcode", "pwd", "pass=", `pass"`, "pass'", "pass:"}, match: matchNamed},
		{
			kind: "named-secret", match: matchNamed,
			keywords: []string{
				"secret", "token", "api_key", "api-key", "apikey", "access_key", "access-key", "accesskey", "account_key", "account-key",
				"private_key", "private-key", "privatekey", "auth_key", "auth-key", "authkey", "signing_key", "signing-key", "signingkey",
				"encryption_key", "encryption-key", "encryptionkey", "master_key", "master-key", "client_key", "app_key", "service_key", "credential",
			},
		},
		{
			kind: optionKind, match: matchOption,
			keywords: []string{
				"-password ", "-passwd ", "-passphrase ", "-token ", "-secret ", "-api-key ", "-apikey ", "-access-key ", "-secret-key ", "-auth-token ",
				"-access-token ", "-client-secret ", "-private-key ", "-secret-access-key ", "-session-token ",
			},
		},
		{
			kind: "netrc", keywords: []string{"machine ", "login "}, edge: true, accept: given,
			pattern: re(`(?i)^(?:machine\s+\S+\s+login\s+\S+\s+(?:account\s+\S+\s+)?|login\s+\S+\n\s*)password\s+([^\s"'\\]+)`),
		},
		{
			kind: "pgpass", keywords: []string{":5432:", ":5433:", ":6543:"}, accept: given,
			pattern: re(`^:\d+:[^:\s]{1,100}:[^:\s]{1,100}:([^\s"'\\]+)`),
		},
		{
			kind: "registry-auth", keywords: []string{`auth":`, `auth\":`}, edge: true, accept: given,
			pattern: re(`^(?i:auth)\\*":\s{0,4}\\*"([A-Za-z0-9+/=_-]{8,})`),
		},
		{
			kind: "private-key", keywords: []string{"private-lines:"},
			pattern: re(`(?i)^private-lines:\s*\d+(?:\s|\\[rn])+([A-Za-z0-9+/=\s\\]+)`),
		},
		{
			kind: "user-option", keywords: []string{"-u ", "--user "}, accept: password,
			pattern: re(`(?i)^-(?:u|-user)\s+["']?[^\s"':]{1,100}:([^\s"'\\]{6,})`),
		},
	}
}
