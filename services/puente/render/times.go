package render

import (
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/terms"
)

// Took is a duration in at most two units: see [terms.Took].
func (o Output) Took(d time.Duration) string { return o.Words.Language.Took(d) }

// Moment is a time behind "since" or "until", AtMoment one with its preposition; "" where it is not known.
func (o Output) Moment(t *timestamppb.Timestamp) string {
	if t == nil {
		return ""
	}
	return o.Words.Moment(t.AsTime(), o.Now, terms.Seconds)
}

// AtMoment is when something happens.
func (o Output) AtMoment(t *timestamppb.Timestamp) string {
	if t == nil {
		return ""
	}
	return o.Words.AtMoment(t.AsTime(), o.Now, terms.Seconds)
}

// Clock is a time of day, with the day where that is not today; "" where it is not known.
func (o Output) Clock(t *timestamppb.Timestamp) string { return o.clock(t, terms.Seconds) }

// Instant is Clock with milliseconds.
func (o Output) Instant(t *timestamppb.Timestamp) string { return o.clock(t, terms.Milliseconds) }

func (o Output) clock(t *timestamppb.Timestamp, layout string) string {
	if t == nil {
		return ""
	}
	return o.Words.Clock(t.AsTime(), o.Now, layout)
}

// Since is how long ago a time is: "2 h 13 m"; "" where it is not known.
func (o Output) Since(t *timestamppb.Timestamp) string {
	if t == nil {
		return ""
	}
	return o.Took(o.Now.Sub(t.AsTime()))
}

// Until is how long it takes until a time; "" where it is not known.
func (o Output) Until(t *timestamppb.Timestamp) string {
	if t == nil {
		return ""
	}
	return o.Took(t.AsTime().Sub(o.Now))
}

// Between is how long something took; "" where one of both is not known.
func (o Output) Between(from, to *timestamppb.Timestamp) string {
	if from == nil || to == nil {
		return ""
	}
	return o.Took(to.AsTime().Sub(from.AsTime()))
}
