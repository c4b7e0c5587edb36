package discord

import (
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/webhook"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// event is what is stored of the gateway: an event's name and what it says.
type event struct {
	Name string          `json:"t"`
	Data json.RawMessage `json:"d"`
}

// receive reads an event. A message with several files is as many messages, of which the first has the text.
func receive(_ Account, c webhook.Call) ([]provider.Event, error) {
	var e event
	if json.Unmarshal(c.Body, &e) != nil || e.Name == "" {
		return nil, errors.New("what was heard is no event")
	}
	if e.Name != created && e.Name != updated {
		return []provider.Event{provider.IgnoredEvent("no message")}, nil
	}
	var m message
	if err := json.Unmarshal(e.Data, &m); err != nil {
		return []provider.Event{provider.UnreadableEvent(provider.Misread("a message", err))}, nil
	}
	switch {
	case m.ID == "":
		return []provider.Event{provider.UnreadableEvent("a message has no id")}, nil
	case m.Guild != "":
		return []provider.Event{provider.IgnoredEvent("no direct message")}, nil
	case m.Author.Bot:
		return []provider.Event{provider.IgnoredEvent("a message of a bot")}, nil
	case !snowflake.MatchString(m.Author.ID):
		return []provider.Event{provider.UnreadableEvent("a message is from nobody")}, nil
	case silent[m.Type]:
		return []provider.Event{provider.IgnoredEvent("a note of Discord's")}, nil
	case e.Name == updated && m.Edited == "":
		return []provider.Event{provider.IgnoredEvent("no edit")}, nil
	}
	return m.events(e.Name == updated), nil
}

func (m *message) events(edit bool) (all []provider.Event) {
	at, err := time.Parse(time.RFC3339, m.At)
	if err != nil {
		at = time.Time{}
	}
	for i, c := range m.contents() {
		key := m.ID
		if i > 0 {
			key += ":file" + strconv.Itoa(i)
		}
		if edit && i > 0 {
			break // files are not edited
		}
		first := key
		if edit {
			key += ":" + m.Edited
		}
		e := provider.MessageEvent(key, m.Author.contact(), c).WithTime(at)
		if edit {
			e = e.AsEdit(first)
		}
		all = append(all, e)
	}
	return all
}

// user is https://docs.discord.com/developers/resources/user#user-object
type user struct {
	ID       string `json:"id"`
	Username string `json:"username"`
	Name     string `json:"global_name"`
	Avatar   string `json:"avatar"`
	Bot      bool   `json:"bot"`
}

// called is what a person is called.
func (u user) called() string {
	if u.Name != "" {
		return u.Name
	}
	return u.Username
}

func (u user) contact() *messagev1.Contact {
	p := &messagev1.Profile{FirstName: u.called()}
	if avatar.MatchString(u.Avatar) {
		p.PictureUrl = "https://cdn.discordapp.com/avatars/" + u.ID + "/" + u.Avatar + ".png"
	}
	return &messagev1.Contact{Address: u.ID, Profile: p}
}
