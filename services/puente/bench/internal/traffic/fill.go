package traffic

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/topology"
	"github.com/bonychat/puente/services/egress/phone"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// ahead is how many messages are stored at once.
const ahead = 2000

// Fill puts the n messages of a phase on EGRESS_phone, as the translator does; where tells channel and contact of each.
func Fill(ctx context.Context, nats string, phase, n int, where func(i int) (channel, contact string)) error {
	b, err := bus.Connect(nats, bus.Options{Name: "bench"})
	if err != nil {
		return err
	}
	defer b.Close(ctx)
	waits := make([]func(context.Context) error, 0, ahead)
	for i := range n {
		id, contact := where(i)
		made := uuid.Must(uuid.NewV7())
		m := &messagev1.Message{
			Id: hex.EncodeToString(made[:]), Network: phone.Network.Name, Channel: id, Contact: &messagev1.Contact{Address: contact},
			Direction: messagev1.Direction_DIRECTION_OUTBOUND, AcceptedAt: timestamppb.Now(),
			Content: &messagev1.Content{Kind: &messagev1.Content_Text{Text: &messagev1.Text{Body: text(phase, i)}}},
		}
		waits = append(waits, b.PublishLater(ctx, bus.Post{
			Subject: topology.EgressSubject(phone.Network.Name, id), ID: topology.MessageKey(m), Body: &eventv1.Event{Kind: &eventv1.Event_Message{Message: m}},
		}))
		if len(waits) < ahead && i < n-1 {
			continue
		}
		var errs []error
		for _, wait := range waits {
			errs = append(errs, wait(ctx))
		}
		if err := errors.Join(errs...); err != nil {
			return fmt.Errorf("fill: %w", err)
		}
		waits = waits[:0]
	}
	return nil
}
