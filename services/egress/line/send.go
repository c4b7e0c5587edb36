package line

import (
	"context"
	"encoding/json"
	"errors"
	"regexp"
	"time"

	"github.com/google/uuid"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/outcome"
)

// userID is https://developers.line.biz/en/docs/messaging-api/getting-user-ids/. Groups begin with C, rooms with R.
var userID = regexp.MustCompile(`^U[0-9a-f]{32}$`)

const (
	// replyTimeout bounds one reply.
	replyTimeout = 10 * time.Second
	// settling is what must be left of a token's time at its first use, so that a reply whose answer is lost can be tried
	// again while a refusal of the token still says something.
	settling = 2 * replyTimeout
)

// Send implements [provider.Sender]. The ref is LINE's id of the message, "" where an earlier try had been taken whose
// answer was lost.
func (s *sender) Send(ctx context.Context, m *messagev1.Message) (provider.Sent, error) {
	if !userID.MatchString(m.GetContact().GetAddress()) {
		return provider.Sent{}, outcome.Reject(noUserID, errors.New("not a user id"))
	}
	messages, err := s.messages(ctx, m.GetContent())
	if err != nil {
		return provider.Sent{}, err
	}
	ref, err := s.deliver(ctx, m, messages)
	return provider.Sent{Ref: ref}, err
}

// deliver replies where the message has a token, else it pushes. A try is never of another kind than one before it that
// may have been taken.
func (s *sender) deliver(ctx context.Context, m *messagev1.Message, messages []object) (string, error) {
	r, again, err := s.replies.Take(ctx, m)
	switch {
	case err != nil:
		return "", outcome.Temporary(replyNotLookedUp, err)
	case r.Token == "":
		return s.push(ctx, m, messages)
	case !again && time.Until(r.Until) < settling:
		if err := s.replies.Drop(ctx, m); err != nil { // the token was not tried yet: nothing is lost with it
			return "", outcome.Temporary(replyNotKept, err)
		}
		return s.push(ctx, m, messages)
	}
	ref, err := s.reply(ctx, r.Token, messages)
	why := refusalOf(err)
	switch {
	case why == nil: // taken, or not known: then the token is tried again
		return ref, err
	case why.token && again && time.Now().Before(r.Until):
		return "", nil // it serves one message and is not over: it was this message that used it
	case why.token:
		// Refused at once it was over early. Refused after its time nobody knows whether an earlier try was taken: rather
		// twice than never. Either way LINE did nothing this time, so what can be sent now is sent now, kept or not.
		kept := s.replies.Drop(ctx, m)
		if ref, err = s.push(ctx, m, messages); err != nil {
			return "", errors.Join(err, kept)
		}
		return ref, nil
	case again || outcome.Classify(err).Class == result.Rejected: // an earlier try may still have used the token
		return "", err
	default: // told to wait, or the credential is dead: the token may be over when it is tried again, and nothing was sent with it
		return "", errors.Join(err, s.replies.Drop(ctx, m))
	}
}

// reply answers with a token. https://developers.line.biz/en/reference/messaging-api/#send-reply-message
func (s *sender) reply(ctx context.Context, token string, messages []object) (string, error) {
	a, err := s.do(ctx, apiCall{
		name: "reply", method: "POST", path: "/v2/bot/message/reply", timeout: replyTimeout,
		body: object{"replyToken": token, "messages": messages},
	})
	return a.ref(), err
}

// push sends at any time. https://developers.line.biz/en/reference/messaging-api/#send-push-message
func (s *sender) push(ctx context.Context, m *messagev1.Message, messages []object) (string, error) {
	a, err := s.do(ctx, apiCall{
		name: "push", method: "POST", path: "/v2/bot/message/push", retryKey: retryKey(m),
		body: object{"to": m.GetContact().GetAddress(), "messages": messages},
	})
	return a.ref(), err
}

// retryKeys is the name space of the retry keys, made up once.
var retryKeys = uuid.MustParse("5e6c3f0a-5f0f-4c39-9d1b-6a2f2d4b7c11")

// retryKey is the same for every try of a send, also in another process. LINE knows it for 24 hours from the first.
// https://developers.line.biz/en/docs/messaging-api/retrying-api-request/
func retryKey(m *messagev1.Message) string {
	return uuid.NewSHA1(retryKeys, []byte(provider.IdempotencyKey(m))).String()
}

// ref is LINE's id of the first message that was sent, "" where it tells none.
func (a answer) ref() string {
	var sent struct {
		Messages []struct {
			ID string `json:"id"`
		} `json:"sentMessages"`
	}
	if json.Unmarshal(a.body, &sent) != nil || len(sent.Messages) == 0 {
		return ""
	}
	return sent.Messages[0].ID
}
