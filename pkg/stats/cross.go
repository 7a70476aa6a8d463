package stats

import "ocenaurzedu.eu/pkg/survey"

// Dimension is what a cross-tab divides submissions by: a question, a row of a matrix, or a property of the
// submission.
type Dimension struct {
	Question string `json:"question,omitempty"`
	Row      string `json:"row,omitempty"`
	Aspect   string `json:"aspect,omitempty"`
	Property string `json:"property,omitempty"` // channel, point, department, month; empty: a question
}

// Cross is a question's answers (rows) divided by another dimension (columns): from codes alone, protected as a whole. A suppressed
// cell carries no number. Shares are of the column's valid answers.
type Cross struct {
	Row      Dimension     `json:"row"`
	Column   Dimension     `json:"column"`
	RowLabel survey.Text   `json:"row_label"`
	ColLabel survey.Text   `json:"column_label"`
	N        int           `json:"n"`               // submissions with an answer to both
	Multi    bool          `json:"multi,omitempty"` // several answers a submission in the rows: shares sum to over 100 %
	Rows     []CrossLine   `json:"rows"`
	Columns  []CrossLine   `json:"columns"`
	Cells    [][]CrossCell `json:"cells"`           // by row, then by column
	Means    []CrossMean   `json:"means,omitempty"` // of the row question's scores by column; none without scores
	Versions []int         `json:"versions"`
	Withheld bool          `json:"withheld"` // nothing may be told
	Left     int           `json:"left_out"` // submissions of the filter that are not in the table: no answer to one of the two
}

// CrossLine is the heading of a row or column with its total.
type CrossLine struct {
	Value      string      `json:"value"`
	Label      survey.Text `json:"label"`
	N          int         `json:"n"`
	Suppressed bool        `json:"suppressed"`
}

// CrossCell is how many gave the row's answer in the column.
type CrossCell struct {
	Count      int   `json:"count"`
	Share      Share `json:"share"` // of the column's total
	Suppressed bool  `json:"suppressed"`
}

// CrossMean is the mean in one column.
type CrossMean struct {
	Rating     Figure `json:"rating"`
	Suppressed bool   `json:"suppressed"`
}
