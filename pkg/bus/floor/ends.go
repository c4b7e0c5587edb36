package floor

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/bonychat/puente/pkg/topology"
	"github.com/bonychat/puente/pkg/version"
)

// accept is the bare PubAck behind bare HTTP.
func (r *Relay) accept(w http.ResponseWriter, req *http.Request) {
	r.store(w, req, func(id string, body []byte) next {
		return next{topology.MessageSubject(r.Network, req.PathValue("channel"), id), id + "-0-0", body}
	})
}

// inbound begins the ids of what comes from the network.
const inbound = "in-"

// hear is the same for a call of the network.
func (r *Relay) hear(w http.ResponseWriter, req *http.Request) {
	r.store(w, req, func(id string, body []byte) next {
		return next{topology.WebhookSubject(r.Network, req.PathValue("channel")), inbound + id, body}
	})
}

// store stores the body of a request, as first says, and answers it with a new id.
func (r *Relay) store(w http.ResponseWriter, req *http.Request, first func(id string, body []byte) next) {
	body, err := io.ReadAll(io.LimitReader(req.Body, maxBody))
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	made := uuid.Must(uuid.NewV7())
	id := hex.EncodeToString(made[:])
	ctx, cancel := context.WithTimeout(req.Context(), requestTimeout)
	defer cancel()
	if _, err := r.edge.js.PublishMsg(ctx, message(first(id, body))); err != nil {
		r.fail(fmt.Errorf("edge: %w", err))
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, `{"mId":"`+id+`"}`)
}

// channelOf is the channel that a subject names, which is its token at this place.
func channelOf(subject string, at int) string {
	tokens := strings.Split(subject, ".")
	if at >= len(tokens) {
		return ""
	}
	return tokens[at]
}

// idOf is the message's key: the same at each hop.
func idOf(m jetstream.Msg) string { return m.Headers().Get(jetstream.MsgIDHeader) }

func (r *Relay) toTranslator(_ context.Context, m jetstream.Msg) (next, error) {
	return next{topology.MessageSubject(r.Network, channelOf(m.Subject(), 3), idOf(m)), idOf(m), m.Data()}, nil
}

// fromTranslator puts a message on its way to the network, or to the platform.
func (r *Relay) fromTranslator(_ context.Context, m jetstream.Msg) (next, error) {
	if strings.HasPrefix(idOf(m), inbound) {
		return next{topology.EgressSubject(topology.Platform, channelOf(m.Subject(), 3)), idOf(m), m.Data()}, nil
	}
	return next{topology.EgressSubject(r.Network, channelOf(m.Subject(), 3)), idOf(m), m.Data()}, nil
}

func (r *Relay) callNetwork(ctx context.Context, m jetstream.Msg) (next, error) {
	channel := channelOf(m.Subject(), 3)
	answer, err := r.call(ctx, "/phone/"+channel+"/messages", m.Data())
	return next{topology.OutcomeSubject(r.Network, channel, idOf(m)), idOf(m), answer}, err
}

func (r *Relay) toPlatform(_ context.Context, m jetstream.Msg) (next, error) {
	return next{topology.EgressSubject(topology.Platform, channelOf(m.Subject(), 3)), idOf(m), m.Data()}, nil
}

func (r *Relay) callPlatform(ctx context.Context, m jetstream.Msg) (next, error) {
	channel := channelOf(m.Subject(), 3)
	answer, err := r.call(ctx, "/platform/"+channel, m.Data())
	return next{topology.OutcomeSubject(topology.Platform, channel, idOf(m)), idOf(m), answer}, err
}

// call is the bare HTTP client.
func (r *Relay) call(ctx context.Context, path string, body []byte) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.Far+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", version.UserAgent())
	resp, err := r.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxBody))
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("the far end answered %d", resp.StatusCode)
	}
	return answer, err
}
