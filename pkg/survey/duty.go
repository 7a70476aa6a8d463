package survey

import "slices"

// DutyMonths is how often the order asks for a report: at least once a year (§ 4).
const DutyMonths = 12

// Duty is where an office stands with its yearly report.
type Duty struct {
	Since Day // of the first publication; none: no duty yet
	Last  Day // of the newest report; none: no report yet
}

// Due returns the last day for the next report: a year after the last one, or after the first publication; none: there
// is no duty yet.
func (d Duty) Due() Day {
	switch {
	case !d.Last.IsZero():
		return d.Last.AddMonths(DutyMonths)
	case !d.Since.IsZero():
		return d.Since.AddMonths(DutyMonths)
	}
	return Day{}
}

// reminders are how many days before a due date an office is written to.
var reminders = []int{60, 30, 7}

// Reminders returns how many days before a due date an office is written to, most first.
func Reminders() []int { return slices.Clone(reminders) }

// Reminder tells which mail is to be sent on a day, by its days before the due date. Where several were missed it is the
// last one that should have gone: an office is not written to three times at once. 0: none yet.
func (d Duty) Reminder(today Day) int {
	due, which := d.Due(), 0
	if due.IsZero() || d.Since.IsZero() {
		return 0
	}
	for _, days := range reminders {
		if due.Sub(today) <= days {
			which = days
		}
	}
	return which
}

// Every is how often a schedule makes a report. Periods are those of the calendar.
type Every string

// The schedules.
const (
	EveryMonth   Every = "month"
	EveryQuarter Every = "quarter"
	EveryHalf    Every = "half"
	EveryYear    Every = "year"
)

// Everies lists all schedules, the most frequent first.
func Everies() []Every { return []Every{EveryMonth, EveryQuarter, EveryHalf, EveryYear} }

// Months is how long its periods are; 0: it is no schedule.
func (e Every) Months() int {
	return map[Every]int{EveryMonth: 1, EveryQuarter: 3, EveryHalf: 6, EveryYear: 12}[e]
}

// Period returns the first and last day of the period that a day is in.
func (e Every) Period(day Day) (from, to Day) {
	from, months := day.Month(), e.Months()
	from = from.AddMonths(-((int(from.Time().Month()) - 1) % months))
	return from, from.AddMonths(months).Add(-1)
}

// Ended returns the periods that ended before a day and after another one, oldest first.
func (e Every) Ended(done, today Day) []Filter {
	var periods []Filter
	for from, to := e.Period(done.Add(1)); to.Before(today); from, to = e.Period(to.Add(1)) {
		periods = append(periods, Filter{From: from, To: to})
	}
	return periods
}
