package terms

import (
	"fmt"
	"strings"
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

// Took is [Took] with the language's decimal sign: "1,2 s".
func (l Language) Took(d time.Duration) string { return l.Decimal(Took(d)) }

// Decimal is a number as it is written in the language. It is given with a point.
func (l Language) Decimal(number string) string {
	if l == Spanish {
		return strings.Replace(number, ".", ",", 1)
	}
	return number
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

// Moment is [Terms.Clock] behind "since" or "until": "las 15:04:05", "el 2 ene a las 15:04:05" in Spanish, "2 Jan 15:04:05" in English.
func (t *Terms) Moment(at, now time.Time, layout string) string {
	day, clock := t.parts(at, now, layout)
	if day == "" {
		return clock
	}
	return fmt.Sprintf(t.Moments.Day, day, clock)
}

// AtMoment is when something happens, with its preposition: "a las 15:04:05", "at 15:04:05", "on 2 Jan at 15:04:05".
func (t *Terms) AtMoment(at, now time.Time, layout string) string {
	day, clock := t.parts(at, now, layout)
	if day == "" {
		return fmt.Sprintf(t.Moments.At, clock)
	}
	return fmt.Sprintf(t.Moments.On, day, clock)
}

// parts are a day, "" for that of now, and a time of that day with its article.
func (t *Terms) parts(at, now time.Time, layout string) (day, clock string) {
	at = at.In(now.Location())
	clock = at.Format(layout)
	day = strings.TrimSuffix(strings.TrimSuffix(t.Clock(at, now, layout), clock), " ")
	if at.Hour() == 1 {
		return day, fmt.Sprintf(t.Moments.One, clock)
	}
	return day, fmt.Sprintf(t.Moments.Hour, clock)
}
