package discord

import (
	"context"
	"errors"
	"fmt"
	"time"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
)

// longestNonce is https://docs.discord.com/developers/resources/message#create-message
const longestNonce = 25

// Send implements [provider.Sender]. The ref is <channel>:<message>.
func (s *sender) Send(ctx context.Context, m *messagev1.Message) (provider.Sent, error) {
	user := m.GetContact().GetAddress()
	if !snowflake.MatchString(user) {
		return provider.Sent{}, outcome.Reject(noUser, errors.New("not a user id"))
	}
	channel := s.channels.of(user)
	known := channel != ""
	if !known {
		var err error
		if channel, err = s.openChannel(ctx, user); err != nil {
			return provider.Sent{}, err
		}
	}
	sent, err := s.deliver(ctx, channel, m)
	if known && codeOf(err) == unknownChannel { // it was remembered wrongly: nothing was sent
		s.channels.forget(user)
		if channel, err = s.openChannel(ctx, user); err != nil {
			return provider.Sent{}, err
		}
		return s.deliver(ctx, channel, m)
	}
	return sent, err
}

// openChannel asks for the channel of somebody's direct messages, which is made if there is none.
// https://docs.discord.com/developers/resources/user#create-dm
func (s *sender) openChannel(ctx context.Context, user string) (string, error) {
	var opened struct {
		ID string `json:"id"`
	}
	c := call{name: "open a channel", path: "/users/@me/channels", body: map[string]string{"recipient_id": user}, again: true}
	if err := s.ask(ctx, c, &opened); err != nil {
		return "", err
	}
	if !snowflake.MatchString(opened.ID) {
		return "", outcome.Temporary(strangeAnswer, errors.New("open a channel: no id"))
	}
	s.channels.keep(user, opened.ID)
	return opened.ID, nil
}

// outgoing is a message as it is made: https://docs.discord.com/developers/resources/message#create-message
type outgoing struct {
	Content      string `json:"content,omitempty"`
	Nonce        string `json:"nonce"`
	EnforceNonce bool   `json:"enforce_nonce"`
	// Mentions pings nobody, whatever the text looks like.
	Mentions mentions `json:"allowed_mentions"`
}

type mentions struct {
	Parse []string `json:"parse"`
}

func (s *sender) deliver(ctx context.Context, channel string, m *messagev1.Message) (provider.Sent, error) {
	if left := s.paces.left(channel, time.Now()); left > 0 {
		return provider.Sent{}, outcome.WaitBecause(left, outcome.Contact, usedUp, errors.New("the channel's limit is used up"))
	}
	out := outgoing{Nonce: provider.ShortKey(m, longestNonce), EnforceNonce: true, Mentions: mentions{Parse: []string{}}}
	switch c := m.GetContent().GetKind().(type) {
	case *messagev1.Content_Text:
		if out.Content = c.Text.GetBody(); out.Content == "" {
			return provider.Sent{}, outcome.Reject(empty, errors.New("no text"))
		}
		return s.create(ctx, channel, call{body: out})
	case *messagev1.Content_Attachment:
		return s.attach(ctx, channel, out, c.Attachment)
	default:
		return provider.Sent{}, outcome.Reject(unknownContent, fmt.Errorf("unknown content %T", c))
	}
}

// create makes a message. Its limits are the channel's own.
func (s *sender) create(ctx context.Context, channel string, c call) (provider.Sent, error) {
	concerns := outcome.Contact
	c.name, c.path, c.concerns = "create a message", "/channels/"+channel+"/messages", &concerns
	resp, err := s.do(ctx, c)
	if resp != nil {
		s.paces.note(channel, resp.Header, time.Now())
	}
	if err != nil {
		return provider.Sent{}, err
	}
	return sentAs(channel, resp)
}

func sentAs(channel string, resp *httpclient.Response) (provider.Sent, error) {
	var made struct {
		ID string `json:"id"`
	}
	if err := resp.Decode(&made); err != nil {
		return provider.Sent{}, resp.Unanswered(fmt.Errorf("create a message: %w", err))
	}
	if !snowflake.MatchString(made.ID) {
		return provider.Sent{}, resp.Unanswered(errors.New("create a message: no id"))
	}
	return provider.Sent{Ref: channel + ":" + made.ID}, nil
}

// isTooLarge says that a file is not to be had at this size: nothing was sent.
func isTooLarge(err error) bool {
	f := outcome.Classify(err)
	return f != nil && f.Class == result.Rejected && f.Reason.Code() == tooLarge.Code()
}
