package discord

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/version"
)

// call is one request to the API.
type call struct {
	name string // in errors
	path string // after /api/v10
	// body is sent as JSON; nil makes it a GET. Content with its type and length is sent as it is.
	body        any
	content     io.Reader
	contentType string
	length      int64
	timeout     time.Duration
	// again says that it may be made again at will.
	again bool
	// concerns is whom a limit of this route holds for, where it is not the bot's own; default the channel.
	concerns *result.Scope
}

// userAgent is of the form that Discord asks for: https://docs.discord.com/developers/reference#user-agent
func userAgent() string {
	return "DiscordBot (https://github.com/bonychat/puente, " + strings.TrimPrefix(version.UserAgent(), "puente/") + ")"
}

// do makes a call. An answer of an error is classified.
func (s *sender) do(ctx context.Context, c call) (*httpclient.Response, error) {
	r := httpclient.Request{
		URL:  s.account.api() + c.path,
		Body: c.content, ContentType: c.contentType, Length: c.length, Timeout: c.timeout,
		Header:     http.Header{"Authorization": {"Bot " + s.account.Token.Reveal()}, "User-Agent": {userAgent()}},
		Idempotent: c.again || c.body == nil && c.content == nil, NoAnswer: noAnswer, MaxAnswer: 4 << 20,
	}
	if c.body != nil {
		body, err := json.Marshal(c.body)
		if err != nil {
			return nil, fmt.Errorf("encode %s: %w", c.name, err)
		}
		r.Body, r.ContentType = bytes.NewReader(body), "application/json"
	}
	resp, err := s.client.Do(ctx, r)
	if err != nil {
		return nil, err
	}
	concerns := outcome.Channel
	if c.concerns != nil {
		concerns = *c.concerns
	}
	return resp, judge(c.name, resp, concerns)
}

// ask makes a call and reads its answer.
func (s *sender) ask(ctx context.Context, c call, answer any) error {
	resp, err := s.do(ctx, c)
	if err != nil {
		return err
	}
	if err := resp.Decode(answer); err != nil {
		return resp.Unanswered(fmt.Errorf("%s: %w", c.name, err))
	}
	return nil
}
