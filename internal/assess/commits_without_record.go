package assess

import (
	"slices"
	"strings"

	"github.com/mergebrief/mergebrief/internal/attribution"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

var commitsWithoutRecord = Rule{
	ID: "commits-without-record", Level: evidence.LevelWarning, Gap: true,
	Sees:   "Commits of the change that no agent run and no claim speaks about, while others have a record.",
	Why:    "Who wrote them is not known. It need not be a person: records get lost.",
	Accept: "Record the runs behind these commits, or accept the finding by its id.",
	check: func(f *facts) []found {
		silent, n := f.silent, f.commits
		if !f.traced() || len(silent) == 0 || len(silent) == n {
			return nil
		}
		x := found{bases: []evidence.Basis{evidence.Missing}}
		var ids []string
		for _, i := range silent {
			ids = append(ids, f.Commits[i].ID[:min(len(f.Commits[i].ID), 7)])
			// Both survive a rebase; the id of the commit does not.
			x.about += f.Commits[i].Subject + "\x00" + f.Commits[i].Authored.UTC().String()
			x.facts = append(x.facts, evidence.RefTo(evidence.ListCommits, i))
		}
		x.says = say("commits-without-record", asCount("silent", len(silent)), asCount("commits", n), asNames("ids", ids), asCount("lines", f.unattestedIn(silent)))
		return []found{x}
	},
}

// silentCommits returns the indexes of the commits, merges aside, about which
// nothing is recorded, and the number of commits that are not merges.
func (f *facts) silentCommits() (silent []int, n int) {
	spoken := map[string]bool{}
	for _, file := range f.lines.attribution.Files {
		for k := range file.Parts {
			p := &file.Parts[k]
			if p.Kind == evidence.AuthorAI || p.Kind == evidence.AuthorHuman {
				spoken[p.Commit] = true
			}
		}
	}
	for _, c := range f.Claims {
		// Transcripts are compared as of the head, whoever made that commit.
		if !c.Method.FromTranscript() {
			spoken[c.Commit] = true
		}
	}
	var named []string
	for i := range f.Sessions {
		named = append(named, f.Sessions[i].Links.Commits...)
	}
	for i, c := range f.Commits {
		if len(c.Parents) > 1 {
			continue
		}
		n++
		if !spoken[c.ID] && len(attribution.Marks(c)) == 0 && !slices.ContainsFunc(named, func(id string) bool { return len(id) >= 7 && strings.HasPrefix(c.ID, id) }) {
			silent = append(silent, i)
		}
	}
	return silent, n
}

func (f *facts) tracedCommits() evidence.Traced {
	t := evidence.Traced{Commits: f.commits, CommitsTraced: f.commits - len(f.silent)}
	by := map[string]int{}
	for _, c := range f.Commits {
		if marks := attribution.Marks(c); len(marks) > 0 && len(c.Parents) < 2 {
			t.CommitsNaming++
			agent := marks[0].Agent
			if by[agent]++; by[agent] > by[t.Named] {
				t.Named = agent
			}
		}
	}
	return t
}

// unattestedIn counts the unattested lines that commits wrote.
func (f *facts) unattestedIn(commits []int) (n int) {
	ids := map[string]bool{}
	for _, i := range commits {
		ids[f.Commits[i].ID] = true
	}
	for _, file := range f.lines.attribution.Files {
		for k := range file.Parts {
			p := &file.Parts[k]
			if p.Kind == evidence.AuthorUnattested && ids[p.Commit] {
				n += p.Last - p.First + 1
			}
		}
	}
	return n
}
