package teams

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"net/url"
	"strings"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/mediatype"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/download"
	"github.com/bonychat/puente/pkg/provider/outcome"
)

// outgoing is an activity as it is sent.
type outgoing struct {
	Type         string  `json:"type"`
	From         person  `json:"from"`
	Recipient    person  `json:"recipient"`
	Conversation person  `json:"conversation"`
	Text         string  `json:"text,omitempty"`
	Format       string  `json:"textFormat,omitempty"`
	Attachments  []given `json:"attachments,omitempty"`
}

// given is an attachment as it is sent.
type given struct {
	Type    string `json:"contentType"`
	URL     string `json:"contentUrl,omitempty"`
	Name    string `json:"name,omitempty"`
	Content any    `json:"content,omitempty"`
}

// hero is a card with buttons: https://learn.microsoft.com/en-us/microsoftteams/platform/task-modules-and-cards/cards/cards-reference#hero-card
type hero struct {
	Text    string   `json:"text"`
	Buttons []button `json:"buttons"`
}

// button says its value in the person's name when it is tapped, so that an answer is a text like any other.
type button struct {
	Type  string `json:"type"`
	Title string `json:"title"`
	Value string `json:"value"`
}

// Send implements [provider.Sender]. The ref is the activity's id.
func (s *sender) Send(ctx context.Context, m *messagev1.Message) (sent provider.Sent, err error) {
	user := m.GetContact().GetAddress()
	if user == "" {
		return sent, outcome.Reject(nobody, errors.New("no address"))
	}
	out, err := s.activity(ctx, m.GetContent())
	if err != nil {
		return sent, err
	}
	to, revision, err := s.known(ctx, user)
	if err != nil {
		return sent, err
	}
	out.From.ID, out.Recipient.ID = s.account.bot(), user
	return sent, s.token.Use(ctx, func(access string) (err error) {
		if to.ID == "" {
			if to, err = s.begin(ctx, access, user, revision); err != nil {
				return err
			}
		}
		out.Conversation.ID = to.ID
		sent.Ref, err = s.post(ctx, access, to, out)
		return err
	})
}

// activity is a message as it is sent, without whom it is for.
func (s *sender) activity(ctx context.Context, c *messagev1.Content) (out outgoing, err error) {
	out.Type = "message"
	switch k := c.GetKind().(type) {
	case *messagev1.Content_Text:
		if strings.TrimSpace(k.Text.GetBody()) == "" {
			return out, outcome.Reject(empty, errors.New("no text"))
		}
		// plain: what looks like Markdown is shown as it is
		out.Text, out.Format = k.Text.GetBody(), "plain"
		return out, nil
	case *messagev1.Content_Attachment:
		a := k.Attachment
		if !Network.Carries.Attachment(a.GetKind()) {
			return out, outcome.Reject(unknownContent, fmt.Errorf("unknown attachment %v", a.GetKind()))
		}
		if a.GetUrl() == "" {
			return out, outcome.Reject(noFileAddress, errors.New("attachment without url"))
		}
		if media := s.picture(ctx, a); media != "" {
			out.Attachments = []given{{Type: media, URL: a.GetUrl(), Name: download.NameOf(a)}}
		} else {
			out.Text, out.Format = a.GetUrl(), "plain"
		}
		return out, nil
	case *messagev1.Content_QuickReply:
		if k.QuickReply.GetTitle() == "" || len(k.QuickReply.GetReplies()) == 0 {
			return out, outcome.Reject(empty, errors.New("no question or no replies"))
		}
		card := hero{Text: strings.ReplaceAll(html.EscapeString(k.QuickReply.GetTitle()), "\n", "<br>")} // a card's text is HTML
		for _, reply := range k.QuickReply.GetReplies() {
			card.Buttons = append(card.Buttons, button{Type: "imBack", Title: reply, Value: reply})
		}
		out.Attachments = []given{{Type: typeHero, Content: card}}
		return out, nil
	default:
		return out, outcome.Reject(unknownContent, fmt.Errorf("unknown content %T", k))
	}
}

// largestPicture is what Teams shows: https://learn.microsoft.com/en-us/microsoftteams/platform/bots/how-to/conversations/conversation-messages#picture-messages
const largestPicture = 1 << 20

var pictures = map[string]bool{"image/png": true, "image/jpeg": true, "image/gif": true}

// picture is the media type of a file that Teams shows as a picture, "" for another, which goes as a link. Of one that cannot be looked
// at, its name and what the message says of it count.
func (s *sender) picture(ctx context.Context, a *messagev1.Attachment) string {
	seen, err := download.Look(ctx, s.client, a)
	if err != nil {
		seen = download.Seen{MediaType: mediatype.Base(a.GetMediaType()), Size: a.GetSize()}
		if seen.MediaType == "" {
			seen.MediaType = mediatype.OfName(download.NameOf(a))
		}
	}
	if pictures[seen.MediaType] && seen.Size <= largestPicture {
		return seen.MediaType
	}
	return ""
}

// stateKey is where it is kept, of a contact, in which conversation they are answered.
const stateKey = "conversation"

// place is where a person is answered. It is kept: fields are added, never renamed.
type place struct {
	// URL is the connector's address, without a slash at its end; ID the conversation's.
	URL string `json:"url"`
	ID  string `json:"id"`
}

// known is where a person is answered, as far as is known: its zero value where it is not, and the revision in any case.
func (s *sender) known(ctx context.Context, user string) (place, uint64, error) {
	text, revision, err := s.state.Contact(user).Get(ctx, stateKey)
	if err != nil {
		return place{}, 0, err
	}
	var p place
	// the account may have been changed since
	if json.Unmarshal(text, &p) != nil || p.ID == "" || addressOf(p.URL) == nil || !s.account.trusted(p.URL) {
		return place{}, revision, nil
	}
	return p, revision, nil
}

// begin asks for the conversation with a person, which is made if there is none.
// https://learn.microsoft.com/en-us/microsoftteams/platform/bots/how-to/conversations/send-proactive-messages#create-the-conversation
func (s *sender) begin(ctx context.Context, access, user string, revision uint64) (place, error) {
	body := map[string]any{
		"isGroup": false, "bot": person{ID: s.account.bot()}, "members": []person{{ID: user}}, "tenantId": s.account.TenantID,
		"channelData": map[string]any{"tenant": map[string]string{"id": s.account.TenantID}},
	}
	var made struct {
		ID string `json:"id"`
	}
	to := place{URL: s.account.serviceURL()}
	if err := s.do(ctx, access, call{name: "begin a conversation", url: to.URL + "/v3/conversations", body: body, again: true}, &made); err != nil {
		return place{}, err
	}
	if to.ID = made.ID; to.ID == "" {
		return place{}, outcome.Temporary(strangeAnswer, errors.New("begin a conversation: no id"))
	}
	if text, err := json.Marshal(to); err == nil && provider.ContactState.Check(stateKey, text) == nil {
		// where it is not kept, it is asked for again; where a call has told of another meanwhile, that one stays
		_, _ = s.state.Contact(user).Put(ctx, stateKey, text, revision)
	}
	return to, nil
}

// post sends an activity. An activity without an id was taken all the same: nothing is told of it later.
func (s *sender) post(ctx context.Context, access string, to place, out outgoing) (string, error) {
	var made struct {
		ID string `json:"id"`
	}
	err := s.do(ctx, access, call{name: "send an activity", url: to.URL + "/v3/conversations/" + url.PathEscape(to.ID) + "/activities", body: out}, &made)
	return made.ID, err
}
