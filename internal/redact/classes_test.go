package redact

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strings"
	"testing"
)

// class is a kind of secret as it stands in a text, and what of it must not be
// left: each needle has at least four characters of the secret.
type class struct {
	issuer, text string
	needles      []string
}

// hexes and uppers are bodies of tokens in other alphabets than that of [fake].
func hexes(n int) string  { return strings.Repeat("0a1b2c3d4e5f6789", n/16+1)[:n] }
func uppers(n int) string { return strings.Repeat("Q7WX2E9RTY4UP6AS", n/16+1)[:n] }
func lowers(n int) string { return strings.ToLower(uppers(n)) }

// jwt is of the shape of a JSON web token.
func jwt() string {
	return "eyJ" + "hbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9." + "eyJpc3MiOiJnaXRodWIifQ" + fake("", 40) + "." + fake("Sig", 80)
}

// token is a class of which the whole token is the secret. It is looked for in
// pieces, so that no tail of it stays.
func tokenOf(issuer, before, token, after string) class {
	c := class{issuer: issuer, text: before + token + after}
	for at := len(token) % 8; at+8 <= len(token); at += 8 {
		if at > 12 || len(token) < 28 {
			c.needles = append(c.needles, token[at:at+8])
		}
	}
	return c
}

// secretOf is a class of which the word is the secret.
func secretOf(issuer, before, word, after string) class {
	return class{issuer: issuer, text: before + word + after, needles: []string{word}}
}

