package evidence

// AuthorKind says who wrote a line, as far as anything tells.
type AuthorKind string

const (
	// AuthorAI lines are claimed by a session.
	AuthorAI AuthorKind = "ai"
	// AuthorHuman lines are claimed by a person. There is no human by
	// elimination.
	AuthorHuman AuthorKind = "human"
	// AuthorUnattested lines are claimed by nobody.
	AuthorUnattested AuthorKind = "unattested"
	// AuthorPreexisting lines are added as the diff has it, but the history
	// shows that they are older than the change: they were moved.
	AuthorPreexisting AuthorKind = "preexisting"
)

// Attribution says who wrote the added lines.
type Attribution struct {
	Lines LineCounts        `json:"lines"`
	Files []FileAttribution `json:"files,omitempty"`
	// Number of claims that are about none of the added lines.
	ClaimsUnused int `json:"claimsUnused,omitempty"`
	// What later commits did to lines that an agent had written, by file and from
	// the oldest on.
	Later []LaterEdit `json:"later,omitempty"`
}

// LaterEdit is an edit of AI-written lines by a later commit.
type LaterEdit struct {
	Path string `json:"path"`
	// The lines of the edit that are still there, at head.
	Lines  []LineRange `json:"lines,omitempty"`
	Commit string      `json:"commit" redact:"keep"`
	// "replaced", "deleted" or "inserted".
	Action LaterAction `json:"action"`
	// "same-run", "other-run", "some-run" when an agent made it and nothing tells
	// in which run, "human", or "unattested" when nothing tells who made it. A
	// deletion leaves nothing to attest.
	By LaterBy `json:"by"`
	// Sessions that had written the lines, and the one that made the edit.
	Of      []string `json:"of,omitempty"`
	Session string   `json:"session,omitempty"`
	// Numbers of AI-written lines taken away and of lines put there.
	Removed int `json:"removed"`
	Added   int `json:"added"`
	// A session ran a validation after the commit, and it passed.
	Validated bool `json:"validated,omitempty"`
}

// LineCounts are numbers of added lines. Added is the sum of the others.
type LineCounts struct {
	Added       int `json:"added"`
	AI          int `json:"ai"`
	Human       int `json:"human"`
	Unattested  int `json:"unattested"`
	Preexisting int `json:"preexisting"`
}

// FileAttribution is the attribution of the added lines of one file.
type FileAttribution struct {
	Path string `json:"path"`
	// High-risk area that the file is in, as the policy names it or by its path;
	// absent for other files and for tests.
	Area  string     `json:"area,omitempty"`
	Lines LineCounts `json:"lines"`
	// Parts of the file that cover every added line exactly once, ascending.
	Parts []AttributedRange `json:"parts,omitempty"`
}

// AttributedRange is a run of added lines with one origin and one author.
type AttributedRange struct {
	LineRange
	// Commit that wrote the lines, and where the first of them stood there;
	// absent when the history is not known.
	Commit     string     `json:"commit,omitempty" redact:"keep"`
	OriginPath string     `json:"originPath,omitempty"`
	OriginLine int        `json:"originLine,omitempty"`
	Kind       AuthorKind `json:"kind"`
	// Session, method, confidence and basis of the claim; absent for
	// unattested lines.
	Session    string     `json:"session,omitempty"`
	Agent      string     `json:"agent,omitempty"`
	Model      string     `json:"model,omitempty"`
	Method     Method     `json:"method,omitempty"`
	Confidence Confidence `json:"confidence,omitempty"`
	Basis      Basis      `json:"basis,omitempty"`
	// What weaker claims say about the same lines, the strongest first.
	Others []Attestation `json:"others,omitempty"`
	// One of them names another author.
	Conflict bool `json:"conflict,omitempty"`
}

// Attestation is one claim about who wrote lines.
type Attestation struct {
	Kind       AuthorKind `json:"kind"`
	Session    string     `json:"session,omitempty"`
	Agent      string     `json:"agent,omitempty"`
	Model      string     `json:"model,omitempty"`
	Method     Method     `json:"method"`
	Confidence Confidence `json:"confidence"`
	Basis      Basis      `json:"basis"`
}
