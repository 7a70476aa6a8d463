package sheet

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"ocenaurzedu.eu/pkg/survey"
)

// Form is the language of a sheet and the size of its print.
type Form struct {
	Lang  string
	Large bool // 18 points, for those who need it
}

// formatPolish is the letter of Polish in normal print: all sheets that were printed before there were others.
const formatPolish = "A"

// formats are the letters of the forms, the first of the codes on their sheets. Each is in the alphabet of codes.
var formats = []struct {
	letter string
	Form
}{
	{formatPolish, Form{Lang: survey.Polish}}, {"B", Form{survey.Polish, true}},
	{"C", Form{Lang: survey.English}}, {"D", Form{survey.English, true}},
	{"E", Form{Lang: survey.Ukrainian}}, {"F", Form{survey.Ukrainian, true}},
}

// Format is the form's letter, or "" of one in which no sheet is printed.
func (f Form) Format() string {
	for _, each := range formats {
		if each.Form == f {
			return each.letter
		}
	}
	return ""
}

// FormOf is the form with a letter, or survey.ErrNotFound.
func FormOf(letter string) (Form, error) {
	for _, each := range formats {
		if each.letter == letter {
			return each.Form, nil
		}
	}
	return Form{}, fmt.Errorf("format %q of a sheet: %w", letter, survey.ErrNotFound)
}

// Forms lists those in which a questionnaire can be printed: in each of its languages, Polish first, the normal one
// before the large one.
func Forms(q *survey.Questionnaire) []Form {
	var all []Form
	for _, each := range formats {
		if each.Lang == survey.Polish || slices.Contains(q.Languages, each.Lang) {
			all = append(all, each.Form)
		}
	}
	return all
}

// Layouts lays a questionnaire out in each of its forms. A form in which it takes more than MaxPages is left out; the
// error is ErrTooLong if that is Polish in normal print, without which there is no paper at all.
func Layouts(q *survey.Questionnaire) ([]*Layout, error) {
	var all []*Layout
	for _, form := range Forms(q) {
		l, err := form.Layout(q)
		if errors.Is(err, ErrTooLong) && form.Format() != formatPolish {
			continue
		}
		if err != nil {
			return nil, err
		}
		all = append(all, l)
	}
	return all, nil
}

// Frozen are the Layouts of a questionnaire as JSON, to be kept with its version: that of Polish in normal print, and the
// others by format.
func Frozen(q *survey.Questionnaire) (polish json.RawMessage, others map[string]json.RawMessage, err error) {
	all, err := Layouts(q)
	if err != nil {
		return nil, nil, err
	}
	others = map[string]json.RawMessage{}
	for _, l := range all {
		data, err := json.Marshal(l)
		if err != nil {
			return nil, nil, err
		}
		if l.Format == formatPolish {
			polish = data
		} else {
			others[l.Format] = data
		}
	}
	return polish, others, nil
}

// Layout lays a questionnaire out on paper. The same questionnaire gives the same Layout. The questionnaire must be
// without faults (survey.Questionnaire.Check). A text that the language lacks is in Polish. The error is ErrTooLong if it
// does not fit on MaxPages pages.
func (f Form) Layout(q *survey.Questionnaire) (*Layout, error) {
	if err := q.Check(); err != nil {
		return nil, fmt.Errorf("laying out %s: %w", q.Key, err)
	}
	flow, err := newFlow(f, q)
	if err != nil {
		return nil, err
	}
	return flow.lay(q)
}
