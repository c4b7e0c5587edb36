package discord

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
)

const (
	// keepsEvery is how often the cursor is moved on while nothing is stored that moves it.
	keepsEvery = 30 * time.Second
	// lasting is how long a connection has to have been one for the next to follow at once.
	lasting = time.Minute
	// beginsAgain is how long is waited after a session was refused: so many may be begun in five seconds.
	// https://docs.discord.com/developers/events/gateway#session-start-limit-object
	beginsAgain = 5 * time.Second
)

// Listens implements [provider.Listener]: every bot is listened to.
func (s *sender) Listens() bool { return true }

// Listen implements [provider.Listener]: one connection to the gateway. It resumes the cursor's session, where there is one.
func (s *sender) Listen(ctx context.Context, cursor string, store provider.Store) error {
	e := &ear{sender: s, store: store, place: readPlace(cursor, s.account.bot())}
	err := e.listen(ctx)
	if ctx.Err() != nil && !e.unstored {
		return nil
	}
	return err
}

// ear hears over one connection.
type ear struct {
	*sender
	store    provider.Store
	place    place
	kept     string // the cursor that is stored
	unstored bool   // something could not be stored
	begun    time.Time
}

func (e *ear) listen(ctx context.Context) error {
	e.kept = e.place.cursor()
	address, err := e.prepare(ctx)
	if err != nil {
		return err
	}
	l, err := e.connect(ctx, address)
	if err != nil {
		if e.place.URL == "" {
			return err
		}
		e.place.URL = "" // where the session can be resumed has moved: it is asked for the next time
		return errors.Join(err, e.keep(ctx))
	}
	defer l.leave()
	if err := e.introduce(l); err != nil {
		return outcome.Temporary(lost, err)
	}
	e.begun = time.Now()
	tick := time.NewTicker(keepsEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case f, ok := <-l.frames:
			if !ok {
				return e.ended(ctx, l.lost())
			}
			if done, err := e.take(ctx, l, f); done || err != nil {
				return err
			}
		case <-tick.C:
			if err := e.keep(ctx); err != nil {
				return err
			}
		}
	}
}

// prepare says where to connect. A session that has to begin is counted before.
func (e *ear) prepare(ctx context.Context) (string, error) {
	address := e.place.URL
	left := gateway{}
	if address == "" {
		var err error
		if left, err = e.gateway(ctx); err != nil {
			return "", err
		}
		address = left.URL
	}
	if e.place.Session != "" {
		return address, nil
	}
	if limit := left.Limit; limit.Total > 0 && limit.Remaining < min(reserve, limit.Total/2) {
		wait := max(time.Duration(min(limit.ResetAfter, 24*60*60*1000))*time.Millisecond, time.Minute)
		return "", outcome.WaitBecause(wait, outcome.Channel, sessionsUsed, errors.New("few sessions are left"))
	}
	if wait := e.place.begin(time.Now()); wait > 0 {
		return "", outcome.WaitBecause(wait, outcome.Channel, sessionsUsed, errors.New("too many sessions were begun"))
	}
	return address, e.keep(ctx)
}

// gateway is https://docs.discord.com/developers/events/gateway#get-gateway-bot
type gateway struct {
	URL   string `json:"url"`
	Limit struct {
		Total      int   `json:"total"`
		Remaining  int   `json:"remaining"`
		ResetAfter int64 `json:"reset_after"`
	} `json:"session_start_limit"`
}

func (s *sender) gateway(ctx context.Context) (gateway, error) {
	var g gateway
	if err := s.ask(ctx, call{name: "get the gateway", path: "/gateway/bot"}, &g); err != nil {
		return g, err
	}
	if g.URL == "" {
		return g, outcome.Temporary(strangeAnswer, errors.New("get the gateway: no url"))
	}
	return g, nil
}

// introduce resumes the session, or begins one.
func (e *ear) introduce(l *link) error {
	token := e.account.Token.Reveal()
	if e.place.Session != "" {
		l.taken.Store(e.place.Seq)
		return l.say(opResume, resume{token, e.place.Session, e.place.Seq})
	}
	return l.say(opIdentify, identify{
		Token: token, Intents: directMessages,
		Properties: map[string]string{"os": runtime.GOOS, "browser": "puente", "device": "puente"},
	})
}

