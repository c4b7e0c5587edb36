package heard

import (
	"context"
	"fmt"

	"google.golang.org/protobuf/proto"

	"github.com/bonychat/puente/pkg/consume"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/topology"

	webhookv1 "github.com/bonychat/puente/proto/gen/puente/webhook/v1"
)

// Unreadable are the reasons of a call's events that cannot be read, in their order. Each is in words of a network's own code, and
// quotes nothing of the event.
type Unreadable []string

// Add notes one more.
func (u *Unreadable) Add(detail string) { *u = append(*u, detail) }

// Tasks leave a dead letter for each event. A letter holds the whole call, so that it can be read again: as many are
// left as fit into one message of the broker together, one at least, and the last of them counts the others: a call of a million
// events that are none must not fill the store. made are the ids of the messages that were made of the call's other events.
func (u Unreadable) Tasks(call *webhookv1.Call, made []string) (tasks []consume.Task) {
	if len(u) == 0 {
		return nil
	}
	letter := letterOf(call, made)
	most := max(1, topology.MaxPayload/max(len(call.GetBody()), 1024))
	for i, detail := range u {
		if i == most-1 && len(u) > most {
			detail += fmt.Sprintf("; %d more events of the call cannot be read", len(u)-most)
		}
		if i < most {
			why := reason.Unreadable.With("detail", detail)
			tasks = append(tasks, consume.Task{Lane: "unreadable", Do: func(context.Context) error { return consume.PermanentOf(why, letter) }})
		}
	}
	return tasks
}

// letterRoom is what a letter needs beside its call.
const letterRoom = 64 << 10

// letterOf is a call as a dead letter holds it that is about some of its events: it names the messages that were made of the
// others, since what was taken is forgotten before a letter is. nil is the call as it came, where the names would not fit.
func letterOf(call *webhookv1.Call, made []string) []byte {
	letter := proto.CloneOf(call)
	letter.Made, letter.MadeKnown = append(letter.Made, made...), true
	if proto.Size(letter) > topology.MaxPayload-letterRoom {
		return nil
	}
	body, err := proto.Marshal(letter)
	if err != nil {
		return nil
	}
	return body
}
