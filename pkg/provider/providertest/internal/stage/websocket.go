package stage

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/coder/websocket"

	"github.com/bonychat/puente/pkg/provider/providertest/conversation"
)

// upgrades says whether a request asks for a websocket.
func upgrades(r *http.Request) bool { return strings.EqualFold(r.Header.Get("Upgrade"), "websocket") }

// frames plays a websocket: it says the first messages, then each message of the network's code is a request.
func (s *Server) frames(w http.ResponseWriter, r *http.Request, first string) {
	c, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true})
	if err != nil {
		return // it has answered
	}
	defer c.CloseNow() //nolint:errcheck // it is closed either way
	c.SetReadLimit(-1)
	for answer := first; s.frame(r, c, answer); {
		_, data, err := c.Read(s.running)
		if err != nil {
			return
		}
		var ok bool
		if answer, ok = s.next(conversation.RenderFrame(data, s.URL(), s.secrets)); !ok {
			return
		}
		answer = strings.ReplaceAll(answer, "<server>", s.URL())
	}
}

// frame says an answer on a websocket, or does what stands in its place; it says false where that ends it.
func (s *Server) frame(r *http.Request, c *websocket.Conn, answer string) bool {
	order, rest, _ := strings.Cut(strings.TrimSpace(answer), "\n")
	var n int
	switch {
	case order == drop, order == "cut":
		return false
	case order == "hold":
		s.holding()
		for {
			if _, _, err := c.Read(s.running); err != nil {
				return false
			}
		}
	case order == "garbage":
		return c.Write(s.running, websocket.MessageText, []byte("<html>400</html>")) == nil
	case scan(order, "close %d", &n):
		_ = c.Close(websocket.StatusCode(n), "")
		return false
	case scan(order, "mangle %d", &n):
		_ = c.Write(s.running, websocket.MessageText, mangled([]byte(rest), n))
		s.lastWord()
		return false
	}
	messages, err := messagesOf(answer)
	if !s.said(err) {
		return false
	}
	for _, m := range messages {
		if c.Write(s.running, websocket.MessageText, m) != nil {
			return false
		}
	}
	return true
}

// messagesOf are the messages that an answer says: one JSON value after the other, or one text that is none.
func messagesOf(answer string) (all [][]byte, err error) {
	answer = strings.TrimSpace(answer)
	if answer == "" {
		return nil, nil
	}
	if !strings.HasPrefix(answer, "{") && !strings.HasPrefix(answer, "[") {
		return [][]byte{[]byte(answer)}, nil
	}
	d := json.NewDecoder(strings.NewReader(answer))
	for {
		var one json.RawMessage
		switch err := d.Decode(&one); {
		case errors.Is(err, io.EOF):
			return all, nil
		case err != nil:
			return nil, errors.New("is not one JSON value after the other")
		}
		all = append(all, one)
	}
}
