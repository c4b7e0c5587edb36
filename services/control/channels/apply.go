package channels

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"connectrpc.com/connect"
	"google.golang.org/genproto/googleapis/rpc/errdetails"

	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/pkg/config/yamlfile"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/reason"
	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// Entries are the channels of a configuration as the broker holds them.
func Entries(cfg *config.Config) (entries []directory.Entry) {
	for _, c := range cfg.Channels {
		settings := directory.Channel{ID: c.ID, Network: c.Network, ContactID: string(c.ContactID)}
		if c.Uncertain == config.Hold {
			settings.Uncertain = directory.Hold
		}
		if c.Locale != reason.Spanish { // which is how a record of an older version reads, too
			settings.Locale = c.Locale
		}
		e := directory.Entry{Channel: settings, Account: c.Account.Reveal(), Platform: c.Platform.Reveal(), Verifies: c.Verifies}
		if c.Seal != nil {
			if sealed, err := c.Seal(e.Account); err == nil { // else the door judges by the fields
				e.Sealed = sealed
			}
		}
		entries = append(entries, e)
	}
	return entries
}

// Apply implements the API. Where the channels come from a file that this process reads itself, only a dry run is allowed: the
// next reading of the file would undo what was applied.
func (s *Service) Apply(ctx context.Context, r *connect.Request[controlv1.ApplyRequest]) (*connect.Response[controlv1.ApplyResponse], error) {
	if s.Source != "" && !r.Msg.GetDryRun() {
		return nil, connect.NewError(connect.CodeFailedPrecondition, fmt.Errorf("the channels of this bridge are those of %s: change them there, and have it read again (puente reload)", s.Source))
	}
	networks, err := s.networks(ctx)
	if err != nil {
		return nil, err
	}
	cfg, err := config.ParseResolved("config", r.Msg.GetConfig(), networks...)
	if err != nil {
		return nil, mistaken(err)
	}
	entries := Entries(cfg)
	d, err := directory.Compare(ctx, s.Bus, entries)
	if err != nil {
		return nil, err
	}
	if len(d.Removed) > 0 && !r.Msg.GetAllowRemoval() && !r.Msg.GetDryRun() {
		return nil, connect.NewError(connect.CodeFailedPrecondition, fmt.Errorf("allow_removal: channels would go, and what waits for them to the dead letters: %s", shown(d.Removed)))
	}
	if !r.Msg.GetDryRun() {
		if len(entries) == 0 {
			d, err = directory.Clear(ctx, s.Bus)
		} else {
			d, err = directory.Apply(ctx, s.Bus, entries)
		}
		if err != nil {
			return nil, err
		}
	}
	return connect.NewResponse(&controlv1.ApplyResponse{Added: some(d.Added), Changed: some(d.Changed), Removed: some(d.Removed)}), nil
}

// mostIDs is how many ids of a kind are told.
const mostIDs = 10_000

func some(ids []string) []string { return ids[:min(len(ids), mostIDs)] }

func shown(ids []string) string {
	if len(ids) > 20 {
		return strings.Join(ids[:20], ", ") + fmt.Sprintf(" and %d more", len(ids)-20)
	}
	return strings.Join(ids, ", ")
}

// mistaken is what is wrong with a file, as an error that names each place.
func mistaken(err error) error {
	refused := connect.NewError(connect.CodeInvalidArgument, err)
	mistakes, ok := errors.AsType[yamlfile.Mistakes](err)
	if !ok {
		return refused
	}
	detail := &errdetails.BadRequest{}
	for _, m := range mistakes[:min(len(mistakes), 200)] {
		detail.FieldViolations = append(detail.FieldViolations, &errdetails.BadRequest_FieldViolation{Field: "config: " + m.Path, Description: fmt.Sprintf("line %d: %s", m.Line, m.Message)})
	}
	if d, err := connect.NewErrorDetail(detail); err == nil {
		refused.AddDetail(d)
	}
	return refused
}
