package ingress

import (
	"context"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/google/uuid"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/customchannel"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	indexv1 "github.com/bonychat/puente/proto/gen/puente/index/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// Bounds of POST /message.
const (
	maxMessage = 256 << 10
	// readFor is how long a caller may take to send its body.
	readFor = 10 * time.Second
	// storeFor is how long storing is tried: the platform gives up after 5 seconds.
	storeFor = 4 * time.Second
)

// message takes a message from the platform: checked, stored, answered with its id. Everything that can be known
// without the body is checked before it is read.
func (in *Ingress) message(w http.ResponseWriter, r *http.Request) {
	owner := in.tokens.channel(r)
	if owner == "" {
		refuse(w, http.StatusUnauthorized, "the API token is missing or wrong: send it as Authorization: Bearer <token>")
		return
	}
	c := in.channels[owner]
	if named := r.PathValue("channel"); named != "" && named != c.ID {
		refuse(w, http.StatusUnauthorized, "the API token is not that of the channel in the path")
		return
	}
	body, status, err := readBody(w, r, maxMessage)
	if err != nil {
		refuse(w, status, err.Error())
		return
	}
	send, err := customchannel.DecodeSend(body)
	if err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	if send.ChannelID != "" && send.ChannelID != c.ID {
		refuse(w, http.StatusUnauthorized, "the API token is not that of channelId")
		return
	}
	if err := customchannel.IDType(c.ContactID).Check(send.ContactID); err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	m := canonical(c, send)
	if err := in.store(r.Context(), m); err != nil {
		in.Log.Error("message not stored", "channel", c.ID, "id", m.GetId(), "err", err)
		refuse(w, http.StatusServiceUnavailable, "the message could not be stored; try again")
		return
	}
	answer, err := customchannel.EncodeAccepted(m.GetId())
	if err != nil {
		in.Log.Error("answer not encoded", "id", m.GetId(), "err", err)
		refuse(w, http.StatusInternalServerError, "internal error")
		return
	}
	in.Log.Debug("message accepted", "channel", c.ID, "id", m.GetId())
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(answer)
}

// store publishes under one id until it is stored. Where it never learns that it was, it leaves a void, so that a
// message the platform was told is lost does not turn up later.
func (in *Ingress) store(ctx context.Context, m *messagev1.Message) error {
	// a caller that hangs up does not stop it: the message may be stored already
	ctx = context.WithoutCancel(ctx)
	post := bus.Post{
		Subject: bus.MessageSubject(m.GetNetwork(), m.GetChannel(), m.GetContact().GetAddress()), ID: bus.MessageKey(m),
		Body: &eventv1.Event{Kind: &eventv1.Event_Message{Message: m}},
	}
	deadline := time.Now().Add(storeFor)
	var err error
	for try := 0; ; try++ {
		post.Repeat = try > 0
		one, cancel := context.WithTimeout(ctx, time.Until(deadline))
		_, err = in.Bus.Publish(one, post)
		cancel()
		if err == nil {
			return nil
		}
		if refused := errors.Is(err, bus.ErrFull) || errors.Is(err, bus.ErrTooLarge); refused || time.Until(deadline) < 100*time.Millisecond {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	void, cancel := context.WithTimeout(ctx, 500*time.Millisecond)
	defer cancel()
	if taken := in.void(void, m); taken {
		return nil
	}
	return err
}

// void says whether the message was taken after all; else the translator will drop it should it turn up. What cannot
// be known now is tried on in the background, for a minute.
func (in *Ingress) void(ctx context.Context, m *messagev1.Message) (taken bool) {
	subject := bus.StateSubject(m.GetChannel(), m.GetId())
	try := func(ctx context.Context) error {
		_, err := in.Bus.Create(ctx, subject, &indexv1.State{Standing: indexv1.Standing_STANDING_VOID}, bus.KeepSeen)
		return err
	}
	err := try(ctx)
	if errors.Is(err, bus.ErrExists) {
		var s indexv1.State
		_, err := in.Bus.Read(ctx, subject, &s)
		return err == nil && s.GetStanding() == indexv1.Standing_STANDING_TAKEN
	}
	if err != nil {
		go func() {
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
			defer cancel()
			for ctx.Err() == nil {
				if err := try(ctx); err == nil || errors.Is(err, bus.ErrExists) {
					return
				}
				time.Sleep(time.Second)
			}
		}()
	}
	return false
}

// canonical is the message with a new id.
func canonical(c *channel, s *customchannel.Send) *messagev1.Message {
	id := uuid.Must(uuid.NewV7())
	return &messagev1.Message{
		Id: hex.EncodeToString(id[:]), Network: c.Network, Channel: c.ID, Contact: &messagev1.Contact{Address: s.ContactID},
		Direction: messagev1.Direction_DIRECTION_OUTBOUND, AcceptedAt: timestamppb.Now(), Content: content(&s.Message),
	}
}

func content(m *customchannel.Message) *messagev1.Content {
	switch m.Type {
	case customchannel.TypeText:
		return &messagev1.Content{Kind: &messagev1.Content_Text{Text: &messagev1.Text{Body: m.Text}}}
	case customchannel.TypeAttachment:
		a := m.Attachment
		return &messagev1.Content{Kind: &messagev1.Content_Attachment{Attachment: &messagev1.Attachment{
			Kind: kinds[a.Type], Url: a.URL, MediaType: a.MIMEType, FileName: a.FileName, Caption: a.Description,
		}}}
	case customchannel.TypeLocation:
		return &messagev1.Content{Kind: &messagev1.Content_Location{Location: &messagev1.Location{
			Latitude: *m.Latitude, Longitude: *m.Longitude, Address: m.Address,
		}}}
	case customchannel.TypeQuickReply:
		return &messagev1.Content{Kind: &messagev1.Content_QuickReply{QuickReply: &messagev1.QuickReply{Title: m.Title, Replies: m.Replies}}}
	default:
		panic("a message type that the contract's decoder does not know") // it refuses every other
	}
}

var kinds = map[customchannel.AttachmentType]messagev1.AttachmentKind{
	customchannel.AttachmentImage: messagev1.AttachmentKind_ATTACHMENT_KIND_IMAGE,
	customchannel.AttachmentVideo: messagev1.AttachmentKind_ATTACHMENT_KIND_VIDEO,
	customchannel.AttachmentAudio: messagev1.AttachmentKind_ATTACHMENT_KIND_AUDIO,
	customchannel.AttachmentFile:  messagev1.AttachmentKind_ATTACHMENT_KIND_FILE,
}

// What a body can be refused for.
var (
	errTooLarge = errors.New("the body is too large")
	errTooSlow  = errors.New("the body did not arrive in time")
	errBroken   = errors.New("the body could not be read")
)

// readBody reads a bounded body from a caller that must not take for ever.
func readBody(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, int, error) {
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(readFor))
	if r.ContentLength > limit {
		return nil, http.StatusRequestEntityTooLarge, errTooLarge
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return nil, http.StatusRequestEntityTooLarge, errTooLarge
	}
	if err != nil {
		if timeout, ok := errors.AsType[interface {
			error
			Timeout() bool
		}](err); ok && timeout.Timeout() {
			return nil, http.StatusRequestTimeout, errTooSlow
		}
		return nil, http.StatusBadRequest, errBroken
	}
	return body, 0, nil
}

// refuse answers in the contract's error shape.
func refuse(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "application/json")
	if status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	w.WriteHeader(status)
	_, _ = w.Write(customchannel.EncodeRefusal(message))
}

func notAllowed(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Allow", http.MethodPost)
	refuse(w, http.StatusMethodNotAllowed, "only POST is allowed here")
}
