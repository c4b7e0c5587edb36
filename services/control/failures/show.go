package failures

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/deadletter"
	"github.com/bonychat/puente/pkg/topology"
	"github.com/bonychat/puente/pkg/webhook/blank"
	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	webhookv1 "github.com/bonychat/puente/proto/gen/puente/webhook/v1"
)

// mostShown is how much of a body is shown, in bytes.
const mostShown = 1 << 20

// ShowDeadLetter implements the API. Who may see content is judged before.
func (s *Service) ShowDeadLetter(ctx context.Context, r *connect.Request[controlv1.ShowDeadLetterRequest]) (*connect.Response[controlv1.ShowDeadLetterResponse], error) {
	m, err := s.Bus.At(ctx, topology.Dead.Name, r.Msg.GetNumber())
	if errors.Is(err, bus.ErrNotFound) {
		return nil, connect.NewError(connect.CodeNotFound, fmt.Errorf("number: there is no dead letter %d", r.Msg.GetNumber()))
	}
	if err != nil {
		return nil, err
	}
	l := deadletter.Open(m)
	body, err := written(l)
	if err != nil {
		return nil, connect.NewError(connect.CodeDataLoss, fmt.Errorf("dead letter %d: %w", l.Sequence, err))
	}
	if !r.Msg.GetContent() {
		body = blank.Body(body)
	}
	answer := &controlv1.ShowDeadLetterResponse{Failure: failureOf(l)}
	answer.Body, answer.Cut = shorten(body)
	return connect.NewResponse(answer), nil
}

// written is what a letter holds as JSON. A call's body stands in it as JSON where it is some, else as a text.
func written(l deadletter.Whole) ([]byte, error) {
	if l.Event != nil {
		return protojson.Marshal(l.Event)
	}
	if l.Kind != deadletter.Call {
		return json.Marshal(map[string]any{"stored": l.Body})
	}
	call := &webhookv1.Call{}
	if err := proto.Unmarshal(l.Body, call); err != nil {
		return json.Marshal(map[string]any{"stored": l.Body})
	}
	shown := struct {
		Method  string              `json:"method"`
		Suffix  string              `json:"suffix,omitempty"`
		Query   string              `json:"query,omitempty"`
		Headers map[string][]string `json:"headers,omitempty"`
		Body    any                 `json:"body"`
	}{Method: call.GetMethod(), Suffix: call.GetSuffix(), Query: call.GetQuery(), Headers: map[string][]string{}, Body: strings.ToValidUTF8(string(call.GetBody()), "\ufffd")}
	for _, h := range call.GetHeaders() {
		shown.Headers[h.GetName()] = h.GetValues()
	}
	if json.Valid(call.GetBody()) {
		shown.Body = json.RawMessage(call.GetBody())
	}
	return json.Marshal(shown)
}

// shorten cuts a text that is too long, at a character.
func shorten(body []byte) (text string, cut bool) {
	if len(body) <= mostShown {
		return string(body), false
	}
	body = body[:mostShown]
	for len(body) > 0 && !utf8.Valid(body[max(0, len(body)-utf8.UTFMax):]) {
		body = body[:len(body)-1]
	}
	return string(body), true
}
