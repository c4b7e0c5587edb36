package slack

import (
	"encoding/json"
	"strings"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/content"
)

// quickReply begins the action of each of our buttons.
const quickReply = "puente_reply_"

// actions is https://docs.slack.dev/reference/interaction-payloads/block_actions-payload
type actions struct {
	User struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	} `json:"user"`
	Container struct {
		Message string `json:"message_ts"`
		Channel string `json:"channel_id"`
		Thread  string `json:"thread_ts"`
	} `json:"container"`
	Actions []json.RawMessage `json:"actions"`
}

type action struct {
	ID    string `json:"action_id"`
	Type  string `json:"type"`
	Value string `json:"value"`
	TS    string `json:"action_ts"`
}

// readActions reads what was tapped. A call has one of it.
func readActions(body []byte) (all []provider.Event) {
	var a actions
	if err := json.Unmarshal(body, &a); err != nil {
		return one(provider.UnreadableEvent(provider.Misread("an interaction", err)))
	}
	for _, raw := range a.Actions {
		all = append(all, a.event(raw))
	}
	if len(all) == 0 {
		return one(provider.UnreadableEvent("an interaction has no action"))
	}
	return all
}

func (a *actions) event(raw json.RawMessage) provider.Event {
	var tapped action
	err := json.Unmarshal(raw, &tapped)
	switch {
	case tapped.ID != "" && !strings.HasPrefix(tapped.ID, quickReply): // another program's, which uses the same app
		return provider.IgnoredEvent(ignoredAction)
	case err != nil:
		return provider.UnreadableEvent(provider.Misread("an action", err))
	case tapped.ID == "" || tapped.TS == "" || tapped.Value == "":
		return provider.UnreadableEvent("an action has no id, no time or no value")
	case !userID.MatchString(a.User.ID):
		return provider.UnreadableEvent("an action is from nobody")
	case !channelID.MatchString(a.Container.Channel):
		return provider.UnreadableEvent("an action has no channel")
	}
	contact := &messagev1.Contact{Address: a.User.ID}
	if a.User.Name != "" {
		contact.Profile = &messagev1.Profile{FirstName: a.User.Name}
	}
	key := strings.Join([]string{a.Container.Channel, a.Container.Message, a.User.ID, tapped.TS}, ":")
	e := provider.MessageEvent(key, contact, content.Text(tapped.Value)).WithTime(at(tapped.TS))
	return answered(e, a.Container.Channel, a.Container.Thread)
}
