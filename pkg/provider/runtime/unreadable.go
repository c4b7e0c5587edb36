package runtime

import (
	"context"
	"fmt"

	"github.com/bonychat/puente/pkg/consume"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/topology"
)

// unreadable are the reasons of a call's events that cannot be read, in their order. Each is in words of a network's own code, and
// quotes nothing of the event.
type unreadable []string

// add notes one more.
func (u *unreadable) add(detail string) { *u = append(*u, detail) }

// tasks leave a dead letter for each event. A letter holds the whole call, so that it can be read again: as many are
// left as fit into one message of the broker together, one at least, and the last of them counts the others: a call of a million
// events that are none must not fill the store. body is the size of the call in bytes.
func (u unreadable) tasks(body int) (tasks []consume.Task) {
	most := max(1, topology.MaxPayload/max(body, 1024))
	for i, detail := range u {
		if i == most-1 && len(u) > most {
			detail += fmt.Sprintf("; %d more events of the call cannot be read", len(u)-most)
		}
		if i < most {
			why := reason.Unreadable.With("detail", detail)
			tasks = append(tasks, consume.Task{Lane: "unreadable", Do: func(context.Context) error { return consume.Permanent(why) }})
		}
	}
	return tasks
}
