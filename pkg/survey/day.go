package survey

import (
	"database/sql/driver"
	"fmt"
	"time"
)

// Day is a calendar day without a time: all that is ever kept of when a resident answered. The zero Day
// means "none". Days compare with ==.
type Day struct {
	days int32 // since 0001-01-01, so that the zero time's day is the zero Day
}

const (
	dayFormat     = "2006-01-02"
	secondsPerDay = 86400
	epochDays     = 719162 // from 0001-01-01 to 1970-01-01
)

// DayOf returns the day of a moment in that moment's own time zone.
func DayOf(t time.Time) Day {
	y, m, d := t.Date()
	return Day{int32(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix()/secondsPerDay) + epochDays}
}

// NewDay returns the day of a year, month and day of the month.
func NewDay(year int, month time.Month, day int) Day {
	return DayOf(time.Date(year, month, day, 0, 0, 0, 0, time.UTC))
}

// ParseDay reads a day as 2006-01-02.
func ParseDay(s string) (Day, error) {
	t, err := time.Parse(dayFormat, s)
	if err != nil || t.Year() < 1 { // an SQL date has no year 0
		return Day{}, fmt.Errorf("day %q: want yyyy-mm-dd", s)
	}
	return DayOf(t), nil
}

// Time returns the day's midnight in UTC.
func (d Day) Time() time.Time { return time.Unix(int64(d.days-epochDays)*secondsPerDay, 0).UTC() }

// IsZero reports whether d is no day.
func (d Day) IsZero() bool { return d.days == 0 }

// Month returns the first day of d's month.
func (d Day) Month() Day { y, m, _ := d.Time().Date(); return NewDay(y, m, 1) }

// Add returns the day n days later.
func (d Day) Add(n int) Day { return Day{d.days + int32(n)} }

// AddMonths returns the same day n months later; the 31st turns into the next month's first days as in time.AddDate.
func (d Day) AddMonths(n int) Day { return DayOf(d.Time().AddDate(0, n, 0)) }

// Before reports whether d is earlier than e.
func (d Day) Before(e Day) bool { return d.days < e.days }

// Sub returns how many days d is after e.
func (d Day) Sub(e Day) int { return int(d.days - e.days) }

// Year returns the calendar year.
func (d Day) Year() int { return d.Time().Year() }

// String returns the day as 2006-01-02, or "" for none.
func (d Day) String() string {
	if d.IsZero() {
		return ""
	}
	return d.Time().Format(dayFormat)
}

// MarshalText writes the day as 2006-01-02.
func (d Day) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads 2006-01-02 or "".
func (d *Day) UnmarshalText(text []byte) (err error) {
	if len(text) == 0 {
		*d = Day{}
		return nil
	}
	*d, err = ParseDay(string(text))
	return err
}

// Value stores the day as an SQL date; none is NULL.
func (d Day) Value() (driver.Value, error) {
	if d.IsZero() {
		return nil, nil
	}
	return d.String(), nil
}

// Scan reads an SQL date.
func (d *Day) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*d = Day{}
	case time.Time:
		*d = DayOf(v)
	case string:
		return d.UnmarshalText([]byte(v))
	case []byte:
		return d.UnmarshalText(v)
	default:
		return fmt.Errorf("day from %T", src)
	}
	return nil
}
