package runtime

import (
	"context"
	"errors"
	"slices"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/consume"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/runtime/internal/heard"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/pkg/webhook/expr"

	webhookv1 "github.com/bonychat/puente/proto/gen/puente/webhook/v1"
)

// split reads a stored call and makes a task of each of its events: bytes to canonical events. Package consume calls it for the calls
// of a partition one after the other, in the order of the stream, and for several partitions at once. An error sends the call as a whole to
// the dead letters, but for the context's: then it is read again. It has no effect but the log's.
func (s *runner) split(ctx context.Context, e *consume.Entry) ([]consume.Task, error) {
	var stored webhookv1.Call
	if err := proto.Unmarshal(e.Body, &stored); err != nil {
		return nil, errors.New("the stored call cannot be read")
	}
	call := expr.FromProto(&stored)
	c, err := s.await(ctx, call.Channel)
	if err != nil {
		return nil, err
	}
	events, err := s.receive(c, call)
	if err != nil {
		s.env.Log.Warn("call cannot be read", "network", call.Network, "channel", call.Channel, "err", err)
		return nil, err
	}
	return s.tasks(c, &stored, call, events), nil
}

// tasks are what is to be done for the events of a call. One that cannot be passed on ends for itself, in the dead letters. The
// call is finished when all of its tasks are; after a crash in between all are done again, and what was stored is known by its
// id. A call that comes out of a dead letter names the messages that were made of it before: they are not made again.
func (s *runner) tasks(c *channel, stored *webhookv1.Call, call webhook.Call, events []provider.Event) (tasks []consume.Task) {
	var u heard.Unreadable
	var made []string
	owners := owners{runner: s, called: c, call: call}
	for _, event := range events {
		// a network may tell of several accounts in one call
		owner := owners.of(event.Account)
		if owner == nil {
			s.ignored.Tell(s.env.Log, c.Network, c.ID, ignoredAccount)
			continue
		}
		task, err := s.task(owner, call, event)
		if task != nil && event.Receipt == nil {
			id := s.messageID(owner, event)
			if slices.Contains(stored.GetMade(), id) {
				continue
			}
			made = append(made, id)
		}
		switch {
		case err != nil:
			s.env.Log.Warn("event cannot be read", "network", c.Network, "channel", c.ID, "why", err)
			u.Add(err.Error())
		case task != nil:
			tasks = append(tasks, *task)
		}
	}
	return append(tasks, u.Tasks(stored, made)...)
}

// awaitChannel bounds how long a call waits for a channel that is configured and has not been heard of here.
const awaitChannel = 30 * time.Second

// await is a call's channel. Ingress may have heard of a new one first, so one that is configured is waited for. One that is not is
// [reason.ChannelUnknown], a dead letter that a replay brings back once the channel is there.
func (s *runner) await(ctx context.Context, id string) (*channel, error) {
	for deadline := time.Now().Add(awaitChannel); ; {
		if c := s.channels.of(id); c != nil {
			return c, nil
		}
		// the configuration itself is asked: this process may be the last to hear of a change
		if exists, err := s.exists(ctx, id); err == nil && !exists || time.Now().After(deadline) {
			return nil, consume.Permanent(reason.ChannelUnknown)
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// exists asks the configuration whether a channel is there, whatever this process has heard so far: what is called gone here goes to
// the dead letters, so a guess is not enough.
func (s *runner) exists(ctx context.Context, channel string) (bool, error) {
	var err error
	if s.description.Platform { // the channels of all networks are its own
		_, err = directory.Find(ctx, s.env.Bus, channel)
	} else {
		_, err = directory.Settings(ctx, s.env.Bus, s.description.Name, channel)
	}
	if errors.Is(err, bus.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// receive calls the network's code, which is pure: a call may be read again whenever it is replayed, or another process took
// over in the middle of it, and the events are the same.
func (s *runner) receive(c *channel, call webhook.Call) (events []provider.Event, err error) {
	err = s.shielded("receive", func() (err error) {
		events, err = c.read(call)
		return err
	})
	return events, err
}

// ignoredAccount is what an event is counted under that is about an account without a channel here. Its call is answered
// with success all the same: the network would repeat it for days.
const ignoredAccount = "another account"

// owners finds the channels of a call's events: most are the called one's, and a network may tell at one channel's address
// of accounts that have another. One call is judged once for each account.
type owners struct {
	*runner
	called *channel            // the one that the call came to
	call   webhook.Call        // with its head and body as they came: signatures are over them
	found  map[string]*channel // by account; nil for one that no channel here may be told of
}

// of is the channel of an account, nil where there is none for which the call is authentic as well: whoever may sign for
// one channel may not write into the inbox of another. An event that names the account that was called stays there: the call was judged
// for that one before it was stored, and cannot be judged again if it held a credential, since that is not stored.
func (o *owners) of(account string) *channel {
	if account == "" || o.identity(account) == o.called.identity {
		return o.called
	}
	if c, known := o.found[account]; known {
		return c
	}
	c := o.find(account)
	if o.found == nil {
		o.found = map[string]*channel{}
	}
	o.found[account] = c
	return c
}

// find looks through all channels: an account that is none of ours is asked for once a call, and a network's calls name few.
// Of several channels of one account it takes the one with the lowest id, so that every process takes the same.
func (o *owners) find(account string) *channel {
	all, policy := o.channels.now.Load(), o.description.Webhook
	if all == nil || policy == nil {
		return nil
	}
	// channels are known by digests of their identity: the account that an event names is made one as well
	identity := o.identity(account)
	var found *channel
	for _, c := range *all {
		if c.identity != identity || found != nil && found.ID < c.ID {
			continue
		}
		// by this channel's own secrets: that the call was authentic for the called one proves nothing here
		if secrets, err := expr.SecretsOf(c.raw); err == nil && policy.Check(o.call, secrets) == webhook.Authentic {
			found = c
		}
	}
	return found
}
