package redact

import (
	"regexp"
	"strings"
)

// optionKind is the kind of values that an option or the place in a command line
// makes secret, whatever they look like.
const optionKind = "secret-option"

// optionRow says where programs take a secret.
type optionRow struct {
	// Programs, with the words of a subcommand, one alternative after the other.
	programs string
	// What stands behind them, with {} in the place of the secret. Anything of the
	// same command may come in between.
	form string
	// Nothing may come in between but options without values.
	next bool
}

// optionRows are how common programs take secrets.
func optionRows() []optionRow {
	return []optionRow{
		{programs: `mysql|mysqldump|mysqladmin|mysqlimport|mysqlcheck|mysqlsh|mariadb|mariadb-dump|mariadb-admin|mycli`, form: `-p{}`},
		{programs: `redis-cli|valkey-cli|keydb-cli`, form: `(?:-a|--pass)(?:\s+|=){}`},
		{programs: `mongo|mongosh|mongodump|mongorestore|mongoexport|mongoimport`, form: `(?:-p|--password)(?:\s+|=)?{}`},
		{
			programs: `docker login|podman login|buildah login|skopeo login|nerdctl login|registry login|crane auth login|oras login|az login|acr login|oc login|` +
				`argocd login|cf login|ibmcloud login|auth login|glab login|heroku login|consul login|tsh login|snyk auth|poetry publish|twine upload|cqlsh`,
			form: `(?:-p|--password|--client-secret|-t|--token|--apikey|--admin-password)(?:\s+|=){}`,
		},
		{programs: `skopeo|podman|buildah`, form: `--(?:src-|dest-)?creds(?:\s+|=)[^\s:]+:{}`},
		{programs: `sshpass`, form: `-p\s*{}`},
		{programs: `openssl`, form: `-(?:k|K|pass|passin|passout|hmac|macopt|srppass|psk)\s+(?:pass:|key:|hexkey:)?{}`},
		{programs: `aws configure set`, form: `\S*(?:secret_access_key|session_token|access_key_id)\s+{}`},
		{programs: `secretsmanager create-secret|secretsmanager put-secret-value|secretsmanager update-secret`, form: `--secret-string(?:\s+|=){}`},
		{programs: `ssm put-parameter|keyvault secret set`, form: `--value(?:\s+|=){}`},
		{programs: `gh secret set|gh variable set|glab variable set`, form: `(?:-b|--body|-v|--value)(?:\s+|=){}`},
		{programs: `ldapsearch|ldapmodify|ldapadd|ldapdelete|ldapwhoami|ldappasswd`, form: `-[ws]\s+{}`},
		{programs: `curl|xh|httpie`, form: `(?:-u|--user|-U|--proxy-user)[\s=]?\\*["']?[^\s:"'\\]+:{}`},
		{programs: `curl`, form: `(?:--pass|--oauth2-bearer|--proxy-pass|--tlspassword)(?:\s+|=){}`},
		{programs: `htpasswd`, form: `-[A-Za-z]*n[A-Za-z]*\s+\S+\s+{}`},
		{programs: `htpasswd`, form: `-[A-Za-mo-z]*b[A-Za-mo-z]*\s+\S+\s+\S+\s+{}`},
		{programs: `smbclient|rpcclient|smbget`, form: `(?:-U|--user)[\s=]*[^\s%]+%{}`},
		{programs: `--from-literal`, form: `[\s=]\\*["']?[^\s=]+={}`, next: true},
		{programs: `vault login|cargo login|setapikey|add-authtoken|ngrok authtoken|chpasswd -e|gem signin`, form: `\s{}`, next: true},
		{programs: `vault kv put|vault kv patch|vault write`, form: `[\w.-]+={}`},
		{programs: `config:set|secrets set|secret put|config set --secret|vercel env add`, form: `\w+={}`},
		{programs: `config set --secret|dotnet user-secrets set|user-secrets set`, form: `\S+\s+{}`},
		{programs: `_authtoken|:_auth`, form: `\s+{}`, next: true},
		{programs: `:_auth=|npm_config__auth=`, form: `{}`, next: true},
		{programs: `poetry config`, form: `(?:pypi-token\.\S+|http-basic\.\S+\s+\S+)\s+{}`},
		{programs: `nuget push|nuget delete`, form: `(?:-k|--api-key|-ApiKey)\s+{}`},
		{programs: `keytool|jarsigner|apksigner`, form: `--?(?:storepass|keypass|srcstorepass|deststorepass|srckeypass|destkeypass|ks-pass|key-pass)\s+(?:pass:)?{}`},
		{programs: `7z|7za|7zr|7zz|rar|unrar`, form: `-h?p{}`},
		{programs: `zip|unzip|sqlcmd|bcp`, form: `-P\s*{}`},
		{programs: `ssh-keygen|snmpget|snmpwalk|mosquitto_pub|mosquitto_sub`, form: `-[PNAX]\s+{}`}, //nolint:misspell // the name of a program
		{programs: `rabbitmqctl`, form: `(?:add_user|change_password|authenticate_user)\s+\S+\s+{}`},
		{programs: `mc alias set|mc config host add`, form: `\S+\s+\S+\s+\S+\s+{}`},
		{programs: `lftp|ftp`, form: `-u\s*[^\s,]+,{}`},
		{programs: `xfreerdp|wfreerdp`, form: `/p:{}`},
		{programs: `sqlplus|rman|expdp|impdp`, form: `[^\s/@-]+/([^\s/@"']+)@`},
		{programs: `identified by|identified by password|with password`, form: `\s+\\*'([^'\n]+)'`, next: true},
		{programs: `sonar.login|sonar.token`, form: `={}`, next: true},
		{programs: `travis encrypt`, form: `\w+={}`},
		{programs: `svn|svnsync`, form: `--password\s+{}`},
		{programs: `sudo -s|su -c`, form: `<<<\s*{}`},
		{programs: `--with-token|--password-stdin`, form: `\s*<<<\s*{}`, next: true},
	}
}