// ended says what the end of a connection means.
func (e *ear) ended(ctx context.Context, why error) error {
	closed, ok := errors.AsType[*httpclient.Closed](why)
	if !ok {
		return outcome.Temporary(lost, why)
	}
	over, err := closedBy(closed.Code, closed)
	if !over {
		return err
	}
	e.place.over()
	return errors.Join(err, e.keep(ctx))
}

// take does what a message of the gateway asks for, and says whether the connection is done with.
func (e *ear) take(ctx context.Context, l *link, f frame) (done bool, err error) {
	switch f.Op {
	case opDispatch:
		err := e.dispatch(ctx, f)
		if err == nil {
			l.taken.Store(e.place.Seq)
		}
		return false, err
	case opReconnect:
		if time.Since(e.begun) >= lasting {
			return true, e.keep(ctx)
		}
		return true, outcome.Temporary(lost, errors.New("asked to connect anew"))
	case opInvalid:
		if string(f.Data) == "true" {
			return true, outcome.Temporary(lost, errors.New("asked to resume anew"))
		}
		e.place.over()
		if err := e.keep(ctx); err != nil {
			return true, err
		}
		return true, outcome.WaitBecause(beginsAgain, outcome.Channel, sessionOver, errors.New("the session is invalid"))
	default: // what is new, and what is not for bots
		return false, nil
	}
}

// dispatch takes an event. What is no message only counts.
func (e *ear) dispatch(ctx context.Context, f frame) error {
	if f.Seq != nil {
		e.place.Seq = *f.Seq
	}
	switch f.Name {
	case "READY":
		var r ready
		if json.Unmarshal(f.Data, &r) != nil || r.Session == "" {
			return outcome.Temporary(strangeAnswer, errors.New("a session without an id"))
		}
		e.place.Session, e.place.URL = r.Session, r.URL
		return e.catchUp(ctx)
	case "RESUMED":
		return e.catchUp(ctx)
	case created, updated:
		return e.hear(ctx, f)
	}
	return nil
}

// https://docs.discord.com/developers/events/gateway-events#message-create
const created, updated = "MESSAGE_CREATE", "MESSAGE_UPDATE"

// head is as much of a message as has to be known to store it.
type head struct {
	ID      string `json:"id"`
	Channel string `json:"channel_id"`
	Guild   string `json:"guild_id"`
	Edited  string `json:"edited_timestamp"`
	Author  *struct {
		ID  string `json:"id"`
		Bot bool   `json:"bot"`
	} `json:"author"`
}

// hear stores a message. What cannot be read is stored as well, to be told.
func (e *ear) hear(ctx context.Context, f frame) error {
	var h head
	readable := json.Unmarshal(f.Data, &h) == nil
	switch {
	case !readable:
	case h.Author != nil && h.Author.Bot, h.Guild != "": // our own: no other bot can write to one
		return nil
	case f.Name == updated && h.Edited == "": // a preview was added to it
		return nil
	}
	one, err := e.heard(f.Name, f.Data, h)
	if err != nil {
		return err
	}
	e.place.heard(h.Channel, h.ID)
	return e.keep(ctx, one)
}

// heard is what is stored of a message.
func (e *ear) heard(name string, data json.RawMessage, h head) (provider.Heard, error) {
	body, err := json.Marshal(event{Name: name, Data: data})
	if err != nil {
		return provider.Heard{}, fmt.Errorf("encode a message: %w", err)
	}
	if h.Author != nil {
		e.channels.keep(h.Author.ID, h.Channel)
	}
	key := h.ID
	switch {
	case key == "":
		key = fmt.Sprintf("%s:%d", e.place.Session, e.place.Seq)
	case h.Edited != "" && name == updated:
		key += ":" + h.Edited
	}
	return provider.Heard{Key: key, Body: body}, nil
}

// keep stores what was heard, and where the listening stands.
func (e *ear) keep(ctx context.Context, heard ...provider.Heard) error {
	cursor := e.place.cursor()
	if len(heard) == 0 && cursor == e.kept {
		return nil
	}
	if err := e.store(ctx, cursor, heard...); err != nil {
		e.unstored = true
		return err
	}
	e.kept = cursor
	return nil
}
