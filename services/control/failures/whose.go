package failures

import (
	"context"
	"slices"

	"github.com/bonychat/puente/services/control/contact"
	"github.com/bonychat/puente/services/control/standing"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// mostOfContact is how many messages of one contact are looked through, the newest.
const mostOfContact = 100_000

// ofContact are the ids of the messages of the contact that a filter names; nil where it names none. A dead letter does not say by
// which key its contact is known: the history does.
func (s *Service) ofContact(ctx context.Context, f *controlv1.FailureFilter) (map[string]bool, error) {
	if f.GetContact() == "" {
		return nil, nil
	}
	ids, err := s.History.OfContact(ctx, f.GetContact(), mostOfContact)
	all := make(map[string]bool, len(ids))
	for _, id := range ids {
		all[id] = true
	}
	return all, err
}

// whose says of failures whose messages they are, as far as that may be shown.
func (s *Service) whose(ctx context.Context, all []*controlv1.Failure) error {
	var ids []string
	for _, x := range all {
		if x.GetId() != "" && x.GetContactKey() == "" {
			ids = append(ids, x.GetId())
		}
	}
	slices.Sort(ids)
	found, err := s.History.WithIDs(ctx, slices.Compact(ids))
	if err != nil {
		return err
	}
	keys := map[[2]string]string{}
	for _, m := range found {
		keys[[2]string{m.GetChannel(), m.GetId()}] = m.ContactKey
	}
	of := make([]contact.Of, len(all))
	for i, x := range all {
		if x.GetContactKey() == "" {
			x.ContactKey = keys[[2]string{x.GetChannel(), x.GetId()}]
		}
		if x.GetContact() == "" {
			of[i] = contact.Of{Channel: x.GetChannel(), Key: x.GetContactKey()}
		}
	}
	known := s.Contacts.Look(ctx, of)
	for i, x := range all {
		if x.GetContact() == "" {
			x.Contact = known[of[i]]
		}
	}
	return nil
}

// standNow says of failures that were sent again how they stand now.
func (s *Service) standNow(ctx context.Context, all []*controlv1.Failure) {
	messages := make([]*controlv1.Message, len(all))
	for i, x := range all {
		messages[i] = &controlv1.Message{Id: x.GetId(), Network: x.GetNetwork(), Channel: x.GetChannel(), State: x.GetState(), Direction: controlv1.Direction_DIRECTION_OUT}
	}
	standing.Ask(ctx, s.Bus, messages)
	for i, m := range messages {
		all[i].State, all[i].WaitsFor = m.GetState(), m.GetWhy()
	}
}
