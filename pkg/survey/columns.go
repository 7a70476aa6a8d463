package survey

// Columns are the answers of one version's submissions turned on their side, one column a slot of its layout, so that
// a cross-tab reads two columns and nothing else. The order of the submissions means nothing; place i of every column
// is the same submission. What a rule hides is CodeHidden, as Layout.Count counts it.
type Columns struct {
	Version  *Version
	N        int
	Codes    [][]Code  // by slot of Version.Layout, then by submission
	Channels []Channel // by submission
	Points   []int64   // service points by submission; 0: none
	Months   []Day     // by submission
}
