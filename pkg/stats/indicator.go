package stats

import "ocenaurzedu.eu/pkg/survey"

// Indicator is a composite of all items with one role: the mean of their percents of range P = (x̄−min)/(max−min)·100.
// It is no institution's own formula, and its weight is printed beside it.
type Indicator struct {
	Role     survey.Role `json:"role"`
	Items    int         `json:"items"`    // how many percents of range it is the mean of; withheld ones are left out
	Weight   float64     `json:"weight"`   // in the composite of all roles, as the office set it; above 0
	Value    Figure      `json:"value"`    // 0 to 100; N: the answers to the item that has most
	Withheld bool        `json:"withheld"` // there are answers, but none may be told
}

// Alpha is Cronbach's α = r/(r−1)·(1−Σs²ᵢ/s²ₓ) of an area's r rows over the submissions that answered all of them (L. J.
// Cronbach, Psychometrika 16, 1951). It is made of codes, so that it is there only where Results.Columns are.
type Alpha struct {
	OK    bool    `json:"ok"`
	Value float64 `json:"value"`
	N     int     `json:"n"`    // submissions that answered all rows
	Rows  int     `json:"rows"` // r
}
