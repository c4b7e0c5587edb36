package terms

import (
	"fmt"
	"time"
)

// Took is a duration in at most two units: "850 ms", "1.2 s", "4 s", "2 h 13 m", "3 d 4 h". What is negative, by clocks
// that differ, is 0.
func Took(d time.Duration) string {
	switch {
	case d < 0:
		return "0 ms"
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < 10*time.Second:
		return fmt.Sprintf("%g s", d.Truncate(100*time.Millisecond).Seconds())
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < time.Hour:
		return two(int(d.Minutes()), "m", int(d.Seconds())%60, "s")
	case d < 24*time.Hour:
		return two(int(d.Hours()), "h", int(d.Minutes())%60, "m")
	default:
		return two(int(d.Hours())/24, "d", int(d.Hours())%24, "h")
	}
}

func two(n int, unit string, rest int, of string) string {
	if rest == 0 {
		return fmt.Sprintf("%d %s", n, unit)
	}
	return fmt.Sprintf("%d %s %d %s", n, unit, rest, of)
}

// Layouts of [Terms.Clock].
const (
	Seconds      = "15:04:05"
	Milliseconds = "15:04:05.000"
)

// Clock is a time of day in the zone of now, with the day where that is not today.
func (t *Terms) Clock(at, now time.Time, layout string) string {
	at = at.In(now.Location())
	year, month, day := at.Date()
	switch y, m, d := now.Date(); {
	case y == year && m == month && d == day:
		return at.Format(layout)
	case y == year:
		return fmt.Sprintf("%d %s %s", day, t.Months[month-1], at.Format(layout))
	default:
		return at.Format("2006-01-02 " + layout)
	}
}
