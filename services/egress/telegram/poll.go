package telegram

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
)

const (
	// pollLimit is how many updates an answer holds at most: https://core.telegram.org/bots/api#getupdates
	pollLimit = 100
	// pollTimeout is how long the server holds a poll at most: LONG_POLL_MAX_TIMEOUT in
	// https://github.com/tdlib/telegram-bot-api/blob/master/telegram-bot-api/Client.h
	pollTimeout = 50 * time.Second
	// pollAnswer is twice what the server puts into one answer: JsonUpdates in
	// https://github.com/tdlib/telegram-bot-api/blob/master/telegram-bot-api/Client.cpp
	pollAnswer = 8 << 20
	// otherPoller is how long is waited where somebody else polls the bot: each would end the other's poll.
	otherPoller = 30 * time.Second
	// pollPace is how often the server is asked at most while it says nothing new.
	pollPace = time.Second
)

// Listens implements [provider.Listener].
func (s *sender) Listens() bool { return s.mode == Poll }

// Listen implements [provider.Listener]: it polls. The cursor is <bot>:<offset>, since each bot counts its own updates,
// and the offset is the last update_id and one: to ask from there on confirms what is before it.
func (s *sender) Listen(ctx context.Context, cursor string, store provider.Store) error {
	if err := s.leaveWebhook(ctx); err != nil {
		return err
	}
	for offset := s.offset(cursor); ctx.Err() == nil; {
		began := time.Now()
		updates, err := s.updates(ctx, offset)
		if ctx.Err() != nil {
			break
		}
		if err != nil {
			return err
		}
		heard, next := read(updates, offset)
		if len(heard) > 0 {
			if err := store(ctx, s.cursor(next), heard...); err != nil {
				return err
			}
		}
		if next == offset {
			provider.Pause(ctx, pollPace-time.Since(began))
		}
		offset = next
	}
	return nil
}

// leaveWebhook deletes the webhook where one is set: a bot that has one is not polled. What is pending stays.
// https://core.telegram.org/bots/api#deletewebhook
func (s *sender) leaveWebhook(ctx context.Context) error {
	var info webhookInfo
	if err := s.ask(ctx, "getWebhookInfo", params{}, &info); err != nil || info.URL == "" {
		return err
	}
	return s.ask(ctx, "deleteWebhook", params{"drop_pending_updates": false}, nil)
}

// updates asks for what is there from an offset on, and waits until something is. An offset of 0 means from the first
// that is not confirmed.
func (s *sender) updates(ctx context.Context, offset int64) ([]json.RawMessage, error) {
	const method = "getUpdates"
	p := params{"limit": pollLimit, "timeout": int(pollTimeout.Seconds()), "allowed_updates": allowedUpdates}
	if offset != 0 {
		p["offset"] = offset
	}
	body, err := json.Marshal(p)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", method, err)
	}
	raw, err := s.do(ctx, method, 0, httpclient.Request{
		Body: bytes.NewReader(body), ContentType: "application/json", Held: true, Idempotent: true, NoAnswer: noAnswer, MaxAnswer: pollAnswer,
		Timeout: pollTimeout + httpclient.DefaultTimeout,
	})
	if err != nil {
		return nil, err
	}
	var updates []json.RawMessage
	if json.Unmarshal(raw, &updates) != nil {
		return nil, outcome.Temporary(unreadableAnswer, errors.New(method+": the result is no list"))
	}
	return updates, nil
}

// read takes updates apart, each for itself: one that cannot be read later holds back no other. One without a readable
// id is counted on from the one before, since ids are sequential.
func read(updates []json.RawMessage, offset int64) (heard []provider.Heard, next int64) {
	next = offset
	for _, body := range updates {
		var u struct {
			ID *int64 `json:"update_id"`
		}
		id := next
		if json.Unmarshal(body, &u) == nil && u.ID != nil {
			id = *u.ID
		}
		heard = append(heard, provider.Heard{Key: strconv.FormatInt(id, 10), Body: body})
		next = id + 1
	}
	return heard, next
}

// bot is the bot's id.
func (s *sender) bot() string { return Account{Token: s.token}.bot() }

func (s *sender) cursor(offset int64) string { return s.bot() + ":" + strconv.FormatInt(offset, 10) }

// offset is where a cursor stands; 0 at the beginning, and where it is another bot's: with that one's offset updates of
// this one might be confirmed unread.
func (s *sender) offset(cursor string) int64 {
	bot, digits, _ := strings.Cut(cursor, ":")
	offset, err := strconv.ParseInt(digits, 10, 64)
	if bot != s.bot() || err != nil {
		return 0
	}
	return offset
}
