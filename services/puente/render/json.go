package render

import (
	"encoding/base64"
	"encoding/json"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/terms"
)

// Record writes a message as a JSON object on a line of its own. The names are those of its fields in proto/puente. Every
// field is there: what is not known is null, a list that is empty is []. Words of an enumeration are in lower case,
// without their prefix, and null where they are not known; times are RFC 3339 in UTC; durations are seconds; bytes are
// base64. Names are added, never taken away or changed.
func (o Output) Record(m proto.Message) error {
	return o.Value(object(m.ProtoReflect()))
}

// Value writes a value that is no message of proto/puente as a JSON object on a line of its own.
func (o Output) Value(value any) error {
	e := json.NewEncoder(o.Out)
	e.SetEscapeHTML(false)
	return e.Encode(value)
}

func object(m protoreflect.Message) map[string]any {
	fields := m.Descriptor().Fields()
	all := make(map[string]any, fields.Len())
	for i := range fields.Len() {
		f := fields.Get(i)
		all[string(f.Name())] = field(m, f)
	}
	return all
}

func field(m protoreflect.Message, f protoreflect.FieldDescriptor) any {
	v := m.Get(f)
	switch {
	case f.IsMap():
		entries := map[string]any{}
		v.Map().Range(func(k protoreflect.MapKey, v protoreflect.Value) bool {
			entries[k.String()] = single(f.MapValue(), v)
			return true
		})
		return entries
	case f.IsList():
		list := make([]any, v.List().Len())
		for i := range list {
			list[i] = single(f, v.List().Get(i))
		}
		return list
	case f.HasPresence() && !m.Has(f):
		return nil
	default:
		return single(f, v)
	}
}

func single(f protoreflect.FieldDescriptor, v protoreflect.Value) any {
	switch f.Kind() {
	case protoreflect.EnumKind:
		return enumWord(f.Enum(), v.Enum())
	case protoreflect.MessageKind:
		switch m := v.Message().Interface().(type) {
		case *timestamppb.Timestamp:
			return m.AsTime().Format(time.RFC3339Nano)
		case *durationpb.Duration:
			return m.AsDuration().Seconds()
		default:
			return object(v.Message())
		}
	case protoreflect.BytesKind:
		return base64.StdEncoding.EncodeToString(v.Bytes())
	default:
		return v.Interface()
	}
}

// enumWord is the word of a value, nil where it is not known.
func enumWord(e protoreflect.EnumDescriptor, n protoreflect.EnumNumber) any {
	if word := terms.WordOf(e, n); word != "" {
		return word
	}
	return nil
}

// EnumWord is the word of a value as Record writes it; "" where it is not known.
func EnumWord(e protoreflect.Enum) string { return terms.EnumWord(e) }
