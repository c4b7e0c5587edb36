package failures

import (
	"fmt"
	"reflect"
	"slices"
	"time"

	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/bonychat/puente/services/puente/operate"
	"github.com/bonychat/puente/services/puente/operate/exit"
	"github.com/bonychat/puente/services/puente/render"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	reasonv1 "github.com/bonychat/puente/proto/gen/puente/reason/v1"
)

// Chosen says which failures are meant; all that is set has to hold.
type Chosen struct {
	Channel, Network string
	// Reason is its code, or a part of its sentence.
	Reason string
	// Fault and Kind are words of the enumerations: "contact", "receipt".
	Fault, Kind string
	// Key is the id of a message, or the key of a dead letter.
	Key string
	// Keys are exactly those that are meant: ids of messages, or keys as they are listed; none for any.
	Keys []string
	// Contact is the key of one, as it is listed; "" for any.
	Contact string
	// Number is that of a dead letter; 0 for any.
	Number uint64
	// Since and Until say how long ago it failed, at most and at least; 0 for any time.
	Since, Until time.Duration
}

// some says that something is chosen.
func (c Chosen) some() bool { return !reflect.ValueOf(c).IsZero() }

// Faults and Kinds are the words that Chosen takes.
func Faults() []string { return wordsOf(reasonv1.Fault(0)) }
func Kinds() []string  { return wordsOf(controlv1.FailureKind(0)) }

// wordsOf are the words of an enumeration, without that for what is not known.
func wordsOf(e protoreflect.Enum) (all []string) {
	for i := 1; i < e.Descriptor().Values().Len(); i++ {
		all = append(all, render.EnumWord(e.Type().New(protoreflect.EnumNumber(i))))
	}
	return all
}

// filterOf is what is chosen as the bridge takes it. A word that there is not is an [exit.Error] that lists them.
func filterOf(o operate.Operator, c Chosen) (*controlv1.FailureFilter, error) {
	f := &controlv1.FailureFilter{
		Channel: c.Channel, Network: c.Network, Reason: c.Reason, Key: c.Key, Keys: c.Keys, Contact: c.Contact, Number: c.Number, Since: o.Ago(c.Since), Until: o.Ago(c.Until),
	}
	if c.Fault != "" {
		n := slices.Index(Faults(), c.Fault)
		if n < 0 {
			return nil, exit.With(exit.Usage, fmt.Sprintf(o.Words.Failures.NoWord, "--fault", c.Fault, o.List(Faults())))
		}
		f.Fault = reasonv1.Fault(n + 1)
	}
	if c.Kind != "" {
		n := slices.Index(Kinds(), c.Kind)
		if n < 0 {
			return nil, exit.With(exit.Usage, fmt.Sprintf(o.Words.Failures.NoWord, "--kind", c.Kind, o.List(Kinds())))
		}
		f.Kind = controlv1.FailureKind(n + 1)
	}
	return f, nil
}
