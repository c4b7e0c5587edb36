package providertest

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"testing"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/webhook"
)

// frameNetwork hears over a websocket, and sends as the toy does.
var frameNetwork = provider.Network[wired]{
	Name: "frames", Doc: docs, Reasons: toy.Reasons,
	Carries:   provider.Carries{Text: provider.Limit{Max: 60, Page: docs}},
	Abilities: provider.Abilities{Listener: (*frameSender)(nil)},
	Receive:   func(_ wired, c webhook.Call) ([]provider.Event, error) { return toy.Receive(account{}, c) },
	Open: func(a wired, h provider.Host) (provider.Sender, error) {
		return &frameSender{Sender: &toySender{account: account{Key: a.Key, API: a.At}, client: h.Client}, wired: a, client: h.Client}, nil
	},
}

type frameSender struct {
	provider.Sender
	wired
	client *httpclient.Client
}

func (s *frameSender) Listens() bool { return true }

func (s *frameSender) Listen(ctx context.Context, _ string, store provider.Store) error {
	socket, err := s.client.WebSocket(ctx, httpclient.Request{URL: s.At + "/gateway", Header: http.Header{"X-Key": {s.Key.Reveal()}}})
	if err != nil {
		return err
	}
	defer socket.CloseNow()
	if _, err := socket.Read(ctx); err != nil {
		return outcome.Temporary(why("no greeting"), err)
	}
	say := func(v any) error {
		text, _ := json.Marshal(v)
		return socket.Write(ctx, text)
	}
	if err := say(map[string]string{"op": "identify", "key": s.Key.Reveal()}); err != nil {
		return outcome.Temporary(why("no connection"), err)
	}
	for {
		body, err := socket.Read(ctx)
		if closed, ok := errors.AsType[*httpclient.Closed](err); ok && closed.Code == 4004 {
			return outcome.Suspend(why("who are you"), err)
		}
		if err != nil {
			return outcome.Temporary(why("the connection is lost"), err)
		}
		var in struct {
			ID json.Number `json:"id"`
		}
		_ = json.Unmarshal(body, &in)
		if err := store(ctx, in.ID.String(), provider.Heard{Key: in.ID.String(), Body: body}); err != nil {
			return err
		}
		if in.ID == "8" {
			if err := say(map[string]string{"op": "seen"}); err != nil {
				return outcome.Temporary(why("no connection"), err)
			}
		}
	}
}

func TestRunPassesASoundNetworkOfFrames(t *testing.T) { Run(t, frameNetwork, "testdata/frames") }

func TestMessagesOnAWebsocketAreOneJSONValueEach(t *testing.T) {
	if got := (Kit{Dir: "testdata/frames"}).heardOf(t, frameNetwork); got != "" {
		t.Errorf("the kit says %q", got)
	}
}
