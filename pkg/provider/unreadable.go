package provider

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/bonychat/puente/pkg/consume"
	"github.com/bonychat/puente/pkg/topology"
)

// unreadable are the reasons of a call's events that cannot be read, in their order.
type unreadable []string

func (u *unreadable) add(reason string) { *u = append(*u, reason) }

// tasks leave a dead letter for each event. A letter holds the whole call, so that it can be read again: as many are
// left as fit into one message of the broker together, one at least, and the last of them counts the others.
func (u unreadable) tasks(body int) (tasks []consume.Task) {
	most := max(1, topology.MaxPayload/max(body, 1024))
	for i, reason := range u {
		if i == most-1 && len(u) > most {
			reason += fmt.Sprintf("; %d more events of the call cannot be read", len(u)-most)
		}
		if i < most {
			tasks = append(tasks, consume.Task{Lane: "unreadable", Do: func(context.Context) error { return consume.Permanent(reason) }})
		}
	}
	return tasks
}

// Misread is the reason why a piece of JSON cannot be read, for [Event.Unreadable]: what it is and where the decoder
// stopped, without what stood there. "a message" makes "a message cannot be read at from.id".
func Misread(what string, err error) string {
	if t, ok := errors.AsType[*json.UnmarshalTypeError](err); ok && t.Field != "" {
		return fmt.Sprintf("%s cannot be read at %s", what, t.Field)
	}
	return what + " cannot be read"
}
