package survey

import (
	"fmt"
	"time"
)

// Channel says by which way a submission came in. It is kept for ever and reported apart.
type Channel string

// The five channels.
const (
	ChannelWeb          Channel = "web"
	ChannelQR           Channel = "qr"
	ChannelKiosk        Channel = "kiosk"
	ChannelPaperTyped   Channel = "paper_typed"
	ChannelPaperScanned Channel = "paper_scanned"
)

// Channels lists all channels in the order of reports.
func Channels() []Channel {
	return []Channel{ChannelWeb, ChannelQR, ChannelKiosk, ChannelPaperTyped, ChannelPaperScanned}
}

// OnPaper reports whether the channel's answers were given on paper, where nothing can be required and a
// mark may be unreadable.
func (c Channel) OnPaper() bool { return c == ChannelPaperTyped || c == ChannelPaperScanned }

// Submission is one filled questionnaire. It has no respondent, address, device or time: the day is all.
type Submission struct {
	ID           string // UUIDv4, without any order
	VersionID    int64
	Channel      Channel
	ServicePoint int64 // 0: none
	Day          Day
	Codes        []int16 // by the version's layout
	Remarks      []Remark
}

// Version is one frozen wording of a questionnaire. Old versions stay readable for ever.
type Version struct {
	ID            int64
	Number        int // 1, 2, 3 … within the tenant's questionnaire
	Questionnaire Questionnaire
	Layout        Layout
	PublishedAt   time.Time
}

// Results is what a filter takes in of one tenant: a tally a version, oldest version first, and the
// remarks. Digest names the state of all the tenant's results at that moment; an edit under § 5 commits
// only while an archived report has the same digest.
type Results struct {
	Tallies []Tally
	Remarks []ResultRemark // approved ones
	Pending int            // remarks that wait for review and are left out
	// Issued and Returned count the paper forms handed out and come back in batches whose day is in the
	// period and whose typist recorded both numbers; Issued 0: not recorded.
	Issued, Returned int
	// Suspicions are the days of the period that look stuffed, and Suspects what they brought: it is among the
	// Tallies too.
	Suspicions []Suspicion
	Suspects   []Tally
	Columns    []*Columns // the codes of the same submissions; nil: not read
	Digest     string
}

// ResultRemark is a remark with what may be told of its submission.
type ResultRemark struct {
	VersionID int64
	Remark
	Channel Channel
	Month   Day
}

// Tally counts the submissions of one version.
type Tally struct {
	Version *Version
	Parts   []TallyPart
}

// TallyPart counts the submissions of one month, channel and service point.
type TallyPart struct {
	Month        Day
	Channel      Channel
	ServicePoint int64 // 0: none
	N            int
	Counts       []int64 // length Layout.Counters
}

// Filter chooses submissions. Empty lists choose all.
type Filter struct {
	From          Day       `json:"from"` // both days included
	To            Day       `json:"to"`
	Channels      []Channel `json:"channels,omitempty"`
	ServicePoints []int64   `json:"service_points,omitempty"` // 0 in the list: those without a service point
}

// All reports whether the filter leaves nothing out but what is outside its period.
func (f Filter) All() bool { return len(f.Channels) == 0 && len(f.ServicePoints) == 0 }

// Check says what is wrong with a filter.
func (f Filter) Check() error {
	var bad InvalidError
	if f.From.IsZero() {
		bad.Add("from", ProblemRequired, 0)
	}
	if f.To.IsZero() {
		bad.Add("to", ProblemRequired, 0)
	} else if f.To.Before(f.From) {
		bad.Add("to", ProblemBelow, 0)
	}
	for _, c := range f.Channels {
		if !c.known() {
			bad.Add("channel", ProblemUnknown, 0)
		}
	}
	return bad.Err()
}

func (c Channel) known() bool {
	for _, have := range Channels() {
		if c == have {
			return true
		}
	}
	return false
}

// ParseChannel reads a channel's name.
func ParseChannel(s string) (Channel, error) {
	if c := Channel(s); c.known() {
		return c, nil
	}
	return "", fmt.Errorf("channel %q: %w", s, ErrNotFound)
}
