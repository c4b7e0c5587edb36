package failures

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/deadletter"
	"github.com/bonychat/puente/pkg/topology"
	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	webhookv1 "github.com/bonychat/puente/proto/gen/puente/webhook/v1"
	"github.com/bonychat/puente/services/control/shown"
)

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
	answer := &controlv1.ShowDeadLetterResponse{Failure: failureOf(l)}
	if r.Msg.GetContent() {
		answer.Body, answer.Cut = shown.Shorten(body)
	} else {
		answer.Body, answer.Cut = shown.Structure(body)
	}
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
	return shown.Call(call)
}
