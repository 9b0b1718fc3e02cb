package evidence

import "strings"

// Assessment is the set of judgements made about a record, from the record
// alone.
type Assessment struct {
	Verdict     Verdict     `json:"verdict"`
	Attribution Attribution `json:"attribution"`
	// How many commits of the change are traced.
	Traced Traced `json:"recorded"`
	// What the rules found, the gravest first.
	Findings []Finding `json:"findings,omitempty"`
	// Indexes into Findings of what a reviewer should look at first.
	Focus []int `json:"focus,omitempty"`
	// The items that a complete record has.
	Checklist []ChecklistItem `json:"checklist"`
}

// Verdict is the assessment in one line.
type Verdict struct {
	// GitHub check conclusion: "success", "failure" or "neutral".
	Conclusion Conclusion `json:"conclusion"`
	// The verdict in words.
	Title string `json:"title"`
	// The level from which on findings fail the check: "error", "warning", or
	// "none" when the check only reports.
	FailOn Level `json:"failOn"`
}

// Traced counts the commits of a change, merges aside, and those of them that
// an agent run or a claim speaks about. Lines are counted by [Attribution].
type Traced struct {
	Commits       int `json:"commits"`
	CommitsTraced int `json:"commitsRecorded"`
	// How many commits name an agent, as co-author or by the account, and the agent
	// that most of them name.
	CommitsNaming int    `json:"commitsNamingAgent,omitempty"`
	Named         string `json:"namedAgent,omitempty"`
}

// Finding is one thing that a rule found in the record.
type Finding struct {
	// Stable name for accepting the finding: the id of the rule and a digest of
	// what it is about. The same thing found again has the same id.
	ID string `json:"id"`
	// Id of the rule, such as "validation-failed".
	Rule string `json:"rule"`
	// Ids of further rules that found something about the same place.
	Also  []string `json:"also,omitempty"`
	Level Level    `json:"level"`
	// It is about something that is not there, not about something that is.
	Gap bool `json:"gap,omitempty"`
	// One sentence, plain text, made from the texts for those who read JSON. Names
	// are in quotes, as they are: no program can tell where one ends.
	Message string `json:"message"`
	// What the message is made from.
	Texts []Text `json:"texts,omitempty"`
	// How often it was found, when that was several times and it has no place.
	Times int `json:"times,omitempty"`
	// What else is said about the same failure, each with a basis of its own.
	Beside []Remark `json:"beside,omitempty"`
	// The lines it is about, at head.
	Spans []Span `json:"spans,omitempty"`
	// Number of further places left out at a limit.
	SpansOmitted int `json:"spansOmitted,omitempty"`
	// JSON pointers into the record of the facts it rests on.
	Facts []Ref `json:"facts,omitempty"`
	// Weakest basis among the facts behind the message.
	Basis Basis `json:"basis"`
	// Why the finding does not count; absent when it does.
	Accepted *Acceptance `json:"accepted,omitempty"`
	// Last day of an acceptance that has ended, as "2006-01-02": the finding
	// counts again.
	Lapsed string `json:"lapsed,omitempty"`
}

// Remark is a sentence beside that of a finding.
type Remark struct {
	// The sentence as plain text, made from the texts.
	Message string `json:"message"`
	Texts   []Text `json:"texts,omitempty"`
	Basis   Basis  `json:"basis"`
}

// Text returns all that the finding says.
func (f *Finding) Text() string {
	all := []string{f.Message}
	for _, r := range f.Beside {
		all = append(all, r.Message)
	}
	return strings.Join(all, "; ")
}

// Acceptance is the policy's statement that a finding is known and does not
// count until a day.
type Acceptance struct {
	Reason string `json:"reason"`
	Owner  string `json:"owner,omitempty"`
	// Last day on which it holds, as "2006-01-02"; empty when it has no end.
	Until string `json:"until,omitempty"`
}

// ItemState says how far an item of the checklist is covered.
type ItemState string

// The states of a checklist item.
const (
	ItemCaptured      ItemState = "captured"
	ItemPartial       ItemState = "partial"
	ItemMissing       ItemState = "missing"
	ItemNotApplicable ItemState = "not-applicable"
)

// ChecklistItem is one item that a complete record has.
type ChecklistItem struct {
	ID    string    `json:"id"`
	Title string    `json:"title"`
	State ItemState `json:"state"`
	// Weakest basis of the facts that cover it; "missing" when there are none.
	Basis Basis `json:"basis"`
	// What is there, or what is not.
	Detail string `json:"detail,omitempty"`
}
