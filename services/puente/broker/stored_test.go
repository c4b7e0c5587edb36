package broker_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/topology"
	"github.com/bonychat/puente/services/puente/broker"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
)

// TestWhatIsStoredIsPrinted, whatever stream it is in: as text, with the name of its type.
func TestWhatIsStoredIsPrinted(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, "testnet")
	from := broker.Place{URL: s.URL()}
	for _, stream := range topology.Streams([]string{"testnet"}) {
		for _, filter := range stream.Subjects {
			subject, kind := strings.TrimSuffix(filter, ">")+"testnet.x.0", topology.Body(filter)
			body, field := proto.Message(&eventv1.Event{}), "" // of an attachment nothing is looked at
			if kind != "" {
				body, field = sample(t, kind)
			}
			s.Store(bus.Post{Subject: subject, Body: body})
			all := s.Stored(stream.Name, 0)
			sequence := all[len(all)-1].Sequence
			var out bytes.Buffer
			if err := broker.Stored(t.Context(), from, stream.Name, sequence, true, &out); err != nil {
				t.Errorf("%s: %v", subject, err)
				continue
			}
			var shown struct {
				Subject, Type string
				Sequence      uint64
				Bytes         int
				Body          map[string]any
			}
			if err := json.Unmarshal(out.Bytes(), &shown); err != nil {
				t.Fatal(err)
			}
			if shown.Subject != subject || shown.Sequence != sequence || shown.Bytes != proto.Size(body) || shown.Type != kind ||
				field != "" && shown.Body[field] == nil {
				t.Errorf("%s, %s: %s", kind, field, &out)
			}
		}
	}
}

// sample is a stored message of a type, with a value in its first field that is a text or a message; field is that field's name.
func sample(t *testing.T, kind string) (body proto.Message, field string) {
	t.Helper()
	found, err := protoregistry.GlobalTypes.FindMessageByName(protoreflect.FullName(kind))
	if err != nil {
		t.Fatal(err)
	}
	m := found.New()
	for i := range m.Descriptor().Fields().Len() {
		f := m.Descriptor().Fields().Get(i)
		switch {
		case f.IsList() || f.IsMap():
			continue
		case f.Kind() == protoreflect.StringKind:
			m.Set(f, protoreflect.ValueOfString("x"))
		case f.Message() != nil:
			m.Mutable(f)
		default:
			continue
		}
		return m.Interface(), f.JSONName()
	}
	t.Fatalf("%s has no field to fill in", kind)
	return nil, ""
}

func TestWhatIsNotStoredIsSaid(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, "testnet")
	b := s.Connect("test")
	letter := bus.Post{Subject: topology.DeadSubject("translator", "testnet", "ch"), Body: &eventv1.DeadLetter{}}
	sequence, err := b.Publish(t.Context(), letter)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Remove(t.Context(), topology.Dead.Name, sequence); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, stream string
		sequence     uint64
		want         string
	}{
		{"no such stream", "NONE", 1, "there is no stream NONE"},
		{"no name", "no name", 1, ""},
		{"taken out", topology.Dead.Name, sequence, "DEAD holds no message 1: it was taken out, or never stored"},
		{"never stored", topology.Dead.Name, 99, "DEAD holds no message 99: it was taken out, or never stored"},
		{"of a bucket", "KV_SECRETS", 1, "KV_SECRETS is a bucket: nats kv get SECRETS shows its keys"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			err := broker.Stored(t.Context(), broker.Place{URL: s.URL()}, c.stream, c.sequence, true, &out)
			if err == nil || c.want != "" && err.Error() != c.want || out.Len() > 0 {
				t.Errorf("%v: %s", err, &out)
			}
		})
	}
}
