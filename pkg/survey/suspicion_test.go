package survey

import "testing"

func TestSuspicious(t *testing.T) {
	first := NewDay(2026, 3, 1)
	// days makes twenty days of a channel as they usually are, and one that is not.
	days := func(channel Channel, n, same, oddN, oddSame int) []DayCount {
		var all []DayCount
		for i := range 20 {
			all = append(all, DayCount{Day: first.Add(i), Channel: channel, N: n, Same: same})
		}
		return append(all, DayCount{Day: first.Add(20), Channel: channel, N: oddN, Same: oddSame})
	}
	tests := []struct {
		name        string
		days        []DayCount
		rate, alike bool
	}{
		{"as usual", days(ChannelWeb, 4, 1, 5, 1), false, false},
		{"far more than usual", days(ChannelWeb, 4, 1, 60, 3), true, false},
		{"six times the usual is not far more", days(ChannelWeb, 10, 1, 60, 3), false, false},
		{"more, but few", days(ChannelWeb, 1, 1, 29, 2), false, false},
		{"the same answers again and again", days(ChannelQR, 20, 2, 25, 12), false, true},
		{"the same answers again and again, at an office with one a day", days(ChannelWeb, 1, 1, 29, 28), false, true},
		{"many alike, but few", days(ChannelQR, 20, 2, 12, 9), false, false},
		{"many alike, but no large share", days(ChannelWeb, 60, 4, 90, 30), false, false},
		{"a kiosk with one question has many alike every day", days(ChannelKiosk, 40, 25, 50, 40), false, false},
		{"both", days(ChannelWeb, 5, 1, 200, 180), true, true},
		{"too few days to tell", days(ChannelWeb, 4, 1, 60, 60)[11:], false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := Suspicious(tt.days)
			if !tt.rate && !tt.alike {
				if got != nil {
					t.Errorf("suspicious: %+v", got)
				}
				return
			}
			if len(got) != 1 || got[0].Day != first.Add(20) || got[0].Rate != tt.rate || got[0].Alike != tt.alike {
				t.Errorf("suspicious: %+v; want day 21, rate %t, alike %t", got, tt.rate, tt.alike)
			}
		})
	}
	mixed := append(days(ChannelWeb, 4, 1, 60, 3), days(ChannelQR, 50, 5, 55, 5)...)
	if got := Suspicious(mixed); len(got) != 1 || got[0].Channel != ChannelWeb || got[0].Usual != 4 {
		t.Errorf("channels are judged apart; got %+v", got)
	}
}

func TestHastyDayOfAKiosk(t *testing.T) {
	tests := []struct {
		name    string
		n, fast int
		want    bool
	}{
		{"one child", 30, 10, true}, {"a family", 9, 9, false}, {"a busy desk at its busiest", 300, 20, false}, {"a busy desk and a child", 300, 30, true}, {"nothing", 0, 0, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Hasty(tt.n, tt.fast); got != tt.want {
				t.Errorf("Hasty(%d, %d) = %t, want %t", tt.n, tt.fast, got, tt.want)
			}
			found := Suspicious([]DayCount{{Day: NewDay(2026, 3, 1), Channel: ChannelKiosk, N: tt.n, Same: 1, Fast: tt.fast}})
			if (len(found) == 1) != tt.want {
				t.Errorf("a kiosk's only day is told as %+v, want it told: %t", found, tt.want)
			}
		})
	}
}
