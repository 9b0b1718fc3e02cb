package comment

import (
	"slices"

	"github.com/mergebrief/mergebrief/internal/agents"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

// Documentation is where the pages about closing gaps are.
const Documentation = "https://github.com/mergebrief/mergebrief/blob/main/docs/"

// recipe returns the page that says how to close the biggest gap of the record:
// that no agent run is recorded, though commits name an agent, or that some
// commits have no record while others do. It is "" when neither is so.
func (v *view) recipe() string {
	switch {
	case len(v.Record.Sessions) == 0:
		if page := agents.Known().Page(v.namedAgent()); page != "" {
			return Documentation + page
		}
	case slices.ContainsFunc(v.Assessment.Findings, func(f evidence.Finding) bool { return f.Rule == "commits-without-record" && f.Accepted == nil }):
		return Documentation + "record.md"
	}
	return ""
}

// namedAgent returns the agent that the first line attributed to one names.
func (v *view) namedAgent() string {
	for _, f := range v.Assessment.Attribution.Files {
		for _, p := range f.Parts {
			if p.Kind == evidence.AuthorAI && p.Agent != "" {
				return p.Agent
			}
		}
	}
	return ""
}