const (
	// optionValue is the text of one argument of a command, without its quotes.
	optionValue = `(?:\\*"([^"\n\\]+)\\*"|\\*'([^'\n\\]+)\\*'|((?:[^\s"'\\;|&<>()]|\\[^nrtu"'\\\s])+))`
	// sameCommand is what may stand between a program and its option.
	sameCommand = `(?:"[^"\n]*"|'[^'\n]*'|\\[\s\S]|[^|;&\n"'\\])*?\s`
	// flagsOnly are options without values, or none.
	flagsOnly = `(?:\s+-[\w-]+(?:=\S*)?)*?`
)

// optionRules are the rules of the table, one for each row.
func optionRules() []rule {
	var rules []rule
	for _, row := range optionRows() {
		between := sameCommand
		if row.next {
			between = flagsOnly
		}
		words := strings.Split(row.programs, "|")
		for i, w := range words {
			words[i] = strings.ReplaceAll(regexp.QuoteMeta(w), " ", `\s+`)
		}
		programs := `(?i:` + strings.Join(words, "|") + `)`
		if last := row.programs[len(row.programs)-1]; isWord(last) {
			programs += `\b`
		}
		rules = append(rules, rule{
			kind: optionKind, keywords: strings.Split(row.programs, "|"), edge: isWord(row.programs[0]) && row.programs[0] != '_',
			pattern: regexp.MustCompile(`^` + programs + between + strings.ReplaceAll(row.form, "{}", optionValue)),
			accept:  given, dear: true,
		})
	}
	return append(rules, rule{
		kind: optionKind, keywords: []string{"echo ", "printf "}, edge: true, accept: given, dear: true,
		pattern: regexp.MustCompile(`(?i)^(?:echo|printf)\s+(?:-\w+\s+)*(?:\\*["']?%s(?:\\+n)?\\*["']?\s+)?` + optionValue + `(?:\\+n)?\\*["']?\s*\|[^;\n]{0,200}?` +
			`(?:--with-token|-stdin\b|--stdin\b|\bsecrets?\s+(?:set|put|create|versions|add)\b|\blogin\b[^;\n]{0,200}?\s-(?:\s|$)|\bpasswd\b|\bchpasswd\b|\bsudo\s+-S|\bpbcopy\b|\bvault\s+(?:kv|write)\b)`),
	})
}

// given reports whether an argument is a value itself, and neither another option
// nor a place from which the value is taken.
func given(value string) bool {
	if strings.HasPrefix(value, "-") || reference(value) || strings.HasPrefix(value, "`") {
		return false
	}
	for _, elsewhere := range [...]string{"env:", "file:", "fd:", "stdin", "file://", "/dev/", "method="} {
		if strings.HasPrefix(value, elsewhere) {
			return false
		}
	}
	return true
}

// matchOption finds the value of an option with a telling name, which a blank
// parts from it. Words that a sentence about the option goes on with are none.
func matchOption(s string, start, end int) (from, to int, ok bool) {
	for start > 0 && (isWord(s[start-1]) || s[start-1] == '-') {
		start--
	}
	if s[start] != '-' {
		return 0, 0, false
	}
	from, to, quoted := valueAt(s, end)
	if from == to {
		return 0, 0, false
	}
	value := s[from:to]
	switch {
	case isMark(value) || !given(value) || len(value) < 3 || nothing[strings.ToLower(value)] || described[strings.ToLower(value)]:
		return 0, 0, false
	case strings.Contains(value, "://") || path.MatchString(value):
		return 0, 0, false
	case quoted || secretive(value, 2):
		return from, to, true
	}
	word := strings.TrimRight(value, ".:!?")
	return from, to, word == value && len(word) >= 5 && !sentence[word]
}

// sentence are words that follow an option in prose. Shorter words are never
// taken for values.
var sentence = map[string]bool{
	"option": true, "options": true, "argument": true, "arguments": true, "parameter": true, "which": true, "should": true, "would": true,
	"instead": true, "about": true, "after": true, "before": true, "where": true, "while": true, "without": true, "support": true,
	"input": true, "value": true, "values": true, "cannot": true, "never": true, "until": true, "again": true, "works": true, "their": true,
	"there": true, "these": true, "those": true, "takes": true, "through": true, "itself": true, "handling": true, "switch": true, "flags": true,
	"means": true, "needs": true, "reads": true, "makes": true, "being": true, "because": true, "given": true, "passed": true, "using": true,
	"secret": true, "token": true, "password": true, "could": true, "documentation": true, "validation": true, "other": true, "until.": true,
}
