package bench

import (
	"context"
	"fmt"
)

// contacts compares the cost of a message where few contacts have ever been written to with the cost where very many
// have: two bridges, one of which has carried a message to each of the many. What that leaves (a record of each
// message) is part of what is compared.
func (b *bench) contacts(ctx context.Context, s setup) error {
	few, err := b.bridge(ctx, s, b.Channels)
	if err != nil {
		return err
	}
	defer few.stop()
	many, err := b.bridge(ctx, s, b.Channels)
	if err != nil {
		return err
	}
	defer many.stop()
	all := load{side: many, channels: many.channels, contacts: b.ManyContacts}
	if err := b.volley(ctx, all, b.ManyContacts); err != nil {
		return err
	}
	measure := fmt.Sprintf("growth of CPU per message, %s to %s contacts", figure(float64(b.Contacts)), figure(float64(b.ManyContacts)))
	return b.growth(ctx, s, measure, b.Messages, b.ordinary(few), all)
}
