package teams

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"regexp"
	"strconv"
	"strings"
	"time"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/webhook"
)

// Types of activities that somebody says something with.
const (
	written = "message"
	changed = "messageUpdate"
	edited  = "editMessage" // of channelData.eventType
)

// others are types of activities that say nothing a person wrote, with the reason they are ignored under. Whoever is not told of new ones
// is to expect them: https://learn.microsoft.com/en-us/microsoftteams/platform/bots/how-to/conversations/subscribe-to-conversation-events
var others = map[string]string{
	"messageDelete": "deleted message", "conversationUpdate": "conversation update", "installationUpdate": "installation",
	"messageReaction": "reaction", "typing": "typing", "invoke": "invocation", "event": "event", "endOfConversation": "end of a conversation",
}

// receive reads an activity. A message with several files is as many messages, after one with its text.
func receive(a Account, c webhook.Call) ([]provider.Event, error) {
	var v activity
	err := json.Unmarshal(c.Body, &v)
	if why := v.ignored(); why != "" {
		return []provider.Event{provider.IgnoredEvent(why)}, nil
	}
	if err != nil {
		return nil, errors.New(provider.Misread("an activity", err))
	}
	if why := v.lacks(); why != "" {
		return []provider.Event{provider.UnreadableEvent(why)}, nil
	}
	return v.events(a), nil
}

// ignored is why an activity is of no interest, "" where it is.
func (v *activity) ignored() string {
	if why, ok := others[v.Type]; ok {
		return why
	}
	switch {
	case v.Type == "" || v.Conversation.ID == "":
		return ""
	case v.Type != written && v.Type != changed:
		return "unknown activity"
	case v.Type == changed && v.ChannelData.Event != edited:
		return "restored message"
	case v.Conversation.Group || v.Conversation.Type != "personal":
		return "no personal chat"
	default:
		return ""
	}
}

// lacks is what an activity does not have and must, "" for nothing.
func (v *activity) lacks() string {
	switch {
	case v.Type == "":
		return "an activity has no type"
	case v.Conversation.ID == "":
		return "an activity has no conversation"
	case v.ID == "":
		return "an activity has no id"
	case v.From.ID == "":
		return "an activity is from nobody"
	default:
		return ""
	}
}

func (v *activity) events(a Account) (all []provider.Event) {
	at, err := time.Parse(time.RFC3339, v.At)
	if err != nil {
		at = time.Time{}
	}
	key := v.Conversation.ID + ":" + v.ID
	add := func(key string, c *messagev1.Content) {
		e := provider.MessageEvent(key, v.contact(), c).WithTime(at)
		if kept := v.reference(a); kept != "" {
			e = e.WithState(stateKey, kept)
		}
		all = append(all, e)
	}
	text := strings.TrimSpace(v.Text)
	if v.Type == changed {
		if text == "" {
			return []provider.Event{provider.IgnoredEvent("edit without a text")}
		}
		add(key+":"+v.version(), content.Text(text))
		return []provider.Event{all[0].AsEdit(key)}
	}
	if text != "" {
		add(key, content.Text(text))
	}
	for i, one := range v.Attachments {
		if !shown[one.Type] {
			add(key+":file"+strconv.Itoa(i), one.read())
		}
	}
	switch {
	case len(all) > 0:
		return all
	case len(v.Value) > 0:
		return []provider.Event{provider.IgnoredEvent("card action")}
	default:
		return []provider.Event{provider.UnreadableEvent("a message has neither text nor file")}
	}
}

// version tells one edit of a message from another, which have the same id.
func (v *activity) version() string {
	if v.At != "" {
		return v.At
	}
	sum := sha256.Sum256([]byte(v.Text))
	return hex.EncodeToString(sum[:8])
}

// reference is where the person is answered, as it is kept; "" for an address that the token must not go to, or for more than may be kept.
func (v *activity) reference(a Account) string {
	if !a.trusted(v.ServiceURL) {
		return ""
	}
	text, err := json.Marshal(place{URL: strings.TrimRight(v.ServiceURL, "/"), ID: v.Conversation.ID})
	if err != nil || provider.ContactState.Check(stateKey, text) != nil {
		return ""
	}
	return string(text)
}

var (
	language = regexp.MustCompile(`^([a-z]{2})(-|$)`)
	country  = regexp.MustCompile(`^[A-Z]{2}$`)
)

func (v *activity) contact() *messagev1.Contact {
	p := &messagev1.Profile{FirstName: v.From.Name}
	if found := language.FindStringSubmatch(v.Locale); found != nil {
		p.Language = found[1]
	}
	for _, e := range v.Entities {
		if country.MatchString(e.Country) {
			p.Country = e.Country
		}
	}
	return &messagev1.Contact{Address: v.From.ID, Profile: p}
}
