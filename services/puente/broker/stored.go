package broker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	journalv1 "github.com/bonychat/puente/proto/gen/puente/journal/v1"

	// what streams hold is found by its name
	_ "github.com/bonychat/puente/proto/gen/puente/audit/v1"
	_ "github.com/bonychat/puente/proto/gen/puente/index/v1"
	_ "github.com/bonychat/puente/proto/gen/puente/webhook/v1"
)

// Stored prints one stored message as JSON: where it stands, its headers, and its body, which the streams hold as protobuf. What was
// written, by whom and to whom is left out unless content is set. Of a bucket it prints nothing: SECRETS holds credentials, and the
// others are text that "nats kv get" shows.
func Stored(ctx context.Context, from Place, stream string, sequence uint64, content bool, out io.Writer) error {
	if strings.HasPrefix(stream, topology.BucketStream) {
		return fmt.Errorf("%s is a bucket: nats kv get %s shows its keys", stream, strings.TrimPrefix(stream, topology.BucketStream))
	}
	return from.with(ctx, func(ctx context.Context, b *bus.Bus) error {
		ctx, cancel := context.WithTimeout(ctx, bus.RequestTimeout)
		defer cancel()
		m, err := b.At(ctx, stream, sequence)
		switch {
		case errors.Is(err, bus.ErrNoStream):
			return fmt.Errorf("there is no stream %s", stream)
		case errors.Is(err, bus.ErrNotFound):
			return fmt.Errorf("%s holds no message %d: it was taken out, or never stored", stream, sequence)
		case err != nil:
			return err
		}
		return printStored(m, content, out)
	})
}

func printStored(m *bus.Message, content bool, out io.Writer) error {
	shown := struct {
		Subject  string            `json:"subject"`
		Sequence uint64            `json:"sequence"`
		Stored   time.Time         `json:"stored"`
		Headers  map[string]string `json:"headers,omitempty"`
		Type     string            `json:"type,omitempty"`
		Body     json.RawMessage   `json:"body,omitempty"`
		Bodies   []json.RawMessage `json:"bodies,omitempty"` // several that are stored as one
		Bytes    int               `json:"bytes"`
	}{Subject: m.Subject, Sequence: m.Sequence, Stored: m.Stored.UTC(), Headers: m.Headers(), Type: topology.Body(m.Subject), Bytes: len(m.Data)}
	if shown.Type != "" {
		bodies, err := bodiesOf(shown.Type, m.Data, content)
		if err != nil {
			return err
		}
		if shown.Bodies = bodies; len(bodies) == 1 {
			shown.Body, shown.Bodies = bodies[0], nil
		}
	}
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(shown)
}

// bodiesOf is a protobuf message of a type as JSON; where several entries are stored as one message, each of them.
func bodiesOf(kind string, data []byte, content bool) (all []json.RawMessage, err error) {
	t, err := protoregistry.GlobalTypes.FindMessageByName(protoreflect.FullName(kind))
	if err != nil {
		return nil, fmt.Errorf("%s: this program does not know it", kind)
	}
	body := t.New().Interface()
	if err := proto.Unmarshal(data, body); err != nil {
		return nil, fmt.Errorf("the body is no %s", kind)
	}
	if !content {
		blankPersonal(body.ProtoReflect(), false)
	}
	bodies := []proto.Message{body}
	switch b := body.(type) {
	case *journalv1.Entry:
		for _, more := range b.GetMore() {
			bodies = append(bodies, more)
		}
		b.More = nil
	case *eventv1.Event:
		for _, more := range b.GetMore() {
			bodies = append(bodies, more)
		}
		b.More = nil
	}
	for _, body := range bodies {
		data, err := protojson.MarshalOptions{EmitUnpopulated: false}.Marshal(body)
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

// personal are the messages whose texts are somebody's; personalFields are such texts in others.
var (
	personal       = []protoreflect.FullName{"puente.message.v1.Content", "puente.message.v1.Contact", "puente.webhook.v1.Call", "puente.index.v1.Question"}
	personalFields = []protoreflect.Name{"address", "body"}
)

// blankPersonal takes out what was written, by whom and to whom: of a text its length stays.
func blankPersonal(m protoreflect.Message, inside bool) {
	inside = inside || slices.Contains(personal, m.Descriptor().FullName())
	m.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		hide := inside || slices.Contains(personalFields, f.Name())
		switch {
		case f.IsMap():
			if hide {
				m.Clear(f)
			}
		case f.IsList():
			for i := range v.List().Len() {
				switch {
				case f.Message() != nil:
					blankPersonal(v.List().Get(i).Message(), inside)
				case hide:
					v.List().Set(i, blanked(f, v.List().Get(i)))
				}
			}
		case f.Message() != nil:
			blankPersonal(v.Message(), inside)
		case hide:
			m.Set(f, blanked(f, v))
		}
		return true
	})
}

// blanked is what is shown in the place of a value; numbers stay, they name nobody.
func blanked(f protoreflect.FieldDescriptor, v protoreflect.Value) protoreflect.Value {
	switch f.Kind() {
	case protoreflect.StringKind:
		return protoreflect.ValueOfString(fmt.Sprintf("%d bytes", len(v.String())))
	case protoreflect.BytesKind:
		return protoreflect.ValueOfBytes(nil)
	default:
		return v
	}
}
