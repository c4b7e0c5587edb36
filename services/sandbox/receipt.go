package sandbox

import (
	"github.com/bonychat/puente/pkg/customchannel"
	"github.com/bonychat/puente/pkg/terms"
	"github.com/bonychat/puente/services/sandbox/chat"
)

var statuses = map[customchannel.StatusValue]chat.Status{
	customchannel.StatusSent:      chat.Sent,
	customchannel.StatusDelivered: chat.Delivered,
	customchannel.StatusRead:      chat.Read,
	customchannel.StatusFailed:    chat.Failed,
}

// maxEarly bounds the receipts of a contact that wait for an answer.
const maxEarly = 100

// takeReceipt moves the ticks. One for an mId that is not known waits while the answer to a call may still bring it.
// The caller holds c.posts.
func (s *Sandbox) takeReceipt(c *channel, contact string, e customchannel.Event) {
	switch {
	case s.move(c, contact, e, ""):
	case c.open[contact] > 0 && len(c.early[contact]) < maxEarly:
		c.early[contact] = append(c.early[contact], e)
	default:
		s.notes.Add(c.ID, contact, e.MID, "unknown: "+string(statuses[e.Status.Value])+", mId "+e.MID)
	}
}

// move moves the ticks forwards only, and reports whether the mId is known. After failed everything is forwards: a
// message that was brought back from the dead letters starts anew.
func (s *Sandbox) move(c *channel, contact string, e customchannel.Event, warning string) bool {
	status := statuses[e.Status.Value]
	_, found := c.agent.Update(contact, withMID(e.MID), func(old *chat.Entry) {
		if warning != "" {
			old.Warn(warning + ": " + string(status))
		}
		switch {
		case old.Direction == chat.In:
			old.Warn("foreign: " + string(status))
		case status == old.Status:
			old.Warn("repeated: " + string(status))
		case old.Status == chat.Failed || old.Status.Before(status):
			old.Status, old.Reason, old.Reasons = status, e.Status.Message, nil
			if en, es := s.reasons.In(e.Status.Message); en != es {
				old.Reasons = map[string]string{string(terms.English): en, string(terms.Spanish): es}
			}
		default:
			old.Warn("backwards: " + string(status) + " after " + string(old.Status))
		}
	})
	return found
}

// begin notes that a call to /message is under way.
func (c *channel) begin(contact string) {
	c.posts.Lock()
	defer c.posts.Unlock()
	c.open[contact]++
}

// end judges the receipts that overtook the answer, once no other call may bring their mId.
func (s *Sandbox) end(c *channel, contact string) {
	c.posts.Lock()
	defer c.posts.Unlock()
	if c.open[contact]--; c.open[contact] > 0 {
		return
	}
	early := c.early[contact]
	delete(c.open, contact)
	delete(c.early, contact)
	for _, e := range early {
		if !s.move(c, contact, e, "early") {
			s.takeReceipt(c, contact, e)
		}
	}
}
