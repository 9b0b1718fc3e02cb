package evidence

// Coverage is what one report says about which lines were executed.
type Coverage struct {
	Origin Origin `json:"origin"`
	Format string `json:"format"`
	// Numbers of lines that can be executed and of those that were, each line of
	// a file counted once however often the report lists it. Profiles of Go
	// state statements instead, as the go command counts them.
	Lines   int `json:"lines"`
	Covered int `json:"covered"`
	// The files, by path. In the record only those that the change touches.
	Files []FileCoverage `json:"files,omitempty"`
	// Number of files left out.
	FilesOmitted int `json:"filesOmitted,omitempty"`

	// Folders in which the report says that sources are, when there are several. They
	// live only until the files are found and never enter the bundle.
	Roots []string `json:"-"`
}

// FileCoverage is the line coverage of one file. Lines in neither list cannot be
// executed.
type FileCoverage struct {
	// Path as the report gives it; in the record, the path in the repository.
	Path string `json:"path"`
	// Lines that were executed and lines that were not, ascending and disjoint.
	Covered []LineRange `json:"covered,omitempty"`
	Missed  []LineRange `json:"missed,omitempty"`
}

// Inventory is a software bill of materials, as counts only.
type Inventory struct {
	Origin          Origin `json:"origin"`
	Format          string `json:"format"`
	Components      int    `json:"components"`
	Vulnerabilities int    `json:"vulnerabilities"`
}