// classes are the kinds of secrets that must not pass: those of the issuers'
// documents, of the rule lists of gitleaks and trufflehog read as facts, and
// those that transcripts of coding agents were seen to hold.
func classes() []class {
	pass := "Hunter2Tango"
	word := "correcthorsebattery"
	pem := "-----BEGIN " + "RSA PRIVATE KEY-----\n" + fake("MIIE", 64) + "\n" + fake("", 64) + "\n-----END " + "RSA PRIVATE KEY-----"
	all := []class{
		tokenOf("github classic", "git push with ", fake("ghp_", 36), " failed"),
		tokenOf("github oauth", "", fake("gho_", 36), ""),
		tokenOf("github installation", "GH=", fake("ghs_", 36), ""),
		tokenOf("github installation, stateless", "token ", "ghs_"+"1234567_"+jwt(), " was used"),
		tokenOf("github fine-grained", "", fake("github_pat_", 22)+fake("_", 59), ""),
		tokenOf("gitlab", "glab auth status ", fake("glpat-", 20), ""),
		tokenOf("gitlab routable", "", fake("glpat-", 40)+".01."+lowers(9), ""),
		tokenOf("gitlab oauth secret", "", fake("gloas-", 64), ""),
		tokenOf("gitlab runner registration", "", fake("GR1348941", 20), ""),
		tokenOf("npm", "", fake("npm_", 36), ""),
		tokenOf("pypi", "", fake("pypi-AgEIcHlwaS5vcmc", 80), ""),
		tokenOf("docker hub", "", fake("dckr_pat_", 27), ""),
		tokenOf("anthropic", "key ", fake("sk-ant-api03-", 93)+"AA", ""),
		tokenOf("openai", "", fake("sk-proj-", 60), ""),
		tokenOf("hugging face", "", fake("hf_", 34), ""),
		tokenOf("aws access key", "", "AKIA"+uppers(16), ""),
		tokenOf("aws bedrock", "", fake("ABSK", 120), ""),
		tokenOf("aws secret key", "aws_secret_access_key = ", fake("", 40), ""),
		tokenOf("google api", "", fake("AIza", 35), ""),
		tokenOf("google oauth secret", "", fake("GOCSPX-", 28), ""),
		tokenOf("azure client secret", "", "abc8Q~"+fake("", 34), ""),
		tokenOf("azure storage", "AccountName=x;AccountKey=", fake("", 86)+"==", ";"),
		tokenOf("slack bot", "", "xoxb-"+"123456789012-1234567890123-"+fake("", 24), ""),
		tokenOf("slack webhook", "curl https://hooks.slack.com/services/", "T0AAAAAAA/B0BBBBBBB/"+fake("", 24), ""),
		tokenOf("stripe", "", fake("sk_live_", 24), ""),
		tokenOf("sendgrid", "", fake("SG.", 22)+fake(".", 43), ""),
		tokenOf("twilio", "", "SK"+hexes(32), ""),
		tokenOf("hashicorp vault", "", fake("hvs.", 90), ""),
		tokenOf("digitalocean", "", "dop_v1_"+hexes(64), ""),
		tokenOf("databricks", "", "dapi"+hexes(32), ""),
		tokenOf("supabase", "", fake("sb_secret_", 31), ""),
		tokenOf("telegram", "", "123456789:AA"+fake("", 33), ""),
		tokenOf("jwt", "session ", jwt(), ""),
		{"private key", pem, []string{fake("MIIE", 64)[:20], fake("", 64)[:20]}},
		// Options and places of commands.
		secretOf("mysql", "mysql -u root -p", word, " -e 'select 1'"),
		secretOf("redis-cli", "redis-cli -h cache -a ", word, " ping"),
		secretOf("docker login", "docker login -u ci -p ", word, " ghcr.io"),
		secretOf("sshpass", "sshpass -p ", word, " ssh root@host"),
		secretOf("openssl -k", "openssl enc -aes-256-cbc -k ", word, " -in a"),
		secretOf("openssl -passin", "openssl rsa -in k.pem -passin pass:", word, ""),
		secretOf("aws configure", "aws configure set aws_secret_access_key ", word, " --profile x"),
		secretOf("gh secret set", "gh secret set NPM --body ", word, ""),
		secretOf("gh auth login", "echo ", word, " | gh auth login --with-token"),
		secretOf("docker login on stdin", `echo "`, word, `" | docker login -u ci --password-stdin`),
		secretOf("curl user", "curl -sS -u admin:", word, " https://h/x"),
		secretOf("curl header", `curl -H "X-Api-Key: `, word, `" https://h/x`),
		secretOf("kubectl secret", "kubectl create secret generic x --from-literal=anything=", word, ""),
		secretOf("vault login", "vault login ", word, ""),
		secretOf("keytool", "keytool -genkey -storepass ", word, " -alias x"),
		secretOf("psql role", "psql -c \"ALTER ROLE app WITH PASSWORD '", word, "'\""),
		secretOf("npm config", "npm config set //registry.npmjs.org/:_authToken ", word, ""),
		// Names.
		secretOf("variable", "DB_PASSWORD=", word, " npm test"),
		secretOf("variable, short", "export MY_TOKEN=", "w4x5", " && make"),
		secretOf("variable, quoted", "export SMTP_PASS='", "correct horse battery", "' && make"),
		secretOf("json", `{"user":"app","password":"`, word, `"}`),
		secretOf("yaml", "db:\n  password: ", word, "\n  port: 5432"),
		secretOf("query", "https://h/x?user=a&password=", word, "&x=1"),
		secretOf("libpq", "host=db password=", word, " dbname=x"),
		secretOf("xml", "<server><password>", word, "</password></server>"),
		secretOf("netrc", "machine api.example.com login octo password ", word, ""),
		secretOf("pgpass", "db.example.com:5432:app:admin:", word, ""),
		secretOf("authorization header", "Authorization: Bearer ", word, ""),
		secretOf("cookie", "Cookie: session=", fake("", 30), ""),
		// Addresses.
		secretOf("database address", "psql postgres://app:", word, "@db:5432/prod"),
		secretOf("database address, cleaned", "postgres:/app:", word, "@db:5432/prod"),
		secretOf("address without a user", "redis://:", word, "@cache:6379"),
		secretOf("user is the token", "git clone https://", fake("", 32), "@example.com/x.git"),
		secretOf("user is the token, oauth", "https://", fake("", 24), ":x-oauth-basic@github.com/o/r"),
		// Wrappings.
		secretOf("percent-encoded", "dsn=", url.QueryEscape("postgres://app:"+pass+"@db/x"), ""),
		secretOf("base64", "echo ", base64.StdEncoding.EncodeToString([]byte("export TOKEN="+fake("ghp_", 36))), " | base64 -d"),
		{"kubeconfig", "client-key-data: " + base64.StdEncoding.EncodeToString([]byte(pem)), []string{base64.StdEncoding.EncodeToString([]byte(pem))[8:40]}},
		tokenOf("split by the terminal", "", fake("ghp_", 16)+"\n"+fake("", 36)[16:], ""),
		tokenOf("split jwt", "", jwt()[:76]+"\n"+jwt()[76:], ""),
		tokenOf("split by a backslash", "curl -H T:", fake("ghp_", 20)+"\\\n  "+fake("", 36)[20:], " https://h"),
		secretOf("subtest", "--- FAIL: TestLogin/mysql_-u_root_-p", word, "_-e_x (0.00s)"),
		secretOf("subtest, header", "TestCall/Authorization:_Bearer_", word, ""),
		tokenOf("registry login", `{"auths":{"ghcr.io":{"auth":"`, base64.StdEncoding.EncodeToString([]byte("octo:"+word)), `"}}}`),
	}
	return all
}

// TestClasses: nothing of a secret stays, as a text and inside of JSON.
func TestClasses(t *testing.T) {
	r := New(nil)
	seen := map[string]bool{}
	for _, c := range classes() {
		if seen[c.issuer] {
			t.Errorf("two classes are called %q", c.issuer)
		}
		seen[c.issuer] = true
		t.Run(c.issuer, func(t *testing.T) {
			if len(c.needles) == 0 {
				t.Fatal("there is nothing to look for")
			}
			for how, text := range map[string]string{
				"plain": c.text, "in a sentence": "it said " + c.text + " and ended", "of several lines": "one\n" + c.text + "\ntwo",
				"twice quoted": quoted(quoted(c.text)), "in JSON": `{"a":1,"command":` + quoted(c.text) + `,"z":[]}`,
			} {
				got, counts := r.Text(text)
				for _, n := range c.needles {
					if strings.Contains(got, n) || len(counts) == 0 {
						t.Fatalf("%s: %q is left in %q (%v)", how, n, got, counts)
					}
				}
			}
		})
	}
}

func quoted(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(b)
}
