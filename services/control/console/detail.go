package console

import (
	"regexp"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/reason"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// DetailOf is the detail of an act in the page's language. What the API writes there is words of its own with commas between them,
// each perhaps with a value behind it; what is not known is shown as it is.
func (q *request) DetailOf(a *controlv1.Act) string {
	words := strings.Split(a.GetDetail(), ", ")
	for i, word := range words {
		words[i] = q.detail(word)
	}
	return strings.Join(words, ", ")
}

// counted is a detail that begins with a number.
var counted = regexp.MustCompile(`^[0-9]+ `)

func (q *request) detail(word string) string {
	if text := q.W.Audit.Details[word]; text != "" {
		return text
	}
	if number := counted.FindString(word); number != "" {
		if text := q.W.Audit.Details["# "+word[len(number):]]; text != "" {
			return number + text
		}
	}
	name, value, ok := strings.Cut(word, " ")
	text := q.W.Audit.Details[name+" *"]
	if !ok || text == "" {
		return word
	}
	if d, err := time.ParseDuration(value); err == nil {
		value = whole(q.Lang.Took(d))
	} else if t, err := time.Parse(time.RFC3339, value); err == nil {
		value = q.Moment(timestamppb.New(t))
	} else if named := q.W.Audit.Details[value]; named != "" {
		value = named
	}
	return q.format(text, value)
}

// EventOf is what happened to a channel: a hold is told as the state that it is elsewhere.
func (q *request) EventOf(e *controlv1.ChannelEvent) string {
	switch {
	case e.GetWhat() != "held":
		return q.W.HopOf(controlv1.Direction_DIRECTION_UNSPECIFIED, e.GetWhat())
	case e.GetWhy().GetCode() == reason.Paused.Code():
		return q.W.ChannelStates["paused"]
	default:
		return q.W.ChannelStates["suspended"]
	}
}

// PurposeOf is what a stream is for, in the page's language.
func (q *request) PurposeOf(s *controlv1.Stream) string {
	if text := q.W.System.Purposes[s.GetName()]; text != "" {
		return text
	}
	if kind, far, ok := strings.Cut(s.GetName(), "_"); ok && q.W.System.Purposes[kind+"_*"] != "" {
		return q.format(q.W.System.Purposes[kind+"_*"], far)
	}
	return s.GetDescription()
}
