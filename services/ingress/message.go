package ingress

import (
	"errors"
	"net/http"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/customchannel"
	"github.com/bonychat/puente/pkg/webhook/expr"
	"github.com/bonychat/puente/services/ingress/answer"
	"github.com/bonychat/puente/services/ingress/intake"
)

// maxMessage is the largest body of POST /message in bytes.
const maxMessage = 256 << 10

// message takes a message from the platform: checked, stored, answered with its id. Everything that can be known
// without the body is checked before it is read.
func (in *Ingress) message(w http.ResponseWriter, r *http.Request) {
	arrived := time.Now()
	c := in.channels.Owner(r)
	if c == nil {
		if in.refuseTooMany(w, r) {
			in.Bus.Meter().Refused(r.Context(), "", causeTooManyWrong)
			return
		}
		in.refuseMessage(w, r, nil, causeUnauthorized, http.StatusUnauthorized, "the API token is missing or wrong: send it as Authorization: Bearer <token>")
		return
	}
	if named := r.PathValue("channel"); named != "" && named != c.ID {
		in.refuseMessage(w, r, c, causeOtherChannel, http.StatusUnauthorized, "the API token is not that of the channel in the path")
		return
	}
	ctx := in.Bus.Label(r.Context(), c.Network, c.ID, "")
	if expr.Compressed(r.Header) {
		w.Header().Set("Accept-Encoding", "identity")
		in.refuseMessage(w, r, c, causeEncoded, http.StatusUnsupportedMediaType, "Content-Encoding is not supported: send the body as it is")
		return
	}
	held := in.messages.Hold(c.ID, in.callers.Origin(r).String())
	defer held.Release()
	body, err := intake.Read(w, r, maxMessage, held)
	if err != nil {
		if errors.Is(err, intake.ErrBusy) {
			w.Header().Set("Retry-After", "1")
		}
		in.refuseMessage(w, r, c, bodyCause[err], bodyStatus[err], err.Error())
		return
	}
	send, err := customchannel.DecodeSend(body)
	if err != nil {
		in.refuseInvalid(w, r, c, err)
		return
	}
	if send.ChannelID != "" && send.ChannelID != c.ID {
		in.refuseMessage(w, r, c, causeOtherChannel, http.StatusUnauthorized, "the API token is not that of channelId")
		return
	}
	if err := customchannel.IDType(c.ContactID).Check(send.ContactID); err != nil {
		in.refuseInvalid(w, r, c, err)
		return
	}
	if cause, status, why := in.room(ctx, c); status != 0 {
		in.refuseMessage(w, r, c, cause, status, why)
		return
	}
	m, err := canonical(c, send)
	if err != nil {
		in.Bus.Meter().Refused(ctx, c.Network, causeInternal)
		in.Log.Error("message not understood", "channel", c.ID, "err", err)
		answer.Refuse(w, http.StatusInternalServerError, "internal error")
		return
	}
	if err := in.keeper.keep(in.Bus.Label(ctx, "", "", m.GetId()), arrived, m); err != nil {
		in.Log.ErrorContext(ctx, "message not stored", "channel", c.ID, "id", m.GetId(), "err", err)
		cause, why := causeNotStored, "the message could not be stored; try again"
		if errors.Is(err, bus.ErrNoRoom) {
			cause, why = causeFull, "the gateway's store is full; try again later"
		}
		in.Bus.Meter().Refused(ctx, c.Network, cause)
		answer.Refuse(w, http.StatusServiceUnavailable, why)
		return
	}
	accepted, err := customchannel.EncodeAccepted(m.GetId())
	if err != nil {
		in.Log.Error("answer not encoded", "id", m.GetId(), "err", err)
		answer.Refuse(w, http.StatusInternalServerError, "internal error")
		return
	}
	in.Bus.Meter().Accepted(ctx, c.Network, "outbound")
	in.Log.DebugContext(ctx, "message accepted", "channel", c.ID, "id", m.GetId())
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(accepted)
}
