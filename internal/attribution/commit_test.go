package attribution

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/agents"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

func TestMarks(t *testing.T) {
	account := func(agent string) []Mark { return []Mark{{Agent: agent, Method: evidence.MethodAccount}} }
	trailer := func(agent, session string) []Mark {
		return []Mark{{Agent: agent, Session: session, Method: evidence.MethodTrailer}}
	}
	by := func(name, email string) evidence.Commit {
		return evidence.Commit{Author: evidence.Identity{Name: name, Email: email}}
	}
	with := func(key, value string) evidence.Commit {
		return evidence.Commit{Trailers: []evidence.Trailer{{Key: key, Value: value}}}
	}
	for name, c := range map[string]struct {
		commit evidence.Commit
		want   []Mark
	}{
		"address":                          {by("Claude", "noreply@anthropic.com"), account("claude-code")},
		"trailer with the address alone":   {with("Co-authored-by", "<noreply@anthropic.com>"), trailer("claude-code", "")},
		"address in capitals":              {by("Claude", "NoReply@Anthropic.com"), account("claude-code")},
		"account id":                       {by("x", "158243242+devin-ai-integration[bot]@users.noreply.github.com"), account("devin")},
		"account id, login renamed":        {by("x", "198982749+Copilot@users.noreply.github.com"), account("copilot")},
		"app login with a foreign id":      {by("claude[bot]", "41898282+claude[bot]@users.noreply.github.com"), account("claude-code")},
		"app login without an id":          {by("x", "cursor[bot]@users.noreply.github.com"), account("cursor")},
		"aider":                            {by("Ada Lovelace (aider)", "ada@example.org"), account("aider")},
		"committer":                        {evidence.Commit{Committer: evidence.Identity{Email: "codex@openai.com"}}, account("codex")},
		"name is an app's":                 {by("claude[bot]", "someone@example.org"), nil},
		"name is an address":               {by("noreply@anthropic.com", "someone@example.org"), nil},
		"person called Jules":              {by("Jules Yzerd", "jules@example.org"), nil},
		"address ends like an agent's":     {by("A", "xnoreply@anthropic.com"), nil},
		"address goes on":                  {by("A", "noreply@anthropic.com.example.org"), nil},
		"another cyber agent":              {by("A", "someone@cyberagent.co.jp"), nil},
		"login of a person":                {by("A", "12345+claude@users.noreply.github.com"), nil},
		"id is a prefix":                   {by("A", "1982+Copilot@users.noreply.github.com"), nil},
		"id elsewhere in the address":      {by("A", "1+198982749@users.noreply.github.com"), nil},
		"reviewing bot":                    {with("Co-authored-by", "gemini-code-assist[bot] <176961590+gemini-code-assist[bot]@users.noreply.github.com>"), nil},
		"github-actions":                   {by("github-actions[bot]", "41898282+github-actions[bot]@users.noreply.github.com"), nil},
		"co-author":                        {with("Co-Authored-By", "Claude Opus 4.5 (1M context) <noreply@anthropic.com>"), trailer("claude-code", "")},
		"co-author in small letters":       {with("co-authored-by", "Cursor <cursoragent@cursor.com>"), trailer("cursor", "")},
		"co-author without brackets":       {with("Co-authored-by", "Codex noreply@openai.com"), trailer("codex", "")},
		"co-author's name is an agent's":   {with("Co-authored-by", "Claude noreply@anthropic.com <me@example.org>"), nil},
		"co-author without an address":     {with("Co-authored-by", "Christophe Kamphaus"), nil},
		"session of Claude":                {with("Claude-Session", "https://claude.ai/code/session_01AbC?x=1"), trailer("claude-code", "session_01AbC")},
		"logs of Copilot":                  {with("Agent-Logs-Url", "https://github.com/o/r/sessions/6f1c5f1a-0000"), trailer("copilot", "6f1c5f1a-0000")},
		"made with Cursor":                 {with("Made-with", "Cursor"), trailer("cursor", "")},
		"made with something":              {with("Made-with", "love"), nil},
		"reviewed by":                      {with("Reviewed-by", "Claude <noreply@anthropic.com>"), nil},
		"signed off by a person at Gemini": {with("Signed-off-by", "Gemini Twin <gemini@example.org>"), nil},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, Marks(c.commit)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestNewRow: a row of the table is all that marks of a new agent need.
func TestNewRow(t *testing.T) {
	table := agents.New(append(agents.Known().All(), agents.Agent{
		Key: "newcomer", Name: "The Newcomer", Emails: []string{"bot@newcomer.example"}, Trailers: []agents.Trailer{{Key: "newcomer-run", Session: true}},
	}), agents.Instructions{})
	found := trailerPattern(table).FindStringSubmatch("Adds it.\n\nNewcomer-Run: https://newcomer.example/runs/12\n\nMore text.")
	if found == nil {
		t.Fatal("the trailer is not found")
	}
	got := marks(table, evidence.Commit{
		Author: evidence.Identity{Name: "N", Email: "bot@newcomer.example"},
		Trailers: []evidence.Trailer{
			{Key: found[1], Value: found[2], Stray: true},
			{Key: "Co-authored-by", Value: "N <bot@newcomer.example>"},
		},
	})
	want := []Mark{
		{Agent: "newcomer", Session: "12", Method: evidence.MethodTrailer},
		{Agent: "newcomer", Method: evidence.MethodTrailer},
		{Agent: "newcomer", Method: evidence.MethodAccount},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
