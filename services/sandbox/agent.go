package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/bonychat/puente/pkg/customchannel"
	"github.com/bonychat/puente/pkg/version"
	"github.com/bonychat/puente/services/sandbox/chat"
)

// gatewayTimeout is how long the platform waits for an answer to POST /message.
const gatewayTimeout = 5 * time.Second

// agentSend sends as the platform does: one call, no retry. The message goes as it was given, so that the gateway's
// own checks are seen; a refusal is passed on as it is and leaves nothing in the conversation.
func (s *Sandbox) agentSend(w http.ResponseWriter, r *http.Request, c *channel, contact string) {
	message, ok := read(w, r, maxMessage)
	if !ok {
		return
	}
	if !json.Valid(message) {
		refuse(w, http.StatusBadRequest, "message: is not one valid JSON value")
		return
	}
	c.begin(contact)
	defer s.end(c, contact)
	// the agent who closes the page does not take the call back
	status, body, err := s.callGateway(context.WithoutCancel(r.Context()), c, wrap(c.ID, contact, message))
	switch {
	case os.IsTimeout(err):
		refuse(w, http.StatusGatewayTimeout, "the gateway did not answer within 5 s; the message may be on its way")
		return
	case err != nil:
		refuse(w, http.StatusBadGateway, "the gateway cannot be reached")
		return
	}
	mID, err := customchannel.DecodeAnswer(status, body)
	if refused, ok := errors.AsType[*customchannel.Refusal](err); ok {
		refuse(w, refused.Status, refused.Message)
		return
	}
	if err != nil {
		breaks := breaksOf(err)
		s.notes.Add(c.ID, contact, "", "answer: "+err.Error())
		refuse(w, http.StatusBadGateway, "the gateway's answer breaks the contract: "+err.Error(), breaks...)
		return
	}
	answer(w, http.StatusOK, s.sent(c, contact, mID, message))
}

// sent shows a message that the gateway took.
func (s *Sandbox) sent(c *channel, contact, mID string, message []byte) chat.Entry {
	e := chat.Entry{Direction: chat.Out, Time: time.Now().UnixMilli(), MID: mID, Status: chat.Accepted}
	if send, err := decode(contact, message); err == nil {
		e.Message = encode(&send.Message)
	} else {
		e.Message = bytes.Clone(message)
		e.Warn("taken: " + err.Error())
	}
	return c.agent.Add(contact, e)
}

func (s *Sandbox) callGateway(ctx context.Context, c *channel, body []byte) (status int, answer []byte, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.cfg.APIBaseURL()+"/message", bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	req.Header.Set("Authorization", "Bearer "+c.Token.Reveal())
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", version.UserAgent())
	resp, err := s.gateway.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	answer, err = io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	return resp.StatusCode, answer, err
}
