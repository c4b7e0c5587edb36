package operate

import (
	"fmt"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/bonychat/puente/services/puente/render"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	reasonv1 "github.com/bonychat/puente/proto/gen/puente/reason/v1"
)

// why is a reason's sentence in the language of the output; "" where there is none.
func (o Operator) why(r *reasonv1.Reason) string {
	return o.Words.Language.Reason(r)
}

// whose says who can change the cause.
func (o Operator) whose(r *reasonv1.Reason) string {
	return o.Words.Faults[render.EnumWord(r.GetFault())]
}

func (o Operator) way(d controlv1.Direction) string { return o.Words.Ways[render.EnumWord(d)] }

// inOur chooses between two texts of the bridge.
func (o Operator) inOur(en, es string) string {
	return o.Words.Language.Of(en, es)
}

// count is a number with its noun.
func (o Operator) count(n uint64, noun render.Noun) string {
	if n == 1 {
		return "1 " + noun.One
	}
	return fmt.Sprintf("%d %s", n, noun.Many)
}

// mostListed bounds how many names a sentence holds.
const mostListed = 20

func (o Operator) list(names []string) string {
	text := strings.Join(names[:min(len(names), mostListed)], ", ")
	if more := len(names) - mostListed; more > 0 {
		text += " " + fmt.Sprintf(o.Words.More, more)
	}
	return text
}

// first is the first of these that is not empty.
func first(all ...string) string {
	for _, s := range all {
		if s != "" {
			return s
		}
	}
	return ""
}

func faint(string) render.Colour { return render.Faint }

func (o Operator) hopColour(cell string) render.Colour {
	h := o.Words.Hops
	switch cell {
	case h["failed"], h["failed_by_receipt"], h["dead"]:
		return render.Red
	case h["waiting"], h["held"]:
		return render.Yellow
	case h["sent"], h["delivered"], h["read"]:
		return render.Green
	default:
		return render.Plain
	}
}

// stateColour is that of a channel's state.
func (o Operator) stateColour(cell string) render.Colour {
	s := o.Words.ChannelStates
	switch cell {
	case s["suspended"]:
		return render.Red
	case s["paused"], s["waiting"]:
		return render.Yellow
	case s["ok"]:
		return render.Green
	default:
		return render.Plain
	}
}

// number is a count in a table; "" for none.
func number(n uint64) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}

// wordsOf are the words of an enumeration, without that for what is not known.
func wordsOf(e protoreflect.Enum) (all []string) {
	for i := 1; i < e.Descriptor().Values().Len(); i++ {
		all = append(all, render.EnumWord(e.Type().New(protoreflect.EnumNumber(i))))
	}
	return all
}
