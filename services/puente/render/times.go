package render

import (
	"fmt"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"
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

// Clock is a time of day, with the day where that is not today; "" where it is not known.
func (o Output) Clock(t *timestamppb.Timestamp) string { return o.clock(t, "15:04:05") }

// Instant is Clock with milliseconds.
func (o Output) Instant(t *timestamppb.Timestamp) string { return o.clock(t, "15:04:05.000") }

func (o Output) clock(t *timestamppb.Timestamp, format string) string {
	if t == nil {
		return ""
	}
	at := t.AsTime().In(o.Now.Location())
	year, month, day := at.Date()
	switch y, m, d := o.Now.Date(); {
	case y == year && m == month && d == day:
		return at.Format(format)
	case y == year:
		return fmt.Sprintf("%d %s %s", day, o.Words.Months[month-1], at.Format(format))
	default:
		return at.Format("2006-01-02 " + format)
	}
}

// Since is how long ago a time is: "2 h 13 m"; "" where it is not known.
func (o Output) Since(t *timestamppb.Timestamp) string {
	if t == nil {
		return ""
	}
	return Took(o.Now.Sub(t.AsTime()))
}

// Until is how long it takes until a time; "" where it is not known.
func (o Output) Until(t *timestamppb.Timestamp) string {
	if t == nil {
		return ""
	}
	return Took(t.AsTime().Sub(o.Now))
}

// Between is how long something took; "" where one of both is not known.
func Between(from, to *timestamppb.Timestamp) string {
	if from == nil || to == nil {
		return ""
	}
	return Took(to.AsTime().Sub(from.AsTime()))
}
