package stats

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"ocenaurzedu.eu/pkg/survey"
)

func TestWordings(t *testing.T) {
	may, june := survey.NewDay(2026, 5, 1), survey.NewDay(2026, 6, 1)
	remark := func(text string, channel survey.Channel, month survey.Day) Remark {
		return Remark{text, channel, month}
	}
	tests := []struct {
		name    string
		remarks []Remark
		want    []Wording
	}{
		{"none", nil, nil},
		{"a single one keeps its origin", []Remark{remark("Za mało miejsc.", survey.ChannelWeb, may)}, []Wording{{"Za mało miejsc.", 1, survey.ChannelWeb, may}}},
		{"the most frequent first, the others in their order", []Remark{remark("b", survey.ChannelWeb, may), remark("a", survey.ChannelWeb, may), remark("c", survey.ChannelWeb, may), remark("c", survey.ChannelWeb, may)},
			[]Wording{{"c", 2, survey.ChannelWeb, may}, {"b", 1, survey.ChannelWeb, may}, {"a", 1, survey.ChannelWeb, may}}},
		{"capitals, blanks and a stop are no other wording", []Remark{remark("super", survey.ChannelWeb, may), remark("Super!", survey.ChannelWeb, may), remark(" SUPER ", survey.ChannelWeb, may), remark("Super!", survey.ChannelWeb, may)},
			[]Wording{{"Super!", 4, survey.ChannelWeb, may}}},
		{"a comma may change the sense", []Remark{remark("Nie polecam", survey.ChannelWeb, may), remark("Nie, polecam", survey.ChannelWeb, may), remark("Nie polecam?", survey.ChannelWeb, may)},
			[]Wording{{"Nie polecam", 1, survey.ChannelWeb, may}, {"Nie, polecam", 1, survey.ChannelWeb, may}, {"Nie polecam?", 1, survey.ChannelWeb, may}}},
		{"of several origins none is told", []Remark{remark("a", survey.ChannelWeb, may), remark("a", survey.ChannelQR, june)}, []Wording{{Text: "a", Times: 2}}},
		{"one month, several channels", []Remark{remark("a", survey.ChannelWeb, may), remark("a", survey.ChannelQR, may)}, []Wording{{Text: "a", Times: 2, Month: may}}},
		{"one origin withheld, the other's is too", []Remark{remark("a", "", survey.Day{}), remark("a", survey.ChannelQR, may), remark("a", survey.ChannelQR, may)}, []Wording{{Text: "a", Times: 3}}},
		{"signs alone", []Remark{remark(".", survey.ChannelWeb, may), remark("...", survey.ChannelWeb, may)}, []Wording{{".", 1, survey.ChannelWeb, may}, {"...", 1, survey.ChannelWeb, may}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, RemarkGroup{Remarks: tt.remarks}.Wordings(), cmp.Comparer(func(a, b survey.Day) bool { return a == b })); diff != "" {
				t.Errorf("Wordings() (-want +got):\n%s", diff)
			}
		})
	}
}
