package ingress

import (
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/google/uuid"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/customchannel"
	"github.com/bonychat/puente/pkg/telemetry/label"
	"github.com/bonychat/puente/pkg/webhook/expr"
	"github.com/bonychat/puente/services/ingress/intake"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// maxMessage is the largest body of POST /message in bytes.
const maxMessage = 256 << 10

// message takes a message from the platform: checked, stored, answered with its id. Everything that can be known
// without the body is checked before it is read.
func (in *Ingress) message(w http.ResponseWriter, r *http.Request) {
	arrived := time.Now()
	c := in.owner(r)
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
	ctx := label.Message(r.Context(), c.Network, c.ID, "")
	if expr.Compressed(r.Header) {
		w.Header().Set("Accept-Encoding", "identity")
		in.refuseMessage(w, r, c, causeEncoded, http.StatusUnsupportedMediaType, "Content-Encoding is not supported: send the body as it is")
		return
	}
	held := in.messages.Hold(c.ID, in.origin(r).String())
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
		in.refuseMessage(w, r, c, causeInvalid, http.StatusBadRequest, err.Error())
		return
	}
	if send.ChannelID != "" && send.ChannelID != c.ID {
		in.refuseMessage(w, r, c, causeOtherChannel, http.StatusUnauthorized, "the API token is not that of channelId")
		return
	}
	if err := customchannel.IDType(c.ContactID).Check(send.ContactID); err != nil {
		in.refuseMessage(w, r, c, causeInvalid, http.StatusBadRequest, err.Error())
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
		refuse(w, http.StatusInternalServerError, "internal error")
		return
	}
	if err := in.keeper.keep(label.Message(ctx, "", "", m.GetId()), arrived, m); err != nil {
		in.Log.ErrorContext(ctx, "message not stored", "channel", c.ID, "id", m.GetId(), "err", err)
		cause, why := causeNotStored, "the message could not be stored; try again"
		if errors.Is(err, bus.ErrNoRoom) {
			cause, why = causeFull, "the gateway's store is full; try again later"
		}
		in.Bus.Meter().Refused(ctx, c.Network, cause)
		refuse(w, http.StatusServiceUnavailable, why)
		return
	}
	answer, err := customchannel.EncodeAccepted(m.GetId())
	if err != nil {
		in.Log.Error("answer not encoded", "id", m.GetId(), "err", err)
		refuse(w, http.StatusInternalServerError, "internal error")
		return
	}
	in.Bus.Meter().Accepted(ctx, c.Network, "outbound")
	in.Log.DebugContext(ctx, "message accepted", "channel", c.ID, "id", m.GetId())
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(answer)
}

// canonical is the message with a new id.
func canonical(c *channel, s *customchannel.Send) (*messagev1.Message, error) {
	content, err := content(&s.Message)
	if err != nil {
		return nil, err
	}
	id := uuid.Must(uuid.NewV7())
	return &messagev1.Message{
		Id: hex.EncodeToString(id[:]), Network: c.Network, Channel: c.ID, Contact: &messagev1.Contact{Address: s.ContactID},
		Direction: messagev1.Direction_DIRECTION_OUTBOUND, AcceptedAt: timestamppb.Now(), Content: content,
	}, nil
}

func content(m *customchannel.Message) (*messagev1.Content, error) {
	switch m.Type {
	case customchannel.TypeText:
		return &messagev1.Content{Kind: &messagev1.Content_Text{Text: &messagev1.Text{Body: m.Text}}}, nil
	case customchannel.TypeAttachment:
		a := m.Attachment
		kind, ok := kinds[a.Type]
		if !ok {
			return nil, fmt.Errorf("unknown attachment %q", a.Type)
		}
		return attachment(kind, a)
	case customchannel.TypeLocation:
		return &messagev1.Content{Kind: &messagev1.Content_Location{Location: &messagev1.Location{
			Latitude: *m.Latitude, Longitude: *m.Longitude, Address: m.Address,
		}}}, nil
	case customchannel.TypeQuickReply:
		return &messagev1.Content{Kind: &messagev1.Content_QuickReply{QuickReply: &messagev1.QuickReply{Title: m.Title, Replies: m.Replies}}}, nil
	default:
		return nil, fmt.Errorf("unknown message type %q", m.Type)
	}
}

var kinds = map[customchannel.AttachmentType]messagev1.AttachmentKind{
	customchannel.AttachmentImage: messagev1.AttachmentKind_ATTACHMENT_KIND_IMAGE,
	customchannel.AttachmentVideo: messagev1.AttachmentKind_ATTACHMENT_KIND_VIDEO,
	customchannel.AttachmentAudio: messagev1.AttachmentKind_ATTACHMENT_KIND_AUDIO,
	customchannel.AttachmentFile:  messagev1.AttachmentKind_ATTACHMENT_KIND_FILE,
}
